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

  test('what another draft carries may be removed and rebased where it came from, and is still said to come from there', async () => {
    const draft = await buildVersion(world, { phase });
    const { cycleId, reportId } = workflow;
    const other = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId,
      reportId,
      phase,
      parentVersionId: draft.versionId,
      carryForward: 'ALL_ITEMS',
    });
    const [itemKey] = await itemKeys(world, draft.versionId);
    const { versionId } = await mutate(world, ada, 'removeItems', 'RemoveItemsInput', {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      itemKeys: [itemKey],
    });
    expect(await itemKeys(world, versionId)).not.toContain(itemKey);
    const { phaseVersion } = await world.get(
      ada,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { items { nodes { itemKey carriedFromItem { id } carriedFromVersion { versionId } } } } }',
      { id: other.versionId },
    );
    expect(phaseVersion.items.nodes).toContainEqual({
      itemKey,
      carriedFromItem: null,
      carriedFromVersion: { versionId },
    });
    await buildVersion(world, { phase, status: 'APPROVED' });
    // What both changed is theirs to decide; storage has no say in it.
    const rebase = 'mutation ($input: RebaseVersionInput!) { rebaseVersion(input: $input) { conflicts { path } } }';
    const input = { versionId, expectedRevision: draft.revision + 1 };
    expect(await world.codeOf(ada, rebase, { input })).toBeUndefined();
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
