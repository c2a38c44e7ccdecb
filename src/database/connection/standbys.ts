/**
 * Reads on hot standbys with the consistency of the primary. A reader must see everything committed before the read, by anybody, through
 * any server. So the primary is asked for its current LSN, once for all reads that start at the same time, and a standby answers only after
 * it has replayed that far. Nor must a reader see what the primary does not show yet, or the next read could go back: what a standby
 * answered counts only once the primary shows all of it. This gives read-your-writes and monotonic reads across servers and standbys. A
 * standby that lags is waited for briefly; one that stays behind, does not answer or is no longer a standby is left out until it recovers.
 * If no standby is ready, the primary answers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { coalesce } from './coalesce';
import { Node, type NodeOptions } from './node';
import { isLost, isRetryable } from './postgres-errors';
import { poolOf } from './sessions';

/** How long to wait for a lagging standby, and how often to ask it. */
const CATCH_UP_MS = 50;
const POLL_MS = 2;
/** A standby that was waited for in vain, or did not answer, is not waited for again for this long. */
const REST_MS = 500;
/** The time-out for asking a standby for its position. */
const ANSWER_MS = 2_000;

/** A server's position in the WAL. */
export interface WalPosition {
  /** The system identifier and the database. */
  readonly name: string;
  readonly isStandby: boolean;
  /** The timeline: after a failover, a server on the old one may have WAL that the new one does not. */
  readonly timeline: number;
  /** The LSN written and flushed, or replayed, in bytes. */
  readonly lsn: number;
  /** The transactions that it shows, as `pg_current_snapshot()` has them: xmin:xmax:running. */
  readonly snapshot: string;
}

/** The transactions below `xmax` are shown, but for those that run. A standby does not tell which run. */
function transactionsOf({ snapshot }: WalPosition) {
  const [, xmax, running] = snapshot.split(':');
  return { xmax: Number(xmax), running: running ? running.split(',') : [] };
}

const IDENTITY = `(select system_identifier::text from pg_control_system()) || ' ' || current_database() as name`;
// Acknowledged commits are flushed, unless `synchronous_commit` is off.
export const WRITTEN = `select ${IDENTITY}, false as "isStandby", ('x' || left(pg_walfile_name(w.lsn), 8))::bit(32)::int as timeline,
  pg_wal_lsn_diff(w.lsn, '0/0')::float8 as lsn, pg_current_snapshot()::text as snapshot from (select case current_setting('synchronous_commit')
    when 'off' then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end as lsn) w`;
export const REPLAYED = `select ${IDENTITY}, pg_is_in_recovery() as "isStandby", (select timeline_id from pg_control_checkpoint()) as timeline,
  pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')::float8 as lsn, pg_current_snapshot()::text as snapshot`;
const COMMITTED = `select exists (select from unnest($1::xid8[]) t where pg_xact_status(t) = 'committed') as any`;

/** Asks a server for its position on a dedicated connection. */
class Gauge {
  readonly #pool: pg.Pool;
  readonly position: () => Promise<WalPosition>;

  constructor(url: string, sql: string) {
    this.#pool = poolOf({
      url,
      size: 1,
      searchPath: 'pg_catalog',
      statementTimeoutMs: ANSWER_MS,
      lockTimeoutMs: ANSWER_MS,
    });
    this.position = coalesce(() => this.#ask<WalPosition>('how far', sql));
  }

  /** Whether the server knows any of these transactions as committed. */
  hasAny = async (transactions: readonly string[]): Promise<boolean> =>
    (await this.#ask<{ any: boolean }>('which committed', COMMITTED, [transactions])).any;

  async #ask<Row extends object>(name: string, text: string, values: unknown[] = []): Promise<Row> {
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    try {
      const { rows } = await client.query<Row>({ name, text, values, query_timeout: ANSWER_MS } as pg.QueryConfig);
      return rows[0]!;
    } catch (error) {
      throw (failure = error as Error);
    } finally {
      client.release(failure);
    }
  }

  close = (): Promise<void> => this.#pool.end();
}

class Standby extends Node {
  readonly gauge: Gauge;
  /** Its last known position; null if it did not answer, or is not a standby of this primary. */
  position: WalPosition | null = null;
  restsUntil = 0;
  /** The reason logged for leaving it out. */
  loggedReason: string | null = null;

  /** Whether the primary shows all that the standby has shown so far. */
  readonly isCovered: () => Promise<boolean>;

  constructor(
    readonly options: NodeOptions,
    covers: (standby: Standby) => Promise<boolean>,
  ) {
    super(options);
    this.gauge = new Gauge(options.url, REPLAYED);
    this.isCovered = coalesce(() => covers(this).catch(() => false));
  }

  has = ({ name, timeline, lsn }: WalPosition): boolean =>
    this.position !== null &&
    this.position.isStandby &&
    this.position.name === name &&
    this.position.timeline === timeline &&
    this.position.lsn >= lsn;

  get isResting(): boolean {
    return performance.now() < this.restsUntil;
  }
}

/** Whether the standby, rather than the statement, is to blame for an error. */
const isOfStandby = (error: unknown): boolean => isLost(error) || isRetryable(error) || isForPrimary(error);

