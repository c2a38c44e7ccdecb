/** Items as files: out, edited elsewhere, and what that would change; over HTTP, in both formats. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import { readXlsx, writeXlsx } from '../../src/files/xlsx';
import { formats } from '../../src/files/format';
import { toCell, type Cell } from '../../src/files/cells';
import type { Sheet } from '../../src/files/sheet';
import { columnsOf } from '../../src/files/columns';
import { fullPhaseOf, fullPhases } from '../../src/phases';
import { slugOf } from '../../src/phases/names';
import type { Json } from '../../src/versioning/model';
import { buildVersion, mutate, sampleItem, type BuiltVersion } from '../support/builders';
import { temporaryFolder } from '../support/temporary';
import { ada, aud, ben, olga, stranger, token, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

type Format = keyof typeof formats;
const asked = async (userId: number | null, path: string, body?: Uint8Array) =>
  fetch(`${world.server.url}/files${path}`, {
    method: body ? 'POST' : 'GET',
    headers: userId === null ? {} : { authorization: `Bearer ${await token(userId)}` },
    body,
  });
const pathOf = ({ versionId }: Pick<BuiltVersion, 'versionId'>, format: Format = 'xlsx') =>
  `/versions/${versionId}/items.${format}`;
const bytesOf = async (userId: number, path: string) => {
  const response = await asked(userId, path);
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
};
const templateOf = (slug: string, format: Format = 'xlsx') => bytesOf(ada, `/phases/${slug}/items.${format}`);
const changesIn = async (userId: number, path: string, body: Uint8Array) => {
  const response = await asked(userId, path, body);
  const answer: any = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(answer));
  return answer;
};
const refusalOf = async (response: Response) => {
  const { errors }: any = await response.json();
  return [response.status, errors[0].extensions.code, errors[0].message];
};

/** Edits a file as a person does who has a program for it: cells by the title of their column and the item in their line. */
async function edit(
  bytes: Buffer,
  format: Format,
  cells: readonly (readonly [item: string, title: string, cell: Cell])[],
  more: readonly Readonly<Record<string, Cell>>[] = [],
): Promise<Buffer> {
  const { header, rows, origin, hashes } = await formats[format].read(bytes);
  const at = (title: string) => {
    const index = header.findIndex((cell) => cell === title);
    if (index < 0) throw new Error(`no column ${title} among ${header.join(', ')}`);
    return index;
  };
  const lines = rows.map(({ cells }) => header.map((_, index) => cells[index] ?? null));
  for (const [item, title, cell] of cells) lines.find((line) => line[at('Item')] === item)![at(title)] = cell;
  for (const values of more) lines.push(header.map((title) => values[String(title)] ?? null));
  const sheet: Sheet = {
    title: 'Sorted otherwise',
    columns: header.map((title) => ({
      title: String(title),
      kind: 'text',
      isLong: false,
      help: '',
      isReadOnly: false,
    })),
    rows: lines.toReversed(),
    origin,
    hashes,
  };
  if (format === 'xlsx') return writeXlsx(sheet);
  const text = [header, ...lines.toReversed()].map((line) =>
    line
      .map(
        (cell) =>
          `"${(cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell ?? '')).replaceAll('"', '""')}"`,
      )
      .join(','),
  );
  return Buffer.from(text.join('\n'));
}

const put = (userId: number, input: object) => mutate(world, userId, 'putItems', 'PutItemsInput', input);

