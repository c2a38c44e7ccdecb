/** What cells show and what is read from them: of each kind of field, both ways. */
import { isSame, LONGEST_CELL, fromCell, toCell, Unreadable, type Cell } from '../../src/files/cells';
import { fullPhases } from '../../src/phases';
import { contentFields, type StoredField } from '../../src/versioning/fields';
import type { Json } from '../../src/versioning/model';

const field = (kind: StoredField['kind'], more: Partial<StoredField> = {}): StoredField => ({
  source: 'input',
  kind,
  required: false,
  label: 'A field',
  ...more,
});
const colour = { enumeration: { name: 'Colour', values: ['RED', 'BLUE'] } };

test.each<[string, StoredField, Json]>([
  ['a text', field('text'), 'Reconciled to the ledger.'],
  ['a text of several lines', field('text'), 'First.\n\nSecond.'],
  ['a text that looks like a formula', field('text'), '=HYPERLINK("http://example.org";"here")'],
  ['a text that looks like a number', field('text'), '007'],
  ['a flag', field('flag'), false],
  ['a number', field('integer'), -12],
  ['a person', field('user'), 3],
  ['a day', field('date'), '2028-02-29'],
  ['an instant', field('instant'), '2026-01-31T09:30:00.000Z'],
  ['an object', field('json'), { a: [1, { b: null }], ä: '"quoted"' }],
  ['a list of objects', field('jsonList'), [{ a: 1 }, {}]],
  ['a list of texts', field('textList'), ['RANDOM', 'RISK']],
  ['a constant', field('enumeration', colour), 'BLUE'],
  ['a UUID', field('uuid'), '0194d2a0-5c00-7000-8000-0000000000a1'],
  ['nothing', field('text'), null],
])('%s is read as it was shown', (_, { kind }, value) => {
  const cell = toCell(value, kind);
  expect(fromCell(cell, field(kind, colour))).toEqual(value);
});

test.each<[string, StoredField, Cell, Json]>([
  ['a number in a text', field('text'), 12, '12'],
  ['a constant in small letters, with a blank', field('enumeration', colour), ' blue ', 'BLUE'],
  ['a state in small letters', field('text', { onlySuggested: true, suggestions: ['OPEN'] }), 'open', 'OPEN'],
  ['yes', field('flag'), 'Yes', true],
  ['a day that is a text', field('date'), '2026-12-31', '2026-12-31'],
  ['an instant in another zone', field('instant'), '2026-01-31T10:30:00+01:00', '2026-01-31T09:30:00.000Z'],
  ['lines as Windows ends them', field('textList'), 'ONE\r\nTWO\r\n', ['ONE', 'TWO']],
  ['nothing, where something stands then', field('text', { fallback: 'OTHER' }), ' ', 'OTHER'],
])('%s is what is meant', (_, of, cell, value) => expect(fromCell(cell, of)).toEqual(value));

test.each<[string, StoredField, Cell]>([
  ['a word for a number', field('integer'), 'twelve'],
  ['half a number', field('integer'), 1.5],
  ['a number that no column holds', field('integer'), 3_000_000_000],
  ['a day that is none', field('date'), '2026-02-30'],
  ['an instant without a zone', field('instant'), '2026-01-31T09:30:00'],
  ['no constant', field('enumeration', colour), 'GREEN'],
  ['no state', field('text', { onlySuggested: true, suggestions: ['OPEN'] }), 'opne'],
  ['maybe', field('flag'), 'maybe'],
  ['a list for an object', field('json'), '[]'],
  ['a list of numbers for one of objects', field('jsonList'), '[1]'],
  ['no JSON', field('json'), '{'],
  ['no UUID', field('uuid'), 'A-1'],
  ['nothing where something must be', field('text', { required: true }), null],
])('%s is refused', (_, of, cell) => expect(() => fromCell(cell, of)).toThrow(Unreadable));

test('a cell that was not touched stands for its value, also where a cell cannot hold it', () => {
  const long = 'x'.repeat(LONGEST_CELL + 10);
  expect(String(toCell(long, 'text'))).toHaveLength(LONGEST_CELL);
  expect(isSame(String(toCell(long, 'text')), toCell(long, 'text'))).toBe(true);
  expect(isSame('two\r\nlines ', toCell('two\nlines', 'text'))).toBe(true);
  expect(toCell('bell\u0007 and half \ud800', 'text')).toBe('bell\ufffd and half \ufffd');
  expect(isSame('other', toCell('two\nlines', 'text'))).toBe(false);
});

test('every kind of field that a phase declares has a way in and out', () => {
  for (const { item } of fullPhases)
    for (const [, declared] of contentFields(item.fields)) {
      expect(toCell(null, declared.kind)).toBeNull();
      expect(() => fromCell('?', { ...declared, required: false })).not.toThrow(TypeError);
    }
});
