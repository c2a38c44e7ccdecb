import { openConsole, openPage, tooWide, violationsOf, violationsInBothThemes, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, olga, robin] = [1, 3, 7];

test('an administrator opens a workflow for a new report, and a tester sees it', async () => {
  const { page, complaints, close } = await openPage(console_, robin);
  const dialog = page.getByRole('dialog');
  const choose = async (field: string, name: string) => {
    await dialog.getByRole('searchbox', { name: `Find: ${field}`, exact: true }).fill(name.slice(0, 5));
    await dialog.getByRole('button', { name, exact: true }).click();
  };
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();

  await page.getByRole('link', { name: 'Reports' }).click();
  await page.getByRole('button', { name: 'Add a report' }).click();
  await dialog.getByLabel('Name', { exact: true }).fill('Mortgage Arrears, monthly');
  await dialog.getByLabel('Number', { exact: true }).fill('MA-1');
  await choose('Line of business', 'Treasury');
  await page.reload(); // what was typed is there still
  expect(await dialog.getByLabel('Number', { exact: true }).inputValue()).toBe('MA-1');
  await choose('Who answers for it', 'Olga Petrenko');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByLabel('Reason').fill('The regulator asks for it from this year on.');
  await dialog.getByRole('button', { name: 'Add a report' }).click();
  await page.getByText(/Saved: commit \d+ of the register/).waitFor();

  await page.getByRole('link', { name: 'Workflows' }).last().click();
  await page.getByRole('button', { name: 'Open a workflow' }).click();
  await choose('Report', 'Mortgage Arrears, monthly');
  await dialog.getByRole('button', { name: 'Open a workflow' }).press('Enter'); // what is missing yet is said
  await dialog.getByText('Not yet: choose a cycle.').waitFor();
  await choose('Cycle', 'Report testing 2026, fourth quarter');
  await choose('Testers', 'Ada Lindqvist');
  await dialog.getByLabel('Reason').fill('First time in this cycle.');
  await dialog.getByRole('button', { name: 'Open a workflow' }).click();
  await page.getByRole('row', { name: /Mortgage Arrears, monthly/ }).waitFor();
  expect(complaints).toEqual([]);
  await close();

  const tester = await openPage(console_, ada, '/workflows?q=Mortgage');
  await tester.page.getByRole('link', { name: 'Mortgage Arrears, monthly' }).click();
  await tester.page.getByRole('heading', { name: 'Mortgage Arrears, monthly' }).waitFor();
  await tester.close();
});

test('who comes second is told and keeps what they typed; whoever cannot sign in any more is no longer listed', async () => {
  const [first, second] = [
    await openPage(console_, robin, '/admin/people?edit=2'),
    await openPage(console_, robin, '/admin/people?edit=2'),
  ];
  await second.page.getByLabel('Name', { exact: true }).fill('Ben A. Okafor');
  await first.page.getByLabel('Name', { exact: true }).fill('Benjamin Okafor');
  await first.page.getByRole('button', { name: 'Save' }).click();
  await first.page.getByText(/Saved: commit/).waitFor();
  await second.page.getByRole('button', { name: 'Save' }).click();
  await second.page.getByText('Somebody else changed this in the meantime.', { exact: false }).waitFor();
  await second.page.getByText('Saved value: Benjamin Okafor').waitFor();
  expect(await violationsOf(second.page)).toEqual([]);
  await second.page.getByRole('button', { name: 'Save' }).click();
  await second.page.getByRole('rowheader', { name: 'Ben A. Okafor' }).waitFor();

  await second.page.getByRole('button', { name: 'Change Ben A. Okafor' }).click();
  await second.page.getByLabel('May sign in').selectOption('No');
  await second.page.getByLabel('Reason').fill('Left the bank.');
  await second.page.getByRole('button', { name: 'Save' }).click();
  await second.page.getByText(/Still named as .*tester/).waitFor();
  await second.page.getByRole('rowheader', { name: 'Ben A. Okafor' }).waitFor({ state: 'detached' });
  await second.page.getByRole('button', { name: 'May not' }).click();
  await second.page.getByRole('rowheader', { name: 'Ben A. Okafor' }).waitFor();

  // Nobody takes the register away from themselves: the API's sentence says so.
  await second.page.goto(`${console_.url}/admin/people?edit=7`);
  await second.page.getByLabel('May sign in').selectOption('No');
  await second.page.getByLabel('Reason').fill('A slip.');
  await second.page.getByRole('button', { name: 'Save' }).click();
  await second.page
    .getByRole('dialog')
    .getByRole('alert')
    .getByText(/another administrator/i)
    .waitFor();
  await first.close();
  await second.close();
});

