import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../src/database/database';
import { loadDemo } from '../../src/demo/load';
import { projectRoot } from '../../src/env';
import type { RunningServer } from '../../src/transport/server';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { token } from '../support/world';

const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');

/** Each operation in the README with the person it names and the output that is shown below it. */
const examples = [...readme.matchAll(/```graphql\n# Token of user (\d+)\n(.*?)```\s+```json\n(.*?)```/gs)].map(
  ([, user, query, output]) => ({ user: Number(user), query: query!, output: JSON.parse(output!) as object }),
);

let database: TestDatabase;
let db: Database;
let server: RunningServer;
const progress = jest.spyOn(console, 'error').mockImplementation(() => undefined);
beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database({ url: database.serviceUrl, poolSize: 5, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  await loadDemo(db, database.ownerUrl);
  server = await startTestServer(db);
});
afterAll(async () => {
  progress.mockRestore();
  await server.stop();
  await db.close();
  await database.drop();
});

test('the README shows a query, a diff, an approval, a signature and a record', () => {
  expect(examples.map(({ query }) => /^(query|mutation) \w+/.exec(query)?.[0])).toEqual([
    'query ScopingHistory',
    'query PlanningDiff',
    'mutation SubmitAndApprove',
    'query WaitingForMe',
    'mutation SignTheReport',
    'query CardDataOwner',
    'mutation TransferDataOwner',
  ]);
});

test('what the README shows is what the demo answers, in the order of the README', async () => {
  for (const { user, query, output } of examples) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(user)}` },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).toEqual(output);
  }
});

test('the demo is loaded once', async () => {
  expect(await loadDemo(db, database.ownerUrl)).toBe(false);
});
