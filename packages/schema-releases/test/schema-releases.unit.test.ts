import { buildSchema } from 'graphql';
import { brokenSince, undatedDeprecations } from '..';

const TODAY = '2027-06-01';
const broken = (released: string, schema: string): string[] =>
  brokenSince(buildSchema(released), buildSchema(schema), TODAY).map(({ description }) => description);
const until = (day: string) => `@deprecated(reason: "Until ${day}. Use name.")`;

test('what is added, and what becomes optional where it is given, breaks nothing', () => {
  expect(
    broken(
      'type Query { user(id: ID!): Int } input I { a: Int! } type T { a: Int }',
      'type Query { user(id: ID, more: Int): Int users: Int } input I { a: Int b: Int } type T { a: Int! }',
    ),
  ).toEqual([]);
});

test.each([
  ['a field', 'type Query { a: Int b: Int }', 'type Query { a: Int }', 'Query.b was removed.'],
  ['an argument', 'type Query { a(x: Int): Int }', 'type Query { a: Int }', 'Query.a arg x was removed.'],
  [
    'a field of an input',
    'type Query { a(i: I): Int } input I { x: Int y: Int }',
    'type Query { a(i: I): Int } input I { x: Int }',
    'I.y was removed.',
  ],
  [
    'a value',
    'type Query { a: E } enum E { X Y }',
    'type Query { a: E } enum E { X }',
    'Y was removed from enum type E.',
  ],
  [
    'a type that changes',
    'type Query { a: Int }',
    'type Query { a: String }',
    'Query.a changed type from Int to String.',
  ],
])('%s that is missed is told', (_, released, schema, told) => expect(broken(released, schema)).toEqual([told]));

describe('what was deprecated', () => {
  const released = (
    day: string,
  ) => `type Query { a(old: Int ${until(day)}, x: Int): Int b: Int ${until(day)} e(i: I): E }
    enum E { X Y ${until(day)} } input I { x: Int y: Int ${until(day)} }`;
  const schema = 'type Query { a(x: Int): Int e(i: I): E } enum E { X } input I { x: Int }';

  test('may be removed after its last day, not on it or before', () => {
    expect(broken(released('2027-05-31'), schema)).toEqual([]);
    expect(broken(released('2027-06-01'), schema)).toHaveLength(4);
    expect(broken(released('2028-01-01'), schema)).toHaveLength(4);
  });

  test('without a day is not removed, and is told', () => {
    const undated = 'type Query { a: Int b: Int @deprecated(reason: "Use a.") c: Int @deprecated }';
    expect(broken(undated, 'type Query { a: Int c: Int }')).toEqual(['Query.b was removed.']);
    expect(undatedDeprecations(buildSchema(undated))).toEqual(['Query.b', 'Query.c']);
    expect(undatedDeprecations(buildSchema(released('2027-05-31')))).toEqual([]);
  });

  test('does not change its type before it goes', () => {
    expect(
      broken(`type Query { a: Int b: Int ${until('2027-05-31')} }`, 'type Query { a: Int b: String }'),
    ).toHaveLength(1);
  });

  test('takes types along that nothing else is of', () => {
    const types = 'type Old { deep: Deep } type Deep { x: Int } interface N { x: Int } type M implements N { x: Int }';
    const left = 'type Query { a: Int }';
    expect(
      broken(`type Query { a: Int old: Old ${until('2027-05-31')} n: N ${until('2027-05-31')} } ${types}`, left),
    ).toEqual([]);
    expect(broken(`type Query { a: Int old: Old ${until('2027-06-01')} } ${types}`, left)).toEqual(
      expect.arrayContaining(['Old was removed.', 'Deep was removed.', 'Query.old was removed.']),
    );
    expect(broken(`type Query { a: Int n: N ${until('2028-05-31')} } ${types}`, left)).toEqual(
      expect.arrayContaining(['N was removed.', 'M was removed.']),
    );
  });
});
