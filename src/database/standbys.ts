/**
 * Reading on hot standbys, as if there were one database. Whoever reads must see what was committed before they asked, by whomever
 * and through whatever server: so the primary is asked how far its log is written, once for all who ask in the same moment, and a standby
 * answers only when it has replayed as much. So people read what they wrote, and nobody's reads go back, whichever server and standby
 * answers them. A standby that is behind is waited for a little; one that stays behind, does not answer or is none any more is
 * left out until it is well again. Where no standby is ready, the primary answers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { latest } from './latest';
import { Node, type NodeOptions } from './node';
import { isLost, isRetryable } from './postgres-errors';
import { poolOf } from './sessions';

/** How long a standby is waited for that is behind, and how often it is asked. */
const CATCH_UP_MS = 50;
const POLL_MS = 2;
/** One that was waited for in vain, or did not answer, is not waited for again for so long. */
const REST_MS = 500;
/** A standby that does not say within this time how far it is, does not answer. */
const ANSWER_MS = 2_000;

/** How far a server is. */
interface Position {
  /** Which server it is a copy of, and which database of it. */
  readonly name: string;
  readonly isStandby: boolean;
  /** Which history it follows: after a failover, a server of the old one may have what the new one has not. */
  readonly timeline: number;
  /** How far its log is written and flushed, or replayed, in bytes. */
  readonly lsn: number;
}

const IDENTITY = `(select system_identifier::text from pg_control_system()) || ' ' || current_database() as name`;
// What is acknowledged is flushed, unless commits do not wait for that.
const WRITTEN = `select ${IDENTITY}, false as "isStandby", ('x' || left(pg_walfile_name(w.lsn), 8))::bit(32)::int as timeline,
  pg_wal_lsn_diff(w.lsn, '0/0')::float8 as lsn from (select case current_setting('synchronous_commit')
    when 'off' then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end as lsn) w`;
const REPLAYED = `select ${IDENTITY}, pg_is_in_recovery() as "isStandby", (select timeline_id from pg_control_checkpoint()) as timeline,
  pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')::float8 as lsn`;

/** Asks a server how far it is, on a connection that nothing else waits for. */
class Gauge {
  readonly #pool: pg.Pool;
  readonly position: () => Promise<Position>;

  constructor(url: string, sql: string) {
    this.#pool = poolOf({ url, size: 1, searchPath: 'pg_catalog', statementTimeoutMs: ANSWER_MS });
    this.position = latest(async () => {
      const client = await this.#pool.connect();
      let failure: Error | undefined;
      try {
        const asking = { name: 'how far', text: sql, query_timeout: ANSWER_MS };
        const { rows } = await client.query<Position>(asking);
        return rows[0]!;
      } catch (error) {
        throw (failure = error as Error);
      } finally {
        client.release(failure);
      }
    });
  }

  close = (): Promise<void> => this.#pool.end();
}

class Standby extends Node {
  readonly gauge: Gauge;
  /** How far it is known to be; null where it did not answer last, or is no standby of the primary. */
  position: Position | null = null;
  restsUntil = 0;
  /** Why it is left out, as the log was told it. */
  told: string | null = null;

  constructor(readonly options: NodeOptions) {
    super(options);
    this.gauge = new Gauge(options.url, REPLAYED);
  }

  has = ({ name, timeline, lsn }: Position): boolean =>
    this.position !== null &&
    this.position.isStandby &&
    this.position.name === name &&
    this.position.timeline === timeline &&
    this.position.lsn >= lsn;

  get isResting(): boolean {
    return performance.now() < this.restsUntil;
  }
}

/** Whether it is the standby's fault that something could not be read there. */
const isOfStandby = (error: unknown): boolean => isLost(error) || isRetryable(error) || isForPrimary(error);

/** Whether something cannot be done on any standby: it writes, or reads what is not replicated. */
export function isForPrimary(error: unknown): boolean {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code === '25006' || (code === '0A000' && /during recovery/.test(message ?? ''));
}

export class Standbys {
  readonly #standbys: readonly Standby[];
  readonly #primary: Gauge;
  readonly #logger: Logger | undefined;
  /** How often something was read on a standby, and how often there was none for it. */
  readonly counts = { standby: 0, primary: 0 };

  constructor(primaryUrl: string, urls: readonly string[], options: Omit<NodeOptions, 'url'>, logger?: Logger) {
    this.#primary = new Gauge(primaryUrl, WRITTEN);
    this.#standbys = urls.map((url) => new Standby({ ...options, url }));
    this.#logger = logger;
  }

  /** The connections to all of them. */
  get pools(): readonly pg.Pool[] {
    return this.#standbys.flatMap(({ pools }) => pools);
  }

  /** Reads on a standby that has what is committed, if there is one; otherwise, and where it fails for that, on the primary. */
  async read<T>(primary: Node, work: (node: Node) => Promise<T>): Promise<T> {
    const standby = await this.#choose().catch(() => null);
    if (standby) {
      try {
        const result = await work(standby);
        this.counts.standby += 1;
        return result;
      } catch (error) {
        if (!isOfStandby(error)) throw error;
        if (isLost(error)) this.#leaveOut(standby, error);
      }
    }
    this.counts.primary += 1;
    return work(primary);
  }

  /** The one with the least to do of those that are ready. */
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
        // Whoever rests is asked all the same, and nobody waits for the answer.
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

  async #look(standby: Standby, { name, timeline }: Position): Promise<void> {
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
    if (standby.told === why) return;
    standby.told = why;
    const { host } = new URL(standby.options.url);
    if (why === null) this.#logger?.info({ standby: host }, 'a standby is read from again');
    else this.#logger?.warn({ standby: host, why }, 'a standby is left out');
  }

  /** Those that are copies of another server, by their hosts; who does not answer is none of them, and left out until they do. */
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
