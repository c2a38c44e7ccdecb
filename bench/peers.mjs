// Measures the product's speed beside its peers, with the same content and the same answers, and beside the theoretical limit.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bin, inRoot, run } from '../scripts/run.mjs';
import { contenders as allContenders, ensurePeers, start } from './comparison/contenders.mjs';
import { ensureContent, ITEMS, itemsOfDraft, settings, VERSIONS, workflowsOf } from './comparison/data.mjs';
import { figureHeads, figuresOf, page, picture, summary } from './comparison/results.mjs';
import {
  commonForm,
  expectedForm,
  questionsOf,
  readingStep,
  requestsOf,
  workloads as allWorkloads,
  writingStep,
} from './comparison/workloads.mjs';
import { table, withDatabase } from './fixture.mjs';
import { askOnce } from './support/http.mjs';
import { inTurn, load } from './support/load.mjs';
import { demandProc, postmasterOf } from './support/processes.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: {
    quick: { type: 'boolean', default: false },
    only: text(allWorkloads.join()),
    contenders: text('L,C,M,A,P'),
    scale: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    port: text('4560'),
    data: { type: 'string' },
    out: { type: 'string' },
  },
});
const { quick } = asked;
const scale = Number(asked.scale ?? (quick ? 0.1 : 1));
const rounds = Number(asked.rounds ?? (quick ? 3 : 5));
const seconds = Number(asked.seconds ?? (quick ? 0.6 : 4));
const connections = quick ? [16] : [1, 16];
const warmUp = quick ? 1 : 3;
const workloads = asked.only.split(',');
const letters = asked.contenders.split(',');
for (const name of workloads)
  if (!allWorkloads.includes(name)) throw new Error(`There is no ${name}: --only takes ${allWorkloads.join()}.`);
if (!letters.includes('L')) throw new Error('--contenders takes L, which the others are held against, and any of C, M, A, P.'); // prettier-ignore
if (!(scale > 0 && rounds >= 1 && seconds > 0))
  throw new Error('--scale, --rounds and --seconds take positive numbers.');
demandProc();
const workflows = workflowsOf(scale);

/** All contenders must give the same answers, or nothing is measured. */
async function compareAnswers(running, questions) {
  const places = [0, 1, 2, 17, 101];
  for (const [workload, all] of questions) {
    const chosen = places.map((place) => all[place]);
    const answers = new Map();
    for (const contender of running) {
      const requests = await requestsOf(contender, workload, chosen);
      const said = [];
      for (const request of requests) said.push((await askOnce(contender.server.port, request)).data);
      answers.set(contender, said);
    }
    const [limit, ...others] = running;
    for (const contender of others)
      for (const [n, question] of chosen.entries()) {
        const found = commonForm(contender, workload, question, answers.get(contender)[n]);
        const wanted = expectedForm(contender, workload, answers.get(limit)[n]);
        if (found !== wanted) {
          const from = Math.max(0, [...found].findIndex((character, at) => character !== wanted[at]) - 100);
          throw new Error(
            `${contender.title} answers ${workload} otherwise than the limit.\n  It says …${found.slice(from, from + 300)}\n  instead of …${wanted.slice(from, from + 300)}`,
          );
        }
      }
  }
}

/** Whether the writes are correct: gapless numbers, all items, one version in force, closed periods. */
async function checkWrites({ dist, database }, neutralUrl) {
  const { withClient } = dist('../packages/pg-client/index.js');
  const problems = (record, versions, items) => `
    select count(*)::int as problems from (
      select v.${record} from ${versions} v where v.phase = 'PLANNING' group by 1
      having max(v.version_number) <> count(*) or count(*) filter (where v.status = 'APPROVED') <> 1
        or count(*) filter (where v.status = 'SUPERSEDED' and v.effective_to is null) > 0
      union all
      select v.version_id from ${versions} v where v.phase = 'PLANNING' and v.status in ('APPROVED', 'SUPERSEDED')
        and (select count(*) from ${items} i where i.version_id = v.version_id) <> ${ITEMS}) p`;
  const ask = (url, query) => withClient(url, async (client) => (await client.query(query)).rows[0].problems);
  const found = [
    await ask(neutralUrl, problems('series_id', 'phase_version', 'decision')),
    await ask(database.superuserUrl, problems('master_record_id', 'phase_version', 'attribute_decisions')),
    await ask(
      database.superuserUrl,
      `select count(*)::int as problems from log.change_set c where committed_at > '2026-01-01' and hash <> log.digest(c)
         and stream_id <> '00000000-0000-0000-0000-000000000000'`,
    ),
  ];
  if (found.some((count) => count > 0))
    throw new Error(`What was written is not as it should be: ${found.join(', ')}.`);
}

