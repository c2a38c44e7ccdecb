/** Where a value came from, held against a model that looks back from the end. */
import fc from 'fast-check';
import { asCarried, contentOfForm, lineOf, originsOf } from '../../src/versioning/blame';
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
  readonly committedAt: Date;
  readonly image: Record<string, Json>;
}
const form = (item: string, at: number, image: Record<string, Json> = {}): TestForm => ({
  id: at,
  committedAt: new Date(at),
  image: { item_id: item, ...image },
});
const byItem = (...all: readonly TestForm[]) => {
  const made = new Map<string, TestForm[]>();
  for (const one of all) made.set(one.image.item_id as string, [...(made.get(one.image.item_id as string) ?? []), one]);
  return made;
};
/** The forms of one item. */
const forms = (...images: Record<string, Json>[]) => byItem(...images.map((image, at) => form('a', at, image)));
const originOf = (field: string, made: ReturnType<typeof byItem>, item = 'a') =>
  originsOf(table, made, item).find((origin) => origin.field === field)!.form.id;

test('every content field is answered for, in order, and nothing else', () => {
  expect(originsOf(table, forms({ name: 'a' }), 'a').map(({ field, value }) => [field, value])).toEqual([
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

test('a line is followed however long it is, and once round', () => {
  const length = 50_000;
  const carried = Array.from({ length }, (_, n) =>
    form(String(n), n, { name: 'a', carried_from_item_id: n === 0 ? null : String(n - 1) }),
  );
  expect(originOf('name', byItem(...carried), String(length - 1))).toBe(0);
  expect(lineOf(byItem(form('a', 1, { carried_from_item_id: 'a' })), 'a')).toHaveLength(1);
});

test('objects are the same whatever the order of their keys', () => {
  expect(originOf('details', forms({ details: { a: 1, b: 2 } }, { details: { b: 2, a: 1 } }))).toBe(0);
  expect(originOf('details', forms({ details: { a: 1 } }, { details: {} }))).toBe(1);
});

test('whatever happened to an item, each field has the form its last unbroken run of values began with', () => {
  const value = fc.constantFrom<Json[]>('a', 'b', null, { x: 1 }, { x: 1, y: null });
  const image = fc.record<Record<string, Json>>(
    { name: value, risk_rating: value, details: value },
    { requiredKeys: ['name'] },
  );
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 12 }), (images) => {
      const made = forms(...images);
      for (const [field, column] of [
        ['name', 'name'],
        ['riskRating', 'risk_rating'],
        ['details', 'details'],
      ] as const) {
        const at = (n: number): Json => images.at(n)![column] ?? null;
        let first = images.length - 1;
        while (first > 0 && sameJson(at(first - 1), at(-1))) first--;
        expect(originOf(field, made)).toBe(first);
        expect(originsOf(table, made, 'a').find((origin) => origin.field === field)!.value).toEqual(at(-1));
      }
    }),
    { numRuns: 300 },
  );
});

describe('of a line of items,', () => {
  const carried = (from: string) => ({ carried_from_item_id: from });
  const counting = (item: string, ...all: TestForm[]) =>
    lineOf(byItem(...all), item).map(({ image, id }) => `${image.item_id as string} ${id}`);

  test('all forms count that an item had when it was carried on', () => {
    const all = [form('a', 1), form('a', 2), form('b', 3, carried('a')), form('c', 4, carried('b')), form('c', 5)];
    expect(counting('c', ...all)).toEqual(['a 1', 'a 2', 'b 3', 'c 4', 'c 5']);
  });

  test('what an item became later, where it came from, does not', () => {
    const all = [form('a', 1), form('a', 5), form('b', 2, carried('a')), form('b', 6), form('c', 4, carried('b'))];
    expect(counting('c', ...all, form('c', 7))).toEqual(['a 1', 'b 2', 'c 4', 'c 7']);
  });

  test('what was carried in the commit that wrote it does', () => {
    expect(counting('b', form('a', 1), form('b', 1, carried('a')))).toEqual(['a 1', 'b 1']);
  });

  test('one item and no item are themselves', () => {
    expect(counting('a', form('a', 1), form('a', 2))).toEqual(['a 1', 'a 2']);
    expect(counting('a')).toEqual([]);
  });
});

