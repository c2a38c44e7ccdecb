import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/env';
import { consoleDocuments } from '../../src/transport/http/pages';
import { readTrustedDocuments } from '../../src/transport/operations/trusted-documents';
import { ada, workflow, World } from '../support/world';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();
const file = path.join(folder, 'trusted-documents.json');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let world: World;
let manifest: Record<string, string>;
/** The only one of its name. */
let standing: { id: string; text: string };

const generate = (...args: string[]) =>
  promisify(execFile)(process.execPath, [path.join(projectRoot, 'scripts', 'generate-trusted.mjs'), ...args], {
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder },
  });

beforeAll(async () => {
  writeFileSync(
    path.join(folder, 'client.graphql'),
    `query WhoAmI { viewer { userId name } }
     query Progress($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { ...Phases } }
     fragment Phases on Workflow { phases { phase progress } }
     mutation Start($input: CreateVersionInput!) { createVersion(input: $input) { version { id } } }`,
  );
  await generate('--documents', '*.graphql', '--out', file);
  manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const [id, text] = Object.entries(manifest).find(([, one]) => one.includes('query Progress'))!;
  standing = { id, text };
  world = await World.create({ trustedDocuments: file });
});
afterAll(async () => {
  await world.destroy();
});

const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
const headers = async () => ({
  'content-type': 'application/json',
  authorization: `Bearer ${await world.tokenOf(ada)}`,
});
async function post(body: object) {
  const response = await fetch(`${world.server.url}/graphql`, {
    method: 'POST',
    headers: await headers(),
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as { data?: any; errors?: any[] }) };
}
async function get(parameters: { query?: string; documentId?: string; extensions?: string; variables?: string }) {
  const search = new URLSearchParams(Object.entries(parameters));
  const response = await fetch(`${world.server.url}/graphql?${search.toString()}`, {
    headers: await headers(),
  });
  return { status: response.status, ...((await response.json()) as { data?: any; errors?: any[] }) };
}
const isAnswer = { status: 200, data: { workflow: { phases: expect.any(Array) as unknown } } };
const isRefusal = { status: 403, errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] };

test('the manifest has every document of the client, with its fragments, under the hash of its text', () => {
  expect(Object.keys(manifest)).toHaveLength(3);
  for (const [id, text] of Object.entries(manifest)) expect(id).toBe(`sha256:${sha256(text)}`);
  expect(standing.text).toMatch(/fragment Phases on Workflow/);
});

test('documents that the schema does not know make no manifest', async () => {
  writeFileSync(path.join(folder, 'wrong.gql'), 'query Wrong { nonsense }');
  writeFileSync(path.join(folder, 'nameless.gql'), '{ viewer { name } }');
  await expect(generate('--documents', 'wrong.gql', '--out', 'wrong.json')).rejects.toThrow(/nonsense/);
  await expect(generate('--documents', 'nameless.gql', '--out', 'wrong.json')).rejects.toThrow(
    /no document with a name/,
  );
  await expect(generate()).rejects.toThrow(/Say which documents/);
});

test('a document of it is executed by its id, however it is written, and by its text', async () => {
  const bare = standing.id.replace('sha256:', '');
  for (const way of [
    { documentId: standing.id },
    { documentId: bare },
    { extensions: { persistedQuery: { version: 1, sha256Hash: bare } } },
    { query: standing.text },
    { documentId: standing.id, operationName: 'Progress' },
  ]) {
    expect(await post({ ...way, variables: place })).toMatchObject(isAnswer);
  }
  const variables = JSON.stringify(place);
  for (const way of [
    { documentId: standing.id },
    { extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: bare } }) },
    { query: standing.text },
  ])
    expect(await get({ ...way, variables })).toMatchObject(isAnswer);
});

test('where an id is given, the text beside it counts for nothing', async () => {
  const { data } = await post({ documentId: standing.id, query: '{ viewer { name } }', variables: place });
  expect(data).toEqual({ workflow: { phases: expect.any(Array) as unknown } });
});

test('anything else is refused, in every way in which it can come', async () => {
  for (const body of [
    { query: '{ viewer { userId } }' },
    { query: `${standing.text} ` },
    { query: '{ __schema { types { name } } }' },
    { documentId: sha256('{ viewer { userId } }') },
    { documentId: '__proto__' },
    { documentId: 1, query: '{ viewer { userId } }' },
    { documentId: '' },
    { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ viewer { userId } }') } } },
    { extensions: { persistedQuery: null } },
    { extensions: [] },
    { variables: {} },
    { query: null },
  ])
    expect(await post({ variables: place, ...body })).toMatchObject(isRefusal);
  for (const parameters of [{ query: '{ viewer { userId } }' }, { documentId: 'x' }, {}])
    expect(await get(parameters)).toMatchObject(isRefusal);
  expect(await get({ query: standing.text, extensions: '{' })).toMatchObject({ status: 400 });
});

test('what the console asks is refused where it is not served', async () => {
  const documents = consoleDocuments();
  expect(documents.length).toBeGreaterThan(20);
  for (const query of documents.filter((text) => text.includes('query Viewer')))
    expect(await post({ query })).toMatchObject(isRefusal);
});

test('a mutation that is trusted is still not done by GET', async () => {
  const [id] = Object.entries(manifest).find(([, text]) => text.includes('mutation'))!;
  const variables = { input: { ...place, phase: 'PLANNING' } };
  expect((await get({ documentId: id, variables: JSON.stringify(variables) })).status).toBe(405);
  expect((await post({ documentId: id, variables })).data.createVersion.version.id).toEqual(expect.any(String));
});

test.each([
  ['is not there', undefined],
  ['is no JSON', '{'],
  ['holds a list', '[]'],
  ['is empty', '{}'],
  ['holds a text under another’s hash', JSON.stringify({ [sha256('{ a }')]: '{ b }' })],
])('a manifest that %s keeps the server from starting, with the reason', (_, content) => {
  const wrong = path.join(folder, 'wrong-manifest.json');
  rmSync(wrong, { force: true });
  if (content !== undefined) writeFileSync(wrong, content);
  expect(() => readTrustedDocuments(wrong)).toThrow(/^TRUSTED_DOCUMENTS must be a manifest: .*generate:trusted/);
});
