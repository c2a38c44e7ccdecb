/** What an edited sheet would change: three-way, and nothing that was not meant. */
import { v5 as uuidv5 } from 'uuid';
import { toCell, type Cell } from '../../src/files/cells';
import { columnsOf } from '../../src/files/columns';
import { compare, type Line } from '../../src/files/compare';
import { fullPhaseOf } from '../../src/phases';
import type { JsonObject } from '../../src/versioning/model';

const phase = fullPhaseOf('SAMPLE_SELECTION');
const columns = columnsOf(phase);
const record = '0194d2a0-5c00-7000-8000-0000000000e1';
const keyOf = (identity: string) => uuidv5(identity, record);
const sample = (name: string, more: JsonObject = {}): JsonObject => ({
  ...Object.fromEntries(columns.map((column) => [column.name, null])),
  sampleIdentifier: name,
  sampleData: { balance: 1 },
  ...more,
});
const items = (...contents: JsonObject[]) =>
  new Map(
    contents.map((content) => [
      keyOf(content.sampleIdentifier as string),
      { label: content.sampleIdentifier as string, content },
    ]),
  );
/** A line as it was exported, with what was typed into it. */
const line = (
  row: number,
  content: JsonObject,
  typed: Record<string, Cell> = {},
  itemKey: string | null = null,
): Line => ({
  row,
  itemKey: itemKey ?? keyOf(content.sampleIdentifier as string),
  cells: new Map(
    columns.map((column, index) => [
      column.name,
      {
        address: `${String.fromCharCode(65 + index)}${row}`,
        cell: column.name in typed ? typed[column.name]! : toCell(content[column.name], column.field.kind),
      },
    ]),
  ),
});
const [a, b] = [sample('A-1'), sample('B-1')];

test('a sheet that was not touched changes nothing, also where others changed something meanwhile', () => {
  const current = items({ ...a, sampleType: 'RISK' }, b);
  expect(compare(phase, [line(2, a), line(3, b)], { base: items(a, b), current, keyOf })).toEqual({
    unchanged: 2,
    added: [],
    changed: [],
    conflicts: [],
    invalid: [],
    notInFile: 0,
  });
});

test('what was typed is a change of that field alone, beside what others changed in the same item', () => {
  const { changed, conflicts } = compare(phase, [line(2, a, { sampleType: 'POPULATION' })], {
    base: items(a, b),
    current: items({ ...a, recommendationSource: 'MANUAL' }, b),
    keyOf,
  });
  expect(conflicts).toEqual([]);
  expect(changed).toEqual([
    { row: 2, itemKey: keyOf('A-1'), label: 'A-1', fields: { sampleType: { now: null, yours: 'POPULATION' } } },
  ]);
});

test('what both changed is a conflict at its cell, and the rest of the line goes through', () => {
  const typed = { sampleType: 'POPULATION', recommendationSource: 'MANUAL' };
  const { changed, conflicts } = compare(phase, [line(2, a, typed)], {
    base: items(a),
    current: items({ ...a, sampleType: 'RISK' }),
    keyOf,
  });
  const at = columns.findIndex(({ name }) => name === 'sampleType');
  expect(conflicts).toEqual([
    expect.objectContaining({
      row: 2,
      cell: `${String.fromCharCode(65 + at)}2`,
      field: 'sampleType',
      base: null,
      now: 'RISK',
      yours: 'POPULATION',
    }),
  ]);
  expect(changed.map(({ fields }) => Object.keys(fields))).toEqual([['recommendationSource']]);
});

test('both typed the same: nothing is left to do', () => {
  const both = { ...a, sampleType: 'RISK' };
  const { unchanged, changed, conflicts } = compare(phase, [line(2, a, { sampleType: 'RISK' })], {
    base: items(a),
    current: items(both),
    keyOf,
  });
  expect({ unchanged, changed, conflicts }).toEqual({ unchanged: 1, changed: [], conflicts: [] });
});

test('an item that was removed meanwhile is a conflict where it was edited, and nothing where it was not', () => {
  const sides = { base: items(a, b), current: items(), keyOf };
  expect(compare(phase, [line(2, a), line(3, b)], sides)).toMatchObject({ conflicts: [], changed: [], unchanged: 2 });
  const { conflicts, changed } = compare(phase, [line(2, a, { sampleType: 'RISK' })], sides);
  expect(conflicts).toEqual([expect.objectContaining({ field: null, cell: null, now: null })]);
  expect(changed).toEqual([]);
});

test('a line without a key adds an item, unless its identity is there: then it is about that one', () => {
  const blank = { itemKey: null };
  const sides = { base: items(a), current: items(a), keyOf };
  const lines = [
    { ...line(2, sample('C-1')), ...blank },
    { ...line(3, a, { sampleType: 'RISK' }), ...blank },
  ];
  const { added, changed, notInFile } = compare(phase, lines, sides);
  expect(added.map(({ row, content }) => [row, content.sampleIdentifier])).toEqual([[2, 'C-1']]);
  expect(changed.map(({ label }) => label)).toEqual(['A-1']);
  expect(notInFile).toBe(0);
});

test('an identity that is new twice is added once, and told', () => {
  const lines = [2, 3].map((row) => ({ ...line(row, sample('C-1')), itemKey: null }));
  const { added, invalid } = compare(phase, lines, { base: items(a), current: items(a), keyOf });
  expect(added.map(({ row }) => row)).toEqual([2]);
  expect(invalid).toEqual([
    { row: 3, cell: null, column: 'Item key', problem: 'This cell names the item of row 2 again.' },
  ]);
});

test.each<[string, Line[], string[]]>([
  [
    'a key that is unknown',
    [line(2, a, {}, keyOf('Z'))],
    ['Item key: This cell names no item of this version. Leave it empty to add one.'],
  ],
  ['an item twice', [line(2, a), line(3, a)], ['Item key: This cell names the item of row 2 again.']],
  [
    'another identity',
    [line(2, a, { sampleIdentifier: 'A-2' })],
    ['Sample: This cell says what the item is known by, which stays. Add another item instead.'],
  ],
  [
    'no constant',
    [line(2, a, { recommendationSource: 'DICE' })],
    ['Source: This cell takes one of TESTER, LLM, MANUAL, CARRIED_FORWARD.'],
  ],
  [
    'an item without what it must have',
    [{ ...line(2, sample('C-1'), { sampleData: null }), itemKey: null }],
    ['Sample data: This cell must not be empty.'],
  ],
])('%s is told with its row, and is no change', (_, lines, problems) => {
  const { invalid, changed, added } = compare(phase, lines, { base: items(a), current: items(a), keyOf });
  expect(invalid.map(({ column, problem }) => `${column}: ${problem}`)).toEqual(problems);
  expect([changed, added]).toEqual([[], []]);
  for (const { row } of invalid) expect(lines.map((each) => each.row)).toContain(row);
});
