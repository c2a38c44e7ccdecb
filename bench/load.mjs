// Offers a mixed day at an increasing rate until the server no longer keeps up: at which rate that is, what is rejected first and how, and
// whether anything hangs; then people within their limits, alone and while others flood. The load is an open loop: requests are sent when
// they are due, whatever became of earlier ones, so a late server shows up as late.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table, tokensSignedWith } from './fixture.mjs';
import { clusterCpuSeconds, cpuSeconds, demandProc, machineCpuSeconds, postmasterOf } from './support/processes.mjs';
import { randomFrom } from './support/load.mjs';
import { startServerProcess } from './support/server.mjs';
import { inRoot } from '../scripts/run.mjs';
import { ensureAll } from '../scripts/bootstrap.mjs';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rates: { type: 'string', default: '20,40,80,120,160,240,320,640,1280' },
    seconds: { type: 'string', default: '15' },
    subscribers: { type: 'string', default: '100' },
    quick: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
});
const rates = asked.quick ? [40, 160, 640] : asked.rates.split(',').map(Number);
const seconds = asked.quick ? 6 : Number(asked.seconds);
if (!(rates.every((rate) => rate > 0) && seconds > 0)) throw new Error('--rates and --seconds take positive numbers.');
demandProc();

/** After this time without an answer a request is aborted, and counted as hung. */
const HUNG_MS = 45_000;
/** Served within the latency bound that defines the knee. */
const SOON_MS = 1_000;
const WORKFLOWS = 40;

// ── the bank: workflows with a tester and an owner each, readers of all of them, somebody who floods ─────────────────

const CYCLE = '0194d2a0-5c00-7000-8000-00000000c001';
const uuid = (kind, n) => `0194d2a0-5c00-7000-8000-${kind}${String(n).padStart(8, '0')}`;
const tester = (n) => 1000 + n;
const owner = (n) => 2000 + n;
const auditor = (n) => 3000 + n;
const AUDITORS = 20;
const bank = `
insert into users (user_id, name, is_active)
  select id, 'Person ' || id, true from generate_series(1000, 1000 + ${WORKFLOWS}) id
  union all select id, 'Person ' || id, true from generate_series(2000, 1999 + ${WORKFLOWS}) id
  union all select id, 'Person ' || id, true from generate_series(3000, 2999 + ${AUDITORS}) id;
insert into user_roles (user_id, role)
  select user_id, (case when user_id < 2000 then 'TESTER' when user_id < 3000 then 'REPORT_OWNER' else 'AUDITOR' end)::"UserRole" from users;
insert into cycles (cycle_id, name, start_date) values ('${CYCLE}', 'A cycle', '2026-10-01');
insert into reports (report_id, name, number, owner_id) values
  ${Array.from({ length: WORKFLOWS }, (_, n) => `('${uuid('aaaa', n)}', 'Report ${n}', 'R-${n}', ${owner(n)})`).join(', ')};
insert into workflows (workflow_id, cycle_id, report_id, report_owner_id) values
  ${Array.from({ length: WORKFLOWS }, (_, n) => `('${uuid('bbbb', n)}', '${CYCLE}', '${uuid('aaaa', n)}', ${owner(n)})`).join(', ')};
insert into workflow_testers (workflow_id, user_id) values
  ${Array.from({ length: WORKFLOWS }, (_, n) => `('${uuid('bbbb', n)}', ${tester(n)}), ('${uuid('bbbb', n)}', ${tester(WORKFLOWS)})`).join(', ')};
`;

// ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────────

const place = (n) => `cycleId: "${CYCLE}", reportId: "${uuid('aaaa', n)}"`;
const attributes = (count) =>
  Array.from({ length: count }, (_, i) => ({
    attributeId: randomUUID(),
    attributeData: { name: `Attribute ${i}`, balance: i * 1.25, text: 'x'.repeat(150) },
  }));
const draft = (n, items) => ({
  query: 'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId revision } } }',
  variables: {
    input: {
      cycleId: CYCLE, reportId: uuid('aaaa', n), phase: "PLANNING", carryForward: 'NONE', idempotencyKey: randomUUID(), items: { attributeDecisions: attributes(items) },
    },
  },
}); // prettier-ignore

