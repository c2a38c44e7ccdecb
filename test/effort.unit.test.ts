/** How much the tests try (support/effort.ts) is what docs/testing.md says, and the long form is never the shorter one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import efforts from './support/effort.json';
import { oneIn } from './support/effort';

const all = Object.entries(efforts);
const page = readFileSync(path.join(__dirname, '..', 'docs', 'testing.md'), 'utf8');
const written = (n: number): string => n.toLocaleString('en');

test.each(all)('%s is in docs/testing.md', (_, { what, usual, long }) => {
  const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells).toContainEqual(['', what, written(usual), written(long), '']);
});

test.each(all)('the long form of %s tries more', (_, { what, usual, long }) => {
  // Of one in so many, fewer are more.
  const more = what.startsWith('how many') ? usual / long : long / usual;
  expect(more).toBeGreaterThan(1);
});

test('of one in three, the first is one', () => {
  expect(oneIn(3, [0, 1, 2, 3, 4])).toEqual([0, 3]);
});
