/**
 * What is explained is what is enforced: over random states of test reports, everybody is told what an approval still takes,
 * tries it, and is refused for exactly the first thing that is missing. And what waits for somebody is what they may decide.
 * `FC_RUNS` says how many histories, `FC_SEED` which.
 */
import fc from 'fast-check';
import { buildVersion, demandPhase, itemKeys, sampleItems, type BuiltVersion } from '../support/builders';
import { effort, seed } from '../support/effort';
import { ada, aud, ben, both, dan, olga, root, stranger, tess, workflow, World } from '../support/world';

const RUNS = effort.historiesOfApprovals;
const FINAL = 'FINALIZE_TEST_REPORT';
const deputy = 41;
const people = [ada, ben, olga, tess, both, deputy, dan, root, aud, stranger];
const roles = ['test_lead', 'report_owner', 'test_executive'] as const;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values (${deputy}, 'Dora Deputy', true);
     insert into user_roles (user_id, role) values (${deputy}, 'REPORT_OWNER'), (${deputy}, 'TESTER'), (${deputy}, 'TEST_EXECUTIVE')`,
  );
  await demandPhase(world, FINAL, { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

/** How an approval is refused for want of each requirement. */
const codes: Record<string, string> = {
  ROLE: 'FORBIDDEN',
  SUBMITTED: 'INVALID_TRANSITION',
  FOUR_EYES: 'FOUR_EYES',
  ITEMS_DECIDED: 'ITEMS_UNDECIDED',
  BASE_IS_CURRENT: 'STALE_BASE',
  SIGN_OFFS: 'SIGN_OFFS_MISSING',
  PREREQUISITES: 'PREREQUISITE_MISSING',
};
const decisions = ['APPROVE', 'REJECT', 'DECIDE_ITEMS', 'SIGN_OFF'];

/** One thing that somebody does to the version, or to what it stands on; most of it is refused most of the time. */
type Step = readonly [mutation: string, input: string, userId: number, more: (keys: string[]) => object];
const person = fc.constantFrom(...people);
const step = (mutation: string, input: string, more: fc.Arbitrary<(keys: string[]) => object>, who = person) =>
  fc.tuple(fc.constant(mutation), fc.constant(input), who, more) as fc.Arbitrary<Step>;
const nothing = fc.constant(() => ({}));
const role = fc.constantFrom(...roles);
const signer = fc.constantFrom(ben, olga, tess, deputy);
const steps = fc.oneof(
  step('submitVersion', 'VersionTransitionInput', nothing, fc.constantFrom(ada, ben)),
  step('withdrawVersion', 'VersionTransitionInput', nothing, fc.constantFrom(ada, ben)),
  step(
    'putItems',
    'PutItemsInput',
    fc.integer({ min: 1, max: 3 }).map((n) => () => ({ items: sampleItems(FINAL, 1, 10 + n) })),
    fc.constantFrom(ada, ben, deputy),
  ),
  step(
    'updateVersion',
    'UpdateVersionInput',
    fc.boolean().map((flag) => () => ({ content: { finalizeTestReport: { requiresExecutiveApproval: flag } } })),
    fc.constantFrom(ada, tess),
  ),
  step(
    'decideItems',
    'DecideItemsInput',
    fc.constantFrom('APPROVED', 'REJECTED', 'PENDING').map((status) => (keys: string[]) => ({
      decisions: keys.map((itemKey) => ({ itemKey, status })),
    })),
    fc.constantFrom(tess, tess, olga),
  ),
  ...[1, 2].map(() =>
    step(
      'signOff',
      'SignOffInput',
      fc.tuple(role, fc.constantFrom('SIGNED', 'SIGNED', 'REJECTED')).map(([of, status]) => () => ({
        role: of,
        status,
        meaning: 'Review',
        comments: 'Said.',
      })),
      signer,
    ),
  ),
  step(
    'delegateSignOff',
    'DelegateSignOffInput',
    fc.tuple(role, fc.constantFrom(deputy, both, stranger, ben, olga)).map(([of, toUserId]) => () => ({
      role: of,
      toUserId,
      reason: 'On leave.',
    })),
    signer,
  ),
);
/** Most histories go the usual way for a while, so that the deep states are reached as well. */
const usual: Step[] = [
  ['submitVersion', 'VersionTransitionInput', ada, () => ({})],
  [
    'decideItems',
    'DecideItemsInput',
    tess,
    (keys) => ({ decisions: keys.map((itemKey) => ({ itemKey, status: 'APPROVED' })) }),
  ],
  ...([ben, olga, tess] as const).map((who, n): Step => [
    'signOff',
    'SignOffInput',
    who,
    () => ({ role: roles[n], status: 'SIGNED', meaning: 'Review' }),
  ]),
];
const histories = fc
  .tuple(fc.integer({ min: 0, max: usual.length }), fc.array(steps, { minLength: 1, maxLength: 8 }), fc.boolean())
  .map(([n, random, first]) => (first ? [...random, ...usual.slice(0, n)] : [...usual.slice(0, n), ...random]));

const askedOf = `query ($id: UUID!) { phaseVersion(versionId: $id) { versionId revision status availableActions
  approvalRequirements { code status } } reviewQueue(first: 100) { nodes { versionId } } }`;

const reached: Record<string, number> = {};

/** Everybody reads, and tries: all but one, for whom it would go through. Returns who that is. */
async function everybodyAgrees(versionId: string): Promise<number | undefined> {
  let able: number | undefined;
  for (const userId of people) {
    const { phaseVersion, reviewQueue } = await world.get(userId, askedOf, { id: versionId });
    const waits = reviewQueue.nodes.some((node: { versionId: string }) => node.versionId === versionId);
    const mayDecide = phaseVersion?.availableActions.some((action: string) => decisions.includes(action)) ?? false;
    expect([userId, waits]).toEqual([userId, mayDecide]);
    if (!phaseVersion) continue;
    const missing = phaseVersion.approvalRequirements.find(
      ({ status }: { status: string }) => status === 'UNSATISFIED',
    );
    expect([userId, phaseVersion.availableActions.includes('APPROVE')]).toEqual([userId, !missing]);
    if (!missing) {
      able = userId;
      continue;
    }
    reached[missing.code] = (reached[missing.code] ?? 0) + 1;
    const refusal = await world.codeOf(
      userId,
      'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { status } } }',
      { input: { versionId, expectedRevision: phaseVersion.revision } },
    );
    expect([userId, missing.code, refusal]).toEqual([userId, missing.code, codes[missing.code]]);
  }
  return able;
}

test(`in ${RUNS} random histories an approval is explained as it is enforced (FC_SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { versionId }: BuiltVersion = await buildVersion(world, { phase: FINAL, items: 2 });
      let able: number | undefined;
      for (const [mutation, input, userId, more] of history) {
        const { phaseVersion } = await world.get(
          aud,
          'query ($id: UUID!) { phaseVersion(versionId: $id) { revision } }',
          {
            id: versionId,
          },
        );
        const { errors } = await world.ask(
          userId,
          `mutation ($input: ${input}!) { ${mutation}(input: $input) { version { status } } }`,
          { input: { versionId, expectedRevision: phaseVersion.revision, ...more(await itemKeys(world, versionId)) } },
        );
        expect(errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
        if (!errors) able = await everybodyAgrees(versionId);
      }
      if (able === undefined) return;
      reached.approved = (reached.approved ?? 0) + 1;
      const { phaseVersion } = await world.get(able, askedOf, { id: versionId });
      const { approveVersion } = await world.get(
        able,
        'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { status } } }',
        { input: { versionId, expectedRevision: phaseVersion.revision } },
      );
      expect(approveVersion.version.status).toBe('APPROVED');
      await everybodyAgrees(versionId);
    }),
    // The usual way to its end comes first, since by chance alone few histories end in an approval, and some times none does.
    { numRuns: RUNS, seed, endOnFailure: true, examples: [[usual]] },
  );
  // The histories went where there is something to see.
  for (const code of ['ROLE', 'SUBMITTED', 'ITEMS_DECIDED', 'SIGN_OFFS', 'approved'])
    expect([code, reached[code] ?? 0]).not.toEqual([code, 0]);
});
