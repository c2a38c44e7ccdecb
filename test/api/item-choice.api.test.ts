/** Choosing among the items of a version: by whatever their phase declares, in whatever order, and how many have which value. */
import { fullPhases, fullPhaseOf } from '../../src/phases';
import type { FullPhase } from '../../src/versioning/phase';
import { lastCommit, pass } from '../past/support';
import {
  approverOf,
  buildVersion,
  itemKeys,
  mutate,
  sampleItem,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { ada, aud, ben, olga, otherWorkflow, both, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

interface Condition {
  field: string;
  [operator: string]: unknown;
}
interface Config {
  readonly name: string;
  readonly kind: string;
  readonly constants: readonly { value: string }[];
}
type Item = Record<string, any> & { readonly itemKey: string };

const selection = 'totalCount nodes { itemKey label } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const types = {
  first: 'Int',
  after: 'String',
  last: 'Int',
  before: 'String',
  filter: 'VersionItemFilter',
  orderBy: 'VersionItemOrder',
};
type Asked = { readonly [Argument in keyof typeof types]?: unknown };
/** How many lists one operation may ask for, with some room. */
const AT_ONCE = 50;

/** Lists of a version's items, asked for in one operation, each under a version of its own, so that each is refused by itself. */
async function askFor(version: { versionId: string }, asked: readonly Asked[], as: number, asOf?: string) {
  const given = asked.map((args) => Object.entries(args) as [keyof Asked, unknown][]);
  const declared = given.flatMap((args, n) => args.map(([name]) => `, $${name}${n}: ${types[name]}`));
  const lists = given.map((args, n) => {
    const passed = args.map(([name]) => `${name}: $${name}${n}`);
    return `l${n}: phaseVersion(versionId: $v, asOf: $asOf) { items(${passed.join(', ') || 'first: null'}) { ${selection} } }`;
  });
  const variables = given.flatMap((args, n) => args.map(([name, value]) => [`${name}${n}`, value]));
  return world.ask(as, `query ($v: UUID!, $asOf: DateTime${declared.join('')}) { ${lists.join('\n')} }`, {
    v: version.versionId,
    asOf,
    ...Object.fromEntries(variables),
  });
}

const partsOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, n) => all.slice(n * AT_ONCE, (n + 1) * AT_ONCE));

async function pages(version: { versionId: string }, asked: readonly Asked[], as = aud, asOf?: string): Promise<any[]> {
  const answers: any[] = [];
  for (const part of partsOf(asked)) {
    const { data, errors } = await askFor(version, part, as, asOf);
    expect(errors).toBeUndefined();
    answers.push(...part.map((_, n) => data[`l${n}`].items));
  }
  return answers;
}
const page = async (version: { versionId: string }, asked: Asked, as = aud, asOf?: string) =>
  (await pages(version, [asked], as, asOf))[0];

/** The keys of the items that are found by each of the filters. */
async function allFound(
  version: { versionId: string },
  filters: readonly (object | null)[],
  as = aud,
  more: Asked = {},
  asOf?: string,
): Promise<string[][]> {
  const asked = filters.map((filter) => ({ first: 1000, filter, ...more }));
  return (await pages(version, asked, as, asOf)).map(({ totalCount, nodes }) => {
    expect(totalCount).toBe(nodes.length);
    return nodes.map(({ itemKey }: Item) => itemKey);
  });
}
const found = async (
  version: { versionId: string },
  filter: object | null,
  ...more: Parameters<typeof allFound> extends [any, any, ...infer Rest] ? Rest : never
): Promise<string[]> => (await allFound(version, [filter], ...more))[0]!;

const by = (condition: Condition, ...more: Condition[]) => ({ fields: [condition, ...more] });

/** The refusal of each; undefined of what is not refused. */
async function refusals(version: { versionId: string }, asked: readonly Asked[]) {
  const answers = [];
  for (const part of partsOf(asked)) {
    const { errors = [] } = await askFor(version, part, aud);
    answers.push(...part.map((_, n) => errors.find(({ path }) => path === undefined || path[0] === `l${n}`)));
  }
  return answers;
}
const refusal = async (version: { versionId: string }, asked: Asked) => (await refusals(version, [asked]))[0];

const decide = (version: BuiltVersion, phase: string, decisions: object[]) =>
  mutate(world, approverOf(phase), 'decideItems', 'DecideItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    decisions,
  });

