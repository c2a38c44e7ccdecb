// Compares the look-up of a phase's items and names in force, as the old system did it and in the product, on the same rows; the statements
// alone, and the servers.
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../scripts/run.mjs';
import { contenders, start } from './comparison/contenders.mjs';
import { ensureContent, settings, workflowsOf } from './comparison/data.mjs';
import { lookUpTheOldWay } from './comparison/old-lookup.mjs';
import { figureHeads, figuresOf, summary } from './comparison/results.mjs';
import { commonForm, dialects, questionsOf, readingStep, requestsOf } from './comparison/workloads.mjs';
import { median, serving, table, timed, withDatabase } from './fixture.mjs';
import { askOnce } from './support/http.mjs';
import { inTurn, load } from './support/load.mjs';
import { demandProc, postmasterOf, workedMs } from './support/processes.mjs';

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

const pg = createRequire(import.meta.url)('pg');
const LOOK_UPS = 100;

/** The statements that the product passes to pg for each of some requests. */
async function recorded(fixture, questions) {
  const { documents, variables } = dialects.product;
  const { query } = pg.Client.prototype;
  return serving(fixture, async ({ ask }) => {
    const askFor = (question) => ask(question.asked.testerId, documents.W1, variables('W1', question));
    for (let warm = 0; warm < 10; warm++) await askFor(questions[0]);
    const all = [];
    for (const question of questions) {
      const statements = [];
      pg.Client.prototype.query = function record(...given) {
        const [statement, values] = given;
        if (statement?.submit) throw new Error('It sends statements in a form of its own, which cannot be sent again.');
        statements.push(typeof statement === 'string' ? { text: statement, values } : { ...statement, values: statement.values ?? values }); // prettier-ignore
        return query.apply(this, given);
      };
      await askFor(question).finally(() => (pg.Client.prototype.query = query));
      all.push(statements);
    }
    return all;
  });
}

/** Milliseconds per look-up, in total and in PostgreSQL, for the statements alone on one connection each. */
async function statementsAlone(fixture, oldUrl, questions) {
  const chosen = questions.slice(0, LOOK_UPS);
  const ours = await recorded(fixture, chosen);
  const connect = async (connectionString) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const old = await connect(oldUrl);
  const now = await connect(fixture.database.serviceUrl);
  const askOld = async (name, text, ...values) => (await old.query({ name, text, values })).rows;
  const ways = [
    { title: 'the old way', client: old, statements: 4, lookUp: (n) => lookUpTheOldWay(askOld, chosen[n].asked) },
    {
      title: 'PhaseLedger',
      client: now,
      statements: median(ours.map(({ length }) => length)),
      lookUp: async (n) => {
        for (const statement of ours[n]) await now.query({ ...statement });
      },
    },
  ].map((way) => ({ ...way, rounds: [] }));
  try {
    for (let round = -1; round < Number(asked.rounds); round++)
      for (const { client, lookUp, rounds } of round % 2 ? ways : [...ways].reverse()) {
        const worked = workedMs(client.processID);
        const { ms } = await timed(async () => {
          for (let n = 0; n < chosen.length; n++) await lookUp(n);
        });
        const share = (all) => all / chosen.length;
        if (round >= 0) rounds.push({ ms: share(ms), database: share(workedMs(client.processID) - worked) });
      }
    const of = ({ rounds }, what) => median(rounds.map((round) => round[what]));
    console.log('The statements alone, one after the other on one connection:\n');
    table(
      ['', 'statements', 'ms', 'times as fast', 'ms of PostgreSQL'],
      ways.map((way) => [
        way.title,
        way.statements,
        of(way, 'ms').toFixed(2),
        (of(ways[0], 'ms') / of(way, 'ms')).toFixed(2),
        of(way, 'database').toFixed(2),
      ]),
    );
  } finally {
    await old.end();
    await now.end();
  }
}

await withDatabase(
  async (fixture) => {
    const { database, folder } = fixture;
    const { old_system: oldUrl } = await ensureContent(fixture, workflows, ['old_system', 'product']);
    const places = { oldUrl, serviceUrl: database.serviceUrl, folder };
    const product = contenders().find(({ letter }) => letter === 'P');
    const questions = questionsOf('W1', workflows, 2000);
    await statementsAlone(fixture, oldUrl, questions);
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
      const row = (title, of) => [title, ...figuresOf(of, old), (old.databaseCpu / of.databaseCpu).toFixed(2)];
      console.log(
        `\nThe version in force, its 60 samples and who decided on them, of ${workflows} workflows at 16 connections:\n`,
      );
      table(
        ['', ...figureHeads('the old'), 'old ÷ its own database'],
        [row('the old way, in bare node:http', old), row('PhaseLedger, whole', now)],
      );
    } finally {
      for (const { server } of running) await server.stop();
    }
  },
  { folder: asked.data && path.resolve(asked.data), settings },
);
