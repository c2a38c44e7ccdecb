/** What waits for whom: the work list of each person, and the turn of each version, which say the same. */
import {
  buildRecord,
  buildVersion,
  decideAll,
  demandPhase,
  mutate,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { phases } from '../../src/phases';
import { ada, aud, ben, dan, eve, olga, root, stranger, tess, workflow, World } from '../support/world';
import { makeWorkflow, now } from '../past/support';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'FINALIZE_TEST_REPORT', { of: workflow, preparer: ada });
  await assign(workflow, 'BACKUP');
});
afterAll(() => world.destroy());

/** Makes Dan an owner of data. */
const assign = ({ cycleId, reportId }: typeof workflow, assignmentType: string) =>
  mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
    cycleId,
    reportId,
    dataOwnerId: dan,
    assignmentType,
  });

interface Entry {
  readonly ask: string;
  readonly since: string;
  readonly reason: string;
  readonly actions: string[];
  readonly version: { versionId: string; phase: string };
  readonly workflow: { workflowId: string };
  readonly workflowPhase: { phase: string };
}
const entry = 'ask since reason actions version { versionId phase } workflow { workflowId } workflowPhase { phase }';

const workOf = async (userId: number, filter = '{}', order = ''): Promise<Entry[]> =>
  (await world.get(userId, `{ myWork(first: 100, filter: ${filter}${order}) { nodes { ${entry} } } }`)).myWork.nodes;
/** What is asked of a person about one version. */
const askedOf = async (userId: number, { versionId }: BuiltVersion, filter?: string): Promise<Entry | undefined> =>
  (await workOf(userId, filter)).find(({ version }) => version.versionId === versionId);
const turnOf = async ({ versionId }: BuiltVersion, as = aud, directive = '') =>
  (
    await world.get(
      as,
      `query ${directive} { phaseVersion(versionId: "${versionId}") { turn { ask since reason people { userId } } } }`,
    )
  ).phaseVersion.turn;
const peopleOf = (turn: { people: { userId: number }[] }) => turn.people.map(({ userId }) => userId);
const pending = (phase: string, more: object = {}) =>
  buildVersion(world, { phase, status: 'PENDING_APPROVAL', items: 1, ...more });
const everybody = [ada, ben, olga, dan, eve, tess, root, aud, stranger];
const waits = '{ asks: [WAIT] }';
const followsUp = '{ asks: [FOLLOW_UP] }';

test('a draft waits for those who wrote it, what was submitted for who decides, and what was rejected for its makers again', async () => {
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 2 });
  expect(await askedOf(ada, draft)).toMatchObject({
    ask: 'FINISH',
    reason: 'The draft has not been submitted.',
    actions: expect.arrayContaining(['EDIT', 'SUBMIT']),
    workflow: { workflowId: workflow.workflowId },
    workflowPhase: { phase: 'SCOPING' },
  });
  for (const userId of everybody.filter((one) => one !== ada)) expect(await askedOf(userId, draft)).toBeUndefined();

  const submitted = await transition(world, ada, 'submitVersion', draft);
  expect(await askedOf(olga, draft)).toMatchObject({
    ask: 'DECIDE',
    reason: '2 of 2 items are undecided.',
    actions: ['REJECT', 'DECIDE_ITEMS'],
  });
  expect(await askedOf(ada, draft)).toBeUndefined();
  expect(await askedOf(ada, draft, waits)).toMatchObject({ ask: 'WAIT', actions: ['WITHDRAW'] });
  expect(await askedOf(ben, draft, waits)).toBeUndefined();

  const decided = await decideAll(world, olga, submitted, 'SCOPING');
  expect(await askedOf(olga, draft)).toMatchObject({
    reason: 'Nothing but the decision is missing.',
    actions: expect.arrayContaining(['APPROVE']),
  });
  const rejected = await transition(world, olga, 'rejectVersion', decided, 'Not yet.');
  expect(await askedOf(ada, rejected)).toMatchObject({ ask: 'REVISE', actions: ['REVISE', 'DELETE'] });
  expect(await askedOf(ben, rejected)).toBeUndefined();
  expect(await askedOf(olga, rejected)).toBeUndefined();

  const revised = await transition(world, ben, 'reviseVersion', rejected);
  expect(await askedOf(ada, rejected)).toBeUndefined();
  expect(await askedOf(ben, revised)).toMatchObject({ ask: 'RESUBMIT' });
  await transition(world, ben, 'deleteVersion', revised);
  expect(await askedOf(ada, rejected)).toMatchObject({ ask: 'REVISE' });
  await transition(world, ada, 'deleteVersion', rejected);
  expect(await askedOf(ada, rejected)).toBeUndefined();
});

