/** The one way to the database: connections that are shared out, and transactions that are tried again when PostgreSQL asks for it. */
import type pg from 'pg';
import type { Logger } from 'pino';
import { isTraced, traced } from '../tracing';
import type { Share } from '../../packages/fair-share';
import { FaultLog } from './fault-log';
import { Node } from './node';
import { fromPostgres, isLost, isRetryable, isStale, outcomeUnknown } from './postgres-errors';
import { CONFIRM, LOCK_TIMEOUT_MS, openAll, poolerProblemOf, sessionProblemOf, withConnection } from './sessions';
import type { Person, Shares } from './shares';
import { isForPrimary, Standbys } from './standbys';
import { PAST, run, runForTexts, type Db, type TextRow, type Tx } from './statements';
import { Transaction, type Watcher } from './transaction';

export type { Db, Tx };

/** How far the past is read, as texts that the database understands. */
export interface StreamPositions {
  /** A JSON object of streams and their last sequences. */
  readonly sequences: string;
  /** A schema of what was recorded elsewhere, and the setting that tells its views what is asked for; null if nothing is. */
  readonly supplement: { readonly schema: string; readonly setting: string; readonly value: string } | null;
}

/** A horizon within which there is no stream. */
const NOTHING = '{}';

/** Connections to the past remember how far they see. */
type PastClient = pg.PoolClient & { horizon?: string; searchPath?: string };

/** Makes a connection to the past see as far as a horizon, unless it does already. */
async function show(client: PastClient, { sequences, supplement }: StreamPositions): Promise<void> {
  const horizon = `${sequences} ${supplement?.value}`;
  if (client.horizon === horizon) return;
  const searchPath = supplement === null ? PAST : `${supplement.schema},${PAST}`;
  client.horizon = undefined;
  const settings = { 'phaseledger.horizon': sequences, search_path: searchPath };
  if (supplement) Object.assign(settings, { [supplement.setting]: supplement.value });
  await client.query('select set_config(s.key, s.value, false) from json_each_text($1) s', [JSON.stringify(settings)]);
  client.horizon = horizon;
  client.searchPath = searchPath;
}

const TRIES = 4;

/** What traces know of a statement: its text has no value of anybody in it. */
const OF_POSTGRES = { 'db.system.name': 'postgresql' };
const statementKnown = (sql: string) =>
  isTraced() ? { ...OF_POSTGRES, 'db.query.text': sql.slice(0, 500) } : OF_POSTGRES;

const isReadOnly = (begin: string): boolean => begin.includes('read only');

export interface DatabaseOptions {
  readonly url: string;
  /** Standbys of the same server, where is read what people ask; without any, all is read here. */
  readonly replicaUrls?: readonly string[];
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** How long anything waits for its turn. */
  readonly patienceMs?: number;
  /** Is told why the database could not answer, which callers are not. */
  readonly logger?: Logger;
}

export class Database implements Db, Watcher {
  private readonly primary: Node;
  readonly pool: pg.Pool;
  readonly shares: Shares;
  /** Both pools: of the present and of the past. */
  readonly pools: readonly pg.Pool[];
  readonly standbys: Standbys | null;
  private readonly faults: FaultLog;
  /** How long the answer to a COMMIT is waited for; it takes longer than any statement before it. */
  private readonly commitPatienceMs: number;
  /** In whose name this is asked. */
  private readonly person: Person = undefined;
  /** Whether standbys are asked what is asked here: not what the server itself asks, nor what is asked after writing. */
  private isAtStandbys = false;
  /** Statements that no standby can do. */
  private readonly forPrimary = new Set<string>();
  /** Called with every statement that is sent; tests count with it. */
  onStatement: ((sql: string) => void) | undefined;
  /** How much was sent, by whomever. */
  readonly sent = { statements: 0 };
  /** Called with every packet of statements of a transaction. */
  onPacket: (() => void) | undefined;

  constructor({ url, replicaUrls = [], logger, ...options }: DatabaseOptions) {
    this.primary = new Node({ url, ...options });
    this.pool = this.primary.pool;
    this.pools = this.primary.pools;
    this.shares = this.primary.shares;
    this.standbys = replicaUrls.length > 0 ? new Standbys(url, replicaUrls, options, logger) : null;
    this.faults = new FaultLog(logger);
    this.commitPatienceMs = options.statementTimeoutMs;
  }

  /** Opens all connections, which are kept from then on. */
  async connect(): Promise<void> {
    await Promise.all([...this.pools, ...(this.standbys?.pools ?? [])].map(openAll));
  }

  /** The same database in the name of a person, who has no more of it than one person may. */
  inNameOf(person: number): Database {
    const isAtStandbys = { value: this.standbys !== null, writable: true };
    return Object.create(this, { person: { value: person }, isAtStandbys }) as Database;
  }

  /** The same in the same name, and not on a standby. */
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

  /** Has a statement run where it is to be read. What is wrong with the database itself is for the log, not for callers. */
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

