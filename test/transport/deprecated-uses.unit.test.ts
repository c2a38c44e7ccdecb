/** What an operation uses that is deprecated, so that those can be told who use it. */
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { deprecatedIn, deprecatedInVariables } from '../../src/transport/metrics/deprecated-uses';

const because = '@deprecated(reason: "Until 2027-05-31. Use name.")';
const schema = buildSchema(`
  type Query { old: String ${because} thing(id: ID, key: ID ${because}, filter: Filter, kinds: [Kind!]): Thing }
  type Thing { name: String title: String ${because} }
  input Filter { text: String words: String ${because} within: [Filter!] kind: Kind }
  enum Kind { NEW FORMER ${because} }
`);
const used = (text: string) => deprecatedIn(schema, parse(text)).sort();
const given = (text: string, variables: object) => {
  const [operation] = parse(text).definitions as [OperationDefinitionNode];
  return deprecatedInVariables(schema, operation, variables as Record<string, unknown>).sort();
};

test('fields, arguments, fields of inputs and values of enumerations are found, each once', () => {
  expect(used('{ old again: old thing(id: 1) { name } }')).toEqual(['Query.old']);
  expect(used('{ thing(key: 1) { ...More } } fragment More on Thing { title }')).toEqual([
    'Query.thing(key:)',
    'Thing.title',
  ]);
  expect(used('{ thing(filter: { within: [{ words: "x", kind: FORMER }] }, kinds: [NEW]) { name } }')).toEqual([
    'Filter.words',
    'Kind.FORMER',
  ]);
  expect(used('{ thing(id: 1, filter: { text: "x", kind: NEW }) { name } nowhere { at { all } } }')).toEqual([]);
});

test('what is given as variables is found as well', () => {
  const query =
    'query ($filter: Filter, $kinds: [Kind!], $unknown: Nothing) { thing(filter: $filter, kinds: $kinds) { name } }';
  expect(given(query, { filter: { within: { words: 'x' }, kind: 'FORMER' } })).toEqual(['Filter.words', 'Kind.FORMER']);
  expect(given(query, { kinds: ['NEW', 'FORMER', 'NONE'] })).toEqual(['Kind.FORMER']);
  expect(given(query, { filter: { text: 'x', words: undefined }, kinds: null, unknown: 1 })).toEqual([]);
});
