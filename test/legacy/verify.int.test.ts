/** What was taken over is proven, and whatever nobody can answer for is found. */
import { Database } from '../../src/database/connection/database';
import { compare } from '../../src/legacy/compare';
import { verify, type VerifyOptions } from '../../src/legacy/verify';
import type { VerifyReport } from '../../src/legacy/verify-report';
import type { SourceRecord } from '../../src/legacy/verify-source';
import { asJson, asMarkdown } from '../../src/legacy/verify-report';
import { asMarkdown as comparisonAsMarkdown } from '../../src/legacy/compare-report';
import { dan, World, workflow } from '../support/world';
import { became, importing, old, takeOver } from './taken-over';

let world: World;
beforeEach(async () => {
  ({ world } = await World.like('taken_over', {}, takeOver));
});
afterEach(() => world.destroy());

const run = (options: VerifyOptions = {}): Promise<VerifyReport> => world.db.snapshot((tx) => verify(tx, options));
const owner = (sql: string, parameters: unknown[] = []) => world.sql('owner', sql, parameters);
/** Past the triggers, as only somebody who owns the whole server can. */
const unseen = (sql: string) =>
  world.session('superuser', async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select distinct tgrelid::regclass::text as name from pg_trigger where not tgisinternal and tgrelid::regclass::text ~ '^(legacy\\.|item|sample|users)'`,
    );
    for (const { name } of rows) await client.query(`alter table ${name} disable trigger user`);
    await client.query(sql);
    for (const { name } of rows)
      await client.query(`alter table ${name} enable always trigger user`).catch(() => undefined);
  });
const problems = ({ differences }: VerifyReport) =>
  differences.rows.map(({ table, key, columns, problem }) => ({ table, key, columns, problem }));

/** The rows as the source has them. */
async function* source(
  change: (row: SourceRecord) => SourceRecord | null = (row) => row,
): AsyncGenerator<SourceRecord> {
  const rows = await owner(
    `select table_name as table, source_key as key, row::text as raw from legacy.source_row order by 1, 2`,
  );
  for (const row of rows as SourceRecord[]) {
    const changed = change(row);
    if (changed) yield changed;
  }
}
const edited = (row: SourceRecord, change: object): SourceRecord => ({
  ...row,
  raw: JSON.stringify({ ...JSON.parse(row.raw), ...change }),
});

test('what was taken over and left alone is proven', async () => {
  const report = await run({ source: source() });
  expect(problems(report)).toEqual([]);
  expect(report).toMatchObject({ ok: true, changedSince: { total: 0 }, source: { notTaken: 0, changedThere: 0 } });
  expect(report.chains.map(({ valid, problem }) => ({ valid, problem }))).toEqual(
    report.chains.map(() => ({ valid: true, problem: null })),
  );
  for (const { rows, equal, sourceHash, viewHash } of report.tables)
    expect([equal, viewHash]).toEqual([rows, sourceHash]);
  expect(report.statuses).toContainEqual({
    table: 'cycle_report_scoping_versions',
    status: 'rejected',
    imported: 1,
    merged: 0,
    kept: 0,
    quarantined: 0,
  });
});

test('it reads well', async () => {
  const report = await run();
  expect(asMarkdown(report)).toMatch(
    /^# What was taken over.*\*\*Proven\*\*.*\| `users` \| unknown \| 3 \| 3 \| 0 \| 0 \| 0 \| 3 \| 0 \| 0 \|/s,
  );
  expect(JSON.parse(asJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
});

describe('a change through the service', () => {
  const reviseDocument = `mutation ($input: ReviseDocumentInput!) { reviseDocument(input: $input) { changeSet { sequence } } }`;

  test('is told apart from a difference, with its commit', async () => {
    await world.get(dan, reviseDocument, {
      input: {
        versionId: became.review,
        expectedRevision: 1,
        documentMetadata: { name: 'again' },
        revisionType: 'CORRECTION',
        reason: 'A better copy',
      },
    });
    const report = await run();
    expect(problems(report)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.changedSince.rows).toEqual([
      expect.objectContaining({ table: 'cycle_report_test_cases', key: '434', columns: ['status'] }),
      expect.objectContaining({ table: 'cycle_report_test_cases_evidence', key: '15', columns: ['is_current'] }),
    ]);
    expect(report.changedSince.rows[0]!.commits).toEqual([
      expect.objectContaining({ origin: 'api', operation: 'reviseDocument' }),
    ]);
    expect(asMarkdown(report)).toContain('`cycle_report_test_cases_evidence` | `15` | `is_current`');
  });

  test('by psql is a difference', async () => {
    await owner(`update reports set name = 'Other cards' where report_id = $1`, [workflow.reportId]);
    expect(problems(await run())).toEqual([
      {
        table: 'reports',
        key: String(old.report),
        columns: ['report_name'],
        problem: expect.stringMatching(/past the service: db:\S+ in commit \d+/),
      },
    ]);
  });

  test('by a later import is a change', async () => {
    await importing(world, '00000000-0000-0000-0000-000000000000', async (client) => {
      await client.query(`update reports set name = 'Other cards' where report_id = $1`, [workflow.reportId]);
    });
    const report = await run();
    expect([report.ok, report.changedSince.rows.map(({ table, columns }) => [table, columns])]).toEqual([
      true,
      [['reports', ['report_name']]],
    ]);
  });
});

describe('it finds', () => {
  const sample = `table_name = 'cycle_report_sample_selection_samples' and source_key = '${became.firstSample}'`;
  const name = { table: 'cycle_report_sample_selection_samples', key: became.firstSample };

  test('what is kept of a row changed past the service', async () => {
    await owner(`update legacy.source_row set row = row || '{"risk_score": 0.1}' where ${sample}`);
    expect(problems(await run())).toEqual([
      { ...name, columns: [], problem: 'What is kept of the row is not what its hash was made of.' },
      { ...name, columns: [], problem: expect.stringContaining('changed by db:') },
    ]);
  });

  test('what is kept of a row changed past the log', async () => {
    await unseen(
      `update legacy.source_row set row = row || '{"risk_score": 0.1}', row_hash = legacy.hash_of(row || '{"risk_score": 0.1}') where ${sample}`,
    );
    const report = await run();
    expect(report.ok).toBe(false);
    expect(report.chains.filter(({ valid }) => !valid).map(({ streamId }) => streamId)).toEqual([workflow.workflowId]);
    expect(asMarkdown(report)).toContain('The log is broken in 1 of 2 streams');
  });

  test('a value of a new table changed past the log', async () => {
    await unseen(`update sample_decisions set sample_identifier = 'S-9' where item_id = '${became.firstSample}'`);
    const report = await run();
    expect(problems(report)).toContainEqual({
      ...name,
      columns: ['sample_identifier'],
      problem: 'It does not read as it was, and no commit tells why.',
    });
    expect(report.chains.some(({ valid }) => !valid)).toBe(true);
  });

  test('what it became, removed', async () => {
    await unseen(
      `delete from item_decision where item_key = '${became.firstSample}'; delete from sample_decisions where item_id = '${became.firstSample}'`,
    );
    expect(problems(await run())).toContainEqual({
      ...name,
      columns: [],
      problem: `What it became, sample_decisions ${became.firstSample}, is not there.`,
    });
  });

  test('two fates, and a quarantine without its row', async () => {
    await importing(world, workflow.workflowId, async (client) => {
      await client.query(
        `insert into legacy.quarantine select table_name, source_key, stream_id, import_id, phase, 'ODD', 'It is odd.', row::text from legacy.source_row where ${sample}`,
      );
      await client.query(
        `insert into legacy.quarantine values ('users', '999', $1, 1, null, 'ODD', 'It is odd.', '{}')`,
        [workflow.workflowId],
      );
    });
    expect(problems(await run())).toEqual([
      { ...name, columns: [], problem: 'It has two fates: it was placed, and it is quarantined.' },
      { table: 'users', key: '999', columns: [], problem: 'The quarantine has it, and no source row does.' },
    ]);
  });

  test('a quarantined row that the quarantine does not have, or not as a whole', async () => {
    await importing(world, workflow.workflowId, async (client) => {
      for (const key of ['7', '8'])
        await client.query(
          `insert into legacy.source_row (table_name, source_key, stream_id, import_id, row, row_hash, fate) values ('lobs', $2, $1, 1, '{"lob_id": "x"}', legacy.hash_of('{"lob_id": "x"}'), 'QUARANTINED')`,
          [workflow.workflowId, key],
        );
      await client.query(`insert into legacy.quarantine values ('lobs', '8', $1, 1, null, 'ODD', 'It is odd.', '{}')`, [
        workflow.workflowId,
      ]);
    });
    const report = await run();
    expect(problems(report)).toEqual([
      { table: 'lobs', key: '7', columns: [], problem: 'It is quarantined, and the quarantine does not have it.' },
      { table: 'lobs', key: '8', columns: [], problem: 'The quarantine does not have the whole row.' },
    ]);
    expect(report.quarantine.rows).toEqual([{ table: 'lobs', key: '8', code: 'ODD', reason: 'It is odd.' }]);
  });

  test('a mapping that says something else, unless a finding tells why', async () => {
    const other = (findings: string) =>
      importing(world, workflow.workflowId, async (client) => {
        await client.query(
          `update legacy.source_row set row = row || '{"sample_category": "clean"}', row_hash = legacy.hash_of(row || '{"sample_category": "clean"}'), findings = $1 where ${sample}`,
          [findings],
        );
      });
    await other('[]');
    expect(problems(await run())).toEqual([
      {
        ...name,
        columns: ['sample_category'],
        problem: 'The new tables do not say what the row says, and no finding tells why.',
      },
    ]);
    await other('[{"code": "ODD", "message": "Taken as anomaly.", "column": "sample_category"}]');
    const report = await run();
    expect([problems(report), report.findings]).toEqual([
      [],
      [{ code: 'ODD', count: 1, examples: [{ ...name, message: 'Taken as anomaly.' }] }],
    ]);
  });

  test('what the source says otherwise today, and what was not taken over', async () => {
    const report = await run({
      source: source((row) =>
        row.table === 'lobs'
          ? edited(row, { lob_name: 'Cards' })
          : row.table === 'reports'
            ? { ...row, key: '71' }
            : row,
      ),
    });
    expect(report.source).toMatchObject({ notTaken: 1, changedThere: 1 });
    expect(problems(report)).toEqual([
      {
        table: 'lobs',
        key: String(old.lob),
        columns: [],
        problem: 'The source says something else today: it needs a sync.',
      },
      { table: 'reports', key: '71', columns: [], problem: 'The source has it, and it was not taken over.' },
    ]);
  });
});

describe('comparing both systems', () => {
  const all = { sample: 1000, seed: 'a' };
  const both = (rows: AsyncIterable<SourceRecord>, options = all) =>
    world.db.snapshot((tx) => compare(tx, { ...options, source: rows }));

  test('finds nothing where nothing was changed', async () => {
    expect(await both(source())).toMatchObject({ ok: true, rows: { total: 0 } });
  });

  test('tells on which side a row was changed', async () => {
    await owner(`update reports set name = 'Other cards' where report_id = $1`, [workflow.reportId]);
    await owner(`update lobs set name = 'Cards' where lob_id = '0194d2a0-5c00-7000-8000-0000000000a1'`);
    const report = await both(
      source((row) => {
        if (row.table === 'lobs') return edited(row, { lob_name: 'Credit' });
        if (row.table === 'test_cycles') return edited(row, { end_date: '2026-12-31' });
        if (row.table === 'cycle_report_scoping_versions') return null;
        return row.key === '361' ? { ...row, key: '363' } : row;
      }),
    );
    expect(report.rows.rows.map(({ table, key, side, columns }) => [table, key, side, columns])).toEqual([
      [
        'lobs',
        '5',
        'CHANGED_ON_BOTH_SIDES',
        [{ column: 'lob_name', taken: 'Consumer Cards', there: 'Credit', here: 'Cards' }],
      ],
      [
        'reports',
        '70',
        'CHANGED_HERE',
        [{ column: 'report_name', taken: 'Credit cards', there: 'Credit cards', here: 'Other cards' }],
      ],
      ['test_cycles', '7', 'CHANGED_THERE', [{ column: 'end_date', taken: null, there: '2026-12-31', here: null }]],
      ['cycle_report_planning_attributes', '361', 'GONE_THERE', []],
      ['cycle_report_planning_attributes', '363', 'NOT_TAKEN_OVER', []],
      ['cycle_report_scoping_versions', became.scopingVersion, 'GONE_THERE', []],
    ]);
    expect(comparisonAsMarkdown(report)).toMatch(
      /\| `reports` \| `70` \| changed here \| `report\\_name` \||\| `reports` \| `70` \| changed here \| `report_name` \|/,
    );
  });

  test('picks the same rows for the same seed', async () => {
    const few = { sample: 1, seed: 'b' };
    const changed = () => source((row) => edited(row, { created_at: '2020-01-01T00:00:00Z' }));
    const [first, second] = [await both(changed(), few), await both(changed(), few)];
    expect(first.rows).toEqual(second.rows);
    expect(first.tables.every(({ compared }) => compared <= 1)).toBe(true);
    expect((await both(changed(), { ...few, seed: 'c' })).rows).not.toEqual(first.rows);
  });
});

test('the service alone can verify', async () => {
  const db = new Database({ url: world.database.serviceUrl, poolSize: 2, statementTimeoutMs: 0 });
  expect((await db.snapshot((tx) => verify(tx))).ok).toBe(true);
  await db.close();
});
