/**
 * A workbook in the hands of LibreOffice: opened, changed and saved by it, and sent back. An extra, since LibreOffice has to be there:
 * npm run test:libreoffice.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fullPhases } from '../../src/phases';
import { buildVersion, mutate, sampleItem } from '../support/builders';
import { temporaryFolder } from '../support/temporary';
import { ada, token, World } from '../support/world';

let world: World;
const folder = temporaryFolder();
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const send = async (address: string, body?: Uint8Array) => {
  const response = await fetch(`${world.server.url}/files${address}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${await token(ada)}` },
    body,
  });
  expect(response.status).toBe(200);
  return response;
};

/** Opens a file and saves it as another kind; returns where. */
function saved(file: string, kind: 'fods' | 'xlsx', where: string): string {
  execFileSync(
    'soffice',
    [`-env:UserInstallation=file://${folder}/profile`, '--headless', '--convert-to', kind, '--outdir', where, file],
    { stdio: 'pipe' },
  );
  return path.join(where, `${path.basename(file, path.extname(file))}.${kind}`);
}

/** Takes a workbook through LibreOffice, with its cells as text in between, where a person would edit them. */
async function edited(address: string, edit: (cells: string) => string): Promise<Buffer> {
  const file = path.join(folder, 'items.xlsx');
  writeFileSync(file, Buffer.from(await (await send(address)).arrayBuffer()));
  const flat = saved(file, 'fods', folder);
  const cells = readFileSync(flat, 'utf8');
  // It has TRUE and FALSE as formulas of their own; nothing else in a workbook is computed.
  const formulas = [...cells.matchAll(/table:formula="([^"]*)"/g)].map(([, formula]) => formula);
  expect(formulas.filter((formula) => !/^of:=(TRUE|FALSE)\(\)$/.test(formula!))).toEqual([]);
  writeFileSync(flat, edit(cells));
  return readFileSync(saved(flat, 'xlsx', path.join(folder, 'back')));
}

test.each(fullPhases.map(({ key }) => key))('%s: saved by LibreOffice, nothing has changed', async (phase) => {
  const { versionId } = await buildVersion(world, { phase, items: 3 });
  const address = `/versions/${versionId}/items.xlsx`;
  const answer: any = await (await send(address, await edited(address, (cells) => cells))).json();
  expect(answer).toMatchObject({ unchanged: 3, changed: [], added: [], conflicts: [], invalid: [], putItems: null });
  expect(answer.madeAt).not.toBeNull();
});

test('a cell that was changed is that change, and what looks like a formula is a text there as well', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING', items: 2 });
  const draft = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId,
    expectedRevision: revision,
    items: {
      attributeDecisions: [{ ...sampleItem('PLANNING', 9), decisionReason: '=HYPERLINK("http://example.org")' }],
    },
  });
  const address = `/versions/${versionId}/items.xlsx`;
  const sent = await edited(address, (cells) => cells.replace('>Reason 1<', '>Łódź, as LibreOffice saved it<'));
  const answer: any = await (await send(address, sent)).json();
  expect(answer).toMatchObject({
    expectedRevision: draft.revision,
    unchanged: 2,
    changed: [{ fields: { decisionReason: { now: 'Reason 1', yours: 'Łódź, as LibreOffice saved it' } } }],
    conflicts: [],
    invalid: [],
  });
});
