/**
 * What one person may ask for in a minute, in points: what their operations cost, and a little for each request. Kept in
 * memory, so each server process counts for itself.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestRefusal } from './refusals';

/** What a request costs before it is known what it asks for: reading, checking and parsing it. */
const REQUEST_COST = 10;
const WINDOW_SECONDS = 60;

export type BudgetHeaders = Readonly<Record<string, string>>;

export class Budget {
  readonly #limiter: RateLimiterMemory | null;

  /** @param pointsPerMinute 0: without a limit */
  constructor(private readonly pointsPerMinute: number) {
    this.#limiter =
      pointsPerMinute > 0 ? new RateLimiterMemory({ points: pointsPerMinute, duration: WINDOW_SECONDS }) : null;
  }

  /** Lets a request in, whatever it turns out to ask for. */
  admit = (userId: number): Promise<BudgetHeaders> => this.spend(userId, REQUEST_COST);

  /** Takes the points, or refuses; answers what clients are told about what is left. */
  async spend(userId: number, cost: number): Promise<BudgetHeaders> {
    if (!this.#limiter) return {};
    try {
      return this.#headers(await this.#limiter.consume(userId, cost));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1000);
      throw new RequestRefusal(
        'RATE_LIMITED',
        `You have asked for more than ${this.pointsPerMinute} points within a minute (a point is about a field). Ask again in ${seconds} seconds, or for less.`,
        { limit: this.pointsPerMinute, cost, retryAfterSeconds: seconds },
        { ...this.#headers(refused), 'retry-after': String(seconds) },
      );
    }
  }

  #headers({ remainingPoints, msBeforeNext }: RateLimiterRes): BudgetHeaders {
    return {
      'ratelimit-limit': String(this.pointsPerMinute),
      'ratelimit-remaining': String(remainingPoints),
      'ratelimit-reset': String(Math.ceil(msBeforeNext / 1000)),
    };
  }
}
