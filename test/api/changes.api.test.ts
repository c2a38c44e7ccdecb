/** Which commits of a log are asked for, the last one, and one by its number. */
import { buildVersion, transition, type BuiltVersion } from '../support/builders';
import { ada, aud, olga, root, stranger, workflow, World } from '../support/world';

let world: World;
let scoping: BuiltVersion;
let deleted: BuiltVersion;

beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
  scoping = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  deleted = await buildVersion(world, { phase: 'SCOPING' });
  await transition(world, ada, 'deleteVersion', deleted);
});
afterAll(() => world.destroy());

interface Commit {
  readonly sequence: number;
  readonly operation: string;
  readonly committedAt: string;
  readonly actor: { readonly userId: number };
}

const inWorkflow = (field: string) =>
  `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { ${field} } }`;
const fields = 'sequence operation committedAt actor { userId }';

async function commits(filter: string, as = aud): Promise<Commit[]> {
  const { workflow: found } = await world.get(
    as,
    inWorkflow(`changes(first: 100, filter: { ${filter} }) { totalCount nodes { ${fields} } }`),
  );
  expect(found.changes.totalCount).toBe(found.changes.nodes.length);
  return found.changes.nodes;
}
const sequences = (found: readonly Commit[]) => found.map(({ sequence }) => sequence);

test('commits are found by what was done, by whom and when; all that is given holds', async () => {
  const all = await commits('');
  const expected = (is: (commit: Commit) => boolean) => sequences(all.filter(is));
  const middle = all[Math.floor(all.length / 2)]!;
  for (const [filter, is] of [
    ['operations: ["approveVersion", "deleteVersion"]', ({ operation }) => /^(approve|delete)Version$/.test(operation)],
    [`actorIds: [${olga}]`, ({ actor }) => actor.userId === olga],
    ['origins: ["api"]', () => true],
    ['origins: ["import"]', () => false],
    [`since: "${middle.committedAt}"`, ({ sequence }) => sequence >= middle.sequence],
    [`until: "${middle.committedAt}"`, ({ sequence }) => sequence < middle.sequence],
    ['fromSequence: 3, toSequence: 5', ({ sequence }) => sequence >= 3 && sequence <= 5],
    [
      `actorIds: [${ada}], operations: ["createVersion"]`,
      (c) => c.actor.userId === ada && c.operation === 'createVersion',
    ],
    ['operations: []', () => false],
  ] as [string, (commit: Commit) => boolean][])
    expect([filter, sequences(await commits(filter))]).toEqual([filter, expected(is)]);
});

test('by table: what changed a row of it that the viewer may see', async () => {
  const decisions = await commits('tables: ["scoping_decisions"]');
  expect(decisions.length).toBeGreaterThan(1);
  // To the report owner, the version that was deleted was never written.
  const seen = sequences(await commits('tables: ["scoping_decisions"]', olga));
  expect(seen.length).toBeLessThan(decisions.length);
  expect(sequences(decisions)).toEqual(expect.arrayContaining(seen));
});

test('the same holds for the commits of a version and of the reference data', async () => {
  const found = await world.get(
    root,
    `{ phaseVersion(versionId: "${scoping.versionId}") { changes(filter: { operations: ["submitVersion"] }) { nodes { operation } } }
       referenceChanges(filter: { tables: ["cycles"] }) { nodes { rowChanges(first: 100) { nodes { table } } } } }`,
  );
  expect(found.phaseVersion.changes.nodes).toEqual([{ operation: 'submitVersion' }]);
  expect(found.referenceChanges.nodes.length).toBeGreaterThan(0);
  for (const { rowChanges } of found.referenceChanges.nodes)
    expect(rowChanges.nodes).toContainEqual({ table: 'cycles' });
});

test('a commit is found by its number, and reading it is noted; there is none for a number that is not there', async () => {
  const [latest] = await commits('');
  const ask = (sequence: number) => world.get(olga, inWorkflow(`changeSet(sequence: ${sequence}) { ${fields} }`));
  expect((await ask(latest!.sequence)).workflow.changeSet).toEqual(latest);
  expect((await ask(latest!.sequence + 1)).workflow.changeSet).toBeNull();
  expect((await ask(-1)).workflow.changeSet).toBeNull();
  const { changeLogReads } = await world.get(
    aud,
    `{ changeLogReads(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", first: 1) { nodes { field reader { userId } } } }`,
  );
  expect(changeLogReads.nodes).toEqual([{ field: 'Workflow.changeSet', reader: { userId: olga } }]);
  expect(await world.get(stranger, inWorkflow('changeSet(sequence: 1) { sequence }'))).toEqual({ workflow: null });
});

test('whoever polls for news is told the last commit, now and as of then, and is not noted', async () => {
  const reads = async () =>
    (
      await world.get(
        aud,
        `{ changeLogReads(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { totalCount } }`,
      )
    ).changeLogReads.totalCount;
  const all = await commits('');
  const before = await reads();
  const last = ({ sequence, committedAt }: Commit) => ({ lastChange: { sequence, committedAt } });
  const earlier = all[2]!;
  const found = await world.get(
    ada,
    inWorkflow(
      `lastChange { sequence committedAt } asOf(at: "${earlier.committedAt}") { lastChange { sequence committedAt } }`,
    ),
  );
  expect(found.workflow).toEqual({ ...last(all[0]!), asOf: last(earlier) });
  expect(await reads()).toBe(before);
});

test('a version leads to its workflow and phase, and to who wrote to it', async () => {
  const { phaseVersion } = await world.get(
    olga,
    `{ phaseVersion(versionId: "${scoping.versionId}") { workflow { workflowId } workflowPhase { phase progress } editors { userId } } }`,
  );
  expect(phaseVersion).toEqual({
    workflow: { workflowId: workflow.workflowId },
    workflowPhase: { phase: 'SCOPING', progress: 'COMPLETE' },
    editors: [{ userId: ada }],
  });
});