/** Whether a statement cannot run on any standby, because it writes or reads data that is not replicated. */
export function isForPrimary(error: unknown): boolean {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code === '25006' || (code === '0A000' && /during recovery/.test(message ?? ''));
}

export class Standbys {
  readonly #standbys: readonly Standby[];
  readonly #primary: Gauge;
  readonly #logger: Logger | undefined;
  /** How many reads a standby answered, and how many went to the primary for want of one. */
  readonly counts = { standby: 0, primary: 0 };

  constructor(primaryUrl: string, urls: readonly string[], options: Omit<NodeOptions, 'url'>, logger?: Logger) {
    this.#primary = new Gauge(primaryUrl, WRITTEN);
    this.#standbys = urls.map((url) => new Standby({ ...options, url }, (standby) => this.#covers(standby)));
    this.#logger = logger;
  }

  /** The pools of all standbys. */
  get pools(): readonly pg.Pool[] {
    return this.#standbys.flatMap(({ pools }) => pools);
  }

  /** Reads on a standby that has caught up, if there is one; otherwise, or if the standby fails, on the primary. */
  async read<T>(primary: Node, work: (node: Node) => Promise<T>): Promise<T> {
    const standby = await this.#choose().catch(() => null);
    if (standby) {
      try {
        const result = await work(standby);
        if (await standby.isCovered()) {
          this.counts.standby += 1;
          return result;
        }
      } catch (error) {
        if (!isOfStandby(error)) throw error;
        if (isLost(error)) this.#leaveOut(standby, error);
      }
    }
    this.counts.primary += 1;
    return work(primary);
  }

  /**
   * Whether the primary shows all that a standby has shown. A commit reaches the standbys before the primary shows it, and stays in between
   * for as long as it waits to be confirmed. What nobody has confirmed could still be lost, too.
   */
  async #covers(standby: Standby): Promise<boolean> {
    // Asked after what was read, so it is no less.
    const { xmax } = transactionsOf(await standby.gauge.position());
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const primary = transactionsOf(await this.#primary.position());
      const running = primary.running.filter((transaction) => Number(transaction) < xmax);
      const isBehind = primary.xmax < xmax || (running.length > 0 && (await standby.gauge.hasAny(running)));
      if (!isBehind) return true;
      if (performance.now() >= deadline) return false;
      await sleep(POLL_MS);
    }
  }

  /** The least loaded of the standbys that have caught up. */
  async #choose(): Promise<Standby | null> {
    const written = await this.#primary.position();
    const best = (): Standby | null =>
      this.#standbys
        .filter((standby) => standby.has(written))
        .reduce<Standby | null>(
          (found, standby) => (found === null || standby.load < found.load ? standby : found),
          null,
        );
    const ready = best();
    if (ready) return ready;
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const waitedFor = this.#standbys.filter((standby) => {
        // A resting standby is asked as well, but not waited for.
        if (standby.isResting) void this.#look(standby, written);
        return !standby.isResting;
      });
      if (waitedFor.length === 0) return best();
      const looks = waitedFor.map(async (standby) => {
        await this.#look(standby, written);
        if (!standby.has(written)) throw new Error('behind');
      });
      const isThere = await Promise.race([
        Promise.any(looks).then(
          () => true,
          () => false,
        ),
        sleep(CATCH_UP_MS, false, { ref: false }),
      ]);
      if (isThere) return best();
      if (performance.now() >= deadline) {
        for (const standby of waitedFor) standby.restsUntil = performance.now() + REST_MS;
        return null;
      }
      await sleep(POLL_MS);
    }
  }

  async #look(standby: Standby, { name, timeline }: WalPosition): Promise<void> {
    try {
      standby.position = await standby.gauge.position();
    } catch (error) {
      this.#leaveOut(standby, error);
      return;
    }
    const { position } = standby;
    if (position.name !== name) this.#tell(standby, 'it is no standby of the database of DATABASE_URL');
    else if (!position.isStandby) this.#tell(standby, 'it is no standby any more');
    else if (position.timeline !== timeline) this.#tell(standby, 'it follows another timeline than the primary');
    else this.#tell(standby, null);
  }

  #leaveOut(standby: Standby, error: unknown): void {
    standby.position = null;
    standby.restsUntil = performance.now() + REST_MS;
    this.#tell(standby, `it does not answer: ${(error as Error).message}`);
  }

  #tell(standby: Standby, why: string | null): void {
    if (standby.loggedReason === why) return;
    standby.loggedReason = why;
    const { host } = new URL(standby.options.url);
    if (why === null) this.#logger?.info({ standby: host }, 'a standby is read from again');
    else this.#logger?.warn({ standby: host, why }, 'a standby is left out');
  }

  /** The hosts of standbys that replicate another server. One that does not answer is not among them, and is left out until it does. */
  async strangers(): Promise<string[]> {
    const written = await this.#primary.position();
    await Promise.all(this.#standbys.map((standby) => this.#look(standby, written)));
    return this.#standbys
      .filter(({ position }) => position !== null && position.name !== written.name)
      .map(({ options }) => new URL(options.url).host);
  }

  async close(): Promise<void> {
    await Promise.all([
      ...this.pools.map((pool) => pool.end()),
      this.#primary.close(),
      ...this.#standbys.map(({ gauge }) => gauge.close()),
    ]);
  }
}
