/** How much the tests try (support/effort.ts) is what docs/testing.md says, and the long form is never the shorter one. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import efforts from './support/effort.json';
import { oneIn } from './support/effort';
import { temporaryFolder } from './support/temporary';

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

  test('follows from the program, not from what only people read', () => {
    const root = temporaryFolder();
    cpSync(path.join(__dirname, 'support/seed.cjs'), path.join(root, 'test/support/seed.cjs'), { recursive: true });
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root, env: { PATH, HOME: root }, stdio: 'ignore' });
    git('init');
    const seedWith = (file: string): string => {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), 'words');
      git('add', '--all');
      git('-c', 'user.name=Ada Tester', '-c', 'user.email=ada@example.com', 'commit', '--message', file);
      const say = `console.log(require(${JSON.stringify(path.join(root, 'test/support/seed.cjs'))})())`;
      return execFileSync(process.execPath, ['--eval', say], { env: { PATH }, encoding: 'utf8' });
    };
    const first = seedWith('src/main.ts');
    expect(seedWith('docs/reliability.md')).toBe(first);
    expect(seedWith('README.md')).toBe(first);
    expect(seedWith('src/env.ts')).not.toBe(first);
  });

  test('of the long form is another one in each run', () => {
    expect(seedOf({ PATH, TEST_EFFORT: 'long' })).not.toBe(seedOf({ PATH, TEST_EFFORT: 'long' }));
  });

  test('is the one that is asked for', () => {
    expect(seedOf({ FC_SEED: '7', TEST_EFFORT: 'long' })).toBe('7');
  });
});