const isCoded = ({ fields }: FullPhase['item'], name: string): boolean => {
  const field = fields[name];
  return field?.source === 'input' && field.codedIn !== undefined;
};

/** Items that have everything, and some that have nothing but what they must; some are decided. */
async function variedVersion({ key, item }: FullPhase): Promise<BuiltVersion> {
  const draft = await buildVersion(world, { phase: key, items: 7 });
  const required = Object.entries(item.fields).flatMap(([name, field]) =>
    field.source === 'input' && field.required ? [name] : [],
  );
  const bare = [101, 102, 103].map((n) => {
    const whole = sampleItem(key, n);
    // Where codes stand for identities, these have one.
    return Object.fromEntries(required.map((name) => [name, isCoded(item, name) ? `CODE-${n}` : whole[name]]));
  });
  const filled = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: draft.versionId,
    expectedRevision: draft.revision,
    items: { [item.input]: bare },
  });
  if (item.reviewed !== 'BY_DECISIONS') return filled;
  const pending = await transition(world, ada, 'submitVersion', filled);
  const keys = await itemKeys(world, pending.versionId);
  return decide(pending, key, [
    ...keys.slice(0, 3).map((itemKey) => ({ itemKey, status: 'APPROVED', notes: 'Fine.' })),
    { itemKey: keys[4], status: 'REJECTED', notes: 'Not so.' },
  ]);
}

