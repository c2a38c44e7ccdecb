/** What is recorded at once, by forms that the declarations of the phases make. */
import {
  api,
  openConsole,
  openPage,
  overflowing,
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

const [ada, ben, dan, eve, root] = [1, 2, 4, 5, 7];
const [cycleId, reportId] = ['0194d2a0-5c00-7000-8000-000000000001', '0194d2a0-5c00-7000-8000-000000000002'];
const workflow = `/w/${cycleId}/${reportId}`;

test('a tester asks, losing nothing that was typed, and a data owner answers', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `${workflow}/TEST_EXECUTION`);
  await page.getByRole('button', { name: 'Send a request' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a request' });
  const send = dialog.getByRole('button', { name: 'Send a request' });
  const asked = dialog.getByLabel('What is asked for');
  await send.click();
  expect(await dialog.getByRole('alert').count()).toBe(2); // what is asked for, and why
  expect(await page.evaluate('document.activeElement.id')).toBe('actionType');
  expect(await violationsInBothThemes(page)).toEqual([]);
  await asked.selectOption('CLARIFICATION');
  await dialog.getByLabel('Reason').fill('The limit differs from the sheet.');
  await dialog.getByLabel('Details').fill('{ nonsense');
  await page.reload();
  await page.getByRole('button', { name: 'Send a request' }).click();
  expect(await asked.inputValue()).toBe('CLARIFICATION');
  await send.click();
  await dialog.getByText('Details is not valid JSON.').waitFor();
  expect(await dialog.getByRole('alert').count()).toBe(1);
  await dialog.getByLabel('Details').fill('{ "sheet": 4 }');
  expect(await tooWide(page, 360)).toBe(0);
  await send.click();
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await page.getByText('CLARIFICATION').waitFor();
  expect(await page.evaluate("Object.keys(localStorage).filter((key) => key.includes('command'))")).toEqual([]);
  const { pathname } = new URL(page.url());
  expect(complaints).toEqual([]);
  await close();

  const owner = await openPage(console_, dan, pathname);
  await owner.page.getByRole('button', { name: 'Answer' }).click();
  const answer = owner.page.getByRole('dialog', { name: 'Answer' });
  await answer.getByLabel(/^What came of it/).selectOption('Answered');
  await answer.getByLabel('Notes').fill('The sheet is the older one.');
  await answer.getByRole('button', { name: 'Answer' }).click();
  await owner.page.getByRole('heading', { name: 'Request, version 2' }).waitFor();
  await owner.page.getByText('The sheet is the older one.').waitFor();
  expect(await owner.page.getByRole('button', { name: 'Answer' }).count()).toBe(0); // it is answered
  await owner.close();
});

test('what is refused is said at its field, and what was typed stays', async () => {
  const { page, close } = await openPage(console_, ada, `${workflow}/DATA_OWNER_ID`);
  await page.getByRole('button', { name: 'Assign an owner' }).click();
  const dialog = page.getByRole('dialog', { name: 'Assign an owner' });
  const person = dialog.getByLabel('Data owner', { exact: true });
  await person.selectOption('Olga Petrenko');
  await dialog.getByLabel('Kind of owner').selectOption('Deputy');
  await dialog.getByRole('button', { name: 'Assign an owner' }).click();
  const refusal = dialog.getByRole('alert');
  await refusal.getByText(/cannot be named here/).waitFor();
  // It stands between the field that it is about and the next.
  expect(await refusal.locator('xpath=..').locator('select').getAttribute('id')).toBe('dataOwnerId');
  expect(await person.inputValue()).toBe('3');
  await person.selectOption('Dan Whitaker');
  await dialog.getByLabel('Holds from').fill('2026-11-02T08:00:00');
  await dialog.getByRole('button', { name: 'Assign an owner' }).click();
  await page.getByRole('heading', { name: 'Owner, version 1' }).waitFor();
  await page.getByText('2 Nov 2026, 08:00 UTC').waitFor();
  await page
    .getByRole('definition')
    .filter({ hasText: /^Dan Whitaker$/ })
    .waitFor();
  await page.goto(`${console_.url}${workflow}/DATA_OWNER_ID`);
  await page.getByRole('cell', { name: 'Dan Whitaker', exact: true }).first().waitFor();
  await close();
});

test('data is handed over to somebody else: the record of each says so, and who had it before stays to be read', async () => {
  const asRoot = api(console_, root);
  const { user } = await asRoot(`query ($id: Int!) { user(userId: $id) { revision } }`, { id: ben });
  await asRoot(`mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { userId } } }`, {
    input: {
      userId: ben,
      expectedRevision: user.revision,
      roles: ['TESTER', 'DATA_OWNER'],
      reason: 'He takes over from Dan.',
    },
  });
  const asAda = api(console_, ada);
  const { assignDataOwner } = await asAda(
    `mutation ($input: AssignDataOwnerInput!) { assignDataOwner(input: $input) { version { versionId } } }`,
    { input: { cycleId, reportId, dataOwnerId: dan, assignmentType: 'BACKUP' } },
  );
  const before = `/v/${assignDataOwner.version.versionId}`;
  const { page, complaints, close } = await openPage(console_, ada, before);
  await page.getByRole('button', { name: 'Transfer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Transfer' });
  await dialog.getByLabel('New data owner').selectOption('Ben Okafor');
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  expect(await dialog.getByRole('alert').count()).toBe(1); // why is asked for
  await dialog.getByLabel('Reason').fill('Dan moves to another desk.');
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  await page
    .getByRole('definition')
    .filter({ hasText: /^Ben Okafor$/ })
    .waitFor();
  expect(new URL(page.url()).pathname).not.toBe(before);
  expect(await page.getByRole('button', { name: 'Transfer' }).count()).toBe(1); // it can be handed on
  await page.goto(console_.url + before);
  await page
    .getByRole('definition')
    .filter({ hasText: /^Dan Whitaker$/ })
    .waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('who owns what is drawn over time, also as it was known then, and a record tells its versions', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `${workflow}/DATA_OWNER_ID`);
  const owners = page.getByRole('figure', { name: 'Who owns what' });
  await owners.getByRole('link', { name: /^Dan Whitaker ?, 1 Feb 2025 to further on$/ }).waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  expect(await overflowing(page, 'figure a')).toEqual([]); // however short a bar is, its name is whole
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${console_.url}${workflow}/TEST_EXECUTION`);
  await page.getByRole('columnheader', { name: 'Turnaround' }).waitFor();
  expect(await overflowing(page, 'main section')).toEqual([]);
  await page
    .getByRole('row', { name: /Retest/ })
    .getByRole('cell', { name: 'Ada Lindqvist' })
    .first() // whom it names, not their number
    .waitFor();
  await page
    .getByRole('row', { name: /Retest/ })
    .getByRole('link')
    .click();
  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('list', { name: 'Versions of this record, newest first' });
  await versions.getByText(/^Answered: .*Responded by/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await versions.getByRole('link', { name: 'What it changed' }).click();
  await page.waitForURL(/\/diff\?from=1/);
  expect(complaints).toEqual([]);
  await close();
});

test('who may record nothing is told why, and who may is offered what fits', async () => {
  const executive = await openPage(console_, eve, `${workflow}/REQUEST_INFO`);
  await executive.page.getByText(/Nothing can be recorded here: .*takes a Data Owner or Tester/).waitFor();
  expect(await executive.page.getByRole('button', { name: 'Hand in a document' }).count()).toBe(0);
  await executive.close();
  const { page, close } = await openPage(console_, ada, '/v/0194d2a0-5c00-7000-8000-000000000611');
  await page.getByRole('button', { name: 'Hand in again' }).waitFor();
  await page.getByRole('button', { name: 'Review' }).click();
  const dialog = page.getByRole('dialog', { name: 'Review' });
  await dialog.getByLabel('The verdict').selectOption('Accepted');
  await dialog.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('heading', { name: 'Document, version 2' }).waitFor();
  expect(await page.getByRole('button', { name: 'Review' }).count()).toBe(0);
  await close();
});

test('what is sent again because its answer was lost is recorded once', async () => {
  const { page, close } = await openPage(console_, ada, `${workflow}/TEST_EXECUTION`);
  await page.getByRole('button', { name: 'Send a request' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a request' });
  await dialog.getByLabel('What is asked for').selectOption('ACCESS');
  await dialog.getByLabel('Reason').fill('The answer to this gets lost.');
  let isLost = false;
  await page.route('**/graphql', async (route) => {
    if (isLost || !route.request().postData()?.includes('mutation')) return route.continue();
    isLost = true;
    await route.fetch(); // the server has done it
    await route.abort();
  });
  const send = dialog.getByRole('button', { name: 'Send a request' });
  await send.click();
  await dialog.getByRole('alert').waitFor();
  expect(isLost).toBe(true);
  await send.click();
  await page.getByRole('heading', { name: 'Request, version 1' }).waitFor();
  await page.goto(`${console_.url}${workflow}/TEST_EXECUTION`);
  await page.getByText('ACCESS').first().waitFor();
  expect(await page.getByText('ACCESS').count()).toBe(1);
  await close();
});