describe.each<Format>(['xlsx', 'csv'])('as %s', (format) => {
  test('2,000 items go out, and come back with 50 edits, 5 conflicts and 5 cells that cannot be read: exactly that', async () => {
    const samples = Array.from({ length: 2000 }, (_, n) => ({
      sampleIdentifier: `S-${n}`,
      sampleData: { balance: n },
    }));
    const base = await buildVersion(world, { phase: 'SAMPLE_SELECTION', items: 1 });
    const draft = await put(ada, {
      versionId: base.versionId,
      expectedRevision: base.revision,
      items: { samples },
    });
    const file = await bytesOf(ada, pathOf(draft, format));

    // Meanwhile somebody changes ten of them, five of which are edited in the file as well.
    const meanwhile = Array.from({ length: 10 }, (_, n) => n + 45);
    const others = await put(ben, {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      changes: { samples: meanwhile.map((n) => ({ sampleIdentifier: `S-${n}`, sampleType: 'RISK' })) },
    });

    const sent = await edit(file, format, [
      ...Array.from({ length: 50 }, (_, n) => [`S-${n}`, 'Sample type', 'POPULATION'] as const),
      ...Array.from({ length: 5 }, (_, n) => [`S-${1000 + n}`, 'Source', 'DICE'] as const),
    ]);
    const answer = await changesIn(ada, pathOf(draft, format), sent);
    expect(answer.changed).toHaveLength(45);
    expect(answer.conflicts).toHaveLength(5);
    expect(answer.conflicts.map(({ label }: any) => label).sort()).toEqual(['S-45', 'S-46', 'S-47', 'S-48', 'S-49']);
    expect(answer.conflicts[0]).toMatchObject({ field: 'sampleType', base: null, now: 'RISK', yours: 'POPULATION' });
    expect(answer.invalid).toHaveLength(5);
    for (const { row, cell, column, problem } of answer.invalid) {
      expect(cell).toMatch(new RegExp(`^[A-Z]+${row}$`));
      expect([column, problem]).toEqual(['Source', 'This cell takes one of TESTER, LLM, MANUAL, CARRIED_FORWARD.']);
    }
    expect([answer.added, answer.notTaken, answer.notInFile]).toEqual([[], [], 0]);
    expect(answer.unchanged).toBe(2001 - 45 - 5 - 5);

    // Then one commit, of what was said to change and nothing else.
    expect(answer.expectedRevision).toBe(others.revision);
    const after = await put(ada, answer.putItems);
    expect(after.revision).toBe(others.revision + 1);
    const { phaseVersion } = await world.get(
      aud,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: 1000, search: "S-") { nodes { label content } } } }',
      { id: draft.versionId },
    );
    const typed = phaseVersion.items.nodes.filter(({ content }: any) => content.sampleType === 'POPULATION');
    expect(typed.map(({ label }: any) => label).sort()).toEqual(Array.from({ length: 45 }, (_, n) => `S-${n}`).sort());
  });

  test('of every phase, a file that was not touched changes nothing, and an empty one takes items', async () => {
    for (const { key, title } of fullPhases) {
      const version = await buildVersion(world, { phase: key, items: 3 });
      const answer = await changesIn(ada, pathOf(version, format), await bytesOf(ada, pathOf(version, format)));
      expect({ title, ...answer }).toMatchObject({
        title,
        unchanged: 3,
        changed: [],
        conflicts: [],
        invalid: [],
        putItems: null,
      });

      const template = await templateOf(slugOf(key), format);
      expect((await formats[format].read(template)).rows).toEqual([]);
      const item = sampleItem(key, 99) as Readonly<Record<string, Json>>;
      const columns = columnsOf(fullPhaseOf(key));
      const line = Object.fromEntries(columns.map(({ name, title, field }) => [title, toCell(item[name], field.kind)]));
      const content = Object.fromEntries(columns.map(({ name }) => [name, item[name]]));
      const begun = await changesIn(ada, pathOf(version, format), await edit(template, format, [], [line]));
      expect({ title, ...begun }).toMatchObject({ title, added: [{ content }], invalid: [], notInFile: 3 });
      await put(ada, begun.putItems);
    }
  });

  test('texts are texts: what looks like a formula goes out and comes back as it is, and nothing computes it', async () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', "'quoted", '\tindented', '=HYPERLINK("http://example.org")'];
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const items = formulas.map((decisionReason, n) => ({
      ...sampleItem('PLANNING', n + 20),
      decisionReason,
    }));
    const draft = await put(ada, {
      versionId: version.versionId,
      expectedRevision: version.revision,
      items: { attributeDecisions: items },
    });
    const file = await bytesOf(ada, pathOf(draft, format));
    const { header, rows } = await formats[format].read(file);
    const column = header.indexOf('Reason');
    expect(rows.slice(1).map(({ cells }) => cells[column])).toEqual(formulas);
    expect(await changesIn(ada, pathOf(draft, format), file)).toMatchObject({ putItems: null, invalid: [] });
    if (format === 'csv') {
      // Whatever program opens it, no field begins with what it would compute.
      const fields = file.toString('utf8').split(/\r\n|,/);
      expect(fields.filter((field) => /^"?[=+\-@]/.test(field))).toEqual([]);
    }
  });
});

