/** The report of self-attestations: what is in it, that it is complete, and that it is the same again. */
import { Database } from '../../src/database/connection/database';
import { selfAttestedReport, type ReportOptions } from '../../src/proof/self-attested';
import { hashOf } from '../../src/versioning/content';
import { createDemoDatabase } from '../support/demo';
import { buildVersion, itemKeys, mutate, transition, type BuiltVersion } from '../support/builders';
import { TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { command as commandWith } from '../support/command';
import { ada, aud, ben, olga, tess, workflow, World } from '../support/world';
import { Drafts } from '../time/drafts';

let world: World;
let plan: BuiltVersion;
let planByAnother: BuiltVersion;
let scoping: BuiltVersion;
const { cycleId, reportId } = workflow;

const report = (options: Partial<ReportOptions> = {}) =>
  selfAttestedReport(world.db, { cycleId: null, from: null, to: null, asOf: null, ...options });

const approvedAt = async ({ versionId }: BuiltVersion) =>
  (await world.get(aud, `{ phaseVersion(versionId: "${versionId}") { reviewedAt } }`)).phaseVersion
    .reviewedAt as string;

/** Approves Planning's next version, made by one person and approved by another, with a note. */
async function planAgain(preparer: number, approver: number): Promise<BuiltVersion> {
  let version = await mutate(world, preparer, 'createVersion', 'CreateVersionInput', {
    cycleId,
    reportId,
    phase: 'PLANNING',
  });
  version = await transition(world, preparer, 'submitVersion', version);
  return transition(world, approver, 'approveVersion', version, '=Checked, and "right"');
}

beforeAll(async () => {
  world = await World.create();
  scoping = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 2 });
  planByAnother = await planAgain(ada, ben);
  plan = await planAgain(ben, ben);
});
afterAll(() => world.destroy());

