import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../../src/database/connection/database';
import { projectRoot } from '../../../src/env';
import { statusOfCode } from '../../../src/transport/errors/error-codes';
import { codes } from '../../../src/legacy/rest/codes';
import { routes } from '../../../src/legacy/rest/routes';
import type { RunningServer } from '../../../src/transport/server';
import { createDemoDatabase } from '../../support/demo';
import type { TestDatabase } from '../../support/database';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../../support/server';
import { token } from '../../support/world';

const page = readFileSync(path.join(projectRoot, 'docs', 'rest.md'), 'utf8');

/** Each command on the page, with the person it names and the part of the answer that is shown below it. */
const examples = [...page.matchAll(/```sh\n# Token of user (\d+)\n(.*?)```\s+```json\n(.*?)```/gs)].map(
  ([, user, command, output]) => ({ user: Number(user), command: command!, output: JSON.parse(output!) as object }),
);

let database: TestDatabase;
let db: Database;
let server: RunningServer;
beforeAll(async () => {
  database = await createDemoDatabase();
  db = new Database({ url: database.serviceUrl, poolSize: 5, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  server = await startTestServer(db);
});
afterAll(async () => {
  await server.stop();
  await db.close();
  await database.drop();
});

/** Does what curl would. */
async function run(user: number, command: string): Promise<unknown> {
  const [, address] = /http:\/\/127\.0\.0\.1:4000([^\s']+)/.exec(command)!;
  const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name!, value!] as const);
  const response = await fetch(`${server.url}${address}`, {
    method: /-X (\w+)/.exec(command)?.[1] ?? 'GET',
    headers: { ...Object.fromEntries(headers), authorization: `Bearer ${await token(user)}` },
    ...(command.includes('-d ') && { body: /-d '([^']*)'/.exec(command)![1]! }),
  });
  return response.json();
}

test('what the page shows is what the demo answers, in the order of the page', async () => {
  expect(examples).toHaveLength(5);
  for (const { user, command, output } of examples) expect(await run(user, command)).toMatchObject(output);
});

test('the page has every endpoint', () => {
  const cells = [...page.matchAll(/^\| `(?:GET|POST) .*? \|/gm)].join('\n');
  for (const { path: template } of routes) {
    const [last] = template.replace('/v1/phases/{phase}', '').match(/[^/]+(\/[^/]+)?$/)!;
    expect(cells).toContain(last.split('/').at(-1));
  }
});

test('the page has every code that the facade answers with, beside its status', () => {
  const elsewhere = [
    'REAUTHENTICATION_REQUIRED',
    'AS_OF_UNSETTLED',
    'ARCHIVED',
    'DOCUMENT_NOT_TRUSTED',
    'INTERNAL_SERVER_ERROR',
  ];
  for (const code of Object.keys(codes.titles).filter((one) => !elsewhere.includes(one)))
    expect(page).toMatch(new RegExp(`^\\| ${statusOfCode(code)} .*\`${code}\``, 'm'));
});
