/** The retry schedule: when a failed delivery is retried, and when it is given up. */
const SECOND = 1000;
const HOUR = 3600 * SECOND;

export interface Schedule {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** The maximum number of attempts for one commit while others reach the same receiver; after that it is a dead letter. */
  readonly attempts: number;
  /** How long nothing may get through before a receiver is suspended. */
  readonly suspendAfterMs: number;
}

/** A commit that alone fails is given up after about nine hours, a receiver after three days. */
export const SCHEDULE: Schedule = {
  firstWaitMs: SECOND,
  longestWaitMs: HOUR,
  attempts: 20,
  suspendAfterMs: 72 * HOUR,
};

/**
 * Exponential back-off with jitter, so that deliveries that failed together are not retried together.
 * @param chance from 0 to 1
 */
export function waitAfter(failures: number, { firstWaitMs, longestWaitMs }: Schedule, chance = Math.random()): number {
  const longest = Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 40), longestWaitMs);
  return Math.round(longest * (0.5 + chance / 2));
}