describe('what a merge took from the other side', () => {
  const theirs = [
    form('t0', 1, { name: 'first', risk_rating: 'LOW' }),
    form('t', 4, { carried_from_item_id: 't0', name: 'theirs', risk_rating: 'LOW' }),
  ];
  const ours = [
    form('o', 2, { carried_from_item_id: 't0', name: 'first', risk_rating: 'LOW' }),
    form('o', 5, { carried_from_item_id: 't0', name: 'first', risk_rating: 'HIGH' }),
  ];
  const merge = form('o', 6, { ...ours[1]!.image, name: 'theirs', merged_from_item_id: 't' });

  test('is of who set it there, and the rest of who set it here', () => {
    const all = byItem(...theirs, ...ours, merge);
    expect([originOf('name', all, 'o'), originOf('riskRating', all, 'o')]).toEqual([4, 5]);
  });

  test('stays theirs when the item is edited, carried and merged again', () => {
    const edited = form('o', 7, { ...merge.image, details: 1 });
    const carried = form('n', 8, {
      ...edited.image,
      item_id: 'n',
      carried_from_item_id: 'o',
      merged_from_item_id: null,
    });
    const other = form('u', 9, { carried_from_item_id: 't', name: 'theirs', risk_rating: 'MEDIUM' });
    const again = form('n', 10, { ...carried.image, risk_rating: 'MEDIUM', merged_from_item_id: 'u' });
    const all = byItem(...theirs, ...ours, merge, edited, carried, other, again);
    expect(['name', 'riskRating', 'details'].map((field) => originOf(field, all, 'n'))).toEqual([4, 9, 7]);
  });

  test('is no longer theirs once somebody sets it, also in the words they had', () => {
    const away = form('o', 7, { ...merge.image, name: 'else' });
    const back = form('o', 8, { ...merge.image, name: 'theirs' });
    expect(originOf('name', byItem(...theirs, ...ours, merge, away, back), 'o')).toBe(8);
  });

  test('is of what they had then, and of the merge where nothing of theirs may be seen', () => {
    const later = form('t', 9, { ...theirs[1]!.image, name: 'later' });
    const all = byItem(...theirs, later, ...ours, merge);
    expect(originOf('name', all, 'o')).toBe(4);
    const seen = originsOf(table, all, 'o', { counts: ({ image }) => image.item_id === 'o' });
    expect(seen.find(({ field }) => field === 'name')!.form.id).toBe(6);
  });

  test('is followed once where both sides go on being merged into each other', () => {
    // Each version is carried from the one before, as is the other side that is then merged into it.
    const all = [form('v0', 0, { name: 'n0', risk_rating: 'LOW' })];
    for (let n = 1; n <= 60; n++) {
      const before = { carried_from_item_id: `v${n - 1}`, name: `n${n - 1}`, risk_rating: 'LOW' };
      all.push(form(`v${n}`, 3 * n, before), form(`o${n}`, 3 * n + 1, { ...before, name: `n${n}` }));
      all.push(form(`v${n}`, 3 * n + 2, { ...before, name: `n${n}`, merged_from_item_id: `o${n}` }));
    }
    expect(['name', 'riskRating'].map((field) => originOf(field, byItem(...all), 'v60'))).toEqual([181, 0]);
  });
});

test('of each item of a line, what was carried on is its last form', () => {
  const line = [form('a', 0), form('a', 1), form('b', 2), form('c', 3), form('c', 4)];
  expect(asCarried(line).map(({ id }) => id)).toEqual([1, 2, 4]);
  expect(asCarried([])).toEqual([]);
});

test('the content of a form is its content fields, null where it has none, and nothing else', () => {
  const image = { name: 'a', details: { deep: [1] }, recommended_by: 7, total: 3 };
  expect(contentOfForm(table, form('a', 0, image))).toEqual({ name: 'a', riskRating: null, details: { deep: [1] } });
});
