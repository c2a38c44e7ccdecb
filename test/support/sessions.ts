/** Sessions outside the service that stay open, to hold locks that others wait for. */
import pg from 'pg';
import { until } from './until';
import type { World } from './world';

/** A session of the owner that stays open for as long as the work takes. */
export async function foreign<T>(world: World, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Resolves when at least this many sessions of the database wait for a lock. */
export const waiting = (world: World, n: number): Promise<void> =>
  world.session('superuser', (client) =>
    until(`${n} wait for a lock`, async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]!.n >= n;
    }),
  );

/**
 * Ends all connections of the service, and with them their settings and cached plans. PostgreSQL reports the end of a connection before it
 * happens, so a request might still get one of them: this waits until the service has none.
 */
export async function reconnect(world: World): Promise<void> {
  await world.sql(
    'superuser',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'phaseledger_service'`,
  );
  await until('the service has no connection', () => world.db.pools.every(({ totalCount }) => totalCount === 0));
}
