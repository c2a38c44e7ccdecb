import { withClient } from '../../packages/pg-client';
import { migrationDrift, migrationStatus } from '../../src/database/migrations';
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
