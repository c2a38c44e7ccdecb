/** Workflows as a list: which are found, in which order, by those who may see them. */
import { buildVersion } from '../support/builders';
import { ada, aud, ben, olga, otherWorkflow, stranger, workflow, World } from '../support/world';

let world: World;
const id = (n: number) => `0194d2a0-5c00-7000-8000-0000000007${String(n).padStart(2, '0')}`;

beforeAll(async () => {
  world = await World.create();
  await world.sql('owner', `insert into lobs (lob_id, name) values ($1, 'Treasury')`, [id(90)]);
  for (const [n, report, number, status] of [
    [1, 'beta', 'W-2', 'ACTIVE'],
    [2, 'Alpha', 'W-1', 'CLOSED'],
    [3, 'gamma', 'W-3', 'ACTIVE'],
  ] as const) {
    await world.sql('owner', 'insert into cycles (cycle_id, name) values ($1, $2)', [id(10 + n), `Lap ${4 - n}`]);
    await world.sql('owner', 'insert into reports (report_id, name, number, lob_id) values ($1, $2, $3, $4)', [
      id(20 + n),
      report,
      number,
      n === 3 ? null : id(90),
    ]);
    await world.sql('owner', 'insert into workflows (workflow_id, cycle_id, report_id) values ($1, $2, $3)', [
      id(n),
      id(10 + n),
      id(20 + n),
    ]);
    // Nothing is added to a cycle once it is closed.
    await world.sql('owner', 'update cycles set cycle_status = $2 where cycle_id = $1', [id(10 + n), status]);
  }
  await world.sql('owner', 'insert into workflow_testers (workflow_id, user_id) values ($1, $2)', [id(1), ada]);
  await world.sql('owner', 'update workflows set report_owner_id = $2 where workflow_id = $1', [id(3), olga]);
});
afterAll(() => world.destroy());

async function found(args: string, as = aud): Promise<string[]> {
  const { workflows } = await world.get(as, `{ workflows(first: 100, ${args}) { totalCount nodes { workflowId } } }`);
  expect(workflows.totalCount).toBe(workflows.nodes.length);
  return workflows.nodes.map(({ workflowId }: { workflowId: string }) => workflowId);
}
const named = (...numbers: number[]) => numbers.map(id);

test.each([
  ['search: "w-1"', named(2)],
  ['search: "ALPHA"', named(2)],
  ['search: "lap"', named(3, 2, 1)],
  [`lobId: "${id(90)}"`, named(2, 1)],
  [`workflowIds: ["${id(2)}", "${id(99)}"]`, named(2)],
  [`cycleIds: ["${id(11)}", "${id(13)}"]`, named(3, 1)],
  [`reportIds: ["${id(22)}"]`, named(2)],
  ['cycleStatus: "closed", search: "lap"', named(2)],
  [`testerId: ${ada}, search: "lap"`, named(1)],
  [`reportOwnerId: ${olga}, search: "lap"`, named(3)],
  [`testLeadId: ${ada}, search: "lap"`, []],
  ['cycleIds: []', []],
])('those with %s', async (filter, expected) => {
  expect(await found(`filter: { ${filter} }`)).toEqual(expected);
});

test.each([
  ['REPORT_NAME', named(2, 1, 3)],
  ['REPORT_NUMBER', named(2, 1, 3)],
  ['CYCLE_NAME', named(3, 2, 1)],
])('in the order of their %s', async (field, expected) => {
  const order = (direction: string) =>
    found(`filter: { search: "lap" }, orderBy: { field: ${field}, direction: ${direction} }`);
  expect(await order('ASC')).toEqual(expected);
  expect(await order('DESC')).toEqual([...expected].reverse());
});

test('in the order of their last change, page by page; those in which nothing happened come last', async () => {
  for (const [place, preparer] of [
    [workflow, ada],
    [otherWorkflow, ben],
  ] as const)
    await buildVersion(world, { phase: 'PLANNING', of: place, preparer, approver: preparer });
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { workflows } = await world.get(
      aud,
      `{ workflows(first: 2${after}, orderBy: { field: LAST_CHANGE, direction: DESC }) {
           nodes { workflowId } pageInfo { hasNextPage endCursor } } }`,
    );
    seen.push(...workflows.nodes.map(({ workflowId }: { workflowId: string }) => workflowId));
    if (!workflows.pageInfo.hasNextPage) break;
    after = `, after: "${workflows.pageInfo.endCursor}"`;
  }
  expect(seen.slice(0, 2)).toEqual([otherWorkflow.workflowId, workflow.workflowId]);
  expect([...seen].sort()).toEqual((await found('filter: {}')).sort());
});

