/** The sessions of the service: what they are set to, and whether they are the service's. */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { isStale } from './postgres-errors';
import { types } from './statements';

/** How values are written, whatever server, database and role are set to: row images are held against each other as texts. */
const asWritten = {
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
};

/** How long a writer waits for another one, each time it tries. */
export const LOCK_TIMEOUT_MS = 2_000;

interface PoolOptions {
  readonly url: string;
  readonly size: number;
  readonly searchPath: string;
  readonly statementTimeoutMs: number;
}

/** A pool of connections that are kept for good: opened when everything is busy, one takes a third of a second, and whoever needs it waits. */
export function poolOf({ url, size, searchPath, statementTimeoutMs }: PoolOptions): pg.Pool {
  const settings = Object.entries({
    search_path: searchPath,
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: 60_000,
    ...asWritten,
    plan_cache_mode: 'force_generic_plan',
  });
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 0,
    pipeline: true, // statements of a transaction do not wait for each other's answers
    types,
    application_name: 'phaseledger',
    options: settings.map(([name, value]) => `-c ${name}=${value}`).join(' '),
  });
  // A connection that breaks is replaced; whoever was using it is told by the query that fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', endUnconfirmed);
  return pool;
}

/**
 * Where standbys have to confirm commits, and an operator ends the waiting for them, PostgreSQL warns, and says COMMIT all the same: should
 * the primary be lost then, the commit never was. So whoever waits for it is told what is true, that nobody knows.
 */
function endUnconfirmed(client: pg.PoolClient): void {
  client.on('notice', ({ routine }) => {
    if (routine === 'SyncRepWaitForLSN') abandon(client, 'a commit was not confirmed by a standby');
  });
}

/** Ends a connection as if it had been lost before the answer. */
export function abandon(client: pg.PoolClient | pg.Client, why: string): void {
  const { connection } = client as unknown as { connection: EventEmitter & { readonly stream: Duplex } };
  connection.emit('error', new Error(`Connection terminated: ${why}`));
  connection.stream.destroy();
}

/**
 * Waits until all that was committed is where commits have to be before they are acknowledged. What is found may have been
 * committed by somebody who was not told so.
 */
export const CONFIRM = `select pg_logical_emit_message(true, 'phaseledger', '') is null as waits
  where current_setting('synchronous_standby_names') <> ''`;

/** Opens all connections of a pool. What cannot be opened now is opened when it is needed. */
export async function openAll(pool: pg.Pool): Promise<void> {
  const opened = await Promise.allSettled(Array.from({ length: pool.options.max }, () => pool.connect()));
  for (const connection of opened) if (connection.status === 'fulfilled') connection.value.release();
}

/**
 * Does something with a connection of a pool, outside of a transaction. Where it is found that what is prepared there is of no use any
 * more, it is given up and the same is done with another, of which each may be as old.
 */
export async function withConnection<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let others = pool.options.max; ; others--) {
    const client = await pool.connect();
    let stale: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      if (!isStale(error)) throw error;
      stale = error as Error;
      if (others === 0) throw error;
    } finally {
      client.release(stale);
    }
  }
}

/**
 * Why a session is not the service's, if it is not: logged in as that role or as one that was given it, and nothing of the
 * owner's. Asked of PostgreSQL's own catalogue, since a function of ours would be the first to be replaced.
 */
export async function sessionProblemOf(client: pg.PoolClient): Promise<string | null> {
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

/** Runs something on a connection like those of a pool, and not one of them. */
async function besides<T>(pool: pg.Pool, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(pool.options);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Which of the settings that a connection asked for its session does not have, and which process of the database it is. */
const SESSION = `select pg_catalog.pg_backend_pid() as pid, (select coalesce(string_agg(name, ', ' order by name), '')
  from pg_catalog.pg_settings where name = any ($1::text[]) and source not in ('client', 'session')) as lost`;

/** What to do about poolers. */
export const WITHOUT_POOLER =
  'Let it lead to PostgreSQL itself: a server keeps DATABASE_POOL_SIZE connections for all who ask, so it needs no pooler.';

/** Between the two is something that does not know how a session is asked for. */
const NOT_PASSED_ON = /unsupported startup parameter/;

/**
 * Why connections are no sessions of PostgreSQL, if they are not: a pooler gives the same session to several of them in turn, or another
 * one to each transaction, or loses what it was asked to be set to. Statements would be prepared in one session and run in another, and
 * read tables where a search path of somebody else finds them.
 */
export async function poolerProblemOf(pool: pg.Pool): Promise<string | null> {
  const names = [...(pool.options.options ?? '').matchAll(/-c (\w+)=/g)].map(([, name]) => name!);
  const look = async (client: pg.Client) =>
    (await client.query<{ pid: number; lost: string }>(SESSION, [names])).rows[0]!;
  try {
    return await besides(pool, (one) =>
      besides(pool, async (other) => {
        // In this order: whoever gives out the sessions in turn gives another one to the second question of the first connection.
        const [first, again, beside] = [await look(one), await look(one), await look(other)];
        if (first.pid !== again.pid || first.pid === beside.pid)
          return 'something between this server and PostgreSQL (PgBouncer, for instance) gives sessions to transactions';
        return first.lost === ''
          ? null
          : `something between this server and PostgreSQL loses settings of sessions (${first.lost})`;
      }),
    );
  } catch (error) {
    if (!NOT_PASSED_ON.test((error as Error).message)) throw error;
    return 'something between this server and PostgreSQL (PgBouncer, for instance) does not pass on settings of sessions';
  }
}
