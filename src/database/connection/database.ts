/** The only way to the database: pooled connections in bounded shares, and transactions that are retried when PostgreSQL asks for it. */
import type pg from 'pg';
import type { Logger } from 'pino';
import { isTraced, traced } from '../../tracing';
import type { Share } from '../../../packages/fair-share';
import { FaultLog } from './fault-log';
import { Node } from './node';
import { fromPostgres, isLost, isRetryable, isStale, outcomeUnknown } from './postgres-errors';
import { CONFIRM, openAll, poolerProblemOf, sessionProblemOf, withConnection } from './sessions';
import type { Person, Shares } from './shares';
import { isForPrimary, Standbys } from './standbys';
import { PAST_SEARCH_PATH, run, runForTexts, type Db, type TextRow, type Tx } from './statements';
import { Transaction, type Watcher } from './transaction';

export type { Db, Tx };

/** How far the past is read, in the textual form that the database takes. */
export interface StreamPositions {
  /** A JSON object of streams and their last sequences. */
  readonly sequences: string;
  /** The schema of a supplement, and the setting that tells its views what is asked for; null if no supplement is read. */
  readonly supplement: { readonly schema: string; readonly setting: string; readonly value: string } | null;
}

/** A horizon that contains no stream. */
const NOTHING = '{}';

/** A connection to the past remembers the horizon that it is set to. */
type PastClient = pg.PoolClient & { horizon?: string; searchPath?: string };

/** Sets a connection to a horizon, unless it is set to it already. */
async function show(client: PastClient, { sequences, supplement }: StreamPositions): Promise<void> {
  const horizon = `${sequences} ${supplement?.value}`;
  if (client.horizon === horizon) return;
  const searchPath = supplement === null ? PAST_SEARCH_PATH : `${supplement.schema},${PAST_SEARCH_PATH}`;
  client.horizon = undefined;
  const settings = { 'phaseledger.horizon': sequences, search_path: searchPath };
  if (supplement) Object.assign(settings, { [supplement.setting]: supplement.value });
  await client.query('select set_config(s.key, s.value, false) from json_each_text($1) s', [JSON.stringify(settings)]);
  client.horizon = horizon;
  client.searchPath = searchPath;
}

const TRIES = 4;

/** What traces say about a statement. Its text contains no parameter values. */
const OF_POSTGRES = { 'db.system.name': 'postgresql' };
const statementKnown = (sql: string) =>
  isTraced() ? { ...OF_POSTGRES, 'db.query.text': sql.slice(0, 500) } : OF_POSTGRES;

const isReadOnly = (begin: string): boolean => begin.includes('read only');

export interface DatabaseOptions {
  readonly url: string;
  /** Hot standbys of the same server, which answer clients' reads; without any, the primary answers everything. */
  readonly replicaUrls?: readonly string[];
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** The time-out for the answer to COMMIT; that of statements if omitted. */
  readonly commitPatienceMs?: number;
  /** How long a request waits for its turn. */
  readonly patienceMs?: number;
  /** How long a statement waits for a lock; if omitted, as long as usual. */
  readonly lockTimeoutMs?: number;
  /** Logs why the database could not answer; callers are not told. */
  readonly logger?: Logger;
}

export class Database implements Db, Watcher {
  private readonly primary: Node;
  readonly pool: pg.Pool;
  readonly shares: Shares;
  /** The pools for the present and for the past. */
  readonly pools: readonly pg.Pool[];
  readonly standbys: Standbys | null;
  private readonly faults: FaultLog;
  /** How long to wait for the answer to COMMIT, 0 for no limit; it is longer than the time-out of any statement before it. */
  readonly commitPatienceMs: number;
  /** The person on whose behalf statements run. */
  private readonly person: Person = undefined;
  /** Whether reads may go to a standby. The server's own reads, and reads that follow a write, must not. */
  private isAtStandbys = false;
  /** Statements that a standby has refused, and that the primary therefore runs. */
  private readonly forPrimary = new Set<string>();
  /** Called with every statement sent; tests count with it. */
  onStatement: ((sql: string) => void) | undefined;
  /** Counts all statements sent, for every caller. */
  readonly sent = { statements: 0 };
  /** Called for every batch of statements that a transaction sends. */
  onPacket: (() => void) | undefined;

