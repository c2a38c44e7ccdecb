/** Versions across phases and workflows, and workflows by what happens in them. */
import { phases } from '../../src/phases';
import { lastCommit, pass } from '../past/support';
import { buildRecord, buildVersion, transition, type BuiltVersion } from '../support/builders';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  makeDataOwners,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

let world: World;
let pending: BuiltVersion;
let deleted: BuiltVersion;
let before: string;

beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga);
  await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: ben, approver: ben, status: 'APPROVED' });
  before = await lastCommit(world, otherWorkflow.workflowId);
  await pass(before);
  await buildVersion(world, { phase: 'DATA_PROFILING', of: otherWorkflow, preparer: ben });
  await buildRecord(world, { phase: 'REQUEST_INFO' });
  pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'REJECTED' });
  const draft = await buildVersion(world, { phase: 'SCOPING' });
  deleted = await transition(world, ada, 'deleteVersion', draft);
});
afterAll(() => world.destroy());

interface Row {
  readonly versionId: string;
  readonly phase: string;
  readonly status: string;
  readonly createdAt: string;
  readonly submittedAt: string | null;
  readonly reviewedAt: string | null;
  readonly effectiveFrom: string | null;
  readonly effectiveTo: string | null;
  readonly createdBy: { userId: number };
  readonly submittedBy: { userId: number } | null;
  readonly reviewedBy: { userId: number } | null;
  readonly report: { name: string };
}
const selection =
  'versionId phase status createdAt submittedAt reviewedAt effectiveFrom effectiveTo createdBy { userId } submittedBy { userId } reviewedBy { userId } report { name }';

async function versions(filter: object | null = null, as = aud, more: object = {}): Promise<Row[]> {
  const { versions: found } = await world.get(
    as,
    `query ($filter: PhaseVersionFilter, $orderBy: PhaseVersionOrder, $asOf: DateTime) {
       versions(first: 100, filter: $filter, orderBy: $orderBy, asOf: $asOf) { totalCount nodes { ${selection} } } }`,
    { filter, ...more },
  );
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes;
}
const ids = (rows: readonly Row[]) => rows.map(({ versionId }) => versionId);

test('everybody finds the versions of the workflows they see, and nothing that is deleted', async () => {
  const rows = await world.sql<{ version_id: string; stream_id: string }>(
    'owner',
    'select version_id, stream_id from phase_version where not is_deleted',
  );
  const of = (...streams: string[]) =>
    rows.flatMap(({ version_id, stream_id }) => (streams.includes(stream_id) ? [version_id] : [])).sort();
  const all = of(workflow.workflowId, otherWorkflow.workflowId);
  expect(all.length).toBeGreaterThan(8);
  expect(all).not.toContain(deleted.versionId);
  for (const [person, seen] of [
    [aud, all],
    [tess, all],
    [eve, all],
    [root, all],
    [ben, all],
    [ada, of(workflow.workflowId)],
    [olga, of(workflow.workflowId)],
    [both, of(otherWorkflow.workflowId)],
    [stranger, []],
  ] as const)
    expect([person, ids(await versions(null, person)).sort()]).toEqual([person, seen]);
});

