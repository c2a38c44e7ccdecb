/**
 * The rate limit per person and minute, in points: the cost of their operations, plus a little for each request. The operator chooses where
 * points are counted: in the memory of each server process, or in the database for all of them together.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Points, PointsTaken } from '../../database/connection/shared-points';
import { RequestRefusal } from '../errors/refusals';

/** The cost of a request before its content is known: reading, authenticating and parsing it. */
const REQUEST_COST = 10;
export const WINDOW_SECONDS = 60;

export type BudgetHeaders = Readonly<Record<string, string>>;

/** Points counted by this process alone. */
export function ownPoints(perMinute: number): Points {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  const taken = (isGiven: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): PointsTaken => ({
    isGiven,
    remaining: remainingPoints,
    msBeforeNext,
  });
  return {
    take: (userId, cost) =>
      limiter.consume(userId, cost).then(
        (result) => taken(true, result),
        (refused: unknown) => {
          if (!(refused instanceof RateLimiterRes)) throw refused;
          return taken(false, refused);
        },
      ),
  };
}

export class Budget {
  readonly #points: Points | null;

  /**
   * @param pointsPerMinute 0 means unlimited
   * @param counted the store of the points
   */
  constructor(
    private readonly pointsPerMinute: number,
    counted: (perMinute: number) => Points = ownPoints,
  ) {
    this.#points = pointsPerMinute > 0 ? counted(pointsPerMinute) : null;
  }

  /** Charges the base cost of a request. */
  admit = (userId: number): Promise<BudgetHeaders> => this.spend(userId, REQUEST_COST);

  /** Takes points, or refuses; returns the rate-limit headers. */
  async spend(userId: number, cost: number): Promise<BudgetHeaders> {
    if (!this.#points) return {};
    const taken = await this.#points.take(userId, cost);
    if (taken.isGiven) return this.#headers(taken);
    const seconds = Math.ceil(taken.msBeforeNext / 1000);
    throw new RequestRefusal(
      'RATE_LIMITED',
      `You have asked for more than ${this.pointsPerMinute} points within a minute (a point is about a field). Ask again in ${seconds} seconds, or for less.`,
      { limit: this.pointsPerMinute, cost, retryAfterSeconds: seconds },
      { ...this.#headers(taken), 'retry-after': String(seconds) },
    );
  }

  #headers({ remaining, msBeforeNext }: PointsTaken): BudgetHeaders {
    return {
      'ratelimit-limit': String(this.pointsPerMinute),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(Math.ceil(msBeforeNext / 1000)),
    };
  }
}
