/** The whole of an old system: every table is counted and named, every row has a fate, and rows that are only kept are few commits. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { legacyTables } from '../../src/legacy/tables';
import { Target } from '../support/import';
import { asFolder, at, oldSystem, row, type OldTables } from '../support/old-system';
import { temporaryFolder } from '../support/temporary';

let target: Target;
beforeEach(async () => void (target = await Target.create()));
afterEach(() => target.drop());

const fatesOf = async (where = 'true') =>
  Object.fromEntries(
    (
      await target.query<{ table: string; fates: string }>(
        `select table_name as table, string_agg(distinct fate::text, ',') as fates from legacy.source_row where ${where} group by 1`,
      )
    ).map(({ table, fates }) => [table, fates]),
  );
const commits = async () =>
  (await target.query<{ commits: number }>('select sum(sequence)::int as commits from log.stream'))[0]!.commits;

/** Tables in the old system's own export form. */
function asExport(tables: OldTables): string {
  const folder = temporaryFolder();
  for (const [table, rows] of Object.entries(tables))
    writeFileSync(
      path.join(folder, `${table}.json`),
      JSON.stringify({ table, row_count: rows.length, extracted_at: '2025-08-01T00:00:00', data: rows }),
    );
  return folder;
}

const kept = [
  'activity_definitions',
  'activity_states',
  'alembic_version',
  'cycle_report_data_profiling_results',

  'cycle_report_rfi_data_sources',
  'cycle_report_rfi_query_validations',
  'rbac_permissions',
  'rbac_role_permissions',
  'rbac_roles',
  'rbac_user_permissions',
  'rbac_user_roles',
  'regulatory_data_dictionaries',
  'workflow_activity_dependencies',
  'workflow_activity_templates',
];
const merged = [
  'cycle_report_planning_data_sources',
  'cycle_report_planning_pde_mappings',
  'cycle_report_test_report_generation',
  'cycle_report_test_execution_audit',
];

