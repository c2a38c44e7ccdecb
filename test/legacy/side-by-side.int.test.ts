/** Both systems at work: what changes there is brought over, what is worked on here stays, and a phase can be taken back. */
import { rollBack, WorkWouldBeLost } from '../../src/legacy/rollback';
import { statusOf } from '../../src/legacy/status';
import { compare } from '../../src/legacy/compare';
import { openSource } from '../../src/legacy/source';
import { recordsOf } from '../../src/legacy/staging';
import { withClient } from '../../packages/pg-client';
import { takenOver, Target } from '../support/import';
import { asFolder, at, oldSystem, row, type OldTables } from '../support/old-system';

let target: Target;
let tables: OldTables;
beforeEach(async () => {
  target = await takenOver();
  tables = oldSystem();
});
afterEach(() => target.drop());

const scoping = () => tables.cycle_report_scoping_versions!;
const currentOf = async (phase: string) =>
  (
    await target.query(
      `select version_number, status from phase_version where phase = '${phase}' and status = 'APPROVED'`,
    )
  )[0];

/** Work as the service does it: a draft of somebody's own in a phase. */
const workOn = (phase: string, versionNumber: number, actor = 1_000_011) =>
  withClient(target.database.serviceUrl, async (client) => {
    const { rows: [any] } = await client.query('select * from phase_version where phase = $1 order by version_number desc limit 1', [phase]); // prettier-ignore
    await client.query('begin');
    const { rows: [open] } = await client.query(`select log.open($1, $2, 'createVersion', null, null) as now`, [any.stream_id, actor]); // prettier-ignore
    await client.query(
      `insert into phase_version (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status, created_at, created_by, approval_required)
       select gen_random_uuid(), $1, $2, $3, $4, $5, 'FULL', $6, 'DRAFT', $7, $8, true`,
      [any.stream_id, any.master_record_id, any.cycle_id, any.report_id, phase, versionNumber, open.now, actor],
    );
    await client.query('commit');
  });

