// Measures reads with no, one and two standbys, by one server process: throughput, and the primary's work per request.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureAll } from '../scripts/bootstrap.mjs';
import { inRoot } from '../scripts/run.mjs';
import { creditCards, serving, table } from './fixture.mjs';
import { clusterCpuSeconds } from './support/processes.mjs';

const require = createRequire(import.meta.url);
const SECONDS = 5;
const CLIENTS = 16;
const ROUNDS = 3;
const query = `{ workflow(cycleId: "${creditCards.cycleId}", reportId: "${creditCards.reportId}") { phases { phase history(first: 5) { nodes { versionNumber status items(first: 20) { nodes { label content } } } } } } }`;

process.env.NODE_ENV = 'production';
await ensureAll();
const dist = (file) => require(inRoot('dist', 'src', file));
require('@swc-node/register');
const { makeRunFolder } = require('../test/support/temporary.ts');
const folder = makeRunFolder('phaseledger-bench-');
const servers = await require('../test/support/standby.ts').startReplicated(2);
const { Database } = dist('database/connection/database.js');
try {
  const first = new Database({ url: servers.serviceUrl, poolSize: 10, statementTimeoutMs: 0 });
  await dist('demo/load.js').loadDemo(first, servers.ownerUrl);
  await first.close();
  await servers.catchUp();
  const postmaster = servers.postmaster();
  const found = [0, 1, 2].map(() => ({ answered: 0, seconds: 0, cpu: 0, atStandbys: 0, all: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const [count, figures] of found.entries())
      await serving(
        { dist, database: { ...servers, replicaUrls: servers.replicaUrls.slice(0, count) } },
        async ({ ask, db }) => {
          for (let n = 0; n < 200; n++) await ask(1, query);
          const before = { at: performance.now(), cpu: clusterCpuSeconds(postmaster), sent: db.sent.statements };
          const until = before.at + SECONDS * 1000;
          let answered = 0;
          const client = async () => {
            for (; performance.now() < until; answered++) await ask(1, query);
          };
          await Promise.all(Array.from({ length: CLIENTS }, client));
          figures.answered += answered;
          figures.seconds += (performance.now() - before.at) / 1000;
          figures.cpu += clusterCpuSeconds(postmaster) - before.cpu;
          figures.atStandbys += db.standbys?.counts.standby ?? 0;
          figures.all += db.sent.statements;
        },
      );
  const rate = ({ answered, seconds }) => answered / seconds;
  const cost = ({ answered, cpu }) => (cpu * 1000) / answered;
  table(
    ['standbys', 'requests/s', 'against none', 'CPU of the primary, ms a request', 'against none', 'read on standbys'],
    found.map((figures, count) => [
      count,
      rate(figures).toFixed(0),
      (rate(figures) / rate(found[0])).toFixed(2),
      cost(figures).toFixed(2),
      (cost(figures) / cost(found[0])).toFixed(2),
      `${((100 * figures.atStandbys) / figures.all).toFixed(0)} %`,
    ]),
  );
} finally {
  await servers.drop();
  rmSync(path.resolve(folder), { recursive: true, force: true });
}