test('every table of the export is placed or kept, with the number of rows that the export counts', async () => {
  const tables = oldSystem({ workflows: 2 });
  const folder = asExport(tables);
  const { isWhole, source } = await target.import(folder);
  expect(isWhole).toBe(true);
  expect(source).toHaveLength(legacyTables.length);
  expect(await fatesOf()).toEqual(
    Object.fromEntries(
      legacyTables.map(({ name }) => [
        name,
        kept.includes(name) ? 'KEPT' : merged.includes(name) ? 'MERGED' : 'IMPORTED',
      ]),
    ),
  );
  for (const report of [await target.verify(), await target.verify(folder)]) {
    expect(report).toMatchObject({ ok: true, differences: { total: 0 }, quarantine: { total: 0 } });
    for (const { table, expected, rows, equal } of report.tables)
      expect({ table, expected, rows, equal }).toEqual({
        table,
        expected: tables[table]!.length,
        rows: tables[table]!.length,
        equal: tables[table]!.length,
      });
  }
  expect((await target.import(folder)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
});

test('what is of a workflow is kept with it and with its phase, and goes when the phase is taken back', async () => {
  const tables = oldSystem();
  await target.import(tables);
  const placed = await target.query<{ table: string; workflow: string | null; phase: string | null }>(
    `select s.table_name as table, w.legacy_id as workflow, s.phase::text from legacy.source_row s
     left join legacy.id_map w on w.kind = 'workflow' and w.new_id = s.stream_id::text`,
  );
  const of = (name: string) => placed.find(({ table }) => table === name);
  for (const [name, phase] of [
    ['cycle_report_data_profiling_results', 'DATA_PROFILING'],
    ['cycle_report_planning_pde_mappings', 'PLANNING'],
    ['cycle_report_request_info_testcase_source_evidence', 'REQUEST_INFO'],
    ['cycle_report_rfi_query_validations', 'REQUEST_INFO'],
    ['activity_states', 'SCOPING'],
    ['universal_assignments', null],
    ['universal_assignment_history', null],
  ] as const)
    expect(of(name)).toEqual({ table: name, workflow: '70:400', phase });
  expect(of('rbac_roles')).toMatchObject({ workflow: null });
});

test('source evidence and decisions on it are versions of the request’s record', async () => {
  const tables = oldSystem();
  await target.import(tables);
  const chain = await target.query(
    `select d.submission_status as status, d.review_notes as notes, v.created_by, v.reviewed_by from phase_version v join document_submissions d using (version_id)
     where d.document_id in (select new_id::uuid from legacy.id_map where kind = 'source_evidence') order by v.version_number`,
  );
  expect(chain).toEqual([
    { status: 'PENDING_REVIEW', notes: null, createdBy: 1_000_014, reviewedBy: null },
    { status: 'REVISION_REQUESTED', notes: 'Not this one', createdBy: 1_000_011, reviewedBy: 1_000_011 },
    { status: 'PENDING_REVIEW', notes: null, createdBy: 1_000_014, reviewedBy: null },
    { status: 'ACCEPTED', notes: 'Complete', createdBy: 1_000_011, reviewedBy: 1_000_011 },
  ]);
  const [mapping] = await target.query(
    `select decision_metadata from attribute_decisions where attribute_data ->> 'attribute_name' = 'Attribute 1'`,
  );
  expect(mapping!.decisionMetadata).toEqual({ pdeMappings: [expect.objectContaining({ pde_name: 'Balance' })] });
  const [planning] = await target.query('select planning_metadata from planning_phase_versions');
  expect(planning!.planningMetadata).toMatchObject({ dataSources: [{ name: 'Old warehouse' }] });
});

test('assignments and audit logs are commits that say who did it and when', async () => {
  await target.import(oldSystem());
  const told = async (table: string) =>
    target.query(
      `select c.actor_id, c.occurred_at, c.reason from log.change_set c join log.row_change r using (stream_id, sequence)
       where r.table_name = 'source_row' and r.after ->> 'table_name' = $1`,
      [table],
    );
  expect(await told('audit_logs')).toEqual([
    { actorId: 1_000_011, occurredAt: new Date(at(-50)), reason: 'UPDATE reports 400' },
  ]);
  expect(await told('universal_assignment_history')).toEqual([
    { actorId: 1_000_012, occurredAt: new Date(at(330)), reason: 'completed Done' },
  ]);
});

describe('tables that nobody knows', () => {
  const unknown = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ what: `row ${from + i}`, cycle_id: 4711, report_id: 815 }));

  test('are kept, named and proven, in few commits, and make no workflow', async () => {
    const tables = oldSystem();
    await target.import(tables);
    const before = await commits();
    tables.old_notes = unknown(0, 700);
    tables.old_words = [
      { id: 1, text: 'a' },
      { id: 1, text: 'b' },
      { id: 2, text: 'c' },
    ];
    const { outcomes, quarantine } = await target.sync(tables);
    expect({ outcomes, quarantine }).toMatchObject({ outcomes: { held: 0 }, quarantine: [] });
    expect((await commits()) - before).toBeLessThanOrEqual(3);
    expect(await fatesOf("table_name like 'old%'")).toEqual({ old_notes: 'KEPT', old_words: 'KEPT' });
    expect(await target.query("select from legacy.id_map where kind in ('workflow', 'cycle', 'report')")).toHaveLength(
      3,
    );
    const report = await target.verify(tables);
    expect(report).toMatchObject({ ok: true, source: { notTaken: 0 } });
    expect(report.tables).toContainEqual(
      expect.objectContaining({ table: 'old_notes', rows: 700, kept: 700, equal: 700 }),
    );
    expect(report.tables).toContainEqual(expect.objectContaining({ table: 'old_words', rows: 3, kept: 3 }));
  });

  test('a row that is taken away leaves all others as they were', async () => {
    const tables = {
      ...oldSystem(),
      old_notes: unknown(0, 40),
      users: [...oldSystem().users!, { last_name: 'Nobody' }],
    };
    await target.import(tables);
    const rows = await target.query('select * from legacy.source_row order by table_name, source_key');
    const before = await commits();
    const left = { ...tables, old_notes: tables.old_notes.slice(1), users: tables.users };
    expect((await target.sync(left)).outcomes).toMatchObject({ placed: 0, held: 0 });
    expect(await commits()).toBe(before);
    expect(await target.query('select * from legacy.source_row order by table_name, source_key')).toEqual(rows);
    expect(await target.verify(left)).toMatchObject({ ok: true });
  });

  test('a row that somebody else changed is found', async () => {
    await target.import({ ...oldSystem(), old_notes: unknown(0, 3) });
    await target.query(
      `update legacy.source_row set row = '{"what": "else"}' where table_name = 'old_notes' and row ->> 'what' = 'row 1'`,
    );
    const { ok, differences } = await target.verify();
    expect({ ok, tables: differences.rows.map(({ table }) => table) }).toEqual({
      ok: false,
      tables: ['old_notes', 'old_notes'],
    });
  });
});

