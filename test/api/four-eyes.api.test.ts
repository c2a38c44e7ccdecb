/**
 * Nobody decides on their own work, in any phase that another decides: tried by somebody who has every role there is and
 * every assignment to a workflow, so that nothing but this stands in the way.
 */
import { fullPhases } from '../../src/phases';
import type { FullPhase } from '../../src/versioning/phase';
import { StandingDocument } from '../generated/graphql';
import {
  approverOf,
  buildVersion,
  decideAll,
  itemKeys,
  mutate,
  sampleContent,
  sampleItems,
  signAll,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { attempt, draftDeeds } from '../support/deeds';
import { ben, olga, tess, workflow, World } from '../support/world';

/** Tester, report owner and test executive of a small workflow, in which Ben is a tester besides. */
const jack = 31;
const place = {
  cycleId: workflow.cycleId,
  reportId: '0194d2a0-5c00-7000-8000-000000000005',
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f4',
};

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values (${jack}, 'Jack Ofall', true);
     insert into user_roles (user_id, role) values (${jack}, 'TESTER'), (${jack}, 'REPORT_OWNER'), (${jack}, 'TEST_EXECUTIVE');
     insert into reports (report_id, name, number) values ('${place.reportId}', 'Small report', 'SR-1');
     insert into workflows (workflow_id, cycle_id, report_id, report_owner_id, test_executive_id) values
       ('${place.workflowId}', '${place.cycleId}', '${place.reportId}', ${jack}, ${jack});
     insert into workflow_testers (workflow_id, user_id) values ('${place.workflowId}', ${ben}), ('${place.workflowId}', ${jack});`,
  );
  await build(fullPhases.at(-1)!, 'APPROVED', ben);
});
afterAll(() => world.destroy());

type Status = 'DRAFT' | 'PENDING_APPROVAL' | 'APPROVED';
const build = ({ key }: FullPhase, status: Status, preparer: number) =>
  buildVersion(world, { phase: key, status, of: place, preparer, approver: jack, items: 2 });
const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const submit = (by: number, version: BuiltVersion) => transition(world, by, 'submitVersion', version);

const deciding = draftDeeds.filter(({ action }) => ['APPROVE', 'REJECT', 'DECIDE_ITEMS'].includes(action));
const fourEyes = deciding.map(() => 'FOUR_EYES');
async function answers(version: BuiltVersion, { key }: FullPhase): Promise<string[]> {
  const [itemKey] = await itemKeys(world, version.versionId);
  return Promise.all(deciding.map((deed) => attempt(world, deed, jack, version, key, itemKey)));
}
const standing = async ({ versionId }: BuiltVersion) =>
  (await world.run(jack, StandingDocument, { versionId })).phaseVersion!;
const requirement = async (version: BuiltVersion) =>
  (await standing(version)).approvalRequirements.find(({ code }) => code === 'FOUR_EYES');

const decidedByOthers = fullPhases.filter(({ selfAttested }) => !selfAttested);
test('there are phases that another decides', () => expect(decidedByOthers).toHaveLength(5));

describe.each(decidedByOthers.map((phase) => [phase.title, phase] as const))('%s', (_, phase) => {
  const editing: [deed: string, mutation: string, type: string, input: (keys: string[]) => object][] = [
    ['put an item into', 'putItems', 'PutItemsInput', () => ({ items: sampleItems(phase.key, 1, 40) })],
    ['changed the content of', 'updateVersion', 'UpdateVersionInput', () => ({ content: sampleContent(phase.key, 9) })],
    ['removed an item from', 'removeItems', 'RemoveItemsInput', ([first]) => ({ itemKeys: [first] })],
  ];

  test('who prepared and submitted a version may not decide on it', async () => {
    const version = await submit(jack, await build(phase, 'DRAFT', jack));
    expect(await answers(version, phase)).toEqual(fourEyes);
    expect(await requirement(version)).toMatchObject({ status: 'UNSATISFIED', satisfiableBy: phase.approvedBy });
    // Somebody else may sign in his place.
    const own = phase.signOffs ? ['WITHDRAW', 'DELEGATE_SIGN_OFF'] : ['WITHDRAW'];
    expect((await standing(version)).availableActions).toEqual(own);
  });

  test('who only submitted what another prepared may not decide on it', async () => {
    expect(await answers(await submit(jack, await build(phase, 'DRAFT', ben)), phase)).toEqual(fourEyes);
  });

  test.each(editing)(
    'who %s what another started and submitted may not decide on it',
    async (_, mutation, type, input) => {
      const draft = await build(phase, 'DRAFT', ben);
      const keys = await itemKeys(world, draft.versionId);
      const edited = await mutate(world, jack, mutation, type, { ...at(draft), ...input(keys) });
      expect(await answers(await submit(ben, edited), phase)).toEqual(fourEyes);
    },
  );

  test('who only rebased what another started and submitted may not decide on it', async () => {
    const draft = await build(phase, 'DRAFT', ben);
    await buildVersion(world, {
      phase: phase.key,
      of: place,
      status: 'APPROVED',
      items: 4,
      preparer: ben,
      approver: jack,
    });
    const rebased = await mutate(world, jack, 'rebaseVersion', 'RebaseVersionInput', at(draft));
    expect(await answers(await submit(ben, rebased), phase)).toEqual(fourEyes);
  });

  test('who wrote a version that was withdrawn and submitted by another may not decide on it', async () => {
    const own = await submit(jack, await build(phase, 'DRAFT', jack));
    const again = await submit(ben, await transition(world, ben, 'withdrawVersion', own));
    expect(await answers(again, phase)).toEqual(fourEyes);
  });

  test('who wrote a rejected version may not decide on what is made of it', async () => {
    const own = await submit(jack, await build(phase, 'DRAFT', jack));
    // Only Jack decides here, so others have to for a moment.
    const decide = (owner: number, executive: number) =>
      world.sql('owner', 'update workflows set report_owner_id = $2, test_executive_id = $3 where workflow_id = $1', [
        place.workflowId,
        owner,
        executive,
      ]);
    await decide(olga, tess);
    const rejected = await transition(world, approverOf(phase.key), 'rejectVersion', own, 'Not yet.');
    await decide(jack, jack);
    const revised = await transition(world, ben, 'reviseVersion', rejected);
    expect(await answers(await submit(ben, revised), phase)).toEqual(fourEyes);
  });

  test('whoever neither prepared nor submitted it may, also with the roles of all of them', async () => {
    const version = await decideAll(world, jack, await submit(ben, await build(phase, 'DRAFT', ben)), phase.key);
    await signAll(world, version, phase.key);
    expect(await requirement(version)).toMatchObject({ status: 'SATISFIED' });
    expect(await transition(world, jack, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
  });
});

test('a phase that its preparer attests is the exception, and says so', async () => {
  for (const phase of fullPhases.filter(({ selfAttested }) => selfAttested)) {
    const version = await submit(jack, await build(phase, 'DRAFT', jack));
    expect(await requirement(version)).toMatchObject({ status: 'NOT_APPLICABLE' });
    expect(await transition(world, jack, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
  }
});
