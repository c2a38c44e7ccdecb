import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { variablesOf } from '../../src/graphql/variables';

const schema = buildSchema('type Query { known(ids: [Int!]!): Boolean }');
const [operation] = parse('query ($ids: [Int!]!) { known(ids: $ids) }').definitions as [OperationDefinitionNode];

/** A list that counts how many of its values were looked at. */
function counted(value: unknown) {
  const list = {
    looked: 0,
    *[Symbol.iterator]() {
      for (; list.looked < 100_000; list.looked++) yield value;
    },
  };
  return list;
}

test('variables that fit are what they are', () => {
  expect(variablesOf(schema, operation, { ids: [1, 2] })).toEqual({ ids: [1, 2] });
});

test('of a hundred thousand values that do not fit, no more than two are looked at', () => {
  const ids = counted('none');
  expect(variablesOf(schema, operation, { ids })).toBeUndefined();
  expect(ids.looked).toBeLessThan(3);
});
