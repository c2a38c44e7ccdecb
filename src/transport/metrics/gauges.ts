/** Gauges whose figures are read together. */
import type * as Prometheus from 'prom-client';
import { shareRead } from './share-read';

/** The name and the help of the gauge for each figure. */
export type Gauges<Figures> = Readonly<Record<keyof Figures, readonly [name: string, help: string]>>;

/** Registers a gauge for each figure; all are read at once, and are absent while they cannot be read. */
export function readTogether<Figures extends Readonly<Record<keyof Figures, number>>>(
  { Gauge }: typeof Prometheus,
  registers: Prometheus.Registry[],
  gauges: Gauges<Figures>,
  read: () => Promise<Figures>,
): void {
  const collect = shareRead(async () => {
    for (const { gauge } of made) gauge.remove();
    const found = await read();
    for (const { gauge, figure } of made) gauge.set(found[figure]);
  });
  const made = (Object.keys(gauges) as (keyof Figures)[]).map((figure) => {
    const [name, help] = gauges[figure];
    return {
      figure,
      gauge: new Gauge({ name, help: `${help}; absent if it cannot be read`, registers, collect }),
    };
  });
}
