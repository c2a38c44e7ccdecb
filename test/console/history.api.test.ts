/** How a version came about: the graph of a phase, what a draft would change, who set a field, and what was only recorded. */
import { openConsole, openPage, tooWide, violationsOf, violationsInBothThemes, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, audrey] = [1, 8];
const planning = (version: number) => `/v/0194d2a0-5c00-7000-8000-00000000010${version}`;
const workflow = '/w/0194d2a0-5c00-7000-8000-000000000001/0194d2a0-5c00-7000-8000-000000000002';

test('restoring says what the draft would change, and the graph what it was made of', async () => {
  const { page, complaints, close } = await openPage(console_, ada, planning(1));
  await page.getByRole('button', { name: 'Restore' }).click();
  const dialog = page.getByRole('dialog', { name: 'Restore version 1' });
  await dialog.getByText(/Compared with version 2, which is in force, the draft changes \d+ items/).waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Restore version 1' }).click();
  await page.getByRole('heading', { name: 'Planning, version 4' }).waitFor();
  await page.goto(`${console_.url}${workflow}/PLANNING`);
  const rows = page.getByRole('list', { name: 'Versions, newest first' }).getByRole('listitem');
  await rows.filter({ hasText: 'Version 4' }).getByText('from version 1, based on version 2').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('who set a field is told to the pointer and to the keyboard, and leads to the commits', async () => {
  const { page, close } = await openPage(console_, audrey, planning(2));
  await page.getByRole('row', { name: /Customer Identifier/ }).click();
  const item = page.getByRole('region', { name: 'Customer Identifier' });
  const by = item.getByRole('link', { name: /^Set by Ada Lindqvist · .* · version\s1$/ }).first();
  await by.waitFor();
  expect(
    await page.evaluate<string>("getComputedStyle(document.querySelector('a[data-bare] > span + span')).opacity"),
  ).toBe('0');
  await by.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  expect(
    await page.evaluate<string>("getComputedStyle(document.activeElement.querySelector('span + span')).opacity"),
  ).toBe('1');
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Planning, version 1' }).waitFor();
  expect(new URL(page.url()).search).toBe('?tab=commits');
  await close();
});

test('what the past only has as the old system recorded it says so', async () => {
  const { page, close } = await openPage(console_, audrey, '/workflows');
  // Nothing of the demo was taken over: the server’s answer is made to say that this was.
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"CAPTURED"', '"RECORDED"') });
  });
  for (const address of [planning(2), `${workflow}/PLANNING`, workflow]) {
    await page.goto(console_.url + address);
    await page.getByText('As the old system recorded it').first().waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
  }
  await page.unrouteAll({ behavior: 'wait' });
  await close();
});
