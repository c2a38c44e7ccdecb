import { fullPhases } from '../../src/phases';
import {
  approverOf,
  buildVersion,
  demandPhase,
  itemKeys,
  mutate,
  sampleItems,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { ada, workflow, World } from '../support/world';

const MANY = 2_000;
const MAX_BODY_BYTES = 10_485_760;

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const put = (phase: string, version: BuiltVersion, count: number, from = 1) => {
  const input = {
    versionId: version.versionId,
    expectedRevision: version.revision,
    items: sampleItems(phase, count, from),
  };
  expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(MAX_BODY_BYTES);
  return world.countedBesideAsking(() => mutate(world, ada, 'putItems', 'PutItemsInput', input));
};

async function decide(phase: string, version: BuiltVersion) {
  const keys: string[] = [];
  // A page has 1,000 items at most.
  for (let after: string | null = null; ;) {
    const { phaseVersion }: any = await world.get(
      ada,
      `query ($id: UUID!, $after: String) { phaseVersion(versionId: $id) { items(first: 1000, after: $after) {
         nodes { itemKey } pageInfo { hasNextPage endCursor } } } }`,
      { id: version.versionId, after },
    );
    keys.push(...phaseVersion.items.nodes.map((item: { itemKey: string }) => item.itemKey));
    if (!phaseVersion.items.pageInfo.hasNextPage) break;
    after = phaseVersion.items.pageInfo.endCursor;
  }
  return world.countedBesideAsking(() =>
    mutate(world, approverOf(phase), 'decideItems', 'DecideItemsInput', {
      versionId: version.versionId,
      expectedRevision: version.revision,
      decisions: keys.map((itemKey) => ({ itemKey, status: 'APPROVED' })),
    }),
  );
}

const total = async (version: BuiltVersion, reviewStatus?: string[]): Promise<number> =>
  (
    await world.get(
      ada,
      `query ($id: UUID!, $s: [ItemReviewStatus!]) { phaseVersion(versionId: $id) { items(first: 0, reviewStatus: $s) { totalCount } } }`,
      { id: version.versionId, s: reviewStatus },
    )
  ).phaseVersion.items.totalCount;

describe.each(fullPhases.map((phase) => [phase.key, phase] as const))('%s', (key, { prerequisites, item }) => {
  beforeAll(async () => {
    for (const needed of prerequisites) await demandPhase(world, needed, { of: workflow, preparer: ada });
  });

  test('many items are changed in part in as many statements as few are', async () => {
    const [few, many] = await Promise.all(
      [2, 200].map(async (count) => {
        const version = await buildVersion(world, { phase: key, items: count });
        const changes = { [item.input]: (await itemKeys(world, version.versionId)).map((itemKey) => ({ itemKey })) };
        return { versionId: version.versionId, expectedRevision: version.revision, changes };
      }),
    );
    const change = (input: object) =>
      world.countedBesideAsking(() => mutate(world, ada, 'putItems', 'PutItemsInput', input));
    const first = await change(few!);
    expect((await change(many!)).statements).toHaveLength(first.statements.length);
  });

  test(`${MANY} items are put, replaced and decided in one request each, in as many statements as ten are`, async () => {
    const few = await put(key, await buildVersion(world, { phase: key, items: 0 }), 10);
    const many = await put(key, await buildVersion(world, { phase: key, items: 0 }), MANY);
    expect(many.statements).toHaveLength(few.statements.length);
    expect(await total(many.result)).toBe(MANY);

    if (item.reviewed !== 'BY_DECISIONS') return;
    const pending = await Promise.all(
      [few.result, many.result].map((version) => transition(world, ada, 'submitVersion', version)),
    );
    const decidedFew = await decide(key, pending[0]!);
    const decidedMany = await decide(key, pending[1]!);
    expect(decidedMany.statements).toHaveLength(decidedFew.statements.length);
    expect(await total(decidedMany.result, ['APPROVED'])).toBe(MANY);
  });
});

test('the keys of a version with many items are all different', async () => {
  const version = await put(
    'OBSERVATION_MANAGEMENT',
    await buildVersion(world, { phase: 'OBSERVATION_MANAGEMENT', items: 0 }),
    1_000,
  );
  expect(new Set(await itemKeys(world, version.result.versionId)).size).toBe(1_000);
});
