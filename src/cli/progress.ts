import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Counts one more step. */
  readonly step: () => void;
  /** Sets the number of steps done. */
  readonly reach: (done: number) => void;
  readonly stop: () => void;
}

/** A progress bar on stderr if that is a terminal; nothing in a log. */
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
