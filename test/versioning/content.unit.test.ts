import { contentOf, hashOf, itemHash, versionHash } from '../../src/versioning/content';
import { columnName, decisionStatus, json, requiredUuid, stampedBy } from '../../src/versioning/fields';

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
