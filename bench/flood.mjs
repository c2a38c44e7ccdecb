// Measures one person's latency while another floods the server: reads, quiet and flooded, and the liveness endpoint. The server, the flood
// and the reader are separate processes or threads, so that none waits for another's work.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { creditCards, table, tokensSignedWith } from './fixture.mjs';
import { startServerProcess } from './support/server.mjs';
import { ensureAll } from '../scripts/bootstrap.mjs';
import { inRoot } from '../scripts/run.mjs';

const require = createRequire(import.meta.url);
const [tester, owner] = [1, 3];
const AT_ONCE = 20;
const QUIET_MS = 10_000;

const percentile = (values, p) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];

if (isMainThread) await main();
else await read(workerData);

/** Reads until told to stop: one request after the other, and in parallel the liveness endpoint. */
async function read({ url, token }) {
  const query = `{ workflow(cycleId: "${creditCards.cycleId}", reportId: "${creditCards.reportId}") { phases { phase history(first: 5) { nodes { status createdBy { name } } } } } }`;
  let times = { read: [], live: [], failed: 0 };
  let isReading = true;
  parentPort.on('message', (said) => {
    if (said === 'stop') isReading = false;
    else {
      parentPort.postMessage(times);
      times = { read: [], live: [], failed: 0 };
    }
  });
  const timed = async (into, ask) => {
    const start = performance.now();
    const response = await ask();
    const text = await response.text();
    times[into].push(performance.now() - start);
    if (response.status !== 200 || text.includes('"errors"')) times.failed++;
  };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const forever = async (into, ask) => {
    for (; isReading; await sleep(10)) await timed(into, ask);
  };
  await Promise.all([
    forever('read', () => fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })),
    forever('live', () => fetch(`${url}/health/live`)),
  ]);
  process.exit();
}

async function main() {
  await ensureAll();
  require('@swc-node/register');
  const { flood, FULL, longDrafts } = require(inRoot('test/support/flood.ts'));
  const dist = (file) => require(inRoot('dist', 'src', file));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-flood-'));
  chmodSync(folder, 0o755);
  const database = await dist('database/deployment/embedded.js').openEmbedded(folder);
  const limited = process.argv.includes('--limited');
  let server;
  try {
    server = await startServerProcess({
      DATA_DIR: folder,
      PORT: '0',
      LOG_LEVEL: 'error',
      ...(!limited && { COST_PER_MINUTE: '0' }),
    });
    const { url } = server;
    const { jwtSecret } = dist('database/deployment/secrets.js').readSecrets(folder);
    const token = tokensSignedWith(jwtSecret);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token(tester)}` };
    const ask = async (body) => {
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
      return { status: response.status, ...(await response.json()) };
    };

    const drafts = [];
    for (const request of longDrafts(creditCards, 12_000)) {
      const { data, errors } = await ask(JSON.stringify(request));
      if (errors) throw new Error(JSON.stringify(errors[0]));
      drafts.push(data.createVersion.version);
    }
    const only = process.argv[process.argv.indexOf('--only') + 1];
    const kinds = Object.entries(flood(creditCards, drafts, FULL)).filter(
      ([kind]) => !process.argv.includes('--only') || kind === only,
    );
    const bodies = new Map();
    const bodyOf = (request) => bodies.get(request) ?? bodies.set(request, JSON.stringify(request)).get(request);
    // Kinds alternate, so that all of them are in flight at any time.
    const requests = Array.from({ length: Math.max(...kinds.map(([, all]) => all.length)) }, (_, n) =>
      kinds.flatMap(([kind, all]) => (n < all.length ? [{ kind, body: bodyOf(all[n]) }] : [])),
    ).flat();

    const reader = new Worker(new URL(import.meta.url), { workerData: { url, token: await token(owner) } });
    const measured = () =>
      new Promise((resolve) => {
        reader.once('message', resolve);
        reader.postMessage('report');
      });
    await sleep(3_000); // Warm-up.
    await measured();
    await sleep(QUIET_MS);
    const quiet = await measured();

    const answers = new Map();
    await dist('../packages/pg-client/index.js').withClient(database.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query('select s.stream_id from log.stream s join workflows w on w.workflow_id = s.stream_id where w.cycle_id = $1 and w.report_id = $2 for update of s', [creditCards.cycleId, creditCards.reportId]); // prettier-ignore
      const others = requests.filter(({ kind }) => kind !== 'mutations');
      const send = async ({ kind, body }) => {
        const { status, errors } = await ask(body).catch((error) => ({ status: String(error.cause?.code ?? error) }));
        const answer = `${kind}: ${errors?.[0]?.extensions.code ?? status}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      };
      const sender = async () => {
        for (let next = others.shift(); next; next = others.shift()) await send(next);
      };
      await Promise.all([
        ...requests.filter(({ kind }) => kind === 'mutations').map(send),
        ...Array.from({ length: AT_ONCE }, sender),
      ]);
      await client.query('rollback');
    });
    const flooded = await measured();
    reader.postMessage('stop');
    const row = (name, of) => {
      const [p50, p99, worst] = [0.5, 0.99, 1].map((p) => [percentile(quiet[of], p), percentile(flooded[of], p)]).map((pair) => pair); // prettier-ignore
      const ms = (value) => value.toFixed(1);
      return [name, quiet[of].length, flooded[of].length, ms(p50[0]), ms(p50[1]), ms(p99[0]), ms(p99[1]), (p99[1] / p99[0]).toFixed(1), ms(worst[1])]; // prettier-ignore
    };
    console.log(`Another person's milliseconds while one floods${limited ? ', with the points of a minute' : ''}:\n`);
    table(
      ['', 'quiet n', 'flooded n', 'p50 quiet', 'flooded', 'p99 quiet', 'flooded', 'ratio', 'longest'],
      [row('a read of nine phases', 'read'), row('/health/live', 'live')],
    );
    console.log(`\nFailed for the other person: ${quiet.failed + flooded.failed}. What the one who floods was told:`);
    for (const [answer, n] of [...answers].sort()) console.log(`  ${n} × ${answer}`);
  } finally {
    await server?.stop();
    await database.close();
    for (const place of [database.cluster, folder]) rmSync(place, { recursive: true, force: true });
  }
}
