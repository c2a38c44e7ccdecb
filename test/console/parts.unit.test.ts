import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { asOf } from '../../console/src/api/as-of';
import { itemsAcross } from '../../console/src/features/cycles/across';
import { patchAcross } from '../../console/src/features/cycles/patch';
import { placesFor, readText } from '../../console/src/features/find/places';
import { allSections, sectionOn } from '../../console/src/features/help/guides';
import { allCharts, views, wholeRows } from '../../console/src/features/insights/selection';
import { waitersOf } from '../../console/src/features/insights/waiters';
import { filterOf } from '../../console/src/features/log/asked';
import { looked } from '../../console/src/features/my-work/last-here';
import type { FieldFragment } from '../../console/src/generated/graphql';
import { lanesOf } from '../../console/src/features/phase/lanes';
import { isRefusal, knows } from '../../console/src/features/version/decisions';
import {
  asChanges,
  insistedOn,
  pendingOf,
  withChanges,
  without,
} from '../../console/src/features/version/items/unsaved';
import { asTypedInto, cellsOf, laidOver } from '../../console/src/features/version/items/pasted';
import { typed } from '../../console/src/parts/typed';
import { treeChanges } from '../../console/src/parts/tree-changes';
import { isSame, opensWith, readKept } from '../../console/src/parts/views/saved-views';
import { shown } from '../../console/src/parts/value';
import { wordRuns } from '../../console/src/parts/word-runs';
import { age, instant } from '#text/time';
import { allAbout, entryName } from '#text/words';
import { projectRoot } from '../../src/env';
import { phases } from '../../src/phases';
import { contentFields, isReference, shownAs } from '../../src/versioning/fields';
import { consoleFile } from '../../src/transport/http/pages';

test.each([
  ['query A { b }', 'query A($at: DateTime!) @asOf(at: $at) { b }'],
  [
    '\n    query A($c: UUID!, $d: [X!]) {\n  b',
    '\n    query A($c: UUID!, $d: [X!], $at: DateTime!) @asOf(at: $at) {\n  b',
  ],
])('an operation is read at an instant by a variable and a directive', (now, then) => {
  expect(asOf(now)).toBe(then);
});

test('a visit goes on as long as somebody looks, and the next one says what moved since its end', () => {
  const minute = (of: number) => Date.UTC(2026, 10, 30, 8, of);
  const at = (of: number) => new Date(minute(of)).toISOString();
  const first = looked(null, { a: 5 }, minute(0));
  expect(first).toEqual({ here: { at: at(0), heads: { a: 5 } }, before: null });
  const later = looked(first, { a: 6 }, minute(30));
  expect(later.before).toBeNull();
  const second = looked(later, { a: 9, b: 1 }, minute(61));
  expect(second.before).toEqual({ at: at(30), heads: { a: 6 } });
  // A reload changes nothing of it, and a workflow that is not read any more was seen as far as it was.
  const reloaded = looked(second, { b: 2 }, minute(62));
  expect(reloaded).toEqual({ here: { at: at(62), heads: { a: 9, b: 2 } }, before: second.before });
});

test('who waits is counted, those with the most first, and on whom is told unless too many wait', () => {
  const group = (userId: number, name: string, waiting: number, on: readonly (string | null)[] | null) => ({
    handedInBy: { userId, name },
    waiting,
    waitingTime: { median: 26 },
    waitsOn: on && on.map((one) => ({ user: one === null ? null : { name: one } })),
  });
  expect(
    waitersOf([
      group(1, 'Ada', 2, ['Ada', null]),
      group(2, 'Ben', 140, ['Olga', 'Tess']),
      group(3, 'Olga', 0, []),
      group(4, 'Dan', 1, null),
    ]),
  ).toEqual([
    { who: { userId: 2, name: 'Ben' }, count: 140, median: 26, on: ['Olga', 'Tess'] },
    { who: { userId: 1, name: 'Ada' }, count: 2, median: 26, on: ['Ada', 'nobody who can'] },
    { who: { userId: 4, name: 'Dan' }, count: 1, median: 26, on: null },
  ]);
});

