/** Who may start what, and when: every phase × everybody, where all phases are open, where some are, where none is. */
import { auditOnlyPhases, phases } from '../../src/phases';
import type { PhaseDeclaration } from '../../src/versioning/phase';
import { commandInput, demandPhase } from '../support/builders';
import {
  assignDataOwners,
  canActAs,
  closedWorkflow,
  openClosedWorkflow,
  type Cast,
  type Member,
} from '../support/cast';
import { answerTo, startDeeds } from '../support/deeds';
import { ada, otherWorkflow, workflow, World } from '../support/world';

let world: World;
let casts: Record<'standard' | 'other', Cast>;
beforeAll(async () => {
  world = await World.create();
  await openClosedWorkflow(world);
  casts = await assignDataOwners(world);
  await demandPhase(world, phases.at(-1)!.key, { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

const keys = phases.map(({ key }) => key);
const places: [title: string, place: typeof workflow, cast: 'standard' | 'other', open: readonly string[]][] = [
  ['where all phases are open', workflow, 'standard', keys],
  [
    'where the phases before Test Execution are open',
    ...([otherWorkflow, 'other', keys.slice(0, keys.indexOf('TEST_EXECUTION'))] as const),
  ],
  ['where only the first phase is open', closedWorkflow, 'standard', keys.slice(0, 1)],
];

/** Those who own data of another workflow only are nobody here. */
const memberOf = (cast: Cast, place: typeof workflow): [person: string, member: Member][] =>
  Object.entries(cast).map(([person, member]) =>
    place === closedWorkflow && (canActAs(member, ['DATA_OWNER']) || person === 'nominal')
      ? [person, { ...member, sees: false, actsAs: [] }]
      : [person, member],
  );

const unseen = ({ userId, sees }: Member) => (userId === null ? 'UNAUTHENTICATED' : sees ? null : 'NOT_FOUND');
const starting = (phase: PhaseDeclaration, member: Member, open: readonly string[]) => {
  if (!canActAs(member, phase.preparedBy)) return 'FORBIDDEN';
  return open.includes(phase.key) ? 'accepted' : 'PREREQUISITE_MISSING';
};

test('every recorded phase has commands that start its records', () => {
  expect(new Set(startDeeds.map(({ phase }) => phase))).toEqual(new Set(auditOnlyPhases.map(({ key }) => key)));
});

describe.each(places)('%s', (_, place, name, open) => {
  const at = { cycleId: place.cycleId, reportId: place.reportId };
  const everybody = () => memberOf(casts[name], place);

  // What starts a record opens the phase after it, so the last phase comes first.
  describe.each([...phases].reverse().map((phase) => [phase.title, phase] as const))('%s', (_, phase) => {
    test('says to everybody whether they can start there, and who cannot is told why', async () => {
      for (const [person, member] of everybody()) {
        if (member.userId === null || !member.sees) continue;
        const { workflow: seen } = await world.get(
          member.userId,
          `query ($c: UUID!, $r: UUID!, $p: Phase!) { workflow(cycleId: $c, reportId: $r) {
             workflowPhase(phase: $p) { canCreate cannotCreateReason } } }`,
          { c: place.cycleId, r: place.reportId, p: phase.key },
        );
        const answer = starting(phase, member, open);
        expect([person, seen.workflowPhase]).toEqual([
          person,
          {
            canCreate: answer === 'accepted',
            cannotCreateReason: answer === 'accepted' ? null : expect.stringMatching(/^[A-Z].*\.$/),
          },
        ]);
      }
    });

    test('starts for whom it says so', async () => {
      const input = { ...at, phase: phase.key };
      for (const [person, member] of everybody()) {
        const drafted = phase.versioning === 'FULL' ? starting(phase, member, open) : 'BAD_USER_INPUT';
        const createVersion = { mutation: 'createVersion', inputType: 'CreateVersionInput' };
        expect([person, await answerTo(world, member.userId, createVersion, input)]).toEqual([
          person,
          unseen(member) ?? drafted,
        ]);
        if (phase.versioning === 'FULL') continue;
        for (const deed of startDeeds.filter((start) => start.phase === phase.key)) {
          const given = { ...at, ...commandInput(phase, deed.mutation) };
          expect([person, deed.mutation, await answerTo(world, member.userId, deed, given)]).toEqual([
            person,
            deed.mutation,
            unseen(member) ?? starting(phase, member, open),
          ]);
        }
      }
    });
  });
});