describe('sync', () => {
  it('does nothing where nothing has changed', async () => {
    const state = await target.digest();
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
    expect(await target.digest()).toBe(state);
  });

  it('brings a decision that was made there, and what it replaced', async () => {
    const pending = row('cycle_report_scoping_versions', {
      version_id: '11111111-2222-4333-8444-555555555555',
      phase_id: 1002,
      version_number: 5,
      version_status: 'pending_approval',
      parent_version_id: scoping()[3]!.version_id,
      submitted_by_id: 11,
      submitted_at: at(2000),
      created_at: at(1990),
      updated_at: at(2000),
      created_by_id: 11,
      updated_by_id: 11,
    });
    scoping().push(pending);
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 1, held: 0 });
    expect(await currentOf('SCOPING')).toEqual({ versionNumber: 4, status: 'APPROVED' });

    Object.assign(pending, {
      version_status: 'approved',
      approved_by_id: 12,
      approved_at: at(2100),
      approval_notes: 'Now',
      updated_at: at(2100),
      updated_by_id: 12,
    });
    Object.assign(scoping()[3]!, { version_status: 'superseded', updated_at: at(2100) });
    expect((await target.sync(tables)).outcomes).toMatchObject({ changed: 2, held: 0 });
    expect(await currentOf('SCOPING')).toEqual({ versionNumber: 5, status: 'APPROVED' });
    expect(await target.verify(tables)).toMatchObject({ ok: true });

    const fresh = await Target.create();
    try {
      await fresh.import(tables);
      const statuses =
        'select version_id, version_number, status::text, effective_from, effective_to, reviewed_by from phase_version order by 1';
      expect(await target.query(statuses)).toEqual(await fresh.query(statuses));
    } finally {
      await fresh.drop();
    }
  });

  it('brings a verdict, and the answer to it, into a document’s chain', async () => {
    const [first] = tables.cycle_report_test_cases!;
    const last = tables
      .cycle_report_test_cases_evidence!.filter((evidence) => evidence.test_case_id === first!.id)
      .at(-1)!;
    Object.assign(last, {
      tester_decision: 'requires_revision',
      tester_notes: 'Once more',
      decided_at: at(3000),
      updated_at: at(3000),
    });
    tables.cycle_report_test_cases_evidence!.push({
      ...last,
      id: 999_999,
      version_number: 3,
      submitted_at: at(3100),
      tester_decision: null,
      decided_by: null,
      decided_at: null,
      tester_notes: null,
      created_at: at(3100),
    });
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 1, held: 0 });
    const chain = await target.query(
      `select v.version_number, v.status::text, d.submission_status::text from phase_version v join document_submissions d using (version_id)
       where v.master_record_id = (select master_record_id from phase_version v join legacy.source_row s on s.target_id = v.version_id where s.source_key = '999999') order by 1`,
    );
    expect(chain.slice(-2)).toEqual([
      { versionNumber: chain.length - 1, status: 'SUPERSEDED', submissionStatus: 'REVISION_REQUESTED' },
      { versionNumber: chain.length, status: 'RECORDED', submissionStatus: 'PENDING_REVIEW' },
    ]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
  });

  it('takes a delivery that has the changed rows alone', async () => {
    const [version] = scoping();
    const changed = { ...version!, rejection_reason: 'Said more clearly', updated_at: at(4000) };
    await target.sync({ cycle_report_scoping_versions: [changed] });
    expect(
      await target.query('select approval_notes from phase_version where version_id = $1', [version!.version_id]),
    ).toEqual([{ approvalNotes: 'Said more clearly' }]);
    expect(await target.verify()).toMatchObject({ ok: true });
  });

  it('takes a row out of quarantine when what it waited for has come', async () => {
    const lone = row('cycle_report_test_execution_audit', {
      id: 77,
      execution_id: 4_040_404,
      action: 'created',
      performed_by: 11,
      performed_at: at(1),
      created_at: at(1),
    });
    tables.cycle_report_test_execution_audit!.push(lone);
    await target.sync(tables);
    expect(await target.query('select code from legacy.quarantine')).toEqual([{ code: 'WORKFLOW_UNKNOWN' }]);
    tables.cycle_report_test_execution_results!.push({
      ...tables.cycle_report_test_execution_results![0]!,
      id: 4_040_404,
    });
    await target.sync(tables);
    expect(await target.query('select code from legacy.quarantine')).toEqual([]);
    expect(
      await target.query(
        `select fate::text from legacy.source_row where table_name = 'cycle_report_test_execution_audit' and source_key = '77'`,
      ),
    ).toEqual([{ fate: 'MERGED' }]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
  });

  it('keeps aside what comes for a phase that is worked on here, and says so', async () => {
    await workOn('SCOPING', 5);
    const state = await target.query(
      `select version_id, status::text, revision from phase_version where phase = 'SCOPING' order by 1`,
    );
    Object.assign(scoping()[0]!, { rejection_reason: 'Changed there', updated_at: at(5000) });
    scoping().push({ ...scoping()[1]!, version_id: '22222222-2222-4333-8444-555555555555', version_number: 6 });
    expect((await target.sync(tables)).outcomes.held).toBe(2);
    expect(
      await target.query(
        `select version_id, status::text, revision from phase_version where phase = 'SCOPING' order by 1`,
      ),
    ).toEqual(state);
    const quarantine = await target.query('select source_key, code, row from legacy.quarantine order by code');
    expect(quarantine).toEqual([
      {
        sourceKey: expect.stringMatching(new RegExp(`^${scoping()[0]!.version_id as string}@`)),
        code: 'CHANGED_ON_BOTH_SIDES',
        row: expect.stringContaining('Changed there'),
      },
      { sourceKey: '22222222-2222-4333-8444-555555555555', code: 'WORK_HAS_BEGUN_HERE', row: expect.any(String) },
    ]);
    // Once, however often it is brought.
    await target.sync(tables);
    expect(await target.query('select source_key, code, row from legacy.quarantine order by code')).toEqual(quarantine);
  });

  it('takes a verdict back that was taken back there', async () => {
    const evidence = tables.cycle_report_test_cases_evidence!.find(({ tester_decision: said }) => said === 'approved')!;
    const of = () =>
      target.query(
        `select v.version_number, v.status::text, d.submission_status::text from phase_version v join document_submissions d using (version_id)
         where v.master_record_id = (select master_record_id from phase_version v join legacy.source_row s on s.target_id = v.version_id
           where s.table_name = 'cycle_report_test_cases_evidence' and s.source_key = $1) order by 1`,
        [String(evidence.id)],
      );
    const told = await of();
    expect(told.at(-1)).toMatchObject({ status: 'RECORDED', submissionStatus: 'ACCEPTED' });
    Object.assign(evidence, { tester_decision: null, validation_status: 'pending', updated_at: at(6000) });
    await target.sync(tables);
    expect((await of()).map(({ status, submissionStatus }) => [status, submissionStatus])).toEqual([
      ...told.slice(0, -2).map(({ status, submissionStatus }) => [status, submissionStatus]),
      ['RECORDED', 'PENDING_REVIEW'],
    ]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
    expect(
      await target.query(
        `select s.operation, s.reason, c.before ->> 'submission_status' as was from log.row_change c join log.change_set s using (stream_id, sequence)
         where c.table_name = 'document_submissions' and c.operation = 'DELETE'`,
      ),
    ).toEqual([{ operation: 'legacy sync', reason: 'The old system has taken it back.', was: 'ACCEPTED' }]);
  });

  it('keeps the decisions on a sample of which something else has changed', async () => {
    const sample = tables.cycle_report_sample_selection_samples!.find(({ report_owner_decision: said }) => said)!;
    const decided = () =>
      target.query(
        'select d.status::text from sample_decisions s join item_decision d using (version_id, item_key, item_hash) where s.item_id = $1',
        [sample.sample_id],
      );
    const before = await decided();
    expect(before).toHaveLength(1);
    Object.assign(sample, { created_by_id: 12, created_at: at(7000) });
    await target.sync(tables);
    expect(await decided()).toEqual(before);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
  });

  it('gives a person the role that they have there now, and a workflow its tester', async () => {
    Object.assign(tables.users![0]!, { role: 'Report Owner' });
    Object.assign(tables.cycle_reports![0]!, { tester_id: 14 });
    await target.sync(tables);
    expect(await target.query('select role::text from user_roles where user_id = 1000011')).toEqual([
      { role: 'REPORT_OWNER' },
    ]);
    expect(await target.query('select user_id from workflow_testers')).toEqual([{ userId: 1_000_014 }]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });

    await target.query(`delete from user_roles where user_id = 1000011`);
    Object.assign(tables.users![0]!, { last_name: 'Again' });
    expect((await target.sync(tables)).outcomes.held).toBe(1);
    expect(await target.query('select from user_roles where user_id = 1000011')).toEqual([]);
  });

  it('places a phase anew where what has changed cannot be changed step by step', async () => {
    const samples = tables.cycle_report_sample_selection_samples!;
    const versions = tables.cycle_report_sample_selection_versions!;
    const moved = samples.find(({ version_id: version }) => version === versions[0]!.version_id)!;
    Object.assign(moved, { version_id: versions[1]!.version_id, sample_identifier: 'Moved' });
    expect((await target.sync(tables)).outcomes).toMatchObject({ held: 0 });
    expect(await target.query('select version_id from sample_decisions where item_id = $1', [moved.sample_id])).toEqual(
      [{ versionId: versions[1]!.version_id }],
    );
    expect(await target.query(`select reason from log.change_set where reason like '%placed anew%'`)).toEqual([
      { reason: 'Sample Selection has changed in the old system, and is placed anew.' },
    ]);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
    expect((await target.sync(tables)).outcomes).toMatchObject({ placed: 0, changed: 0, held: 0 });
  });

  it('changes nobody who was changed here', async () => {
    await target.query(`update users set name = 'Tilda New' where user_id = 1000011`);
    tables.users![0]!.last_name = 'Older';
    expect((await target.sync(tables)).outcomes.held).toBe(1);
    expect(await target.query('select name from users where user_id = 1000011')).toEqual([{ name: 'Tilda New' }]);
  });
});

