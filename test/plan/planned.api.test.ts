/**
 * What is planned takes one statement, which reads who asks and how they stand to the workflow together with what they ask for: so
 * it is answered by what holds at that moment, whatever was answered before.
 */
import { startTestServer } from '../support/server';
import { buildVersion } from '../support/builders';
import { lastCommit, now as latest, pass } from '../past/support';
import { ada, olga, token, workflow, World } from '../support/world';

let world: World;
const { cycleId, reportId } = workflow;
let versionId: string;
let workflowNode: string;

beforeAll(async () => {
  world = await World.create();
  for (let n = 0; n < 3; n++)
    ({ versionId } = await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', items: 3 }));
  workflowNode = (await world.get(ada, `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { id } }`)).workflow
    .id;
});
afterAll(() => world.destroy());

const item = `itemId itemKey label reviewStatus content decision { status decidedAt decidedBy { name } }
  ... on SampleDecision { sampleData sampleType decidedBy { name roles } }`;
const inPhase = (selection: string) =>
  `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) {
     workflowPhase(phase: SAMPLE_SELECTION) { ${selection} } } }`;

const reads: [what: string, query: string, variables: () => object][] = [
  [
    'what is in force, with its items',
    inPhase(`current { versionId status items(first: 100) { totalCount nodes { ${item} } } }`),
    () => ({ cycleId, reportId }),
  ],
  [
    'a history with people and where it came from',
    inPhase(
      'history(first: 10) { nodes { versionNumber createdAt parent { versionId } createdBy { name } reviewedBy { name } } pageInfo { hasNextPage endCursor } }',
    ),
    () => ({ cycleId, reportId }),
  ],
  [
    'what is in force in all phases',
    `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { phases { phase current { versionId versionNumber } } } }`,
    () => ({ cycleId, reportId }),
  ],
  [
    'workflows with histories with items',
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Workflow { workflowPhase(phase: SAMPLE_SELECTION) { phase
       history(first: 5) { nodes { versionId status items(first: 5) { nodes { itemKey decision { decidedBy { name } } } } } } } } } }`,
    () => ({ ids: [workflowNode] }),
  ],
  [
    'a version with its workflow and its phase there',
    `query ($versionId: UUID!) { phaseVersion(versionId: $versionId) { versionNumber workflow { workflowId report { name } lastChange { sequence committedAt } }
       workflowPhase { id phase progress canCreate config { title } current { versionNumber } } } }`,
    () => ({ versionId }),
  ],
  [
    'workflows that were chosen, in an order, with what happened last',
    `query ($filter: WorkflowFilter) { workflows(first: 5, filter: $filter, orderBy: { field: LAST_CHANGE, direction: DESC }) { totalCount
       edges { cursor node { workflowId report { number } lastChange { committedAt } phases { phase progress } } } pageInfo { hasNextPage } } }`,
    () => ({ filter: { search: 'c', myRoles: ['TESTER'], isOverdue: false, phaseProgress: { phase: 'SAMPLE_SELECTION', progress: ['COMPLETE'] } } }), // prettier-ignore
  ],
  [
    'people of the register',
    `query ($search: String) { users(first: 3, filter: { search: $search, isActive: true, roles: [TESTER] }, orderBy: { field: NAME, direction: DESC }) { totalCount
       nodes { userId name roles } pageInfo { endCursor } } }`,
    () => ({ search: 'a' }),
  ],
  ['lines of business', `{ lobs(first: 2, orderBy: { field: NAME, direction: ASC }) { nodes { name } } }`, () => ({})],
  [
    'the difference of two versions',
    `query ($versionId: UUID!) { phaseVersion(versionId: $versionId) { diff(from: 1, to: 3) { summary { added removed changed unchanged }
       items(first: 100) { totalCount nodes { kind itemKey fields { path before after } } } } } }`,
    () => ({ versionId }),
  ],
];

test.each(reads)('%s: one statement, from the second time on', async (_, query, variables) => {
  const first = await world.get(ada, query, variables());
  const { result, statements } = await world.counted(() => world.get(ada, query, variables()));
  expect(result).toEqual(first);
  expect(statements).toHaveLength(1);
});

test('what was chosen is no other than what the resolvers choose, page by page, and back', async () => {
  const resolving = await startTestServer(world.db, { readsByPlan: false });
  const ask = async (url: string, page: string, orderBy: string): Promise<any> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
      body: JSON.stringify({
        query: `{ users(${page}, orderBy: { field: ${orderBy}, direction: DESC }, filter: { isActive: true }) { totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      }),
    });
    return response.json();
  };
  try {
    for (const orderBy of ['NAME', 'USER_ID'])
      for (const [size, from, cursor] of [
        ['first: 3', 'after', 'endCursor'],
        ['last: 3', 'before', 'startCursor'],
      ] as const)
        for (let page = size, n = 0; n < 3; n++) {
          const [planned, resolved] = [
            await ask(world.server.url, page, orderBy),
            await ask(resolving.url, page, orderBy),
          ];
          expect(planned).toEqual(resolved);
          expect(planned.data.users.edges.length).toBeGreaterThan(0);
          page = `${size}, ${from}: "${planned.data.users.pageInfo[cursor]}"` as typeof size;
        }
  } finally {
    await resolving.stop();
  }
});