test('a phase knows the words for decisions that its declaration has, and what says no takes a reason', () => {
  const decided = (...values: string[]) =>
    ({ isContent: false, constants: values.map((value) => ({ value, title: value })) }) as unknown as FieldFragment;
  const content = { ...decided('MODIFIED'), isContent: true };
  expect(knows([content, decided('PENDING', 'APPROVED', 'REJECTED')], 'MODIFIED')).toBe(false);
  expect(knows([content, decided('PENDING', 'MODIFIED')], 'MODIFIED')).toBe(true);
  expect((['PENDING', 'APPROVED', 'MODIFIED', 'REJECTED'] as const).filter(isRefusal)).toEqual([
    'MODIFIED',
    'REJECTED',
  ]);
});

describe('what differs from one cycle to the next', () => {
  const fields = [
    { name: 'attribute', inputName: 'attributeId', kind: 'UUID', isContent: true },
    { name: 'risk', inputName: null, kind: 'TEXT', isContent: true },
    { name: 'rule', inputName: null, kind: 'JSON', isContent: true },
    { name: 'status', inputName: null, kind: 'TEXT', isContent: false },
  ] as const;
  const item = (itemKey: string, label: string, content: object) => ({ itemKey, label, content: { ...content } });

  test('is found by what items are called, whatever their keys and the identifiers of a cycle', () => {
    const before = [
      item('a', 'Card Network', { attributeId: '1', risk: 'HIGH', rule: { of: 1, at: 2 }, status: 'x' }),
      item('b', 'Lending\u00a0Type ', { risk: null }),
      item('c', 'Gone', { risk: 'LOW' }),
    ];
    const after = [
      item('d', 'Card Network', { attributeId: '2', risk: 'LOW', rule: { at: 2, of: 1 }, status: 'y' }),
      item('e', 'Lending Type', { risk: '' }),
      item('f', 'New', { risk: 'LOW' }),
    ];
    expect(itemsAcross(before, after, fields)).toEqual({
      changed: [
        {
          itemKey: 'd',
          label: 'Card Network',
          kind: 'CHANGED',
          fields: [{ path: '/risk', kind: 'CHANGED', before: 'HIGH', after: 'LOW' }],
        },
      ],
      added: [{ itemKey: 'f', label: 'New', kind: 'ADDED', before: null, after: { content: { risk: 'LOW' } } }],
      removed: [{ itemKey: 'c', label: 'Gone', kind: 'REMOVED', before: { content: { risk: 'LOW' } }, after: null }],
      unchanged: 1,
    });
  });

  test('of several that are called the same, the first is held against the first', () => {
    const two = (risks: string[]) => risks.map((risk, index) => item(`${risk}${index}`, 'Twice', { risk }));
    const { changed, added, removed, unchanged } = itemsAcross(two(['A', 'B']), two(['A', 'C', 'D']), fields);
    expect([changed, added, removed].map((some) => some.map(({ itemKey }) => itemKey))).toEqual([['C1'], ['D2'], []]);
    expect(unchanged).toBe(1);
  });

  test('is taken away as a patch over items by their names, which makes of one what the other is', () => {
    const before = {
      content: { note: 'old', gone: 'x' },
      items: [
        item('a', 'Card/Network', { attributeId: '1', risk: 'HIGH', rule: { of: 1 } }),
        item('c', 'Gone', { risk: 'LOW' }),
        item('d', 'The same', { attributeId: '3', risk: 'LOW' }),
      ],
    };
    const after = {
      content: { note: 'new' },
      items: [
        item('e', 'Card/Network', { attributeId: '7', risk: null, rule: { of: 2 } }),
        item('f', 'New', { attributeId: '8', risk: 'LOW' }),
        item('g', 'The same', { attributeId: '9', risk: 'LOW' }),
      ],
    };
    const own = ['note', 'gone'].map((name) => ({ name, inputName: null, kind: 'TEXT', isContent: true }) as const);
    expect(patchAcross(before, after, { fields: own, itemFields: fields })).toEqual([
      { op: 'replace', path: '/content/note', value: 'new' },
      { op: 'remove', path: '/content/gone' },
      { op: 'remove', path: '/items/Card~1Network/risk' },
      { op: 'replace', path: '/items/Card~1Network/rule', value: { of: 2 } },
      { op: 'add', path: '/items/New', value: { risk: 'LOW', rule: null } },
      { op: 'remove', path: '/items/Gone' },
    ]);
  });
});