describe('compare', () => {
  it('tells on which side a row was changed', async () => {
    tables.cycle_report_planning_attributes![0]!.tester_notes = 'Changed there';
    const source = await openSource(asFolder(tables));
    const report = await target.session((session) =>
      session.snapshot((tx) => compare(tx, { sample: 100, seed: 'x', source: recordsOf(source) })),
    );
    expect(report.ok).toBe(false);
    expect(report.rows.rows.map(({ table, side }) => [table, side])).toEqual([
      ['cycle_report_planning_attributes', 'CHANGED_THERE'],
    ]);
  });
});

describe('rollback', () => {
  const statusNow = async () =>
    Object.fromEntries(
      (await target.session(statusOf)).workflows[0]!.phases.map(({ phase, status }) => [phase, status]),
    );

  it('takes one phase back in one commit, and leaves everything else as it was', async () => {
    const others = async () =>
      target.query(
        `select to_jsonb(v)::text as row from phase_version v where phase <> 'SAMPLE_SELECTION' union all select to_jsonb(s)::text from legacy.source_row s where phase is distinct from 'SAMPLE_SELECTION' order by 1`,
      );
    const before = await others();
    const commits = async () =>
      (await target.query<{ n: number }>(`select count(*)::int as n from log.change_set`))[0]!.n;
    const made = await commits();
    const done = await target.session((session) => rollBack(session, 'SAMPLE_SELECTION', 1));
    expect(done).toEqual({ workflows: 1, versions: 3, sourceRows: 16 });
    expect(await commits()).toBe(made + 1);
    expect(await others()).toEqual(before);
    expect(await target.query(`select from phase_version where phase = 'SAMPLE_SELECTION'`)).toEqual([]);
    const [last] = await target.query(
      'select origin, operation, reason from log.change_set order by committed_at desc limit 1',
    );
    expect(last).toEqual({
      origin: 'import',
      operation: 'legacy rollback',
      reason: 'Sample Selection of import 1 is taken back.',
    });
    expect(await statusNow()).toMatchObject({ SAMPLE_SELECTION: 'rolled back', SCOPING: 'imported' });
    expect(await target.verify()).toMatchObject({ ok: true });
  });

  it.each([
    'PLANNING',
    'DATA_PROFILING',
    'SCOPING',
    'DATA_OWNER_ID',
    'REQUEST_INFO',
    'TEST_EXECUTION',
    'OBSERVATION_MANAGEMENT',
    'FINALIZE_TEST_REPORT',
  ])('takes %s back, and an import brings the same again', async (phase) => {
    const state = await target.digest();
    await target.session((session) => rollBack(session, phase, 1));
    expect(await target.digest()).not.toBe(state);
    expect(await target.sync(tables)).toMatchObject({ outcomes: { placed: 0, changed: 0 }, leftAlone: [phase] });
    await target.import(tables);
    expect(await target.digest()).toBe(state);
    expect(await target.verify(tables)).toMatchObject({ ok: true });
  });

  it('refuses when there was work since, lists it, and changes nothing', async () => {
    await workOn('SCOPING', 5);
    expect(await statusNow()).toMatchObject({ SCOPING: 'live', PLANNING: 'imported' });
    const state = await target.digest();
    const refused = target.session((session) => rollBack(session, 'SCOPING', 1));
    await expect(refused).rejects.toBeInstanceOf(WorkWouldBeLost);
    await refused.catch(({ work }: WorkWouldBeLost) =>
      expect(work).toEqual([
        expect.objectContaining({
          versionNumber: 5,
          status: 'DRAFT',
          operation: 'createVersion',
          origin: 'api',
          actor: 'Tilda Old',
        }),
      ]),
    );
    expect(await target.digest()).toBe(state);
  });

  it('and somebody who begins to work at the same moment: one of them waits, nothing is lost', async () => {
    for (let i = 0; i < 5; i++) {
      const [taken, worked] = await Promise.allSettled([
        target.session((session) => rollBack(session, 'DATA_PROFILING', 1)),
        workOn('DATA_PROFILING', 90 + i),
      ]);
      const left = await target.query<{ createdBy: number }>(
        `select version_number from phase_version where phase = 'DATA_PROFILING' and version_number >= 90`,
      );
      // What was worked on is there, whoever came first.
      if (worked.status === 'fulfilled') expect(left.length).toBeGreaterThan(0);
      if (taken.status === 'fulfilled') break;
      expect(String(taken.reason)).toMatch(/work|refuse|frozen|version/i);
    }
  });

  it('refuses what is not there', async () => {
    await expect(target.session((session) => rollBack(session, 'SCOPING', 9))).rejects.toThrow(
      'There is nothing of Scoping to take back from import 9',
    );
  });
});