  /** Runs a statement that follows from what a client asks; its rows are texts. */
  texts(sql: string, parameters: readonly unknown[]): Promise<readonly TextRow[]> {
    this.note(sql);
    return this.reading(sql, ({ shares, pool }) =>
      this.inTurn(shares.reading, () => withConnection(pool, (client) => runForTexts(client, sql, parameters))),
    );
  }

  /**
   * The same where the past is read, on the tables of schema `past`.
   * @param sequences how far it sees, as the horizon has it; null where the statement says that itself
   */
  textsOfPast(sequences: string | null, sql: string, parameters: readonly unknown[]): Promise<readonly TextRow[]> {
    this.note(sql);
    return this.reading(sql, (node) =>
      this.onPast(node, async (client) => {
        if (sequences !== null || (client.searchPath ?? PAST) !== PAST)
          await show(client, { sequences: sequences ?? NOTHING, supplement: null });
        return runForTexts(client, sql, parameters, PAST);
      }),
    );
  }

  private onPast<T>({ shares, past }: Node, work: (client: PastClient) => Promise<T>): Promise<T> {
    return this.inTurn(shares.readingThePast, () => withConnection(past, work));
  }

  /** Does something when it is the person's turn. */
  private inTurn<T>(share: Share<Person>, work: () => Promise<T>): Promise<T> {
    return share.run(this.person, work);
  }

  /** What is wrong with the database itself is for the log, not for callers. */
  private async judged<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.faults.note(error);
      throw fromPostgres(error);
    }
  }

  /**
   * Writes to a stream in one transaction, when it is the turn of this server's writer: until then it holds no connection. Writers
   * elsewhere are waited for at the stream's lock.
   */
  writeTo<T>(streamId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.shares.streams.run(streamId, () => this.transaction(work));
  }

  /** Writes to a stream by other means than statements of ours, on these connections, when it is the turn of this server's writer. */
  writeOn<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    this.isAtStandbys = false;
    return this.shares.streams.run(streamId, () => this.judged(() => this.inTurn(this.shares.writing, work)));
  }

  /** Runs a statement that waits for the writers of streams, not longer than they wait for each other. */
  queryBehindWriters<Row extends object>(
    streamIds: readonly string[],
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    this.note(sql);
    // In their order, as locks are taken.
    const behind = ([first, ...others]: readonly string[]): Promise<Row[]> =>
      first === undefined
        ? this.judged(() =>
            this.inTurn(this.shares.writing, () =>
              withConnection(this.pool, (client) => run<Row>(client, sql, parameters)),
            ),
          )
        : this.shares.streams.run(first, () => behind(others), LOCK_TIMEOUT_MS);
    return behind([...streamIds].sort());
  }

  /**
   * Runs a statement where the past is read, on the tables of schema `past` up to a horizon, or on those of a supplement.
   * Without a horizon it may ask only for tables whose schema it names.
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
        return run<Row>(client, sql, parameters, client.searchPath ?? PAST);
      }),
    );
  }

  /**
   * Runs `work` in one transaction. Deadlocks with writers outside the service, serialization failures and lock time-outs
   * are tried again, three times at most: the work must do nothing but talk to the database.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, begin = 'begin', share = this.shares.writing): Promise<T> {
    return traced('transaction', OF_POSTGRES, () => this.inTransaction(work, begin, share));
  }

  private async inTransaction<T>(work: (tx: Tx) => Promise<T>, begin: string, share: Share<Person>): Promise<T> {
    // What was written is read where it was written: no standby has it as soon.
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
        // Who only read has lost nothing.
        if ((await tx.commit(this.commitPatienceMs)) === 'UNDONE' && !isReading)
          throw new Error('A statement of a transaction failed, and nobody was told.');
        return result;
      } catch (error) {
        const cause = await tx.undo(error);
        // A connection that was lost while nobody used it is noticed now at the latest; nothing was done on it.
        if (isLost(cause) && !tx.hasBegun && tries < TRIES) continue;
        // Each connection may be as old as this one, which is given up.
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

  /** Waits until what was found to be committed is as safe as what is acknowledged. */
  async confirm(): Promise<void> {
    await this.transaction((tx) => tx.query(CONFIRM));
  }

  /** Why this server is not connected as the service, asked now; null if all is well. */
  askSession(): Promise<string | null> {
    return this.judged(() => this.inTurn(this.shares.reading, () => withConnection(this.pool, sessionProblemOf)));
  }

  /** Why connections are no sessions of PostgreSQL, if they are not. */
  async askPooler(): Promise<string | null> {
    const pools = [this.pool, ...(this.standbys?.pools ?? [])];
    const problems = await Promise.allSettled(pools.map(poolerProblemOf));
    return problems.flatMap((asked) => (asked.status === 'fulfilled' ? (asked.value ?? []) : []))[0] ?? null;
  }

  /** Reads whatever it reads as it is at one instant; what takes long leaves the connections alone that others read on. */
  snapshot<T>(work: (tx: Db) => Promise<T>, takes: 'long' | 'a moment' = 'long'): Promise<T> {
    const share = takes === 'long' ? this.shares.readingAtLength : this.shares.reading;
    return this.transaction(work, 'begin isolation level repeatable read read only', share);
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.map((pool) => pool.end()), this.standbys?.close()]);
  }
}
