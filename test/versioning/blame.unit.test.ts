/** Where a value came from, held against a model that looks back from the end. */
import fc from 'fast-check';
import { originsOf, untilCarried } from '../../src/versioning/blame';
import { sameJson } from '../../src/versioning/diff';
import { count, json, stampedBy, text } from '../../src/versioning/fields';
import type { Json } from '../../src/versioning/model';

const table = {
  name: text('Name'),
  riskRating: text('Rating'),
  details: json('Details'),
  recommendedBy: stampedBy('By'),
  total: count('Total'),
};
interface TestForm {
  readonly id: number;
  readonly image: Record<string, Json>;
}
const forms = (...images: Record<string, Json>[]): TestForm[] => images.map((image, id) => ({ id, image }));
const originOf = (field: string, made: readonly TestForm[]) =>
  originsOf(table, made).find((origin) => origin.field === field)!.form.id;

test('every content field is answered for, in order, and nothing else', () => {
  expect(originsOf(table, forms({ name: 'a' })).map(({ field, value }) => [field, value])).toEqual([
    ['name', 'a'],
    ['riskRating', null],
    ['details', null],
  ]);
});

test('a value that was set and stays has its first form', () => {
  expect(originOf('name', forms({ name: 'a' }, { name: 'a', risk_rating: 'HIGH' }, { name: 'a' }))).toBe(0);
});

test('a value that went away and came back has the form it came back with', () => {
  expect(originOf('name', forms({ name: 'a' }, { name: 'b' }, { name: 'a' }, { name: 'a' }))).toBe(2);
});

test('fields are looked up by the names of their columns', () => {
  expect(originOf('riskRating', forms({ name: 'a' }, { name: 'a', risk_rating: 'HIGH' }))).toBe(1);
});

test('a column that was not there yet is a null', () => {
  expect(originOf('riskRating', forms({ name: 'a' }, { name: 'b', risk_rating: null }))).toBe(0);
});

test('objects are the same whatever the order of their keys', () => {
  expect(originOf('details', forms({ details: { a: 1, b: 2 } }, { details: { b: 2, a: 1 } }))).toBe(0);
  expect(originOf('details', forms({ details: { a: 1 } }, { details: {} }))).toBe(1);
});

test('whatever happened to an item, each field has the form its last unbroken run of values began with', () => {
  const value = fc.constantFrom<Json[]>('a', 'b', null, { x: 1 }, { x: 1, y: null });
  const image = fc.record({ name: value, risk_rating: value, details: value }, { requiredKeys: ['name'] });
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 12 }), (images) => {
      const made = forms(...images);
      for (const [field, column] of [
        ['name', 'name'],
        ['riskRating', 'risk_rating'],
        ['details', 'details'],
      ] as const) {
        const at = (form: TestForm): Json => form.image[column] ?? null;
        let first = made.length - 1;
        while (first > 0 && sameJson(at(made[first - 1]!), at(made.at(-1)!))) first--;
        expect(originOf(field, made)).toBe(first);
        expect(originsOf(table, made).find((origin) => origin.field === field)!.value).toEqual(at(made.at(-1)!));
      }
    }),
    { numRuns: 300 },
  );
});

describe('of a line of items,', () => {
  const form = (item: string, at: number) => ({ image: { item_id: item }, committedAt: new Date(at), at });
  const counting = (...line: ReturnType<typeof form>[]) =>
    untilCarried(line).map(({ image, at }) => `${image.item_id} ${at}`);

  test('all forms count that an item had when it was carried on', () => {
    expect(counting(form('a', 1), form('a', 2), form('b', 3), form('c', 4), form('c', 5))).toEqual([
      ...['a 1', 'a 2', 'b 3', 'c 4', 'c 5'],
    ]);
  });

  test('what an item became later, where it came from, does not', () => {
    expect(counting(form('a', 1), form('a', 5), form('b', 2), form('b', 6), form('c', 4), form('c', 7))).toEqual([
      ...['a 1', 'b 2', 'c 4', 'c 7'],
    ]);
  });

  test('what was carried in the commit that wrote it does', () => {
    expect(counting(form('a', 1), form('b', 1))).toEqual(['a 1', 'b 1']);
  });

  test('one item and no item are themselves', () => {
    expect(counting(form('a', 1), form('a', 2))).toEqual(['a 1', 'a 2']);
    expect(counting()).toEqual([]);
  });
});