test('a cycle is closed and opened again, each time with a reason', async () => {
  const { page, close } = await openPage(console_, robin, '/admin/cycles');
  const dialog = page.getByRole('dialog');
  await page.getByRole('cell', { name: '31 Dec 2026' }).waitFor();
  for (const [status, reason] of [
    ['CLOSED', 'The quarter is over.'],
    ['ACTIVE', 'A report was forgotten.'],
  ] as const) {
    await page
      .getByRole('button', { name: /^Change/ })
      .first()
      .click();
    await dialog.getByLabel('Status').selectOption(status);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByLabel('Reason').and(page.locator(':focus')).waitFor();
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: status }).waitFor();
    await dialog.waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: 'History' }).click();
  const history = page.getByRole('region', { name: 'What was changed' });
  await history.getByText('The quarter is over.').waitFor();
  await history.getByText('Robin Ottosson changed a cycle').first().click();
  await history.getByText(/A row changed in/).click();
  await history.getByRole('cell', { name: 'ACTIVE' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await close();
});

test.each(['people', 'cycles', 'reports', 'lobs', 'workflows'])(
  '/admin/%s: nothing that axe finds in either theme, nothing wider than a phone',
  async (kind) => {
    const { page, complaints, close } = await openPage(console_, robin, `/admin/${kind}`);
    await page.getByRole('table').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await tooWide(page, 360)).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  },
);

test('others are not led there, and are told whose it is', async () => {
  const { page, close } = await openPage(console_, olga, '/admin');
  await page.getByRole('heading', { name: 'The register is maintained by administrators' }).waitFor();
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await close();
});

test('an address opens what it names, also where the page lists something else', async () => {
  const { page, close } = await openPage(console_, robin, `/admin/people?q=Audrey&edit=${olga}`);
  await page.getByRole('cell', { name: 'Audrey Mbeki' }).or(page.getByText('Audrey Mbeki')).first().waitFor();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true }).waitFor();
  expect(await page.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe(
    'Olga Petrenko',
  );
  await close();
});

