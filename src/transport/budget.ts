/**
 * What one person may ask for in a minute, in points: what their operations cost, and a little for each request. Where points are
 * counted is for the operator to choose: each server process for itself, in its memory, or all of them together, in the database.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Points, Taken } from '../database/shared-points';
import { RequestRefusal } from './refusals';

/** What a request costs before it is known what it asks for: reading, checking and parsing it. */
const REQUEST_COST = 10;
export const WINDOW_SECONDS = 60;

export type BudgetHeaders = Readonly<Record<string, string>>;

/** Points that this process counts for itself. */
export function ownPoints(perMinute: number): Points {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
  const taken = (isGiven: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Taken => ({
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
   * @param pointsPerMinute 0: without a limit
   * @param counted where they are counted
   */
  constructor(
    private readonly pointsPerMinute: number,
    counted: (perMinute: number) => Points = ownPoints,
  ) {
    this.#points = pointsPerMinute > 0 ? counted(pointsPerMinute) : null;
  }

  /** Lets a request in, whatever it turns out to ask for. */
  admit = (userId: number): Promise<BudgetHeaders> => this.spend(userId, REQUEST_COST);

  /** Takes the points, or refuses; answers what clients are told about what is left. */
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

  #headers({ remaining, msBeforeNext }: Taken): BudgetHeaders {
    return {
      'ratelimit-limit': String(this.pointsPerMinute),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(Math.ceil(msBeforeNext / 1000)),
    };
  }
}
