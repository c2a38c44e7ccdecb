/**
 * Whether something grows that should not, of what was measured one time after the other. Each figure goes up and down with the work, so
 * what counts is the trend: the median of the slopes between all pairs of measurements (Theil and Sen), which a few that are far off
 * do not move. The first part of a run, in which caches fill and code gets warm, is left out.
 */
export interface Sample {
  readonly seconds: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Allowance {
  /** What it may grow by in the time that is looked at, whatever it was. */
  readonly by: number;
  /** And as a share of what it was. */
  readonly share: number;
}

export interface Trend {
  readonly figure: string;
  readonly from: number;
  readonly to: number;
  readonly growsTooMuch: boolean;
}

/** The part of a run that is not looked at. */
const WARM_UP = 0.4;

const median = (values: readonly number[]): number => {
  const inOrder = [...values].sort((one, other) => one - other);
  return inOrder[inOrder.length >> 1] ?? NaN;
};

/** Where each figure was and came to; from it the leaks. */
export function trends(samples: readonly Sample[], allowances: Readonly<Record<string, Allowance>>): Trend[] {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  if (warm.length < 5) throw new Error(`From ${samples.length} measurements no trend is seen.`);
  const [first, last] = [warm[0]!, warm.at(-1)!];
  return Object.entries(allowances).map(([figure, { by, share }]) => {
    const points = warm.map(({ seconds, figures }) => [seconds, figures[figure]!] as const);
    const slope = median(
      points.flatMap(([at, value], n) => points.slice(n + 1).map(([later, then]) => (then - value) / (later - at))),
    );
    // Where the line begins: in the middle of the measurements, taken back by the slope.
    const from = median(points.map(([at, value]) => value - slope * (at - first.seconds)));
    const to = from + slope * (last.seconds - first.seconds);
    return { figure, from, to, growsTooMuch: to - from > Math.max(by, share * from) };
  });
}
