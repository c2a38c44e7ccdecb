/**
 * Whether something grows that should not, of what was measured one time after the other. Each figure goes up and down with the work, so
 * what counts is the trend: the median of the slopes between all pairs of measurements (Theil and Sen), which a few that are far off
 * do not move. A trend has to be one that chance rarely makes (Mann and Kendall). The first part of a run, in which caches fill and code
 * gets warm, is left out.
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

/** Standard deviations that chance exceeds once in a hundred times. */
const RARE = 2.33;

const median = (values: readonly number[]): number => {
  const inOrder = [...values].sort((one, other) => one - other);
  return inOrder[inOrder.length >> 1] ?? NaN;
};

/** By how many standard deviations more pairs of measurements go up than chance alone would have it. */
function rise(values: readonly number[]): number {
  const n = values.length;
  const pairs = values.flatMap((value, at) => values.slice(at + 1).map((later) => Math.sign(later - value)));
  return pairs.reduce((sum, sign) => sum + sign, 0) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
}

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
    const isRare = rise(points.map(([, value]) => value)) > RARE;
    return { figure, from, to, growsTooMuch: isRare && to - from > Math.max(by, share * from) };
  });
}