test('ids of a cycle and a report make no workflow where no phase and no cycle report names them', async () => {
  const tables = oldSystem();
  const phantom = { cycle_id: 4711, report_id: 815 };
  tables.activity_states!.push(row('activity_states', { id: 9, phase_name: 'Scoping', ...phantom }));
  tables.cycle_report_test_cases_evidence!.push(row('cycle_report_test_cases_evidence', { id: 9, ...phantom }));
  await target.import(asFolder(tables));
  expect(await target.query("select legacy_id from legacy.id_map where kind = 'workflow'")).toEqual([
    { legacyId: '70:400' },
  ]);
  expect(await target.query('select table_name, code from legacy.quarantine')).toEqual([
    { tableName: 'cycle_report_test_cases_evidence', code: 'WORKFLOW_UNKNOWN' },
  ]);
  expect(await fatesOf("source_key = '9'")).toMatchObject({ activity_states: 'KEPT' });
  expect(await target.verify(tables)).toMatchObject({ ok: true });
});

test('a cell of a row that may be kept is in nobody’s way', async () => {
  const tables = oldSystem();
  Object.assign(tables.audit_logs![0]!, { record_id: 'many', user_id: 'nobody' });
  await target.import(tables);
  expect(await fatesOf("table_name = 'audit_logs'")).toEqual({ audit_logs: 'IMPORTED' });
  expect(await target.verify(tables)).toMatchObject({ ok: true });
});

test('times that name no zone are of the zone that was said, until another one is', async () => {
  const folder = asFolder(oldSystem());
  const validated = async () =>
    (
      await target.query<{ at: Date }>(
        `select v.reviewed_at as at from phase_version v join document_submissions d using (version_id) where d.review_notes = 'Not this one'`,
      )
    )[0]!.at.getTime() - new Date(at(801)).getTime();
  const hours = 3_600_000;
  await target.import(folder, { sourceZone: 'America/New_York' });
  expect(await validated()).toBe(4 * hours);
  expect(await target.verify(folder)).toMatchObject({ ok: true });
  expect((await target.sync(folder)).outcomes).toMatchObject({ placed: 0, changed: 0 });
  await target.sync(folder, { sourceZone: '+02:00' });
  expect(await validated()).toBe(-2 * hours);
  expect(await target.verify(folder)).toMatchObject({ ok: true });
  await target.import(asFolder(oldSystem())); // another source, whose times are UTC
  expect(await validated()).toBe(0);
  expect(await target.verify(folder)).toMatchObject({ ok: true });
  await target.sync(folder);
  const fresh = await Target.create();
  try {
    await fresh.import(folder, { sourceZone: '+02:00' });
    expect(await target.digest()).toBe(await fresh.digest());
  } finally {
    await fresh.drop();
  }
});

