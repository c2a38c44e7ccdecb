/** When something that failed is tried again, and when it is given up. */
const SECOND = 1000;
const HOUR = 3600 * SECOND;

export interface Schedule {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** So often one commit is tried, while others get through to the same receiver; then it is a dead letter. */
  readonly attempts: number;
  /** For so long nothing gets through before a receiver is sent nothing any more. */
  readonly suspendAfterMs: number;
}

/** A commit that only fails itself is given up after about nine hours, a receiver after three days. */
export const SCHEDULE: Schedule = {
  firstWaitMs: SECOND,
  longestWaitMs: HOUR,
  attempts: 20,
  suspendAfterMs: 72 * HOUR,
};

/**
 * How long to wait after so many failures: twice as long each time, and never as long as others do, who failed in the same moment.
 * @param chance from 0 to 1
 */
export function waitAfter(failures: number, { firstWaitMs, longestWaitMs }: Schedule, chance = Math.random()): number {
  const longest = Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 40), longestWaitMs);
  return Math.round(longest * (0.5 + chance / 2));
}
