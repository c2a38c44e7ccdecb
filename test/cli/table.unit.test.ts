import { tableOf, TABLE_WIDTH } from '../../src/cli/table';

const id = '0194d2a0-5c00-7000-8000-0000000000f1';
const lines = (rows: Parameters<typeof tableOf>[0]): string[] => tableOf(rows).split('\n');

test('columns are as wide as what they hold, under their titles', () => {
  expect(
    lines([
      { userId: '1', name: 'Ada Lindqvist', active: 'yes' },
      { userId: '12', name: 'Ben', active: 'no' },
    ]),
  ).toEqual([
    'userId  name           active',
    '------  -------------  ------',
    '1       Ada Lindqvist  yes',
    '12      Ben            no',
  ]);
});

test('what is too long goes on in the next line, at a word where it can, and ids stay whole', () => {
  const words = 'A name of many words '.repeat(20).trim();
  const word = 'Ährenfeld'.repeat(30);
  const printed = lines([{ id, words, word, short: 'x' }]);
  expect(Math.max(...printed.map(({ length }) => length))).toBeLessThanOrEqual(TABLE_WIDTH);
  expect(printed[2]).toMatch(new RegExp(`^${id}  A name of many words`));
  const [from, to] = [printed[0]!.indexOf('word', printed[0]!.indexOf('words') + 5), printed[0]!.indexOf('short')];
  const column = (start: number, end: number) => printed.slice(2).map((line) => line.slice(start, end).trim());
  expect(column(from, to).join('')).toBe(word);
  expect(column(printed[0]!.indexOf('words'), from).join(' ').trim()).toBe(words);
});

test('a cell may have lines of its own, and characters may be twice as wide', () => {
  expect(
    lines([
      { id: '1', people: 'tester 1 山田太郎\ntest lead 2 Ben', of: 'x' },
      { id: '2', people: '', of: 'y' },
    ]),
  ).toEqual([
    'id  people             of',
    '--  -----------------  --',
    '1   tester 1 山田太郎  x',
    '    test lead 2 Ben',
    '2                      y',
  ]);
});

test('nothing that is printed moves the cursor', () => {
  expect(lines([{ name: 'A \x1b[2Kname\u202e' }])[2]).toBe('A ?[2Kname?');
});