  constructor({ url, replicaUrls = [], logger, ...options }: DatabaseOptions) {
    this.primary = new Node({ url, ...options });
    this.pool = this.primary.pool;
    this.pools = this.primary.pools;
    this.shares = this.primary.shares;
    this.standbys = replicaUrls.length > 0 ? new Standbys(url, replicaUrls, options, logger) : null;
    this.faults = new FaultLog(logger);
    this.commitPatienceMs = options.commitPatienceMs ?? options.statementTimeoutMs;
  }

  /** Opens all connections of the pools; they stay open. */
  async connect(): Promise<void> {
    await Promise.all([...this.pools, ...(this.standbys?.pools ?? [])].map(openAll));
  }

  /** The same database on behalf of a person, limited to one person's share of the connections. */
  inNameOf(person: number): Database {
    const isAtStandbys = { value: this.standbys !== null, writable: true };
    return Object.create(this, { person: { value: person }, isAtStandbys }) as Database;
  }

  /** The same database for the same person, on the primary only. */
  atPrimary(): Database {
    return Object.create(this, { isAtStandbys: { value: false, writable: true } }) as Database;
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    this.note(sql);
    return this.reading(sql, ({ shares, pool }) =>
      this.inTurn(shares.reading, () => withConnection(pool, (client) => run<Row>(client, sql, parameters))),
    );
  }

  private note(sql: string): void {
    this.sent.statements += 1;
    this.onStatement?.(sql);
  }

  /** Runs a read on the primary or on a standby. Faults of the database go to the log, not to the caller. */
  private reading<T>(sql: string, work: (node: Node) => Promise<T>): Promise<T> {
    return traced('statement', statementKnown(sql), () => this.readingWhere(sql, work));
  }

  private async readingWhere<T>(sql: string, work: (node: Node) => Promise<T>): Promise<T> {
    if (!this.standbys || !this.isAtStandbys || this.forPrimary.has(sql)) return this.judged(() => work(this.primary));
    return this.judged(() =>
      this.standbys!.read(this.primary, (node) =>
        work(node).catch((error: unknown) => {
          if (node !== this.primary && isForPrimary(error)) this.forPrimary.add(sql);
          throw error;
        }),
      ),
    );
  }

  /** Runs a statement made from a client's query; all values of its rows are texts. */
  texts(sql: string, parameters: readonly unknown[]): Promise<readonly TextRow[]> {
    this.note(sql);
    return this.reading(sql, ({ shares, pool }) =>
      this.inTurn(shares.reading, () => withConnection(pool, (client) => runForTexts(client, sql, parameters))),
    );
  }

  /**
   * The same over the past, on the views of schema `past`.
   * @param sequences the horizon; null if the statement sets it itself
   */
  textsOfPast(sequences: string | null, sql: string, parameters: readonly unknown[]): Promise<readonly TextRow[]> {
    this.note(sql);
    return this.reading(sql, (node) =>
      this.onPast(node, async (client) => {
        if (sequences !== null || (client.searchPath ?? PAST_SEARCH_PATH) !== PAST_SEARCH_PATH)
          await show(client, { sequences: sequences ?? NOTHING, supplement: null });
        return runForTexts(client, sql, parameters, PAST_SEARCH_PATH);
      }),
    );
  }

  private onPast<T>({ shares, past }: Node, work: (client: PastClient) => Promise<T>): Promise<T> {
    return this.inTurn(shares.readingThePast, () => withConnection(past, work));
  }

  /** Runs work when it is the person's turn. */
  private inTurn<T>(share: Share<Person>, work: () => Promise<T>): Promise<T> {
    return share.run(this.person, work);
  }

