import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getIntrospectionQuery, Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { examples } from '../../playground/src/examples';
import { projectRoot, readEnv } from '../../src/env';
import { makeSchema } from '../../src/graphql/schema';
import { Budget } from '../../src/transport/limits/budget';
import { limitText, operationHold, weigh } from '../../src/transport/limits/limits';
import { RequestRefusal } from '../../src/transport/errors/refusals';

const schema = makeSchema();

function weightOf(text: string, variables: Record<string, unknown> = {}, of = schema) {
  const document = parse(text);
  expect(validate(of, document)).toEqual([]);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )!;
  return weigh(of, document, operation, variables);
}
const costOf = (text: string, variables?: Record<string, unknown>) => weightOf(text, variables).cost;

describe('what an operation costs', () => {
  test('a field costs 1, and what is below it', () => {
    expect(weightOf('{ viewer { name } }')).toEqual({ depth: 2, fields: 1, cost: 2, costliest: 'viewer' });
    expect(weightOf('{ viewer { name userId roles } a: viewer { name } __typename }')).toMatchObject({
      depth: 2,
      fields: 3,
      cost: 7,
    });
  });

  test('a page costs as much as it may have entries; what is said about it, once', () => {
    expect(costOf('{ workflows(first: 3) { totalCount pageInfo { hasNextPage } } }')).toBe(4);
    expect(costOf('{ workflows(first: 3) { nodes { id } } }')).toBe(1 + 1 + 3);
    expect(costOf('{ workflows(last: 3) { edges { cursor node { id } } } }')).toBe(1 + 1 + 3 * 3);
    expect(costOf('{ workflows { nodes { id } } }')).toBe(1 + 1 + 20);
    expect(costOf('{ workflows(first: 0) { nodes { id } } }')).toBe(1 + 1);
  });

  test('pages within pages multiply, and so do lists that have no pages', () => {
    expect(costOf('{ workflows(first: 3) { nodes { changes(first: 5) { nodes { hash } } } } }')).toBe(
      1 + 1 + 3 * (1 + 1 + 5),
    );
    expect(costOf('{ workflows(first: 3) { nodes { testers { name } } } }')).toBe(1 + 1 + 3 * (1 + 10));
  });

  test('a page’s size may be a variable, with a default, or nothing', () => {
    const query = 'query ($n: Int = 7) { workflows(first: $n) { nodes { id } } }';
    expect(costOf(query)).toBe(9);
    expect(costOf(query, { n: 4 })).toBe(6);
    expect(costOf('query ($n: Int) { workflows(first: $n) { nodes { id } } }')).toBe(22);
    expect(costOf('query ($n: Int) { workflows(first: $n) { nodes { id } } }', { n: null })).toBe(22);
    expect(costOf('{ workflows(first: null, last: 2) { nodes { id } } }')).toBe(4);
  });

  test('a page that no list has counts as the largest there is, for the list itself refuses it', () => {
    expect(costOf('{ workflows(first: 2000000000) { nodes { id } } }')).toBe(1002);
    expect(costOf('{ workflows(first: -5) { nodes { id } } }')).toBe(22);
  });

  test('a list of ids counts each of them, and what is read of it', () => {
    expect(costOf('{ nodes(ids: ["a", "b", "c"]) { id } }')).toBe(1 + 3 + 3);
    expect(costOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(50).fill('a') })).toBe(1 + 50 + 50);
  });

  test('fragments count where they are spread', () => {
    const fragment = 'fragment W on WorkflowConnection { nodes { id } }';
    expect(costOf(`{ workflows(first: 3) { ...W } a: workflows(first: 5) { ...W } } ${fragment}`)).toBe(5 + 7);
    expect(costOf('{ workflows(first: 3) { ... { nodes { ... on Workflow { id } } } } }')).toBe(5);
  });

  test('of what is asked of different types of an object, the most expensive counts', () => {
    const query = (fragments: string) => `{ node(id: "x") { id ${fragments} } }`;
    const two = '... on Workflow { cycle { name } } ... on Report { name }';
    expect(costOf(query(two))).toBe(1 + 1 + 2);
    expect(costOf(query(`${two} ... on Report { number owner { name } }`))).toBe(1 + 1 + 4);
    expect(costOf(query('... on PhaseVersion { status } ... on ScopingVersion { totalAttributes }'))).toBe(4);
  });

  test('a mutation costs a transaction besides', () => {
    const input = '{ versionId: "0194d2a0-5c00-7000-8000-000000000103", expectedRevision: 1 }';
    expect(costOf(`mutation { submitVersion(input: ${input}) { version { status } } }`)).toBe(103);
  });

  test('what reads the whole log costs more than its fields', () => {
    expect(costOf('{ verifyReferenceLog { valid } }')).toBe(101);
  });

  test('what a field is given counts: entries of lists, long texts, and a search', () => {
    const version = '0194d2a0-5c00-7000-8000-000000000103';
    const blame = `query ($keys: [UUID!]) { phaseVersion(versionId: "${version}") { blame(itemKeys: $keys) { label } } }`;
    expect(costOf(blame, { keys: Array(50).fill(version) }) - costOf(blame, { keys: [] })).toBe(50);
    const search = (text: string) =>
      `{ phaseVersion(versionId: "${version}") { items(first: 1${text && `, search: "${text}"`}) { totalCount } } }`;
    expect(costOf(search('a')) - costOf(search(''))).toBe(100);
    const update =
      'mutation ($input: UpdateVersionInput!) { a: updateVersion(input: $input) { version { id } } b: updateVersion(input: $input) { version { id } } }';
    const content = (n: number) => ({ input: { content: { planning: { planningMetadata: { text: 'x'.repeat(n), list: [] } } } } }); // prettier-ignore
    expect(costOf(update, content(50_000)) - costOf(update, content(10))).toBe(2 * 50);
    const literal = (list: string) => `{ reviewQueue(phases: [${list}]) { totalCount } }`;
    expect(costOf(literal('PLANNING, SCOPING')) - costOf(literal(''))).toBe(2);
  });

  test('a refusal names the field that costs most', () => {
    const { costliest } = weightOf(
      '{ viewer { name } workflows(first: 100) { totalCount nodes { phases { phase history(first: 100) { nodes { id } } } } } }',
    );
    expect(costliest).toBe('workflows.nodes.phases.history.nodes.id');
    const fragment = weightOf(
      '{ ...F } fragment F on Query { viewer { name } w: workflows(first: 9) { nodes { id } } }',
    );
    expect(fragment.costliest).toBe('workflows.nodes.id');
    const listed = weightOf(
      'query ($p: [Phase!]) { viewer { name } reviewQueue(phases: $p, first: 5) { nodes { id } } }',
      {
        p: Array(300).fill('PLANNING'),
      },
    );
    expect(listed.costliest).toBe('reviewQueue');
  });

  test('fragments that unfold into millions of fields are weighed at once', () => {
    const chain = Array.from(
      { length: 30 },
      (_, i) => `fragment F${i} on PhaseVersion { parent { ${i < 29 ? `...F${i + 1} ...F${i + 1}` : 'id'} } }`,
    ).join(' ');
    const began = performance.now();
    const { cost, depth } = weightOf(
      `{ phaseVersion(versionId: "0194d2a0-5c00-7000-8000-000000000103") { ...F0 } } ${chain}`,
    );
    expect(cost).toBeGreaterThan(2 ** 29);
    expect(depth).toBe(32);
    expect(performance.now() - began).toBeLessThan(30_000); // where it doubled with each, it took many minutes
  });
});