test('the turn of a version names people: those who may, and have not worked on it', async () => {
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  expect(await turnOf(draft)).toMatchObject({ ask: 'FINISH', people: [{ userId: ada }] });
  const submitted = await transition(world, ada, 'submitVersion', draft);
  const turn = await turnOf(submitted);
  expect(turn).toMatchObject({ ask: 'DECIDE', people: [{ userId: olga }] });
  // Of the version, and not of who asks.
  for (const userId of [ada, ben, olga]) expect(await turnOf(submitted, userId)).toEqual(turn);
  const approved = await transition(world, olga, 'approveVersion', await decideAll(world, olga, submitted, 'SCOPING'));
  expect(await turnOf(approved)).toBeNull();
});

test('what nobody who is left could do says so', async () => {
  const of = await makeWorkflow(world, workflow.cycleId);
  await demandPhase(world, 'SCOPING', { of, preparer: ada });
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 1, of });
  const submitted = await transition(world, ada, 'submitVersion', draft);
  await world.sql('owner', 'update workflows set report_owner_id = null where workflow_id = $1', [of.workflowId]);
  expect(await turnOf(submitted)).toMatchObject({
    ask: 'DECIDE',
    people: [],
    reason: expect.stringContaining('Nobody in this workflow can be expected to do that now.'),
  });
});

test('in a closed cycle nobody is asked to begin anything, and what was begun goes on', async () => {
  const cycleId = '0194d2a0-5c00-7000-8000-0000000000c1';
  await world.sql('owner', `insert into cycles (cycle_id, name) values ($1, 'A short one')`, [cycleId]);
  const of = await makeWorkflow(world, cycleId);
  await demandPhase(world, 'SAMPLE_SELECTION', { of, preparer: ada });
  const owning = await assign(of, 'PRIMARY');
  const rejected = await buildVersion(world, { phase: 'SCOPING', items: 1, of, status: 'REJECTED' });
  const draft = await buildVersion(world, { phase: 'SAMPLE_SELECTION', items: 1, of });
  expect(await askedOf(ada, rejected)).toMatchObject({ ask: 'REVISE' });
  expect(await askedOf(dan, owning)).toMatchObject({ ask: 'HAND_IN' });
  await world.sql('owner', `update cycles set cycle_status = 'CLOSED' where cycle_id = $1`, [cycleId]);
  expect(await askedOf(ada, rejected)).toBeUndefined();
  expect(await askedOf(dan, owning)).toBeUndefined();
  expect(await turnOf(rejected)).toMatchObject({ ask: 'REVISE', people: [] });
  expect(await askedOf(ada, draft)).toMatchObject({ ask: 'FINISH' });
});

test('a report is signed first, by each of those who have not, and then decided on', async () => {
  const version = await pending('FINALIZE_TEST_REPORT');
  expect(peopleOf(await turnOf(version))).toEqual([ben, olga, tess]);
  for (const userId of [ben, olga, tess]) expect(await askedOf(userId, version)).toMatchObject({ ask: 'SIGN' });
  for (const [userId, role] of [
    [ben, 'test_lead'],
    [tess, 'test_executive'],
  ] as const)
    await mutate(world, userId, 'signOff', 'SignOffInput', {
      versionId: version.versionId,
      expectedRevision: version.revision,
      role,
      status: 'SIGNED',
      meaning: 'Approval',
    });
  expect(await turnOf(version)).toMatchObject({
    ask: 'SIGN',
    people: [{ userId: olga }],
    reason: expect.stringContaining('The report owner (Olga Petrenko) has not signed'),
  });
  expect(await askedOf(ben, version)).toBeUndefined();
  expect(await askedOf(tess, version)).toMatchObject({ ask: 'DECIDE', actions: ['REJECT', 'DECIDE_ITEMS'] });
});

test('a delegate is asked for the signature, and nobody else is any more', async () => {
  const version = await pending('FINALIZE_TEST_REPORT');
  await mutate(world, ben, 'delegateSignOff', 'DelegateSignOffInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    role: 'test_lead',
    toUserId: stranger,
    reason: 'On leave.',
  });
  expect(await askedOf(stranger, version)).toMatchObject({ ask: 'SIGN', actions: ['SIGN_OFF'] });
  expect(await askedOf(ben, version)).toBeUndefined();
  expect(peopleOf(await turnOf(version))).toEqual([olga, tess, stranger]);
});

