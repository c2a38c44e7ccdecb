/** What an import brings: everything, as it was, by whom and when; once, however often and from wherever it runs. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { phases } from '../../src/phases';
import { rollBack } from '../../src/legacy/rollback';
import { legacyTables } from '../../src/legacy/tables';
import { withClient } from '../../packages/pg-client';
import { createTestDatabase } from '../support/database';
import { Target } from '../support/import';
import { at, oldSystem, type OldTables } from '../support/old-system';
import { temporaryFolder } from '../support/temporary';

const sample = path.join(__dirname, '..', '..', '..', 'shared', 'legacy-sample');

let target: Target;
beforeEach(async () => void (target = await Target.create()));
afterEach(() => target.drop());

const count = (tables: OldTables) => Object.values(tables).reduce((sum, { length }) => sum + length, 0);
const ms = (instant: string) => new Date(instant);

describe('an import', () => {
  it('brings every row to one fate, and proves it', async () => {
    const tables = oldSystem({ workflows: 2 });
    const result = await target.import(tables);
    expect(result).toMatchObject({
      importId: 1,
      rows: count(tables),
      outcomes: { unchanged: 0, held: 0 },
      quarantine: [],
    });
    const fates = await target.query<{ tableName: string; rows: number }>(
      'select table_name, count(*)::int as rows from legacy.source_row group by 1',
    );
    expect(Object.fromEntries(fates.map(({ tableName, rows }) => [tableName, rows]))).toEqual(
      Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.length])),
    );
    expect(await target.verify(tables)).toMatchObject({ ok: true, differences: { total: 0 } });
    // PostgreSQL is told how much there is now.
    expect(
      await target.query(`select reltuples::int as rows from pg_class where oid = 'legacy.source_row'::regclass`),
    ).toEqual([{ rows: count(tables) }]);
  });

  it('marks what nobody could do or write today, and keeps it', async () => {
    const tables = oldSystem({ workflows: 2 });
    const cycles = tables.test_cycles!;
    Object.assign(cycles[0]!, { cycle_name: 'The same', start_date: '2025-08-31', end_date: '2025-06-01' });
    Object.assign(cycles[1]!, { cycle_name: ' the  SAME\u200b' });
    for (const user of tables.users!) {
      if (user.user_id === 12) user.role = 'Tester'; // report owner of both
      if (user.user_id === 13) user.is_active = false; // test executive
      if (user.user_id === 14) user.first_name = user.last_name = '\u00a0'; // data owner
    }
    await target.import(tables);
    const codes = await target.query<{ name: string; code: string; message: string }>(
      `select s.table_name as name, f ->> 'code' as code, f ->> 'message' as message
       from legacy.source_row s cross join jsonb_array_elements(s.findings) f
       where s.table_name in ('test_cycles', 'users', 'cycle_reports', 'reports') order by 1, 2, 3`,
    );
    expect([...new Set(codes.map(({ name, code }) => `${name} ${code}`))]).toEqual([
      'cycle_reports UNFIT_PERSON',
      'reports UNFIT_PERSON',
      'test_cycles ENDS_BEFORE_START',
      'test_cycles SAME_NAME',
      'users NAME_MISSING',
    ]);
    expect(codes.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'The report owner (12) cannot act as one. Otto Old is not a Report Owner.',
        'The test executive (13) cannot act as one. Edda Old is not active.',
      ]),
    );
    expect(await target.query('select distinct report_owner_id, test_executive_id from workflows')).toEqual([
      { reportOwnerId: 1_000_012, testExecutiveId: 1_000_013 },
    ]);
    expect(await target.query('select name, end_date < start_date as backwards from cycles order by 2 desc')).toEqual([
      { name: 'The same', backwards: true },
      { name: expect.stringMatching(/SAME.* \(legacy \d+\)$/), backwards: false },
    ]);
    expect(await target.verify(tables)).toMatchObject({ ok: true, differences: { total: 0 } });
  });

  it('keeps what belongs together in one workflow, whatever phases it names', async () => {
    const tables = oldSystem({ workflows: 2 });
    const [first] = tables.cycle_report_test_cases!;
    const [one, two] = tables.cycle_report_test_cases_evidence!.filter(
      ({ test_case_id: testCase }) => testCase === first!.id,
    );
    Object.assign(two!, { phase_id: 101_005 }); // of the other workflow
    const orphan = { ...one!, test_case_id: 4_040_404, tester_decision: null };
    tables.cycle_report_test_cases_evidence!.push(
      { ...orphan, id: 4_040_405 },
      { ...orphan, id: 4_040_406, phase_id: 101_005 },
    );
    await target.import(tables);
    const workflowOf = (key: unknown) =>
      target.query(
        `select w.legacy_id, s.fate::text, jsonb_path_query_array(s.findings, '$.code') as codes from legacy.source_row s
         join legacy.id_map w on w.kind = 'workflow' and w.new_id = s.stream_id::text
         where s.table_name = 'cycle_report_test_cases_evidence' and s.source_key = $1`,
        [String(key)],
      );
    const codes = expect.arrayContaining(['WORKFLOW_DISAGREES']);
    expect(await workflowOf(two!.id)).toEqual([{ legacyId: '70:400', fate: 'IMPORTED', codes }]);
    expect(await workflowOf(4_040_405)).toEqual([
      { legacyId: '70:400', fate: 'IMPORTED', codes: expect.not.arrayContaining(['WORKFLOW_DISAGREES']) },
    ]);
    expect(await workflowOf(4_040_406)).toEqual([{ legacyId: '70:400', fate: 'IMPORTED', codes }]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
    expect((await target.import(tables)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
  });

  it('has something in each of the nine phases', async () => {
    await target.import(oldSystem());
    const found = await target.query<{ phase: string }>('select distinct phase::text from phase_version order by 1');
    expect(found.map(({ phase }) => phase).sort()).toEqual(phases.map(({ key }) => key).sort());
  });

  it('keeps numbers, parents, statuses, people and times', async () => {
    const tables = oldSystem();
    await target.import(tables);
    for (const old of tables.cycle_report_sample_selection_versions!) {
      const [version] = await target.query('select * from phase_version where version_id = $1', [old.version_id]);
      expect(version).toMatchObject({
        versionNumber: old.version_number,
        parentVersionId: old.parent_version_id,
        status: (old.version_status as string).toUpperCase(),
        createdBy: 1_000_011,
        createdAt: ms(old.created_at as string),
        submittedBy: old.submitted_by_id === null ? null : 1_000_011,
      });
    }
    const decided = await target.query(
      `select d.status, d.decided_by, d.decided_at, i.recommendation_metadata from item_decision d join sample_decisions i using (version_id, item_key)
       where i.sample_identifier = 'SAMPLE0' order by d.decided_at`,
    );
    expect(decided[0]).toEqual({
      status: 'REJECTED',
      decidedBy: 1_000_012,
      decidedAt: ms(at(350)),
      recommendationMetadata: expect.objectContaining({
        testerDecision: { decision: 'approved', by: 1_000_011, at: ms(at(330)).toISOString(), notes: null },
        generation_metadata: { table: 'public.old', rows: 3, fresh: true },
      }),
    });
  });

  it('says in its commits who did it and when, and that it was not captured then', async () => {
    const before = new Date();
    await target.import(oldSystem());
    const commits = await target.query(
      `select c.* from log.change_set c join log.row_change r using (stream_id, sequence) where r.table_name = 'phase_version' and r.operation = 'INSERT'`,
    );
    expect(commits.length).toBeGreaterThan(20);
    for (const commit of commits) {
      expect(commit).toMatchObject({ origin: 'import', operation: 'legacy import', actorId: expect.any(Number) });
      expect(commit.occurredAt.getTime()).toBeLessThan(ms('2025-12-31').getTime());
      expect(commit.committedAt.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1);
    }
    const [request] = await target.query(
      `select c.actor_id, c.occurred_at, c.reason from log.change_set c join log.row_change r using (stream_id, sequence)
       where r.table_name = 'source_row' and r.after ->> 'table_name' = 'cycle_report_request_info_audit_logs'
       order by c.occurred_at limit 1`,
    );
    expect(request).toEqual({ actorId: 1_000_014, occurredAt: ms(at(741)), reason: 'SUBMIT_QUERY_EVIDENCE' });
  });

  it('makes people of its own, unknown and inactive where the old system has no row of them', async () => {
    await target.import(oldSystem());
    expect(
      await target.query('select user_id, name, is_active from users where user_id >= 1000000 order by 1'),
    ).toEqual([
      { userId: 1_000_011, name: 'Tilda Old', isActive: true },
      { userId: 1_000_012, name: 'Otto Old', isActive: true },
      { userId: 1_000_013, name: 'Edda Old', isActive: true },
      { userId: 1_000_014, name: 'Dora Old', isActive: true },
      { userId: 1_000_015, name: 'Unknown (legacy 15)', isActive: false },
      { userId: 1_000_016, name: 'Unknown (legacy 16)', isActive: false },
    ]);
    expect(
      await target.query('select user_id, role::text from user_roles where user_id >= 1000000 order by 1'),
    ).toEqual([
      { userId: 1_000_011, role: 'TESTER' },
      { userId: 1_000_012, role: 'REPORT_OWNER' },
      { userId: 1_000_013, role: 'TEST_EXECUTIVE' },
      { userId: 1_000_014, role: 'DATA_OWNER' },
    ]);
  });

  it('takes people for users only when told to, and never becomes somebody who is there', async () => {
    await target.query("insert into users (user_id, name) values (1, 'Ada'), (1000012, 'Somebody Else')");
    await expect(target.import(oldSystem())).rejects.toThrow('User 1000012 exists already and was not imported');
    await expect(target.import(oldSystem(), { mapUsers: new Map([[11, 77]]) })).rejects.toThrow('There is no user 77');
    await target.import(oldSystem(), { mapUsers: new Map([[11, 1], [12, 1000012]]) }); // prettier-ignore
    expect(
      await target.query('select name from users where user_id in (1, 1000011, 1000012) order by user_id'),
    ).toEqual([{ name: 'Ada' }, { name: 'Somebody Else' }]);
    const [version] = await target.query(
      `select created_by, reviewed_by from phase_version where phase = 'SCOPING' and status = 'APPROVED'`,
    );
    expect(version).toEqual({ createdBy: 1, reviewedBy: 1_000_012 });
    expect(await target.verify()).toMatchObject({ ok: true });
  });

  it('does nothing the second time, from another place and with its rows in another order', async () => {
    const tables = oldSystem({ workflows: 2 });
    await target.import(tables);
    const state = await target.digest();
    const [head] = await target.query('select sum(sequence)::int as commits from log.stream');
    const turned = Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows].reverse()]));
    expect((await target.import(turned)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
    expect(await target.digest()).toBe(state);
    expect(await target.query('select sum(sequence)::int as commits from log.stream')).toEqual([head]);
  });

  it('comes to the same ids in another database', async () => {
    const tables = oldSystem();
    await target.import(tables);
    const other = await Target.create();
    try {
      await other.import(tables);
      expect(await other.digest()).toBe(await target.digest());
    } finally {
      await other.drop();
    }
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const tables = oldSystem();
    const state = await target.digest();
    const dry = await target.import(tables, { isDryRun: true });
    expect(await target.digest()).toBe(state);
    expect(await target.query('select from legacy.import union all select from legacy.run')).toEqual([]);
    expect(await target.query("select from log.change_set where origin = 'import'")).toEqual([]);
    const real = await target.import(tables);
    expect({ ...dry, importId: 1 }).toEqual(real);
  });

  it('brings one cycle, and the phases that are asked for', async () => {
    const tables = oldSystem({ workflows: 2 });
    await target.import(tables, { cycle: 71, phases: ['SCOPING'] });
    expect(await target.query('select phase::text, count(*)::int as versions from phase_version group by 1')).toEqual([
      { phase: 'SCOPING', versions: 4 },
    ]);
    await target.import(tables);
    const whole = await Target.create();
    try {
      await whole.import(tables);
      expect(await target.digest()).toBe(await whole.digest());
    } finally {
      await whole.drop();
    }
  });

  it('reads the old system’s own database as well', async () => {
    const old = await createTestDatabase();
    const tables = oldSystem({ workflows: 2 });
    const plain = old.ownerUrl;
    try {
      await withClient(old.superuserUrl, async (client) => {
        await client.query(
          'drop schema public cascade; drop schema log cascade; drop schema past cascade; drop schema legacy cascade; create schema public',
        );
        for (const { name, columns, key } of legacyTables) {
          await client.query(
            `create table ${name} (${Object.entries(columns)
              .map(([column, type]) => `${column} ${type}`)
              .join(', ')}, primary key (${key.join(', ')}))`,
          );
          await client.query(`insert into ${name} select * from json_populate_recordset(null::${name}, $1)`, [
            JSON.stringify(tables[name]),
          ]);
        }
        await client.query(
          `create schema more; create table more.old_notes as select n as id, 'note ' || n as text from generate_series(1, 1200) n;
           grant usage on schema public, more to public; grant select on all tables in schema public, more to public`,
        );
      });
      const rows = count(tables) + 1200;
      expect(await target.import(plain)).toMatchObject({ isWhole: true, rows });
      const report = await target.verify(plain);
      expect(report).toMatchObject({ ok: true, source: { rows, notTaken: 0, changedThere: 0 } });
      for (const { table, expected, rows: found } of report.tables) expect([table, expected]).toEqual([table, found]);
      expect(report.tables).toContainEqual(
        expect.objectContaining({ table: 'more.old_notes', kept: 1200, equal: 1200 }),
      );
      expect((await target.import(plain)).outcomes).toMatchObject({ placed: 0, changed: 0 });

      await withClient(old.superuserUrl, (client) => client.query('create table public.secrets (id int)'));
      expect(await target.import(plain)).toMatchObject({ isWhole: false, outcomes: { placed: 0, changed: 0 } });
      expect(await target.verify()).toMatchObject({
        ok: false,
        unread: [{ table: 'secrets', problem: 'The role that reads has no right to read secrets.' }],
      });
    } finally {
      await old.drop();
    }
  });

  it.each([
    ['a folder that is not there', '/no/such/folder', 'is no folder'],
    ['a folder without tables', temporaryFolder(), 'has no JSON files'],
    ['a database that does not answer', 'postgresql://nobody:secret@127.0.0.1:1/none', 'cannot be reached'],
  ])('refuses %s', async (_, from, message) => {
    const refused = target.import(from);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow('secret');
  });

  it('refuses a PhaseLedger database as its source', async () => {
    await expect(target.import(target.database.ownerUrl)).rejects.toThrow('is a PhaseLedger database');
  });

  it('lets one run at a time', async () => {
    await target.session(async (first) => {
      await first.lock();
      await expect(target.import(oldSystem())).rejects.toThrow('Another import, sync or rollback is running');
    });
  });
});

// Only where it is at hand: the project does not contain it.
if (existsSync(sample))
  test('a cycle of a real old system is taken over whole, proven, taken back and brought again', async () => {
    await target.import(sample);
    const proven = async () => {
      const { ok, differences, tables } = await target.verify(sample);
      expect({ ok, differences: differences.total }).toEqual({ ok: true, differences: 0 });
      const found = tables.flatMap(({ table, rows }) => (rows > 0 ? [`${table}.json`] : []));
      expect(found.sort()).toEqual(readdirSync(sample).sort());
      expect(tables.every(({ rows, equal }) => rows === equal)).toBe(true);
    };
    await proven();
    const state = await target.digest();
    for (const { key } of phases) await target.session((session) => rollBack(session, key, 1));
    expect(await target.query('select from phase_version')).toEqual([]);
    await target.import(sample);
    expect(await target.digest()).toBe(state);
    await proven();
  });
