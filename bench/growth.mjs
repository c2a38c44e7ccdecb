// Measures the cost of a growing log: a commit, history, the past, verification, blame, vacuum and bytes, with more and more row changes
// below them. The log is filled by SQL, through the triggers that capture and seal every write, so its chain is a real one.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { creditCards, median, serving, table, withDatabase } from './fixture.mjs';
import { clusterWorkedMs, demandProc, postmasterOf } from './support/processes.mjs';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { sizes: { type: 'string', default: '1000,10000,100000,1000000' }, rounds: { type: 'string', default: '15' } },
}); // prettier-ignore
const sizes = asked.sizes.split(',').map(Number);
const rounds = Number(asked.rounds);
if (!sizes.every((size, n) => size > (sizes[n - 1] ?? 0))) throw new Error('--sizes takes numbers of row changes that grow.'); // prettier-ignore
demandProc();

const [tester, owner, auditor] = [1, 3, 8];
const ITEMS = 250;
/** Workflows besides the demo's, which hold most of the log, as in a bank; the measured workflow keeps its size. */
const WORKFLOWS = 20;
const uuid = (n) => `0194d2a0-5c00-7000-8000-dddd${String(n).padStart(8, '0')}`;

const bank = `
insert into reports (report_id, name, number) select ('0194d2a0-5c00-7000-8000-dddd' || lpad(n::text, 8, '0'))::uuid, 'Report ' || n, 'G-' || n from generate_series(0, ${WORKFLOWS - 1}) n;
insert into workflows (workflow_id, cycle_id, report_id) select report_id, '${creditCards.cycleId}', report_id from reports where number like 'G-%';
insert into workflow_testers (workflow_id, user_id) select workflow_id, ${tester} from workflows w join reports r using (report_id) where r.number like 'G-%'`;

const place = (n) => ({ cycleId: creditCards.cycleId, reportId: uuid(n) });
const create = (n, items) => [
  'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }',
  {
    input: {
      ...place(n),
      phase: 'PLANNING',
      carryForward: 'NONE',
      items: {
        attributeDecisions: Array.from({ length: items }, (_, i) => ({
          attributeId: randomUUID(),
          attributeData: { name: `Attribute ${i}`, balance: i * 1.25, text: 'x'.repeat(150) },
        })),
      },
    },
  },
];

/** Another version of a workflow, with as many items as the first; one commit. */
const another = `
with made as (
  insert into phase_version select (jsonb_populate_record(v, jsonb_build_object('version_id', gen_random_uuid(), 'version_number',
      (select max(version_number) + 1 from phase_version m where m.master_record_id = v.master_record_id)))).*
  from phase_version v where version_id = $1 returning version_id),
detail as (
  insert into planning_phase_versions
  select (jsonb_populate_record(d, jsonb_build_object('version_id', m.version_id))).* from planning_phase_versions d, made m where d.version_id = $1)
insert into attribute_decisions
select (jsonb_populate_record(i, jsonb_build_object('version_id', m.version_id, 'item_id', gen_random_uuid()))).*
from attribute_decisions i, made m where i.version_id = $1`;