describe('the default limits', () => {
  const limits = readEnv({});
  const hold = (text: string, variables: Record<string, unknown> = {}) => {
    limitText(text, limits);
    holdDocuments(text, variables);
  };
  const holdDocuments = (text: string, variables: Record<string, unknown> = {}) => {
    const document = parse(text);
    for (const operation of document.definitions)
      if (operation.kind === Kind.OPERATION_DEFINITION) operationHold(limits)(schema, document, operation, variables);
  };

  test.each(examples.map(({ title, query, variables }) => [title, query, variables] as const))(
    'let the playground’s example “%s” through',
    (_, query, variables) => hold(query, JSON.parse(variables || '{}') as Record<string, unknown>),
  );

  test('let the whole introspection of GraphiQL through', () => {
    hold(
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    );
  });

  test('let every operation of the tests through', () => {
    const folder = path.join(projectRoot, 'test', 'operations');
    const documents = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const together = documents.join('\n'); // they share fragments
    expect(together).toMatch(/query|mutation/);
    for (const text of documents) limitText(text, limits);
    holdDocuments(together);
  });

  test('stop at lists within lists within lists', () => {
    expect(() =>
      hold(
        '{ workflows(first: 100) { nodes { phases { history(first: 100) { nodes { items(first: 1000) { nodes { id } } } } } } } }',
      ),
    ).toThrow(RequestRefusal);
  });
});

test('the text is measured in time that grows with its length only, whatever it holds', () => {
  const limits = { maxTokens: 1_000_000 };
  for (const text of [
    `"${'\\"'.repeat(500_000)}`,
    `"""${'\\"""'.repeat(250_000)}`,
    '"'.repeat(1_000_001),
    '#'.repeat(1_000_000),
    ' '.repeat(1_000_000),
  ]) {
    const began = performance.now();
    limitText(text, limits);
    expect(performance.now() - began).toBeLessThan(60_000); // where it grew with the square, it took hours
  }
});

test('brackets in texts and comments do not nest', () => {
  const schema = buildSchema('type Query { a(b: String): Int }');
  const text = `{ a(b: "${'('.repeat(200)}") # ${'{'.repeat(200)}\n b: a(b: """${'['.repeat(200)}""") }`;
  limitText(text, { maxTokens: 100 });
  expect(weightOf(text, {}, schema).cost).toBe(2);
});

describe('the budget of a minute', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is each person’s own, and new after a minute', async () => {
    const budget = new Budget(100);
    expect(await budget.spend(1, 60)).toEqual({
      'ratelimit-limit': '100',
      'ratelimit-remaining': '40',
      'ratelimit-reset': '60',
    });
    jest.advanceTimersByTime(15_000);
    await expect(budget.spend(1, 60)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 100, cost: 60, retryAfterSeconds: 45 },
      headers: { 'retry-after': '45', 'ratelimit-remaining': '0' },
    });
    expect((await budget.spend(2, 60))['ratelimit-remaining']).toBe('40');
    jest.advanceTimersByTime(45_000);
    expect((await budget.spend(1, 60))['ratelimit-remaining']).toBe('40');
  });

  test('of 0 is no limit', async () => {
    expect(await new Budget(0).spend(1, Number.MAX_SAFE_INTEGER)).toEqual({});
  });
});
