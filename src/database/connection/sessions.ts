/** The sessions of the service role: their settings, and the check that they are the service's. */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { isStale } from './postgres-errors';
import { types } from './statements';

/** Output formats, fixed regardless of the settings of server, database and role, because row images are compared as texts. */
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

interface PoolOptions {
  readonly url: string;
  readonly size: number;
  readonly searchPath: string;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
}

/** A pool whose connections stay open. Opening one under load takes a third of a second, and the request would have to wait for it. */
export function poolOf({ url, size, searchPath, statementTimeoutMs, lockTimeoutMs }: PoolOptions): pg.Pool {
  const settings = Object.entries({
    search_path: searchPath,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    ...asWritten,
    plan_cache_mode: 'force_generic_plan',
    jit: 'off', // compiling a statement takes longer than to run it, and is done each time
  });
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 0,
    pipeline: true, // statements of a transaction are pipelined
    types,
    application_name: 'phaseledger',
    options: settings.map(([name, value]) => `-c ${name}=${value}`).join(' '),
  });
  // A broken connection is replaced; its user learns of it from the failing query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', endUnconfirmed);
  return pool;
}

/**
 * With synchronous replication, if an operator cancels the wait for standbys, PostgreSQL sends a warning and still reports COMMIT; if the
 * primary is then lost, so is the commit. So the connection is dropped, and the caller learns that the outcome is unknown.
 */
function endUnconfirmed(client: pg.PoolClient): void {
  client.on('notice', ({ routine }) => {
    if (routine === 'SyncRepWaitForLSN') abandon(client, 'a commit was not confirmed by a standby');
  });
}

/** Drops a connection as if it had been lost before the answer. */
function abandon(client: pg.PoolClient | pg.Client, why: string): void {
  const { connection } = client as unknown as { connection: EventEmitter & { readonly stream: Duplex } };
  connection.emit('error', new Error(`Connection terminated: ${why}`));
  connection.stream.destroy();
}

/**
 * Waits for the answer to COMMIT, since PostgreSQL waits for synchronous standbys without limit.
 * @param patienceMs the time-out, after which the connection is ended; 0 means none
 */
export async function commitAnswered<T>(
  client: pg.PoolClient | pg.Client,
  patienceMs: number,
  answer: Promise<T>,
): Promise<T> {
  const giveUp = () => abandon(client, 'a commit was not answered in time');
  const timer = patienceMs > 0 ? setTimeout(giveUp, patienceMs) : undefined;
  return answer.finally(() => clearTimeout(timer));
}

/**
 * Waits until everything committed so far is as durable as an acknowledged commit. A transaction that is found committed may not have been
 * acknowledged to its writer.
 */
export const CONFIRM = `select pg_logical_emit_message(true, 'phaseledger', '') is null as waits
  where current_setting('synchronous_standby_names') <> ''`;

/** Opens all connections of a pool. Those that cannot be opened now are opened when needed. */
export async function openAll(pool: pg.Pool): Promise<void> {
  const opened = await Promise.allSettled(Array.from({ length: pool.options.max }, () => pool.connect()));
  for (const connection of opened) if (connection.status === 'fulfilled') connection.value.release();
}

/**
 * Runs work on a connection of a pool outside of a transaction. If its prepared statements turn out to be stale, the connection is
 * discarded and the work is retried on another, as often as there are connections, since each may be as old.
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
 * Why a session is not the service's; null if it is. It must be logged in as the service role or a member of it, without any right of the
 * owner. The check reads the PostgreSQL catalogue, because a function of the product could have been replaced.
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

/** Runs work on a connection with the pool's options that is not part of the pool. */
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

/** The backend's process id, and the requested session settings that did not take effect. */
const SESSION = `select pg_catalog.pg_backend_pid() as pid, (select coalesce(string_agg(name, ', ' order by name), '')
  from pg_catalog.pg_settings where name = any ($1::text[]) and source not in ('client', 'session')) as lost`;

/** Advice about poolers. */
export const WITHOUT_POOLER =
  'Let it lead to PostgreSQL itself: a server keeps DATABASE_POOL_SIZE connections for all who ask, so it needs no pooler.';

/** A pooler in between does not support the requested session settings. */
const NOT_PASSED_ON = /unsupported startup parameter/;

/**
 * Detects a pooler that does not keep sessions; null if connections are real PostgreSQL sessions. A pooler may share one session among
 * connections, use another session for each transaction, or drop the requested settings. Prepared statements would then run in sessions
 * that do not have them, and tables would be resolved by another client's search path.
 */
export async function poolerProblemOf(pool: pg.Pool): Promise<string | null> {
  const names = [...(pool.options.options ?? '').matchAll(/-c (\w+)=/g)].map(([, name]) => name!);
  const look = async (client: pg.Client) =>
    (await client.query<{ pid: number; lost: string }>(SESSION, [names])).rows[0]!;
  try {
    return await besides(pool, (one) =>
      besides(pool, async (other) => {
        // The order matters: a pooler that hands out sessions in turn gives the first connection another session for its second query.
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
