/**
 * A server is used for as long as one likes, in every way that takes hold of something: requests that are answered, refused and given up,
 * writes that wait for each other, reads of the past, subscriptions that come and go. Meanwhile nothing of it grows: heap,
 * handles, files, connections, and how long people wait. `npm run test:soak` does it for half an hour.
 */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { effort } from '../support/effort';
import { startServerProcess, type ServerProcess } from '../support/server-process';
import { temporaryFolder } from '../support/temporary';
import { buildVersion } from '../support/builders';
import { clientOf, endAll } from '../support/told';
import { ada, olga, token, workflow, World } from '../support/world';
import { trends, type Allowance, type Sample } from './judge';

const MB = 2 ** 20;
const SAMPLES = Math.max(10, Math.min(40, effort.soakSeconds));
const allowances: Readonly<Record<string, Allowance>> = {
  'heap after collection, MB': { by: 12, share: 0.1 },
  'handles': { by: 10, share: 0.2 },
  'open files': { by: 10, share: 0.2 },
  'connections to the database': { by: 3, share: 0 },
  'temporary files': { by: 5, share: 0 },
  // Of a few seconds it says more of what else the machine does.
  ...(effort.soakSeconds >= 60 && { 'milliseconds of a read (median)': { by: 100, share: 1 } }),
}; // prettier-ignore

let world: World;
let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  world = await World.create();
  folder = temporaryFolder();
  server = await startServerProcess(
    { DATABASE_URL: world.database.serviceUrl, DATA_DIR: folder, TMPDIR: folder },
    { node: ['--expose-gc', '--require', path.join(__dirname, 'probe.cjs')], channel: true },
  );
});
afterAll(async () => {
  await endAll();
  server.child.kill('SIGTERM');
  await once(server.child, 'exit');
  await world.destroy();
});

const { cycleId, reportId } = workflow;
const place = `cycleId: "${cycleId}", reportId: "${reportId}"`;
const history = 'phases { phase history(first: 5) { nodes { versionId status createdBy { name } } } }';

async function ask(userId: number, query: string, signal: AbortSignal | null = null): Promise<unknown> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(userId)}` },
    body: JSON.stringify({ query }),
    signal,
  });
  return response.json();
}

test(`nothing grows in ${effort.soakSeconds} s of use`, async () => {
  let isOver = false;
  let waited: number[] = [];
  let done = 0;
  const forever = async (pause: number, work: () => Promise<unknown>) => {
    for (; !isOver; await sleep(pause)) {
      await work();
      done++;
    }
  };
  const reading = async () => {
    const since = performance.now();
    expect(await ask(olga, `{ workflow(${place}) { ${history} } }`)).toMatchObject({ data: { workflow: {} } });
    waited.push(performance.now() - since);
  };
  // Texts of operations are some dozens: the caches of what was parsed are bounded, but take long to fill.
  // What is there stays as much as it is, so that only what is done could make anything grow.
  const writing = async () => {
    const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING', items: 3 });
    let at = revision;
    await forever(50, async () => {
      const answer = await ask(
        ada,
        `mutation { updateVersion(input: { versionId: "${versionId}", expectedRevision: ${at}, content: { planning: {} } }) { version { revision } } }`,
      );
      expect(answer).toMatchObject({ data: { updateVersion: { version: { revision: ++at } } } });
    });
  };
  const uses = [
    writing(),
    writing(),
    forever(10, reading),
    forever(50, () => ask(olga, `{ workflow(${place}, asOf: "${new Date(Date.now() - 500).toISOString()}") { ${history} } }`)),
    forever(100, () => ask(ada, `{ n${done % 20}: workflow(${place}) { thereIsNoSuchField } }`)),
    forever(100, () => ask(olga, `{ n${done % 20}: myWork(first: 5) { totalCount } figures { groups { __typename } } }`)),
    // Whoever leaves before they are answered.
    forever(100, () => ask(olga, `{ workflow(${place}) { ${history} } }`, AbortSignal.timeout(2)).catch(() => undefined)),
    forever(200, async () => {
      for (const transport of ['events', 'socket'] as const) {
        const client = await clientOf(transport, server.url, olga);
        const told = client.iterate({ query: `subscription { workflowChanged(${place}, afterSequence: 0) { sequence } }`, variables: {} });
        await told.next();
        await told.return?.();
        await client.dispose();
      }
    }),
  ]; // prettier-ignore
  const samples: Sample[] = [];
  const began = performance.now();
  for (let n = 1; n <= SAMPLES; n++) {
    await sleep(Math.max(0, (n * effort.soakSeconds * 1000) / SAMPLES - (performance.now() - began)));
    const answered = once(server.child, 'message') as Promise<[{ heap: number; handles: number }]>;
    server.child.send('measure');
    const [{ heap, handles }] = await answered;
    const [{ count }] = await world.sql('superuser', "select count(*)::int from pg_stat_activity where usename = 'phaseledger_service' and datname = current_database()"); // prettier-ignore
    samples.push({
      seconds: (performance.now() - began) / 1000,
      figures: {
        'heap after collection, MB': heap / MB,
        handles,
        'open files': readdirSync(`/proc/${server.child.pid}/fd`).length,
        'connections to the database': count,
        'temporary files': readdirSync(folder, { recursive: true }).length,
        'milliseconds of a read (median)': waited.sort((one, other) => one - other)[waited.length >> 1] ?? 0,
      },
    });
    waited = [];
  }
  isOver = true;
  await Promise.all(uses);
  const found = trends(samples, allowances);
  if (process.env.SOAK_SECONDS)
    console.table(Object.fromEntries(found.map(({ figure, from, to }) => [figure, { from: +from.toFixed(1), to: +to.toFixed(1) }]))); // prettier-ignore
  expect(done).toBeGreaterThan(effort.soakSeconds);
  expect(found.filter(({ growsTooMuch }) => growsTooMuch)).toEqual([]);
});