test('versions are found by what they show', async () => {
  const all = await versions();
  const by = (filter: object, holds: (row: Row) => unknown) =>
    versions(filter).then((found) => {
      expect([filter, ids(found)]).toEqual([filter, ids(all.filter(holds))]);
      return found.length;
    });
  let found = 0;
  for (const { key } of phases) found += await by({ phases: [key] }, ({ phase }) => phase === key);
  expect(found).toBe(all.length);
  for (const status of ['DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'RECORDED'])
    expect(await by({ statuses: [status] }, (row) => row.status === status)).toBeGreaterThan(0);
  for (const userId of [ada, ben, olga, dan]) {
    await by({ createdBy: [userId] }, ({ createdBy }) => createdBy.userId === userId);
    await by({ handedInBy: [userId] }, ({ createdBy, submittedBy }) => (submittedBy ?? createdBy).userId === userId);
    await by({ submittedBy: [userId] }, ({ submittedBy }) => submittedBy?.userId === userId);
    await by({ reviewedBy: [userId] }, ({ reviewedBy }) => reviewedBy?.userId === userId);
  }
  await by({ isInForce: true }, ({ effectiveFrom, effectiveTo }) => effectiveFrom && !effectiveTo);
  await by({ isInForce: false }, ({ effectiveFrom, effectiveTo }) => !effectiveFrom || effectiveTo);
  const { createdAt } = all[2]!;
  await by({ createdSince: createdAt }, (row) => row.createdAt >= createdAt);
  await by({ createdUntil: createdAt }, (row) => row.createdAt < createdAt);
  const submittedAt = all.find((row) => row.versionId === pending.versionId)!.submittedAt!;
  await by({ submittedSince: submittedAt }, (row) => row.submittedAt !== null && row.submittedAt >= submittedAt);
  await by({ submittedUntil: submittedAt }, (row) => row.submittedAt !== null && row.submittedAt < submittedAt);
  const reviewedAt = all.find((row) => row.status === 'REJECTED')!.reviewedAt!;
  await by({ reviewedSince: reviewedAt }, (row) => row.reviewedAt !== null && row.reviewedAt >= reviewedAt);
  await by({ reviewedUntil: reviewedAt }, (row) => row.reviewedAt !== null && row.reviewedAt < reviewedAt);
  await by({ search: 'LIQUID' }, ({ report }) => report.name === 'Liquidity');
  expect(await by({ search: 'not yet' }, ({ status }) => status === 'REJECTED')).toBe(1);
  await by({ workflowIds: [otherWorkflow.workflowId] }, ({ report }) => report.name === 'Liquidity');
  await by({ reportIds: [workflow.reportId], statuses: ['DRAFT'] }, () => false);
  await by({ cycleIds: [workflow.cycleId] }, () => true);
  await by({ phases: [] }, () => false);
});

test('versions are in the order that is asked for; by default those started last come first', async () => {
  const all = await versions();
  expect(all.map(({ createdAt }) => createdAt)).toEqual(
    all
      .map(({ createdAt }) => createdAt)
      .sort()
      .reverse(),
  );
  const rank: Readonly<Record<string, (row: Row) => string | number>> = {
    CREATED_AT: ({ createdAt }) => createdAt,
    SUBMITTED_AT: ({ submittedAt }) => submittedAt ?? '',
    REVIEWED_AT: ({ reviewedAt }) => reviewedAt ?? '',
    PHASE: ({ phase }) => phases.findIndex(({ key }) => key === phase),
    REPORT_NAME: ({ report }) => report.name,
  };
  for (const [field, of] of Object.entries(rank)) {
    const ascending = await versions(null, aud, { orderBy: { field, direction: 'ASC' } });
    const oldestFirst = [...all].reverse();
    const sorted = oldestFirst.sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
    expect([field, ids(ascending)]).toEqual([field, ids(sorted)]);
    const descending = await versions(null, aud, { orderBy: { field, direction: 'DESC' } });
    expect([field, ids(descending)]).toEqual([field, ids(ascending).reverse()]);
  }
});

test('as of an instant, versions are found as they were then, by those who see them today', async () => {
  const then = await versions(null, aud, { asOf: before });
  expect(then.map(({ phase, status }) => [phase, status])).toEqual([['PLANNING', 'APPROVED']]);
  expect(ids(await versions(null, both, { asOf: before }))).toEqual(ids(then));
  expect(await versions(null, ada, { asOf: before })).toEqual([]);
  // What is deleted today is hidden in the past from those who may not see it.
  const [row] = await world.sql<{ at: Date }>(
    'owner',
    'select created_at as at from phase_version where version_id = $1',
    [deleted.versionId],
  );
  const asOf = row!.at.toISOString();
  for (const [person, sees] of [
    [aud, true],
    [ada, true],
    [ben, true],
    [olga, false],
    [tess, false],
  ] as const)
    expect([person, ids(await versions(null, person, { asOf })).includes(deleted.versionId)]).toEqual([person, sees]);
});

test('many versions take as many statements as few', async () => {
  const query = (first: number) =>
    `{ versions(first: ${first}, filter: { cycleIds: ["${workflow.cycleId}"] }) { totalCount nodes { ${selection} items(first: 2) { totalCount } } } }`;
  const phasesOf = 'SCOPING';
  const one = await world.counted(() =>
    world.get(aud, query(2).replace('cycleIds', `phases: [${phasesOf}], cycleIds`)),
  );
  await buildVersion(world, { phase: phasesOf });
  const many = await world.counted(() =>
    world.get(aud, query(50).replace('cycleIds', `phases: [${phasesOf}], cycleIds`)),
  );
  expect(many.result.versions.nodes.length).toBeGreaterThan(one.result.versions.nodes.length - 1);
  expect(many.statements).toHaveLength(one.statements.length);
});

describe('workflows', () => {
  const found = async (filter: object, as = aud, more: object = {}): Promise<string[]> => {
    const { workflows } = await world.get(
      as,
      `query ($filter: WorkflowFilter, $orderBy: WorkflowOrder, $asOf: DateTime) {
         workflows(first: 100, filter: $filter, orderBy: $orderBy, asOf: $asOf) { totalCount nodes { workflowId } } }`,
      { filter, ...more },
    );
    expect(workflows.totalCount).toBe(workflows.nodes.length);
    return workflows.nodes.map(({ workflowId }: any) => workflowId);
  };

  test.each([null, 'before'])('are found by how far each phase has come (as of: %s)', async (when) => {
    const asOf = when && before;
    const { workflows } = await world.get(
      aud,
      'query ($asOf: DateTime) { workflows(first: 100, asOf: $asOf) { nodes { workflowId phases { phase progress } } } }',
      { asOf },
    );
    const seen = new Set<string>();
    for (const { key } of phases)
      for (const progress of ['BLOCKED', 'READY', 'IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE']) {
        const those = workflows.nodes
          .filter((node: any) => node.phases.some((one: any) => one.phase === key && one.progress === progress))
          .map(({ workflowId }: any) => workflowId);
        if (those.length > 0) seen.add(progress);
        const filter = { phaseProgress: { phase: key, progress: [progress] } };
        expect([filter, await found(filter, aud, { asOf })]).toEqual([filter, those]);
      }
    expect(seen.size).toBe(when ? 3 : 5);
  });

  test('are found by what the viewer is there', async () => {
    const { workflowId: first } = workflow;
    const { workflowId: second } = otherWorkflow;
    expect(await found({ myRoles: ['TESTER'] }, ada)).toEqual([first]);
    expect((await found({ myRoles: ['TESTER'] }, ben)).sort()).toEqual([first, second].sort());
    expect(await found({ myRoles: ['TEST_LEAD'] }, ben)).toEqual([first]);
    expect(await found({ myRoles: ['REPORT_OWNER'] }, both)).toEqual([second]);
    expect(await found({ myRoles: ['TEST_EXECUTIVE', 'TESTER'] }, tess)).toEqual([first]);
    expect(await found({ myRoles: ['TESTER', 'TEST_LEAD', 'REPORT_OWNER', 'DATA_OWNER'] }, aud)).toEqual([]);
    expect(await found({ myRoles: [] }, ada)).toEqual([]);
  });

  test('are found by whether they are overdue', async () => {
    expect(await found({ isOverdue: true })).toEqual([]);
    const [{ today }] = (await world.sql<{ today: string }>(
      'owner',
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD') as today`,
    )) as [{ today: string }];
    await world.sql('owner', 'update cycles set end_date = $2::date where cycle_id = $1', [workflow.cycleId, today]);
    expect(await found({ isOverdue: true })).toEqual([]);
    await world.sql('owner', 'update cycles set end_date = $2::date - 1 where cycle_id = $1', [
      workflow.cycleId,
      today,
    ]);
    expect(await found({ isOverdue: true })).toHaveLength(2);
    expect(await found({ isOverdue: false })).toEqual([]);
    expect(await found({ isOverdue: true }, aud, { asOf: before })).toEqual([]);
  });

  test('are found, and put in order, by since when something waits', async () => {
    const orderBy = { field: 'WAITING_SINCE', direction: 'ASC' };
    expect(await found({}, aud, { orderBy })).toEqual([workflow.workflowId, otherWorkflow.workflowId]);
    const waiting = await world.sql<{ since: Date }>(
      'owner',
      `select min(coalesce(v.submitted_at, v.created_at)) as since from phase_version v join document_submissions d using (version_id)
       where v.stream_id = $1`,
      [workflow.workflowId],
    );
    const since = waiting[0]!.since;
    expect(await found({ waitsSinceBefore: since.toISOString() })).toEqual([]);
    expect(await found({ waitsSinceBefore: new Date(since.getTime() + 1).toISOString() })).toEqual([
      workflow.workflowId,
    ]);
  });
});
