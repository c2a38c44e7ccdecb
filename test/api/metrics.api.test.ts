import { buildRecord, buildVersion, demandPhase, mutate, sendCommand, transition } from '../support/builders';
import { auditOnlyPhases } from '../../src/phases';
import { logFaults } from '../support/log';
import { ada, aud, both, dan, olga, otherWorkflow, root, stranger, tess, workflow, World } from '../support/world';

const { cycleId, reportId } = workflow;
let world: World;

const metrics = async (phase: string, fields: string, of = workflow) =>
  (
    await world.get(
      aud,
      `query ($c: UUID!, $r: UUID!, $p: Phase!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: $p) { metrics { ${fields} } } } }`,
      { c: of.cycleId, r: of.reportId, p: phase },
    )
  ).workflow.workflowPhase.metrics;

const refresh = (userId: number, args = `cycleId: "${cycleId}", reportId: "${reportId}"`) =>
  world.ask(userId, `mutation { refreshMetrics${args && `(${args})`} }`);

const kept = async (userId: number, args = 'first: 100') =>
  (
    await world.get(
      userId,
      `{ metrics(${args}) { totalCount nodes { id phase metricType metricValue metricMetadata calculatedAt periodStart periodEnd
         cycle { cycleId } report { reportId } } } }`,
    )
  ).metrics;

const hoursBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000;
const byKey = (key: string) => auditOnlyPhases.find((phase) => phase.key === key)!;

beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

test('where nothing has happened there is nothing to count, and no rate', async () => {
  const all =
    'versionCount approvedCount rejectedCount rejectionRate averageApprovalHours p90ApprovalHours carryForwardRate averageTurnaroundHours reassignmentCount revisionCount';
  expect(await metrics('PLANNING', all, otherWorkflow)).toEqual({
    versionCount: 0,
    approvedCount: 0,
    rejectedCount: 0,
    rejectionRate: null,
    averageApprovalHours: null,
    p90ApprovalHours: null,
    carryForwardRate: null,
    averageTurnaroundHours: null,
    reassignmentCount: 0,
    revisionCount: 0,
  });
});

test('versions, decisions, approval times, carried items and revisions of a fully versioned phase', async () => {
  const versions = async () =>
    (
      await world.get(
        aud,
        `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: SCOPING) { history(first: 50) { nodes {
           status submittedAt reviewedAt effectiveFrom } } } } }`,
        { c: cycleId, r: reportId },
      )
    ).workflow.workflowPhase.history.nodes as Record<string, string>[];
  const rejected = await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  await transition(world, ada, 'reviseVersion', rejected);
  await mutate(world, ada, 'createVersion', 'CreateVersionInput', { cycleId, reportId, phase: 'SCOPING' });
  const deleted = await buildVersion(world, { phase: 'SCOPING' });
  await transition(world, ada, 'deleteVersion', deleted);
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });

  const listed = await versions();
  const approved = listed.filter(({ effectiveFrom }) => effectiveFrom);
  const times = approved
    .map(({ submittedAt, reviewedAt }) => hoursBetween(submittedAt!, reviewedAt!))
    .sort((a, b) => a - b);
  const found = await metrics(
    'SCOPING',
    'versionCount approvedCount rejectedCount rejectionRate averageApprovalHours p90ApprovalHours carryForwardRate revisionCount',
  );
  expect(found).toMatchObject({ versionCount: listed.length, approvedCount: 2, rejectedCount: 1, revisionCount: 1 });
  expect(found.rejectionRate).toBeCloseTo(1 / 3, 10);
  expect(found.averageApprovalHours).toBeCloseTo(times.reduce((sum, time) => sum + time, 0) / times.length, 10);
  expect(found.p90ApprovalHours).toBeCloseTo(times[0]! + 0.9 * (times[1]! - times[0]!), 10);
  // The revised draft carried its parent's three items, the draft from the version in force three more. The rejected and the
  // last approved version have three items of their own beside a parent; the first version has no parent.
  expect(found.carryForwardRate).toBeCloseTo(6 / (6 + 6), 10);
});

