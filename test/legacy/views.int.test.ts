/** The old tables' names, as views over the new tables. */
import { legacyTables } from '../../src/legacy/tables';
import { mutate } from '../support/builders';
import { ada, dan, olga, World, workflow } from '../support/world';
import { became, old, phaseId, takeOver } from './taken-over';

let world: World;
beforeAll(async () => {
  ({ world } = await World.like('taken_over', {}, takeOver));
});
afterAll(() => world.destroy());

describe('the old tables', () => {
  test('have the columns they had, of the same types, in the same order', async () => {
    const found = await world.sql<{ table: string; name: string; type: string }>(
      'service',
      `select table_name as table, column_name as name, case data_type when 'timestamp with time zone' then 'timestamptz'
         when 'timestamp without time zone' then 'timestamp' else data_type end as type
       from information_schema.columns where table_schema = 'legacy' and table_name = any ($1) order by table_name, ordinal_position`,
      [legacyTables.map(({ name }) => name)],
    );
    for (const { name, columns } of legacyTables)
      expect([name, found.filter(({ table }) => table === name).map((column) => [column.name, column.type])]).toEqual([
        name,
        Object.entries(columns),
      ]);
  });

  test('have the rows that were taken over, column by column', async () => {
    for (const { name, key } of legacyTables) {
      const rows = await world.sql<{ shown: object; source: object }>(
        'service',
        `select to_jsonb(v) as shown, to_jsonb(jsonb_populate_record(null::legacy.${name}, s.row)) as source
         from legacy.source_row s left join legacy.${name} v on ${key.map((column) => `v.${column}::text = s.row ->> '${column}'`).join(' and ')} where s.table_name = $1`,
        [name],
      );
      for (const { shown, source } of rows) expect({ name, row: shown }).toEqual({ name, row: source });
    }
  });
});

const rowsOf = (table: string, where = 'true') => world.sql('service', `select * from legacy.${table} where ${where}`);
const owner = (sql: string, parameters: unknown[] = []) => world.sql('owner', sql, parameters);

describe('what is changed here', () => {
  test('shows in the columns that the new tables answer for, and in no other', async () => {
    const [before] = await rowsOf('reports');
    await owner(`update reports set name = 'Cards of all kinds' where report_id = $1`, [workflow.reportId]);
    expect(await rowsOf('reports')).toEqual([{ ...before, report_name: 'Cards of all kinds' }]);
    await owner(`update reports set name = 'Credit cards' where report_id = $1`, [workflow.reportId]);
    expect(await rowsOf('reports')).toEqual([before]);
  });

  test('leaves what an import decided otherwise as the source has it', async () => {
    await owner(`update legacy.source_row set row = row || '{"report_number": "CC-01"}' where table_name = 'reports'`);
    expect(await rowsOf('reports')).toEqual([
      expect.objectContaining({ report_number: 'CC-01', report_name: 'Credit cards' }),
    ]);
  });

  test('a document that is revised and reviewed is another row of the old table', async () => {
    const reviseDocument = `mutation ($input: ReviseDocumentInput!) { reviseDocument(input: $input) { version { versionId revision } } }`;
    const reviewDocument = `mutation ($input: ReviewDocumentInput!) { reviewDocument(input: $input) { version { versionId } } }`;
    const { reviseDocument: revised } = await world.get(dan, reviseDocument, {
      input: {
        versionId: became.review,
        expectedRevision: 1,
        documentMetadata: { name: 'again' },
        revisionType: 'CORRECTION',
        reason: 'A better copy',
      },
    });
    await world.get(ada, reviewDocument, {
      input: {
        versionId: revised.version.versionId,
        expectedRevision: revised.version.revision,
        status: 'REVISION_REQUESTED',
        notes: 'Page 2 is missing',
      },
    });
    const columns = [
      'id',
      'test_case_id',
      'phase_id',
      'cycle_id',
      'sample_id',
      'version_number',
      'is_current',
      'data_owner_id',
      'tester_decision',
      'tester_notes',
      'decided_by',
      'query_text',
    ];
    const rows = await rowsOf('cycle_report_test_cases_evidence');
    const common = {
      test_case_id: 434,
      phase_id: phaseId('REQUEST_INFO'),
      cycle_id: old.cycle,
      data_owner_id: old.dan,
      decided_by: old.ada,
    };
    expect(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))).toEqual([
      {
        ...common,
        id: 15,
        sample_id: null,
        version_number: 1,
        is_current: false,
        tester_decision: 'approved',
        tester_notes: 'Legible',
        query_text: 'select 1',
      },
      {
        ...common,
        id: null,
        sample_id: became.firstSample,
        version_number: 2,
        is_current: true,
        tester_decision: 'requires_revision',
        tester_notes: 'Page 2 is missing',
        query_text: null,
      },
    ]);
    expect(await rowsOf('cycle_report_test_cases')).toEqual([
      expect.objectContaining({ id: 434, status: 'Revision Required' }),
    ]);
  });

  test('versions that are made here appear, with the ids of the old system around them', async () => {
    const input = { ...workflow, workflowId: undefined, phase: 'DATA_PROFILING' };
    const made = await mutate(world, ada, 'createVersion', 'CreateVersionInput', input);
    const [row] = await rowsOf('cycle_report_data_profiling_rule_versions', `version_id = '${made.versionId}'`);
    expect(row).toMatchObject({
      phase_id: phaseId('DATA_PROFILING'),
      version_number: 2,
      version_status: 'draft',
      created_by_id: old.ada,
      total_rules: null,
    });
    expect(await rowsOf('cycle_report_data_profiling_rule_versions')).toHaveLength(2);
  });

  test('people who are only known here have negative numbers', async () => {
    const rows = await rowsOf('users', 'user_id < 0 or user_id = 101');
    expect(rows.find(({ user_id }) => user_id === old.ada)).toMatchObject({ role: 'Tester' });
    expect(rows.map(({ user_id }) => user_id)).toEqual(expect.arrayContaining([-2, -5, -11]));
    expect(rows.map(({ user_id }) => user_id)).not.toContain(-olga);
    await owner(`update reports set owner_id = 10 where report_id = $1`, [workflow.reportId]);
    expect(await rowsOf('reports')).toEqual([expect.objectContaining({ report_owner_id: -10 })]);
  });
});

test('a cell that does not fit its column is empty, and no reader fails', async () => {
  await owner(
    `update legacy.source_row set row = row || '{"lob_name": "Cards", "created_by_id": "nobody", "lob_id": "x"}' where table_name = 'lobs'`,
  );
  expect(await rowsOf('lobs')).toEqual([
    expect.objectContaining({ lob_id: null, lob_name: 'Cards', created_by_id: null }),
  ]);
});

test('a phase that is whole is what was taken over; one that is worked on stays as it was', async () => {
  const settle = (phase: string) =>
    owner(`select legacy.settle($1, $2::public."Phase")`, [workflow.workflowId, phase]).then(
      ([row]) => row!.settle as number,
    );
  await owner(
    `update legacy.source_row set mapped = '{}' where table_name in ('cycle_report_scoping_versions', 'cycle_report_test_cases')`,
  );
  expect([await settle('SCOPING'), await settle('SCOPING'), await settle('REQUEST_INFO')]).toEqual([1, 0, 0]);
});