await withDatabase(
  async (fixture) => {
    const { dist, database } = fixture;
    const { withClient } = dist('../packages/pg-client/index.js');
    const postmaster = postmasterOf(database.cluster);
    const rows = [];
    await serving(
      fixture,
      async ({ ask }) => {
        const small = creditCards;
        const drafts = [];
        for (let n = 0; n < WORKFLOWS; n++)
          drafts.push((await ask(tester, ...create(n, ITEMS))).createVersion.version.versionId);
        const { changes } = (await ask(owner, `{ workflow(cycleId: "${small.cycleId}", reportId: "${small.reportId}") { changes(first: 30) { nodes { committedAt } } } }`)).workflow; // prettier-ignore
        const of = ({ cycleId, reportId }) => `cycleId: "${cycleId}", reportId: "${reportId}"`;
        const before = new Date(Date.parse(changes.nodes.at(-1).committedAt) + 1).toISOString();
        const questions = {
          'a commit (5 items)': (n) => ask(tester, ...create(n % WORKFLOWS, 5)),
          'history (20 commits)': (n) => ask(auditor, `{ workflow(${of(place(n % WORKFLOWS))}) { changes(first: 20) { nodes { sequence operation } } } }`),
          'as of now, 1 workflow': (n) => ask(auditor, `{ workflow(${of(place(n % WORKFLOWS))}, asOf: "${new Date(Date.now() - 50).toISOString()}") { phases { phase history(first: 5) { nodes { status } } } } }`),
          'as of the beginning': () => ask(owner, `{ workflow(${of(small)}, asOf: "${before}") { phases { phase history(first: 5) { nodes { status } } } } }`),
          'blame of a draft': (n) => ask(auditor, '($id: UUID!) { phaseVersion(versionId: $id) { blame { __typename } } }'.replace('(', 'query ('), { id: drafts[n % WORKFLOWS] }),
          'verify the demo’s': () => ask(auditor, `{ verifyChangeLog(${of(small)}) { valid } }`),
        }; // prettier-ignore
        await withClient(database.superuserUrl, async (client) => {
          const one = async (sql, values) => Object.values((await client.query(sql, values)).rows[0])[0];
          const count = async () => Number(await one('select count(*) from log.row_change'));
          let at = 0;
          for (const size of sizes) {
            const began = performance.now();
            const had = await count();
            for (let there = had; there < size; there += ITEMS + 2)
              await client.query(another, [drafts[at++ % WORKFLOWS]]);
            const filled = (await count()) - had;
            const fill = filled > 0 ? ((performance.now() - began) * 1000) / filled : NaN;
            await client.query('analyze');
            await client.query('checkpoint');
            const row = { size: await count(), 'fill µs/row': fill.toFixed(0) };
            for (const [name, question] of Object.entries(questions)) {
              const times = [];
              const cpu = [];
              for (let n = 0; n < rounds + 3; n++) {
                const work = clusterWorkedMs(postmaster);
                const since = performance.now();
                await question(n);
                times.push(performance.now() - since);
                cpu.push([...clusterWorkedMs(postmaster)].reduce((sum, [pid, ms]) => sum + ms - (work.get(pid) ?? 0), 0)); // prettier-ignore
              }
              row[name] = `${median(times.slice(3)).toFixed(1)} / ${median(cpu.slice(3)).toFixed(1)}`;
            }
            const stream = uuid(1);
            const ofStream = Number(await one('select count(*) from log.row_change where stream_id = $1', [stream]));
            const since = performance.now();
            const { verifyChangeLog } = await ask(auditor, `{ verifyChangeLog(${of(place(1))}) { valid } }`);
            if (!verifyChangeLog.valid) throw new Error('what was filled does not verify');
            row['verify one, µs/row'] = (((performance.now() - since) * 1000) / ofStream).toFixed(0);
            const vacuum = performance.now();
            await client.query('vacuum log.row_change');
            row['vacuum, ms'] = (performance.now() - vacuum).toFixed(0);
            const bytes = async (what) => (Number(await one(`select ${what}('log.row_change')`)) / (await count())).toFixed(0); // prettier-ignore
            row['bytes a change: table'] = await bytes('pg_table_size');
            row['indexes'] = await bytes('pg_indexes_size');
            rows.push(row);
            console.error(row);
          }
        });
      },
      {
        prepare: async (db) => {
          await dist('demo/load.js').loadDemo(db, database.ownerUrl);
          await withClient(database.ownerUrl, (client) => client.query(bank));
        },
      },
    );
    console.log('Row changes in the log; milliseconds: waited / of PostgreSQL’s processor (medians):\n');
    const names = Object.keys(rows[0]).slice(1);
    table(['row changes', ...rows.map(({ size }) => size.toLocaleString('en'))], names.map((name) => [name, ...rows.map((row) => row[name])])); // prettier-ignore
  },
  { settings: { max_wal_size: '4GB' } },
);
