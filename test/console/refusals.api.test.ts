/** What becomes of what somebody sends: when it is refused, slow, or lost on the way. */
import type { Page, Route } from 'playwright-core';
import { api, openConsole, openPage, violationsOf, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, ben, olga] = [1, 2, 3];
const [cycleId, reportId] = ['0194d2a0-5c00-7000-8000-000000000001', '0194d2a0-5c00-7000-8000-000000000002'];
const requests = `/w/${cycleId}/${reportId}/TEST_EXECUTION`;

const refused = (status: number, code: string, message: string, extensions: object = {}, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ errors: [{ message, extensions: { code, ...extensions } }] }),
});

/** Handles the next mutation of a page otherwise; resolves when it has come. */
async function onNextMutation(page: Page, handle: (route: Route) => Promise<void>): Promise<void> {
  let isHandled = false;
  await page.route('**/graphql', async (route) => {
    if (isHandled || !route.request().postData()?.includes('mutation ')) return route.fallback();
    isHandled = true;
    await handle(route);
  });
}

async function openRequest(page: Page, kind: string, why: string) {
  await page.getByRole('button', { name: 'Send a request' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a request' });
  const send = dialog.getByRole('button', { name: 'Send a request' });
  await dialog.getByLabel('What is asked for').selectOption(kind);
  await dialog.getByLabel('Reason').fill(why);
  return { dialog, send };
}

test('what cannot be done at the moment is told in words, nothing typed is lost, and it is sent again from where one is', async () => {
  const { page, close } = await openPage(console_, ada, requests);
  const why = 'The limit differs from the sheet.';
  const { dialog, send } = await openRequest(page, 'RETEST', why);
  const cases = [
    [refused(429, 'RATE_LIMITED', 'Ask again in 1 seconds.', {}, { 'retry-after': '1' }), /Ask again in 1 seconds/],
    [
      refused(503, 'BUSY', 'Others are changing this. Nothing was done.', {}, { 'retry-after': '1' }),
      /Nothing was done/,
    ],
    [refused(503, 'BUSY', 'idempotencyKey', { outcome: 'UNKNOWN' }), /connection to the database was lost.*done once/],
    [refused(409, 'CONFLICT', 'Somebody else changed it.'), /Somebody else changed it\./],
    [refused(403, 'FORBIDDEN', 'This takes a tester.'), /This takes a tester\./],
    [{ status: 502, body: '<h1>Bad gateway</h1>' }, /HTTP status 502 .*It may have been done or not.*done once/],
  ] as const;
  for (const [answer, words] of cases) {
    await onNextMutation(page, (route) => route.fulfill(answer));
    await send.click();
    await dialog.getByRole('alert').getByText(words).waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe(why);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Send a request');
    if ('headers' in answer && 'retry-after' in answer.headers)
      await dialog.getByText('It can be sent again now.').waitFor();
  }
  expect(await violationsOf(page)).toEqual([]);
  await page.context().setOffline(true);
  await send.click();
  await dialog
    .getByRole('alert')
    .getByText(/No answer came, and what you typed is kept/)
    .waitFor();
  await page.context().setOffline(false);
  await send.press('Enter');
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await close();
});

test('a slow answer is waited for in sight of whoever sent it, and what is pressed again meanwhile is done once', async () => {
  const { page, close } = await openPage(console_, ada, requests);
  const { dialog, send } = await openRequest(page, 'CORRECTION', 'This takes long.');
  let answer = () => {};
  const isWanted = new Promise<void>((resolve) => (answer = resolve));
  await onNextMutation(page, async (route) => {
    await isWanted;
    await route.continue();
  });
  await send.click();
  await dialog.getByText('Sending …').waitFor();
  await send.press('Enter');
  await dialog.getByText('The server is slow to answer.', { exact: false }).waitFor();
  await page.keyboard.press('Escape'); // who closed it now would not be told what came of it
  expect(await dialog.isVisible()).toBe(true);
  answer();
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await page.goto(console_.url + requests);
  await page.getByText('Correction', { exact: true }).first().waitFor();
  expect(await page.getByText('Correction', { exact: true }).count()).toBe(1);
  await close();
});

test('what was done although its answer was lost is done once, also after the page was loaded again', async () => {
  const { page, close } = await openPage(console_, ada, requests);
  const { dialog, send } = await openRequest(page, 'OTHER', 'The answer to this gets lost.');
  await onNextMutation(page, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await send.click();
  await dialog.getByRole('alert').waitFor();
  await page.reload();
  await page.getByText('Other', { exact: true }).first().waitFor(); // it was done
  await page.getByRole('button', { name: 'Send a request' }).click();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('The answer to this gets lost.');
  await send.click();
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await page.goto(console_.url + requests);
  await page.getByText('Other', { exact: true }).first().waitFor();
  expect(await page.getByText('Other', { exact: true }).count()).toBe(1);
  expect(await page.evaluate("Object.keys(localStorage).filter((key) => key.includes('unanswered'))")).toEqual([]);
  await close();
});

test('a decision whose answer was lost is not said to be undone, and made once when it is made again', async () => {
  const { page, close } = await openPage(console_, olga, '/');
  await page
    .getByRole('link', { name: /Data Profiling/ })
    .first()
    .click();
  await page.getByText('· 15 undecided').waitFor();
  const versionId = new URL(page.url()).pathname.split('/')[2]!;
  const decided = async (): Promise<number> => {
    const { phaseVersion } = await api(console_, olga)(
      'query ($id: UUID!) { phaseVersion(versionId: $id) { changes(first: 50) { nodes { operation } } } }',
      { id: versionId },
    );
    const commits: { operation: string }[] = phaseVersion.changes.nodes;
    return commits.filter(({ operation }) => operation === 'decideItems').length;
  };
  await onNextMutation(page, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.keyboard.press('n');
  await page.keyboard.type('As it is defined.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await page
    .getByRole('alert')
    .getByText(/It may have been done or not/)
    .waitFor();
  expect(await decided()).toBe(1);
  await close();
});

test('a sign-in that the server accepts no longer is renewed where that takes no prompt, and else leads back', async () => {
  const { page, close } = await openPage(console_, ben, requests);
  const { dialog, send } = await openRequest(page, 'ACCESS', 'Typed before the sign-in ended.');
  const expired = refused(401, 'UNAUTHENTICATED', 'The token expired.');
  await page.route('**/console/sign-in', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill(refused(403, 'FORBIDDEN', 'Nobody is signed in here without a token.'))
      : route.fallback(),
  );
  await onNextMutation(page, (route) => route.fulfill(expired));
  await send.click();
  await page
    .getByRole('status')
    .getByText(/Your sign-in has ended. What you typed is kept/)
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.unroute('**/console/sign-in');
  await page.getByRole('button', { name: /Ben Okafor/ }).click();
  await page.getByRole('button', { name: 'Send a request' }).click();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('Typed before the sign-in ended.');
  await onNextMutation(page, (route) => route.fulfill(expired));
  await send.click(); // and now it can be renewed
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await close();
});

test('a page or dialog whose code cannot be loaded without a connection opens when there is one again', async () => {
  const { page, close } = await openPage(console_, ada, requests);
  const lost = page.getByRole('status').getByText('No connection to the server.', { exact: false });
  const isAt = (heading: string) => page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await isAt('Test Execution');
  await page.context().setOffline(true);
  await page.keyboard.press('?'); // the code of the help was not loaded yet
  await lost.waitFor();
  await isAt('Test Execution');
  await page.getByRole('link', { name: 'Insights' }).click();
  await isAt('No connection');
  await page.context().setOffline(false);
  await isAt('Insights');
  await lost.waitFor({ state: 'detached' });
  await close();
});

test('a page whose server cannot be reached says so, keeps what it shows, and goes on by itself', async () => {
  const { page, close } = await openPage(console_, ada, requests);
  await page.getByRole('heading', { name: 'Test Execution' }).waitFor();
  await page.context().setOffline(true);
  const lost = page.getByRole('status').getByText('No connection to the server.', { exact: false });
  await lost.waitFor();
  await page.getByRole('heading', { name: 'Test Execution' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.context().setOffline(false);
  await lost.waitFor({ state: 'detached' });

  // What was refused because it came too early is asked again when the server said.
  let isEarly = true;
  await page.route('**/graphql', (route) => {
    if (!isEarly) return route.fallback();
    isEarly = false;
    return route.fulfill(refused(429, 'RATE_LIMITED', 'Ask again in 1 seconds.', {}, { 'retry-after': '1' }));
  });
  await page.getByRole('link', { name: 'Domestic Credit Cards, monthly account schedule' }).click();
  await page.getByRole('list').getByRole('link', { name: 'Scoping', exact: true }).waitFor();
  await close();
});

test('two tabs of one browser can be two people, each as long as it is open', async () => {
  const { page, close } = await openPage(console_, null, '/');
  const other = await page.context().newPage();
  await page.getByRole('button', { name: /Ada Lindqvist/ }).click();
  await page.getByRole('button', { name: /Ada Lindqvist.*signed in/ }).waitFor();
  await other.goto(`${console_.url}/sign-in`);
  await other.getByRole('button', { name: /Olga Petrenko/ }).click();
  await other.getByRole('button', { name: /Olga Petrenko.*signed in/ }).waitFor();
  await page.reload();
  const adas = page.getByRole('button', { name: /Ada Lindqvist.*signed in/ });
  await adas.waitFor();
  // Who signs out does so wherever they are signed in in this browser, and nobody else does.
  const third = await page.context().newPage();
  await third.goto(`${console_.url}/sign-in`);
  await third.getByRole('button', { name: /Ada Lindqvist/ }).click();
  await third.getByRole('button', { name: /Ada Lindqvist.*signed in/ }).waitFor();
  await adas.click();
  await page.getByRole('menuitem', { name: /Sign out/ }).click();
  await third.getByRole('heading', { name: 'Who would you like to be?' }).waitFor();
  await other.getByRole('button', { name: /Olga Petrenko.*signed in/ }).waitFor();
  await close();
});

test('whoever signs in next in a tab sees nothing that was read for who was there before', async () => {
  const { page, close } = await openPage(console_, null, '/');
  const waiting = page.getByRole('heading', { name: /^Waits for you/ });
  await page.getByRole('button', { name: /Olga Petrenko/ }).click();
  await waiting.waitFor();
  const [ofOlga] = await waiting.allInnerTexts();
  await page.getByRole('button', { name: /Olga Petrenko.*signed in/ }).click();
  await page.getByRole('menuitem', { name: /Playground/ }).click();
  await page.waitForURL('**/playground/');
  const lent = () => page.evaluate(`sessionStorage.getItem('phaseledger.token')`);
  expect(await lent()).toMatch(/^ey/);
  await page.goBack();
  await page.getByRole('button', { name: /Olga Petrenko.*signed in/ }).click();
  await page.getByRole('menuitem', { name: /Sign out/ }).click();
  expect(await lent()).toBeNull();
  await page.getByRole('button', { name: /Ben/ }).click();
  await page.getByRole('button', { name: /Ben.*signed in/ }).waitFor();
  await page.getByRole('heading', { name: 'My work' }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(
    await page.getByRole('heading', { name: /^(Waits for you|Nothing waits for you)/ }).allInnerTexts(),
  ).not.toEqual([ofOlga]);
  await close();
});

test('instants are shown and typed in the time zone of the reader, with UTC at hand', async () => {
  const context = await console_.browser.newContext({ timezoneId: 'America/New_York' });
  await context.addInitScript(`localStorage.setItem('phaseledger.demo-person', '${ada}')`);
  const page = await context.newPage();
  await page.goto(`${console_.url}${requests}?at=2026-11-02T03:30:00Z`);
  const past = page.getByRole('region', { name: 'The past' });
  await past.getByText(/As of 1 Nov 2026, 22:30 (GMT-5|EST)/).waitFor();
  await page.getByRole('button', { name: /read at another instant/ }).click();
  const field = page.getByLabel('Instant, America/New_York');
  expect(await field.inputValue()).toBe('2026-11-01T22:30');
  await field.fill('2026-11-01T21:30:00');
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.waitForURL(/at=2026-11-02T02/);
  await context.close();
});

test('what is sought is gone to by keyboard, in the past too', async () => {
  const { page, complaints, close } = await openPage(console_, ada, '/workflows');
  await page.getByRole('link', { name: 'Liquidity Position, daily summary' }).waitFor();
  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: 'Go to' });
  await dialog.getByRole('combobox').fill('cards scop');
  await dialog.getByRole('option', { name: /^Scoping of Domestic Credit Cards/, selected: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Scoping/ }).waitFor();
  await page.keyboard.press('Control+k');
  await dialog.getByRole('combobox').fill('nothing like that');
  await dialog.getByText('Nothing that you may see is called “nothing like that”.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await close();
});

test('the focus goes on from the page when an action is done, and returns to what opened a dialog when it is not', async () => {
  const { page, close } = await openPage(console_, ben, '/v/0194d2a0-5c00-7000-8000-000000000103');
  const focused = () => page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');
  const submit = page.getByRole('button', { name: 'Submit', exact: true });
  await submit.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Submit version 3' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await focused()).toBe('Submit');
  await submit.press('Enter');
  await dialog.getByRole('button', { name: 'Submit version 3' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await submit.waitFor({ state: 'detached' });
  await page.locator('#main:focus').waitFor();
  await page.getByRole('link', { name: 'Planning', exact: true }).press('Enter');
  await page.getByRole('list', { name: 'Versions, newest first' }).waitFor();
  await page.locator('#main:focus').waitFor();
  await close();
});
