/** The items of a version out to a program for sheets, and back, as people do it. */
import { readFile } from 'node:fs/promises';
import type { Sheet } from '../../src/files/sheet';
import { readXlsx, writeXlsx } from '../../src/files/xlsx';
import { api, openConsole, openPage, tooWide, violationsOf, violationsInBothThemes, type Console } from './browser';
import { draftOfMany, type Ask } from './many-items';

const ada = 1;
let console_: Console;
let ask: Ask;
let draft: string;
beforeAll(async () => {
  console_ = await openConsole();
  ask = api(console_, ada);
  draft = await draftOfMany(ask, 300);
});
afterAll(() => console_.close());

/** Types into cells as somebody does in a program for sheets. */
async function typed(file: Buffer, cells: readonly (readonly [item: string, title: string, text: string])[]) {
  const { header, rows, origin, hashes } = await readXlsx(file);
  const lines = rows.map((row) => header.map((_, index) => row.cells[index] ?? null));
  for (const [item, title, text] of cells)
    lines.find((line) => line[header.indexOf('Item')] === item)![header.indexOf(title)] = text;
  const columns: Sheet['columns'] = header.map((title) => ({
    title: String(title),
    kind: 'text',
    isLong: false,
    help: '',
    isReadOnly: false,
  }));
  return writeXlsx({ title: 'Items', columns, rows: lines, origin, hashes });
}

const revisionOf = async () =>
  (await ask(`{ phaseVersion(versionId: "${draft}") { revision } }`)).phaseVersion.revision as number;

test('items are taken to Excel, edited there, and brought back: shown first, conflicts decided, then one commit', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `/v/${draft}`);
  await page.getByRole('button', { name: 'Excel' }).click();
  const dialog = page.getByRole('dialog', { name: /^Items of version \d+ as a file$/ });
  const coming = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download for Excel' }).click();
  const downloaded = await coming;
  expect(downloaded.suggestedFilename()).toMatch(/^observation-management_version-\d+_[\dTZ-]+\.xlsx$/);
  const file = await readFile(await downloaded.path());

  // Somebody changes two of the items that are edited in the file.
  const before = await revisionOf();
  const items = await ask(`{ phaseVersion(versionId: "${draft}") { items(first: 10) { nodes { itemKey label } } } }`);
  const keyOf = (label: string) => items.phaseVersion.items.nodes.find((item: any) => item.label === label).itemKey;
  await ask(
    `mutation { putItems(input: { versionId: "${draft}", expectedRevision: ${before}, changes: { observations: [
       { itemKey: "${keyOf('Observation 2')}", remediationStatus: "Closed by others" },
       { itemKey: "${keyOf('Observation 3')}", remediationStatus: "Closed by others" } ] } }) { version { revision } } }`,
  );

  const status = (n: number, text = 'Mended in Excel') => [`Observation ${n}`, 'Remediation status', text] as const;
  const edited = await typed(file, [
    ...[1, 2, 3, 4].map((n) => status(n)),
    ['Observation 5', 'Remediation deadline', 'next week'],
  ]);
  await dialog.getByLabel('Upload an edited file').setInputFiles({
    name: 'edited.xlsx',
    mimeType: 'application/octet-stream',
    buffer: edited,
  });
  await dialog.getByText('2 items changed · 0 added · 2 conflicts · 1 cell that cannot be read').waitFor();
  await dialog.getByText('This cell takes a day: 2026-01-31.').waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog
    .getByRole('group', { name: 'Observation 2: Remediation status' })
    .getByRole('button', { name: 'From the file: Mended in Excel' })
    .click();
  await dialog.getByLabel('Reason (optional)').fill('Went through the list with the owners.');
  await dialog.getByRole('button', { name: 'Save 3 items' }).click();
  await dialog.waitFor({ state: 'detached' });

  expect(await revisionOf()).toBe(before + 2);
  const after = await ask(`{ phaseVersion(versionId: "${draft}") { items(first: 5) { nodes { label content } } } }`);
  expect(after.phaseVersion.items.nodes.map(({ content }: any) => content.remediationStatus)).toEqual([
    'Mended in Excel',
    'Mended in Excel',
    'Closed by others',
    'Mended in Excel',
    expect.not.stringContaining('Excel'),
  ]);
  expect(complaints).toEqual([]);
  await close();
});

test('a file that is none is refused in words, and the page goes on', async () => {
  const { page, close } = await openPage(console_, ada, `/v/${draft}`);
  await page.getByRole('button', { name: 'Excel' }).click();
  const dialog = page.getByRole('dialog');
  const input = dialog.getByLabel('Upload an edited file');
  await input.setInputFiles({
    name: 'notes.xlsx',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('Hello.'),
  });
  await dialog.getByRole('alert').getByText('This workbook cannot be read.').waitFor();
  await input.setInputFiles({
    name: 'names.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Colour,Size\nred,7\n'),
  });
  await dialog.getByRole('alert').getByText('names no column of Observation Management').waitFor();
  await close();
});

test('cells of a spreadsheet are pasted into the table as one step, marked where they do not fit, and saved as one commit', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `/v/${draft}?sort=label`);
  const before = await revisionOf();
  const paste = (text: string) =>
    page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(text)});
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }`);
  await page.getByRole('columnheader', { name: 'Severity' }).waitFor();
  const columns = await page.getByRole('columnheader').allTextContents();
  const severity = columns.findIndex((text) => text.includes('Severity'));
  const row = (n: number) => page.getByRole('grid').getByRole('row').nth(n);
  const cell = (n: number) => row(n).locator('th, td').nth(severity);
  await cell(1).click();
  await paste('critical\nNone of them\nLow\n');
  const bar = page.getByRole('region', { name: 'Selected and unsaved' });
  await bar.getByText(/Severity is one of/).waitFor();
  await page.keyboard.press('Control+z');
  await bar.waitFor({ state: 'detached' });

  await cell(1).click();
  await paste(`Critical\tno place\n${'High\n'.repeat(400)}`);
  await bar.getByText(/\d+ pasted cells did not fit/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await bar.getByRole('button', { name: /^Save \d+ items$/ }).click();
  await bar.getByText(/not saved/).waitFor({ state: 'detached' });
  expect(await revisionOf()).toBe(before + 1);
  expect(await cell(1).textContent()).toContain('Critical');
  expect(complaints).toEqual([]);
  await close();
});