const then: [what: string, query: string, variables: () => object][] = [
  [
    'what was in force in all phases',
    `query ($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) { workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) {
       id phases { id phase current { id versionId status effectiveFrom effectiveTo reviewedBy { name roles } } } } }`,
    () => ({ cycleId, reportId }),
  ],
  [
    'what was in force, with its items',
    `query ($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) @asOf(at: $at) { workflow(cycleId: $cycleId, reportId: $reportId) {
       workflowPhase(phase: SAMPLE_SELECTION) { current { versionId status items(first: 100) { totalCount nodes { ${item} } } } } } }`,
    () => ({ cycleId, reportId }),
  ],
  [
    'a version with its history',
    `query ($versionId: UUID!, $at: DateTime!) { phaseVersion(versionId: $versionId, asOf: $at) { id versionNumber
       history(first: 10) { nodes { versionNumber status current { versionNumber } parent { versionId } } pageInfo { hasNextPage } } } }`,
    () => ({ versionId }),
  ],
];

describe('as of an instant', () => {
  let at: string;
  beforeAll(async () => {
    at = await lastCommit(world, workflow.workflowId);
    await pass(at);
    await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', items: 3 });
  });

  test.each(then)('%s: one statement, from the second time on', async (_, query, variables) => {
    const first = await world.get(ada, query, { ...variables(), at });
    const { result, statements } = await world.counted(() => world.get(ada, query, { ...variables(), at }));
    expect(result).toEqual(first);
    expect(statements).toHaveLength(1);
  });

  test('lists beside each other: one statement each, which see as far as the first', async () => {
    const query = `query ($versionId: UUID!, $at: DateTime!) { phaseVersion(versionId: $versionId, asOf: $at) { items(first: 2) { nodes { label } }
      history(first: 5) { totalCount nodes { versionNumber status createdBy { name } } } } }`;
    const first = await world.get(ada, query, { versionId, at });
    const { result, statements } = await world.counted(() => world.get(ada, query, { versionId, at }));
    expect(result).toEqual(first);
    expect(result.phaseVersion.history.totalCount).toBe(3);
    expect(statements).toHaveLength(3);
  });

  test('a stream that is not closed yet is closed: twice two statements', async () => {
    const [, query, variables] = then[0]!;
    const now = async () => ({ ...variables(), at: await latest(world) });
    await world.get(ada, query, await now());
    const given = await now();
    const { statements } = await world.counted(() => world.get(ada, query, given));
    expect(statements.length).toBeLessThanOrEqual(5);
  });
});

test('what cannot be planned looks nothing up for a plan', async () => {
  const query = 'query ($versionId: UUID!) { phaseVersion(versionId: $versionId) { versionId blame { itemKey } } }';
  await world.get(ada, query, { versionId });
  const another = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const { result, statements } = await world.counted(() => world.get(ada, query, { versionId: another.versionId }));
  expect(result.phaseVersion.blame).toHaveLength(1);
  expect(statements.filter((sql) => /^select phase from phase_version/.test(sql))).toEqual([]);
});

describe('whatever was answered before,', () => {
  const query = inPhase('current { versionId }');
  const ask = (person: number) => world.ask(person, query, { cycleId, reportId });

  test('nobody is answered who is deactivated, by whatever server', async () => {
    const other = await startTestServer(world.db);
    const bearer = await token(ada);
    const elsewhere = async () => {
      const response = await fetch(`${other.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        body: JSON.stringify({ query, variables: { cycleId, reportId } }),
      });
      return response.status;
    };
    const everywhere = async () => [(await ask(ada)).status, await elsewhere()];
    try {
      await everywhere();
      expect(await everywhere()).toEqual([200, 200]);
      await world.sql('owner', 'update users set is_active = false where user_id = $1', [ada]);
      expect(await everywhere()).toEqual([401, 401]);
      const { errors, headers } = await ask(ada);
      expect(headers.get('x-operation-cost')).toBeNull(); // as whoever is refused before anything is looked at
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      await world.sql('owner', 'update users set is_active = true where user_id = $1', [ada]);
      expect(await everywhere()).toEqual([200, 200]);
    } finally {
      await other.stop();
    }
  });

  test('nobody sees a workflow from which they were taken', async () => {
    await ask(olga);
    expect((await ask(olga)).data.workflow).not.toBeNull();
    await world.sql('owner', 'update workflows set report_owner_id = null where workflow_id = $1', [
      workflow.workflowId,
    ]);
    expect((await ask(olga)).data.workflow).toBeNull();
    await world.sql('owner', 'update workflows set report_owner_id = $2 where workflow_id = $1', [
      workflow.workflowId,
      olga,
    ]);
    expect((await ask(olga)).data.workflow).not.toBeNull();
  });
});