test('whoever owns data is expected to hand something in, once, until they have', async () => {
  const of = await makeWorkflow(world, workflow.cycleId);
  await demandPhase(world, 'SAMPLE_SELECTION', { of, preparer: ada });
  const owning = await assign(of, 'PRIMARY');
  await assign(of, 'BACKUP');
  const handsIn = () => workOf(dan, `{ asks: [HAND_IN], workflowIds: ["${of.workflowId}"] }`);
  expect(await handsIn()).toEqual([
    expect.objectContaining({
      actions: [],
      version: { versionId: owning.versionId, phase: 'DATA_OWNER_ID' },
      workflowPhase: { phase: 'REQUEST_INFO' },
    }),
  ]);
  expect(await turnOf(owning)).toMatchObject({ ask: 'HAND_IN', people: [{ userId: dan }] });
  await buildRecord(world, { phase: 'REQUEST_INFO', by: dan, of });
  expect(await handsIn()).toEqual([]);
  expect(await turnOf(owning)).toBeNull();
});

test('what waits for others is there for everybody else of the workflow who follows it up, and only on request', async () => {
  const of = await makeWorkflow(world, workflow.cycleId);
  await demandPhase(world, 'SAMPLE_SELECTION', { of, preparer: ada });
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 1, of });
  for (const userId of [ben, olga, tess])
    expect(await askedOf(userId, draft, followsUp)).toMatchObject({ ask: 'FOLLOW_UP', actions: [] });
  const submitted = await transition(world, ada, 'submitVersion', draft);
  for (const userId of [ben, tess])
    expect(await askedOf(userId, submitted, followsUp)).toMatchObject({
      ask: 'FOLLOW_UP',
      reason: '1 of 1 items are undecided.',
    });
  for (const userId of [ada, olga, dan, root, aud, stranger])
    expect(await askedOf(userId, submitted, followsUp)).toBeUndefined();
  expect(await askedOf(tess, submitted)).toBeUndefined();
  // Nobody is left who could do it.
  await world.sql('owner', 'update workflows set report_owner_id = null where workflow_id = $1', [of.workflowId]);
  expect(await askedOf(tess, submitted, followsUp)).toMatchObject({ ask: 'FOLLOW_UP' });

  // An owner of two things hands in once.
  await assign(of, 'PRIMARY');
  await assign(of, 'BACKUP');
  const expected = `{ asks: [FOLLOW_UP], phases: [REQUEST_INFO], workflowIds: ["${of.workflowId}"] }`;
  expect(await workOf(tess, expected)).toEqual([expect.objectContaining({ workflowPhase: { phase: 'REQUEST_INFO' } })]);
  expect(await workOf(dan, expected)).toEqual([]);
});

test('a document waits for its review, and one that was sent back for who handed it in', async () => {
  const document = await buildRecord(world, { phase: 'REQUEST_INFO', by: dan });
  for (const userId of [ada, ben]) expect(await askedOf(userId, document)).toMatchObject({ ask: 'REVIEW_DOCUMENT' });
  expect(await askedOf(dan, document, waits)).toMatchObject({ ask: 'WAIT', actions: [] });
  const sentBack = await mutate(world, ben, 'reviewDocument', 'ReviewDocumentInput', {
    versionId: document.versionId,
    expectedRevision: document.revision,
    status: 'REVISION_REQUESTED',
    notes: 'The second page is missing.',
  });
  expect(await askedOf(ada, document)).toBeUndefined();
  expect(await askedOf(dan, sentBack)).toMatchObject({
    ask: 'REVISE_DOCUMENT',
    reason: 'The document was sent back and has not been revised.',
    actions: ['REVISE_DOCUMENT'],
  });
  expect(peopleOf(await turnOf(sentBack))).toEqual([dan]);
  for (const userId of [ada, ben]) expect(await askedOf(userId, sentBack)).toBeUndefined();
});

test('a request waits for everybody but the one who made it', async () => {
  const request = await buildRecord(world, { phase: 'TEST_EXECUTION', by: ada });
  expect(await askedOf(ada, request)).toBeUndefined();
  expect(await askedOf(ada, request, waits)).toMatchObject({ ask: 'WAIT' });
  expect(await askedOf(ben, request)).toMatchObject({ ask: 'RESPOND', reason: 'The request has not been answered.' });
  expect(peopleOf(await turnOf(request))).toEqual([ben, dan]);
});

