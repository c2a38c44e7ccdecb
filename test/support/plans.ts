/**
 * Counts the rows that statements read, as PostgreSQL itself counts them. On a small database and a fast machine, the cost of a plan does
 * not show in its duration, but the number of rows does.
 */
import type pg from 'pg';
import type { Database } from '../../src/database/connection/database';
import { withClient } from '../../packages/pg-client';
import { createTestDatabase, type TestDatabase } from './database';

export interface Explained {
  readonly statement: string;
  readonly rowsRead: number;
}

/** For each node of a plan: the rows per loop, the number of loops, and the rows removed by filters. */
const NODE = /\(actual rows=([\d.]+) loops=(\d+)\)|Rows Removed by (?:Filter|Join Filter|Index Recheck): (\d+)/g;

/** The rows that all nodes of a plan returned or discarded. */
function rowsReadBy(plan: string): number {
  let loops = 0;
  let rows = 0;
  for (const [, given, times, removed] of plan.matchAll(NODE)) {
    if (times !== undefined) loops = Number(times);
    rows += loops * Number(given ?? removed);
  }
  return rows;
}

/** A database without statistics that logs the plan of every statement, including those inside functions. */
export async function createUncountedDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await withClient(database.superuserUrl, async (client) => {
    // Only superusers may change what is logged, and the service is none.
    await client.query(`create schema explaining;
      grant usage on schema explaining to public;
      create function explaining.begin_at(ms int) returns text language sql security definer as
        $$ select set_config('auto_explain.log_min_duration', ms::text, false) $$;
      grant execute on function explaining.begin_at to public`);
    const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name');
    const settings = {
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_analyze': 'on',
      'auto_explain.log_timing': 'off',
      'auto_explain.log_nested_statements': 'on',
      'auto_explain.log_parameter_max_length': '0',
      'auto_explain.log_level': 'notice',
    };
    for (const [name, value] of Object.entries(settings))
      await client.query(`alter database ${rows[0]!.name} set ${name} = '${value}'`);
    await client.query('delete from pg_statistic');
    await client.query("update pg_class set relpages = 0, reltuples = -1 where relkind = 'r' and oid >= 16384");
    await client.query(`do $$
      declare t regclass;
      begin
        for t in select oid from pg_class where relkind = 'r' and oid >= 16384 loop
          execute format('alter table %s set (autovacuum_enabled = false, toast.autovacuum_enabled = false)', t);
        end loop;
      end $$`);
  });
  return database;
}

/** Listens to what the connections of a database in `createUncountedDatabase` say of the statements they run. */
export class Plans {
  private explained: Explained[] = [];
  private readonly clients = new Set<pg.PoolClient>();

  /** Listens from the next connection on. */
  constructor(db: Database) {
    for (const pool of db.pools)
      pool.on('connect', (client) => this.listen(client)).on('remove', (client) => void this.clients.delete(client));
  }

  /** Does some work without explaining its statements, which takes longer than the statements themselves. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    const explainFrom = (ms: number) =>
      Promise.all([...this.clients].map((client) => client.query('select explaining.begin_at($1)', [ms])));
    await explainFrom(-1);
    try {
      return await work();
    } finally {
      await explainFrom(0);
    }
  }

  private listen(client: pg.PoolClient): void {
    this.clients.add(client);
    client.on('notice', ({ message = '' }: { message?: string }) => {
      const [, statement, plan] = /^duration: .*?plan:\nQuery Text: (.*?)\n(\S[^\n]*\(cost=.*)$/s.exec(message) ?? [];
      if (plan !== undefined) this.explained.push({ statement: statement!, rowsRead: rowsReadBy(plan) });
    });
  }

  /** Runs some work and returns the plans of its statements, the most expensive first. */
  async during(work: () => Promise<unknown>): Promise<readonly Explained[]> {
    this.explained = [];
    await work();
    return [...this.explained].sort((one, other) => other.rowsRead - one.rowsRead);
  }
}