describe('what an import may do, the owner may not do by hand', () => {
  it.each([
    [
      'the content of an approved version',
      `update scoping_versions set scoping_criteria = '{}' where version_id in (select version_id from phase_version where phase = 'SCOPING' and status = 'APPROVED')`,
    ],
    ['a decision', `delete from item_decision`],
    ['an approved version', `update phase_version set approval_notes = 'x' where status = 'APPROVED'`],
  ])('%s', async (_, sql) => {
    await expect(target.query(sql)).rejects.toThrow(/frozen|stays as it is|only ever added/);
  });

  it('also not in a commit of an import, once somebody has worked on it', async () => {
    await withClient(target.database.serviceUrl, async (client) => {
      const { rows } = await client.query(
        `select * from phase_version where phase = 'SCOPING' and status = 'REJECTED'`,
      );
      await client.query('begin');
      await client.query(`select log.open($1, 1000011, 'deleteVersion', 'It is not needed.', null)`, [
        rows[0].stream_id,
      ]);
      await client.query(
        `update phase_version set is_deleted = true, deleted_at = now(), deleted_by = 1000011, revision = revision + 1 where version_id = $1`,
        [rows[0].version_id],
      );
      await client.query('commit');
    });
    await expect(
      target.session((session) =>
        session.transaction(async () => {
          const [version] = await session.query<{ streamId: string; versionId: string }>(
            'select stream_id, version_id from phase_version where is_deleted',
          );
          await session.query(`select log.open_import($1, null, 'legacy sync', null, null)`, [version!.streamId]);
          await session.query(`update phase_version set approval_notes = 'Yes' where version_id = $1`, [
            version!.versionId,
          ]);
        }),
      ),
    ).rejects.toThrow('stays as it is');
  });

  it('nor name a person without saying when', async () => {
    await expect(
      target.session((session) =>
        session.transaction(async () => {
          await session.query(`select log.open_import(stream_id, 1000011, 'x', null, null) from phase_version limit 1`);
        }),
      ),
    ).rejects.toThrow('an import is the owner’s, and names a person only with when it happened');
  });

  it('and the service cannot import', async () => {
    await withClient(target.database.serviceUrl, (client) =>
      expect(
        client.query(`select log.open_import(stream_id, 1000011, 'x', null, now()) from phase_version limit 1`),
      ).rejects.toThrow('permission denied'),
    );
  });
});