describe('the report', () => {
  test('has every version whose approver edited or submitted it, of everything that was approved, and no other', async () => {
    const { rows, rowCount, totals } = await report();
    expect(rows.map(({ kind, phase, versionNumber, giverId }) => ({ kind, phase, versionNumber, giverId }))).toEqual([
      { kind: 'APPROVAL', phase: 'PLANNING', versionNumber: 1, giverId: ada },
      { kind: 'APPROVAL', phase: 'PLANNING', versionNumber: 3, giverId: ben },
    ]);
    expect(planByAnother.versionNumber).toBe(2);
    expect(rowCount).toBe(2);
    expect(totals).toEqual({
      approved: 5,
      selfAttested: 2,
      signatures: 0,
      itemDecisions: 0,
      notPermitted: 0,
      byPhase: [
        { phase: 'PLANNING', approved: 3, selfAttested: 2 },
        { phase: 'DATA_PROFILING', approved: 1, selfAttested: 0 },
        { phase: 'SCOPING', approved: 1, selfAttested: 0 },
      ],
    });
  });

  test('says who, when, what, why, and by which commit', async () => {
    const { versionId } = plan;
    const { workflow: found } = await world.get(
      aud,
      `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { changes(first: 1) { nodes { sequence hash operation } } } }`,
    );
    const [commit] = found.changes.nodes;
    expect(commit.operation).toBe('approveVersion');
    expect((await report()).rows.at(-1)).toEqual({
      cycleId,
      cycle: 'Fourth quarter',
      reportId,
      reportNumber: 'CC-1',
      report: 'Credit cards',
      phase: 'PLANNING',
      versionNumber: 3,
      versionId,
      status: 'APPROVED',
      givenAt: await approvedAt(plan),
      giverId: ben,
      giver: (await world.get(ben, '{ viewer { name } }')).viewer.name,
      giverEdited: true,
      giverSubmitted: true,
      reliedOn: true,
      permitted: true,
      notes: '=Checked, and "right"',
      kind: 'APPROVAL',
      signOffRole: null,
      item: null,
      itemKey: null,
      said: 'APPROVED',
      changeSetSequence: commit.sequence,
      changeSetHash: commit.hash,
    });
  });

  test('keeps to a cycle and to when it was given: from an instant on, until before another', async () => {
    const at = new Date(await approvedAt(plan));
    const later = new Date(at.getTime() + 1);
    const numbers = async (options: Partial<ReportOptions>) =>
      (await report(options)).rows.map(({ versionNumber }) => versionNumber);
    expect(await numbers({ cycleId })).toEqual([1, 3]);
    expect(await numbers({ from: at })).toEqual([3]);
    expect(await numbers({ from: later })).toEqual([]);
    expect(await numbers({ to: at })).toEqual([1]);
    expect(await numbers({ to: later })).toEqual([1, 3]);
    expect((await report({ from: at })).totals.approved).toBe(1);
    await expect(report({ cycleId: reportId })).rejects.toThrow(`There was no cycle ${reportId}`);
  });

  test('is the same again at its instant, whatever was approved, renamed or changed since', async () => {
    const first = await report();
    await planAgain(ada, ada);
    await world.sql('owner', `update users set name = 'Somebody Else' where user_id = ${ben}`);
    await world.sql('owner', `update cycles set name = 'Another quarter'`);
    const again = await report({ asOf: new Date(first.parameters.asOf) });
    expect({ ...again, runAt: '' }).toEqual({ ...first, runAt: '' });
    expect(again.rowsHash).toBe(hashOf(JSON.parse(JSON.stringify(first.rows)) as never));
    const today = await report();
    expect(today.rowCount).toBe(3);
    expect(today.rowsHash).not.toBe(first.rowsHash);
    await expect(report({ asOf: new Date(Date.now() + 3_600_000) })).rejects.toThrow('has not come yet');
    expect((await report({ asOf: new Date('2020-01-01') })).totals.approved).toBe(0);
  });

  test('shows an exception of another phase, which is not permitted', async () => {
    await world.sql('owner', 'insert into version_editor (version_id, user_id, stream_id) values ($1, $2, $3)', [
      scoping.versionId,
      olga,
      workflow.workflowId,
    ]);
    const { rows, totals } = await report();
    const exception = { phase: 'SCOPING', giverId: olga, giverEdited: true, giverSubmitted: false, reliedOn: true };
    // She had decided on its two items as well.
    expect(rows.filter(({ permitted }) => !permitted)).toMatchObject([
      ...[1, 2].map(() => ({ ...exception, kind: 'ITEM_DECISION', said: 'APPROVED', item: expect.any(String) })),
      { ...exception, kind: 'APPROVAL', said: 'APPROVED' },
    ]);
    expect(totals).toMatchObject({ notPermitted: 3, itemDecisions: 2 });
  });

  test('shows a signature and a decision that stopped counting, which no approval rests on', async () => {
    const own = await World.create();
    try {
      const drafts = new Drafts(own, 'FINALIZE_TEST_REPORT');
      const draft = await buildVersion(own, { phase: 'FINALIZE_TEST_REPORT', items: 1, status: 'PENDING_APPROVAL' });
      const [itemKey] = await itemKeys(own, draft.versionId);
      await drafts.decide(draft, { [itemKey!]: 'APPROVED' });
      await own.get(ben, 'mutation ($input: SignOffInput!) { signOff(input: $input) { version { id } } }', {
        input: {
          versionId: draft.versionId,
          expectedRevision: draft.revision + 1,
          role: 'test_lead',
          status: 'SIGNED',
          meaning: 'review',
        },
      });
      const nothing = { cycleId: null, from: null, to: null, asOf: null };
      const listed = async () =>
        (await selfAttestedReport(own.db, nothing)).rows.filter(({ versionId }) => versionId === draft.versionId);
      expect(await listed()).toEqual([]);
      const withdrawn = await transition(own, ada, 'withdrawVersion', { ...draft, revision: draft.revision + 1 });
      await transition(own, ben, 'submitVersion', withdrawn);
      await own.sql('owner', 'insert into version_editor (version_id, user_id, stream_id) values ($1, $2, $3)', [
        draft.versionId,
        tess,
        workflow.workflowId,
      ]);
      const uncounted = { versionId: draft.versionId, status: 'PENDING_APPROVAL', reliedOn: false, permitted: true };
      expect(await listed()).toMatchObject([
        { ...uncounted, kind: 'ITEM_DECISION', itemKey, giverId: tess, giverEdited: true, giverSubmitted: false },
        { ...uncounted, kind: 'SIGNATURE', signOffRole: 'test_lead', giverId: ben, giverSubmitted: true },
      ]);
      expect((await selfAttestedReport(own.db, nothing)).totals).toMatchObject({
        signatures: 1,
        itemDecisions: 1,
        notPermitted: 0,
      });
    } finally {
      await own.destroy();
    }
  });

  test('is noted as a read of the logs it names', async () => {
    const noted = () =>
      world.sql(
        'owner',
        `select stream_id from log.change_log_read where field = 'report:self-attested' and reader_id is null and origin = 'command'`,
      );
    const before = (await noted()).length;
    await report();
    expect((await noted()).slice(before)).toEqual([{ stream_id: workflow.workflowId }]);
  });
});

