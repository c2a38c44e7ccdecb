/** Who waits, for how long, and whose turn comes next. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Share, type Bounds } from '..';

/** Work that goes on, and what ends it. */
const open = new Map<string, () => void>();
afterEach(async () => {
  for (; open.size > 0; await sleep(0)) open.forEach((end) => end());
});

/** Work that ends when it is told to; what has begun, in order. */
function stage(bounds: Partial<Bounds>) {
  const share = new Share<string>({
    size: 4,
    each: 2,
    waiting: 100,
    patienceMs: 60_000,
    refusal: () => new Error('Not now.'),
    ...bounds,
  });
  const begun: string[] = [];
  const begin = (key: string, name: string, patienceMs?: number): Promise<string> =>
    share.run(
      key,
      () =>
        new Promise<string>((resolve) => {
          begun.push(name);
          open.set(name, () => {
            open.delete(name);
            resolve(name);
          });
        }),
      patienceMs,
    );
  /** Ends work, and lets what waited for it begin. */
  const end = async (name: string) => {
    open.get(name)!();
    await sleep(0);
  };
  return { share, begun, begin, end };
}

test('one key has no more than its part, however much it asks for; others begin at once', () => {
  const { begun, begin, share } = stage({});
  for (let n = 1; n <= 50; n++) void begin('ada', `ada ${n}`);
  void begin('ben', 'ben 1');
  void begin('olga', 'olga 1');
  expect(begun).toEqual(['ada 1', 'ada 2', 'ben 1', 'olga 1']);
  expect(share.waiting).toBe(48);
});

test('those who wait take turns: who has much waiting comes no more often than who has little', async () => {
  const { begun, begin, end } = stage({ size: 1, each: 1 });
  for (let n = 1; n <= 9; n++) void begin('ada', `ada ${n}`);
  void begin('ben', 'ben 1');
  void begin('ben', 'ben 2');
  void begin('olga', 'olga 1');
  for (let n = 0; n < 6; n++) await end(begun.at(-1)!);
  expect(begun).toEqual(['ada 1', 'ada 2', 'ben 1', 'olga 1', 'ada 3', 'ben 2', 'ada 4']);
});

test('work that fails gives back what it took', async () => {
  const { share, begin, begun } = stage({ size: 1, each: 1 });
  await expect(share.run('ada', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  await expect(share.run('ada', () => Promise.reject(new Error('again')))).rejects.toThrow('again');
  void begin('ada', 'next');
  expect(begun).toEqual(['next']);
});

test('whoever would be one too many is refused at once; the others of other keys are not', async () => {
  const { begin, begun, end, share } = stage({ size: Infinity, each: 1, waiting: 2 });
  const all = ['first', 'second', 'third'].map((name) => begin('stream', name));
  await expect(begin('stream', 'fourth')).rejects.toThrow('Not now.');
  void begin('another', 'another');
  expect(begun).toEqual(['first', 'another']);
  for (const name of ['first', 'second', 'third']) await end(name);
  expect(await Promise.all(all)).toEqual(['first', 'second', 'third']);
  expect(share.waiting).toBe(0);
});

test('whoever has waited for long is refused, and is not begun afterwards', async () => {
  const { begin, begun, end, share } = stage({ size: 1, each: 1 });
  const first = begin('ada', 'first');
  await expect(begin('ada', 'impatient', 10)).rejects.toThrow('Not now.');
  const patient = begin('ada', 'patient');
  await end('first');
  await end('patient');
  expect(await Promise.all([first, patient])).toEqual(['first', 'patient']);
  expect(begun).toEqual(['first', 'patient']);
  expect(share.waiting).toBe(0);
});
