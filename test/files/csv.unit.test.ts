/** In which encodings separated values are read: each program for sheets saves them in another. */
import { readCsv } from '../../src/files/csv';
import { NoSheet } from '../../src/files/sheet';

const text = 'Reason;Risk rating\nGrößer als erwartet;„hoch“\n';
const utf16be = (what: string) => Buffer.from(`\ufeff${what}`, 'utf16le').swap16();

test.each<[string, Buffer]>([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16, as a program saves “Unicode text”', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, the other way round', utf16be(text)],
])('%s', (_, bytes) => {
  const { header, rows } = readCsv(bytes);
  expect([header, rows.map(({ cells }) => cells)]).toEqual([
    ['Reason', 'Risk rating'],
    [['Größer als erwartet', '„hoch“']],
  ]);
});

test('characters that are lost in another encoding are refused, and not put in as question marks', () => {
  const windows1252 = Buffer.from('Reason\nGrößer als erwartet\n', 'latin1');
  expect(() => readCsv(windows1252)).toThrow(NoSheet);
  expect(() => readCsv(windows1252)).toThrow(/UTF-8/);
});

test.each([[''], ['\ufeff'], ['\n']])('a file of nothing (%j) is an empty sheet', (nothing) => {
  expect(() => readCsv(Buffer.from(nothing))).toThrow(/empty/);
});
