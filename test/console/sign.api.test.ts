/** Signing on its own page: what is signed, who else may give the signature, and what is kept of what was typed. */
import { api, openConsole, openPage, tooWide, violationsInBothThemes, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, olga, dan, tess, root] = [1, 3, 4, 6, 7];
const report = '/v/0194d2a0-5c00-7000-8000-000000000903';

test('who has no signature to give is told so', async () => {
  const { page, close } = await openPage(console_, ada, `${report}/sign`);
  await page.getByText('No signature is required of you').waitFor();
  expect(await page.getByRole('button', { name: 'Sign', exact: true }).count()).toBe(0);
  await close();
});

test('a signature is delegated, taken back, and given; it says what it is of, and nothing typed is lost', async () => {
  const asRoot = api(console_, root);
  const { user } = await asRoot(`query ($id: Int!) { user(userId: $id) { revision } }`, { id: dan });
  await asRoot(`mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { userId } } }`, {
    input: {
      userId: dan,
      expectedRevision: user.revision,
      roles: ['DATA_OWNER', 'REPORT_OWNER'],
      reason: 'He stands in for Olga.',
    },
  });

  const owner = await openPage(console_, olga, report);
  await owner.page.getByRole('link', { name: 'Sign', exact: true }).click();
  await owner.page.getByRole('heading', { name: 'What is signed' }).waitFor();
  await owner.page.getByText(/^[0-9a-f]{64}$/).waitFor();
  await owner.page.getByText('Let somebody else sign').click();
  expect(await violationsInBothThemes(owner.page)).toEqual([]);
  expect(await tooWide(owner.page, 360)).toBe(0);
  await owner.page.setViewportSize({ width: 1280, height: 800 });
  const why = owner.page.locator('details').getByLabel(/^Why/);
  const delegate = owner.page.getByRole('button', { name: 'Delegate the signature' });
  await owner.page.getByLabel('Who is to sign').selectOption('Ada Lindqvist');
  await why.fill('Olga is away this week.');
  await delegate.click();
  // Who may not sign for somebody is refused in the words of the rule, and the form is as it was.
  await owner.page.getByRole('alert').getByText('Ada Lindqvist', { exact: false }).waitFor();
  expect(await why.inputValue()).toBe('Olga is away this week.');
  await owner.page.getByLabel('Who is to sign').selectOption('Dan Whitaker');
  await delegate.click();
  await owner.page.getByText('Dan Whitaker signs in your place').waitFor();

  const other = await openPage(console_, dan, `${report}/sign`);
  await other.page
    .getByRole('option', { name: 'Report owner, in the place of Olga Petrenko' })
    .waitFor({ state: 'attached' });
  await other.page.getByLabel('What it stands for').fill('approval');

  await why.fill('She is back.');
  await owner.page.getByRole('button', { name: 'Take it back' }).click();
  await owner.page.getByRole('heading', { name: 'Your signature' }).waitFor();
  // Whose turn it was is told that it is not any more.
  await other.page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await other.page.getByRole('alert').or(other.page.getByText('No signature is required of you')).first().waitFor();
  await other.close();

  const { page } = owner;
  await page.getByRole('button', { name: 'Refuse to sign' }).first().click();
  await page.getByLabel('What it stands for').fill('approval');
  await page.getByRole('button', { name: 'Refuse to sign' }).last().click();
  await page.getByText('Say why you do not sign.').waitFor();
  await page.getByRole('button', { name: 'Sign', exact: true }).first().click();
  await page.reload();
  expect(await page.getByLabel('What it stands for').inputValue()).toBe('approval');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await page.getByText('No answer came, and what you typed is kept.').waitFor();
  expect(await page.getByLabel('What it stands for').inputValue()).toBe('approval');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await page.getByRole('listitem').filter({ hasText: 'Report owner' }).getByText('approval').waitFor();
  expect(new URL(page.url()).search).toBe('?tab=signatures');
  expect(await page.evaluate('Object.keys(localStorage).filter((key) => /sign\\.|delegate/.test(key))')).toEqual([]);
  await owner.close();

  // The third of them, who then decides: it is in force with the signatures of three.
  const executive = await openPage(console_, tess, `${report}/review`);
  await executive.page.getByText('· 1 undecided').waitFor();
  await executive.page.keyboard.press('a');
  await executive.page.getByText('· 0 undecided').waitFor();
  await executive.page.getByRole('button', { name: 'sign it' }).click();
  await executive.page.getByLabel('What it stands for').fill('responsibility');
  await executive.page.getByRole('button', { name: 'Sign', exact: true }).last().click();
  await executive.page
    .getByRole('listitem')
    .filter({ hasText: 'Test executive' })
    .getByText('responsibility')
    .waitFor();
  await executive.page.getByRole('link', { name: 'Review', exact: true }).click();
  await executive.page.getByRole('heading', { name: 'All requirements are met' }).waitFor();
  await executive.page.getByRole('button', { name: 'Approve version 3' }).click();
  const dialog = executive.page.getByRole('dialog', { name: 'Approve version 3' });
  await dialog.getByRole('button', { name: 'Approve version 3' }).click();
  await executive.page.getByText('Version 3 is approved, and in force.').waitFor();
  expect(executive.complaints).toEqual([]);
  await executive.close();
});