describe.each(fullPhases.map((phase) => [phase.title, phase] as const))('%s:', (_, phase) => {
  let version: BuiltVersion;
  let configs: Config[];
  let items: Item[];
  const scalar = ({ kind }: Config) => !['JSON', 'JSON_LIST', 'TEXT_LIST', 'OBJECTS'].includes(kind);
  /** The values of a field, as a filter takes them. */
  const value = (item: Item, { name, kind }: Config) => (kind === 'USER' ? (item[name]?.userId ?? null) : item[name]);
  const keysOf = (chosen: readonly Item[]) => chosen.map(({ itemKey }) => itemKey);
  const different = (config: Config) => [...new Set(items.map((item) => value(item, config)))];

  beforeAll(async () => {
    version = await variedVersion(phase);
    const { phaseConfigs } = await world.get(
      aud,
      '{ phaseConfigs { phase itemFields { name kind constants { value } } } }',
    );
    const { itemFields } = phaseConfigs.find((config: any) => config.phase === phase.key);
    configs = [
      { name: 'label', kind: 'TEXT', constants: [] },
      {
        name: 'reviewStatus',
        kind: 'ENUMERATION',
        constants: ['PENDING', 'APPROVED', 'REJECTED', 'MODIFIED'].map((constant) => ({ value: constant })),
      },
      ...itemFields,
    ];
    const selected = itemFields
      .filter(scalar)
      .map(({ name, kind }: Config) => (kind === 'USER' ? `${name} { userId }` : name));
    const data = await world.get(
      aud,
      `{ phaseVersion(versionId: "${version.versionId}") { items(first: 100) { nodes {
         itemKey label reviewStatus ... on ${phase.item.type} { ${selected.join(' ')} } } } } }`,
    );
    items = data.phaseVersion.items.nodes;
    expect(items).toHaveLength(10);
  });

  /** Each filter with the items that it is to find, and in words what it is. */
  type Expected = readonly [said: unknown, filter: object, items: readonly Item[]];
  async function expectFound(expected: readonly Expected[]): Promise<void> {
    const keys = await allFound(
      version,
      expected.map(([, filter]) => filter),
    );
    expect(expected.map(([said], n) => [said, keys[n]])).toEqual(
      expected.map(([said, , chosen]) => [said, keysOf(chosen)]),
    );
  }

  test('items are found by the values that they show', async () => {
    const expected: Expected[] = [];
    for (const config of configs.filter(scalar)) {
      const field = config.name;
      const values = different(config).filter((one) => one !== null);
      const those = (holds: (one: any) => boolean) => items.filter((item) => holds(value(item, config)));
      for (const one of values)
        expected.push([[field, one], by({ field, equals: one }), those((shown) => shown === one)]);
      expected.push(
        [[field, 'in'], by({ field, in: values }), those((shown) => shown !== null)],
        [[field, 'in none'], by({ field, in: [] }), []],
        [[field, 'has a value'], by({ field, isNull: false }), those((shown) => shown !== null)],
        [[field, 'has none'], by({ field, isNull: true }), those((shown) => shown === null)],
      );
    }
    await expectFound(expected);
  });

  test('items are found by what is at least or at most something', async () => {
    const expected: Expected[] = [];
    for (const config of configs.filter(({ kind }) => ['INTEGER', 'DATE', 'INSTANT'].includes(kind))) {
      const field = config.name;
      for (const limit of different(config).filter((one) => one !== null)) {
        const those = (holds: (one: any) => boolean) =>
          items.filter((item) => value(item, config) !== null && holds(value(item, config)));
        expected.push(
          [[field, 'at least', limit], by({ field, atLeast: limit }), those((one) => one >= limit)],
          [[field, 'at most', limit], by({ field, atMost: limit }), those((one) => one <= limit)],
          [[field, limit], by({ field, atLeast: limit, atMost: limit }), those((one) => one === limit)],
        );
      }
    }
    await expectFound(expected);
  });

  test('items are found by a text that is in a field', async () => {
    const expected: Expected[] = [];
    for (const config of configs.filter(({ kind }) => kind === 'TEXT' || kind === 'LONG_TEXT')) {
      const all = different(config).filter((one): one is string => one !== null);
      const sought = all.at(-1)!.slice(1).toUpperCase();
      const those = items.filter((item) => value(item, config)?.toUpperCase().includes(sought));
      expected.push([config.name, by({ field: config.name, contains: sought }), those]);
    }
    await expectFound(expected);
    for (const { name } of configs.filter(({ kind }) => ['JSON', 'JSON_LIST', 'TEXT_LIST'].includes(kind))) {
      const filters = [by({ field: name, isNull: false }), by({ field: name, contains: ' 3' })];
      const [there, third] = await allFound(version, filters);
      expect([name, third!.length]).toEqual([name, 1]);
      expect(there).toEqual(expect.arrayContaining(third!));
    }
  });

  test('items are in the order of a field, page by page, forward and back; what has no value stands where it is told to', async () => {
    const orders = configs.filter(scalar).flatMap((config) => {
      const rank = (item: Item): number | string => {
        const one = value(item, config);
        if (config.constants.length > 0) return config.constants.findIndex((constant) => constant.value === one);
        if (config.kind === 'FLAG') return Number(one);
        return typeof one === 'string' ? one.toLowerCase() : one;
      };
      const indexed = items.map((item, place) => ({ item, place }));
      const there = indexed
        .filter(({ item }) => value(item, config) !== null)
        .sort((a, b) => (rank(a.item) < rank(b.item) ? -1 : rank(a.item) > rank(b.item) ? 1 : a.place - b.place))
        .map(({ item }) => item);
      const missing = items.filter((item) => value(item, config) === null);
      const backwards = [...there].reverse();
      const missingBackwards = [...missing].reverse();
      return (
        [
          ['ASC', null, [...there, ...missing]],
          ['ASC', 'FIRST', [...missing, ...there]],
          ['DESC', 'LAST', [...backwards, ...missingBackwards]],
          ['DESC', 'FIRST', [...missingBackwards, ...backwards]],
        ] as const
      ).map(([direction, nulls, expected]) => ({
        orderBy: { field: config.name, direction, nulls },
        expected: keysOf(expected),
      }));
    });
    const ofAll = (args: (n: number) => Asked) =>
      pages(
        version,
        orders.map(({ orderBy }, n) => ({ orderBy, ...args(n) })),
      );

    // Of ten items, three pages of four: each order's first page at once, then each order's second, then its third.
    const forward: string[][] = orders.map(() => []);
    let cursors: (string | null)[] = orders.map(() => null);
    for (const hasNextPage of [true, true, false]) {
      const found = await ofAll((n) => ({ first: 4, after: cursors[n] }));
      for (const [n, { nodes, pageInfo }] of found.entries()) {
        forward[n]!.push(...keysOf(nodes));
        expect([orders[n]!.orderBy, pageInfo.hasNextPage]).toEqual([orders[n]!.orderBy, hasNextPage]);
      }
      cursors = found.map(({ pageInfo }) => pageInfo.endCursor);
    }
    expect(orders.map(({ orderBy }, n) => [orderBy, forward[n]])).toEqual(
      orders.map(({ orderBy, expected }) => [orderBy, expected]),
    );

    const end = await ofAll(() => ({ last: 3 }));
    const before = await ofAll((n) => ({ last: 3, before: end[n].pageInfo.startCursor }));
    expect(orders.map(({ orderBy }, n) => [orderBy, keysOf([...before[n].nodes, ...end[n].nodes])])).toEqual(
      orders.map(({ orderBy, expected }) => [orderBy, expected.slice(-6)]),
    );
  });

  test('facets count the items by each value, as the filter has them', async () => {
    const counted = configs.filter((config) => scalar(config) && config.kind !== 'LONG_TEXT');
    const facets = async (fields: string[], filter: object | null = null) =>
      (
        await world.get(
          aud,
          `query ($v: UUID!, $fields: [String!]!, $filter: VersionItemFilter) { phaseVersion(versionId: $v) {
             itemFacets(fields: $fields, filter: $filter) { field distinctCount values { value count } } } }`,
          { v: version.versionId, fields, filter },
        )
      ).phaseVersion.itemFacets;
    const names = counted.map(({ name }) => name);
    const all = [...(await facets(names.slice(0, 10))), ...(await facets(names.slice(10)))];
    expect(all.map(({ field }: any) => field)).toEqual(names);
    for (const [n, config] of counted.entries()) {
      const { values, distinctCount } = all[n];
      expect(distinctCount).toBe(different(config).length);
      expect(new Map(values.map(({ value: one, count }: any) => [one, count]))).toEqual(
        new Map(different(config).map((one) => [one, items.filter((item) => value(item, config) === one).length])),
      );
      const counts = values.map(({ count }: any) => count);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
    }
    expect(await facets(['label'], { itemKeys: [items[1]!.itemKey] })).toEqual([
      { field: 'label', distinctCount: 1, values: [{ value: items[1]!.label, count: 1 }] },
    ]);
    expect(await facets(['label'], { itemKeys: [] })).toEqual([{ field: 'label', distinctCount: 0, values: [] }]);
    expect(await facets([])).toEqual([]);
  });

  test('what is asked of a field that is not its kind is refused with what to ask instead', async () => {
    const wrong: Readonly<Record<string, unknown[]>> = {
      FLAG: ['true', 1],
      INTEGER: ['1', 1.5, 2 ** 31],
      USER: ['1', 1.5],
      UUID: ['1', 5, 'no uuid'],
      LOB: ['1'],
      VERSION: ['1'],
      DATE: ['2026-02-30', 20260101, '2026-1-1'],
      INSTANT: ['2026-01-01', 5],
      ENUMERATION: ['NOT_ONE', 5],
      TEXT: [5, true, ['a']],
      LONG_TEXT: [{}],
    };
    const wrongAsCode = [5, 'x'.repeat(101)];
    const asked = configs.flatMap(({ name: field, kind }) => [
      ...((isCoded(phase.item, field) ? wrongAsCode : wrong[kind]) ?? []).flatMap((one) => [
        { field, equals: one },
        { field, in: [one] },
      ]),
      { field },
      { field, equals: null },
      ...(['INTEGER', 'DATE', 'INSTANT'].includes(kind) ? [] : [{ field, atLeast: 'a' }]),
      ...(['TEXT', 'LONG_TEXT', 'JSON', 'JSON_LIST', 'TEXT_LIST'].includes(kind) ? [] : [{ field, contains: 'a' }]),
    ]);
    const found = await refusals(
      version,
      asked.map((condition) => ({ filter: by(condition) })),
    );
    expect(asked.map((condition, n) => [condition, found[n]])).toMatchObject(
      asked.map((condition) => [condition, { extensions: { code: 'BAD_USER_INPUT', field: condition.field } }]),
    );
  });
});