/** The mix: of a hundred requests this many, with their sender and content. */
const day = [
  { kind: 'readers', share: 60, userOf: (n, random) => (random() < 0.5 ? tester(n) : owner(n)), bodyOf: (n) => ({ query: `{ workflow(${place(n)}) { phases { phase progress current { versionNumber status } } workflowPhase(phase: PLANNING) { history(first: 5) { nodes { versionId status createdBy { name } items(first: 20) { nodes { label } } } } } } }` }) },
  { kind: 'the past', share: 8, userOf: owner, bodyOf: (n) => ({ query: `{ workflow(${place(n)}, asOf: "${new Date(Date.now() - 5_000).toISOString()}") { phases { phase current { versionNumber status } } } }` }) },
  { kind: 'dashboards', share: 10, userOf: (n) => auditor(n % AUDITORS), bodyOf: () => ({ query: '{ workflows(first: 20) { totalCount nodes { counts { __typename } } } figures(by: [PHASE]) { groups { __typename } } }' }) },
  { kind: 'work lists', share: 7, userOf: owner, bodyOf: () => ({ query: '{ myWork(first: 20) { totalCount nodes { __typename } } }' }) },
  { kind: 'editors', share: 15, userOf: tester, bodyOf: (n) => draft(n, 5) },
]; // prettier-ignore
const drawn = (random) => {
  let left = random() * 100;
  return day.find(({ share }) => (left -= share) < 0) ?? day[0];
};

// ── how it is sent and what came of it ───────────────────────────────────────────────────────────────────────────────

class Results {
  sent = 0;
  hung = 0;
  /** Latencies of served requests in milliseconds, by kind. */
  times = new Map();
  /** The number of answers per code, by kind. */
  refused = new Map();
  /** BUSY without a time to retry. */
  withoutRetryAfter = 0;
  /** One example of each kind of unacceptable answer. */
  other = new Map();

  get all() {
    return [...this.times.values()].flat();
  }
  served(kind, ms) {
    this.times.get(kind)?.push(ms) ?? this.times.set(kind, [ms]);
  }
  refuse(kind, code, ms) {
    const key = `${kind}: ${code}`;
    const { count, longest } = this.refused.get(key) ?? { count: 0, longest: 0 };
    this.refused.set(key, { count: count + 1, longest: Math.max(longest, ms) });
  }
  get refusals() {
    return [...this.refused.values()].reduce((sum, { count }) => sum + count, 0);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 1_500 });
const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? NaN; // prettier-ignore

/** Sends a request and returns its status, answer and retry time. Undefined after a time-out. */
const post = (url, bearer, body) =>
  new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const sent = request(
      `${url}/graphql`,
      {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          authorization: `Bearer ${bearer}`,
        },
        timeout: HUNG_MS,
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
        response.on('end', () =>
          resolve({ text: Buffer.concat(chunks).toString(), retryAfter: response.headers['retry-after'] }),
        );
      },
    );
    sent.on('timeout', () => (resolve(undefined), sent.destroy())).on('error', reject);
    sent.end(text);
  });

async function send(results, kind, url, bearer, body) {
  const began = performance.now();
  results.sent++;
  const answer = await post(url, bearer, body).catch((error) => ({ text: '', failed: error.code ?? error.message }));
  const ms = performance.now() - began;
  if (!answer) results.hung++;
  else if (answer.failed) results.refuse(kind, answer.failed, ms);
  else {
    const isRefused = answer.text.includes('"errors"');
    const { errors } = isRefused ? JSON.parse(answer.text) : {};
    if (!errors) return results.served(kind, ms);
    const { code } = errors[0].extensions;
    results.refuse(kind, code, ms);
    if (['BUSY', 'RATE_LIMITED'].includes(code) && !(Number(answer.retryAfter) > 0)) results.withoutRetryAfter++;
    if (!['BUSY', 'RATE_LIMITED', 'AS_OF_UNSETTLED'].includes(code)) results.other.set(code, answer.text.slice(0, 300));
  }
}

