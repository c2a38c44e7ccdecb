/** What an item says of itself: the hash of its content, and what it is about in another phase. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { buildVersion, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { now } from '../past/support';
import { ada, aud, olga, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const sha256 = (value: unknown) => createHash('sha256').update(canonicalize(value)!, 'utf8').digest('hex');
const itemsOf = async ({ versionId }: BuiltVersion, fields: string, directive = '') =>
  (
    await world.get(
      aud,
      `query ${directive} { phaseVersion(versionId: "${versionId}") { items(first: 100) { nodes { ${fields} } } } }`,
    )
  ).phaseVersion.items.nodes;

// Asked twice, it is answered by resolvers and by a plan.
test.each(['itemKey content contentHash', 'itemKey content contentHash carriedFromVersion { versionId }'])(
  'its contentHash is that of its content: %s',
  async (fields) => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 3 });
    for (let turn = 0; turn < 2; turn++)
      for (const { content, contentHash } of await itemsOf(version, fields)) expect(contentHash).toBe(sha256(content));
    const [{ itemKey }] = await itemsOf(version, 'itemKey');
    await world.sql('owner', 'update attribute_decisions set decision_reason = $2 where item_key = $1', [
      itemKey,
      'Behind the service’s back.',
    ]);
    for (let turn = 0; turn < 2; turn++) {
      const items = await itemsOf(version, fields);
      const edited = items.find((item: any) => item.itemKey === itemKey);
      expect(edited.content.decisionReason).toBe('Behind the service’s back.');
      for (const { content, contentHash } of items) expect(contentHash).toBe(sha256(content));
    }
  },
);

test('an item of Scoping leads to the attribute, as the version of Planning that is in force has it', async () => {
  const attribute = (n: number) => sampleItem('PLANNING', n).attributeId as string;
  const planned = (reason: string) => ({
    attributeDecisions: [1, 2].map((n) => ({
      attributeId: attribute(n),
      attributeData: { name: `Attribute ${n}` },
      decisionType: 'INCLUDE',
      decisionReason: reason,
    })),
  });
  const plan = async (reason: string) => {
    const draft = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId: workflow.cycleId,
      reportId: workflow.reportId,
      phase: 'PLANNING',
      carryForward: 'NONE',
      items: planned(reason),
    });
    return transition(world, ada, 'approveVersion', await transition(world, ada, 'submitVersion', draft));
  };
  const first = await plan('First.');
  const then = await now(world);
  const scoping = await buildVersion(world, { phase: 'SCOPING', items: 1 });
  const put = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: scoping.versionId,
    expectedRevision: scoping.revision,
    items: {
      scopingDecisions: [
        { attributeId: attribute(2).toUpperCase(), isInScope: true },
        { attributeId: attribute(3), isInScope: true },
      ],
    },
  });
  const reasons = async (directive = '') =>
    Object.fromEntries(
      (await itemsOf(put, '... on ScopingDecision { attributeId attribute { label decisionReason } }', directive)).map(
        (item: any) => [
          item.attributeId,
          item.attribute && `${item.attribute.label}: ${item.attribute.decisionReason}`,
        ],
      ),
    );
  expect(await reasons()).toMatchObject({ [attribute(2)]: 'Attribute 2: First.', [attribute(3)]: null });
  const { result: few, statements } = await world.counted(() => reasons());
  expect(Object.keys(few).length).toBeGreaterThan(2);
  const noted = await now(world);
  await plan('Second.');
  expect(await reasons()).toMatchObject({ [attribute(2)]: 'Attribute 2: Second.' });
  expect(await reasons(`@asOf(at: "${noted}")`)).toMatchObject({ [attribute(2)]: 'Attribute 2: First.' });
  expect(statements.length).toBeLessThanOrEqual(6);
  expect(then < noted && first.status).toBe('APPROVED');
});

test('the requirement says how many items are rejected, whether all are decided or not', async () => {
  const version = await buildVersion(world, { phase: 'SCOPING', items: 3, status: 'PENDING_APPROVAL' });
  const decidedSoFar = async () =>
    (
      await world.get(
        olga,
        `{ phaseVersion(versionId: "${version.versionId}") { approvalRequirements { code explanation } } }`,
      )
    ).phaseVersion.approvalRequirements.find(({ code }: { code: string }) => code === 'ITEMS_DECIDED').explanation;
  const keys: string[] = (await itemsOf(version, 'itemKey')).map(({ itemKey }: { itemKey: string }) => itemKey);
  const decide = (revision: number, decisions: readonly (readonly [key: string, status: string])[]) =>
    mutate(world, olga, 'decideItems', 'DecideItemsInput', {
      versionId: version.versionId,
      expectedRevision: revision,
      decisions: decisions.map(([itemKey, status]) => ({ itemKey, status, notes: 'So it is.' })),
    });
  expect(await decidedSoFar()).toBe('3 of 3 items are undecided.');
  const { revision } = await decide(version.revision, [[keys[0]!, 'REJECTED']]);
  expect(await decidedSoFar()).toBe('2 of 3 items are undecided; 1 is rejected.');
  await decide(revision, [
    [keys[1]!, 'REJECTED'],
    [keys[2]!, 'APPROVED'],
  ]);
  expect(await decidedSoFar()).toBe('All 3 items are decided; 2 are rejected.');
});
