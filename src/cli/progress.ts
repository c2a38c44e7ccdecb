import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** One more is done. */
  readonly step: () => void;
  /** So many are done. */
  readonly reach: (done: number) => void;
  readonly stop: () => void;
}

/** A bar on stderr where a person looks on; nothing in a log. */
export function progress(title: string, total: number): Progress {
  if (!process.stderr.isTTY || total === 0)
    return { step: () => undefined, reach: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage}% · {value} of {total} · {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { step: () => bar.increment(), reach: (done) => bar.update(Math.min(done, total)), stop: () => bar.stop() };
}
