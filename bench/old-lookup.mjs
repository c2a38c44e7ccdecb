// What is in force of a phase, with its items and names: looked up as the old system did it, and in the product, on the same rows.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../scripts/run.mjs';
import { contenders, start } from './comparison/contenders.mjs';
import { ensureContent, settings, workflowsOf } from './comparison/data.mjs';
import { summary } from './comparison/results.mjs';
import { commonForm, dialects, questionsOf, readingStep, requestsOf } from './comparison/workloads.mjs';
import { table, withDatabase } from './fixture.mjs';
import { askOnce } from './support/http.mjs';
import { inTurn, load } from './support/load.mjs';
import { demandProc, postmasterOf } from './support/processes.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { scale: text('0.1'), rounds: text('5'), seconds: text('3'), port: text('4566'), data: { type: 'string' } },
});
const workflows = workflowsOf(Number(asked.scale));
demandProc();

const oldSystem = {
  letter: 'old',
  title: 'the old way',
  dialect: { ...dialects.product, read: (_, data) => data },
  command: ({ oldUrl }) => ({
    args: [inRoot('bench/comparison/old-lookup-server.mjs')],
    env: { DATABASE_URL: oldUrl },
  }),
  headersOf: async () => ({}),
};

await withDatabase(
  async (fixture) => {
    const { database, folder } = fixture;
    const { old_system: oldUrl } = await ensureContent(fixture, workflows, ['old_system', 'product']);
    const places = { oldUrl, serviceUrl: database.serviceUrl, folder };
    const product = contenders().find(({ letter }) => letter === 'P');
    const questions = questionsOf('W1', workflows, 2000);
    const running = [];
    try {
      for (const contender of [oldSystem, product])
        running.push({
          ...contender,
          server: await start(contender, places, Number(asked.port) + running.length),
          requests: await requestsOf(contender, 'W1', questions),
        });
      for (const n of [0, 1, 2, 17, 101]) {
        const forms = [];
        for (const one of running)
          forms.push(commonForm(one, 'W1', questions[n], (await askOnce(one.server.port, one.requests[n])).data));
        if (forms[0] !== forms[1]) throw new Error(`The answers differ:\n${forms[0].slice(0, 500)}\n${forms[1].slice(0, 500)}`); // prettier-ignore
      }
      const postmaster = postmasterOf(database.cluster);
      const how = { rounds: Number(asked.rounds), seconds: Number(asked.seconds), warmUp: 2 };
      const slices = await inTurn(running, how, ({ server, requests }, slice) =>
        load({ server, postmaster, connections: 16, step: readingStep(requests), ...slice }),
      );
      const [old, now] = running.map((one) => summary(slices.get(one)));
      const row = (title, of) => [
        title,
        of.perSecond.toFixed(0),
        (of.perSecond / old.perSecond).toFixed(2),
        of.p50.toFixed(1),
        of.p99.toFixed(1),
        of.serverCpu.toFixed(2),
        of.databaseCpu.toFixed(2),
        (old.databaseCpu / of.databaseCpu).toFixed(2),
        (of.bytes / 1000).toFixed(1),
        `${Math.round(100 * of.spread)} %`,
        of.others.toFixed(2),
        of.errors,
      ];
      console.log(
        `\nThe version in force, its 60 samples and who decided on them, of ${workflows} workflows at 16 connections:\n`,
      );
      table(
        [
          '',
          'req/s',
          'times the old',
          'p50',
          'p99',
          'server ms',
          'database ms',
          'old ÷ its own',
          'kB',
          'spread',
          'others',
          'errors',
        ],
        [row('the old way, its statements alone', old), row('PhaseLedger, whole', now)],
      );
    } finally {
      for (const { server } of running) await server.stop();
    }
  },
  { folder: asked.data && path.resolve(asked.data), settings },
);