describe('a view that was saved', () => {
  const kept = { views: [{ name: 'Late', search: { which: 'overdue' } }], first: 'Late' };
  test.each([
    ['what was kept', kept, kept],
    ['nothing', undefined, { views: [], first: null }],
    ['what somebody else wrote', { views: [1, { name: 2 }, null], first: 3 }, { views: [], first: null }],
    ['no object', [], { views: [], first: null }],
  ])('is read from %s', (_, value, read) => {
    expect(readKept(value)).toEqual(read);
  });

  test('is the same whatever the order, the page of the list, or the instant', () => {
    expect(isSame({ a: '1', b: '2', after: 'x', at: 'y' }, { b: '2', a: '1', q: undefined })).toBe(true);
    expect(isSame({ a: '1' }, { a: '2' })).toBe(false);
  });

  test('opens the page only if it is still there, and asks for anything', () => {
    const all = [{ name: 'All', search: {} }];
    expect(opensWith(kept, all)?.search).toEqual({ which: 'overdue' });
    expect(opensWith({ ...kept, first: 'All' }, all)).toBeUndefined();
    expect(opensWith({ ...kept, views: [] }, all)).toBeUndefined();
  });
});

describe('a value is shown as its field is declared to hold it', () => {
  const constants = [{ value: 'HIGH', title: 'High' }];
  test.each([
    ['ENUMERATION', 'HIGH', 'High'],
    ['ENUMERATION', 'FROM_THE_OLD_SYSTEM', 'FROM_THE_OLD_SYSTEM'],
    ['TEXT', 'PAYMENT_TXN', 'PAYMENT_TXN'],
    ['FLAG', false, 'No'],
    ['TEXT', null, '—'],
    ['TEXT', '', '—'],
    ['NUMBER', 0, '0'],
    ['DATE', '2026-10-01', '1 Oct 2026'],
    ['JSON', { of: 15, is: [] }, 'of 15 · is —'],
  ] as const)('%s %j', (kind, value, text) => {
    expect(shown(value as never, { kind, constants, suggestions: [] })).toBe(text);
  });

  test('the usual values of a text by their titles, in lists too, and others as they are', () => {
    const usual = { kind: 'TEXT', constants: [], suggestions: ['PRIOR_FINDING', 'LLM'] } as const;
    expect(['PRIOR_FINDING', 'LLM', 'PAYMENT_TXN'].map((value) => shown(value, usual as never))).toEqual([
      'Prior finding',
      'LLM',
      'PAYMENT_TXN',
    ]);
    expect(shown(['LLM', 'PRIOR_FINDING'], { ...usual, kind: 'TEXT_LIST' } as never)).toBe('LLM, Prior finding');
  });
});

const risk = {
  name: 'risk',
  title: 'Risk',
  kind: 'ENUMERATION',
  isRequired: false,
  constants: [
    { value: 'HIGH', title: 'High' },
    { value: 'LOW', title: 'Low' },
  ],
  suggestions: [],
} as never;

