/**
 * Rows that were damaged at random: whatever is in them, there is a report and no crash, every row has one fate, and what was
 * placed reads as it was.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { legacyTable } from '../../src/legacy/tables';
import { chance } from '../support/chance';
import { effort } from '../support/effort';
import { Target } from '../support/import';
import { oldSystem, asFolder, type OldRow, type OldTables } from '../support/old-system';
import { temporaryFolder } from '../support/temporary';

const SEEDS = effort.damagedSources;

const nonsense: readonly unknown[] = [
  null, '', ' ', 'null', 'None', 'garbage', 0, -1, 1, 2, 3.5, 1e300, 2147483647, 2147483648, -2147483648, 2 ** 53, true, false,
  '2025-02-30T10:00:00', '2025-07-29T17:54:55', '0001-01-01T00:00:00+00:00', '9999-12-31T23:59:59.999999+00:00', '2025-07-29',
  'APPROVED', 'Approved', 'rEjEcTeD', 'draft', 'archived', 'superseded', 'PENDING_APPROVAL', 'nothing we know', '<script>', "'; drop table users; --",
  '\u0000', 'a\u0000b', '\ud800', '\u202e', '{"a": [1, 2', "{'a': True, 'b': None}", "{'a': 'it\\'s'}", '{"a": "\\u0000"}', '[[[[[[]]]]]]',
  [], {}, [1, [2]], { a: { b: null } }, { __proto__: null, constructor: 1 }, '00000000-0000-0000-0000-000000000000', 'ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB',
  'x'.repeat(100_000), '۳', '１２', '1e3', '0x10', '-0', Number.MIN_VALUE, 'true', '#1', '1@2', 'constructor', '__proto__',
]; // prettier-ignore

/** What chance decides, the same for the same seed. */
function choices(seed: number) {
  const next = chance(seed);
  return { next, pick: <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]! };
}

/** Damages some cells, keys, rows and the links between them. */
function damage(tables: OldTables, seed: number): OldTables {
  const { next, pick } = choices(seed);
  const rows = Object.values(tables).flat();
  for (let i = 0; i < 40; i++) {
    const row = pick(rows);
    const column = pick(Object.keys(row).length > 0 ? Object.keys(row) : ['x']);
    const how = next();
    if (how < 0.6) row[column] = pick(nonsense);
    else if (how < 0.7) delete row[column];
    else if (how < 0.8)
      row[column] = pick(rows)[column] ?? null; // somebody else's
    else if (how < 0.85) row[pick(['unheard_of', 'constructor', 'toString', ''])] = pick(nonsense);
    else {
      const table = pick(Object.keys(tables).filter((name) => tables[name]!.length > 0));
      const place = Math.floor(next() * tables[table]!.length);
      if (how < 0.9) tables[table]!.splice(place, 1);
      else if (how < 0.95)
        tables[table]!.push({ ...tables[table]![place]!, ...(next() < 0.5 && { [column]: pick(nonsense) }) });
      else tables[table]!.splice(place, 0, pick(nonsense) as OldRow);
    }
  }
  return tables;
}

const words: Readonly<Record<string, readonly string[]>> = {
  version_status: ['draft', 'pending_approval', 'approved', 'rejected', 'superseded', 'Archived'],
  status: ['draft', 'pending', 'submitted', 'approved', 'rejected', 'completed', 'Complete', 'In Progress', 'archived'],
  tester_decision: ['include', 'exclude', 'accepted', 'rejected', 'approved', 'requires_revision', 'pending'],
  report_owner_decision: ['approved', 'rejected', 'pending', 'requires_revision', 'override'],
  validation_status: ['valid', 'invalid', 'pending', 'requires_revision', 'Approved'],
  execution_status: ['pending', 'running', 'completed', 'failed'],
  test_result: ['pass', 'fail', 'inconclusive'],
  review_status: ['pending', 'approved', 'rejected', 'requires_revision'],
  assignment_status: ['assigned', 'unassigned', 'changed', 'confirmed'],
};

