/** What the log can tell: figures, where they come from, and the way down to their versions. */
import { readFileSync } from 'node:fs';
import { openConsole, openPage, setTheme, tooWide, violationsOf, type Console } from './browser';

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

  await page.getByLabel('View').selectOption('TEST_EXECUTIVE');
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

test('it is read in the past as it was then, by everybody, in both themes and on every screen', async () => {
  const { page, complaints, close } = await openPage(console_, audrey, '/insights');
  await page.getByText(/^Counted at .* from \d+ commits of 2 workflows/).waitFor();
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsOf(page)).toEqual([]);
  }
  for (const width of [360, 1920]) expect(await tooWide(page, width)).toBe(0);
  await page.goto(`${console_.url}/insights?at=2020-01-01T00:00:00.000Z`);
  await page.getByText('Nothing is counted here').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