describe('what is pasted into the table', () => {
  test.each([
    [
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"two\nlines"\t"a ""quoted"" word"', [['two\nlines', 'a "quoted" word']]],
    [
      'a,b\n"c, d",e',
      [
        ['a', 'b'],
        ['c, d', 'e'],
      ],
    ],
    ['A sentence, with a comma.', [['A sentence, with a comma.']]],
    ['one\ntwo, or three\n', [['one'], ['two, or three']]],
    ['a\t\tc', [['a', '', 'c']]],
    ['5" pipe\tx', [['5" pipe', 'x']]],
  ])('%j is taken apart into cells', async (text, cells) => {
    expect(await cellsOf(text)).toEqual(cells);
  });

  test('is read as people see it: by titles, and yes and no', () => {
    const kind = (of: string) => ({ kind: of, constants: [], suggestions: [] }) as never;
    expect([' high ', 'LOW', 'Huge'].map((cell) => asTypedInto(cell, risk))).toEqual(['HIGH', 'LOW', 'Huge']);
    expect(['Yes', 'no', 'TRUE', 'x'].map((cell) => asTypedInto(cell, kind('FLAG')))).toEqual([
      'true',
      'false',
      'true',
      'x',
    ]);
    expect(['—', ' 12 '].map((cell) => asTypedInto(cell, kind('INTEGER')))).toEqual(['', '12']);
  });

  test('goes from the cell on; what lies past the end, or over what is not typed into, is counted', () => {
    const item = (itemKey: string) => ({ itemKey, label: itemKey, content: {} });
    const cells = [
      ['x', 'high', 'y'],
      ['z', 'low', 'w'],
      ['past', 'the', 'end'],
    ];
    const { changes, left } = laidOver(cells, { rows: [item('1'), null, item('2')], fields: [null, risk] });
    expect(changes.map(({ item: { itemKey }, text }) => [itemKey, text])).toEqual([
      ['1', 'HIGH'],
      ['2', 'LOW'],
    ]);
    expect(left).toBe(7);
  });
});

describe('what is typed is read as its field is declared', () => {
  const field = (kind: string, isRequired = false) => ({ kind, isRequired, title: 'Order' }) as never;
  test.each([
    ['12', field('INTEGER'), { value: 12 }],
    ['12.5', field('INTEGER'), { problem: 'Order is a whole number.' }],
    ['twelve', field('NUMBER'), { problem: 'Order is a number.' }],
    ['', field('TEXT'), { value: null }],
    ['  ', field('TEXT', true), { problem: 'Order is needed.' }],
    ['false', field('FLAG'), { value: false }],
    ['{"a": [1]}', field('JSON'), { value: { a: [1] } }],
    ['7', field('USER'), { value: 7 }],
    ['Olga', field('USER'), { problem: 'Order: choose somebody from the list.' }],
    ['perhaps', field('FLAG'), { problem: 'Order is yes or no.' }],
    ['2026-02-28', field('DATE'), { value: '2026-02-28' }],
    ['2026-02-31', field('DATE'), { problem: 'Order is a date, written as 2026-10-31.' }],
    ['31/10/2026', field('DATE'), { problem: 'Order is a date, written as 2026-10-31.' }],
    ['LOW', risk, { value: 'LOW' }],
    ['Huge', risk, { problem: 'Risk is one of High, Low.' }],
    ['2026-11-02T08:00', field('INSTANT'), { value: '2026-11-02T08:00:00.000Z' }],
    ['2026-11-02T08:00:00+01:00', field('INSTANT'), { value: '2026-11-02T07:00:00.000Z' }],
    ['soon', field('INSTANT'), { problem: 'Order is not an instant.' }],
    ['{a: 1}', field('JSON'), { problem: 'Order is not valid JSON.' }],
  ])('%j', (text, declared, result) => {
    expect(typed(text, declared)).toEqual(result);
  });
});

describe('what changed between two texts', () => {
  const marks = (before: string, after: string) =>
    wordRuns(before, after)
      .map(({ kind, value }) => (kind === 'kept' ? value : kind === 'added' ? `[+${value}]` : `[-${value}]`))
      .join('');
  test('is told word by word', () => {
    expect(marks('the rate of July is right', 'the rate of October is right')).toBe(
      'the rate of [-July][+October] is right',
    );
  });
  test('is one change where only a word or two stayed in between', () => {
    expect(marks('kept in another format, and written late', 'kept as a local date, and checked late')).toMatch(
      /^kept \[-.*\]\[\+.*\] late$/,
    );
  });
  test('leaves the stop that stayed', () => {
    expect(marks('due dates.', 'due dates until then.')).toBe('due dates[+ until then].');
  });
  test('gives both texts back', () => {
    const [before, after] = ['a b c d e f. g', 'a x c d e y z. g h'];
    const side = (skip: string) =>
      wordRuns(before, after)
        .flatMap((run) => (run.kind === skip ? [] : [run.value]))
        .join('');
    expect([side('added'), side('removed')]).toEqual([before, after]);
  });
});

test.each([
  [59, 'now'],
  [61, '1 min'],
  [3600, '1 h'],
  [9 * 86_400 + 5, '9 d'],
  [20 * 86_400, '20 d'],
  [21 * 86_400, '3 wk'],
  [800 * 86_400, '2 y'],
])('%d seconds are "%s"', (seconds, text) => {
  expect(age(new Date(0).toISOString(), seconds * 1000)).toBe(text);
});

test.each([
  ['/', '/index.html'],
  ['/w/a/b', '/index.html'],
  ['/v/a/review', '/index.html'],
  ['/assets/index.js', '/assets/index.js'],
  ['/workflowsx', null],
  ['/index.html', null],
  ['/api/v1', null],
])('%s is an address of the console or none', (address, file) => {
  expect(consoleFile(address)).toBe(file);
});

test.each([
  ['2026-07-01T00:00:00.000Z', '1 Jul 2026, 00:00 UTC'],
  ['2026-11-30T17:22:34.567Z', '30 Nov 2026, 17:22:34 UTC'],
])('an instant has seconds only where there are any: %s', (iso, text) => {
  expect(instant(iso)).toBe(text);
});

const consoleFolder = path.join(__dirname, '../../console/src');

test('people and lines of business that a record refers to are shown by name', () => {
  const [, fragment = ''] = /^fragment Named on PhaseVersion \{(.*?)^\}/ms.exec(
    readFileSync(path.join(consoleFolder, 'features/phase/phase.graphql'), 'utf8'),
  )!;
  const missing = phases.flatMap(({ version: { type, fields } }) => {
    const [, asked = ''] = new RegExp(`\\.\\.\\. on ${type} \\{(.*?)^  \\}`, 'ms').exec(fragment) ?? [];
    return contentFields(fields).flatMap(([name, { kind }]) =>
      isReference(kind) && kind !== 'version' && !asked.includes(`    ${shownAs(name, kind)} {`)
        ? [`${type}.${name}`]
        : [],
    );
  });
  expect(missing).toEqual([]);
});

test('half a row of charts is never left empty', () => {
  expect([...wholeRows(['ageing', 'heat', 'time', 'quality'])]).toEqual(['heat', 'ageing']);
  for (const charts of [allCharts, ...Object.values(views).map((view) => view.charts)]) {
    const whole = wholeRows(charts);
    const halves = charts.map((chart) => (whole.has(chart) ? ' ' : '½')).join('');
    expect(halves.replaceAll('½½', '').trim()).toBe('');
  }
});

test('every colour, size and font that a style names is there', () => {
  const all = readdirSync(consoleFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(css|tsx)$/.test(name))
    .map((name) => readFileSync(path.join(consoleFolder, name), 'utf8'))
    .join('\n');
  const given = new Set([...all.matchAll(/(--[\w-]+)['"]?:/g)].map(([, name]) => name));
  const named = new Set([...all.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  // Base UI says from where what it opens grows.
  expect([...named].filter((name) => !given.has(name) && name !== '--transform-origin')).toEqual([]);
});

describe('colours can be told apart', () => {
  type Lch = readonly [number, number, number];
  const css = readFileSync(path.join(__dirname, '../../console/src/style/tokens.css'), 'utf8');
  const tokens = new Map(
    [...css.matchAll(/--([\w-]+): ((?:light-dark|oklch)\(.*\));/g)].map(([, name = '', value = '']) => {
      const found = [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)].map((one) => one.slice(1).map(Number));
      return [name, { light: found[0], dark: found[1] ?? found[0] } as unknown as { light: Lch; dark: Lch }];
    }),
  );

  /** The luminance of WCAG for a colour in OKLCH. */
  function luminance([lightness, chroma, hue]: Lch): number {
    const [a, b] = [Math.cos, Math.sin].map((of) => chroma * of((hue * Math.PI) / 180)) as [number, number];
    const [l, m, s] = [
      (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
      (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
      (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3,
    ];
    const shares = [
      [0.2126, 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s],
      [0.7152, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s],
      [0.0722, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s],
    ] as const;
    return shares.reduce((sum, [share, light]) => sum + share * Math.min(1, Math.max(0, light)), 0);
  }
  const ratio = (ink: string, plane: string, theme: 'light' | 'dark') => {
    const [x, y] = [ink, plane].map((name) => luminance(tokens.get(name)![theme])) as [number, number];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };

  const planes = ['page', 'surface', 'sunken', 'hover', 'raised'];
  const texts = planes.flatMap((plane) =>
    ['ink', 'ink-2', 'ink-3', 'accent', 'good', 'bad', 'note'].map((ink) => [ink, plane] as const),
  );
  const pairs = [
    ...texts,
    ...['ink', 'ink-2', 'ink-3', 'accent'].map((ink) => [ink, 'accent-soft'] as const),
    ...['good', 'bad', 'note'].flatMap((name) => [name, 'ink', 'ink-2'].map((ink) => [ink, `${name}-soft`] as const)),
    ['ink', 'good-mark'],
    ['ink', 'bad-mark'],
    ['on-accent', 'accent-fill'],
    ['on-accent', 'accent-fill-hover'],
    ['on-past', 'past-soft'],
  ] as const;
  test.each(['light', 'dark'] as const)(
    'in the %s theme: text 4.5, the edges of controls and the bars of charts 3',
    (theme) => {
      const low = pairs.filter(([ink, plane]) => ratio(ink, plane, theme) < 4.5);
      const marks = ['line-control', 'data'].flatMap((mark) =>
        ['page', 'surface', 'sunken', 'raised']
          .filter((plane) => ratio(mark, plane, theme) < 3)
          .map((plane) => [mark, plane]),
      );
      expect([low, marks]).toEqual([[], []]);
    },
  );
});

describe('what differs in an object is told place by place', () => {
  const places = (before: unknown, after: unknown) => {
    const { changes, kept } = treeChanges(before as never, after as never);
    const told = changes.map(({ path, before: was, after: is }) => [path.join(' › '), was, is]);
    return { told, kept: kept.map((path) => path.join(' › ')) };
  };
  test.each([
    [{ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 2, d: 4 } }, [['b › d', 3, 4]], ['a', 'b › c']],
    [
      { a: [1, { b: 2 }] },
      { a: [1, { b: 3 }, 4] },
      [
        ['a › 2 › b', 2, 3],
        ['a › 3', undefined, 4],
      ],
      ['a › 1'],
    ],
    [null, { a: 1 }, [['a', undefined, 1]], []],
    [{ a: 1 }, null, [['a', 1, undefined]], []],
    [{ a: { b: 1 } }, { a: [1] }, [['a', { b: 1 }, [1]]], []],
    ['text', { a: 1 }, [['', 'text', { a: 1 }]], []],
    [{ a: { b: 1 }, c: 2 }, { c: 3, a: { b: 1 } }, [['c', 2, 3]], ['a']],
  ])('%j and %j', (before, after, told, kept) => {
    expect(places(before, after)).toEqual({ told, kept });
  });
});

describe('the graph of versions', () => {
  const rows = (...parents: [version: number, parent?: number][]) =>
    parents.map(([versionNumber, parent]) => ({
      versionNumber,
      parent: parent === undefined ? null : { versionNumber: parent },
    }));
  test('of a line is one lane', () => {
    expect(lanesOf(rows([3, 2], [2, 1], [1]))).toEqual({
      width: 1,
      places: [
        { lane: 0, hasAbove: false, hasBelow: true, past: [], ending: [] },
        { lane: 0, hasAbove: true, hasBelow: true, past: [], ending: [] },
        { lane: 0, hasAbove: true, hasBelow: false, past: [], ending: [] },
      ],
    });
  });
  test('of two that were made of one has a lane for each, which end there; a lane that ended is used again', () => {
    const { width, places } = lanesOf(rows([5, 4], [4, 1], [3, 1], [2, 1], [1]));
    expect(width).toBe(3);
    expect(places.map(({ lane, past, ending }) => [lane, past, ending])).toEqual([
      [0, [], []],
      [0, [], []],
      [1, [0], []],
      [2, [0, 1], []],
      [0, [], [1, 2]],
    ]);
    expect(lanesOf(rows([4, 3], [3], [2, 1], [1])).width).toBe(1);
  });
  test('leads nowhere where what it was made of is not listed', () => {
    expect(lanesOf(rows([9, 2])).places[0]).toMatchObject({ hasBelow: false });
  });
});

describe('what is typed into items and not saved yet', () => {
  const field = (name: string, kind = 'TEXT') => ({ name, kind, title: name, inputName: name, constants: [] }) as never;
  const [risk, order] = [field('risk'), field('order', 'INTEGER')];
  const item = (content: object) => ({ itemKey: 'a', label: 'A', content }) as never;
  const saved = item({ risk: 'LOW', order: 1 });
  const typedIn = withChanges({}, [{ item: saved, field: risk, text: 'HIGH' }]);

  test('is sent in part, as its field is declared', () => {
    const edits = withChanges(typedIn, [{ item: saved, field: order, text: '2' }]);
    const pending = pendingOf(edits, [saved], [risk, order]);
    expect(asChanges(pending)).toEqual([{ itemKey: 'a', risk: 'HIGH', order: 2 }]);
  });
  test('is nothing where it is typed back to what is saved', () => {
    expect(withChanges(typedIn, [{ item: saved, field: risk, text: 'LOW' }])).toEqual({});
  });
  test('is wrong where its field does not take it', () => {
    const edits = withChanges({}, [{ item: saved, field: order, text: 'two' }]);
    expect(pendingOf(edits, [saved], [risk, order])).toMatchObject([{ problem: 'order is a whole number.' }]);
  });
  test('conflicts where somebody else saved another value, and not where they saved another field or the same', () => {
    const conflicts = (content: object) =>
      pendingOf(typedIn, [item(content)], [risk, order]).map(({ isConflict, was }) => [isConflict, was]);
    expect(conflicts({ risk: 'MEDIUM', order: 1 })).toEqual([[true, 'LOW']]);
    expect(conflicts({ risk: 'LOW', order: 7 })).toEqual([[false, 'LOW']]);
    expect(conflicts({ risk: 'HIGH', order: 1 })).toEqual([]);
  });
  test('stands where both sides were seen', () => {
    const theirs = item({ risk: 'MEDIUM', order: 1 });
    const edits = insistedOn(typedIn, { item: theirs, field: risk, text: 'HIGH' });
    expect(pendingOf(edits, [theirs], [risk])).toMatchObject([{ isConflict: false, was: 'MEDIUM' }]);
  });
  test('is not lost where it was typed on while it was saved', () => {
    const later = withChanges(typedIn, [{ item: saved, field: risk, text: 'HIGHER' }]);
    const sent = [{ item: saved, field: risk, text: 'HIGH' }];
    expect(without(typedIn, sent)).toEqual({});
    expect(without(later, sent)).toEqual({ a: { risk: { text: 'HIGHER', was: 'HIGH' } } });
  });
});

describe('what is sought', () => {
  const workflow = {
    workflowId: 'w',
    report: { reportId: 'r', name: 'Domestic Credit Cards', number: 'R-1' },
    cycle: { cycleId: 'c', name: 'Autumn' },
  };
  const hrefs = (text: string, isAdministrator = false) =>
    placesFor(text, [workflow], isAdministrator).map(({ href }) => href);

  test('is a workflow by its name, and of it the phase that the last word begins', () => {
    expect(readText('cards')).toEqual({ search: 'cards', phases: [] });
    expect(readText('Credit cards  scop')).toEqual({ search: 'credit cards', phases: ['SCOPING'] });
    expect(readText('cards test').phases).toEqual(['TEST_EXECUTION', 'FINALIZE_TEST_REPORT']);
    expect(hrefs('credit')).toEqual(['/w/c/r']);
    expect(hrefs('credit scoping')).toEqual(['/w/c/r/SCOPING']);
  });
  test('is a page, of administrators too, or the version with an id', () => {
    expect(hrefs('veri')[0]).toBe('/verify');
    expect(hrefs('admin')).not.toContain('/admin/people');
    expect(hrefs('admin', true)[0]).toBe('/admin/people');
    expect(hrefs(' 0194d2a0-5c00-7000-8000-000000000103 ')).toEqual(['/v/0194d2a0-5c00-7000-8000-000000000103']);
  });
});

test('the filter of the log holds what its address asks for, whole days to their end', () => {
  expect(filterOf({})).toBeNull();
  const since = new Date('2026-11-30T00:00:00').toISOString();
  const until = new Date('2026-12-01T00:00:00').toISOString();
  expect(filterOf({ actor: 3, operation: 'putItems', since: '2026-11-30', until: '2026-11-30' })).toEqual({
    actorIds: [3],
    operations: ['putItems'],
    since,
    until,
  });
});

test('several acts on one thing are told as one', () => {
  expect(allAbout(['decided items of', 'approved'])).toBe('decided items and approved');
  expect(allAbout(['started', 'decided items of'])).toBe('started and decided items of');
});

test('what the help leads to is a heading of its guide', () => {
  const missing = allSections.filter(({ guide, heading }) => {
    const text = readFileSync(path.join(projectRoot, 'docs', 'guide', `${guide}.md`), 'utf8');
    return !text.split('\n').some((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  });
  expect(missing).toEqual([]);
  expect(sectionOn('/v/1/review?show=changed')?.heading).toBe('Decide what waits');
  expect(sectionOn('/workflows')).toBeUndefined();
});

test('a record is called by what tells it from others, and never by a word that nobody declared', () => {
  const document = (documentMetadata: unknown, submissionType = 'APPROVAL_RECORD') =>
    entryName({ phase: 'REQUEST_INFO', versionNumber: 2, documentMetadata, submissionType } as never);
  expect(document({ fileName: 'past-due-2026-09.csv', title: 'Past due' })).toBe('past-due-2026-09.csv');
  expect(document({ fileName: ' ', name: 'Policy of 2026' })).toBe('Policy of 2026');
  expect(document({ pages: 38 })).toBe('Approval record');
  expect(document(null, 'PAYMENT_TXN')).toBe('PAYMENT_TXN');
  expect(entryName({ phase: 'TEST_EXECUTION', versionNumber: 1, actionType: 'ADDITIONAL_EVIDENCE' } as never)).toBe(
    'Additional evidence',
  );
  const owner = (lob: { name: string } | null) =>
    entryName({ phase: 'DATA_OWNER_ID', versionNumber: 1, dataOwner: { name: 'Dan Costa' }, lob });
  expect([owner({ name: 'Consumer Lending' }), owner(null)]).toEqual(['Consumer Lending: Dan Costa', 'Dan Costa']);
  expect(entryName({ phase: 'SCOPING', versionNumber: 4 })).toBe('Scoping\u00a04');
});
