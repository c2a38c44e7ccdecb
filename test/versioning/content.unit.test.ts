import { changedFields, contentOf, hashOf, itemHash, versionHash } from '../../src/versioning/content';
import { columnName, decisionStatus, instant, json, requiredUuid, stampedBy } from '../../src/versioning/fields';

const fields = {
  attributeId: requiredUuid('Attribute'),
  data: json('Data'),
  recommendedBy: stampedBy('By'),
  status: decisionStatus('Status', 'S', { APPROVED: 'APPROVED' }),
};

test('content is what clients put, every field present, nothing about the row', () => {
  expect(contentOf(fields, { attributeId: 'a', recommendedBy: 3, itemId: 'x', reviewStatus: 'APPROVED' })).toEqual({
    attributeId: 'a',
    data: null,
  });
});

test('the hash does not depend on the order of keys, and does on every value', () => {
  expect(hashOf({ a: 1, b: { c: [1, 2], d: 'ü' } })).toBe(hashOf({ b: { d: 'ü', c: [1, 2] }, a: 1 }));
  expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: '1' }));
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
});

test('a field that is left out and one that is null are the same content', () => {
  expect(itemHash(fields, { attributeId: 'a' })).toBe(itemHash(fields, { attributeId: 'a', data: null }));
});

test('the hash is SHA-256 over canonical JSON, so that others can recompute it', () => {
  // printf '{"content":{},"items":{"k":"h"}}' | sha256sum
  expect(versionHash({}, [['k', 'h']])).toBe('2d18f2c043d0ec8c4339ff0e5f81ef83f65db5bec264fd1161f69078762753d9');
});

test('columns are the fields in the database’s spelling', () => {
  expect(columnName('carriedFromItemId')).toBe('carried_from_item_id');
});

test('an instant that the database gave is content as its text', () => {
  const at = '2026-10-01T09:30:00.000Z';
  expect(contentOf({ at: instant('At') }, { at: new Date(at) })).toEqual({ at });
  expect(contentOf({ at: instant('At') }, { at })).toEqual({ at });
});

test('fields are changed whose values differ as JSON, also those that were not there', () => {
  const before = { same: { a: 1, b: 2 }, other: 1, gone: null };
  expect(changedFields(before, { other: 2, same: { b: 2, a: 1 }, gone: null, added: 'x' })).toEqual(['other', 'added']);
});

test('the hash of a version says its content and which items it has', () => {
  const hash = versionHash({ a: 1 }, [['k', 'h']]);
  expect(versionHash({ a: 1 }, new Map([['k', 'h']]))).toBe(hash);
  expect(versionHash({ a: 2 }, [['k', 'h']])).not.toBe(hash);
  expect(versionHash({ a: 1 }, [])).not.toBe(hash);
  expect(versionHash({ a: 1 }, [['k', 'another']])).not.toBe(hash);
});

test('the hash of a version is that of canonical JSON, whatever its keys are and in whichever order they come', () => {
  const content = { b: 'ü', a: { '10': 1, '9': 2 } };
  const items = ['b', 'a', '10', '9', '2', 'é', '\ufb33', '😀', 'a"b\\', '', '__proto__', 'A', 'a'].map(
    (key, n) => [key, `${n}"`] as const,
  );
  expect(versionHash(content, items)).toBe(hashOf({ content, items: Object.fromEntries(items) }));
});

test('the hash of an item is that of its content', () => {
  expect(itemHash(fields, { attributeId: 'a', itemId: 'x' })).toBe(hashOf({ attributeId: 'a', data: null }));
});