test('reassignments, revisions of documents and turnaround times of audit-only phases', async () => {
  const owned = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
  const at = (version: { versionId: string; revision: number }) => ({
    versionId: version.versionId,
    expectedRevision: version.revision,
  });
  await sendCommand(world, ada, byKey('DATA_OWNER_ID'), 'transferDataOwner', {
    ...at(owned),
    toUserId: dan,
    reason: 'Knows the data.',
  });
  const document = await buildRecord(world, { phase: 'REQUEST_INFO' });
  await sendCommand(world, ada, byKey('REQUEST_INFO'), 'reviseDocument', {
    ...at(document),
    documentMetadata: { pages: 2 },
    revisionType: 'CORRECTION',
    reason: 'A page was missing.',
  });
  const request = await buildRecord(world, { phase: 'TEST_EXECUTION' });
  await buildRecord(world, { phase: 'TEST_EXECUTION', n: 2 });
  const answered = await sendCommand(world, dan, byKey('TEST_EXECUTION'), 'respondToTestAction', {
    ...at(request),
    responseStatus: 'COMPLETED',
  });
  expect(await metrics('DATA_OWNER_ID', 'versionCount reassignmentCount revisionCount')).toEqual({
    versionCount: 3,
    reassignmentCount: 1,
    revisionCount: 0,
  });
  expect(await metrics('REQUEST_INFO', 'reassignmentCount revisionCount')).toEqual({
    reassignmentCount: 0,
    revisionCount: 1,
  });
  const { phaseVersion } = await world.get(
    aud,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { ... on TestExecutionAudit { turnaroundTimeHours } } }`,
    { id: answered.versionId },
  );
  const { averageTurnaroundHours } = await metrics('TEST_EXECUTION', 'averageTurnaroundHours');
  expect(averageTurnaroundHours).toBeCloseTo(phaseVersion.turnaroundTimeHours, 8);
});

test('figures are kept as they were, in a commit of their own, and are not changed by what comes later', async () => {
  const { data } = await refresh(tess);
  const page = await kept(aud);
  expect(page.totalCount).toBe(data.refreshMetrics);
  expect(page.totalCount).toBeGreaterThan(20);
  for (const metric of page.nodes)
    expect(metric).toMatchObject({ cycle: { cycleId }, report: { reportId }, periodStart: null, periodEnd: null });
  const scoping = (await kept(aud, 'first: 1, phases: [SCOPING], metricTypes: ["versionCount"]')).nodes[0];
  expect(scoping.metricValue).toBe((await metrics('SCOPING', 'versionCount')).versionCount);
  expect(scoping.metricMetadata).toEqual({ unit: 'versions' });

  await buildVersion(world, { phase: 'SCOPING' });
  await refresh(olga);
  const [later, earlier] = (await kept(aud, 'first: 2, phases: [SCOPING], metricTypes: ["versionCount"]')).nodes;
  expect(earlier).toEqual(scoping);
  expect(later.metricValue).toBe(scoping.metricValue + 1);
  expect((await world.get(aud, 'query ($id: ID!) { node(id: $id) { id } }', { id: scoping.id })).node).toEqual({
    id: scoping.id,
  });
  const { workflow: seen } = await world.get(
    aud,
    `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { changes(first: 1) { nodes { operation actor { userId } } } } }`,
    { c: cycleId, r: reportId },
  );
  expect(seen.changes.nodes).toEqual([{ operation: 'refreshMetrics', actor: { userId: olga } }]);
  for (const change of ['update versioning_metrics set metric_value = 0', 'delete from versioning_metrics'])
    await expect(world.sql('owner', change)).rejects.toThrow('its rows are only ever added');
  expect(await world.session('superuser', logFaults)).toEqual([]);
});

test('a period counts what was started in it, and one that ends before it starts is refused', async () => {
  const future = await refresh(tess, `cycleId: "${cycleId}", periodStart: "2099-01-01T00:00:00Z"`);
  expect(future.data).toEqual({ refreshMetrics: 0 });
  const backwards = `periodStart: "2026-02-01T00:00:00Z", periodEnd: "2026-01-01T00:00:00Z"`;
  expect((await refresh(tess, backwards)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('who sees a workflow may have its figures kept; administrators and auditors write nothing, strangers see nothing', async () => {
  for (const userId of [root, aud]) expect((await refresh(userId)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await refresh(stranger)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await refresh(stranger, '')).data).toEqual({ refreshMetrics: 0 });
  expect((await kept(stranger)).totalCount).toBe(0);
  expect((await kept(both)).totalCount).toBe(0);
  expect((await kept(olga)).totalCount).toBeGreaterThan(0);
  const { nodes } = await kept(olga, 'first: 1');
  expect((await world.get(both, 'query ($id: ID!) { node(id: $id) { id } }', { id: nodes[0].id })).node).toBeNull();
});

test('the figures of all phases of many workflows are one statement', async () => {
  const query = '{ workflows(first: 10) { nodes { phases { metrics { versionCount rejectionRate } } } } }';
  const { statements } = await world.counted(() => world.get(aud, query));
  expect(statements.filter((sql) => sql.includes('percentile_cont'))).toHaveLength(1);
});