test('a workbook is frozen below its first line, explains its columns and hides what only programs read', async () => {
  const version = await buildVersion(world, { phase: 'SCOPING', items: 2 });
  const file = await bytesOf(ada, pathOf(version));
  const sheets = await readExcelFile(file);
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['Scoping', 'Columns', 'PhaseLedger']);
  const { origin, hashes } = await readXlsx(file);
  expect(origin).toMatchObject({ versionId: version.versionId });
  expect(hashes).toHaveLength(2);
});

test('an attribute that was given by a code of the bank’s own is known by it in a file as well', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const draft = await put(ada, {
    versionId,
    expectedRevision: revision,
    items: { attributeDecisions: [{ attributeId: 'BAL-1', attributeData: { name: 'Balance' } }] },
  });
  const file = await bytesOf(ada, pathOf(draft));
  expect(await changesIn(ada, pathOf(draft), file)).toMatchObject({ putItems: null, unchanged: 2, invalid: [] });
  const { header, rows } = await readXlsx(file);
  expect(rows[1]!.cells[header.indexOf('Attribute')]).toBe('BAL-1');
  const line = (code: string, reason: string) => ({
    Attribute: code,
    'Attribute data': '{"name":"Limit"}',
    Reason: reason,
  });
  const lines = [line('LIM-1', 'New.'), line('BAL-1', 'There already, and changed.')];
  const answer = await changesIn(ada, pathOf(draft), await edit(await templateOf('planning'), 'xlsx', [], lines));
  expect(answer.added.map(({ content }: any) => content.attributeId)).toEqual(['LIM-1']);
  expect(answer.changed.map(({ label }: any) => label)).toEqual(['Balance']);
  await put(ada, answer.putItems);
  const after = await changesIn(ada, pathOf(draft), await bytesOf(ada, pathOf(draft)));
  expect(after).toMatchObject({ putItems: null, unchanged: 3 });
});

test('as of an instant, it is what the version held then', async () => {
  const version = await buildVersion(world, { phase: 'SAMPLE_SELECTION', items: 2 });
  const { phaseVersion } = await world.get(
    aud,
    'query ($id: UUID!) { phaseVersion(versionId: $id) { workflow { lastChange { committedAt } } items { nodes { itemKey label } } } }',
    { id: version.versionId },
  );
  const { committedAt } = phaseVersion.workflow.lastChange;
  const [{ itemKey, label }] = phaseVersion.items.nodes;
  await mutate(world, ada, 'removeItems', 'RemoveItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    itemKeys: [itemKey],
  });
  const then = await readXlsx(await bytesOf(aud, `${pathOf(version)}?at=${committedAt}`));
  expect(then.rows.map(({ cells }) => cells[0])).toContain(label);
  expect((await readXlsx(await bytesOf(aud, pathOf(version)))).rows).toHaveLength(1);
});

test('who may not see a version gets no file of it, and is told no more than by the API', async () => {
  const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const file = await bytesOf(ada, pathOf(version));
  for (const format of ['xlsx', 'csv'] as const) {
    expect((await refusalOf(await asked(stranger, pathOf(version, format)))).slice(0, 2)).toEqual([404, 'NOT_FOUND']);
    const anonymous = await asked(null, pathOf(version, format));
    expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect((await refusalOf(anonymous)).slice(0, 2)).toEqual([401, 'UNAUTHENTICATED']);
  }
  expect((await refusalOf(await asked(stranger, pathOf(version), file))).slice(0, 2)).toEqual([404, 'NOT_FOUND']);
  // Who may read it but not change it may look at what a file would change; the mutation refuses them.
  expect(await changesIn(olga, pathOf(version), file)).toMatchObject({ putItems: null });
});

