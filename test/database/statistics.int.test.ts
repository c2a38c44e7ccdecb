/** What PostgreSQL is told of how much there is, and of how to plan. */
import { Database } from '../../src/database/connection/database';
import { analyzeDatabase } from '../../src/database/deployment/statistics';
import { World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** How many rows PostgreSQL reckons a table has; -1 where it knows nothing. */
async function reckoned(table: string): Promise<number> {
  const [row] = await world.sql('superuser', 'select reltuples from pg_class where oid = $1::regclass', [table]);
  return row.reltuples;
}

test('the migrations leave tables that hold something counted, and know nothing of empty ones', async () => {
  expect(await reckoned('phase_policy')).toBe(9);
  expect(await reckoned('phase_version')).toBe(-1);
});

test('the product’s tables are counted, but for empty ones and those of others', async () => {
  await world.sql('superuser', 'create schema other; create table other.kept as select n from generate_series(1, 9) n');
  await world.sql('superuser', 'create table of_somebody as select n from generate_series(1, 9) n');
  await analyzeDatabase(world.database.ownerUrl);
  const [{ count }] = await world.sql('owner', 'select count(*)::int as count from users');
  expect(await reckoned('users')).toBe(count);
  expect(await reckoned('log.change_set')).toBeGreaterThan(0);
  expect(await reckoned('scoping_decisions')).toBe(-1);
  expect(await reckoned('other.kept')).toBe(-1);
  expect(await reckoned('of_somebody')).toBe(-1);
});

test('no statement is compiled, and each is planned once, whatever the server says', async () => {
  const { serviceUrl: url } = world.database;
  await world.sql('superuser', `alter database ${new URL(url).pathname.slice(1)} set jit = on`);
  const db = new Database({ url, poolSize: 4, statementTimeoutMs: 0 });
  try {
    for (const pool of db.pools) {
      const { rows } = await pool.query(
        `select current_setting('jit') as jit, current_setting('plan_cache_mode') as plans`,
      );
      expect(rows).toEqual([{ jit: 'off', plans: 'force_generic_plan' }]);
    }
  } finally {
    await db.close();
  }
});
