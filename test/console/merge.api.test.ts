/** A draft whose base was overtaken: what it takes in, side by side, and one commit. */
import { api, openConsole, openPage, tooWide, violationsOf, violationsInBothThemes, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, ben, olga] = [1, 2, 3];
const draft = '0194d2a0-5c00-7000-8000-000000000103';

interface Item {
  readonly itemKey: string;
  readonly label: string;
}
/** Ada and Ben change the same reasons, Ben removes an item that Ada changed and excludes one more; his comes into force. */
async function overtake(): Promise<Item[]> {
  const asAda = api(console_, ada);
  const asBen = api(console_, ben);
  const { phaseVersion: hers } = await asAda(
    `query ($id: UUID!) { phaseVersion(versionId: $id) {
      revision cycle { cycleId } report { reportId } items(first: 4) { nodes { itemKey label } } } }`,
    { id: draft },
  );
  const items = hers.items.nodes as Item[];
  const put = `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { revision } } }`;
  const reasons = (who: string) =>
    items.slice(0, 3).map(({ itemKey }) => ({ itemKey, decisionReason: `${who} looked at it again.` }));
  await asAda(put, {
    input: { versionId: draft, expectedRevision: hers.revision, changes: { attributeDecisions: reasons('Ada') } },
  });
  const { createVersion } = await asBen(
    `mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId revision } } }`,
    {
      input: {
        cycleId: hers.cycle.cycleId,
        reportId: hers.report.reportId,
        phase: 'PLANNING',
        carryForward: 'ALL_ITEMS',
      },
    },
  );
  const { versionId } = createVersion.version;
  let expectedRevision = createVersion.version.revision as number;
  const step = async (name: string, type: string, more: object) => {
    const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { version { revision } } }`;
    const answer = await asBen(operation, { input: { versionId, expectedRevision, ...more } });
    expectedRevision = answer[name].version.revision;
  };
  const excluded = { itemKey: items[3]!.itemKey, decisionType: 'EXCLUDE' };
  await step('putItems', 'PutItemsInput', { changes: { attributeDecisions: [...reasons('Ben'), excluded] } });
  await step('removeItems', 'RemoveItemsInput', { itemKeys: [items[2]!.itemKey] });
  await step('submitVersion', 'VersionTransitionInput', {});
  await step('approveVersion', 'VersionTransitionInput', {});
  return items;
}

test('says what comes by itself, asks for the rest by keyboard, keeps what was chosen, and rebases in one commit', async () => {
  const early = await openPage(console_, ada, `/v/${draft}/merge`);
  await early.page.getByText('There is nothing to merge into version 3').waitFor();
  await early.close();

  const items = await overtake();
  const owner = await openPage(console_, olga, `/v/${draft}/merge`);
  await owner.page.getByText('Only people who prepare this phase can rebase it').waitFor();
  await owner.close();
  const { page, complaints, close } = await openPage(console_, ada, `/v/${draft}`);
  await page.getByRole('button', { name: 'rebase it' }).click();
  await page.getByText('Since then version 4 came into force, approved by Ben Okafor', { exact: false }).waitFor();
  await page.getByText('0 of 3 decided · 1 change comes by itself').waitFor();
  const [first, second, whole] = [0, 1, 2].map((place) =>
    page
      .getByRole('group')
      .filter({ has: page.getByRole('radio') })
      .nth(place),
  );
  await first!.getByText('Ada looked at it again.').waitFor();
  await first!.getByText('Ben looked at it again.').waitFor();
  await whole!.getByText('The item as a whole').waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);

  const rebase = page.getByRole('button', { name: 'Rebase onto version 4…' });
  await rebase.press('Enter'); // says what is left, and leads there
  await page.getByText('Not yet. 3 fields are left to decide.').waitFor();
  await page.keyboard.press('t');
  expect(await first!.getByRole('radio', { name: 'Version 4' }).isChecked()).toBe(true);
  await page.keyboard.press('j');
  await page.keyboard.press('d');
  expect(await second!.getByRole('radio', { name: 'This draft' }).isChecked()).toBe(true);
  await page.reload();
  await page.getByText('2 of 3 decided', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'as in version 4' }).click();
  await page.getByText('3 of 3 decided', { exact: false }).waitFor();
  expect(await tooWide(page, 360)).toBe(0);

  await page.getByRole('button', { name: /Comes by itself/ }).click();
  await page.getByRole('heading', { name: 'Decision', exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await rebase.click();
  const dialog = page.getByRole('dialog', { name: 'Rebase version 3 onto version 4' });
  await dialog.getByLabel(/^Reason/).fill('Ben had the newer ledger.');
  await dialog.getByRole('button', { name: 'Rebase version 3 onto version 4' }).click();
  await page.getByRole('link', { name: 'version 4', exact: true }).waitFor();

  const { phaseVersion } = await api(console_, ada)(
    `query ($id: UUID!) { phaseVersion(versionId: $id) { base { versionNumber } changes(first: 1) { nodes { operation reason } }
      items(first: 1000) { nodes { itemKey content } } } }`,
    { id: draft },
  );
  const left = new Map(phaseVersion.items.nodes.map((one: any) => [one.itemKey, one.content]));
  const [one, two, gone, fourth] = items.map(({ itemKey }) => left.get(itemKey) as any);
  expect(phaseVersion.base.versionNumber).toBe(4);
  expect(phaseVersion.changes.nodes).toEqual([{ operation: 'rebaseVersion', reason: 'Ben had the newer ledger.' }]);
  expect([one.decisionReason, two.decisionReason]).toEqual(['Ben looked at it again.', 'Ada looked at it again.']);
  expect(gone).toBeUndefined(); // as Ben had it
  expect(fourth.decisionType).toBe('EXCLUDE');
  expect(await page.evaluate("Object.keys(localStorage).filter((key) => key.includes('merge'))")).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});
