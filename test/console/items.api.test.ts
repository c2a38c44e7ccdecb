import type { Page } from 'playwright-core';
import { cellOf, columnsOf, type Item } from '../../console/src/features/version/items/columns';
import { asFilter, matching, sorted, type View } from '../../console/src/features/version/items/view';
import type { FieldFragment } from '../../console/src/generated/graphql';
import { api, openConsole, openPage, tooWide, violationsOf, violationsInBothThemes, type Console } from './browser';
import { draftOfMany, MANY, type Ask } from './many-items';
import { until } from '../support/until';

const [ada, ben, olga] = [1, 2, 3];
let console_: Console;
let ask: Ask;
let draft: string;
beforeAll(async () => {
  console_ = await openConsole();
  ask = api(console_, ada);
  draft = await draftOfMany(ask);
});
afterAll(() => console_.close());

const grid = (page: Page) => page.getByRole('grid', { name: 'Items' });
const open = async (search = '') => {
  const visit = await openPage(console_, ada, `/v/${draft}${search}`);
  await visit.page.getByText('2,000 items', { exact: true }).waitFor();
  return visit;
};

test('2,000 items are a grid that is gone through cell by cell, of which only what is in view is there', async () => {
  const { page, complaints, close } = await open();
  const rows = grid(page).getByRole('row');
  expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(MANY + 1));
  expect(await rows.count()).toBeLessThan(80);
  const focused = (text: string) => page.locator(':focus', { hasText: new RegExp(`^${text}$`) }).waitFor();
  await page.getByRole('rowheader', { name: 'Observation 1', exact: true }).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Home'); // the mark that selects the item
  await page.keyboard.press('ArrowRight');
  await focused('Observation 2000');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  await focused('Undecided');
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await focused('Observation 1');
  // What is scrolled away by hand is still where the keys go on from.
  await page.mouse.move(400, 500);
  await page.mouse.wheel(0, 20_000);
  await page.getByRole('rowheader', { name: 'Observation 630', exact: true }).waitFor();
  await page.keyboard.press('ArrowDown');
  await focused('Observation 2');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowUp');
  await focused('Observation 1');
  // One cell takes part in the order of Tab.
  expect(await grid(page).locator('[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Observation 1', exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('the head of a column puts in order, gathers, narrows down and hides, and the address keeps it', async () => {
  const { page, complaints, close } = await open();
  await page.getByRole('rowheader', { name: 'Observation 1', exact: true }).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
  const menu = page.getByRole('dialog', { name: 'Severity' });
  await menu.getByLabel('Critical').check();
  await page.getByText('500 of 2,000 items').waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('th:focus-within', { hasText: 'Severity' }).waitFor(); // the focus is back where it came from

  await page.getByRole('button', { name: 'Remediation status' }).click();
  await page.getByRole('button', { name: 'Group by it' }).click();
  await page.getByRole('button', { name: 'Remediation deadline' }).click();
  await page.getByRole('button', { name: 'In reverse order' }).click();
  await page.getByRole('button', { name: 'Observation type' }).click();
  await page.getByRole('button', { name: 'Hide the column' }).click();
  await page.reload();
  await page.getByRole('button', { name: /Remediation status: In progress/ }).waitFor();
  expect(await page.getByRole('columnheader', { name: 'Observation type' }).count()).toBe(0);
  expect(await page.getByRole('columnheader', { name: 'Remediation deadline' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
  const first = page.getByRole('row').nth(2);
  await first.getByText('28 Dec 2026').waitFor();
  await page.getByRole('button', { name: /Remediation status: In progress/ }).click();
  await page.getByRole('row').nth(2).getByText('OPEN').waitFor(); // the next group, since the first is closed

  await page.getByRole('searchbox', { name: 'Search in items' }).fill('nothing has this');
  await page.getByRole('button', { name: 'Show all 2,000' }).click();
  await page.getByText('2,000 items', { exact: true }).waitFor();
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('on paper all items are there, before the browser counts its pages', async () => {
  const { page, close } = await open();
  const rows = await page.evaluate<number>(`(async () => {
    dispatchEvent(new Event('beforeprint'));
    await Promise.resolve();
    return document.querySelectorAll('[role=grid] tr').length;
  })()`);
  expect(rows).toBe(MANY + 1);
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  await until('only those in sight are rendered again', async () => (await grid(page).getByRole('row').count()) < 100);
  await close();
});

test('cells are typed into by keyboard, undone, kept over a reload, checked before they are sent, and saved at once', async () => {
  const few = await draftOfMany(ask, 12);
  const { page, complaints, close } = await openPage(console_, ada, `/v/${few}`);
  const cell = (row: number, column: number) => page.getByRole('row').nth(row).getByRole('gridcell').nth(column);
  // The mark, the decision, the type, the severity, the observation, the evidence, the status, the deadline.
  const [mark, type, severity, deadline] = [0, 2, 3, 7];
  await cell(1, type).click();
  await page.keyboard.press('F2');
  await page.keyboard.type('WRONG_LIMIT');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // on the severity
  await page.keyboard.press('Home'); // the first of its constants
  await page.keyboard.press('Enter');
  await page.getByText('2 fields of 1 item not saved').waitFor();
  await cell(1, severity).getByText('Critical').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('1 field of 1 item not saved').waitFor();
  await cell(1, severity).getByText('Low').waitFor();

  await cell(2, type).dblclick();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await page.getByText('Observation 2: Observation type is needed.').waitFor();
  await page.reload();
  await page.getByText('Observation 2: Observation type is needed.').waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await cell(2, type).dblclick();
  await page.keyboard.type('CONTROL_GAP');
  await page.keyboard.press('Enter');

  for (const row of [3, 5]) await cell(row, mark).click({ modifiers: row === 5 ? ['Shift'] : [] });
  await page.getByRole('button', { name: 'Set a field…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Field').selectOption({ label: 'Remediation deadline' });
  await dialog.getByLabel('Remediation deadline').last().fill('2027-01-31');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Set it in 3 items' }).click();
  await cell(4, deadline).getByText('31 Jan 2027').waitFor();
  await page.getByRole('button', { name: 'Save 4 items' }).click();
  await page.getByRole('button', { name: /^Save/ }).waitFor({ state: 'detached' });
  const { phaseVersion } = await ask(
    'query ($id: UUID!) { phaseVersion(versionId: $id) { revision items(first: 5) { nodes { content } } } }',
    { id: few },
  );
  const contents = phaseVersion.items.nodes.map((item: any) => item.content);
  expect(contents[0].observationType).toBe('WRONG_LIMIT');
  expect(contents[1].observationType).toBe('CONTROL_GAP'); // as it was typed, past the usual CONTROL
  expect(contents.slice(2).map((one: any) => one.remediationDeadline)).toEqual(Array(3).fill('2027-01-31'));
  expect(phaseVersion.revision).toBe(2); // all of it was one commit
  expect(complaints).toEqual([]);
  await close();
});

test('all that match are decided at once; where there are more by then, nothing is', async () => {
  const { page, close } = await openPage(console_, olga, '/v/0194d2a0-5c00-7000-8000-000000000402');
  const [all] = (await page.getByRole('status').filter({ hasText: 'items' }).first().textContent())!.split(' ');
  await page.getByRole('button', { name: 'Decision' }).click();
  await page.getByLabel('Undecided').check();
  await page.keyboard.press('Escape');
  await page.getByText(`4 of ${all} items`, { exact: true }).waitFor();
  await page.getByLabel('Select all that are shown').check();
  await page.getByText('4 items selected').waitFor();
  await page.getByRole('button', { name: 'Decide…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Reject', exact: true }).click();
  await dialog.getByRole('button', { name: 'Reject 4 items' }).click();
  await dialog.getByText('Say what is wrong: the tester will read it.').waitFor();
  await dialog.getByLabel('What is wrong').fill('None of these accounts was open in August.');
  expect(await violationsOf(page)).toEqual([]);
  // What is sent says how many were seen.
  await page.route('**/graphql', async (route) => {
    const sent = route.request().postDataJSON();
    if (sent.query.includes('mutation DecideItems')) sent.variables.input.matching.expectedCount = 3;
    await route.continue({ postData: sent });
  });
  await dialog.getByRole('button', { name: 'Reject 4 items' }).click();
  await dialog.getByRole('alert').waitFor();
  await page.getByText('4 items selected').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await dialog.getByRole('button', { name: 'Reject 4 items' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Nothing matches').waitFor();
  await close();
});

describe('what the browser finds and puts in order, the API does', () => {
  const nothing: View = { q: '', where: {}, sort: undefined, group: undefined };
  const asked = `query ($id: UUID!, $after: String, $filter: VersionItemFilter, $orderBy: VersionItemOrder) {
    phaseVersion(versionId: $id) {
      workflowPhase { config { itemFields { name title kind isContent inputName constants { value title } } } }
      items(first: 1000, after: $after, filter: $filter, orderBy: $orderBy) {
        pageInfo { hasNextPage endCursor }
        nodes { itemKey label content reviewStatus }
      }
    }
  }`;
  async function found(variables: object = {}): Promise<{ items: Item[]; fields: FieldFragment[] }> {
    const items: Item[] = [];
    for (let after: string | null = null; ;) {
      const { phaseVersion } = await ask(asked, { id: draft, after, ...variables });
      items.push(...phaseVersion.items.nodes);
      if (!phaseVersion.items.pageInfo.hasNextPage)
        return { items, fields: phaseVersion.workflowPhase.config.itemFields };
      after = phaseVersion.items.pageInfo.endCursor;
    }
  }
  const keys = (items: readonly Item[]) => items.map(({ itemKey }) => itemKey).join();
  let all: Awaited<ReturnType<typeof found>>;
  beforeAll(async () => {
    all = await found();
  });

  test.each<[string, Partial<View>, number]>([
    ['everything', {}, MANY],
    ['a text, whatever its case, also within JSON', { q: 'OBSERVATION 17' }, 111],
    ['a text that is in no value', { q: 'detail:' }, 0],
    ['a text that grows with its case', { q: 'strasse' }, 533],
    ['some constants', { where: { severity: { in: ['LOW', 'CRITICAL'] } } }, 1000],
    ['some texts', { where: { remediationStatus: { in: ['OPEN'] }, observationType: { in: ['DATA_QUALITY'] } } }, 533],
    ['a part of JSON', { where: { observationData: { contains: 'account 7' } } }, 224],
    ['what is not there', { where: { remediationStatus: { isNull: true } } }, 400],
    ['what is there', { where: { remediationDeadline: { isNull: false } } }, 1714],
    ['between two days', { where: { remediationDeadline: { atLeast: '2026-12-05', atMost: '2026-12-07' } } }, 216],
    ['what is decided', { where: { reviewStatus: { in: ['PENDING'] } } }, MANY],
  ])('%s', async (_, part, count) => {
    const view = { ...nothing, ...part };
    const here = matching(all.items, columnsOf(all.fields, true), view);
    const there = await found({ filter: asFilter(view) });
    expect(here).toHaveLength(count);
    expect(keys(here)).toBe(keys(there.items));
  });

  test.each([
    ['severity', 'ASC'],
    ['severity', 'DESC'],
    ['remediationDeadline', 'DESC'],
    ['remediationStatus', 'ASC'],
  ] as const)('in the order of %s %s', async (field, direction) => {
    const columns = columnsOf(all.fields, true);
    const values = (items: readonly Item[]) =>
      items.map((item) =>
        cellOf(
          item,
          columns.find(({ name }) => name === field)!,
        ),
      );
    const here = sorted(all.items, columns, direction === 'DESC' ? `-${field}` : field);
    const there = await found({ orderBy: { field, direction } });
    expect(values(here)).toEqual(values(there.items));
  });
});

test('what lies behind the first thousand stays in sight while it is read again', async () => {
  const { page, close } = await open();
  const { phaseVersion } = await ask(
    `{ phaseVersion(versionId: "${draft}") { revision items(first: 1) { nodes { itemKey } } } }`,
  );
  const [{ itemKey }] = phaseVersion.items.nodes;
  await ask(
    `mutation { putItems(input: { versionId: "${draft}", expectedRevision: ${phaseVersion.revision},
       changes: { observations: [{ itemKey: "${itemKey}", remediationStatus: "Changed elsewhere" }] } }) { version { revision } } }`,
  );
  const held: (() => void)[] = [];
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('query MoreItems')) await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Show it' }).click();
  await page.getByText('Changed elsewhere').waitFor();
  expect(held.length).toBeGreaterThan(0);
  expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(MANY + 1));
  for (const go of held) go();
  await close();
});

test('what is typed is kept for whoever typed it, and no longer than the page where the browser keeps nothing', async () => {
  const few = await draftOfMany(ask, 2);
  const { page, complaints, close } = await openPage(console_, null, `/v/${few}`);
  const signIn = async (name: RegExp) => {
    await page.getByRole('button', { name }).click();
    await page.waitForURL(({ pathname }) => pathname !== '/sign-in');
  };
  const type = async (text: string) => {
    await page.getByRole('row').nth(1).getByRole('gridcell').nth(2).dblclick();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.getByText('1 field of 1 item not saved').waitFor();
  };
  await signIn(/^Ada/);
  await type('HERS');
  await page.getByRole('button', { name: /^Ada/ }).click();
  await page.getByRole('menuitem', { name: /^Sign out/ }).click();
  await signIn(/^Ben/);
  await page.goto(`${console_.url}/v/${few}`);
  await page.getByRole('gridcell', { name: 'CONTROL_GAP' }).first().waitFor();
  expect(await page.getByText('HERS').count()).toBe(0);
  expect(await page.getByText('not saved').count()).toBe(0);

  // What others left under these names is nothing of ours; and then there is no room.
  await page.addInitScript(
    `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };`,
  );
  await page.evaluate(
    `for (const key of Object.keys(localStorage)) if (/items|seen/.test(key)) localStorage[key] = '{'`,
  );
  await page.evaluate(`localStorage['phaseledger.${ben}.items.${few}'] = '['`);
  await page.reload();
  await type('HIS');
  let asked = 0;
  page.once('dialog', (dialog) => {
    asked++;
    void dialog.dismiss();
  });
  await page.goto(console_.url).catch(() => undefined); // the browser asks first, and the page stays
  await page.getByText('1 field of 1 item not saved').waitFor();
  expect(asked).toBe(1);
  expect(complaints).toEqual([]);
  await close();
});
