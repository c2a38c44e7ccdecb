import { createHash } from 'node:crypto';
import { TrustedDocuments } from '..';

const text = 'query Viewer { viewer { name } }';
const id = createHash('sha256').update(text).digest('hex');
const make = (manifest: unknown) => new TrustedDocuments(manifest, 'The manifest', () => new Error('untrusted'));
const trusted = make({ [id]: text });
const persisted = { persistedQuery: { version: 1, sha256Hash: id } };

test.each([
  ['its id', { documentId: id }],
  ['its id, with the name of the algorithm', { documentId: `sha256:${id.toUpperCase()}` }],
  ['the hash of a persisted query', { extensions: persisted }],
  ['its exact text', { query: text }],
])('a document is known by %s', (_, asked) => {
  expect(trusted.inBody({ ...asked, variables: { a: 1 } })).toEqual({ query: text, variables: { a: 1 } });
  const search = new URLSearchParams({ a: '1' });
  for (const [name, value] of Object.entries(asked))
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  expect(Object.fromEntries(new URLSearchParams(trusted.inSearch(`?${search.toString()}`)))).toEqual({
    query: text,
    a: '1',
  });
});

test.each([
  ['another text', { query: `${text} ` }],
  ['another id', { documentId: id.replace(/^./, 'x') }],
  ['nothing', {}],
  ['an id that is none, although the text is right', { documentId: '', query: text }],
])('%s is refused', (_, asked) => {
  expect(() => trusted.inBody(asked)).toThrow('untrusted');
});

test('texts that are added are trusted as those of the manifest are', () => {
  const own = 'query Own { viewer { userId } }';
  expect(() => trusted.inBody({ query: own })).toThrow('untrusted');
  const more = make({ [id]: text }).add([own]);
  const ownId = createHash('sha256').update(own).digest('hex');
  for (const asked of [{ query: own }, { documentId: ownId }]) expect(more.inBody(asked)).toEqual({ query: own });
  expect(more.inBody({ documentId: id })).toEqual({ query: text });
});

test('what is no request is left to whoever refuses those', () => {
  expect(trusted.inBody([text])).toEqual([text]);
  expect(trusted.inSearch('?extensions={')).toBe('?extensions={');
});

test.each([
  ['a list', [], 'The manifest holds no documents by id'],
  ['empty', {}, 'The manifest holds no documents by id'],
  ['of other texts', { [id]: 'query { other }' }, `in The manifest, ${id} is not the SHA-256 of its text`],
])('a manifest that is %s is none', (_, manifest, message) => {
  expect(() => make(manifest)).toThrow(message);
});
