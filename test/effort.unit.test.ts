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

describe('the seed', () => {
  const ensureSeed = jest.requireActual<() => string>('./support/seed.cjs');
  const seedOf = (settings: NodeJS.ProcessEnv): string => {
    for (const name of ['FC_SEED', 'TEST_EFFORT', 'PATH']) delete process.env[name];
    Object.assign(process.env, settings);
    return ensureSeed();
  };
  const { PATH } = process.env;

  test('of the same content is the same, also where there is no git', () => {
    expect(seedOf({ PATH })).toBe(seedOf({ PATH }));
    expect(seedOf({ PATH: '' })).toBe('1');
  });

  test('of the long form is another one in each run', () => {
    expect(seedOf({ PATH, TEST_EFFORT: 'long' })).not.toBe(seedOf({ PATH, TEST_EFFORT: 'long' }));
  });

  test('is the one that is asked for', () => {
    expect(seedOf({ FC_SEED: '7', TEST_EFFORT: 'long' })).toBe('7');
  });
});