/** Rows that say what no row should: each cell by itself is of its kind, and it is empty, another row's, or another word. */
function rearrange(tables: OldTables, seed: number, spared = /^$/): OldTables {
  const { next, pick } = choices(seed);
  for (const [name, rows] of Object.entries(tables)) {
    const cells = rows.map((row) => ({ ...row }));
    const { key } = legacyTable.get(name)!;
    for (const row of rows)
      for (const column of Object.keys(row)) {
        if (key.includes(column) || spared.test(column) || (name === 'workflow_phases' && next() < 0.8)) continue;
        const how = next();
        if (how < 0.1) row[column] = null;
        else if (how < 0.25) row[column] = pick(cells)[column] ?? null;
        else if (how < 0.5 && words[column]) row[column] = pick(words[column]);
      }
  }
  return tables;
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const before = () => oldSystem({ workflows: 2, attributes: 3 });
const beforeIt = () => Target.like('two_workflows', (target) => target.import(before()));

const expectWhole = async (target: Target, tables: OldTables, seed: number) => {
  const rows = Object.values(tables).reduce((sum, { length }) => sum + length, 0);
  const [found] = await target.query(
    `select count(*)::int as rows, count(*) filter (where fate = 'QUARANTINED')::int as quarantined,
       (select count(*)::int from legacy.quarantine) as entries from legacy.source_row`,
  );
  expect({ seed, rows: found!.rows, entries: found!.entries }).toEqual({ seed, rows, entries: found!.quarantined });
};

describe.each([
  ['damaged', damage],
  ['rearranged', (tables: OldTables, seed: number) => rearrange(tables, seed)],
])('rows that were %s', (_, spoil) => {
  test.each(seeds(SEEDS))('seed %d: a report, and nothing lost', async (seed) => {
    const target = await Target.create();
    try {
      const tables = spoil(before(), seed);
      const folder = asFolder(tables);
      await target.import(folder);
      await expectWhole(target, tables, seed);
      const { ok, differences, source } = await target.verify(folder);
      expect({ seed, differences: differences.rows }).toEqual({ seed, differences: [] });
      expect({ ok, source }).toEqual({ ok: true, source: { rows: expect.any(Number), notTaken: 0, changedThere: 0 } });
      const again = await target.import(folder);
      expect(again.outcomes).toMatchObject({ placed: 0, changed: 0 });
      await expectWhole(target, tables, seed);
    } finally {
      await target.drop();
    }
  });
});

describe('rows that the old system has changed since', () => {
  const expectSettled = async (target: Target, tables: OldTables) => {
    // What has lost its place may find another one in the next run; then there is nothing left to do.
    await target.sync(tables);
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 0, changed: 0 });
  };

  test.each(seeds(SEEDS / 2))('seed %d: into anything: nothing is lost, and it comes to rest', async (seed) => {
    const target = await beforeIt();
    try {
      const tables = rearrange(before(), seed);
      await target.sync(tables);
      await expectWhole(target, tables, seed);
      expect({ seed, differences: (await target.verify(tables)).differences.rows }).toEqual({ seed, differences: [] });
      await expectSettled(target, tables);
      expect(await target.verify(tables)).toMatchObject({ ok: true });
    } finally {
      await target.drop();
    }
  });

  // Who was named once stays known, what was placed stays in its workflow, and reports do not exchange their numbers; all else is
  // as if it had never been otherwise.
  const links =
    /^report_number$|_by(_id)?$|(^|_)user_id$|^context_data$|^(assignment|attribute)_id$|^(data_|report_|previous_data_)?owner_id$|_(tester|executive)_id$|^tester_id$|^(phase|cycle|report|version|test_case|execution)_id$/;
  test.each(seeds(SEEDS / 2))('seed %d: comes to what a first import comes to', async (seed) => {
    const [target, fresh] = [await beforeIt(), await Target.create()];
    try {
      const tables = rearrange(before(), seed, links);
      await target.sync(tables);
      await expectSettled(target, tables);
      await fresh.import(tables);
      expect({ seed, digest: await target.digest() }).toEqual({ seed, digest: await fresh.digest() });
    } finally {
      await target.drop();
      await fresh.drop();
    }
  });
});

describe('damaged files', () => {
  test.each([
    ['is cut off', (text: string) => text.slice(0, text.length * 0.6), /breaks off after \d+ rows/],
    ['has no beginning', (text: string) => text.slice(text.length * 0.3), /is no (JSON|list of rows)/],
    ['is no JSON', () => 'old data was here', /is no JSON/],
    ['is empty', () => '', /is empty/],
    ['is one row', () => '{"user_id": 5}', null],
    ['holds U+0000', (text: string) => text.replace('Tilda', 'Ti\0lda'), null],
    ['has bytes that are no UTF-8', (text: string) => Buffer.from(text.replace('Tilda', 'Tild\xe4'), 'latin1'), null],
  ])('a file that %s', async (_, spoil, problem) => {
    const target = await Target.create();
    try {
      const folder = asFolder(oldSystem(), temporaryFolder());
      for (const table of ['users', 'cycle_report_test_cases_evidence'])
        writeFileSync(path.join(folder, `${table}.json`), spoil(JSON.stringify(oldSystem()[table])));
      const { isWhole } = await target.import(folder);
      const unread = ['users', 'cycle_report_test_cases_evidence'].map((table) =>
        expect.objectContaining({ table, problem: expect.stringMatching(problem ?? /$/) }),
      );
      expect(isWhole).toBe(problem === null);
      for (const report of [await target.verify(folder), await target.verify()]) {
        expect(report.differences.rows).toEqual([]);
        expect(report).toMatchObject({ ok: isWhole, unread: isWhole ? [] : expect.arrayContaining(unread) });
      }
    } finally {
      await target.drop();
    }
  });
});
