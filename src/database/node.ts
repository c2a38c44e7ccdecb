/** One PostgreSQL: the connections to it, of the present and of the past, and how they are shared out. */
import type pg from 'pg';
import { poolOf } from './sessions';
import { sharesOf, type Shares } from './shares';
import { PAST, PRESENT } from './statements';

export interface NodeOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** How long anything waits for its turn. */
  readonly patienceMs?: number | undefined;
}

export class Node {
  readonly shares: Shares;
  readonly pool: pg.Pool;
  readonly past: pg.Pool;
  /** Both pools: of the present and of the past. */
  readonly pools: readonly pg.Pool[];

  constructor({ url, poolSize, statementTimeoutMs, patienceMs }: NodeOptions) {
    this.shares = sharesOf(poolSize, patienceMs);
    this.pool = poolOf({ url, size: this.shares.present, searchPath: PRESENT, statementTimeoutMs });
    this.past = poolOf({ url, size: this.shares.past, searchPath: PAST, statementTimeoutMs });
    this.pools = [this.pool, this.past];
  }

  /** How many connections are busy, and how many are waited for. */
  get load(): number {
    return this.pools.reduce(
      (sum, { totalCount, idleCount, waitingCount }) => sum + totalCount - idleCount + waitingCount,
      0,
    );
  }
}