  /** Logs faults of the database and hides their detail from callers. */
  private async judged<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.faults.note(error);
      throw fromPostgres(error);
    }
  }

  /**
   * Writes to a stream in one transaction. Writers of one stream on this server queue here, where a waiting writer holds no connection;
   * writers on other servers are serialized by the lock on the stream's head.
   */
  writeTo<T>(streamId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.shares.streams.run(streamId, () => this.transaction(work));
  }

  /**
   * Runs writes to a stream that use statements other than ours, on these connections, in the same queue as this server's other writers.
   */
  writeOn<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    this.isAtStandbys = false;
    return this.shares.streams.run(streamId, () => this.judged(() => this.inTurn(this.shares.writing, work)));
  }

  /** Runs a statement that waits for the writers of several streams, for no longer than writers wait for each other. */
  queryBehindWriters<Row extends object>(
    streamIds: readonly string[],
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    this.note(sql);
    // In sorted order, the order in which locks are taken, so that no deadlock can arise.
    const behind = ([first, ...others]: readonly string[]): Promise<Row[]> =>
      first === undefined
        ? this.judged(() =>
            this.inTurn(this.shares.writing, () =>
              withConnection(this.pool, (client) => run<Row>(client, sql, parameters)),
            ),
          )
        : this.shares.streams.run(first, () => behind(others), this.primary.lockTimeoutMs);
    return behind([...streamIds].sort());
  }

  /**
   * Runs a statement over the past: on the views of schema `past` at a horizon, or on those of a supplement. Without a horizon, the
   * statement may use only tables that it qualifies with a schema.
   */
  queryPast<Row extends object>(
    horizon: StreamPositions | null,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.note(sql);
    return this.reading(sql, (node) =>
      this.onPast(node, async (client) => {
        if (horizon !== null) await show(client, horizon);
        return run<Row>(client, sql, parameters, client.searchPath ?? PAST_SEARCH_PATH);
      }),
    );
  }

  /**
   * Runs `work` in one transaction. Deadlocks with writers outside the service, serialization failures and lock time-outs are retried, up
   * to three times in all, so `work` must have no side effects outside the database.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, begin = 'begin', share = this.shares.writing): Promise<T> {
    return traced('transaction', OF_POSTGRES, () => this.inTransaction(work, begin, share));
  }

  private async inTransaction<T>(work: (tx: Tx) => Promise<T>, begin: string, share: Share<Person>): Promise<T> {
    // Read your writes: after a write, the caller reads from the primary, because a standby may lag behind.
    if (!isReadOnly(begin)) this.isAtStandbys = false;
    for (let tries = 1; ; tries++) {
      try {
        return await share.run(this.person, () => this.attempt(work, begin));
      } catch (error) {
        if (!isRetryable(error) || tries === TRIES) {
          this.faults.note(error);
          throw fromPostgres(error);
        }
        await new Promise((resolve) => setTimeout(resolve, 20 * tries * (1 + Math.random())));
      }
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>, begin: string): Promise<T> {
    const isReading = isReadOnly(begin);
    for (let tries = 1; ; tries++) {
      const client = await this.pool.connect();
      const tx = new Transaction(client, begin, this);
      try {
        const result = await work(tx);
        // A transaction that only read has lost nothing.
        if ((await tx.commit(this.commitPatienceMs)) === 'UNDONE' && !isReading)
          throw new Error('A statement of a transaction failed, and its error was not handled.');
        return result;
      } catch (error) {
        const cause = await tx.undo(error);
        // A connection that broke while idle is noticed here at the latest. Nothing had run on it, so another try is safe.
        if (isLost(cause) && !tx.hasBegun && tries < TRIES) continue;
        // This connection is discarded. Every other connection of the pool may be just as stale, so try as often as there are connections.
        if (isStale(cause) && tries <= this.shares.present) continue;
        if (isLost(cause) && tx.isEnding && !isReading) {
          this.faults.note(cause);
          throw outcomeUnknown(false);
        }
        throw cause;
      } finally {
        client.release(tx.broken);
      }
    }
  }

  /** Waits until a transaction that was found committed is as durable as one whose COMMIT was acknowledged. */
  async confirm(): Promise<void> {
    await this.transaction((tx) => tx.query(CONFIRM));
  }

  /** Checks now why this server is not connected as the service role; null if it is. */
  askSession(): Promise<string | null> {
    return this.judged(() => this.inTurn(this.shares.reading, () => withConnection(this.pool, sessionProblemOf)));
  }

  /** Says why connections do not keep a PostgreSQL session (a pooler in transaction mode, for instance); null if they do. */
  async askPooler(): Promise<string | null> {
    const pools = [this.pool, ...(this.standbys?.pools ?? [])];
    const problems = await Promise.allSettled(pools.map(poolerProblemOf));
    return problems.flatMap((asked) => (asked.status === 'fulfilled' ? (asked.value ?? []) : []))[0] ?? null;
  }

  /**
   * Runs reads in one repeatable-read snapshot. Long ones use a share of their own, so that they leave the connections for short reads
   * alone.
   */
  snapshot<T>(work: (tx: Db) => Promise<T>, takes: 'long' | 'a moment' = 'long'): Promise<T> {
    const share = takes === 'long' ? this.shares.readingAtLength : this.shares.reading;
    return this.transaction(work, 'begin isolation level repeatable read read only', share);
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.map((pool) => pool.end()), this.standbys?.close()]);
  }
}
