/** Every list that is paged: whole and once in both directions, steady while it grows, and honest about its ends. */
import { buildVersion, decideAll, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { ada, aud, ben, olga, otherWorkflow, root, tess, workflow, World } from '../support/world';

let world: World;
let scoping: BuiltVersion;
let bulk: BuiltVersion;

beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', of: otherWorkflow, preparer: ben, approver: ben });
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 4 });
  await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 6 });
  await transition(world, ada, 'deleteVersion', await buildVersion(world, { phase: 'SCOPING' }));
  await buildVersion(world, { phase: 'SCOPING', preparer: ben });
  // The version that the lists below start from: twelve items, some decided.
  const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 12 });
  const keys = await keysOf(pending);
  scoping = await mutate(world, olga, 'decideItems', 'DecideItemsInput', {
    versionId: pending.versionId,
    expectedRevision: pending.revision,
    decisions: keys.slice(0, 9).map((itemKey, i) => ({ itemKey, status: i < 5 ? 'APPROVED' : 'REJECTED' })),
    reason: 'Four of them are out of scope.',
  });
  bulk = await buildVersion(world, { phase: 'PLANNING', items: 1, carryForward: 'NONE' });
  for (let n = 0; n < 12; n++)
    await world.sql(
      'owner',
      `insert into cycles (cycle_id, name) values ('0194d2a0-5c00-7000-8000-0000000001${String(n).padStart(2, '0')}', 'Cycle ${n}')`,
    );
  for (let n = 0; n < 9; n++)
    await world.sql(
      'owner',
      `insert into workflows (workflow_id, cycle_id, report_id) values ('0194d2a0-5c00-7000-8000-0000000002${String(n).padStart(2, '0')}', '0194d2a0-5c00-7000-8000-0000000001${String(n).padStart(2, '0')}', '${workflow.reportId}')`,
    );
});
afterAll(() => world.destroy());

async function keysOf(version: BuiltVersion): Promise<string[]> {
  const { phaseVersion } = await world.get(
    aud,
    'query ($v: UUID!) { phaseVersion(versionId: $v) { items(first: 1000) { nodes { itemKey } } } }',
    { v: version.versionId },
  );
  return phaseVersion.items.nodes.map(({ itemKey }: { itemKey: string }) => itemKey);
}

interface Paging {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

interface List {
  readonly name: string;
  /** `%` stands where the paging arguments go. */
  readonly query: () => string;
  readonly args?: string;
  /** The fields that tell its entries apart. */
  readonly identity: string;
  readonly path: readonly string[];
  readonly as?: number;
  readonly max?: number;
  /** Adds an entry, by which the list is otherwise unchanged; where it can be. */
  readonly grow?: () => Promise<unknown>;
}

const paging = 'first: $first, after: $after, last: $last, before: $before';
const inWorkflow = (field: string) => () =>
  `workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { ${field} }`;
const inVersion =
  (field: string, version = () => scoping) =>
  () =>
    `phaseVersion(versionId: "${version().versionId}") { ${field} }`;
const another = () => buildVersion(world, { phase: 'SCOPING', items: 1 });
const addItem = () =>
  mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: bulk.versionId,
    expectedRevision: (bulk = { ...bulk, revision: bulk.revision + 1 }).revision - 1,
    items: { attributeDecisions: [sampleItem('PLANNING', 100 + bulk.revision)] },
  });