test('what is no file of items is refused in words, and others go on', async () => {
  const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const other = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const file = await bytesOf(ada, pathOf(version));
  const { origin, hashes } = await readXlsx(file);
  const sheet = (more: Partial<Sheet>): Promise<Buffer> =>
    writeXlsx({
      title: 'Planning',
      columns: [{ title: 'Reason', kind: 'text', isLong: false, help: '', isReadOnly: false }],
      rows: [['Because.']],
      origin,
      hashes,
      ...more,
    });
  const column = (title: string) => ({ title, kind: 'text', isLong: false, help: '', isReadOnly: false }) as const;
  const bomb = zipSync({ 'xl/workbook.xml': new Uint8Array(70_000_000) });
  const tries: [string, Uint8Array, string][] = [
    ['nothing', Buffer.from(' '), 'This workbook cannot be read'],
    ['no archive', Buffer.from('Reason\nBecause.'), 'This workbook cannot be read'],
    ['an archive of something else', zipSync({ 'a.txt': Buffer.from('a') }), 'This workbook cannot be read'],
    ['a workbook that is cut off', file.subarray(0, file.length / 2), 'This workbook cannot be read'],
    ['what is endless when it is unpacked', bomb, 'too large'],
    ['a file of another version', await bytesOf(ada, pathOf(other)), 'was made from another version'],
    [
      'other hashes',
      await sheet({ hashes: hashes.map(([key]) => [key, 'f'.repeat(64)] as const) }),
      'hidden sheet was changed',
    ],
    [
      'an instant that is none',
      await sheet({ origin: { versionId: version.versionId, at: 'yesterday' } }),
      'An instant is written',
    ],
    [
      'an instant before the version',
      await sheet({ origin: { versionId: version.versionId, at: '2020-01-01T00:00:00Z' } }),
      'was not found',
    ],
    ['no column of the phase', await sheet({ columns: [column('Colour')] }), 'names no column of Planning'],
    [
      'a column twice',
      await sheet({ columns: [column('Reason'), column('decisionReason')], rows: [['a', 'b']] }),
      'has the column Reason twice',
    ],
    ['an empty sheet', await sheet({ columns: [column(' ')], rows: [] }), 'The sheet is empty'],
    ['too many lines', await sheet({ rows: Array.from({ length: 20_001 }, () => ['x']) }), 'at most 20000'],
  ];
  for (const [what, bytes, problem] of tries) {
    const [status, code, message] = await refusalOf(await asked(ada, pathOf(version), bytes));
    expect([what, status < 500, code === 'INTERNAL_SERVER_ERROR', message]).toEqual([
      what,
      true,
      false,
      expect.stringContaining(problem),
    ]);
  }
  const csv = await refusalOf(await asked(ada, pathOf(version, 'csv'), Buffer.from('Reason\n"never closed')));
  expect(csv).toEqual([400, 'BAD_USER_INPUT', expect.stringContaining('does not end')]);
});

test.each<[string, string, number, string]>([
  ['no such file', '/versions/0194d2a0-5c00-7000-8000-0000000000a1/items.pdf', 404, 'NOT_FOUND'],
  ['no such phase', '/phases/lunch/items.xlsx', 404, 'NOT_FOUND'],
  ['a phase without items', '/phases/request-info/items.xlsx', 404, 'NOT_FOUND'],
  ['no such version', '/versions/0194d2a0-5c00-7000-8000-0000000000a1/items.xlsx', 404, 'NOT_FOUND'],
  ['another parameter', '/versions/0194d2a0-5c00-7000-8000-0000000000a1/items.xlsx?when=now', 400, 'BAD_USER_INPUT'],
  [
    'an instant that is none',
    '/versions/0194d2a0-5c00-7000-8000-0000000000a1/items.xlsx?at=noon',
    400,
    'BAD_USER_INPUT',
  ],
])('%s: %s is refused', async (_, path, status, code) => {
  expect((await refusalOf(await asked(ada, path))).slice(0, 2)).toEqual([status, code]);
});

test('what only reads a path is not written to', async () => {
  const response = await fetch(`${world.server.url}/files/phases/planning/items.xlsx`, { method: 'DELETE' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});

test('where only trusted documents are executed, files are made as ever', async () => {
  const folder = temporaryFolder();
  const text = '{ __typename }';
  const id = createHash('sha256').update(text).digest('hex');
  await writeFile(`${folder}/manifest.json`, JSON.stringify({ [id]: text }));
  const strict = await World.create({ trustedDocuments: `${folder}/manifest.json` });
  try {
    const response = await fetch(`${strict.server.url}/files/phases/planning/items.xlsx`, {
      headers: { authorization: `Bearer ${await token(ada)}` },
    });
    expect(response.status).toBe(200);
  } finally {
    await strict.destroy();
  }
});
