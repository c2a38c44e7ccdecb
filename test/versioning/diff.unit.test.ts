import { applyPatch } from 'rfc6902';
import { fieldChanges, patchOf, pointer, sameJson } from '../../src/versioning/diff';
import type { Json, JsonObject } from '../../src/versioning/model';
import { chance } from '../support/chance';

test('a pointer escapes tilde and slash', () => {
  expect(pointer('a/b', 'c~d', '')).toBe('/a~1b/c~0d/');
});

test('objects are compared key by key, lists and values whole', () => {
  const before: JsonObject = { same: 1, deep: { x: 1, y: { z: [1, 2] } }, gone: null, kind: 'a' };
  const after: JsonObject = { kind: 'b', deep: { y: { z: [2, 1] }, x: 1, w: null }, same: 1 };
  expect(fieldChanges(before, after)).toEqual([
    { path: '/deep/y/z', kind: 'CHANGED', before: [1, 2], after: [2, 1] },
    { path: '/deep/w', kind: 'ADDED', before: null, after: null },
    { path: '/gone', kind: 'REMOVED', before: null, after: null },
    { path: '/kind', kind: 'CHANGED', before: 'a', after: 'b' },
  ]);
});

test('an object that becomes something else is one change', () => {
  expect(fieldChanges({ a: { b: 1 } }, { a: [1] })).toMatchObject([{ path: '/a', kind: 'CHANGED' }]);
  expect(fieldChanges({ a: null }, { a: {} })).toMatchObject([
    { path: '/a', kind: 'CHANGED', before: null, after: {} },
  ]);
});

test('objects of very many keys are compared without nesting a call for each', () => {
  const wide = (value: number): JsonObject => ({
    deep: Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`key ${n}`, value])),
  });
  expect(patchOf(wide(1), wide(2), '/content')).toHaveLength(200_000);
});

test('equality does not look at the order of keys', () => {
  expect(sameJson({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toBe(true);
  expect(sameJson({ a: null }, {})).toBe(false);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
});

function anyJson(next: () => number, depth = 0): Json {
  const kind = Math.floor(next() * (depth > 3 ? 4 : 6));
  if (kind === 0) return null;
  if (kind === 1) return next() < 0.5;
  if (kind === 2) return Math.round(next() * 1000) / 8;
  if (kind === 3) return ['', 'a', 'ä/~', '🙂', 'x'.repeat(90)][Math.floor(next() * 5)]!;
  if (kind === 4) return Array.from({ length: Math.floor(next() * 3) }, () => anyJson(next, depth + 1));
  return anyObject(next, depth + 1);
}
function anyObject(next: () => number, depth = 0): JsonObject {
  const keys = ['a', 'b/c', 'd~e', '', '0', 'name'].filter(() => next() < 0.5);
  return Object.fromEntries(keys.map((key) => [key, anyJson(next, depth)]));
}

test('the patch turns any content into any other', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const next = chance(seed);
    const before = anyObject(next);
    const after = anyObject(next);
    const document = structuredClone({ content: before });
    const problems = applyPatch(document, patchOf(before, after, '/content')).filter((problem) => problem !== null);
    expect({ seed, problems, document }).toEqual({ seed, problems: [], document: { content: after } });
  }
});
