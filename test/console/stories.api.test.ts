import type { Locator, Page } from 'playwright-core';
import { openConsole, openPage, ringMissing, violationsOf, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, ben, olga, audrey] = [1, 2, 3, 8];
const draft = '/v/0194d2a0-5c00-7000-8000-000000000103';

/** Goes on with Tab until this has the focus; wherever it is meanwhile can be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    expect(await ringMissing(page)).toBe('');
    if ((await target.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error('Tab does not lead there.');
}

test('by keyboard alone an owner finds what waits, decides it, is told what stands in the way, and approves', async () => {
  const { page, complaints, close } = await openPage(console_, olga);
  const entry = page.getByRole('link', { name: /Sample Selection/ }).first();
  await entry.waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Skip to the page' }));
  await page.keyboard.press('Enter');
  await tabTo(page, entry);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sample Selection, version 2' }).waitFor();
  // Who does not see that another page has opened is told, and the window says which one of the version it is.
  await page.getByRole('status').getByText('Review: Sample Selection, version 2').waitFor({ state: 'attached' });
  expect(await page.title()).toBe('Review: Sample Selection, version 2 · PhaseLedger');
  const approve = page.getByRole('button', { name: 'Approve version 2' });
  await approve.press('Enter'); // what cannot be done yet can be asked for, and says why
  await page.getByText(/Not yet\. 4 of 29 items are undecided/).waitFor();

  // What is undecided is open; to send it back takes a reason, as to reject it does.
  await page.keyboard.press('m');
  await page.getByText('Say what has to change: the tester will read it.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await page.keyboard.press('r');
  await page.getByText('Say what is wrong: the tester will read it.').waitFor();
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
  await tabTo(page, page.getByRole('button', { name: /^Undecided/ }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('checkbox', { name: 'Select all 4 that are listed' }));
  await page.keyboard.press('Space');
  await page.getByText('4 items selected').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('a');
  await page.getByText('· 0 undecided').waitFor();
  await page.getByRole('heading', { name: 'All requirements are met' }).waitFor();
  await tabTo(page, approve);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Approve version 2' });
  await dialog.getByText('version 1 is superseded').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await tabTo(page, dialog.getByRole('button', { name: 'Approve version 2' }));
  await page.keyboard.press('Enter');
  await page.getByText(/In force since .* approved by Olga Petrenko/).waitFor();
  await page.getByRole('status').getByText('Version 2 is approved, and in force.').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  // What else waits is to be signed; from the review of it the rule leads there too.
  await tabTo(page, page.getByRole('link', { name: 'What else waits for you' }));
  await page.keyboard.press('Enter');
  const report = page.getByRole('link', { name: /Finalize Test Report 3/ }).first();
  await report.waitFor();
  await tabTo(page, report);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your signature' }).waitFor();
  await page.goto(`${page.url().replace(/sign$/, 'review')}?show=undecided`);
  await page.getByRole('heading', { name: '3 rules stand in the way' }).waitFor();
  expect(await page.getByRole('button', { name: /^Modified/ }).count()).toBe(0); // the phase has no word for it
  await page.getByRole('button', { name: 'sign it' }).click();
  await page.getByRole('heading', { name: 'Your signature' }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('what is rejected goes back with notes, is revised by whoever made it, and only what changed is reviewed', async () => {
  const owner = await openPage(console_, olga);
  await owner.page
    .getByRole('link', { name: /Data Profiling/ })
    .first()
    .click();
  // All are decided at once, and then one of them otherwise.
  await owner.page.getByRole('checkbox', { name: 'Select all 15 that are listed' }).press('Space');
  await owner.page.keyboard.press('a');
  await owner.page.getByText('· 0 undecided').waitFor();
  await owner.page.getByRole('button', { name: /^All/ }).click();
  await owner.page.getByRole('row', { name: /Coverage Ratio: validity/ }).click();
  await owner.page.keyboard.press('n');
  await owner.page.keyboard.type('The ratio has two definitions here.');
  await owner.page.keyboard.press('Escape');
  await owner.page.keyboard.press('r');
  await owner.page.getByText('Coverage Ratio: validity: rejected').waitFor();

  await owner.page.getByRole('button', { name: 'Reject…' }).click();
  const dialog = owner.page.getByRole('dialog', { name: 'Reject version 1' });
  await dialog.getByText('Ben Okafor gets it back with your notes on 1 rejected item.', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Reject version 1' }).click();
  await dialog.getByLabel('Reason').fill('See the note on the ratio.');
  await owner.page.reload();
  await owner.page.getByRole('button', { name: 'Reject…' }).click();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('See the note on the ratio.');
  await dialog.getByRole('button', { name: 'Reject version 1' }).click();
  await owner.page.getByText('Version 1 is rejected.').waitFor();
  await owner.page.getByText('See the note on the ratio.').waitFor();
  const [, , cycle = '', report = ''] = new URL(owner.page.url()).pathname.split('/');
  await owner.close();

  const tester = await openPage(console_, ben, `/w/${cycle}/${report}/DATA_PROFILING`);
  await tester.page.getByRole('link', { name: 'Version 1' }).click();
  await tester.page.getByRole('button', { name: 'Revise' }).click();
  await tester.page.getByRole('button', { name: 'Revise version 1' }).click();
  await tester.page.getByRole('heading', { name: 'Data Profiling, version 2' }).waitFor();
  // What has to change is said where it is changed: of the version, and of the item.
  await tester.page.getByRole('heading', { name: 'Why version 1 was rejected' }).waitFor();
  await tester.page.getByText('See the note on the ratio.').waitFor();
  await tester.page.getByRole('rowheader', { name: /Coverage Ratio: validity/ }).click();
  const sentBack = tester.page.getByRole('blockquote').filter({ hasText: 'Rejected in version 1, Olga Petrenko' });
  await sentBack.getByText('The ratio has two definitions here.').waitFor();
  await tester.page.getByRole('textbox', { name: /^Reason for the recommendation/ }).fill('As the form defines it.');
  await tester.page.getByRole('button', { name: 'Save item' }).click();
  await tester.page.getByText('Saved.', { exact: true }).waitFor({ state: 'attached' });
  await tester.page.getByRole('button', { name: 'Submit', exact: true }).click();
  await tester.page.getByRole('button', { name: 'Submit version 2' }).click();
  await tester.page.getByText('Awaiting decision').first().waitFor();
  const { pathname } = new URL(tester.page.url());
  await tester.close();

  const again = await openPage(console_, olga, `${pathname}/review`);
  await again.page.getByRole('button', { name: 'Changed 1', pressed: true }).waitFor();
  await again.page.getByText('14 of 15 seen · 1 undecided').waitFor();
  const item = again.page.getByRole('article', { name: 'Coverage Ratio: validity' });
  await item.getByText('You rejected this in version 1').waitFor();
  await item.getByText('The ratio has two definitions here.').waitFor();
  await item.getByText('As the form defines it.').waitFor();
  await again.page.keyboard.press('a');
  await again.page.getByRole('heading', { name: 'All requirements are met' }).waitFor();
  await again.page.getByRole('button', { name: 'Approve version 2' }).click();
  await again.page
    .getByRole('dialog', { name: 'Approve version 2' })
    .getByRole('button', { name: 'Approve version 2' })
    .click();
  await again.page.getByText('Version 2 is approved, and in force.').waitFor();
  expect(again.complaints).toEqual([]);
  await again.close();
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
  await second.page.getByText('including 1 field of yours', { exact: false }).first().waitFor();
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
  // Those of one person, in one table, until one day.
  const who = page.getByRole('combobox', { name: 'Who', exact: true });
  await who.focus(); // whom one can choose is read then
  await who.selectOption('Tess Nakamura');
  await page.getByLabel('In the table').selectOption('phase_version');
  await page.getByLabel('To', { exact: true }).fill('2026-01-01');
  await page.getByText('No commit of this workflow is all that was chosen above.').waitFor();
  await page.getByLabel('To', { exact: true }).fill('');
  await page.getByRole('row').nth(1).getByText('Tess Nakamura').waitFor();
  expect(new URL(page.url()).search).toBe('?operation=rejectVersion&actor=6&table=phase_version');
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