test('each finds their own, whatever is asked for, also by a document that was asked without a choice before', async () => {
  const query = 'query ($filter: WorkflowFilter) { workflows(first: 50, filter: $filter) { nodes { workflowId } } }';
  const ask = async (as: number, variables: object) =>
    (await world.get(as, query, variables)).workflows.nodes.map(({ workflowId }: any) => workflowId);
  const all = await ask(ada, {});
  expect(await ask(ada, {})).toEqual(all);
  expect(await ask(ada, { filter: { search: 'beta' } })).toEqual(named(1));
  expect(await ask(ada, { filter: null })).toEqual(all);
  expect(await ask(ada, { filter: { search: 'gamma' } })).toEqual([]);
  expect(await ask(stranger, { filter: { search: 'lap' } })).toEqual([]);
});

test('as of an instant, they are found by what they were then', async () => {
  const [{ now }] = (await world.sql('owner', 'select clock_timestamp() as now')) as [{ now: Date }];
  await new Promise((resolve) => setTimeout(resolve, 20));
  await world.sql('owner', `update reports set name = 'Omega' where report_id = $1`, [id(22)]);
  expect(await found('filter: { search: "alpha" }')).toEqual([]);
  expect(await found(`asOf: "${now.toISOString()}", filter: { search: "alpha" }`)).toEqual(named(2));
});

test('each says how many versions it has, like the lists do, also as it was before', async () => {
  const of = workflow;
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', of, items: 1 });
  await buildVersion(world, { phase: 'SCOPING', of, items: 1 });
  const [{ now }] = (await world.sql('owner', 'select clock_timestamp() as now')) as [{ now: Date }];
  await new Promise((resolve) => setTimeout(resolve, 20));
  await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', of, items: 1 });
  await buildVersion(world, { phase: 'SCOPING', status: 'DRAFT', of, items: 1 });
  const counts = 'counts { versions inForce drafts waiting }';
  const listed = (alias: string, filter: string) =>
    `${alias}: versions(first: 1, filter: { workflowIds: ["${of.workflowId}"], ${filter} }) { totalCount }`;
  const answer = await world.get(
    aud,
    `{ workflow(cycleId: "${of.cycleId}", reportId: "${of.reportId}") { ${counts} asOf(at: "${now.toISOString()}") { ${counts} } }
      workflows(first: 100) { nodes { workflowId ${counts} } }
      ${listed('versions', '')} ${listed('inForce', 'isInForce: true')} ${listed('drafts', 'statuses: [DRAFT]')}
      ${listed('waiting', 'waitingSince: "2020-01-01T00:00:00Z"')} }`,
  );
  const { workflow: one, workflows, ...lists } = answer;
  const totals = Object.entries(lists as Record<string, { totalCount: number }>);
  expect(one.counts).toEqual(Object.fromEntries(totals.map(([name, { totalCount }]) => [name, totalCount])));
  expect(one.counts).toMatchObject({ drafts: one.asOf.counts.drafts + 1, waiting: one.asOf.counts.waiting + 1 });
  const byId = new Map<string, object>(
    workflows.nodes.map((node: { workflowId: string; counts: object }) => [node.workflowId, node.counts]),
  );
  expect(byId.get(of.workflowId)).toEqual(one.counts);
  expect(byId.get(id(2))).toEqual({ versions: 0, inForce: 0, drafts: 0, waiting: 0 });
});

test('the reads of a log are found by reader and time', async () => {
  const at = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
  const read = (as: number) => world.get(as, `{ workflow(${at}) { changes(first: 1) { totalCount } } }`);
  await read(ada);
  await read(olga);
  const reads = async (filter: string) =>
    (
      await world.get(
        aud,
        `{ changeLogReads(${at}, filter: { ${filter} }) { totalCount nodes { reader { userId } readAt } } }`,
      )
    ).changeLogReads;
  const [latest, before] = (await reads('')).nodes;
  expect(await reads(`readerIds: [${ada}]`)).toMatchObject({ totalCount: 1, nodes: [{ reader: { userId: ada } }] });
  expect((await reads(`since: "${latest.readAt}"`)).nodes).toEqual([latest]);
  expect((await reads(`until: "${latest.readAt}"`)).nodes[0]).toEqual(before);
  expect((await reads('origins: ["command"]')).totalCount).toBe(0);
});
