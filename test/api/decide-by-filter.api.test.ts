/** Decisions on all items that a filter finds: as many as were seen, or none. */
import { randomUUID } from 'node:crypto';
import { buildVersion, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { ada, aud, both, olga, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** A version of Scoping with items of which every third is LOW. */
async function submitted(count: number): Promise<BuiltVersion> {
  const draft = await buildVersion(world, { phase: 'SCOPING', items: 0 });
  const items = Array.from({ length: count }, (_, n) => ({
    ...sampleItem('SCOPING', n + 1),
    riskRating: n % 3 === 0 ? 'LOW' : 'HIGH',
  }));
  const filled = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: draft.versionId,
    expectedRevision: draft.revision,
    items: { scopingDecisions: items },
  });
  return transition(world, ada, 'submitVersion', filled);
}

const low = { reviewStatus: ['PENDING'], fields: [{ field: 'riskRating', equals: 'LOW' }] };
const decide =
  'mutation ($input: DecideItemsInput!) { decideItems(input: $input) { version { revision } changeSet { id } } }';
const inputOf = ({ versionId, revision }: BuiltVersion, matching: object, more: object = {}) => ({
  input: { versionId, expectedRevision: revision, matching: { status: 'APPROVED', filter: low, ...matching }, ...more },
});
const refusal = async (variables: object, as = olga) => {
  const { errors } = await world.ask(as, decide, variables);
  return errors?.[0] && { message: errors[0].message, ...errors[0].extensions };
};
const decided = async ({ versionId }: BuiltVersion): Promise<Record<string, number>> => {
  const { phaseVersion } = await world.get(
    aud,
    `query ($v: UUID!) { phaseVersion(versionId: $v) { items(first: 1000) { nodes { reviewStatus ... on ScopingDecision { riskRating } } } } }`,
    { v: versionId },
  );
  const counts: Record<string, number> = {};
  for (const { reviewStatus, riskRating } of phaseVersion.items.nodes)
    counts[`${riskRating} ${reviewStatus}`] = (counts[`${riskRating} ${reviewStatus}`] ?? 0) + 1;
  return counts;
};

test('all that are found are decided in one commit, and no others', async () => {
  const version = await submitted(7);
  const { decideItems } = await world.get(olga, decide, inputOf(version, { expectedCount: 3, notes: 'Low is fine.' }));
  expect(decideItems.version.revision).toBe(version.revision + 1);
  expect(await decided(version)).toEqual({ 'LOW APPROVED': 3, 'HIGH PENDING': 4 });
  const rest = { expectedCount: 4, status: 'REJECTED', notes: 'Say why.', filter: { reviewStatus: ['PENDING'] } };
  await world.get(olga, decide, inputOf({ ...version, revision: version.revision + 1 }, rest));
  expect(await decided(version)).toEqual({ 'LOW APPROVED': 3, 'HIGH REJECTED': 4 });
  const back = { expectedCount: 4, status: 'PENDING', filter: { decidedBy: [olga], reviewStatus: ['REJECTED'] } };
  await world.get(olga, decide, inputOf({ ...version, revision: version.revision + 2 }, back));
  expect(await decided(version)).toEqual({ 'LOW APPROVED': 3, 'HIGH PENDING': 4 });
});

test('if there are more or fewer than were seen, nothing is decided, and it is said how many there are', async () => {
  const version = await submitted(4);
  for (const expectedCount of [0, 1, 3, -1])
    expect(await refusal(inputOf(version, { expectedCount }))).toMatchObject({
      code: 'CONFLICT',
      expectedCount,
      actualCount: 2,
    });
  expect(await decided(version)).toEqual({ 'LOW PENDING': 2, 'HIGH PENDING': 2 });
  expect(await refusal(inputOf(version, { expectedCount: 2 }))).toBeUndefined();
});

test('what is wrong in itself is refused with what to send', async () => {
  const version = await submitted(3);
  const bad = { code: 'BAD_USER_INPUT' };
  const single = { decisions: [{ itemKey: randomUUID(), status: 'APPROVED' }] };
  expect(await refusal(inputOf(version, { expectedCount: 1 }, single))).toMatchObject(bad);
  expect(await refusal(inputOf(version, {}, { matching: null }))).toMatchObject(bad);
  const none = { filter: { itemKeys: [] }, expectedCount: 0 };
  expect(await refusal(inputOf(version, none))).toMatchObject({ ...bad, message: expect.stringContaining('no items') });
  expect(await refusal(inputOf(version, { expectedCount: 1, status: 'REJECTED' }))).toMatchObject({
    ...bad,
    argument: 'notes',
  });
  expect(await refusal(inputOf(version, { expectedCount: 1, status: 'MODIFIED', notes: 'So.' }))).toMatchObject({
    ...bad,
    allowed: ['PENDING', 'APPROVED', 'REJECTED'],
  });
  const unknown = { filter: { fields: [{ field: 'riskRatings', equals: 'LOW' }] }, expectedCount: 1 };
  expect(await refusal(inputOf(version, unknown))).toMatchObject({ ...bad, field: 'riskRatings' });
  const reason = inputOf(version, { expectedCount: 1, status: 'REJECTED' }, { reason: 'All too vague.' });
  expect(await refusal(reason)).toBeUndefined();
});

test('who may not decide learns nothing of how many there are', async () => {
  const version = await submitted(3);
  const variables = inputOf(version, { expectedCount: 99 });
  expect(await refusal(variables, ada)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusal(variables, both)).toMatchObject({ code: 'NOT_FOUND' });
  const planning = await buildVersion(world, { phase: 'PLANNING', status: 'PENDING_APPROVAL', of: workflow });
  expect(await refusal(inputOf(planning, { expectedCount: 99, filter: {} }), ada)).toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining('not reviewed one by one'),
  });
});

test('of two at once one decides, and the other is told to look again', async () => {
  const version = await submitted(6);
  const answers = await Promise.all([1, 2].map(() => refusal(inputOf(version, { expectedCount: 2 }))));
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  expect(answers.find(Boolean)).toMatchObject({ code: 'CONFLICT' });
  expect(await decided(version)).toEqual({ 'LOW APPROVED': 2, 'HIGH PENDING': 4 });
});

test('a repeated request is answered with what it did, though the filter finds nothing any more', async () => {
  const version = await submitted(3);
  const variables = inputOf(version, { expectedCount: 1 }, { idempotencyKey: randomUUID() });
  const done = await world.get(olga, decide, variables);
  expect(await world.get(olga, decide, variables)).toEqual(done);
});

test('many are decided in as many statements as few are', async () => {
  const [few, many] = [await submitted(3), await submitted(600)];
  const counted = (version: BuiltVersion, expectedCount: number) =>
    world.countedBesideAsking(() => world.get(olga, decide, inputOf(version, { expectedCount })));
  const first = await counted(few, 1);
  expect((await counted(many, 200)).statements).toHaveLength(first.statements.length);
});
