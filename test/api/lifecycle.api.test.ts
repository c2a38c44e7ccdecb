import { fullPhases } from '../../src/phases';
import { ada, olga, World } from '../support/world';
import { approverOf, buildVersion, itemKeys, latestOf, mutate, transition } from '../support/builders';
import { workflow } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

describe.each(fullPhases.map(({ key }) => key))('%s', (phase) => {
  test('goes from draft to approved, and approving the next version supersedes the one before it', async () => {
    const first = await buildVersion(world, { phase, status: 'APPROVED' });
    expect(first).toMatchObject({ versionNumber: 1, status: 'APPROVED' });
    const second = await buildVersion(world, { phase, status: 'APPROVED' });
    expect(second).toMatchObject({ versionNumber: 2, status: 'APPROVED' });
    expect(await latestOf(world, phase, workflow)).toMatchObject({ versionId: second.versionId });
    const { phaseVersion } = await world.get(
      olga,
      `query ($id: UUID!) { phaseVersion(versionId: $id) { status effectiveFrom effectiveTo current { versionNumber effectiveFrom effectiveTo } } }`,
      { id: first.versionId },
    );
    expect(phaseVersion).toMatchObject({ status: 'SUPERSEDED', current: { versionNumber: 2, effectiveTo: null } });
    // The periods touch: there is no instant without a current version, and none with two.
    expect(phaseVersion.effectiveTo).toBe(phaseVersion.current.effectiveFrom);
  });

  test('an item that another draft carries cannot be removed from the one it came from, and that is said', async () => {
    const draft = await buildVersion(world, { phase });
    const { cycleId, reportId } = workflow;
    await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      ...{ cycleId, reportId, phase, parentVersionId: draft.versionId, carryForward: 'ALL_ITEMS' },
    });
    const [itemKey] = await itemKeys(world, draft.versionId);
    const input = { versionId: draft.versionId, expectedRevision: draft.revision, itemKeys: [itemKey] };
    const remove = 'mutation ($input: RemoveItemsInput!) { removeItems(input: $input) { version { id } } }';
    expect(await world.codeOf(ada, remove, { input })).toBe('INVALID_TRANSITION');
    expect(await itemKeys(world, draft.versionId)).toContain(itemKey);
  });

  test('a rejected version stays as it was, and revising it starts a draft from it', async () => {
    const rejected = await buildVersion(world, { phase, status: 'REJECTED' });
    const revised = await transition(world, ada, 'reviseVersion', rejected);
    expect(revised).toMatchObject({
      status: 'DRAFT',
      versionNumber: rejected.versionNumber + 1,
      contentHash: rejected.contentHash,
    });
    await expect(transition(world, approverOf(phase), 'approveVersion', rejected)).rejects.toThrow(
      'INVALID_TRANSITION',
    );
  });
});
