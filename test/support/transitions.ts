/**
 * The transition table of drafted phases: every situation × every mutation × everybody. The expected results are specified independently of
 * the rules (situations.ts, cast.ts). Every mutation is really sent, so an offer that the server would not honour is found. Rules know no
 * phase, so the table is tried completely for phases that differ in their declarations, and pairwise for the others. Because it is large,
 * half of the phases are in a second file, which runs in parallel.
 */
import { fullPhases } from '../../src/phases';
import type { FullPhase } from '../../src/versioning/phase';
import { approverOf, demandPhase, itemKeys, type BuiltVersion } from './builders';
import { assign, openClosedWorkflow, standardCast, type Cast } from './cast';
import { attemptAll, deputies, draftDeeds, recordDeeds, signatureDeeds, type Deed, type DraftDeed } from './deeds';
import { tryEverything, type Matrix } from './matrix';
import { triedWhole } from './phases-tried';
import { again, canSee, castOf, expectedActions, expectedAnswer, situations, type Scene } from './situations';
import { ada, dan, workflow, World } from './world';

const half = Math.ceil(fullPhases.length / 2);
export const firstPhases = fullPhases.slice(0, half);
export const lastPhases = fullPhases.slice(half);

const cast: Cast = { ...standardCast, dan: { userId: dan, sees: true, seesDeleted: false, actsAs: ['DATA_OWNER'] } };

/** A phase in the standard workflow, where Dan owns data. */
export const standardScene = (phase: FullPhase): Scene => ({
  phase,
  cast,
  place: workflow,
  preparer: ada,
  approver: approverOf(phase.key),
});

/** A world in which every phase is open. */
export async function openWorld(): Promise<World> {
  const world = await World.create();
  await openClosedWorkflow(world);
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values ${Object.entries(deputies)
      .map(([role, id]) => `(${id}, 'Deputy of ${role}', true)`)
      .join()};
     insert into user_roles (user_id, role) values (${deputies.test_lead}, 'TESTER'), (${deputies.report_owner}, 'REPORT_OWNER'), (${deputies.test_executive}, 'TEST_EXECUTIVE')`,
  );
  await demandPhase(world, fullPhases.at(-1)!.key, { of: workflow, preparer: ada });
  await assign(world, dan);
  return world;
}

export const situationsOf = (scene: Scene) =>
  Object.entries(situations).filter(([, { where }]) => where?.(scene) ?? true);

export function describeTransitions(world: () => World, title: string, scene: Scene): void {
  const { phase } = scene;
  const deeds = draftDeeds.filter(({ where }) => where?.(phase) ?? true);
  // As far apart as each two of situation, mutation and person still meet.
  const pairwise = Math.min(situationsOf(scene).length, deeds.length, Object.keys(scene.cast).length);
  const oneIn = triedWhole.includes(phase) && scene.place === workflow ? 1 : pairwise;
  const approving = deeds.find(({ action }) => action === 'APPROVE')!;

  describe(title, () => {
    test.each(situationsOf(scene).map(([name, situation], place) => [name, situation, place] as const))(
      'what is offered for a version that is %s is what the mutations accept, for everybody',
      async (_, situation, place) => {
        const fresh = () => situation.bring(world(), scene);
        const version = await fresh();
        expect(await again(world(), version.versionId)).toEqual({
          ...version,
          status: situation.status,
          isDeleted: situation.isDeleted ?? false,
        });
        expect((await itemKeys(world(), version.versionId)).length === 0).toBe(situation.isEmpty ?? false);
        const matrix: Matrix<DraftDeed> = {
          deeds,
          tried: { place, oneIn },
          version,
          fresh,
          phase: phase.key,
          cast: castOf(scene, situation),
          answer: (deed, member) => expectedAnswer(deed, situation, scene, member),
          offered: (member) => (canSee(member, situation) ? expectedActions(deeds, situation, scene, member) : null),
          explained: (requirements, member) =>
            expectExplained(requirements, expectedAnswer(approving, situation, scene, member)),
        };
        await tryEverything(world(), matrix);
      },
    );

    const isTakenByNobody = async (foreign: readonly Deed[], version: BuiltVersion) => {
      for (const [person, { userId, sees }] of Object.entries(scene.cast)) {
        const answers = await attemptAll(world(), foreign, userId, version, phase.key);
        const answer = userId === null ? 'UNAUTHENTICATED' : sees ? 'BAD_USER_INPUT' : 'NOT_FOUND';
        expect([person, answers]).toEqual([person, foreign.map(() => answer)]);
      }
    };

    test('commands of recorded phases do not take its versions, whoever tries', async () => {
      await isTakenByNobody(recordDeeds, await situations.approved!.bring(world(), scene));
    });

    if (!phase.signOffs)
      test('it has no signatures to give or to delegate, whoever tries', async () => {
        await isTakenByNobody(signatureDeeds, await situations['submitted and decided']!.bring(world(), scene));
      });
  });
}

/** Whoever sees a version sees the requirements of its approval, and none is open exactly if the approval would succeed. */
function expectExplained(
  requirements: readonly { code: string; status: string; explanation: string }[],
  approval: string,
): void {
  const met = requirements.every(({ status }) => status !== 'UNSATISFIED');
  expect(met).toBe(approval === 'accepted');
  for (const { explanation } of requirements) expect(explanation).toMatch(/^[A-Z0-9].*\.$/);
  expect(requirements.map(({ code }) => code).sort()).toEqual([
    'BASE_IS_CURRENT',
    'FOUR_EYES',
    'ITEMS_DECIDED',
    'PREREQUISITES',
    'ROLE',
    'SIGN_OFFS',
    'SUBMITTED',
  ]);
}
