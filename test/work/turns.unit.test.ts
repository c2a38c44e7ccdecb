import { Turns } from '../../src/work/turns';

const turns = () => new Turns({ what: 'a test', atOnce: 2, waiting: 3 });

/** Work that ends when it is told to; writes down in which order it began. */
function work(begun: string[]) {
  const ends = new Map<string, () => void>();
  return {
    begin: (name: string) => () => {
      begun.push(name);
      return new Promise<string>((end) => ends.set(name, () => end(name)));
    },
    end: (name: string) => ends.get(name)!(),
  };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

test('so much is done at once, and one thing of each person', async () => {
  const begun: string[] = [];
  const { begin, end } = work(begun);
  const three = turns();
  const done = [
    three.take(1, begin('1a')),
    three.take(1, begin('1b')),
    three.take(2, begin('2a')),
    three.take(3, begin('3a')),
  ];
  await soon();
  expect(begun).toEqual(['1a', '2a']);
  end('1a');
  await soon();
  expect(begun).toEqual(['1a', '2a', '3a']);
  end('2a');
  await soon();
  expect(begun).toEqual(['1a', '2a', '3a', '1b']);
  end('3a');
  end('1b');
  expect(await Promise.all(done)).toEqual(['1a', '1b', '2a', '3a']);
});

test('who has too much waiting is told to ask again; others are not', async () => {
  const { begin, end } = work([]);
  const some = turns();
  const done = ['a', 'b', 'c', 'd'].map((name) => some.take(1, begin(name)));
  await expect(some.take(1, begin('e'))).rejects.toMatchObject({ code: 'BUSY', details: { retryAfterSeconds: 2 } });
  const other = some.take(2, begin('other'));
  await soon();
  end('other');
  expect(await other).toBe('other');
  for (const name of ['a', 'b', 'c', 'd']) {
    end(name);
    await soon();
  }
  expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails makes room as well', async () => {
  const some = turns();
  const fails = () => Promise.reject(new Error('no'));
  const results = await Promise.allSettled([1, 1, 2, 2, 3].map((person) => some.take(person, fails)));
  expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
  expect(await some.take(1, () => Promise.resolve('yes'))).toBe('yes');
});
