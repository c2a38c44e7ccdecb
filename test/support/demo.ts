/** The demo, loaded once in a run of the tests. */
import { Database } from '../../src/database/connection/database';
import { loadDemo } from '../../src/demo/load';
import { createFilledDatabase, type TestDatabase } from './database';
import { TEST_STATEMENT_TIMEOUT_MS } from './server';

/** A database with the demo in it. */
export async function createDemoDatabase(): Promise<TestDatabase> {
  const { database } = await createFilledDatabase('demo', async ({ serviceUrl, ownerUrl }) => {
    const db = new Database({ url: serviceUrl, poolSize: 5, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      await loadDemo(db, ownerUrl);
    } finally {
      quiet.mockRestore();
      await db.close();
    }
  });
  return database;
}
