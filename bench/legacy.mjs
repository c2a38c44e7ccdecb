// Measures importing an old system, with one commit for each event there, against inserting its rows unchanged.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import { inRoot } from '../scripts/run.mjs';
import { table, timed, withDatabase } from './fixture.mjs';

const { rows: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { rows: { type: 'string', default: '100000' } },
}).values;
if (!/^[1-9]\d{2,6}$/.test(asked)) throw new Error('--rows takes a number from 100 to 9999999.');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
const BATCH = 500;
/** How often, within the placing, the heap is looked at. */
const SAMPLES = 60;

/** Generates an old system of about this many rows, with about 500 per workflow, as in real ones. */
function writeOldSystem(folder) {
  const require = createRequire(import.meta.url);
  require('@swc-node/register');
  const { asFolder, oldSystem } = require(inRoot('test', 'support', 'old-system.ts'));
  const workflows = Math.min(200, Math.max(1, Math.round(asked / 500)));
  const share = asked / workflows / 500;
  const size = (of500) => Math.max(1, Math.round(of500 * share));
  const tables = oldSystem({
    workflows,
    attributes: Math.min(100, size(100)),
    profilingVersions: 12,
    scopingVersions: 6,
    sampleVersions: 4,
    samples: size(25),
    testCases: size(40),
  });
  asFolder(tables, folder);
  return { workflows, rows: Object.values(tables).reduce((sum, { length }) => sum + length, 0) };
}

async function insertPlainly(session, source) {
  await session.query('create unlogged table plain_rows (table_name text not null, row jsonb not null)');
  for (const name of source.tables) {
    let batch = [];
    const write = () =>
      session.query(
        'insert into plain_rows select $1, r::jsonb from jsonb_array_elements_text($2) r', // As text, the way an import receives it.
        [name, JSON.stringify(batch)],
      );
    for await (const row of source.rows(name)) {
      batch.push(row);
      if (batch.length < BATCH) continue;
      await write();
      batch = [];
    }
    if (batch.length > 0) await write();
  }
  await session.query('drop table plain_rows');
}

/** Imports, and records when the staging ended and the heap's live size meanwhile. */
async function importing(dist, session, source, rows) {
  const heap = [];
  let staged;
  const began = performance.now();
  let looking = 0;
  const progress = (what, done) => {
    if (what === 'read') return;
    staged ??= performance.now() - began;
    if (done < (rows * heap.length) / SAMPLES) return;
    const from = performance.now();
    gc();
    heap.push(process.memoryUsage().heapUsed / 2 ** 20);
    looking += performance.now() - from;
  };
  const { outcomes } = await dist('legacy/import.js').importFrom(session, source, { progress });
  const total = performance.now() - began - looking;
  return { total, staged, heap, outcomes };
}

await withDatabase(async ({ dist, database, folder }) => {
  const from = path.join(folder, 'old-system');
  const { workflows, rows } = writeOldSystem(from);
  const { OwnerSession } = dist('legacy/session.js');
  const inSession = async (work) => {
    const session = await OwnerSession.open(database.ownerUrl);
    const source = await dist('legacy/source.js').openSource(from);
    try {
      return await work(session, source);
    } finally {
      await source.close();
      await session.close();
    }
  };
  const plain = await timed(() => inSession(insertPlainly));
  const first = await inSession((session, source) => importing(dist, session, source, rows));
  const again = await inSession((session, source) => importing(dist, session, source, rows));
  const proof = await timed(() =>
    inSession((session) => session.snapshot((tx) => dist('legacy/verify.js').verify(tx))),
  );
  rmSync(from, { recursive: true });
  const commits = first.outcomes.placed + first.outcomes.changed;
  if (again.outcomes.placed + again.outcomes.changed > 0) throw new Error('The second run placed something again.');
  if (!proof.result.ok) throw new Error('What was imported is not proven.');

  const rate = (count, ms) => Math.round((1000 * count) / ms).toLocaleString('en');
  const against = (ms) => (ms / plain.ms).toFixed(2);
  console.log(`${rows} rows of ${workflows} workflows, which become ${commits} commits:\n`);
  table(
    ['', 's', 'rows/s', 'commits/s', 'against plain inserts'],
    [
      ['plain inserts', (plain.ms / 1000).toFixed(1), rate(rows, plain.ms), '', '1.00'],
      ['import', (first.total / 1000).toFixed(1), rate(rows, first.total), rate(commits, first.total), against(first.total)], // prettier-ignore
      ['again, all placed', (again.total / 1000).toFixed(1), rate(rows, again.total), '', against(again.total)],
      ['verify', (proof.ms / 1000).toFixed(1), rate(rows, proof.ms), '', against(proof.ms)],
    ],
  );
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const third = Math.floor(first.heap.length / 3);
  const [early, late] = [mean(first.heap.slice(0, third)), mean(first.heap.slice(-third))];
  console.log(`
The import spent ${((100 * first.staged) / first.total).toFixed(1)} % of its time reading and staging, the rest placing.
On the heap lived at most ${Math.max(...first.heap).toFixed(1)} MB; ${early.toFixed(1)} MB in the first third of the rows, ${late.toFixed(1)} MB in the last (${(late / early).toFixed(2)}).
The second run took ${(again.total / first.total).toFixed(3)} of the first.`);
});
