import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { migrationDrift, migrationStatus } from '../../src/database/deployment/migrations';
import { createTestDatabase, type TestDatabase } from '../support/database';

describe('a migrated database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('has every migration, and agrees with the schema files', async () => {
    expect(await migrationStatus(database.ownerUrl)).toMatchObject({
      pending: [],
      failed: [],
      edited: [],
      unknown: [],
    });
    expect(await migrationDrift(database.ownerUrl)).toEqual({ migrations: '', database: '' });
  });

  test('shows a table that nobody declared as drift', async () => {
    await withClient(database.ownerUrl, (client) => client.query('CREATE TABLE stray (id int)'));
    expect((await migrationDrift(database.ownerUrl)).database).toContain('DROP TABLE "stray"');
    await withClient(database.ownerUrl, (client) => client.query('DROP TABLE stray'));
  });

  test('is compared while somebody whom its owner may not end looks into the scratch database', async () => {
    let isOver = false;
    const compared = migrationDrift(database.ownerUrl).finally(() => (isOver = true));
    await withClient(database.superuserUrl, async (watcher) => {
      const found = async (sql: string): Promise<string | undefined> => {
        while (!isOver) {
          const { rows } = await watcher.query<{ name: string }>(sql);
          if (rows[0]) return rows[0].name;
          await sleep(5);
        }
        return undefined;
      };
      const url = new URL(database.superuserUrl);
      url.pathname = `/${await found(`select datname as name from pg_database where datname like 'shadow_${process.pid}_%'`)}`;
      await withClient(url.href, () =>
        found(`select query as name from pg_stat_activity where query ilike 'drop database%' and state = 'active'`),
      );
    });
    expect(await compared).toEqual({ migrations: '', database: '' });
  });

  test('lets the service in, and nothing in it belongs to the service', async () => {
    const owned = await withClient(database.serviceUrl, (client) =>
      client.query(`SELECT relname FROM pg_class WHERE relowner = 'phaseledger_service'::regrole`),
    );
    expect(owned.rows).toEqual([]);
    await expect(
      withClient(database.serviceUrl, (client) => client.query('CREATE TABLE mine (id int)')),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
