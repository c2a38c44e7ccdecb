/**
 * The one way to the database: a pool for reads, and transactions that are tried again when PostgreSQL asks for it.
 * Statements are named after their text, so each is parsed and planned once per connection.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Logger } from 'pino';
import { busy } from '../versioning/errors';
import { FaultLog } from './fault-log';
import { fromPostgres, isLost, isRetryable, outcomeUnknown } from './postgres-errors';
import { Share, type Bounds } from './share';

/** Runs one statement; column names come back in camelCase. A pool and a transaction look alike to the caller. */
export interface Db {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

const DATE = 1082;
const JSON_TYPES = [114, 3802];

/** Dates stay `YYYY-MM-DD`; JSON is parsed with every key, whatever its name, as plain data. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (text: string) => text;
    if (JSON_TYPES.includes(oid)) return (text: string) => JSON.parse(text) as unknown;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Where statements find their tables. */
const PRESENT = 'public,log';
const PAST = 'past,public,log';

/** Statements by where they find their tables: the same text is another statement on another search path. */
const names = new Map<string, Map<string, string>>();
function statementName(sql: string, searchPath: string): string {
  let ofPath = names.get(searchPath);
  if (!ofPath) names.set(searchPath, (ofPath = new Map<string, string>()));
  let name = ofPath.get(sql);
  if (name === undefined) {
    name = createHash('sha1').update(searchPath).update(sql).digest('base64url');
    ofPath.set(sql, name);
  }
  return name;
}

const camelCase = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const camelCased = new Map<string, string>();
export function fieldName(column: string): string {
  let field = camelCased.get(column);
  if (field === undefined) camelCased.set(column, (field = camelCase(column)));
  return field;
}

export async function run<Row extends object>(
  client: pg.Pool | pg.PoolClient | pg.Client,
  sql: string,
  parameters: readonly unknown[],
  searchPath = PRESENT,
): Promise<Row[]> {
  const result = await client.query<unknown[]>({
    name: statementName(sql, searchPath),
    text: sql,
    values: parameters as unknown[],
    rowMode: 'array',
  });
  const fields = result.fields.map(({ name }) => fieldName(name));
  return result.rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < fields.length; i++) row[fields[i]!] = values[i];
    return row as Row;
  });
}

/** How far the past is read, as texts that the database understands. */
export interface Horizon {
  /** A JSON object of streams and their last sequences. */
  readonly sequences: string;
  /** A schema of what was recorded elsewhere, and the setting that tells its views what is asked for; null if nothing is. */
  readonly supplement: { readonly schema: string; readonly setting: string; readonly value: string } | null;
}

/** Connections to the past remember how far they see. */
type PastClient = pg.PoolClient & { horizon?: string; searchPath?: string };

