/** Comparing: any two versions or instants, and a review, of more items than a page has. */
import { api, openConsole, openPage, tooWide, violationsInBothThemes, type Console } from './browser';
import { draftOfMany, MANY } from './many-items';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, olga] = [1, 3];
const draft = '0194d2a0-5c00-7000-8000-000000000103';
const workflow = { cycleId: '0194d2a0-5c00-7000-8000-000000000001', reportId: '0194d2a0-5c00-7000-8000-000000000002' };

/** Says another reason for each item of a draft; how many that were. */
async function changeAll(
  versionId: string,
  items: string,
  field: string,
): Promise<{ count: number; revision: number }> {
  const asAda = api(console_, ada);
  const { phaseVersion } = await asAda(
    `query ($id: UUID!) { phaseVersion(versionId: $id) { revision items(first: 1000) { nodes { itemKey } } } }`,
    { id: versionId },
  );
  const keys = phaseVersion.items.nodes as { itemKey: string }[];
  const changes = keys.map(({ itemKey }, index) => ({ itemKey, [field]: `Looked at again, as number ${index}.` }));
  const { putItems } = await asAda(
    `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { revision } } }`,
    { input: { versionId, expectedRevision: phaseVersion.revision, changes: { [items]: changes } } },
  );
  return { count: keys.length, revision: putItems.version.revision };
}

test('all that differs is listed and led to, also since an instant; the link shows the same for ever', async () => {
  const then = new Date().toISOString();
  const { count } = await changeAll(draft, 'attributeDecisions', 'decisionReason');
  expect(count).toBeGreaterThan(100);
  const { page, complaints, close } = await openPage(console_, ada, `/v/${draft}?at=${then}`);
  await page.getByRole('link', { name: 'Compare with now' }).click();
  await page.getByRole('heading', { name: /^Planning, version 3 as of/ }).waitFor();
  await page.getByRole('button', { name: `${count} changed` }).waitFor();
  expect(new URL(page.url()).search).not.toContain('at='); // it is read now
  const panels = page.locator('section[id]');
  expect(await panels.count()).toBe(50);
  const last = page.getByRole('navigation', { name: 'What differs' }).getByRole('link').last();
  const label = await last.textContent();
  await last.click();
  const panel = page.getByRole('region', { name: label! });
  await panel.waitFor();
  expect(await panels.count()).toBe(count);
  const id = await panel.getAttribute('id');
  const top = () => page.evaluate<number>(`document.getElementById('${id}').getBoundingClientRect().top`);
  expect(await top()).toBeLessThan(800);
  await page.reload(); // the address leads to the same item
  await panel.waitFor();
  expect(await top()).toBeLessThan(800);
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const link = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(new URL(link).searchParams.get('at')).toMatch(/^20/);
  await page.getByLabel('Compare from').selectOption({ label: 'Version 1' });
  await page.getByRole('heading', { name: 'Planning, version 1 to 3' }).waitFor();
  await page.getByLabel('Compare to').selectOption({ label: 'Version 2' });
  await page.getByRole('heading', { name: 'Planning, version 1 to 2' }).waitFor();
  await changeAll(draft, 'attributeDecisions', 'decisionReason'); // changes nothing, and is a commit
  await page.goto(link);
  await page.getByRole('region', { name: 'The past' }).waitFor();
  await page.getByRole('button', { name: `${count} changed` }).waitFor();
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Patch' }).click();
  expect((await downloaded).suggestedFilename()).toBe('planning-3-3.json');
  await page.goto(`${console_.url}/v/${draft}/diff?since=2020-01-01T00:00:00Z`);
  await page.getByText('It was not there yet').waitFor();
  expect(complaints).toEqual([]);

  // What cannot be taken away says why.
  await page.goto(link);
  await page.getByRole('button', { name: `${count} changed` }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Patch' }).click();
  await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
  await close();
});

test('of more items than the API lists at once all are listed', async () => {
  const versionId = await draftOfMany(api(console_, ada));
  const { page, close } = await openPage(console_, ada, `/v/${versionId}/diff`);
  await page.getByRole('button', { name: `${MANY} added` }).waitFor();
  const contents = page.getByRole('navigation', { name: 'What differs' });
  await contents.getByRole('heading', { name: 'Added 2,000' }).waitFor();
  // Of long lists so many are rendered as are looked at; on paper all are.
  const rendered = `document.querySelectorAll('section[id]:has(> h2)').length`;
  expect(await page.evaluate<number>(rendered)).toBeLessThan(100);
  expect(
    await page.evaluate<number>(`dispatchEvent(new Event('beforeprint')), Promise.resolve().then(() => ${rendered})`),
  ).toBeGreaterThanOrEqual(MANY);
  await contents.getByRole('link', { name: 'Observation 2000', exact: true }).waitFor();
  await close();
});

test('a review lists every item that changed', async () => {
  const asAda = api(console_, ada);
  const { createVersion } = await asAda(
    `mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }`,
    { input: { ...workflow, phase: 'SCOPING', carryForward: 'ALL_ITEMS' } },
  );
  const { versionId } = createVersion.version;
  const { count, revision } = await changeAll(versionId, 'scopingDecisions', 'scopingRationale');
  expect(count).toBeGreaterThan(100);
  await asAda(`mutation ($input: VersionTransitionInput!) { submitVersion(input: $input) { version { status } } }`, {
    input: { versionId, expectedRevision: revision },
  });
  const { page, close } = await openPage(console_, olga, `/v/${versionId}/review`);
  await page.getByRole('button', { name: `Changed ${count}` }).waitFor();
  await close();
});
