/** What forms old data may come in, and that a source never seems whole when it is not. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { rowsOfJson } from '../../src/legacy/json-rows';
import { openSource } from '../../src/legacy/source';
import { temporaryFolder } from '../support/temporary';

const rows = [
  { user_id: 1, first_name: 'Zoë 🦉' },
  { user_id: 2, notes: [{ deep: '] } ,' }] },
];
const list = JSON.stringify(rows, null, 2);
const exported = (rowCount: unknown = rows.length, data: unknown = rows) =>
  JSON.stringify({ table: 'users', row_count: rowCount, extracted_at: '2025-08-01T00:00:00', data }, null, 2);

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

/** Everything that a folder gives. */
async function read(folder: string) {
  const source = await openSource(folder);
  const found: Record<string, unknown[]> = {};
  for (const table of source.tables) {
    found[table] = [];
    for await (const row of source.rows(table)) found[table].push(JSON.parse(row));
  }
  return { found, counts: source.counts(), otherFiles: source.otherFiles };
}

const utf16 = (text: string, isBig: boolean, mark = '\uFEFF') => {
  const bytes = Buffer.from(mark + text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

describe('a table is read from', () => {
  test.each<[string, string, string | Buffer, number | null]>([
    ['a list of rows', 'users.json', list, null],
    ['the export’s own form', 'users.json', exported(), 2],
    ['an export that counts at its end', 'users.json', JSON.stringify({ data: rows, row_count: 2 }), 2],
    ['an export with other members', 'u.json', JSON.stringify({ columns: ['a', ['b']], table: 'users', data: rows, more: [[1], { data: [2] }] }), null],
    ['an export under another name', 'export_2025.json', exported(), 2],
    ['an export that counts in a text', 'users.json', exported('2'), 2],
    ['an export that names the schema', 'u.json', exported().replace('users', 'public.users'), 2],
    ['a file in capitals', 'USERS.JSON', list, null],
    ['one row a line', 'users.json', rows.map((row) => JSON.stringify(row)).join('\n'), null],
    ['one row a line, with the ending of that', 'users.ndjson', rows.map((row) => `${JSON.stringify(row)}\r\n`).join(''), null],
    ['UTF-8 with a byte order mark', 'users.JSON', `\uFEFF${list}`, null],
    ['UTF-16, little end first', 'users.json', utf16(list, false), null],
    ['UTF-16, big end first', 'users.json', utf16(exported(), true), 2],
    ['UTF-16 without a byte order mark', 'users.json', utf16(list, true, ''), null],
  ])('%s', async (_, name, content, expected) => {
    const { found, counts } = await read(folderOf({ [name]: content }));
    expect(found).toEqual({ users: rows });
    expect(counts).toEqual([{ table: 'users', expected, read: 2, problem: null }]);
  }); // prettier-ignore

  test('a table without rows', async () => {
    const { found, counts } = await read(folderOf({ 'users.json': exported(0, []), 'lobs.json': '[ ]' }));
    expect(found).toEqual({ users: [], lobs: [] });
    expect(counts.map(({ expected, problem }) => [expected, problem])).toEqual([[0, null], [null, null]]); // prettier-ignore
  });
});

describe('what cannot be read is named', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['a list that is cut', list.slice(0, -40), 1, /^users\.json breaks off after 1 row\.$/],
    ['a list without its bracket', list.slice(0, -1), 1, /breaks off/],
    ['an export that is cut', exported().slice(0, -50), 1, /breaks off after 1 row/],
    ['an export without its brace', exported().slice(0, -1), 2, /breaks off after 2 rows/],
    ['rows that are cut', `${JSON.stringify(rows[0])}\n{"user_id": `, 1, /breaks off after 1 row/],
    ['UTF-16 that is cut in a letter', utf16(list, false).subarray(0, -41), 1, /is no JSON|breaks off/],
    ['an empty file', '', 0, /^users\.json is empty\.$/],
    ['white space', ' \n', 0, /is empty/],
    ['another text', 'user_id;first_name', 0, /is no JSON/],
    ['a text in JSON', '"users"', 0, /is no list of rows/],
    ['an export without rows', exported(2, null), 0, /counts rows and has no list of them/],
    ['an export that counts more', exported(3), 2, /counts 3 rows of it, and 2 could be read/],
    ['an export that counts less', exported(1), 2, /counts 1 rows of it, and 2 could be read/],
    ['two lists', list + list, 2, /goes on after its end/],
    ['what Python writes for no number', '[{"user_id": 1}, {"user_id": NaN}, {"user_id": 3}]', 1, /is no JSON after 1 row/],
    ['brackets that do not fit', '[{"user_id": 1}, {"user_id": [2}]]', 1, /closes what it did not open/],
  ])('%s', async (_, content, count, problem) => {
    const { found, counts } = await read(folderOf({ 'users.json': content }));
    expect(found.users).toEqual(rows.map((row) => expect.objectContaining({ user_id: row.user_id })).slice(0, count));
    expect(counts).toEqual([expect.objectContaining({ table: 'users', read: count, problem: expect.stringMatching(problem) })]);
  }); // prettier-ignore

  test('a folder with the name of a file, a second file of a table, and files with other endings', async () => {
    const folder = folderOf({ 'users.json': list, 'again.json': exported(), 'lobs.csv': 'lob_id', 'readme.txt': '' });
    mkdirSync(path.join(folder, 'x.json'));
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'y.json'));
    const { counts, otherFiles } = await read(folder);
    expect(counts.filter(({ problem }) => problem !== null)).toEqual([
      { table: 'users.json', expected: null, read: 0, problem: 'users.json is of the table users, of which there is another file.' },
      { table: 'x.json', expected: null, read: 0, problem: 'x.json is no file.' },
      { table: 'y.json', expected: null, read: 0, problem: 'y.json is no file.' },
    ]); // prettier-ignore
    expect(otherFiles).toEqual(['lobs.csv', 'readme.txt']);
  });
});

test('every row comes out as the text it is, however the file is cut into pieces', async () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const form = fc.constantFrom<(texts: string[]) => string>(
    (texts) => `[${texts.join(' ,\n')}]`,
    (texts) => `{"row_count": ${texts.length}, "data": [ ${texts.join(',')} ], "table": "t"}`,
    (texts) => texts.join('\n'),
  );
  const row = fc.dictionary(fc.string().filter((key) => key !== 'data'), value).map((each) => JSON.stringify(each)); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1 }), form, fc.integer({ min: 1, max: 50 }), async (texts, make, size) => {
      const letters = [...make(texts)];
      async function* pieces() {
        for (let i = 0; i < letters.length; i += size) yield letters.slice(i, i + size).join('');
      }
      const found: string[] = [];
      for await (const one of rowsOfJson(pieces(), {})) found.push(one);
      expect(found).toEqual(texts);
    }),
  ); // prettier-ignore
});

test('numbers keep every digit, and half characters stay what they are', async () => {
  const text = '{"a": 12345678901234567890.10, "b": "\\ud800", "c": "\\ud83e\\udd89é", "d": 1.50}';
  async function* pieces() {
    for (const letter of `[${text},${text}]`) yield letter;
  }
  const found: string[] = [];
  for await (const one of rowsOfJson(pieces())) found.push(one);
  expect(found).toEqual([text, text]);
});
