/** Looking for a text: what is found, in which order, and by whom. */
import { buildRecord, buildVersion, mutate, transition, type BuiltVersion } from '../support/builders';
import { fullPhases, fullPhaseOf } from '../../src/phases';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  makeDataOwners,
  olga,
  otherWorkflow,
  stranger,
  workflow,
  World,
} from '../support/world';

let world: World;
let draft: BuiltVersion;
const attribute = (n: number, name: string) => ({
  attributeId: `0194d2a0-5c00-7000-8000-0000000009${String(n).padStart(2, '0')}`,
  attributeData: { name },
});

beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga);
  await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: ben, approver: ben, status: 'APPROVED' });
  await buildRecord(world, { phase: 'REQUEST_INFO' });
  const empty = await buildVersion(world, { phase: 'PLANNING', items: 0 });
  draft = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: empty.versionId,
    expectedRevision: empty.revision,
    items: {
      attributeDecisions: ['Balance', 'Balance of Größe', 'Open balance', "O'Neil \\ co", 'école 12'].map((name, n) =>
        attribute(n, name),
      ),
    },
  });
});
afterAll(() => world.destroy());

const query = `query ($text: String!, $types: [SearchType!], $phases: [Phase!], $first: Int, $after: String) {
  search(text: $text, types: $types, phases: $phases, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { type phase title workflow { workflowId }
      node { id ... on Workflow { workflowId } ... on PhaseVersion { versionId } ... on VersionItem { itemId label } ... on User { userId } } } } }`;
const search = async (text: string, as = aud, more: object = {}) =>
  (await world.get(as, query, { text, first: 100, ...more })).search;
const titles = async (text: string, as = aud, more: object = {}): Promise<string[]> =>
  (await search(text, as, more)).nodes.map(({ title }: any) => title);

test('items are found by the beginnings of their words, what is called just so first', async () => {
  const items = { types: ['ITEM'] };
  expect(await titles('balance', ada, items)).toEqual(['Balance', 'Balance of Größe', 'Open balance']);
  expect(await titles('GRÖSS', ada, items)).toEqual([]);
  expect(await titles('GRÖß', ada, items)).toEqual(['Balance of Größe']);
  expect(await titles('bal gr', ada, items)).toEqual(['Balance of Größe']);
  expect(await titles('ÉCOLE', ada, items)).toEqual(['école 12']);
  expect(await titles("o'neil", ada, items)).toEqual(["O'Neil \\ co"]);
  expect(await titles('alance', ada, items)).toEqual([]);
  for (const text of ['%%', ':*', "''", '\\\\', '& |', '!(', '""'])
    expect([text, await titles(text, ada, items)]).toEqual([text, []]);
  const { nodes } = await search('open balance', ada, items);
  expect(nodes).toMatchObject([
    { type: 'ITEM', phase: 'PLANNING', workflow: { workflowId: workflow.workflowId }, node: { label: 'Open balance' } },
  ]);
});

test('each kind is found, and leads to what it is', async () => {
  expect((await search('liquid', aud, { types: ['WORKFLOW'] })).nodes).toMatchObject([
    {
      type: 'WORKFLOW',
      phase: null,
      title: 'LQ-1 Liquidity · Fourth quarter',
      node: { workflowId: otherWorkflow.workflowId },
    },
  ]);
  expect((await search('ada', aud, { types: ['PERSON'] })).nodes).toMatchObject([
    { type: 'PERSON', workflow: null, node: { userId: ada } },
  ]);
  const versions = (await search('planning credit', aud, { types: ['VERSION'] })).nodes;
  expect(versions.map(({ node }: any) => node.versionId)).toContain(draft.versionId);
  const records = (await search('request', aud, { types: ['RECORD'] })).nodes;
  expect(records.length).toBeGreaterThan(0);
  for (const { type, phase } of records) expect([type, phase]).toEqual(['RECORD', 'REQUEST_INFO']);
  expect(await titles('balance', aud, { phases: ['SCOPING'] })).toEqual([]);
  expect((await titles('balance', aud, { phases: ['PLANNING'] })).length).toBeGreaterThan(0);
  expect(await titles('balance', aud, { types: [] })).toEqual([]);
});

test('nobody finds what they may not see', async () => {
  const finds = async (as: number, text: string) => (await titles(text, as)).length > 0;
  for (const [person, balance, liquidity] of [
    [ada, true, false],
    [olga, true, false],
    [ben, true, true],
    [both, false, true],
    [stranger, false, false],
    [dan, false, false],
    [aud, true, true],
  ] as const)
    expect([person, await finds(person, 'balance'), await finds(person, 'liquidity')]).toEqual([
      person,
      balance,
      liquidity,
    ]);
  expect(await titles('stella', stranger)).toEqual(['Stella Stranger']);
});

test('what is deleted is not found, by nobody', async () => {
  const other = await buildVersion(world, { phase: 'PLANNING', items: 0 });
  const filled = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: other.versionId,
    expectedRevision: other.revision,
    items: { attributeDecisions: [attribute(50, 'Vanishing')] },
  });
  expect(await titles('vanishing', ada)).toEqual(['Vanishing']);
  await transition(world, ada, 'deleteVersion', filled);
  for (const person of [ada, aud]) expect(await titles('vanishing', person)).toEqual([]);
});

test('what is found comes in pages, as many statements for much as for little', async () => {
  const all = await titles('credit');
  expect(all.length).toBeGreaterThan(5);
  const paged: string[] = [];
  for (let after: string | null = null; ;) {
    const page = await search('credit', aud, { first: 3, after });
    paged.push(...page.nodes.map(({ title }: any) => title));
    expect(page.totalCount).toBe(all.length);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(paged).toEqual(all);
  const statements = async (first: number) =>
    (await world.counted(() => search('balance', aud, { first, types: ['ITEM'] }))).statements.length;
  expect(await statements(3)).toBe(await statements(1));
});

test('a text that is too short or too long is BAD_USER_INPUT; in the past nothing is found', async () => {
  for (const text of ['', 'a', '  a  ', 'x'.repeat(201)])
    expect(await world.codeOf(aud, query, { text })).toBe('BAD_USER_INPUT');
  const then = query.replace(/\) \{/, `) @asOf(at: "${new Date(Date.now() - 1000).toISOString()}") {`);
  expect((await world.get(aud, then, { text: 'balance' })).search.totalCount).toBe(0);
});

test('the labels of the items of every phase are found by an index', async () => {
  for (const { key } of fullPhases) {
    const plan = await world.session('owner', async (client) => {
      await client.query('set enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select from ${fullPhaseOf(key).item.table} i
         where log.search_words(i.label) @@ (select string_agg(t.lexeme || ':*', ' & ')::tsquery from unnest(log.search_words('balance')) t)`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect([key, plan]).toEqual([key, expect.stringContaining(`${fullPhaseOf(key).item.table}_words`)]);
  }
});
