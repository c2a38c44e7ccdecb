/** What the words of a field table say, and what is read off a table. */
import {
  columnFields,
  contentFields,
  count,
  date,
  decisionStatus,
  entry,
  enumeration,
  fallbacks,
  flagOr,
  instant,
  integer,
  isAlwaysSet,
  isReference,
  jsonList,
  lob,
  neverCarried,
  reasonOfChange,
  requiredEnumeration,
  requiredFlag,
  requiredInstant,
  requiredInteger,
  requiredJson,
  requiredText,
  requiredUser,
  requiredUuid,
  givenWithChange,
  shownAs,
  stampedAt,
  stampedBy,
  text,
  textList,
  textOr,
  user,
  uuid,
  version,
  json,
} from '../../src/versioning/fields';

test.each([
  [text('It'), 'text', false],
  [requiredText('It'), 'text', true],
  [uuid('It'), 'uuid', false],
  [requiredUuid('It'), 'uuid', true],
  [requiredFlag('It'), 'flag', true],
  [integer('It'), 'integer', false],
  [requiredInteger('It'), 'integer', true],
  [date('It'), 'date', false],
  [instant('It'), 'instant', false],
  [requiredInstant('It'), 'instant', true],
  [json('It'), 'json', false],
  [requiredJson('It'), 'json', true],
  [user('It'), 'user', false],
  [requiredUser('It'), 'user', true],
  [lob('It'), 'lob', false],
  [version('It'), 'version', false],
  [enumeration('It', 'Kind', ['A', 'B']), 'enumeration', false],
  [requiredEnumeration('It', 'Kind', ['A', 'B']), 'enumeration', true],
])('%j is put in by clients', (field, kind, required) => {
  expect(field).toMatchObject({ source: 'input', label: 'It', kind, required });
  expect(isAlwaysSet(field)).toBe(required);
});

test('an enumeration has a name and its values', () => {
  const said = { enumeration: { name: 'Kind', values: ['A', 'B'] }, description: 'Which.' };
  expect(enumeration('It', 'Kind', ['A', 'B'], { description: 'Which.' })).toMatchObject(said);
  expect(requiredEnumeration('It', 'Kind', ['A', 'B'], { description: 'Which.' })).toMatchObject(said);
});

test.each([
  [textOr('It', 'none'), 'text', 'none'],
  [flagOr('It', false), 'flag', false],
  [textList('It'), 'textList', []],
  [jsonList('It'), 'jsonList', []],
])('%j is never missing', (field, kind, fallback) => {
  expect(field).toMatchObject({ source: 'input', label: 'It', kind, required: false, fallback });
  expect(isAlwaysSet(field)).toBe(true);
});

const restricted = { value: false, to: ['TEST_EXECUTIVE'] } as const;
const table = {
  name: requiredText('Name'),
  ownerId: user('Owner'),
  kind: textOr('Kind', 'PLAIN'),
  approved: flagOr('Approved', true, { restricted }),
  secret: { ...text('Secret'), restricted: { value: 'x', to: [] } },
  savedBy: stampedBy('By'),
  savedAt: stampedAt('At', { kept: true }),
  note: givenWithChange('json', 'Note'),
  why: reasonOfChange('Why'),
  total: count('Total', 'approved'),
  status: decisionStatus('Status', 'Words', { APPROVED: 'YES' }, 'OPEN'),
};

test('content is what clients put in; columns are there also for stamps and for what was said with a change', () => {
  const names = (fields: readonly (readonly [string, unknown])[]) => fields.map(([name]) => name);
  expect(names(contentFields(table))).toEqual(['name', 'ownerId', 'kind', 'approved', 'secret']);
  expect(contentFields(table)).toBe(contentFields(table));
  expect(names(columnFields(table))).toEqual([...names(contentFields(table)), 'savedBy', 'savedAt', 'note', 'why']);
});

test('a new version starts with what stands for nothing, and a reserved value is never carried into it', () => {
  expect(fallbacks(table)).toEqual({ kind: 'PLAIN', approved: true });
  expect(neverCarried(table)).toEqual({ approved: true, secret: null });
});

test('what is stamped, said or decided says so', () => {
  expect(table.savedBy).toEqual({ source: 'stamped', stamp: 'actor', label: 'By' });
  expect(table.savedAt).toEqual({ source: 'stamped', stamp: 'instant', label: 'At', kept: true });
  expect(table.note).toEqual({ source: 'change', kind: 'json', label: 'Note' });
  expect(table.why).toEqual({ source: 'change', kind: 'text', label: 'Why', isReason: true });
  expect(table.total).toEqual({ source: 'count', label: 'Total', where: 'approved' });
  expect(table.status).toMatchObject({ of: 'status', enumeration: { name: 'Words', whileDraft: 'OPEN' } });
});

test('an entry of a history is there, unless it is said that it may not be', () => {
  expect(entry('text', 'It', () => null)).toMatchObject({ kind: 'text', label: 'It', required: true });
  expect(entry('text', 'It', () => null, { required: false }).required).toBe(false);
});

test('what points elsewhere is shown as the thing itself', () => {
  const kinds = ['text', 'uuid', 'user', 'lob', 'version'] as const;
  expect(kinds.filter(isReference)).toEqual(['user', 'lob', 'version']);
  expect(kinds.map((kind) => shownAs('dataOwnerId', kind))).toEqual([
    'dataOwnerId',
    'dataOwnerId',
    'dataOwner',
    'dataOwner',
    'dataOwner',
  ]);
  expect(shownAs('IdOfOwnerId', 'user')).toBe('IdOfOwner');
});
