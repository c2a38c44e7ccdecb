/** Which units are written together: what the log can tell apart, in the order in which they come. */
import { partsOf, rowsTogether, setsOf } from '../../src/legacy/sets';
import { SourceRow } from '../../src/legacy/source-row';
import { imported, type Unit } from '../../src/legacy/unit';

const unit = (n: number, given: Partial<Unit> = {}): Unit => ({
  key: `unit ${n}`,
  actor: 11,
  occurredAt: '2025-03-01T09:00:00Z',
  reason: `It was ${n}.`,
  rows: [
    ['phase_version', [{ version_id: `version ${n}` }]],
    ['scoping_decisions', [{ version_id: `version ${n}`, item_id: `item ${n}` }]],
  ],
  ids: [],
  sources: [imported(new SourceRow('old_table', String(n), '{}', ''))],
  ...given,
});

const sets = (units: readonly Unit[], isNew: (unit: Unit) => boolean = () => true) =>
  [...setsOf(units, isNew)].map(({ units: each, isTogether }) => [isTogether, each.map(({ key }) => key).join()]);

test('units that are new are one set, until one is not', () => {
  const units = [1, 2, 3, 4].map((n) => unit(n));
  expect(sets(units)).toEqual([[true, 'unit 1,unit 2,unit 3,unit 4']]);
  expect(sets(units, ({ key }) => key !== 'unit 3')).toEqual([
    [true, 'unit 1,unit 2'],
    [false, 'unit 3'],
    [true, 'unit 4'],
  ]);
  expect(sets(units, () => false)).toEqual([[false, 'unit 1,unit 2,unit 3,unit 4']]);
  expect(sets([])).toEqual([]);
});

test('what two write of one version, or of one source row, is of two sets', () => {
  expect(sets([unit(1), unit(2, { rows: unit(1).rows }), unit(3)])).toEqual([
    [true, 'unit 1'],
    [true, 'unit 2,unit 3'],
  ]);
  expect(sets([unit(1), unit(2, { sources: unit(1).sources })])).toEqual([
    [true, 'unit 1'],
    [true, 'unit 2'],
  ]);
});

test('rows that are of no version are written one by one', () => {
  expect(sets([unit(1), unit(2, { rows: [['users', [{ user_id: 4 }]]] }), unit(3)])).toEqual([
    [true, 'unit 1'],
    [false, 'unit 2'],
    [true, 'unit 3'],
  ]);
});

test('a set is no larger than one statement should be', () => {
  const many = Array.from({ length: 1_200 }, (_, n) => unit(n));
  expect([...setsOf(many, () => true)].map(({ units }) => units.length)).toEqual([500, 500, 200]);
  const item = { version_id: 'a large version' };
  const large = unit(1, { rows: [['scoping_decisions', Array.from({ length: 5_000 }, () => item)]] });
  expect(sets([unit(0), large, unit(2)]).map(([, keys]) => keys)).toEqual(['unit 0', 'unit 1', 'unit 2']);
});

test('the log is told what each says, and whose each row is', () => {
  expect(partsOf([unit(1), unit(2, { actor: null, occurredAt: null })])).toEqual({
    commits: [
      { actor: 11, occurredAt: '2025-03-01T09:00:00Z', reason: 'It was 1.' },
      { actor: null, occurredAt: null, reason: 'It was 2.' },
    ],
    rows: { 'old_table,1': 0, 'version 1': 0, 'old_table,2': 1, 'version 2': 1 },
  });
  expect([...rowsTogether([unit(1), unit(2)])]).toEqual([
    ['phase_version', [{ version_id: 'version 1' }, { version_id: 'version 2' }]],
    [
      'scoping_decisions',
      [
        { version_id: 'version 1', item_id: 'item 1' },
        { version_id: 'version 2', item_id: 'item 2' },
      ],
    ],
  ]);
});