const lists: List[] = [
  { name: 'workflows', query: () => 'workflows(%) { @ }', identity: 'id', path: ['workflows'] },
  {
    name: 'workflows of a report',
    query: () => `workflows(%, reportId: "${workflow.reportId}") { @ }`,
    identity: 'id',
    path: ['workflows'],
  },
  {
    name: 'Workflow.changes',
    query: inWorkflow('changes(%) { @ }'),
    identity: 'sequence',
    path: ['workflow', 'changes'],
    grow: another,
  },
  {
    name: 'Workflow.changes of a phase',
    query: inWorkflow('changes(%, phases: [SCOPING]) { @ }'),
    identity: 'sequence',
    path: ['workflow', 'changes'],
    grow: another,
  },
  {
    name: 'Workflow.changes of a person',
    query: inWorkflow(`changes(%, actorId: ${olga}) { @ }`),
    identity: 'sequence',
    path: ['workflow', 'changes'],
    grow: another,
  },
  {
    name: 'WorkflowPhase.history',
    query: inWorkflow('workflowPhase(phase: SCOPING) { history(%) { @ } }'),
    identity: 'versionNumber',
    path: ['workflow', 'workflowPhase', 'history'],
    grow: another,
  },
  {
    name: 'PhaseVersion.history',
    query: inVersion('history(%) { @ }'),
    identity: 'versionNumber',
    path: ['phaseVersion', 'history'],
    grow: another,
  },
  {
    name: 'PhaseVersion.history with deleted',
    query: inVersion('history(%, includeDeleted: true) { @ }'),
    identity: 'versionNumber',
    path: ['phaseVersion', 'history'],
  },
  {
    name: 'PhaseVersion.history by status',
    query: inVersion('history(%, statuses: [DRAFT, APPROVED, SUPERSEDED]) { @ }'),
    identity: 'versionNumber',
    path: ['phaseVersion', 'history'],
  },
  {
    name: 'PhaseVersion.items',
    query: inVersion('items(%) { @ }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
  },
  {
    name: 'PhaseVersion.items of a draft',
    query: inVersion('items(%) { @ }', () => bulk),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
    grow: addItem,
  },
  {
    name: 'PhaseVersion.items by review status',
    query: inVersion('items(%, reviewStatus: [REJECTED, PENDING]) { @ }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
  },
  {
    name: 'PhaseVersion.items by text',
    query: inVersion('items(%, search: "RATIONALE 1") { @ }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
  },
  {
    name: 'PhaseVersion.items of a draft in an order of theirs',
    query: inVersion('items(%, orderBy: { field: "decisionType", direction: DESC }) { @ }', () => bulk),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
    grow: addItem,
  },
  {
    name: 'PhaseVersion.items by a field',
    query: inVersion('items(%, filter: { fields: [{ field: "isInScope", equals: true }] }) { @ }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
    max: 1000,
  },
  {
    name: 'PhaseVersion.changes',
    query: inVersion('changes(%) { @ }'),
    identity: 'sequence',
    path: ['phaseVersion', 'changes'],
  },
  {
    name: 'Workflow.changes, the oldest first',
    query: inWorkflow('changes(%, orderBy: { field: SEQUENCE, direction: ASC }) { @ }'),
    identity: 'sequence',
    path: ['workflow', 'changes'],
    grow: another,
  },
  {
    name: 'PhaseVersion.history of a person by the instant of the decision',
    query: inVersion(
      `history(%, filter: { reviewedBy: [${olga}] }, orderBy: { field: REVIEWED_AT, direction: ASC }) { @ }`,
    ),
    identity: 'versionNumber',
    path: ['phaseVersion', 'history'],
  },
  {
    name: 'WorkflowPhase.history by number',
    query: inWorkflow(
      'workflowPhase(phase: SCOPING) { history(%, orderBy: { field: VERSION_NUMBER, direction: ASC }) { @ } }',
    ),
    identity: 'versionNumber',
    path: ['workflow', 'workflowPhase', 'history'],
    grow: another,
  },
  {
    name: 'ChangeSet.rowChanges',
    query: inVersion('changes(last: 1) { nodes { rowChanges(%) { @ } } }'),
    identity: 'rowId table operation',
    path: ['phaseVersion', 'changes', 'nodes', '0', 'rowChanges'],
  },
  {
    name: 'VersionDiff.items',
    query: inVersion('diff(from: 2) { items(%) { @ } }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'diff', 'items'],
    max: 1000,
  },
  {
    name: 'VersionDiff.items by kind',
    query: inVersion('diff(from: 2) { items(%, kinds: [ADDED]) { @ } }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'diff', 'items'],
    max: 1000,
  },
  {
    name: 'myWork',
    query: () => 'myWork(%) { @ }',
    identity: 'since reason',
    path: ['myWork'],
    as: ada,
    grow: another,
  },
  {
    name: 'myWork by report, backwards',
    query: () => 'myWork(%, filter: { asks: [FINISH] }, orderBy: { field: REPORT_NAME, direction: DESC }) { @ }',
    identity: 'since reason',
    path: ['myWork'],
    as: ada,
    grow: another,
  },
  {
    name: 'VersionDiff.items by what happened to them',
    query: inVersion('diff(from: 2) { items(%, orderBy: { field: KIND, direction: DESC }) { @ } }'),
    identity: 'itemKey',
    path: ['phaseVersion', 'diff', 'items'],
    max: 1000,
  },
  {
    name: 'versions',
    query: () => 'versions(%) { @ }',
    identity: 'versionId',
    path: ['versions'],
  },
  {
    name: 'versions of some statuses in the order of their phases',
    query: () =>
      'versions(%, filter: { statuses: [DRAFT, APPROVED] }, orderBy: { field: PHASE, direction: ASC }) { @ }',
    identity: 'versionId',
    path: ['versions'],
  },
  { name: 'users', query: () => 'users(%) { @ }', identity: 'userId', path: ['users'] },
  {
    name: 'users by name',
    query: () => 'users(%, orderBy: { field: NAME, direction: DESC }) { @ }',
    identity: 'userId',
    path: ['users'],
  },
  {
    name: 'cycles by their first day, which many do not have',
    query: () => 'cycles(%, orderBy: { field: START_DATE, direction: ASC }) { @ }',
    identity: 'cycleId',
    path: ['cycles'],
  },
  {
    name: 'cycles whose name has a text in it',
    query: () => 'cycles(%, filter: { search: "cYCLE 1" }) { @ }',
    identity: 'cycleId',
    path: ['cycles'],
  },
  {
    name: 'referenceChanges',
    query: () => 'referenceChanges(%) { @ }',
    identity: 'sequence',
    path: ['referenceChanges'],
    grow: () => world.sql('owner', `update cycles set name = name || '.' where cycle_id = $1`, [workflow.cycleId]),
  },
];

interface Page {
  readonly edges: { cursor: string; node: Record<string, unknown> }[];
  readonly nodes: Record<string, unknown>[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  readonly totalCount: number;
}

const operation = (list: List, selection: string) =>
  `query ($first: Int, $after: String, $last: Int, $before: String) { ${list.query().replace('%', paging).replace('@', selection)} }`;
const whole = (list: List) =>
  `edges { cursor node { ${list.identity} } } nodes { ${list.identity} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount`;

async function page(list: List, args: Paging): Promise<Page> {
  const data = await world.get(list.as ?? aud, operation(list, whole(list)), args);
  const found = list.path.reduce((value, key) => value[key], data) as Page;
  expect(found.edges.map(({ node }) => node)).toEqual(found.nodes);
  expect(found.pageInfo.startCursor).toBe(found.edges[0]?.cursor ?? null);
  expect(found.pageInfo.endCursor).toBe(found.edges.at(-1)?.cursor ?? null);
  return found;
}
const codeOf = (list: List, args: Paging) => world.codeOf(list.as ?? aud, operation(list, whole(list)), args);
const ids = ({ nodes }: Page): string[] => nodes.map((node) => JSON.stringify(node));

describe.each(lists.map((list) => [list.name, list] as const))('%s', (_, list) => {
  const max = list.max ?? 100;
  let all: string[];
  beforeAll(async () => {
    const found = await page(list, { first: max });
    all = ids(found);
    expect(new Set(all).size).toBe(all.length);
    expect(found.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect(found.totalCount).toBe(all.length);
  });

  test('has enough in it to be paged', () => {
    expect(all.length).toBeGreaterThanOrEqual(list.path.includes('items') && / of a draft/.test(list.name) ? 1 : 3);
  });

  test.each([1, 2, 3, 7])(
    'pages of %i give it whole and once, forward and backward, with the right ends',
    async (size) => {
      const forward: string[] = [];
      let after: string | null = null;
      for (let turn = 0; turn <= all.length; turn++) {
        const found: Page = await page(list, { first: size, after });
        forward.push(...ids(found));
        expect(found.pageInfo).toMatchObject({
          hasNextPage: forward.length < all.length,
          hasPreviousPage: after !== null,
        });
        expect(found.totalCount).toBe(all.length);
        if (!found.pageInfo.hasNextPage) break;
        after = found.pageInfo.endCursor;
      }
      expect(forward).toEqual(all);

      let backward: string[] = [];
      let before: string | null = null;
      for (let turn = 0; turn <= all.length; turn++) {
        const found: Page = await page(list, { last: size, before });
        backward = [...ids(found), ...backward];
        expect(found.pageInfo).toMatchObject({
          hasPreviousPage: backward.length < all.length,
          hasNextPage: before !== null,
        });
        if (!found.pageInfo.hasPreviousPage) break;
        before = found.pageInfo.startCursor;
      }
      expect(backward).toEqual(all);
    },
  );

  test('is empty behind its last entry and before its first', async () => {
    const { edges } = await page(list, { first: max });
    const behind = await page(list, { first: 5, after: edges.at(-1)!.cursor });
    expect(behind).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
    const before = await page(list, { last: 5, before: edges[0]!.cursor });
    expect(before).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  });

  test('a page of none is empty and still says whether there is more', async () => {
    expect(await page(list, { first: 0 })).toMatchObject({
      nodes: [],
      totalCount: all.length,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    expect(await page(list, { last: 0 })).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  test('a page too large, negative or contradictory is BAD_USER_INPUT', async () => {
    const { edges } = await page(list, { first: 1 });
    const cursor = edges[0]!.cursor;
    const refused: Paging[] = [
      { first: max + 1 },
      { last: max + 1 },
      { first: -1 },
      { last: -1 },
      { first: 2, last: 2 },
      { first: 0, last: 0 },
      { first: 2, before: cursor },
      { last: 2, after: cursor },
      { after: cursor, before: cursor },
    ];
    for (const args of refused) expect([args, await codeOf(list, args)]).toEqual([args, 'BAD_USER_INPUT']);
  });

  test('a cursor that is not one of the list is BAD_USER_INPUT', async () => {
    const encoded = (text: string) => Buffer.from(text).toString('base64url');
    const garbage = [
      '',
      'x',
      '!',
      'k:1',
      encoded('k:'),
      encoded('k:abc'),
      encoded('k:1 or 1=1'),
      encoded("k:'"),
      encoded('k:-1'),
      encoded('k:99999999999'),
      encoded('k:1.5'),
      encoded('1'),
      encoded('k:\n1'),
      '😀',
      'x'.repeat(10_000),
    ];
    for (const cursor of garbage) {
      expect([cursor.slice(0, 50), await codeOf(list, { first: 2, after: cursor })]).toEqual([
        cursor.slice(0, 50),
        'BAD_USER_INPUT',
      ]);
      expect([cursor.slice(0, 50), await codeOf(list, { last: 2, before: cursor })]).toEqual([
        cursor.slice(0, 50),
        'BAD_USER_INPUT',
      ]);
    }
  });

  test('the total is counted when it is asked for, and only then', async () => {
    const statements = async (selection: string) =>
      (await world.counted(() => world.get(list.as ?? aud, operation(list, selection), { first: 2 }))).statements;
    const without = await statements(`nodes { ${list.identity} } pageInfo { hasNextPage }`);
    const with_ = await statements(`nodes { ${list.identity} } pageInfo { hasNextPage } totalCount`);
    const counting = (all: string[]) => all.filter((sql) => /select count\(\*\)/.test(sql)).length;
    const computed = list.path.includes('diff') || list.path.includes('myWork');
    // What computes a list may count what it is made from, whether or not the total is asked for.
    expect(counting(with_) - counting(without)).toBe(computed ? 0 : 1);
    if (!computed) expect(counting(without)).toBe(0);
    // A plan counts in the statement that reads what has the list.
    const planned = with_.some((sql) => sql.includes('users caller'));
    expect(with_.length - without.length).toBe(computed || planned ? 0 : 1);
  });

  if (list.grow) {
    const grow = list.grow;
    test('stays steady while it grows: no entry comes twice, and none is left out', async () => {
      const before = ids(await page(list, { first: max }));
      const forward: string[] = [];
      let after: string | null = null;
      for (;;) {
        const found: Page = await page(list, { first: 2, after });
        forward.push(...ids(found));
        if (forward.length < 8) await grow();
        after = found.pageInfo.endCursor;
        if (!found.pageInfo.hasNextPage) break;
      }
      expect(new Set(forward).size).toBe(forward.length);
      expect(forward.filter((id) => before.includes(id))).toEqual(before);
    });
  }
});

test('a cursor of another kind of list is BAD_USER_INPUT', async () => {
  const kinds = [
    'workflows',
    'Workflow.changes',
    'WorkflowPhase.history',
    'PhaseVersion.items',
    'ChangeSet.rowChanges',
  ];
  const distinct = lists.filter(({ name }) => [...kinds, 'VersionDiff.items'].includes(name));
  expect(distinct).toHaveLength(6);
  const accepted: string[] = [];
  for (const list of distinct)
    for (const other of distinct) {
      if (list === other) continue;
      const { edges } = await page(other, { first: 2 });
      const code = await codeOf(list, { first: 2, after: edges.at(-1)!.cursor });
      if (code !== 'BAD_USER_INPUT') accepted.push(`${list.name} takes a cursor of ${other.name}`);
    }
  expect(accepted).toEqual([]);
});

test('pages that are not said how large have twenty entries, from the start or before a cursor', async () => {
  const draft = await buildVersion(world, { phase: 'PLANNING', items: 45 });
  const items: List = {
    name: '',
    query: inVersion('items(%) { @ }', () => draft),
    identity: 'itemKey',
    path: ['phaseVersion', 'items'],
  };
  const all = ids(await page(items, { first: 45 }));
  expect(ids(await page(items, {}))).toEqual(all.slice(0, 20));
  const { edges } = await page(items, { first: 45 });
  expect(ids(await page(items, { before: edges[40]!.cursor }))).toEqual(all.slice(20, 40));
  expect(ids(await page(items, { after: edges[19]!.cursor }))).toEqual(all.slice(20, 40));
});

describe('filters', () => {
  test('what a commit changed is narrowed down by table, operation and version, and read backwards', async () => {
    const rows = async (args: string): Promise<{ table: string; operation: string; versionId: string | null }[]> =>
      (
        await world.get(
          aud,
          `{ ${inVersion(`changes(last: 1) { nodes { rowChanges(first: 100, ${args}) { totalCount nodes { table operation versionId } } } }`)()} }`,
        )
      ).phaseVersion.changes.nodes[0].rowChanges.nodes;
    const all = await rows('filter: {}');
    const { table, operation } = all[0]!;
    expect(new Set(all.map((row) => row.table)).size).toBeGreaterThan(1);
    expect(await rows(`filter: { tables: ["${table}"] }`)).toEqual(all.filter((row) => row.table === table));
    expect(await rows(`filter: { operations: [${operation}] }`)).toEqual(
      all.filter((row) => row.operation === operation),
    );
    expect(await rows(`filter: { versionIds: ["${bulk.versionId}"] }`)).toEqual([]);
    expect(await rows('orderBy: { field: ORDINAL, direction: DESC }')).toEqual([...all].reverse());
  });

  test('items of a diff by kind, key and what their label has in it', async () => {
    const items = async (args: string): Promise<{ itemKey: string; label: string; kind: string }[]> =>
      (
        await world.get(
          aud,
          `{ ${inVersion(`diff(from: 2) { items(first: 100, ${args}) { nodes { itemKey label kind } } }`)()} }`,
        )
      ).phaseVersion.diff.items.nodes;
    const all = await items('filter: {}');
    const first = all[0]!;
    expect(await items(`filter: { kinds: [${first.kind}] }`)).toEqual(all.filter(({ kind }) => kind === first.kind));
    expect(await items(`filter: { itemKeys: ["${first.itemKey}"] }`)).toEqual([first]);
    expect(await items(`filter: { search: "${first.label.toUpperCase()}" }`)).toContainEqual(first);
    expect(await items('filter: { search: "^.*$" }')).toEqual([]);
    expect(await items('filter: { itemKeys: [] }')).toEqual([]);
    expect(await items('orderBy: { field: LABEL, direction: DESC }')).toEqual([...all].reverse());
  });

  const get = async (as: number, field: string, version = scoping) =>
    (await world.get(as, `{ phaseVersion(versionId: "${version.versionId}") { ${field} } }`)).phaseVersion;

  test('items by review status are those in one of the states named', async () => {
    const by = async (statuses: string) =>
      (await get(ada, `items(first: 100, reviewStatus: [${statuses}]) { totalCount nodes { reviewStatus } }`)).items;
    for (const [status, count] of [
      ['APPROVED', 5],
      ['REJECTED', 4],
      ['PENDING', 3],
      ['MODIFIED', 0],
    ] as const)
      expect(await by(status)).toEqual({ totalCount: count, nodes: Array(count).fill({ reviewStatus: status }) });
    expect((await by('APPROVED, REJECTED')).totalCount).toBe(9);
    expect((await by('')).totalCount).toBe(0);
  });

  test('several filters hold together', async () => {
    const { items } = await get(
      ada,
      'items(first: 100, reviewStatus: [APPROVED], search: "rationale 1") { totalCount nodes { content } }',
    );
    expect(items).toMatchObject({ totalCount: 1, nodes: [{ content: { scopingRationale: 'Rationale 1' } }] });
  });

  test('a search takes %, _ and \\ as they are, whatever the case', async () => {
    const texts = [
      '50% of it',
      '50 of it',
      'a_b',
      'axb',
      'a\\b',
      'aab',
      'x%_\\y',
      'Zu\u0308rich, Hauptstraße, Ｎｏｒｄ',
    ];
    const draft = await buildVersion(world, { phase: 'SCOPING', items: 0 });
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: {
        scopingDecisions: texts.map((scopingRationale, n) => ({
          attributeId: sampleItem('SCOPING', 500 + n).attributeId,
          isInScope: true,
          scopingRationale,
        })),
      },
    });
    const search = async (text: string) => {
      const { phaseVersion } = await world.get(
        ada,
        'query ($v: UUID!, $text: String) { phaseVersion(versionId: $v) { items(search: $text) { totalCount nodes { content } } } }',
        { v: draft.versionId, text },
      );
      expect(phaseVersion.items.totalCount).toBe(phaseVersion.items.nodes.length);
      return phaseVersion.items.nodes.map((node: any) => node.content.scopingRationale);
    };
    for (const same of ['z\u00fcrich', 'ZU\u0308RICH', 'HAUPTSTRASSE', 'nord'])
      expect(await search(same)).toEqual([texts.at(-1)]);
    expect(await search('50%')).toEqual(['50% of it']);
    expect(await search('%')).toEqual(['50% of it', 'x%_\\y']);
    expect(await search('_')).toEqual(['a_b', 'x%_\\y']);
    expect(await search('a_b')).toEqual(['a_b']);
    expect(await search('\\')).toEqual(['a\\b', 'x%_\\y']);
    expect(await search('%_\\')).toEqual(['x%_\\y']);
    expect(await search('\\%')).toEqual([]);
    expect(await search('A\\B')).toEqual(['a\\b']);
    expect(await search("'")).toEqual([]);
    expect(await search("' or 'a' = 'a")).toEqual([]);
    expect(await search('$1')).toEqual([]);
    expect(await search('')).toEqual(texts);
  });

  test('a search does not mind the case of letters outside ASCII either', async () => {
    const draft = await buildVersion(world, { phase: 'SCOPING', items: 0 });
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: {
        scopingDecisions: [
          { attributeId: sampleItem('SCOPING', 1).attributeId, isInScope: true, scopingRationale: 'ÄRGER mit École' },
        ],
      },
    });
    for (const text of ['ÄRGER', 'ärger', 'école', 'ÉCOLE'])
      expect([
        text,
        (
          await world.get(
            ada,
            'query ($v: UUID!, $text: String) { phaseVersion(versionId: $v) { items(search: $text) { totalCount } } }',
            { v: draft.versionId, text },
          )
        ).phaseVersion.items.totalCount,
      ]).toEqual([text, 1]);
  });

  test('a search looks in labels and in the texts within JSON, not at the notation around them', async () => {
    const draft = await buildVersion(world, { phase: 'PLANNING', items: 0 });
    const notes = ['He said "yes"', 'C:\\data', 'two\nlines', 'Größe', 'a line\n\u0301and a mark', 'a\ttab, then ﬁne'];
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: {
        attributeDecisions: notes.map((note, n) => ({
          attributeId: sampleItem('PLANNING', n).attributeId,
          attributeData: { name: `Item ${n}`, deep: [{ note }] },
        })),
      },
    });
    const search = async (text: string) =>
      (
        await world.get(
          ada,
          'query ($v: UUID!, $text: String) { phaseVersion(versionId: $v) { items(search: $text) { nodes { label } } } }',
          { v: draft.versionId, text },
        )
      ).phaseVersion.items.nodes.map(({ label }: { label: string }) => label);
    const found = await Promise.all(
      [
        'item 2',
        'he SAID "yes"',
        'c:\\data',
        'two\nlines',
        'größe',
        '\u0301AND',
        'tab, THEN FINE',
        'data',
        'lines',
        '{',
        '": ',
        'note',
        '\\n',
        'ndata',
        'ttab',
        'no such',
      ].map(async (text) => [text, await search(text)]),
    );
    expect(found).toEqual([
      ['item 2', ['Item 2']],
      ['he SAID "yes"', ['Item 0']],
      ['c:\\data', ['Item 1']],
      ['two\nlines', ['Item 2']],
      ['größe', ['Item 3']],
      ['\u0301AND', ['Item 4']],
      ['tab, THEN FINE', ['Item 5']],
      ['data', ['Item 1']],
      ['lines', ['Item 2']],
      ['{', []],
      ['": ', []],
      ['note', []],
      ['\\n', []],
      ['ndata', []],
      ['ttab', []],
      ['no such', []],
    ]);
  });

  test('a search text has at most 200 characters', async () => {
    const query =
      'query ($v: UUID!, $text: String) { phaseVersion(versionId: $v) { items(search: $text) { totalCount } } }';
    const draft = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const search = (text: string) => world.ask(ada, query, { v: draft.versionId, text });
    expect((await search('x'.repeat(200))).data.phaseVersion.items.totalCount).toBe(0);
    for (const length of [201, 1_000_000])
      expect((await search('x'.repeat(length))).errors).toMatchObject([
        {
          message: `\`search\` has at most 200 characters; this has ${length}.`,
          extensions: { code: 'BAD_USER_INPUT', limit: 200, actual: length },
        },
      ]);
  });

  test('a history by status has the versions in one of them', async () => {
    const by = async (args: string) =>
      (await get(ada, `history(first: 100, ${args}) { totalCount nodes { status isDeleted } }`)).history;
    for (const status of ['DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED']) {
      const { totalCount, nodes } = await by(`statuses: [${status}]`);
      expect(totalCount).toBeGreaterThan(0);
      expect(nodes).toEqual(Array(totalCount).fill({ status, isDeleted: false }));
    }
    expect(await by('statuses: []')).toEqual({ totalCount: 0, nodes: [] });
    const [without, with_] = [await by('includeDeleted: false'), await by('includeDeleted: true')];
    expect(with_.totalCount).toBe(without.totalCount + 1);
    expect(with_.nodes.filter((node: any) => node.isDeleted)).toHaveLength(1);
  });

  test('commits by phase, person and time are exactly those', async () => {
    const changes = async (args: string) =>
      (
        await world.get(
          aud,
          `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { changes(first: 100${args}) { totalCount nodes { sequence committedAt actor { userId } versions { phase } } } } }`,
        )
      ).workflow.changes;
    const all = await changes('');
    expect(all.nodes.map(({ sequence }: any) => sequence)).toEqual(
      Array.from({ length: all.totalCount }, (_, i) => all.totalCount - i),
    );
    const expectOnly = async (args: string, belongs: (node: any) => boolean) => {
      const found = await changes(args);
      const wanted = all.nodes.filter(belongs);
      expect(wanted.length).toBeGreaterThan(0);
      expect(found).toEqual({ totalCount: wanted.length, nodes: wanted });
    };
    const used = ['PLANNING', 'DATA_PROFILING', 'SCOPING'];
    for (const phase of used)
      await expectOnly(`, phases: [${phase}]`, (node) => node.versions.some((version: any) => version.phase === phase));
    await expectOnly(`, phases: [${used.join(', ')}]`, () => true);
    for (const person of [ada, ben, olga])
      await expectOnly(`, actorId: ${person}`, (node) => node.actor.userId === person);
    const at = all.nodes[7].committedAt as string;
    const to = all.nodes[3].committedAt as string;
    // Half open: the instant itself belongs to what follows it.
    await expectOnly(`, since: "${at}"`, (node) => node.committedAt >= at);
    await expectOnly(`, until: "${at}"`, (node) => node.committedAt < at);
    await expectOnly(`, since: "${at}", until: "${to}"`, (node) => node.committedAt >= at && node.committedAt < to);
    await expectOnly(
      `, since: "${at}", actorId: ${ada}, phases: [SCOPING]`,
      (node) =>
        node.committedAt >= at &&
        node.actor.userId === ada &&
        node.versions.some((version: any) => version.phase === 'SCOPING'),
    );
    for (const none of [
      `, actorId: ${tess}`,
      ', phases: []',
      `, since: "2999-01-01T00:00:00Z"`,
      `, since: "${to}", until: "${at}"`,
      ', actorId: -1',
    ])
      expect([none, await changes(none)]).toEqual([none, { totalCount: 0, nodes: [] }]);
  });

  test('the items of a difference by kind are those of that kind', async () => {
    const by = async (args: string) =>
      (
        await get(
          ada,
          `diff(from: 1) { summary { added removed changed } items(first: 100${args}) { totalCount nodes { kind } } }`,
        )
      ).diff;
    const { summary, items } = await by('');
    expect(items.totalCount).toBe(summary.added + summary.removed + summary.changed);
    for (const [kind, count] of [
      ['ADDED', summary.added],
      ['REMOVED', summary.removed],
      ['CHANGED', summary.changed],
    ] as const)
      expect((await by(`, kinds: [${kind}]`)).items).toEqual({ totalCount: count, nodes: Array(count).fill({ kind }) });
    expect((await by(', kinds: []')).items.totalCount).toBe(0);
  });

  test('workflows by cycle and report are those of them', async () => {
    const by = async (args: string) =>
      (
        await world.get(
          root,
          `{ workflows(first: 100, ${args}) { totalCount nodes { cycle { cycleId } report { reportId } } } }`,
        )
      ).workflows;
    const ofReport = await by(`reportId: "${workflow.reportId}"`);
    expect(ofReport.totalCount).toBe(10);
    expect(ofReport.nodes.every(({ report }: any) => report.reportId === workflow.reportId)).toBe(true);
    const ofCycle = await by(`cycleId: "${workflow.cycleId}"`);
    expect(ofCycle.nodes.map(({ report }: any) => report.reportId).sort()).toEqual(
      [workflow.reportId, otherWorkflow.reportId].sort(),
    );
    expect((await by(`cycleId: "${workflow.cycleId}", reportId: "${otherWorkflow.reportId}"`)).totalCount).toBe(1);
    expect((await by(`cycleId: "${workflow.reportId}"`)).totalCount).toBe(0);
  });
});

test('the same list of several parents in one request is paged for each of them', async () => {
  const decided = await decideAll(
    world,
    olga,
    await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 5 }),
    'SCOPING',
  );
  const data = await world.get(
    aud,
    `query ($a: UUID!, $b: UUID!) {
      a: phaseVersion(versionId: $a) { items(first: 3) { totalCount nodes { itemKey } pageInfo { hasNextPage } } }
      b: phaseVersion(versionId: $b) { items(first: 3) { totalCount nodes { itemKey } pageInfo { hasNextPage } } last: items(last: 2) { totalCount nodes { itemKey } } } }`,
    { a: scoping.versionId, b: decided.versionId },
  );
  const [ofA, ofB] = [await keysOf(scoping), await keysOf(decided)];
  const keys = (connection: any) => connection.nodes.map(({ itemKey }: any) => itemKey);
  expect([keys(data.a.items), keys(data.b.items), keys(data.b.last)]).toEqual([
    ofA.slice(0, 3),
    ofB.slice(0, 3),
    ofB.slice(3),
  ]);
  expect([data.a.items.totalCount, data.b.items.totalCount, data.b.last.totalCount]).toEqual([12, 5, 5]);
});
