/** A report through its cycles, side by side. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { api, openConsole, openPage, tooWide, violationsInBothThemes, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, root] = [1, 7];
const [cycleId, reportId] = ['0194d2a0-5c00-7000-8000-000000000001', '0194d2a0-5c00-7000-8000-000000000002'];

test('a workflow is compared with that of another cycle, phase by phase', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `/w/${cycleId}/${reportId}`);
  const compare = page.getByRole('link', { name: 'compare with the other cycles' });
  await page.getByText(/phases complete/).waitFor();
  expect(await compare.count()).toBe(0); // it is offered only where there is another one
  await page.goto(`${console_.url}/w/${cycleId}/${reportId}/cycles`);
  await page.getByText('There is no other cycle').waitFor();

  const asRoot = api(console_, root);
  const { createCycle } = await asRoot(
    `mutation ($input: CreateCycleInput!) { createCycle(input: $input) { cycle { cycleId } } }`,
    {
      input: {
        name: 'Report testing 2026, third quarter',
        startDate: '2026-07-01',
        endDate: '2026-09-30',
        reason: 'It is entered after the fact.',
      },
    },
  );
  const { workflow } = await asRoot(
    `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) {
      testers { userId } testLead { userId } reportOwner { userId } testExecutive { userId } } }`,
    { cycleId, reportId },
  );
  const last = createCycle.cycle.cycleId as string;
  await asRoot(
    `mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) { workflow { workflowId } } }`,
    {
      input: {
        cycleId: last,
        reportId,
        testerIds: workflow.testers.map((one: any) => one.userId),
        testLeadId: workflow.testLead.userId,
        reportOwnerId: workflow.reportOwner.userId,
        testExecutiveId: workflow.testExecutive.userId,
        reason: 'So are its workflows.',
      },
    },
  );
  await page.goto(`${console_.url}/w/${cycleId}/${reportId}`);
  await compare.click();
  const planning = page.getByRole('row', { name: /^Planning/ });
  await planning.getByRole('link', { name: 'Version 2' }).waitFor();
  await page.getByRole('columnheader', { name: /third quarter from 1 Jul 2026/ }).waitFor();
  await planning.getByText('Ready to start').waitFor();
  await page
    .getByRole('row', { name: /^Request Info/ })
    .getByText(/\d+ more/)
    .waitFor();

  // What was in force in the last cycle: two items as they are now, of which one is for another reason, and one that is gone.
  const asAda = api(console_, ada);
  const { phaseVersion } = await asAda(
    '{ phaseVersion(versionId: "0194d2a0-5c00-7000-8000-000000000102") { items(first: 2) { nodes { label content } } } }',
  );
  const [first, second] = phaseVersion.items.nodes.map(
    ({ content: { attributeId, attributeCode, attributeData, decisionType, decisionReason } }: any) => ({
      attributeId,
      attributeCode,
      attributeData,
      decisionType,
      decisionReason,
    }),
  );
  const items = {
    attributeDecisions: [
      { ...first, decisionReason: 'As in the third quarter.' },
      second,
      { attributeId: randomUUID(), attributeData: { name: 'Dropped Since' }, decisionType: 'INCLUDE' },
    ],
  };
  const run = async (name: string, input: object) => {
    const type = name === 'createVersion' ? 'CreateVersionInput' : 'VersionTransitionInput';
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { version { versionId revision } } }`;
    return (await asAda(text, { input }))[name].version;
  };
  const target = { cycleId: last, reportId, phase: 'PLANNING', carryForward: 'NONE' };
  let version = await run('createVersion', { ...target, items });
  for (const step of ['submitVersion', 'approveVersion'])
    version = await run(step, { versionId: version.versionId, expectedRevision: version.revision });
  await page.reload();
  await planning.getByRole('link', { name: 'What differs' }).click();
  await page.getByRole('heading', { name: 'Planning, from cycle to cycle' }).waitFor();
  await page.getByRole('button', { name: '1 changed' }).waitFor();
  await page.getByRole('button', { name: '1 removed' }).click();
  await page.getByRole('heading', { name: /Dropped Since/ }).waitFor();
  await page.getByRole('button', { name: '1 changed' }).click();
  const changed = page.getByRole('region', { name: new RegExp(phaseVersion.items.nodes[0].label) });
  await changed.getByText('As in the third quarter.').waitFor();
  expect(await changed.getByRole('heading', { level: 3 }).allTextContents()).toEqual(['Reason']);
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  const patch = page.waitForEvent('download');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Patch' }).click();
  const taken = await patch;
  expect(taken.suggestedFilename()).toBe('planning-across-cycles.json');
  const operations = JSON.parse(await readFile(await taken.path(), 'utf8')) as { op: string; path: string }[];
  const [label] = phaseVersion.items.nodes.map((item: any) => item.label as string);
  expect(operations).toContainEqual(expect.objectContaining({ path: `/items/${label}/decisionReason` }));
  expect(operations).toContainEqual({ op: 'remove', path: '/items/Dropped Since' });
  await page.goBack();
  await page.setViewportSize({ width: 1280, height: 800 });
  await planning.waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});