async function measure(running, { postmaster, questions, decisions }) {
  const results = {};
  for (const workload of workloads) {
    const requests = new Map();
    for (const contender of running)
      if (workload !== 'W6') requests.set(contender, await requestsOf(contender, workload, questions.get(workload)));
    results[workload] = {};
    for (const count of connections) {
      const slices = await inTurn(
        running,
        { rounds, warmUp, seconds: count === 1 ? seconds / 2 : seconds },
        async (contender, how) => {
          const step =
            workload === 'W6'
              ? await writingStep(contender, workflows, count, decisions)
              : readingStep(requests.get(contender));
          const measured = await load({ server: contender.server, postmaster, connections: count, step, ...how });
          for (const { message } of measured.errors.slice(0, 1))
            console.error(`${workload} ${contender.letter}: ${message}`);
          return measured;
        },
      );
      results[workload][count] = Object.fromEntries([...slices].map(([{ letter }, all]) => [letter, summary(all)]));
      console.log(`\n${workload}, c${count}:`);
      const { L } = results[workload][count];
      table(
        ['', ...figureHeads('L')],
        Object.entries(results[workload][count]).map(([letter, of]) => [letter, ...figuresOf(of, L)]),
      );
    }
  }
  return results;
}

await ensurePeers();
await withDatabase(
  async (fixture) => {
    const { database, folder } = fixture;
    const { neutral: neutralUrl } = await ensureContent(fixture, workflows, ['neutral', 'product']);
    const decisions = await itemsOfDraft(fixture, neutralUrl);
    const places = { neutralUrl, serviceUrl: database.serviceUrl, folder };
    const running = [];
    try {
      for (const contender of allContenders().filter(({ letter }) => letters.includes(letter)))
        running.push({ ...contender, server: await start(contender, places, Number(asked.port) + running.length) });
      const questions = new Map(
        workloads
          .filter((workload) => workload !== 'W6')
          .map((workload) => [workload, questionsOf(workload, workflows, workload === 'W5' ? 300 : 2000)]),
      );
      await compareAnswers(running, questions);
      console.log('All answers are the same.');
      const postmaster = postmasterOf(database.cluster);
      const results = await measure(running, { postmaster, questions, decisions });
      if (workloads.includes('W6')) await checkWrites(fixture, neutralUrl);
      const isWhole = !quick && scale === 1 && letters.length === 5 && workloads.length === allWorkloads.length;
      const out = asked.out ?? (isWhole ? inRoot('bench') : undefined);
      if (!out) return;
      const settingsText = `On ${new Date().toISOString().slice(0, 10)}: ${(workflows * 6 * VERSIONS * ITEMS).toLocaleString('en')} items in ${(workflows * 6 * VERSIONS).toLocaleString('en')} versions of ${workflows} workflows; ${os.cpus().length} cores, shared by server, PostgreSQL and driver; Node ${process.versions.node}; medians of ${rounds} interleaved rounds of ${seconds} s.`;
      const measured = { results, contenders: running, workloads, connections, settings: settingsText };
      mkdirSync(out, { recursive: true });
      writeFileSync(path.join(out, 'RESULTS.svg'), picture(measured));
      const file = path.join(out, 'RESULTS.md');
      writeFileSync(file, page({ ...measured, picture: 'RESULTS.svg' }));
      await run(process.execPath, [bin('prettier'), '--write', '--log-level=warn', file]);
    } finally {
      for (const { server } of running) await server.stop();
      rmSync(path.join(folder, 'server'), { recursive: true, force: true });
    }
  },
  { folder: asked.data && path.resolve(asked.data), settings },
);