/** Offers a mixed day at a rate for a duration, then waits for requests in flight. */
async function offer({ url, token }, rate, forSeconds, { seed = 1 } = {}) {
  const random = randomFrom(seed);
  const results = new Results();
  const underWay = [];
  const began = performance.now();
  for (let n = 0; n < rate * forSeconds; n++) {
    const late = performance.now() - began - (n / rate) * 1000;
    if (late < 0) await sleep(-late);
    const { kind, userOf, bodyOf } = drawn(random);
    const at = Math.floor(random() * WORKFLOWS);
    underWay.push(send(results, kind, url, await token(userOf(at, random)), bodyOf(at)));
  }
  results.offered = results.sent / ((performance.now() - began) / 1000);
  await Promise.all(underWay);
  results.took = (performance.now() - began) / 1000;
  return results;
}

/** Runs bulk imports one after the other until told to stop, and returns their number. */
function bulk({ url, token }) {
  let isOver = false;
  const results = new Results();
  const over = (async () => {
    while (!isOver) {
      await send(results, 'bulk', url, await token(tester(WORKFLOWS)), draft(0, 500));
      await sleep(500);
    }
  })();
  return async () => ((isOver = true), await over, results);
}

/** Subscribers of one workflow each, with the number of commits they received. */
async function subscribe({ url, token }, count) {
  const told = { commits: 0, ended: 0 };
  const open = [];
  for (let n = 0; n < count; n++) {
    const at = n % WORKFLOWS;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${await token(owner(at))}` },
      body: JSON.stringify({ query: `subscription { workflowChanged(${place(at)}) { sequence } }` }),
    }); // prettier-ignore
    if (response.status !== 200) throw new Error(`a subscriber is answered ${response.status}`);
    const reader = response.body.getReader();
    open.push(reader);
    void (async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        told.commits += Buffer.from(piece.value).toString().split('event: next').length - 1;
      told.ended++;
    })().catch(() => told.ended++);
  }
  return { told, end: () => Promise.all(open.map((reader) => reader.cancel().catch(() => {}))) };
}

// ── the server, as it is started everywhere ──────────────────────────────────────────────────────────────────────────

async function withProcess(database, folder, secret, settings, work) {
  const { child, url, stop } = await startServerProcess(
    {
      DATA_DIR: folder,
      DATABASE_URL: database.serviceUrl,
      AUTH_JWT_SECRET: secret,
      PORT: asked.port,
      CONSOLE: 'off',
      PLAYGROUND: 'off',
      LOG_LEVEL: 'error',
      ...settings,
    },
    ['--max-semi-space-size=32'],
  );
  try {
    return await work({ url, token: tokensSignedWith(secret), pid: child.pid });
  } finally {
    await stop();
  }
}

const ms = (value) => (Number.isFinite(value) ? value.toFixed(0) : '–');
const soonOf = (results) => results.all.filter((time) => time <= SOON_MS).length / results.sent;

/** CPU seconds of the server, of its database, and of everything else on the machine except this process. */
function spent({ pid }) {
  const [server, postgres] = [cpuSeconds(pid), clusterCpuSeconds(postmasterOf(database.cluster))];
  const { user, system } = process.cpuUsage();
  return { server, database: postgres, others: machineCpuSeconds() - server - postgres - (user + system) / 1e6 };
}

async function knee(server) {
  const rows = [];
  const refusals = [];
  const subscribers = await subscribe(server, Number(asked.subscribers));
  const endBulk = bulk(server);
  await offer(server, 20, 5, { seed: 99 }); // Warm-up.
  let last = null;
  let beyond = 0;
  for (const rate of rates) {
    const before = { ...spent(server), told: subscribers.told.commits };
    const results = await offer(server, rate, seconds, { seed: rate });
    const { all } = results;
    const after = spent(server);
    const cores = (name) => ((after[name] - before[name]) / results.took).toFixed(2);
    const isHeld = soonOf(results) >= 0.95;
    if (isHeld) last = rate;
    rows.push([
      rate,
      results.offered.toFixed(0),
      (all.length / results.took).toFixed(0),
      `${(100 * soonOf(results)).toFixed(0)} %`,
      ms(percentile(all, 0.5)),
      ms(percentile(all, 0.99)),
      results.refusals,
      results.withoutRetryAfter,
      results.hung,
      subscribers.told.commits - before.told,
      cores('server'),
      cores('database'),
      cores('others'),
    ]);
    for (const [code, { count, longest }] of results.refused) refusals.push([rate, code, count, ms(longest)]);
    for (const text of results.other.values()) console.log(`  unexpected: ${text}`);
    if (!isHeld && ++beyond === 3) break;
  }
  const bulked = await endBulk();
  console.log('\nA mixed day, offered faster and faster:\n');
  table(['a second', 'offered', 'served/s', `within ${SOON_MS / 1000} s`, 'p50 ms', 'p99 ms', 'refused', 'no Retry-After', 'hung', 'told', 'cores: server', 'database', 'others'], rows); // prettier-ignore
  console.log(`\nThe knee: ${last === null ? 'below the first rate' : `${last} a second`} is the last rate at which 95 % are served within ${SOON_MS / 1000} s.`); // prettier-ignore
  console.log(`Bulk imports of 500 items beside it: ${bulked.all.length}, p50 ${ms(percentile(bulked.all, 0.5))} ms, refused ${bulked.refusals}, hung ${bulked.hung}. Subscribers that were ended: ${subscribers.told.ended} of ${asked.subscribers}.`); // prettier-ignore
  if (refusals.length > 0) {
    console.log('\nWhat was refused, and the longest that somebody waited for it:\n');
    table(['a second', 'what', 'how often', 'longest ms'], refusals);
  }
  await subscribers.end();
}

/** A quarter of the knee, alone, and while one person saturates a hundred connections. */
async function insideLimits(server, rate) {
  const quiet = await offer(server, rate, seconds, { seed: 3 });
  let isOver = false;
  const flooded = new Results();
  const flooders = Array.from({ length: 100 }, async (_, n) => {
    const random = randomFrom(n);
    while (!isOver) {
      const at = Math.floor(random() * WORKFLOWS);
      const { bodyOf } = random() < 0.2 ? day.at(-1) : day[0];
      await send(flooded, 'flood', server.url, await server.token(tester(WORKFLOWS)), bodyOf(at));
    }
  });
  const others = await offer(server, rate, seconds, { seed: 4 });
  isOver = true;
  await Promise.all(flooders);
  console.log('\nPeople inside their limits, alone and while one floods over a hundred connections:\n');
  table(
    ['', 'sent', 'served', 'p50 ms', 'p99 ms', 'refused', 'hung'],
    [
      ['alone', quiet],
      ['beside the flood', others],
      ['the one who floods', flooded],
    ].map(([name, results]) => [name, results.sent, results.all.length, ms(percentile(results.all, 0.5)), ms(percentile(results.all, 0.99)), results.refusals, results.hung]), // prettier-ignore
  );
  for (const [code, { count, longest }] of flooded.refused)
    console.log(`  ${code}: ${count} times, the longest after ${ms(longest)} ms`);
}

await ensureAll();
const require = createRequire(import.meta.url);
const dist = (file) => require(inRoot('dist', 'src', file));
const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-load-'));
chmodSync(folder, 0o755);
const database = await dist('database/deployment/embedded.js').openEmbedded(folder);
try {
  await dist('database/deployment/migrations.js').deployMigrations(database.ownerUrl);
  await dist('../packages/pg-client/index.js').withClient(database.ownerUrl, (client) => client.query(bank));
  const secret = 'a secret that only this measurement knows';
  await withProcess(database, folder, secret, { COST_PER_MINUTE: '0' }, knee);
  await withProcess(database, folder, secret, {}, (server) => insideLimits(server, asked.quick ? 10 : 20));
} finally {
  await database.close();
  for (const made of [database.cluster, folder]) rmSync(made, { recursive: true, force: true });
}
