import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../src/database/connection/database';
import { loadDemo } from '../../src/demo/load';
import { projectRoot } from '../../src/env';
import type { RunningServer } from '../../src/transport/server';
import { createDemoDatabase } from '../support/demo';
import type { TestDatabase } from '../support/database';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { token } from '../support/world';

/** The README, and where it goes on. */
const pages = ['README.md', 'docs/tour.md'].map((page) => readFileSync(path.join(projectRoot, page), 'utf8'));

/** Each operation in them with the person it names and the output that is shown below it. */
const examples = [...pages.join('').matchAll(/```graphql\n# Token of user (\d+)\n(.*?)```\s+```json\n(.*?)```/gs)].map(
  ([, user, query, output]) => ({ user: Number(user), query: query!, output: JSON.parse(output!) as object }),
);

let database: TestDatabase;
let db: Database;
let server: RunningServer;
const progress = jest.spyOn(console, 'error').mockImplementation(() => undefined);
beforeAll(async () => {
  database = await createDemoDatabase();
  db = new Database({ url: database.serviceUrl, poolSize: 5, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  server = await startTestServer(db);
});
afterAll(async () => {
  progress.mockRestore();
  await server.stop();
  await db.close();
  await database.drop();
});

test('they show a query, a diff, an approval, a signature and a record', () => {
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

async function ask(user: number, query: string, variables?: object): Promise<any> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(user)}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

test('what they show is what the demo answers, in their order', async () => {
  for (const { user, query, output } of examples) expect(await ask(user, query)).toEqual(output);
});

test('of the mutations that they show, refused half-way, the answer tells what was done', async () => {
  const [, shown] = /\n```\n\nEach mutation is a separate commit.*?```json\n(.*?)```/s.exec(pages[1]!)!;
  const { user, query } = examples.find((example) => example.query.startsWith('mutation SubmitAndApprove'))!;
  const [shownId] = /[0-9a-f-]{36}/.exec(query)!;
  const { data } = await ask(
    user,
    `mutation ($of: UUID!) { restoreVersion(input: { versionId: $of, expectedRevision: 4 }) { version { versionId } } }`,
    { of: shownId },
  );
  const { versionId } = data.restoreVersion.version;
  await ask(
    user,
    `mutation ($of: UUID!) { updateVersion(input: { versionId: $of, expectedRevision: 1, content: { planning: {} } }) {
       version { revision } } }`,
    { of: versionId },
  );
  const sent = query.replaceAll(shownId, versionId).replace('expectedRevision: 3', 'expectedRevision: 2');
  const answer = JSON.stringify(await ask(user, sent)).replaceAll(versionId, shownId);
  expect(JSON.parse(answer)).toEqual(JSON.parse(shown!));
});

test('the demo is loaded once', async () => {
  expect(await loadDemo(db, database.ownerUrl)).toBe(false);
});