describe('what the old system may have twice', () => {
  test('samples of one version that share an identifier are all there, and the view shows all', async () => {
    const tables = oldSystem({ samples: 17 });
    const samples = tables.cycle_report_sample_selection_samples!;
    samples.forEach((sample, i) => Object.assign(sample, { sample_identifier: `2025-Q${i % 4}` }));
    await target.import(tables);
    expect(await target.query('select from sample_decisions')).toHaveLength(samples.length);
    expect(await target.query('select from legacy.cycle_report_sample_selection_samples')).toHaveLength(samples.length);
    expect(await fatesOf("table_name = 'cycle_report_sample_selection_samples'")).toEqual({
      cycle_report_sample_selection_samples: 'IMPORTED',
    });
    expect(await target.verify(tables)).toMatchObject({ ok: true, quarantine: { total: 0 } });
    expect((await target.import(tables)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
  });

  test('ids that differ in letter case are one id: the second row is set aside', async () => {
    const tables = oldSystem();
    const [scoping] = tables.cycle_report_scoping_versions!;
    tables.cycle_report_scoping_versions!.push({
      ...scoping!,
      version_id: (scoping!.version_id as string).toUpperCase(),
    });
    await target.import(tables);
    expect(await target.query('select table_name, code from legacy.quarantine')).toEqual([
      { tableName: 'cycle_report_scoping_versions', code: 'DUPLICATE_KEY' },
    ]);
    expect(await target.verify(tables)).toMatchObject({ ok: true, source: { notTaken: 0 } });
  });

  test('one id in several tables is that of one version; the others have ids of their own, now and later', async () => {
    const tables = oldSystem();
    const shared = tables.cycle_report_data_profiling_rule_versions![0]!.version_id;
    const [first, second] = tables.cycle_report_scoping_versions!;
    const [sampled] = tables.cycle_report_sample_selection_versions!;
    for (const sample of tables.cycle_report_sample_selection_samples!)
      if (sample.version_id === sampled!.version_id) sample.version_id = shared;
    const [, following] = tables.cycle_report_sample_selection_versions!;
    for (const [version, child] of [
      [first!, second!],
      [sampled!, following!],
    ] as const) {
      version.version_id = shared;
      child.parent_version_id = shared;
    }
    await target.import(tables);
    const versions = await target.query<{ phase: string; versionId: string; children: number }>(
      `select v.phase::text, v.version_id, (select count(*)::int from phase_version c where c.parent_version_id = v.version_id) as children
       from phase_version v where v.version_number = 1 and v.phase in ('DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION') order by v.phase`,
    );
    expect(versions.map(({ phase, versionId, children }) => [phase, versionId === shared, children])).toEqual([
      ['DATA_PROFILING', true, 1],
      ['SCOPING', false, 1],
      ['SAMPLE_SELECTION', false, 1],
    ]);
    expect(await target.query('select from sample_decisions')).toHaveLength(
      tables.cycle_report_sample_selection_samples!.length,
    );
    expect((await target.verify(tables)).differences.rows).toEqual([]);
    const state = await target.digest();
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
    expect(await target.digest()).toBe(state);
  });

  test('a target has one source row, and verification says where it had two', async () => {
    await target.import(oldSystem());
    const double = `update legacy.source_row s set target_id = o.target_id from legacy.source_row o
      where s.table_name = 'cycle_report_scoping_versions' and o.table_name = s.table_name and s.source_key > o.source_key`;
    await expect(target.query(double)).rejects.toThrow('one_source_row_per_target');
    await target.query('alter table legacy.source_row drop constraint one_source_row_per_target');
    await target.query(double);
    const { ok, differences } = await target.verify();
    expect(ok).toBe(false);
    expect(differences.rows.map(({ problem }) => problem)).toContainEqual(
      expect.stringMatching(/^It became the same as cycle_report_scoping_versions /),
    );
  });
});
