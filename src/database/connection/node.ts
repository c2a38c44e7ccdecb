/** One PostgreSQL server: the pools for the present and for the past, and the shares of their connections. */
import type pg from 'pg';
import { poolOf } from './sessions';
import { sharesOf, type Shares } from './shares';
import { PAST_SEARCH_PATH, PRESENT_SEARCH_PATH } from './statements';

/** How long a writer waits for a lock at each attempt. */
const LOCK_TIMEOUT_MS = 2_000;

export interface NodeOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** How long a request waits for its turn. */
  readonly patienceMs?: number | undefined;
  readonly lockTimeoutMs?: number | undefined;
}

export class Node {
  readonly shares: Shares;
  readonly pool: pg.Pool;
  readonly past: pg.Pool;
  /** The pools for the present and for the past. */
  readonly pools: readonly pg.Pool[];
  readonly lockTimeoutMs: number;

  constructor({ url, poolSize, statementTimeoutMs, patienceMs, lockTimeoutMs = LOCK_TIMEOUT_MS }: NodeOptions) {
    this.shares = sharesOf(poolSize, patienceMs);
    this.lockTimeoutMs = lockTimeoutMs;
    const options = { url, statementTimeoutMs, lockTimeoutMs };
    this.pool = poolOf({ ...options, size: this.shares.present, searchPath: PRESENT_SEARCH_PATH });
    this.past = poolOf({ ...options, size: this.shares.past, searchPath: PAST_SEARCH_PATH });
    this.pools = [this.pool, this.past];
  }

  /** The number of busy connections plus the number of requests that wait for one. */
  get load(): number {
    return this.pools.reduce(
      (sum, { totalCount, idleCount, waitingCount }) => sum + totalCount - idleCount + waitingCount,
      0,
    );
  }
}