describe('of a draft of Scoping', () => {
  let version: BuiltVersion;
  const phase = 'SCOPING';
  beforeAll(async () => {
    version = await buildVersion(world, { phase, items: 6 });
  });

  test.each([
    ['a field that is not declared', { filter: by({ field: 'nope', equals: 1 }) }],
    ['a field of another phase', { filter: by({ field: 'severity', equals: 'HIGH' }) }],
    ['a field of the language', { filter: by({ field: 'constructor', isNull: true }) }],
    ['a column', { filter: by({ field: 'item_hash', isNull: true }) }],
    ['an order by what is not declared', { orderBy: { field: 'nope', direction: 'ASC' } }],
    ['a text that is too long', { filter: by({ field: 'label', contains: 'x'.repeat(201) }) }],
    ['a text in a text that is too long', { filter: { search: 'x'.repeat(201) } }],
  ])('%s is BAD_USER_INPUT', async (_, variables) => {
    expect(await refusal(version, variables)).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('more conditions than a statement should have are LIMIT_EXCEEDED', async () => {
    const filter = (n: number) => ({ fields: Array(n).fill({ field: 'label', isNull: false }) });
    expect(await found(version, filter(20))).toHaveLength(6);
    expect(await refusal(version, { filter: filter(21) })).toMatchObject({
      extensions: { code: 'LIMIT_EXCEEDED', limit: 20, actual: 21 },
    });
  });

  test('a cursor of one order is none of another', async () => {
    const orderBy = { field: 'riskRating', direction: 'ASC' };
    const { pageInfo } = await page(version, { first: 2, orderBy });
    for (const other of [
      null,
      { field: 'label', direction: 'ASC' },
      { ...orderBy, direction: 'DESC' },
      { ...orderBy, nulls: 'FIRST' },
    ])
      expect(await refusal(version, { first: 2, after: pageInfo.endCursor, orderBy: other })).toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
      });
  });

  test('a page goes on behind its cursor whatever was added since', async () => {
    const draft = await buildVersion(world, { phase: 'OBSERVATION_MANAGEMENT', items: 5 });
    const orderBy = { field: 'severity', direction: 'ASC' };
    const first = await page(draft, { first: 3, orderBy });
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: { observations: [{ ...sampleItem('OBSERVATION_MANAGEMENT', 50), severity: 'CRITICAL' }] },
    });
    const rest = await page(draft, { first: 100, after: first.pageInfo.endCursor, orderBy });
    expect([...first.nodes, ...rest.nodes]).toHaveLength(5);
  });

  test('items are found by keys, states and what changed since the base', async () => {
    const of = otherWorkflow;
    const wanted = { phase, of, preparer: ben, approver: both };
    await buildVersion(world, { ...wanted, status: 'APPROVED', items: 5 });
    const draft = await mutate(world, ben, 'createVersion', 'CreateVersionInput', {
      cycleId: of.cycleId,
      reportId: of.reportId,
      phase,
      carryForward: 'ALL_ITEMS',
    });
    const keys = await itemKeys(world, draft.versionId);
    expect(await found(draft, { isChangedSinceBase: true })).toEqual([]);
    await mutate(world, ben, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: {
        scopingDecisions: [
          { ...sampleItem(phase, 2), itemKey: keys[1], scopingRationale: 'Otherwise' },
          sampleItem(phase, 77),
        ],
      },
    });
    const changed = await found(draft, { isChangedSinceBase: true });
    expect(changed).toHaveLength(2);
    expect(changed).toContain(keys[1]);
    expect(await found(draft, { isChangedSinceBase: false })).toEqual(keys.filter((key) => !changed.includes(key)));
    expect(await found(draft, { itemKeys: [keys[3], keys[0]] })).toEqual([keys[0], keys[3]]);
    expect(await found(draft, { reviewStatus: ['APPROVED'], itemKeys: [keys[0], keys[1]] })).toEqual([keys[0]]);
    expect(await found(draft, { decidedBy: [both] })).toEqual(keys.filter((key) => key !== keys[1]));
    expect(await found(draft, { decidedBy: [olga, ada] })).toEqual([]);
    expect(await found(draft, { search: 'otherwise' })).toEqual([keys[1]]);
    expect(await found(draft, {})).toHaveLength(6);
    // Without a base, all are new.
    const first = await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT', items: 2 });
    expect(await found(first, { isChangedSinceBase: true })).toHaveLength(2);
    expect(await found(first, { isChangedSinceBase: false })).toEqual([]);
  });

  test('as of an instant, items are found by what they were then', async () => {
    const draft = await buildVersion(world, { phase, items: 4 });
    const [key] = await itemKeys(world, draft.versionId);
    const before = await lastCommit(world, workflow.workflowId);
    await pass(before);
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      items: { scopingDecisions: [{ ...sampleItem(phase, 1), itemKey: key, riskRating: 'NEW' }] },
    });
    const filter = by({ field: 'riskRating', equals: 'NEW' });
    expect(await found(draft, filter)).toEqual([key]);
    expect(await found(draft, filter, aud, {}, before)).toEqual([]);
    const orderBy = { field: 'scopingRationale', direction: 'DESC' };
    expect(await found(draft, by({ field: 'riskRating', equals: 'Risk rating 1' }), aud, { orderBy }, before)).toEqual([
      key,
    ]);
  });

  test('decisions of a deleted version are not found, counted or told by their order to those who may not see it', async () => {
    const pending = await buildVersion(world, { phase, status: 'PENDING_APPROVAL', items: 3 });
    const keys = await itemKeys(world, pending.versionId);
    const decided = await decide(
      pending,
      phase,
      keys.map((itemKey) => ({ itemKey, status: 'APPROVED' })),
    );
    const rejected = await transition(world, olga, 'rejectVersion', decided, 'Not yet.');
    const draft = await transition(world, ada, 'reviseVersion', rejected);
    await transition(world, ada, 'deleteVersion', rejected);
    const facet = async (as: number) =>
      (
        await world.get(
          as,
          `{ phaseVersion(versionId: "${draft.versionId}") { itemFacets(fields: ["approvedBy"]) { values { value count } } } }`,
        )
      ).phaseVersion.itemFacets[0].values;
    const own = await found(draft, null);
    for (const [person, isShown] of [
      [ada, true],
      [olga, false],
    ] as const) {
      expect(await found(draft, { decidedBy: [olga] }, person)).toEqual(isShown ? own : []);
      expect(await found(draft, by({ field: 'approvedBy', equals: olga }), person)).toEqual(isShown ? own : []);
      expect(await facet(person)).toEqual([{ value: isShown ? olga : null, count: 3 }]);
    }
  });
});

