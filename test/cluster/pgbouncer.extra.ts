/**
 * A pooler between the server and PostgreSQL: nothing is ever answered from the wrong session; the server refuses to start, and says why.
 * An extra, since PgBouncer has to be there: npm run test:pgbouncer.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { withClient } from '../../packages/pg-client';
import { Database } from '../../src/database/connection/database';
import { command } from '../support/command';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { temporaryFolder } from '../support/temporary';
import { asNobody, demandPrograms, freePort } from './programs';

let database: TestDatabase;
const running: ChildProcess[] = [];
beforeAll(async () => {
  demandPrograms({ pgbouncer: 'pgbouncer' });
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
});
afterAll(() => database.drop());

/** Starts PgBouncer; answers the service's address at it. */
async function pooled(settings: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  const url = new URL(database.serviceUrl);
  const port = await freePort();
  writeFileSync(path.join(folder, 'users.txt'), `"${url.username}" "${url.password}"\n`);
  writeFileSync(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${url.hostname} port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users.txt
default_pool_size = 20
${settings.join('\n')}
`,
  );
  const child = spawn('pgbouncer', [path.join(folder, 'pgbouncer.ini')], { ...asNobody, stdio: 'ignore' });
  running.push(child);
  url.port = String(port);
  for (let tries = 0; ; tries++)
    try {
      await withClient(url.href, (client) => client.query('select 1'));
      return url.href;
    } catch (error) {
      if (tries === 100 || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

const lost = ['ignore_startup_parameters = extra_float_digits,options'];
test.each([
  ['gives sessions to transactions', ['pool_mode = transaction', ...lost]],
  ['gives sessions to transactions', ['pool_mode = transaction', 'server_round_robin = 1', ...lost]],
  ['gives sessions to transactions', ['pool_mode = statement', ...lost]],
  ['loses settings of sessions', ['pool_mode = session', ...lost]],
  ['does not pass on settings of sessions', ['pool_mode = transaction']],
])('a pooler that %s is refused with words, and found by the doctor (%j)', async (why, settings) => {
  const url = await pooled(settings);
  const environment = { DATABASE_URL: url, DATA_DIR: temporaryFolder(), PORT: '0' };
  const started = await command('main', [], environment);
  expect([started.code, started.err]).toEqual([78, expect.stringContaining(why)]);
  expect(started.err).toContain('needs no pooler');
  const examined = await command('doctor', ['--json'], environment);
  const { findings } = JSON.parse(examined.out) as { findings: { check: string; problem: string }[] };
  expect(findings.filter(({ check }) => check === 'connection pooler')).toEqual([
    expect.objectContaining({ problem: expect.stringContaining(why) as string }),
  ]);
});

test('PostgreSQL itself is none, however many ask', async () => {
  const db = new Database({ url: database.serviceUrl, poolSize: 4, statementTimeoutMs: 5_000 });
  try {
    expect(await Promise.all([db.askPooler(), db.askPooler(), db.askPooler()])).toEqual([null, null, null]);
  } finally {
    await db.close();
  }
});