describe('the command', () => {
  const command = (args: readonly string[]) =>
    commandWith('report-self-attested', args, { DATABASE_URL: world.database.serviceUrl });

  test('prints it for people: what it is of, each version, the totals; exit code 1 where one is not permitted', async () => {
    const { code, out, err } = await command([]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(
      /^Approvals, signatures and decisions of people who edited or submitted the version\n\nSource +phase_version, /,
    );
    expect(out).toMatch(
      /^Rows +6; 3 not permitted\nApprovals +4 of 6 approved versions\nSignatures +0\nItem decisions +2$/m,
    );
    expect(out).toMatch(
      /CC-1 Credit cards · .* · Planning, version 3: permitted\n {2}approved by .* who edited and submitted it; commit \d+ of its workflow\n {2}=Checked, and "right"$/m,
    );
    expect(out).toMatch(/Scoping, version 1: NOT PERMITTED\n {2}“.+” approved by Olga .*, who edited it/m);
    expect(out).toMatch(/^Planning +4 approved, 3 by somebody who edited or submitted them$/m);
    const { phaseVersion } = await world.get(aud, `{ phaseVersion(versionId: "${scoping.versionId}") { createdAt } }`);
    const { code: planned } = await command(['--to', phaseVersion.createdAt as string]);
    expect(planned).toBe(0);
  });

  test('prints it as JSON, the same again at its instant', async () => {
    const first = JSON.parse((await command(['--json', '--cycle', cycleId.toUpperCase()])).out) as {
      parameters: { asOf: string };
    };
    expect(first).toMatchObject({ rowCount: 6, parameters: { cycleId, from: null, to: null } });
    await planAgain(ada, ada);
    const again = await command(['--json', '--cycle', cycleId, '--as-of', first.parameters.asOf]);
    expect(JSON.parse(again.out)).toEqual({ ...first, runAt: expect.any(String) as string });
  });

  test('prints it as CSV that a spreadsheet takes for text', async () => {
    const lines = (await command(['--csv', '--from', '2026-01-01'])).out.trimEnd().split('\r\n');
    const head = lines.filter((line) => line.startsWith('# '));
    expect(head).toContain('# Given: from 2026-01-01T00:00:00.000Z until before the instant of asOf');
    expect(head).toContainEqual(expect.stringMatching(/^# Rows: 7; 3 not permitted$/));
    const [columns, ...rows] = lines.slice(head.length);
    expect(columns).toMatch(/^kind,cycleId,cycle,reportId,.*,notes,changeSetSequence,changeSetHash$/);
    expect(rows).toHaveLength(7);
    expect(rows[4]).toContain(`,${ben},Somebody Else,true,true,true,true,"'=Checked, and ""right""",`);
  });

  test.each([
    [['--cycle', 'Q4'], /It is a UUID/],
    [
      ['--cycle', '0194d2a0-5c00-7000-8000-00000000dead'],
      /^There was no cycle 0194d2a0-5c00-7000-8000-00000000dead at 20/,
    ],
    [['--from', 'yesterday'], /Write a day/],
    [['--to', '2026-02-30'], /Write a day/],
    [['--from', '2026-11-02', '--to', '2026-11-01'], /^--from must be earlier than --to\./],
    [['--as-of', '2999-01-01'], /has not come yet/],
    [['--json', '--csv'], /cannot be used with/],
  ])('refuses %j and says what to write', async (args, message) => {
    const { code, out, err } = await command(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
  });
});

test('of the demo: every plan was attested by the tester who made it, and nothing else was', async () => {
  const database = await createDemoDatabase();
  const db = new Database({ url: database.serviceUrl, poolSize: 5, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  try {
    const { rows, totals } = await selfAttestedReport(db, { cycleId: null, from: null, to: null, asOf: null });
    const planning = totals.byPhase.find(({ phase }) => phase === 'PLANNING')!;
    expect(
      rows.map(({ reportNumber, phase, versionNumber, giver }) => [reportNumber, phase, versionNumber, giver]),
    ).toEqual([
      ['CC-14M D.1', 'PLANNING', 1, 'Ada Lindqvist'],
      ['CC-14M D.1', 'PLANNING', 2, 'Ada Lindqvist'],
      ['LQ-52 S', 'PLANNING', 1, 'Ben Okafor'],
    ]);
    expect(planning.selfAttested).toBe(rows.length);
    expect(totals).toMatchObject({ notPermitted: 0 });
    expect(rows.every(({ notes, changeSetHash }) => notes !== null && changeSetHash !== null)).toBe(true);
  } finally {
    await db.close();
    await database.drop();
  }
});
