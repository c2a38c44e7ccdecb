/** A report through its cycles, side by side. */
import { api, openConsole, openPage, setTheme, tooWide, violationsOf, type Console } from './browser';

let console_: Console;
beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const [ada, root] = [1, 7];
const [cycleId, reportId] = ['0194d2a0-5c00-7000-8000-000000000001', '0194d2a0-5c00-7000-8000-000000000002'];

test('a workflow is compared with that of the last cycle, phase by phase', async () => {
  const { page, complaints, close } = await openPage(console_, ada, `/w/${cycleId}/${reportId}`);
  await page.getByRole('link', { name: 'compare with the last cycle' }).click();
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
  await page.reload();
  const planning = page.getByRole('row', { name: /^Planning/ });
  await planning.getByRole('link', { name: 'Version 2' }).waitFor();
  await page.getByRole('columnheader', { name: /third quarter from 1 Jul 2026/ }).waitFor();
  await planning.getByText('Ready to start').waitFor();
  await page
    .getByRole('row', { name: /^Request Info/ })
    .getByText(/\d+ more/)
    .waitFor();
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    expect(await violationsOf(page)).toEqual([]);
  }
  expect(await tooWide(page, 360)).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});
