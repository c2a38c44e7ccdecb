/** Workpapers over HTTP: what they hold, that they hold all of it, and that an instant has one file. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Block } from '../../src/files/workpaper/block';
import { compose } from '../../src/files/workpaper/compose';
import type { Paper } from '../../src/files/workpaper/paper';
import { LIMITS, readPaper } from '../../src/files/workpaper/read';
import { setPaper } from '../../src/files/workpaper/set';
import { makeSchema } from '../../src/graphql/schema';
import { phases } from '../../src/phases';
import { titleOf } from '../../src/versioning/titles';
import { buildRecord, buildVersion, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { startTestServer } from '../support/server';
import { ada, aud, olga, stranger, token, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const asked = async (userId: number | null, address: string, { url = world.server.url, method = 'GET' } = {}) =>
  fetch(`${url}/files${address}`, {
    method,
    headers: userId === null ? {} : { authorization: `Bearer ${await token(userId)}` },
  });
const paperOf = async (userId: number, address: string, at?: { url: string }) => {
  const response = await asked(userId, address, at);
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
};
const refusalOf = async (response: Response) => {
  const { errors }: any = await response.json();
  return [response.status, errors[0].extensions.code];
};
const ofVersion = ({ versionId }: Pick<BuiltVersion, 'versionId'>) => `/versions/${versionId}/workpaper.pdf`;
const ofWorkflow = `/workflows/${workflow.cycleId}/${workflow.reportId}/workpaper.pdf`;
const ofPhase = (slug: string) => ofWorkflow.replace('/workpaper', `/phases/${slug}/workpaper`);

interface ReadPdf {
  readonly pages: readonly { readonly tagged: string; readonly others: string }[];
  readonly roles: readonly string[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly raw: string;
  readonly mark: { readonly Marked: boolean };
  readonly outline: readonly string[];
  readonly attachments: Readonly<Record<string, string>>;
}
/** Read by a program that has nothing to do with the one that wrote it; it is an ES module, so it runs by itself. */
const read = (pdf: Buffer): ReadPdf =>
  JSON.parse(
    execFileSync(process.execPath, [path.join(__dirname, 'read-pdf.mjs')], {
      input: pdf,
      maxBuffer: 2 ** 28,
    }).toString(),
  );
const dense = (text: string) => text.replace(/\s/g, '');
const textsOf = (block: Block): string[] =>
  'text' in block
    ? [block.text]
    : block.kind === 'facts'
      ? block.rows.flat()
      : [...block.columns.map(({ title }) => title), ...block.rows.flat()];

/** A version with everything that paper finds difficult, approved, and a draft that was made of it and changed. */
async function story() {
  const approved = await buildVersion(world, { phase: 'PLANNING', items: 45, status: 'APPROVED' });
  const draft = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
    cycleId: workflow.cycleId,
    reportId: workflow.reportId,
    phase: 'PLANNING',
    carryForward: 'ALL_ITEMS',
  });
  const wide = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`field${n}`, { of: ['x'.repeat(n), n, null, {}] }]),
  );
  const changed = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: draft.versionId,
    expectedRevision: draft.revision,
    reason: 'Łódź, Αθήνα, Київ: names as they are written.',
    items: {
      attributeDecisions: [
        {
          ...sampleItem('PLANNING', 100),
          attributeData: { ...wide, name: `A very long name ${'of an attribute '.repeat(12)}` },
        },
        {
          ...sampleItem('PLANNING', 101),
          decisionReason: 'Hebrew \u05d0, and \u202eturned around\u202c; a tab\tand a\nline.',
        },
      ],
    },
    changes: {
      attributeDecisions: [
        { attributeId: sampleItem('PLANNING', 1).attributeId, decisionReason: 'Another reason than before.' },
      ],
    },
  });
  return { approved, changed };
}
let told: Awaited<ReturnType<typeof story>>;
beforeAll(async () => {
  told = await story();
});

