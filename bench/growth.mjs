// Measures the cost of a growing log: a commit, history, the past, verification, blame, vacuum and bytes, with more and more row changes
// below them (support/log-filler.mjs).
import { parseArgs } from 'node:util';
import { creditCards, median, serving, table, withDatabase } from './fixture.mjs';
import { bank, create, Filler, place, streamOf, WORKFLOWS } from './support/log-filler.mjs';
import { clusterWorkedMs, demandProc, postmasterOf } from './support/processes.mjs';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { sizes: { type: 'string', default: '1000,10000,100000,1000000' }, sealed: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '15' } },
}); // prettier-ignore
const sizes = asked.sizes.split(',').map(Number);
const rounds = Number(asked.rounds);
if (!sizes.every((size, n) => size > (sizes[n - 1] ?? 0))) throw new Error('--sizes takes numbers of row changes that grow.'); // prettier-ignore
demandProc();

const [tester, owner, auditor] = [1, 3, 8];

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
        let filler;
        const { changes } = (await ask(owner, `{ workflow(cycleId: "${small.cycleId}", reportId: "${small.reportId}") { changes(first: 30) { nodes { committedAt } } } }`)).workflow; // prettier-ignore
        const of = ({ cycleId, reportId }) => `cycleId: "${cycleId}", reportId: "${reportId}"`;
        const before = new Date(Date.parse(changes.nodes.at(-1).committedAt) + 1).toISOString();
        const questions = {
          'a commit (5 items)': (n) => ask(tester, ...create(n % WORKFLOWS, 5)),
          'history (20 commits)': (n) => ask(auditor, `{ workflow(${of(place(n % WORKFLOWS))}) { changes(first: 20) { nodes { sequence operation } } } }`),
          'as of now, 1 workflow': (n) => ask(auditor, `{ workflow(${of(place(n % WORKFLOWS))}, asOf: "${new Date(Date.now() - 50).toISOString()}") { phases { phase history(first: 5) { nodes { status } } } } }`),
          'as of the beginning': () => ask(owner, `{ workflow(${of(small)}, asOf: "${before}") { phases { phase history(first: 5) { nodes { status } } } } }`),
          'blame of a draft': (n) => ask(auditor, '($id: UUID!) { phaseVersion(versionId: $id) { blame { __typename } } }'.replace('(', 'query ('), { id: filler.drafts[n % WORKFLOWS] }),
          'verify the demo’s': () => ask(auditor, `{ verifyChangeLog(${of(small)}) { valid } }`),
        }; // prettier-ignore
        await withClient(database.superuserUrl, async (client) => {
          const one = async (sql, values) => Object.values((await client.query(sql, values)).rows[0])[0];
          filler = new Filler(client, Number(asked.sealed));
          await filler.begin(ask);
          for (const size of sizes) {
            const began = performance.now();
            const filled = await filler.fill(size);
            const fill = ((performance.now() - began) * 1000) / filled;
            await client.query('analyze');
            await client.query('checkpoint');
            const row = { size: await filler.count(), 'fill µs/row': filled > 0 ? fill.toFixed(0) : 'copies' };
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
            const stream = streamOf(1);
            const ofStream = Number(await one('select count(*) from log.row_change where stream_id = $1', [stream]));
            const since = performance.now();
            const { verifyChangeLog } = await ask(auditor, `{ verifyChangeLog(${of(place(1))}) { valid } }`);
            if (!verifyChangeLog.valid) throw new Error('what was filled does not verify');
            row['verify one, µs/row'] = (((performance.now() - since) * 1000) / ofStream).toFixed(0);
            const vacuum = performance.now();
            await client.query('vacuum log.row_change');
            row['vacuum, ms'] = (performance.now() - vacuum).toFixed(0);
            const bytes = async (what) => (Number(await one(`select ${what}('log.row_change')`)) / row.size).toFixed(0); // prettier-ignore
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
