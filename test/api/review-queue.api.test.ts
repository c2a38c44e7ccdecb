import {
  buildRecord,
  buildVersion,
  decideAll,
  demandPhase,
  mutate,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { ada, aud, ben, dan, olga, root, stranger, tess, workflow, World } from '../support/world';
import { makeWorkflow, now } from '../past/support';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'FINALIZE_TEST_REPORT', { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

const queueOf = async (userId: number, args = 'first: 100') =>
  (
    await world.get(
      userId,
      `{ reviewQueue(${args}) { totalCount pageInfo { hasNextPage endCursor } nodes { versionId phase status submittedAt } } }`,
    )
  ).reviewQueue;
const ids = async (userId: number, args?: string): Promise<string[]> =>
  (await queueOf(userId, args)).nodes.map(({ versionId }: BuiltVersion) => versionId);
const pending = (phase: string, more: object = {}) =>
  buildVersion(world, { phase, status: 'PENDING_APPROVAL', items: 1, ...more });

test('what was submitted waits for those who decide on it, until it is decided, withdrawn or deleted', async () => {
  const before = await ids(olga);
  const version = await pending('SCOPING');
  expect(await ids(olga)).toEqual([...before, version.versionId]);
  for (const userId of [ada, tess, dan, root, aud, stranger])
    expect(await ids(userId)).not.toContain(version.versionId);
  const withdrawn = await transition(world, ada, 'withdrawVersion', version);
  expect(await ids(olga)).toEqual(before);
  const again = await transition(world, ada, 'submitVersion', withdrawn);
  const approved = await transition(world, olga, 'approveVersion', await decideAll(world, olga, again, 'SCOPING'));
  expect(approved.status).toBe('APPROVED');
  expect(await ids(olga)).toEqual(before);
});

test('a report waits for everybody who signs it, and for the one who approves it', async () => {
  const version = await pending('FINALIZE_TEST_REPORT');
  for (const userId of [ben, olga, tess]) expect(await ids(userId)).toContain(version.versionId);
  await mutate(world, olga, 'signOff', 'SignOffInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    role: 'report_owner',
    status: 'SIGNED',
    meaning: 'Approval',
  });
  expect(await ids(olga)).not.toContain(version.versionId);
  expect(await ids(ben)).toContain(version.versionId);
});

test('not for the one who submitted it, except what is attested by its preparer', async () => {
  const report = await pending('FINALIZE_TEST_REPORT', { preparer: ben });
  expect(await ids(ben)).not.toContain(report.versionId);
  const plan = await pending('PLANNING');
  expect(await ids(ada)).toContain(plan.versionId);
});

test('documents wait for the testers who did not hand them in', async () => {
  const document = await buildRecord(world, { phase: 'REQUEST_INFO', by: ada });
  expect(await ids(ben, 'first: 100, phases: [REQUEST_INFO]')).toContain(document.versionId);
  expect(await ids(ada)).not.toContain(document.versionId);
  await mutate(world, ben, 'reviewDocument', 'ReviewDocumentInput', {
    versionId: document.versionId,
    expectedRevision: document.revision,
    status: 'ACCEPTED',
  });
  expect(await ids(ben)).not.toContain(document.versionId);
});

test('the oldest submission first, whatever was started first; by phase, page by page', async () => {
  const of = await makeWorkflow(world, workflow.cycleId);
  const drafts: BuiltVersion[] = [];
  for (let n = 0; n < 5; n++) drafts.push(await buildVersion(world, { phase: 'SCOPING', items: 1, of }));
  const submitted: string[] = [];
  for (const draft of [...drafts].reverse())
    submitted.push((await transition(world, ada, 'submitVersion', draft)).versionId);
  const all = await queueOf(olga, 'first: 100, phases: [SCOPING]');
  const times = all.nodes.map(({ submittedAt }: { submittedAt: string }) => submittedAt);
  expect(times).toEqual([...times].sort());
  expect(all.nodes.slice(-5).map(({ versionId }: BuiltVersion) => versionId)).toEqual(submitted);
  expect(all.nodes.every(({ phase }: { phase: string }) => phase === 'SCOPING')).toBe(true);
  const paged: string[] = [];
  for (let after = '', more = true; more;) {
    const page = await queueOf(olga, `first: 2, phases: [SCOPING]${after && `, after: "${after}"`}`);
    expect(page.totalCount).toBe(all.totalCount);
    paged.push(...page.nodes.map(({ versionId }: BuiltVersion) => versionId));
    ({ hasNextPage: more, endCursor: after } = page.pageInfo);
  }
  expect(paged).toEqual(all.nodes.map(({ versionId }: BuiltVersion) => versionId));
  expect((await ids(olga, 'last: 1, phases: [SCOPING]'))[0]).toBe(submitted.at(-1));
  expect(await world.codeOf(olga, '{ reviewQueue(first: 2, after: "bm9uZQ==") { totalCount } }')).toBe(
    'BAD_USER_INPUT',
  );
  expect(await world.codeOf(olga, '{ reviewQueue(first: 101) { totalCount } }')).toBe('BAD_USER_INPUT');
});

test('in the past nothing can be decided', async () => {
  const at = await now(world);
  expect(
    (await world.get(olga, `query @asOf(at: "${at}") { reviewQueue { totalCount } }`)).reviewQueue.totalCount,
  ).toBe(0);
});

test('as many statements for a long queue as for a short one', async () => {
  const others = [await makeWorkflow(world, workflow.cycleId), await makeWorkflow(world, workflow.cycleId)];
  const count = async () => {
    const query = `{ reviewQueue(first: 100) { totalCount nodes { versionId availableActions approvalRequirements { code status explanation } createdBy { name } } } }`;
    const { result, statements } = await world.counted(() => world.get(olga, query));
    return { size: result.reviewQueue.nodes.length as number, statements: statements.length };
  };
  // All kinds of versions that wait are there from the start.
  for (const phase of [
    'DATA_PROFILING',
    'SCOPING',
    'SAMPLE_SELECTION',
    'OBSERVATION_MANAGEMENT',
    'FINALIZE_TEST_REPORT',
  ])
    await pending(phase);
  await count(); // from the second time on, who asks is read together with what they ask for
  const few = await count();
  for (const of of [workflow, ...others])
    for (const phase of ['DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION', 'FINALIZE_TEST_REPORT']) {
      await pending(phase, { of });
      await pending(phase, { of });
    }
  const many = await count();
  expect(many.size).toBeGreaterThan(few.size + 15);
  expect(many.statements).toBe(few.statements);
});