test('for each person, what is asked of them is what the turns of the versions say, and what they may do', async () => {
  for (const userId of everybody) {
    const { myWork } = await world.get(
      userId,
      `{ myWork(first: 100) { totalCount nodes { ask actions version { versionId availableActions turn { ask people { userId } } } } } }`,
    );
    expect(myWork.totalCount).toBe(myWork.nodes.length);
    for (const { ask, actions, version } of myWork.nodes) {
      if (version.turn.ask === ask) expect(peopleOf(version.turn)).toContain(userId);
      if (ask !== 'HAND_IN') expect(actions).not.toEqual([]);
      for (const action of actions) expect(version.availableActions).toContain(action);
    }
    const { reviewQueue } = await world.get(userId, '{ reviewQueue(first: 100) { nodes { versionId } } }');
    const decided = await workOf(userId, '{ asks: [SIGN, DECIDE, REVIEW_DOCUMENT] }');
    expect(decided.map(({ version }) => version.versionId)).toEqual(
      reviewQueue.nodes.map(({ versionId }: BuiltVersion) => versionId),
    );
  }
});

test('those who are assigned nowhere have nothing to do', async () => {
  for (const userId of [root, aud, eve]) expect(await workOf(userId)).toEqual([]);
});

test('what waits longest comes first, by phase, workflow and ask, page by page', async () => {
  await buildVersion(world, { phase: 'DATA_PROFILING', items: 1 });
  for (let n = 0; n < 3; n++) await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const all = await workOf(ada);
  const times = all.map(({ since }) => since);
  expect(all.length).toBeGreaterThan(3);
  expect(times).toEqual([...times].sort());
  const paged: string[] = [];
  for (let after = '', more = true; more;) {
    const { myWork } = await world.get(
      ada,
      `{ myWork(first: 2${after && `, after: "${after}"`}) { totalCount nodes { version { versionId } } pageInfo { hasNextPage endCursor } } }`,
    );
    expect(myWork.totalCount).toBe(all.length);
    paged.push(...myWork.nodes.map((one: Entry) => one.version.versionId));
    ({ hasNextPage: more, endCursor: after } = myWork.pageInfo);
  }
  expect(paged).toEqual(all.map(({ version }) => version.versionId));
  expect(await workOf(ada, '{ phases: [TEST_EXECUTION, SCOPING] }')).toEqual(
    all.filter(({ version: { phase } }) => ['TEST_EXECUTION', 'SCOPING'].includes(phase)),
  );
  expect(await workOf(ada, `{ asks: [FINISH], workflowIds: ["${workflow.workflowId}"] }`)).toEqual(
    all.filter(({ ask, workflow: { workflowId } }) => ask === 'FINISH' && workflowId === workflow.workflowId),
  );
  expect(await world.codeOf(ada, '{ myWork(first: 101) { totalCount } }')).toBe('BAD_USER_INPUT');
  expect(await world.codeOf(ada, '{ myWork(first: 2, after: "bm9uZQ==") { totalCount } }')).toBe('BAD_USER_INPUT');
});