test('of a version it holds everything that the API says of it, tagged, numbered and with the data attached', async () => {
  const pdf = read(await paperOf(aud, ofVersion(told.changed)));
  const paper = JSON.parse(pdf.attachments['workpaper.json']!) as Extract<Paper, { of: 'VERSION' }>;
  const { phaseVersion } = await world.get(
    aud,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { contentHash content items(first: 1000) { nodes { itemKey contentHash content } }
       changes(first: 100) { nodes { sequence hash reason } } workflow { lastChange { committedAt } } } }`,
    { id: told.changed.versionId },
  );
  expect(paper.at).toBe(phaseVersion.workflow.lastChange.committedAt);
  expect(paper.version).toMatchObject({
    contentHash: phaseVersion.contentHash,
    content: phaseVersion.content,
    items: phaseVersion.items.nodes,
    commits: phaseVersion.changes.nodes.toReversed(),
    before: { versionNumber: 1, differences: { summary: { added: 2, changed: 1, removed: 0, unchanged: 44 } } },
  });
  expect(paper.version.items).toHaveLength(47);

  // What the paper is composed of, and nothing else, is what is heard of it, in its order.
  const texts = compose(paper).blocks.flatMap(textsOf);
  const spoken = texts.map((text) =>
    dense(text.replaceAll('\u05d0', '[U+05D0]').replaceAll('\u202e', '[U+202E]').replaceAll('\u202c', '[U+202C]')),
  );
  const heard = dense(pdf.pages.map(({ tagged }) => tagged).join(' '));
  const characters = (text: string) => [...text].sort().join('');
  const [beginning] = heard.split(spoken[0]!, 1);
  const end = '3differentcharactersarenotinthefont';
  expect(heard).toContain(end);
  expect(characters(heard.slice(beginning!.length, heard.indexOf(end)))).toBe(characters(spoken.join('')));
  let place = beginning!.length;
  for (const text of spoken.filter(({ length }) => length < 150)) {
    const found = heard.indexOf(text, place);
    expect([text, found >= 0]).toEqual([text, true]);
    place = found + text.length;
  }

  // What repeats says nothing: the header of a table that goes on, the foot of each page.
  const count = pdf.pages.length;
  expect(count).toBeGreaterThan(10);
  pdf.pages.forEach(({ others }, index) => expect(others).toContain(`page ${index + 1} of ${count}`));
  expect(pdf.pages.filter(({ others }) => dense(others).includes('No.ItemReviewDecidedNotes')).length).toBeGreaterThan(
    0,
  );
  expect(pdf.roles).toEqual(expect.arrayContaining(['Document', 'H1', 'H2', 'H3', 'P', 'Table', 'TR', 'TH', 'TD']));
  expect(pdf.mark.Marked).toBe(true);
  expect(pdf.info).toMatchObject({ Language: 'en', Title: expect.stringContaining('Planning, version 2') });
  expect(dense(pdf.raw)).toContain('<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>');
  expect(pdf.outline).toEqual(expect.arrayContaining(['Planning, version 2', 'Commits', 'About this paper']));
});

test('an instant has one file: whoever makes it, on whatever server, and however much happened since', async () => {
  const { phaseVersion } = await world.get(
    aud,
    'query ($id: UUID!) { phaseVersion(versionId: $id) { workflow { lastChange { committedAt } } } }',
    { id: told.changed.versionId },
  );
  const at = phaseVersion.workflow.lastChange.committedAt as string;
  const address = ofVersion(told.changed);
  const file = await paperOf(aud, `${address}?at=${at}`);
  const submitted = await transition(world, ada, 'submitVersion', told.changed);
  const other = await startTestServer(world.db);
  try {
    const elsewhere = at.replace('Z', '%2B00:00');
    expect((await paperOf(olga, `${address}?at=${elsewhere}`, other)).equals(file)).toBe(true);
  } finally {
    await other.stop();
  }
  expect((await paperOf(aud, address)).equals(file)).toBe(false);
  told = { ...told, changed: submitted };
});

test('of a workflow it has all phases: what is in force and what was begun since, records, signatures, figures, commits', async () => {
  await buildRecord(world, { phase: 'REQUEST_INFO' });
  const report = await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT', status: 'APPROVED' });
  const pdf = read(await paperOf(aud, ofWorkflow));
  const paper = JSON.parse(pdf.attachments['workpaper.json']!) as Extract<Paper, { of: 'WORKFLOW' }>;
  const { workflow: found } = await world.get(
    aud,
    `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { lastChange { sequence } changes(first: 1) { nodes { hash } }
       phases { phase metrics { versionCount approvedCount } } } }`,
    { c: workflow.cycleId, r: workflow.reportId },
  );
  expect(paper.workflow.head).toMatchObject({ sequence: found.lastChange.sequence, hash: found.changes.nodes[0].hash });
  expect(paper.commits.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: found.lastChange.sequence }, (_, n) => n + 1),
  );
  expect(paper.phases).toMatchObject(found.phases);
  expect(paper.phases[0]!.versions.map(({ versionNumber }) => versionNumber)).toEqual([1, 2]);
  const heard = dense(pdf.pages.map(({ tagged }) => tagged).join(' '));
  const signatures = paper.phases.at(-1)!.versions[0]!.signatures;
  expect(signatures).toHaveLength(3);
  for (const { signerName, meaning, signOffDate, signedContentHash } of signatures)
    for (const said of [signerName, meaning, signOffDate!.replace('T', '').replace('Z', 'UTC'), signedContentHash])
      expect(heard).toContain(dense(said!));
  expect(signatures[0]!.signedContentHash).toBe(report.contentHash);
  expect(paper.phases.find(({ phase }) => phase === 'REQUEST_INFO')!.history).toHaveLength(1);
  expect(heard).toContain(dense(paper.definitions.carryForwardRate!));

  // What is declared as a constant is said as its title, as the console says it.
  const lines = compose(paper)
    .blocks.flatMap(textsOf)
    .flatMap((text) => text.split('\n'));
  const isConstant = (said: string) => constants.has(said.replace(/^.*: /, ''));
  expect(lines.filter(isConstant)).toEqual([]);
  expect(lines).toContain('Submission status: Pending review');
});
const constants: ReadonlySet<string> = new Set(
  phases
    .flatMap((phase) => [phase.version.fields, ...('item' in phase ? [phase.item.fields] : [])])
    .flatMap((fields) => Object.values(fields))
    .flatMap((field) => (field.source === 'input' ? (field.enumeration?.values ?? field.suggestions ?? []) : []))
    .filter((constant) => titleOf(constant) !== constant),
);

test('who may not see it gets none, and whoever gets one has read the log', async () => {
  for (const address of [ofVersion(told.approved), ofWorkflow, ofPhase('scoping')]) {
    expect(await refusalOf(await asked(stranger, address))).toEqual([404, 'NOT_FOUND']);
    expect(await refusalOf(await asked(null, address))).toEqual([401, 'UNAUTHENTICATED']);
  }
  const before = await reads();
  await paperOf(olga, ofPhase('request-info'));
  expect((await reads()) - before).toBe(1);
});
const reads = async (): Promise<number> =>
  (
    await world.get(aud, 'query ($c: UUID!, $r: UUID!) { changeLogReads(cycleId: $c, reportId: $r) { totalCount } }', {
      c: workflow.cycleId,
      r: workflow.reportId,
    })
  ).changeLogReads.totalCount;

test.each<[string, string, string, number, string]>([
  ['no such phase', 'GET', ofPhase('lunch'), 404, 'NOT_FOUND'],
  ['no such workflow', 'GET', ofWorkflow.replaceAll('0002', '00ff'), 404, 'NOT_FOUND'],
  ['an instant before anything was', 'GET', `${ofWorkflow}?at=2020-01-01T00:00:00Z`, 404, 'NOT_FOUND'],
  ['an instant that is none', 'GET', `${ofWorkflow}?at=noon`, 400, 'BAD_USER_INPUT'],
  ['an instant that is to come', 'GET', `${ofWorkflow}?at=2999-01-01T00:00:00Z`, 400, 'BAD_USER_INPUT'],
  ['another parameter', 'GET', `${ofWorkflow}?page=2`, 400, 'BAD_USER_INPUT'],
  ['writing', 'POST', ofWorkflow, 405, 'METHOD_NOT_ALLOWED'],
])('%s is refused in words', async (_, method, address, status, code) => {
  expect(await refusalOf(await asked(aud, address, { method }))).toEqual([status, code]);
});

test('what is more than a paper is refused before all of it was read', async () => {
  let pages = 0;
  const endless = () => {
    pages++;
    const nodes = Array.from({ length: 500 }, (_, n) => ({ versionNumber: n, label: 'Another' }));
    const list = { nodes, pageInfo: { hasNextPage: true, endCursor: 'x' } };
    const workflow = { head: { nodes: [] } };
    return Promise.resolve({ phaseVersion: { items: list, history: list, workflow, workflowPhase: {} } });
  };
  await expect(
    readPaper(endless, makeSchema(), { versionId: told.approved.versionId }, '2026-11-30T00:00:00Z'),
  ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: LIMITS.items } });
  expect(pages).toBe(LIMITS.items / 500 + 2);
});

test('a name that looks like part of the file, or is as long as a page, is a name', async () => {
  const text = '/Type /Catalog >> endobj (\\) <script> '.repeat(200);
  const pdf = read(
    await setPaper({
      title: text,
      subtitle: 'A',
      at: '2026-11-30T00:00:00.000Z',
      foot: text,
      blocks: [
        { kind: 'heading', level: 1, text },
        { kind: 'table', columns: [{ title: 'One', share: 1 }], rows: [[text], ['short']] },
      ],
      attached: [],
    }),
  );
  expect(dense(pdf.pages.map(({ tagged }) => tagged).join(' '))).toContain(dense(text) + 'One');
});
