import { openConsole, openPage, violationsOf, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, ben, olga, audrey] = [1, 2, 3, 8];
const draft = '/v/0194d2a0-5c00-7000-8000-000000000103';

test('an owner finds what waits, decides it by keyboard, is told what stands in the way, and approves', async () => {
  const { page, complaints, close } = await openPage(console_, olga);
  await page
    .getByRole('link', { name: /Sample Selection/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Sample Selection, version 2' }).waitFor();
  const approve = page.getByRole('button', { name: 'Approve version 2' });
  await approve.press('Enter'); // what cannot be done yet can be asked for, and says why
  await page.getByText(/Not yet\. 4 of 29 items are undecided/).waitFor();

  // What is undecided is open; to send it back takes a reason, as to reject it does.
  await page.keyboard.press('m');
  await page.getByText('Say what has to change: it is what the tester gets to read.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await page.keyboard.press('r');
  await page.getByText('Say what is wrong: it is what the tester gets to read.').waitFor();
  await page.keyboard.type('This account was closed in August.');
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.getByText('3 undecided', { exact: false }).first().waitFor();
  await page.keyboard.press('a');
  await page.getByText('· 2 undecided').waitFor();
  await page.getByText(/^CC-.*: approved$/).waitFor();
  await page.keyboard.press('z');
  await page.getByText('· 3 undecided').waitFor();
  await page.keyboard.press('z'); // and the one before: what was rejected is as it was
  await page.getByText('· 4 undecided').waitFor();
  // All that are listed are decided at once.
  await page.getByRole('button', { name: /^Undecided/ }).click();
  await page.getByRole('checkbox', { name: 'Select all 4 that are listed' }).press('Space');
  await page.getByText('4 items selected').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('a');
  await page.getByText('· 0 undecided').waitFor();
  await page.getByRole('heading', { name: 'Nothing stands in the way' }).waitFor();
  await approve.click();
  const dialog = page.getByRole('dialog', { name: 'Approve version 2' });
  await dialog.getByText('version 1 is superseded').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Approve version 2' }).click();
  await page.getByText(/In force since .* approved by Olga Petrenko/).waitFor();
  await page.getByRole('status').getByText('Version 2 is approved, and in force.').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  // What else waits is to be signed; from the review of it the rule leads there too.
  await page.getByRole('link', { name: 'What else waits for you' }).click();
  await page
    .getByRole('link', { name: /Finalize Test Report 3/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Your signature' }).waitFor();
  await page.goto(`${page.url().replace(/sign$/, 'review')}?show=undecided`);
  await page.getByRole('heading', { name: '3 rules stand in the way' }).waitFor();
  expect(await page.getByRole('button', { name: /^Modified/ }).count()).toBe(0); // the phase has no word for it
  await page.getByRole('button', { name: 'sign it' }).click();
  await page.getByRole('heading', { name: 'Your signature' }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('what is rejected goes back with a reason, and is revised by whoever made it', async () => {
  const owner = await openPage(console_, olga);
  await owner.page
    .getByRole('link', { name: /Data Profiling/ })
    .first()
    .click();
  await owner.page.getByRole('button', { name: 'Reject…' }).click();
  const dialog = owner.page.getByRole('dialog', { name: 'Reject version 1' });
  await dialog.getByRole('button', { name: 'Reject version 1' }).click();
  await dialog.getByLabel('Reason').fill('The ratio has two definitions here.');
  await owner.page.reload();
  await owner.page.getByRole('button', { name: 'Reject…' }).click();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('The ratio has two definitions here.');
  await dialog.getByRole('button', { name: 'Reject version 1' }).click();
  await owner.page.getByText('Version 1 is rejected.').waitFor();
  await owner.page.getByText('The ratio has two definitions here.').waitFor();
  const [, , cycle = '', report = ''] = new URL(owner.page.url()).pathname.split('/');
  await owner.close();

  const tester = await openPage(console_, ben, `/w/${cycle}/${report}/DATA_PROFILING`);
  await tester.page.getByRole('link', { name: 'Version 1' }).click();
  await tester.page.getByRole('button', { name: 'Revise' }).click();
  await tester.page.getByRole('button', { name: 'Revise version 1' }).click();
  await tester.page.getByRole('heading', { name: 'Data Profiling, version 2' }).waitFor();
  await tester.close();
});

test('what is typed outlasts a reload; who comes second is told, loses nothing, and can save what they typed', async () => {
  const first = await openPage(console_, ada, draft);
  const second = await openPage(console_, ada, draft);
  for (const { page } of [first, second]) {
    await page.getByRole('rowheader', { name: /Customer Identifier/ }).click();
    await page.getByRole('textbox', { name: 'Reason', exact: true }).fill('Typed once.');
  }
  await first.page.reload();
  expect(await first.page.getByRole('textbox', { name: 'Reason', exact: true }).inputValue()).toBe('Typed once.');
  await first.page.getByRole('button', { name: 'Save item' }).click();
  await first.page.getByText('Saved.', { exact: true }).waitFor({ state: 'attached' });

  await second.page.getByRole('textbox', { name: 'Reason', exact: true }).fill('Typed by somebody else.');
  await second.page.getByRole('button', { name: 'Save item' }).click();
  await second.page.getByText('1 field of yours among it', { exact: false }).first().waitFor();
  await second.page.getByRole('button', { name: 'Compare 1 field' }).click();
  const sides = second.page.getByRole('dialog');
  await sides.getByText('Typed once.').waitFor();
  await sides.getByText('Typed by somebody else.').waitFor();
  expect(await violationsOf(second.page)).toEqual([]);
  await sides.getByRole('button', { name: 'Keep mine' }).click();
  await sides.getByRole('button', { name: 'Close' }).click();
  // What is saved can be taken instead, and what was typed can be typed again.
  await second.page.getByRole('button', { name: 'Take what is saved' }).click();
  expect(await second.page.getByRole('textbox', { name: 'Reason', exact: true }).inputValue()).toBe('Typed once.');
  await second.page.getByRole('textbox', { name: 'Reason', exact: true }).fill('Typed by somebody else.');
  expect(await violationsOf(second.page)).toEqual([]);
  await second.page.getByRole('button', { name: 'Save item' }).click();
  await second.page.getByText('Saved.', { exact: true }).waitFor({ state: 'attached' });
  await first.close();

  await second.page.getByRole('button', { name: 'Submit', exact: true }).click();
  await second.page.getByRole('button', { name: 'Submit version 3' }).click();
  await second.page.getByText('Awaiting decision').first().waitFor();
  await second.close();
});

test('an auditor traces a commit to its rows, and goes to where everything stood then', async () => {
  const { page, close } = await openPage(console_, audrey, '/workflows');
  await page.getByRole('link', { name: 'Domestic Credit Cards, monthly account schedule' }).click();
  await page.getByText('The log verifies').waitFor();
  await page.getByRole('link', { name: 'All commits' }).click();
  await page.getByLabel('Only those that').selectOption('rejectVersion');
  // The list of before stays until the other one is there.
  await page.getByRole('row').nth(1).getByText('Rejected').waitFor();
  await page
    .getByRole('button', { name: /^Commit \d+/ })
    .first()
    .click();
  const commit = page.getByRole('region', { name: /^Commit \d+/ });
  await commit
    .getByText(/A row changed in/)
    .first()
    .click();
  await commit.getByRole('cell', { name: 'REJECTED' }).first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await commit.getByRole('button', { name: 'See everything as it stood then' }).click();
  await page
    .getByRole('region', { name: 'The past' })
    .getByText(/Tess Nakamura rejected/)
    .waitFor();
  await close();
});