test('2,000 items with two filters and a facet take one request, and as many statements as 20', async () => {
  const phase = 'SAMPLE_SELECTION';
  const { input } = fullPhaseOf(phase).item;
  const versions: BuiltVersion[] = [];
  for (const count of [20, 2000]) {
    const draft = await buildVersion(world, { phase, items: 0 });
    versions.push(
      await mutate(world, ada, 'putItems', 'PutItemsInput', {
        versionId: draft.versionId,
        expectedRevision: draft.revision,
        items: {
          [input]: Array.from({ length: count }, (_, n) => ({
            ...sampleItem(phase, n),
            sampleType: ['RANDOM', 'RISK_BASED'][n % 2],
          })),
        },
      }),
    );
  }
  const asked = `query ($v: UUID!, $filter: VersionItemFilter) { phaseVersion(versionId: $v) {
    items(first: 50, filter: $filter, orderBy: { field: "sampleIdentifier", direction: DESC }) { totalCount nodes { itemKey label ... on SampleDecision { recommendedBy { name } } } }
    itemFacets(fields: ["recommendationSource", "decisionStatus"], filter: $filter) { field values { value count } } } }`;
  const filter = by({ field: 'sampleType', equals: 'RANDOM' }, { field: 'sampleIdentifier', contains: 'sample' });
  const sent: string[][] = [];
  for (const { versionId } of versions) {
    const { result, statements } = await world.counted(() => world.get(aud, asked, { v: versionId, filter }));
    sent.push(statements);
    const { items, itemFacets } = result.phaseVersion;
    const total = itemFacets[1].values.reduce((sum: number, { count }: any) => sum + count, 0);
    expect(items.totalCount).toBe(total);
    expect(items.nodes).toHaveLength(Math.min(50, total));
  }
  expect(sent[1]).toHaveLength(sent[0]!.length);
  expect(sent[1]!.length).toBeLessThanOrEqual(7);
});

test('what clients choose leaves no prepared statement behind', async () => {
  const version = await buildVersion(world, { phase: 'PLANNING', items: 2 });
  const prepared = async () =>
    Math.max(
      ...(await Promise.all(
        Array.from({ length: 8 }, async () => {
          const [row] = await world.db.query<{ n: number }>(
            'select count(*)::int as n, pg_sleep(0.05)::text from pg_prepared_statements',
          );
          return row!.n;
        }),
      )),
    );
  for (const _ of [1, 2]) await found(version, by({ field: 'label', isNull: false }));
  const before = await prepared();
  for (let n = 1; n <= 20; n++)
    await found(version, { fields: Array(n).fill({ field: 'decisionReason', isNull: false }) });
  expect((await prepared()) - before).toBeLessThan(20);
});
