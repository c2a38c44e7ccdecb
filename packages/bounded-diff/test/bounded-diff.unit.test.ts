/** @jest-environment node */
import { applyPatch, diffArrays } from 'diff';
import { unifiedDiff } from '..';
import { shuffled, textOf } from './texts';

/** Counts calls of the search, and performs it. */
jest.mock('diff', () => {
  const real = jest.requireActual<typeof import('diff')>('diff');
  return { ...real, diffArrays: jest.fn(real.diffArrays) };
});
const search = jest.mocked(diffArrays);
beforeEach(() => jest.clearAllMocks());

const diffOf = (before: string, after: string) => unifiedDiff({ path: '/text', before, after });
/** A unified diff is about files, whose last line ends with a line break too. */
const applied = (before: string, after: string) => applyPatch(`${before}\n`, diffOf(before, after).text);
/** The lines that a diff removes and adds. */
const edits = (text: string) =>
  text
    .split('\n')
    .slice(2)
    .filter((line) => /^[-+]/.test(line)).length;

test('a changed line is shown between three that stay', () => {
  expect(diffOf('first\nsecond\nthird', 'first\n2nd\nthird')).toEqual({
    text: '--- a/text\n+++ b/text\n@@ -1,3 +1,3 @@\n first\n-second\n+2nd\n third\n',
    isCoarse: false,
  });
  const lines = (changed: Record<number, string>) => textOf(20, (n) => changed[n] ?? `line ${n}`);
  expect(
    diffOf(lines({}), lines({ 4: 'A', 11: 'B', 19: 'C' }))
      .text.split('\n')
      .filter((l) => l.startsWith('@@')),
  ).toEqual(['@@ -2,14 +2,14 @@', '@@ -17,4 +17,4 @@']);
});

test('what is added and removed at the ends, and to nothing', () => {
  expect(diffOf('', 'x\ny').text).toBe('--- a/text\n+++ b/text\n@@ -1,1 +1,2 @@\n-\n+x\n+y\n');
  for (const [a, b] of [
    ['', 'x\ny'],
    ['x', 'x\n'],
    ['a\nb', 'b'],
    ['b', 'a\nb'],
    ['b', 'b\nc'],
    ['a\r\nb', 'a\nb'],
    ['--- a\n+++ b', '+++ a\n@@ -1 +1 @@'],
  ] as const)
    expect([a, applied(a, b)]).toEqual([a, `${b}\n`]);
});

test('no line of a diff can be made with a pointer of several lines', () => {
  const { text } = unifiedDiff({ path: '/a\n@@ -1 +1 @@', before: 'x\ny', after: 'x\nz' });
  expect(text.split('\n').slice(0, 2)).toEqual(['--- "a/a\\n@@ -1 +1 @@"', '+++ "b/a\\n@@ -1 +1 @@"']);
});

test('any text becomes any other, with as few lines as there can be', () => {
  let seed = 1;
  const below = (end: number) => Math.floor(((seed = (seed * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32) * end);
  const anyText = () => textOf(below(20), () => 'abcdefgh'[below(8)]!);
  for (let round = 0; round < 500; round++) {
    const [a, b] = [anyText(), anyText()];
    if (a === b) continue;
    expect([a, applied(a, b)]).toEqual([a, `${b}\n`]);
    const { text, isCoarse } = diffOf(a, b);
    expect({ isCoarse, edits: edits(text) }).toEqual({ isCoarse: false, edits: fewest(a.split('\n'), b.split('\n')) });
  }
});

/** The minimum number of removed and added lines, by dynamic programming. */
function fewest(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (const [i, line] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) next.push(line === other ? row[j]! : 1 + Math.min(row[j + 1]!, next[j]!));
    row = next;
  }
  return row.at(-1)!;
}

describe('however long the texts are', () => {
  /** The number of lines searched, and the maximum number of edits. */
  const searched = () => {
    const [olds, news, { maxEditLength }] = search.mock.calls[0] as unknown as [[], [], { maxEditLength: number }];
    return { lines: olds.length + news.length, maxEditLength };
  };

  test('lines that only one of them has are not searched for', () => {
    const [a, b] = [textOf(6000, (n) => `old ${n}`), textOf(6000, (n) => `new ${n}`)];
    expect(diffOf(a, b).isCoarse).toBe(false);
    expect(applied(a, b)).toBe(`${b}\n`);
    expect(searched().lines).toBe(0);
  });

  test('lines that both begin or end with are not searched for', () => {
    const same = textOf(100_000, (n) => n % 7);
    const [a, b] = [`${same}\none\n${same}`, `${same}\ntwo\n${same}`];
    expect(edits(diffOf(a, b).text)).toBe(2);
    expect(searched().lines).toBe(0);
  });

  test.each([
    ['6,000 lines in another order', shuffled(6000, 1), shuffled(6000, 2)],
    ['8,000 lines in another order', shuffled(8000, 1), shuffled(8000, 2)],
    [
      '200,000 lines of two kinds',
      textOf(200_000, (n) => ((n * 7919) % 13) % 2),
      textOf(200_000, (n) => ((n * 104_729) % 17) % 2),
    ],
  ])('the search is given up: %s', (_, a, b) => {
    const diff = diffOf(a, b);
    expect(diff.isCoarse).toBe(true);
    expect(applyPatch(`${a}\n`, diff.text)).toBe(`${b}\n`);
    const { lines, maxEditLength } = searched();
    expect(maxEditLength).toBeLessThanOrEqual(300);
    expect(maxEditLength * lines).toBeLessThanOrEqual(2_000_000);
    // Time plays no role.
    expect(diffOf(a, b)).toEqual(diff);
  });

  test('a coarse diff keeps what both begin and end with', () => {
    const around = (text: string) => `${textOf(50, (n) => `head ${n}`)}\n${text}\n${textOf(50, (n) => `foot ${n}`)}`;
    const { text, isCoarse } = diffOf(around(shuffled(2000, 1)), around(shuffled(2000, 2)));
    expect(isCoarse).toBe(true);
    expect(text.match(/^@@.*@@$/gm)).toEqual(['@@ -48,2006 +48,2006 @@']);
  });

  test('one line of a million characters', () => {
    const [a, b] = ['x'.repeat(1_000_000), 'y'.repeat(1_000_000)];
    expect(diffOf(a, b)).toEqual({
      text: `--- a/text\n+++ b/text\n@@ -1,1 +1,1 @@\n-${a}\n+${b}\n`,
      isCoarse: false,
    });
  });
});
