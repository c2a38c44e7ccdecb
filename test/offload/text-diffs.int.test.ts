/**
 * The workers themselves: started from the sources here, from the compiled files in test/start.
 *
 * @jest-environment node
 */
import { unifiedDiff } from '../../packages/bounded-diff';
import { TextDiffs } from '../../src/offload/text-diffs';
import { shuffled, textOf } from '../../packages/bounded-diff/test/texts';

/** What is called here is called on the event loop of this process. */
jest.mock('../../packages/bounded-diff', () => {
  const real = jest.requireActual<typeof import('../../packages/bounded-diff')>('../../packages/bounded-diff');
  return { ...real, unifiedDiff: jest.fn(real.unifiedDiff) };
});
const onTheLoop = jest.mocked(unifiedDiff);
const { unifiedDiff: real } =
  jest.requireActual<typeof import('../../packages/bounded-diff')>('../../packages/bounded-diff');

const diffs = new TextDiffs();
beforeEach(() => jest.clearAllMocks());
afterAll(() => diffs.close());

const change = (before: string, after: string) => ({ path: '/text', before, after });

test('a few short texts are compared at once', async () => {
  const changes = [change('a\nb', 'a\nc'), change('x'.repeat(100), 'y'.repeat(100))];
  expect(await diffs.of(1, changes)).toEqual(changes.map(real));
  expect(onTheLoop).toHaveBeenCalledTimes(2);
});

test.each([
  ['long ones', [change(shuffled(6000, 1), shuffled(6000, 2))]],
  [
    'many lines',
    [
      change(
        textOf(150, () => ''),
        textOf(150, () => 'x'),
      ),
    ],
  ],
  ['many short ones', Array.from({ length: 1000 }, (_, n) => change(`a\n${n}`, `b\n${n}`))],
  ['very long ones', Array.from({ length: 5 }, (_, n) => change('x'.repeat(900_000), String(n).repeat(900_000)))],
])('%s are compared elsewhere, with the same answer', async (_, changes) => {
  expect(await diffs.of(1, changes)).toEqual(changes.map(real));
  expect(onTheLoop).not.toHaveBeenCalled();
});

test('no answer compares more than twenty million characters', async () => {
  const long = Array.from({ length: 11 }, (_, n) => change('x'.repeat(1_000_000), String(n).repeat(1_000_000)));
  await expect(diffs.of(1, long)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 20_000_000 } });
});

test('one person has one piece at work, and is told when too much of theirs waits', async () => {
  // They come at once, so how long each takes is all the same.
  const many = [
    change(
      textOf(150, () => ''),
      textOf(150, () => 'x'),
    ),
  ];
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => diffs.of(1, many)));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(19);
  expect(refused[0]).toMatchObject({ reason: { code: 'BUSY', details: { retryAfterSeconds: 2 } } });
});
