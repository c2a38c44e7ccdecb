/** What the log can tell: figures, where they come from, and the way down to their versions. */
import { readFileSync } from 'node:fs';
import {
  cutOff,
  overflowing,
  openConsole,
  openPage,
  tooWide,
  violationsOf,
  violationsInBothThemes,
  type Console,
} from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const audrey = 8;

test('a figure leads down to as many versions as it says, and the address keeps what is looked at', async () => {
  const { page, complaints, close } = await openPage(console_, audrey, '/insights');
  await page.getByRole('heading', { name: 'Rejection and rework' }).waitFor();
  const rejections = page.getByRole('link', { name: /, rejections in Scoping$/ });
  const many = Number.parseInt((await rejections.textContent())!, 10);
  expect(many).toBeGreaterThan(0);
  await rejections.press('Enter');
  await page.getByRole('heading', { name: new RegExp(`^${many} versions?$`) }).waitFor();
  const listed = page.getByRole('region', { name: 'Versions that are counted' }).locator('tbody tr');
  expect(await listed.count()).toBe(many);
  await page.reload();
  await page.getByRole('heading', { name: new RegExp(`^${many} versions?$`) }).waitFor();

  const waiting = page.getByRole('link', { name: /, what Ada Lindqvist waits for$/ });
  const theirs = Number.parseInt((await waiting.textContent())!, 10);
  await waiting.press('Enter');
  await page.getByRole('heading', { name: new RegExp(`^${theirs} versions?$`) }).waitFor();

  await page.getByRole('link', { name: 'Test executive', exact: true }).click();
  await page.getByRole('button', { name: 'Rejections', pressed: true }).waitFor();
  expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
    'Reports by phase',
    'Rejection and rework',
    'Time to decision',
    'From cycle to cycle',
    'How long it has waited',
  ]);
  expect(new URL(page.url()).searchParams.get('view')).toBe('TEST_EXECUTIVE');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV of Rejection and rework' }).click();
  const [head, ...rows] = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(head).toMatch(/^\ufeffPhase,First time right,Approved,Rejected/);
  expect(rows.find((row) => row.startsWith('Scoping,'))!.split(',')[3]).toBe(String(many));
  expect(complaints).toEqual([]);
  await close();
});

test('what is looked at gets a name, is found again by it, opens the page, and is renamed and deleted', async () => {
  const { page, complaints, close } = await openPage(console_, audrey, '/workflows');
  const views = page.getByRole('navigation', { name: 'Views' });
  const names = () => views.getByRole('link').allTextContents();
  const shown = () => new URL(page.url()).search;
  await page.getByRole('combobox', { name: 'Phase' }).selectOption('SCOPING');
  await page.getByRole('combobox', { name: 'that is' }).selectOption('BLOCKED');
  await page.getByText('1 workflow', { exact: true }).waitFor();
  const search = shown();
  await views.getByRole('button', { name: 'Save this view…' }).click();
  await page.getByLabel('Name').fill('mine');
  await page.getByRole('button', { name: 'Save the view' }).click();
  await page.getByText('There is a view “mine” already.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('Name').fill('Scoping waits');
  await page.getByLabel('Open the page with it').check();
  await page.keyboard.press('Enter');
  await views.getByRole('link', { name: /^Scoping waits.*opens first$/ }).waitFor();
  // By keyboard to all of them and back; it is what the page opens with, for who comes from elsewhere.
  await page.keyboard.press('1');
  await page.getByText('2 workflows', { exact: true }).waitFor();
  expect(shown()).toBe('');
  await page.keyboard.press('5');
  await page.getByText('1 workflow', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Insights' }).click();
  await page.getByRole('link', { name: 'Workflows', exact: true }).click();
  await page.getByText('1 workflow', { exact: true }).waitFor();
  expect(shown()).toBe(search);

  await views.getByRole('button', { name: 'Edit views…' }).click();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('textbox', { name: 'Name of Scoping waits' }).fill('Before scoping');
  await page.getByRole('button', { name: 'Save the views' }).click();
  await views.getByRole('link', { name: /^Before scoping.*opens first$/ }).waitFor();
  await views.getByRole('button', { name: 'Edit views…' }).click();
  await page.getByRole('button', { name: 'Delete Before scoping' }).click();
  await page.getByRole('button', { name: 'Save the views' }).click();
  await views.getByRole('button', { name: 'Save this view…' }).waitFor();
  expect(await names()).toEqual(['All', 'Mine', 'Waiting for a week', 'Overdue']);
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('it is read in the past as it was then, by everybody, in both themes and on every screen', async () => {
  const { page, complaints, close } = await openPage(console_, audrey, '/insights');
  await page.getByText(/^Counted at .* from \d+ commits of 2 workflows/).waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  for (const width of [1920, 360, 2560]) {
    expect(await tooWide(page, width)).toBe(0);
    expect(await cutOff(page)).toEqual([]);
  }
  // Where there is room, no table has to be scrolled.
  expect(await overflowing(page, 'main [role=region]')).toEqual([]);
  await page.goto(`${console_.url}/insights?at=2020-01-01T00:00:00.000Z`);
  await page.getByText('Nothing is counted here').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