test('is narrowed down by where the work is and since when it waits, and put in order', async () => {
  const [lobId, cycleId] = ['0194d2a0-5c00-7000-8000-0000000000d1', '0194d2a0-5c00-7000-8000-0000000000d2'];
  await world.sql('owner', `insert into lobs (lob_id, name) values ($1, 'Cards')`, [lobId]);
  await world.sql('owner', `insert into cycles (cycle_id, name) values ($1, 'Winter')`, [cycleId]);
  const of = await makeWorkflow(world, cycleId);
  await world.sql('owner', `update reports set lob_id = $1, name = 'Éclair [50%]' where report_id = $2`, [
    lobId,
    of.reportId,
  ]);
  for (let n = 0; n < 2; n++) await buildVersion(world, { phase: 'PLANNING', items: 1, of });
  const all = await workOf(ada);
  const there = all.filter((one) => one.workflow.workflowId === of.workflowId);
  expect(there).toHaveLength(2);
  for (const filter of [
    `cycleIds: ["${cycleId}"]`,
    `reportIds: ["${of.reportId}"]`,
    `lobIds: ["${lobId}"]`,
    'search: "éCLAIR [50%]"',
    'search: "winter"',
    `since: "${there[0]!.since}", workflowIds: ["${of.workflowId}"], phases: [PLANNING], asks: [FINISH]`,
  ])
    expect([filter, await workOf(ada, `{ ${filter} }`)]).toEqual([filter, there]);
  expect(await workOf(ada, `{ since: "${there[1]!.since}" }`)).toEqual(there.slice(1));
  expect(await workOf(ada, `{ until: "${there[0]!.since}" }`)).toEqual(all.slice(0, -2));
  for (const none of ['lobIds: []', 'asks: []', 'search: "Eclair"', `until: "${all[0]!.since}"`])
    expect(await workOf(ada, `{ ${none} }`)).toEqual([]);

  const inOrder = (field: string, direction: string) =>
    workOf(ada, '{}', `, orderBy: { field: ${field}, direction: ${direction} }`);
  expect(await inOrder('SINCE', 'ASC')).toEqual(all);
  for (const field of ['SINCE', 'PHASE', 'ASK', 'REPORT_NAME'])
    expect(await inOrder(field, 'DESC')).toEqual((await inOrder(field, 'ASC')).reverse());
  expect((await inOrder('REPORT_NAME', 'DESC')).slice(0, 2)).toEqual(there.reverse());
  const places = (await inOrder('PHASE', 'ASC')).map((one) =>
    phases.findIndex(({ key }) => key === one.workflowPhase.phase),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test.each(['', ', orderBy: { field: REPORT_NAME, direction: DESC }', ', orderBy: { field: PHASE, direction: ASC }'])(
  'a page goes on where the one before ended, also when what was last on it has been done since%s',
  async (order) => {
    const page = async (args: string) =>
      (
        await world.get(
          olga,
          `{ myWork(${args}, filter: { phases: [SCOPING] }${order}) { edges { cursor node { version { versionId revision } } } } }`,
        )
      ).myWork.edges;
    for (let n = 0; n < 4; n++) await pending('SCOPING');
    const all = await page('first: 100');
    const ids = (edges: readonly any[]) => edges.map(({ node }) => node.version.versionId);
    const gone = all[1];
    await transition(world, olga, 'rejectVersion', gone.node.version, 'Not so.');
    expect(ids(await page(`first: 100, after: "${gone.cursor}"`))).toEqual(ids(all).slice(2));
    expect(ids(await page(`last: 100, before: "${gone.cursor}"`))).toEqual(ids(all).slice(0, 1));
  },
);

test('as of an instant nothing can be done, but it is known whose turn it was', async () => {
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const drafted = await now(world);
  const submitted = await transition(world, ada, 'submitVersion', draft);
  const then = await now(world);
  await transition(world, olga, 'rejectVersion', submitted, 'No.');
  expect((await world.get(ada, `query @asOf(at: "${then}") { myWork { totalCount } }`)).myWork.totalCount).toBe(0);
  expect(await turnOf(draft, aud, `@asOf(at: "${drafted}")`)).toMatchObject({
    ask: 'FINISH',
    people: [{ userId: ada }],
  });
  expect(await turnOf(draft, aud, `@asOf(at: "${then}")`)).toMatchObject({ ask: 'DECIDE', people: [{ userId: olga }] });
  expect(await turnOf(draft)).toMatchObject({ ask: 'REVISE', people: [{ userId: ada }] });
});

test('as many statements for much work as for little, however often it is asked', async () => {
  const others = [await makeWorkflow(world, workflow.cycleId), await makeWorkflow(world, workflow.cycleId)];
  const count = async (asked: string) => {
    const { result, statements } = await world.counted(() => world.get(ada, `{ ${asked} }`));
    return { size: result.myWork.nodes.length as number, statements: statements.length };
  };
  const whole = `myWork(first: 100) { totalCount nodes { ${entry} version { turn { reason people { name } } } } }`;
  await count(whole);
  const few = await count(whole);
  for (const of of [workflow, ...others]) {
    await demandPhase(world, 'SCOPING', { of, preparer: ada });
    for (let n = 0; n < 3; n++) await buildVersion(world, { phase: 'SCOPING', items: 1, of });
  }
  const many = await count(whole);
  expect(many.size).toBeGreaterThan(few.size + 7);
  expect(many.statements).toBe(few.statements);
  expect(many.statements).toBeLessThanOrEqual(9);
  const twice = await count(`${whole} others: myWork(filter: { asks: [WAIT] }) { totalCount }`);
  expect(twice.statements).toBe(many.statements);
});
