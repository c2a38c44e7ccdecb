import type { Page } from 'playwright-core';
import { cellOf, columnsOf, type Item } from '../../console/src/features/version/items/columns';
import { asFilter, matching, sorted, type View } from '../../console/src/features/version/items/view';
import type { FieldFragment } from '../../console/src/generated/graphql';
import { openConsole, openPage, setTheme, tooWide, violationsOf, type Console } from './browser';
import { asking, draftOfMany, MANY, type Ask } from './many-items';

const ada = 1;
let console_: Console;
let ask: Ask;
let draft: string;
beforeAll(async () => {
  console_ = await openConsole();
  ask = await asking(console_, ada);
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
  await page.keyboard.press('Home');
  await focused('Observation 2000');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  await focused('Undecided');
  await page.keyboard.press('Control+Home');
  await focused('Observation 1');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageUp');
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
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsOf(page)).toEqual([]);
  }
  await page.keyboard.press('Escape');
  await page.locator('th:focus-within', { hasText: 'Severity' }).waitFor(); // the focus is back where it came from

  await page.getByRole('button', { name: 'Remediation status' }).click();
  await page.getByRole('button', { name: 'Group by it' }).click();
  await page.getByRole('button', { name: 'Remediation deadline' }).click();
  await page.getByRole('button', { name: 'In reverse order' }).click();
  await page.getByRole('button', { name: 'Observation type' }).click();
  await page.getByRole('button', { name: 'Hide the column' }).click();
  await page.reload();
  await page.getByRole('button', { name: /Remediation status: IN_PROGRESS/ }).waitFor();
  expect(await page.getByRole('columnheader', { name: 'Observation type' }).count()).toBe(0);
  expect(await page.getByRole('columnheader', { name: 'Remediation deadline' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
  const first = page.getByRole('row').nth(2);
  await first.getByText('28 Dec 2026').waitFor();
  await page.getByRole('button', { name: /Remediation status: IN_PROGRESS/ }).click();
  await page.getByRole('row').nth(2).getByText('OPEN').waitFor(); // the next group, since the first is closed

  await page.getByRole('searchbox', { name: 'Search in items' }).fill('nothing has this');
  await page.getByRole('button', { name: 'Show all 2,000' }).click();
  await page.getByText('2,000 items', { exact: true }).waitFor();
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('on paper all items are there', async () => {
  const { page, close } = await open();
  await page.emulateMedia({ media: 'print' });
  await page.getByRole('rowheader', { name: 'Observation 2000', exact: true }).waitFor();
  expect(await grid(page).getByRole('row').count()).toBe(MANY + 1);
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