/** Makes a connection to the past see as far as a horizon, unless it does already. */
async function show(client: PastClient, { sequences, supplement }: Horizon): Promise<void> {
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

/** How values are written, whatever server, database and role are set to: row images are held against each other as texts. */
const asWritten = Object.entries({
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  extra_float_digits: 1,
  bytea_output: 'hex',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/**
 * Why a session is not the service's, if it is not: logged in as that role or as one that was given it, and nothing of the
 * owner's. Asked of PostgreSQL's own catalogue, since a function of ours would be the first to be replaced.
 */
async function sessionProblemOf(client: pg.PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ name: string; service: boolean; owner: boolean }>(
    `select session_user::text as name,
       r.oid = s.oid or exists (select from pg_catalog.pg_auth_members m where m.roleid = s.oid and m.member = r.oid) as service,
       r.rolsuper or pg_catalog.pg_has_role(session_user, c.relowner, 'MEMBER') as owner
     from pg_catalog.pg_roles r, pg_catalog.pg_roles s, pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where r.rolname = session_user and s.rolname = 'phaseledger_service' and n.nspname = 'log' and c.relname = 'stream'`,
  );
  const [session] = rows;
  if (!session) return null; // There is no log yet.
  if (session.owner) return `${session.name} can act as the owner, so its commits name nobody`;
  return session.service ? null : `${session.name} is not the service, so its commits name nobody`;
}

const TRIES = 4;
/** How long a writer waits for another one, each time it tries. */
const LOCK_TIMEOUT_MS = 2_000;

export interface DatabaseOptions {
  readonly url: string;
  /** A standby of the same server, where the past is read; the past is read here if there is none. */
  readonly replicaUrl?: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** How long anything waits for its turn. */
  readonly patienceMs?: number;
  /** Is told why the database could not answer, which callers are not. */
  readonly logger?: Logger;
}

/** How long a turn is waited for, and how many of one person wait at once: more than one request asks for, less than memory holds. */
const PATIENCE_MS = 10_000;
const WAITING = 1_000;
/** How many wait to write to one stream. */
const WAITING_WRITERS = 100;

/** Whose turn it is: a person's, or, without one, the server's own. */
type Person = number | undefined;

/** A quarter, or two, but never more than half: statements that run beside each other share processors with everybody's. */
const ofOnePerson = (size: number): number => Math.min(Math.ceil(size / 2), Math.max(2, Math.floor(size / 4)));

/**
 * What each kind of work may take of the connections. Those who write and those who read at length leave some to readers, readers
 * leave one to them, and nobody has more than half of any kind, nor more than a quarter of many: whatever one of them waits for,
 * others go on.
 */
function sharesOf(poolSize: number, patienceMs: number) {
  const past = Math.max(1, Math.floor(poolSize / 4)); // the past is asked less often
  const present = Math.max(1, poolSize - past);
  const common = { waiting: WAITING, patienceMs };
  const share = (connections: number) => {
    const size = Math.max(1, connections);
    const refusal = () => busy('The server has too much to do at the moment. Try again in a few seconds.', 2);
    return new Share<Person>({ ...common, refusal, size, each: ofOnePerson(size) });
  };
  const writers: Bounds = {
    size: Infinity,
    each: 1,
    waiting: WAITING_WRITERS,
    patienceMs,
    refusal: () => busy('Many others are changing this, or one of them takes long. Try again in a few seconds.', 2),
  };
  return {
    past,
    present,
    reading: share(present - 1),
    writing: share(Math.floor(present / 2)),
    readingAtLength: share(Math.floor(present / 8)),
    readingThePast: share(past),
    /** One at a time writes to a stream, and the others wait here rather than on connections. */
    streams: new Share<string>(writers),
  };
}

export class Database implements Db {
  readonly pool: pg.Pool;
  private readonly past: pg.Pool;
  readonly shares: ReturnType<typeof sharesOf>;
  private readonly faults: FaultLog;
  readonly hasReplica: boolean;
  /** In whose name this is asked. */
  private readonly person: Person = undefined;
  /** Why the newest connection is not the service's, in a sentence; null while all is well. */
  sessionProblem: string | null = null;
  /** Both pools: of the present and of the past. */
  readonly pools: readonly pg.Pool[];
  /** Called with every statement that is sent; tests count with it. */
  onStatement: ((sql: string) => void) | undefined;

  constructor({ url, replicaUrl, poolSize, statementTimeoutMs, patienceMs = PATIENCE_MS, logger }: DatabaseOptions) {
    this.hasReplica = replicaUrl !== undefined;
    this.shares = sharesOf(poolSize, patienceMs);
    this.faults = new FaultLog(logger);
    const verify = (client: pg.PoolClient, done: (error?: Error) => void) =>
      void sessionProblemOf(client).then((problem) => {
        this.sessionProblem = problem;
        done();
      }, done);
    const pool = (searchPath: string, max: number, connectionString = url) =>
      new pg.Pool({
        verify,
        connectionString,
        max,
        connectionTimeoutMillis: 10_000,
        idleTimeoutMillis: 0, // see `connect`
        types,
        application_name: 'phaseledger',
        options: `-c search_path=${searchPath} -c statement_timeout=${statementTimeoutMs} -c lock_timeout=${LOCK_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000 ${asWritten} -c plan_cache_mode=force_generic_plan`,
      });
    this.pool = pool(PRESENT, this.shares.present);
    this.past = pool(PAST, this.shares.past, replicaUrl);
    this.pools = [this.pool, this.past];
    // A connection that breaks is replaced; whoever was using it is told by the query that fails.
    for (const each of this.pools) {
      each.on('error', () => undefined);
      each.on('connect', (client) => client.on('error', () => undefined));
    }
  }

  /**
   * Opens all connections, which are kept from then on: opened when everything is busy, one takes a third of a second, and whoever
   * needs it waits. What cannot be opened now is opened when it is needed.
   */
  async connect(): Promise<void> {
    await Promise.all(
      this.pools.map(async (pool) => {
        const opened = await Promise.allSettled(Array.from({ length: pool.options.max }, () => pool.connect()));
        for (const connection of opened) if (connection.status === 'fulfilled') connection.value.release();
      }),
    );
  }

  /** The same database in the name of a person, who has no more of it than one person may. */
  inNameOf(person: number): Database {
    return Object.create(this, { person: { value: person } }) as Database;
  }

  /** What callers are told of an error; what is wrong with the database itself is for the log. */
  private told(error: unknown): unknown {
    this.faults.note(error);
    return fromPostgres(error);
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.send(this.shares.reading, sql, parameters);
  }

  /** A statement of its own, on the connections of one kind of work. */
  private async send<Row extends object>(
    share: Share<Person>,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    this.onStatement?.(sql);
    try {
      return await share.run(this.person, () => run<Row>(this.pool, sql, parameters));
    } catch (error) {
      throw this.told(error);
    }
  }

  /**
   * Writes to a stream in one transaction, when it is the turn of this server's writer: until then it holds no connection. Writers
   * elsewhere are waited for at the stream's lock.
   */
  writeTo<T>(streamId: string, work: (tx: Db) => Promise<T>): Promise<T> {
    return this.shares.streams.run(streamId, () => this.transaction(work));
  }

  /** Runs a statement that waits for the writers of streams, not longer than they wait for each other. */
  queryBehindWriters<Row extends object>(
    streamIds: readonly string[],
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    // In their order, as locks are taken.
    const inTurn = ([first, ...others]: readonly string[]): Promise<Row[]> =>
      first === undefined
        ? this.send(this.shares.writing, sql, parameters)
        : this.shares.streams.run(first, () => inTurn(others), LOCK_TIMEOUT_MS);
    return inTurn([...streamIds].sort());
  }

  /**
   * Runs a statement where the past is read, on the tables of schema `past` up to a horizon, or on those of a supplement.
   * Without a horizon it may ask only for tables whose schema it names.
   */
  async queryPast<Row extends object>(
    horizon: Horizon | null,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.onStatement?.(sql);
    try {
      return await this.shares.readingThePast.run(this.person, async () => {
        const client: PastClient = await this.past.connect();
        try {
          if (horizon !== null) await show(client, horizon);
          return await run<Row>(client, sql, parameters, client.searchPath ?? PAST);
        } finally {
          client.release();
        }
      });
    } catch (error) {
      throw this.told(error);
    }
  }

  /**
   * Runs `work` in one transaction. Deadlocks with writers outside the service, serialization failures and lock time-outs
   * are tried again, three times at most: the work must do nothing but talk to the database.
   */
  async transaction<T>(work: (tx: Db) => Promise<T>, begin = 'begin', share = this.shares.writing): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await share.run(this.person, () => this.attempt(work, begin));
      } catch (error) {
        if (!isRetryable(error) || tries === TRIES) throw this.told(error);
        await new Promise((resolve) => setTimeout(resolve, 20 * tries * (1 + Math.random())));
      }
    }
  }

  private async attempt<T>(work: (tx: Db) => Promise<T>, begin: string): Promise<T> {
    const client = await this.pool.connect();
    const isReading = begin.includes('read only');
    let broken: Error | undefined;
    let isEnding = false;
    // A connection does one thing at a time: what is asked for at once is asked in turn.
    let turn: Promise<unknown> = Promise.resolve();
    try {
      this.onStatement?.(begin);
      await client.query(begin);
      const result = await work({
        query: <Row extends object>(sql: string, parameters: readonly unknown[] = []) => {
          const rows = turn.then(() => {
            this.onStatement?.(sql);
            return run<Row>(client, sql, parameters);
          });
          turn = rows.catch(() => undefined);
          return rows;
        },
      });
      this.onStatement?.('commit');
      isEnding = true;
      // COMMIT of a transaction that failed is no error to PostgreSQL: it answers ROLLBACK. Who only read has lost nothing.
      const { command } = await client.query('commit');
      if (command !== 'COMMIT' && !isReading)
        throw new Error('A statement of a transaction failed, and nobody was told.');
      return result;
    } catch (error) {
      await turn;
      await client.query('rollback').catch((failure: Error) => {
        broken = failure; // the connection is gone: the pool must not hand it out again
      });
      if (isEnding && isLost(error) && !isReading) {
        this.faults.note(error);
        throw outcomeUnknown(false);
      }
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Why this server is not connected as the service, asked now; null if all is well. */
  async askSession(): Promise<string | null> {
    try {
      return await this.shares.reading.run(this.person, async () => {
        const client = await this.pool.connect();
        try {
          return (this.sessionProblem = await sessionProblemOf(client));
        } finally {
          client.release();
        }
      });
    } catch (error) {
      throw this.told(error);
    }
  }

  /** Reads whatever it reads as it is at one instant; what takes long leaves the connections alone that others read on. */
  snapshot<T>(work: (tx: Db) => Promise<T>, takes: 'long' | 'a moment' = 'long'): Promise<T> {
    const share = takes === 'long' ? this.shares.readingAtLength : this.shares.reading;
    return this.transaction(work, 'begin isolation level repeatable read read only', share);
  }

  close(): Promise<void> {
    return Promise.all(this.pools.map((pool) => pool.end())).then(() => undefined);
  }
}
