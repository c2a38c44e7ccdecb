import { buildSchema, Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { holdOperation, holdText, weigh, type Hold } from '..';

const schema = buildSchema(`
  interface Animal { name: String! }
  type Cat implements Animal { name: String!, mice(first: Int, last: Int): Mice! }
  type Dog implements Animal { name: String!, tricks: [Trick!]! }
  type Mice { totalCount: Int!, nodes: [Mouse!]! }
  type Mouse { name: String! }
  type Trick { name: String! }
  type Query { animal(called: String): Animal, animals(ids: [ID!]): [Animal!]! }
  type Mutation { feed(name: String!): Animal }
`);
const hold: Hold = (measure, limit, actual) => {
  if (actual > limit) throw new Error(`${measure}: ${actual} of ${limit}`);
};
const prices = {
  mutation: 50,
  arguments: { called: 7 },
  charactersPerPoint: 10,
  defaultPage: 20,
  largestPage: 1000,
  assumedList: 3,
};
const weighing = { prices, maxNesting: 9, hold };
const limits = { ...weighing, maxDepth: 4, maxAliases: 1, maxDirectives: 1, maxRootFields: 2, maxCost: 100 };

function asked(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )!;
  return [schema, document, operation, variables] as const;
}
const cat = (selection: string) => `{ animal { ... on Cat { ${selection} } } }`;

test.each([
  ['a field costs 1, and what is below it', '{ animal { name } }', {}, 2],
  [
    'a page costs as much as it may have entries, and what is said about it, once',
    cat('mice(first: 4) { totalCount nodes { name } }'),
    {},
    1 + 1 + 1 + 1 + 4,
  ],
  ['a page without a size has the usual one', cat('mice { nodes { name } }'), {}, 1 + 1 + 1 + 20],
  ['no page is larger than the largest', cat('mice(last: 9999) { nodes { name } }'), {}, 1 + 1 + 1 + 1000],
  ['a list without pages has an assumed length', '{ animal { ... on Dog { tricks { name } } } }', {}, 1 + 1 + 3],
  ['a list of ids has as many entries', '{ animals(ids: ["a", "b"]) { name } }', {}, 1 + 2 + 2],
  ['ids may be a variable', 'query ($ids: [ID!]) { animals(ids: $ids) { name } }', { ids: Array(5).fill('a') }, 11],
  [
    'of exclusive types the most expensive counts',
    '{ animal { ... on Cat { a: name b: name } ... on Dog { name } } }',
    {},
    1 + 2,
  ],
  ['fragments of one type count together', '{ animal { ... on Cat { a: name } ... on Cat { b: name } } }', {}, 1 + 2],
  [
    'an argument may have a price, and a long one has',
    `{ animal(called: "${'x'.repeat(25)}") { name } }`,
    {},
    2 + 7 + 2,
  ],
  [
    'a mutation costs more for each field',
    'mutation { feed(name: "a") { name } b: feed(name: "b") { name } }',
    {},
    104,
  ],
])('%s', (_, text, variables, cost) => {
  expect(weigh(...asked(text, variables), weighing).cost).toBe(cost);
});

test('what costs most is named', () => {
  expect(weigh(...asked(cat('name mice { nodes { name } }')), weighing).costliest).toBe('animal.mice.nodes.name');
});

test('fragments that unfold into millions of fields are weighed at once', () => {
  const fragments = Array.from(
    { length: 8 },
    (_, n) => `fragment F${n} on Query { ${n < 7 ? `...F${n + 1} `.repeat(30) : 'animal { name }'} }`,
  );
  expect(weigh(...asked(`{ ...F0 } ${fragments.join('\n')}`), { ...weighing, maxNesting: 20 }).cost).toBe(2 * 30 ** 7);
});

test.each([
  ['cost', cat('mice(first: 98) { nodes { name } }'), 'cost: 101 of 100'],
  ['depth', '{ __schema { types { fields { type { name } } } } }', 'depth: 5 of 4'],
  ['aliases', '{ a: __typename b: __typename }', 'aliases: 2 of 1'],
  ['directives', '{ animal @skip(if: true) { name @skip(if: true) } }', 'directives: 2 of 1'],
  ['root fields', '{ __typename animal { name } animals { name } }', 'rootFields: 3 of 2'],
])('an operation is held to its limit of %s', (_, text, message) => {
  expect(() => holdOperation(limits, ...asked(text))).toThrow(message);
});

test('an operation within its limits is told what it costs', () => {
  expect(holdOperation(limits, ...asked('{ animal { name } }'))).toBe(2);
});

test.each([
  ['nothing of GraphQL', '"', null],
  ['short', '{ a }', null],
  ['brackets in texts', `{ a(b: "${'('.repeat(9)}") }`, null],
  ['long', ' '.repeat(101), 'characters of an operation: 101 of 100'],
  ['many tokens', '{ a a a a a a a a a }', 'tokens: 11 of 10'],
  ['nested', '{ a(b: [[', 'nesting: 4 of 3'],
])('a text is measured before it is parsed: %s', (_, text, message) => {
  const measure = () => holdText(text, { maxCharacters: 100, maxTokens: 10, maxNesting: 3 }, hold);
  if (message === null) measure();
  else expect(measure).toThrow(message);
});

test('asked again, an operation costs what its variables make it cost', () => {
  const text =
    'query ($called: String, $ids: [ID!], $first: Int) { animal(called: $called) { ... on Cat { mice(first: $first) { nodes { name } } } } animals(ids: $ids) { name } }';
  const [, document, operation] = asked(text);
  for (const variables of [
    { first: 2 },
    { first: 3, called: 'x' },
    { first: 3, called: 'x'.repeat(30) },
    { first: null, ids: ['a', 'b'] },
    { first: 2, ids: ['a'] },
    { first: 2 },
  ])
    for (const _ of ['once', 'again'])
      expect(holdOperation({ ...limits, maxDepth: 9 }, schema, document, operation, variables)).toBe(
        weigh(schema, document, operation, variables, weighing).cost,
      );
});
