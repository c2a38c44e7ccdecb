/**
 * Whatever is sent, the API answers as it promises. How many requests, and which, is said by support/effort.ts;
 * `npm run fuzz -- --requests N` is the same with a progress bar.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { progress } from '../../src/cli/progress';
import { Database } from '../../src/database/connection/database';
import { makeSchema } from '../../src/graphql/schema';
import { verifyStream } from '../../src/proof/verify';
import type { RunningServer } from '../../src/transport/server';
import { createDemoDatabase } from '../support/demo';
import type { TestDatabase } from '../support/database';
import { effort, seed } from '../support/effort';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { ada, aud, ben, dan, eve, olga, root, tess, token } from '../support/world';
import { fuzz, type Figures } from './fuzz';

const requests = effort.fuzzedRequests;

let database: TestDatabase;
let db: Database;
let server: RunningServer;
let figures: Figures;
/** As many looks in a row as it takes for a request that was broken off to be on its way from one statement to the next. */
const LOOKS = 5;
async function idle(): Promise<void> {
  const isIdle = () =>
    db.pools.every(({ totalCount, idleCount, waitingCount }) => totalCount === idleCount && waitingCount === 0);
  for (let looks = 0; looks < LOOKS; looks = isIdle() ? looks + 1 : 0) await sleep(10);
}

const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);

beforeAll(async () => {
  database = await createDemoDatabase();
  db = new Database({ url: database.serviceUrl, poolSize: 8, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  server = await startTestServer(db);
});
afterAll(async () => {
  quiet.mockRestore();
  await server.stop();
  await db.close();
  await database.drop();
});

test(
  'whatever is sent is answered, in time, in the right shape, with a code from the list, and never as our fault',
  async () => {
    process.stdout.write(`Fuzzing with seed ${seed}.\n`);
    const people = await Promise.all(
      [ada, ben, olga, dan, eve, tess, root, aud].map((user) => token(user, { exp: 2 ** 31 })),
    );
    const strangers = ['', 'Bearer', 'Bearer x.y.z', 'Basic YTpi', `Bearer ${await token(99)}`];
    strangers.push(
      `Bearer ${await token(ada, { exp: 1 })}`,
      `Bearer ${await token(ada, {}, 'another secret, as long as the right one')}`,
    );
    const known = people.map((bearer) => `Bearer ${bearer}`);
    const bar = progress('Requests', requests);
    figures = await fuzz({
      url: server.url,
      schema: makeSchema(),
      requests,
      seed,
      onRequest: bar.step,
      idle,
      callers: [...known, ...known, ...known, ...known, ...strangers],
    }).finally(bar.stop);
    const { seconds, slowestMs, heapMb, codes } = figures;
    const sorted = Object.entries(codes).sort(([, a], [, b]) => b - a);
    process.stdout.write(
      `${requests} requests in ${seconds.toFixed(0)} s (${(requests / seconds).toFixed(0)}/s), slowest ${slowestMs.toFixed(0)} ms; heap ${heapMb.join(' ')} MB\n` +
        `${sorted.map(([code, count]) => `${code} ${count}`).join(', ')}\n`,
    );
    expect(codes.ok).toBeGreaterThan(requests / 20);
  },
  // As long as it takes: each request has a bound of its own.
  Math.max(600_000, requests * 50),
);

test('mutations got through, so that there is something to verify', async () => {
  const [{ commits } = { commits: 0 }] = await db.query<{ commits: number }>(
    'select count(*)::int as commits from log.change_set',
  );
  // The longer it goes on, the less there is left to do with what there is.
  expect(commits).toBeGreaterThan(Math.min(requests, 20_000) / 200);
});

test('memory does not grow with the number of requests', () => {
  const settled = figures.heapMb.slice(4); // by then, caches are as full as they get
  // What is computed anew in the background comes and goes, so the least of each half is what is kept.
  expect(Math.min(...settled.slice(3)) - Math.min(...settled.slice(0, 3))).toBeLessThan(30);
});

test('the server still answers, and every chain of the log verifies', async () => {
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  const streams = await db.query<{ streamId: string }>('select stream_id from log.stream');
  expect(streams.length).toBeGreaterThan(2);
  for (const { streamId } of streams)
    expect(await db.snapshot((tx) => verifyStream(tx, streamId))).toMatchObject({ valid: true, problem: null });
}, 600_000);
