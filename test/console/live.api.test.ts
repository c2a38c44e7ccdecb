/** What a page says of what others do meanwhile. */
import { openConsole, openPage, tooWide, violationsOf, api, violationsInBothThemes, type Console } from './browser';
import { workflow } from '../support/world';
import { draftOfMany } from './many-items';

const [ada, ben, olga] = [1, 2, 3];
let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

test('a version that others change says so, and nothing moves until it is wanted; also after the connection was lost', async () => {
  const asBen = api(console_, ben);
  const draft = await draftOfMany(api(console_, ada), 3);
  const first = await asBen(`{ phaseVersion(versionId: "${draft}") { items { nodes { itemKey } } } }`);
  const { itemKey } = first.phaseVersion.items.nodes[0];
  const changeAs = async (text: string) => {
    const { phaseVersion } = await asBen(`{ phaseVersion(versionId: "${draft}") { revision } }`);
    await asBen(
      `mutation { putItems(input: { versionId: "${draft}", expectedRevision: ${phaseVersion.revision},
         changes: { observations: [{ itemKey: "${itemKey}", remediationStatus: "${text}" }] } }) { version { revision } } }`,
    );
    return (phaseVersion.revision as number) + 1;
  };
  const { page, complaints, close } = await openPage(console_, ada, `/v/${draft}`);
  await page.getByRole('rowheader', { name: 'Observation 1', exact: true }).waitFor();
  const search = page.getByRole('searchbox', { name: 'Search in items' });
  await search.fill('Obs');

  const revision = await changeAs('Looked at by Ben');
  const news = page.getByRole('status').filter({ hasText: 'Changed meanwhile' });
  await news.getByText(`revision ${revision}`).waitFor();
  expect(await page.getByText('Looked at by Ben').count()).toBe(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await news.getByRole('button', { name: 'Show it' }).click();
  await page.getByText('Looked at by Ben').waitFor();
  await news.waitFor({ state: 'detached' });
  expect(await search.inputValue()).toBe('Obs');
  expect(complaints).toEqual([]);

  await page.context().setOffline(true);
  const missed = await changeAs('While nobody heard');
  await page.context().setOffline(false);
  await page.getByText(`revision ${missed}`).waitFor();

  // What one changes oneself is no news, also where one hears of it before it is read.
  await page.getByRole('button', { name: 'Show it' }).click();
  await news.waitFor({ state: 'detached' });
  await page.evaluate(
    `new MutationObserver(() => { if (document.body.textContent.includes('Changed meanwhile')) window.sawNews = true; })
       .observe(document.body, { subtree: true, childList: true })`,
  );
  await page.route('**/graphql', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Submit' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Submit/ })
    .click();
  await page.getByText('Awaiting decision').first().waitFor();
  expect(await page.evaluate('window.sawNews ?? false')).toBe(false);
  await close();
});

test('my work says what moved since the last visit, until it was seen, and whom what was handed in waits for', async () => {
  const { page, complaints, close } = await openPage(console_, ada);
  const moved = page.getByRole('complementary', { name: 'What moved' });
  await moved.getByText('Lately').waitFor();
  await page
    .getByRole('link', { name: /^Finalize Test Report 3 .* Olga Petrenko Tess Nakamura/ })
    .first()
    .waitFor();
  // The visit ends; then somebody does something, and the next one begins.
  await page.evaluate(`(() => {
    const key = 'phaseledger.${ada}.last-here';
    const kept = JSON.parse(localStorage[key]);
    kept.here.at = '2026-11-01T08:00:00.000Z';
    localStorage[key] = JSON.stringify(kept);
  })()`);
  await api(console_, ben)(`mutation { refreshMetrics(reportId: "${workflow.reportId}") }`);
  await page.goto(console_.url);
  await moved.getByText('Since you were last here, 1 Nov 2026').waitFor();
  expect(await moved.getByRole('listitem').allTextContents()).toEqual([
    expect.stringMatching(/Ben refreshed the figures/),
  ]);
  expect(await violationsOf(page)).toEqual([]);
  await page.reload();
  await moved.getByRole('button', { name: 'I have seen this' }).click();
  await moved.getByText('Nothing since you were last here').waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('who else has a version open, and what for, stands on its pages as long as they have', async () => {
  const version = '/v/0194d2a0-5c00-7000-8000-000000000402';
  const owner = await openPage(console_, olga, `${version}/review`);
  const tester = await openPage(console_, ben, version);
  await tester.page.getByText('Olga Petrenko is reviewing this').waitFor();
  await owner.page.getByText('Ben Okafor is reading this').waitFor();
  for (const { page } of [owner, tester]) expect(await violationsOf(page)).toEqual([]);
  expect(await tooWide(owner.page, 360)).toBe(0);
  // Whoever goes on to another page has it open no more; nobody is told of themselves.
  await tester.page.getByRole('link', { name: 'Workflows', exact: true }).click();
  await owner.page.getByText('Also here').waitFor({ state: 'detached' });
  for (const { complaints, close } of [owner, tester]) {
    expect(complaints).toEqual([]);
    await close();
  }
});