test('a receiver is added, told its secret once, stopped, and told again what was given up', async () => {
  const { page, complaints, close } = await openPage(console_, robin, '/admin/webhooks');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add a receiver' }).click();
  await dialog.getByLabel('Its owner and purpose').fill('The warehouse');
  await dialog.getByRole('button', { name: 'Add a receiver' }).click(); // what is missing is said
  await dialog.getByText('Say where it is sent.').waitFor();
  await page.reload(); // what was typed is there still
  await page.getByRole('button', { name: 'Add a receiver' }).click();
  expect(await dialog.getByLabel('Its owner and purpose').inputValue()).toBe('The warehouse');
  await dialog.getByLabel('Address').fill('http://warehouse.example/told');
  await dialog.getByLabel('Reason').fill('Figures of each night.');
  await dialog.getByRole('button', { name: 'Add a receiver' }).click();
  await dialog.getByRole('alert').getByText(/https/).waitFor(); // the API's own words
  await dialog.getByLabel('Address').fill('https://warehouse.example/told');
  await dialog.getByLabel('approveVersion').check();
  await dialog
    .getByLabel('What is sent')
    .selectOption({ label: 'Events for a SIEM (OCSF), with who did it, what was refused, and who read the log' });
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Add a receiver' }).click();
  expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'I have it' }).click();

  const hook = page.getByRole('listitem').filter({ hasText: 'The warehouse' });
  await hook.getByText('approveVersion').waitFor();
  await hook.getByRole('button', { name: 'Change…' }).click();
  expect(await dialog.getByLabel('What is sent').inputValue()).toBe('OCSF');
  await dialog.getByLabel(/^Enabled/).uncheck();
  await dialog.getByLabel('Reason').fill('It is rebuilt.');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await hook.getByText(/^Disabled/).waitFor();
  await hook.getByRole('button', { name: 'New secret…' }).click();
  await dialog.getByLabel('Reason').fill('It was shown to somebody.');
  await dialog.getByRole('button', { name: 'Make a new secret' }).click();
  expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByText('It was shown to somebody.').waitFor();

  // To be given up takes hours: that is told as if it had been.
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('query Webhooks')) return route.continue();
    const response = await route.fetch();
    const answer = (await response.json()) as { data: { webhooks: { deadLetters: object[] }[] } };
    answer.data.webhooks[0]!.deadLetters.push({
      changeSetId: '0194d2a0-5c00-7000-8000-0000000000aa',
      streamId: '0194d2a0-5c00-7000-8000-0000000000f1',
      sequence: 7,
      attempts: 20,
      givenUpAt: '2026-11-30T08:00:00.000Z',
      lastFailure: 'It answered with HTTP status 500.',
    });
    await route.fulfill({ response, json: answer });
  });
  await page.reload();
  await hook.getByText('1 commit given up').click();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  await hook.getByRole('button', { name: 'Deliver again from 7 on…' }).click();
  expect(await dialog.getByLabel('From commit').inputValue()).toBe('7');
  await dialog.getByText('Domestic Credit Cards, monthly account schedule').waitFor({ state: 'attached' });
  await dialog.getByLabel('Reason').fill('It was down.');
  await dialog.getByRole('button', { name: 'Deliver again' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.unrouteAll({ behavior: 'wait' });
  expect(complaints).toEqual([]);
  await close();
  const owner = await openPage(console_, olga, '/admin/webhooks');
  await owner.page.getByText('Webhooks are managed by administrators').waitFor();
  await owner.close();
});

test('somebody says when they are told what waits for them, changes it, and is told no more', async () => {
  const { page, complaints, close } = await openPage(console_, olga);
  await page.getByRole('button', { name: /Olga Petrenko/ }).click();
  await page.getByRole('menuitem', { name: /Notifications/ }).click();
  await page.getByText('You have no notifications').waitFor();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await dialog.getByRole('button', { name: 'Add the rule' }).click(); // what is missing is said
  await dialog.getByText('Say where to.').waitFor();
  await dialog.getByRole('textbox', { name: 'Address' }).fill('olga@bank.example');
  await dialog.getByRole('combobox', { name: /^On/ }).selectOption('Monday');
  await dialog.getByLabel('By the clock of').fill('Nowhere/Land');
  await dialog.getByLabel('Sign').check();
  await dialog.getByLabel('Only what has waited for days').fill('5');
  await dialog.getByRole('button', { name: 'Add the rule' }).click();
  await dialog.getByRole('alert').waitFor(); // there is no such zone, in the API's words
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByLabel('By the clock of').fill('Europe/Berlin');
  await dialog.getByRole('button', { name: 'Add the rule' }).click();
  await page.getByRole('heading', { name: 'Each Monday at 08:00, Europe/Berlin' }).waitFor();
  await page.getByText('Sign, waiting for 5 days or longer').waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  await page.getByRole('button', { name: 'Change…' }).click();
  await dialog.getByLabel('Messages are sent').uncheck();
  await dialog.getByRole('button', { name: 'Save the rule' }).click();
  await page.getByText('Stopped: nothing is sent.').waitFor();
  await page.reload(); // the address is one that is answered
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('You have no notifications').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
