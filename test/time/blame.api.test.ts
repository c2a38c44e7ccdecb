/** Who set what: for every field of every item the version, the person and the instant that last gave it its value. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { fullPhases, fullPhaseOf, phaseOf } from '../../src/phases';
import { contentFields } from '../../src/versioning/fields';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { BlameAsOfDocument, BlameDocument, BlameThenDocument, type BlamedFragment } from '../generated/graphql';
import { buildRecord, buildVersion, itemKeys, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { logFaults } from '../support/log';
import { ada, aud, ben, eve, olga, World } from '../support/world';
import { Drafts, type Fields } from './drafts';

let world: World;
let planning: Drafts;
beforeAll(async () => {
  world = await World.create();
  planning = new Drafts(world, 'PLANNING');
});
afterAll(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const attributeId = (n: number) => sampleItem('PLANNING', n).attributeId;
const plan = (n: number, fields: Fields = {}): Fields => ({
  attributeId: attributeId(n),
  attributeData: { name: `Attribute ${n}` },
  decisionType: 'INCLUDE',
  ...fields,
});
const FIELDS = [
  '/attributeId',
  '/attributeCode',
  '/attributeData',
  '/decisionType',
  '/decisionReason',
  '/decisionMetadata',
];

async function blame(
  { versionId }: Pick<BuiltVersion, 'versionId'>,
  keys: readonly string[] | null = null,
  as = aud,
): Promise<readonly BlamedFragment[]> {
  const itemKeys = keys && [...keys];
  return (await world.run(as, BlameDocument, { versionId, itemKeys })).phaseVersion!.blame!;
}
/** `version/person` of each field. */
const short = (item: BlamedFragment | undefined): Record<string, string> =>
  Object.fromEntries(
    item!.fields.map(({ path, setBy, setInVersion }) => [path, `${setInVersion.versionNumber}/${setBy.userId}`]),
  );
const of = async (version: Pick<BuiltVersion, 'versionId'>, key: string, as = aud) =>
  short((await blame(version, [key], as))[0]);
/** All fields the same, except some. */
const all = (origin: string, except: Record<string, string> = {}): Record<string, string> => ({
  ...Object.fromEntries(FIELDS.map((path) => [path, origin])),
  ...except,
});
const setAt = async (version: Pick<BuiltVersion, 'versionId'>, key: string, path: string) =>
  (await blame(version, [key]))[0]!.fields.find((field) => field.path === path)!.setAt;
/** When a version's last commit was made. */
async function lastCommit({ versionId }: Pick<BuiltVersion, 'versionId'>): Promise<string> {
  const { phaseVersion } = await world.get(
    aud,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { changes(first: 1) { nodes { committedAt } } } }`,
    { id: versionId },
  );
  return phaseVersion.changes.nodes[0].committedAt as string;
}
const number = ({ versionNumber }: BuiltVersion) => versionNumber;

/** A version in force with n items that ada put there, and nothing before it. */
const first = async (n = 2, fields: Fields = {}) =>
  planning.approve(
    await planning.start({
      carryForward: 'NONE',
      items: Array.from({ length: n }, (_, i) => plan(i + 1, fields)),
    }),
  );

describe('a field that was set once', () => {
  test('is its first version’s, however often it is carried', async () => {
    let version = await first();
    const [key] = await itemKeys(world, version.versionId);
    const origin = `${number(version)}/${ada}`;
    const at = await setAt(version, key!, '/attributeData');
    for (let i = 0; i < 2; i++) {
      version = await planning.approve(await planning.start({ by: ben }));
      expect(await of(version, key!)).toEqual(all(origin));
      expect(await setAt(version, key!, '/attributeData')).toBe(at);
    }
  });

  test('is answered with the value the item has, in the order of the fields', async () => {
    const version = await first(1);
    const [key] = await itemKeys(world, version.versionId);
    const [item] = await blame(version);
    const { content, label } = (await planning.read(version)).items[key!]!;
    expect(item).toMatchObject({ itemKey: key, label });
    expect(item!.fields.map(({ path }) => path)).toEqual(FIELDS);
    for (const { path, value, setInVersion } of item!.fields) {
      expect(value).toEqual(content[path.slice(1)]);
      expect(setInVersion.versionId).toBe(version.versionId);
    }
  });
});

describe('a field that was edited', () => {
  test('is the editor’s, and the others stay whose they were', async () => {
    const v1 = await first();
    const [key, other] = await itemKeys(world, v1.versionId);
    const v2 = await planning.edit(await planning.start(), key!, { decisionReason: 'Ben says so.' }, ben);
    expect(await of(v2, key!)).toEqual(all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v2)}/${ben}` }));
    expect(await setAt(v2, key!, '/decisionReason')).toBe(await lastCommit(v2));
    expect(await of(v2, other!)).toEqual(all(`${number(v1)}/${ada}`));
    // The version before says what it said.
    expect(await of(v1, key!)).toEqual(all(`${number(v1)}/${ada}`));
  });

  test('twice within one draft is the later editor’s, at the later instant', async () => {
    const v1 = await first(1);
    const [key] = await itemKeys(world, v1.versionId);
    const once = await planning.edit(await planning.start(), key!, { decisionReason: 'Once.' }, ada);
    const early = await setAt(once, key!, '/decisionReason');
    const twice = await planning.edit(once, key!, { decisionReason: 'Twice.' }, ben);
    expect(await of(twice, key!)).toEqual(
      all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(twice)}/${ben}` }),
    );
    expect(await setAt(twice, key!, '/decisionReason')).toBe(await lastCommit(twice));
    expect((await lastCommit(twice)) > early).toBe(true);
    // Saving it as it is sets nothing.
    const saved = await planning.edit(twice, key!, { decisionReason: 'Twice.' }, ada);
    expect(await of(saved, key!)).toEqual(await of(twice, key!));
  });

  test('away and back again is whose the way back was', async () => {
    const v1 = await first(1, { decisionReason: 'As it was.' });
    const [key] = await itemKeys(world, v1.versionId);
    const away = await planning.edit(await planning.start(), key!, { decisionReason: 'Different.' }, ada);
    const back = await planning.edit(away, key!, { decisionReason: 'As it was.' }, ben);
    const expected = all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(back)}/${ben}` });
    expect(await of(back, key!)).toEqual(expected);
    const v3 = await planning.start();
    await planning.approve(back);
    expect(await of(v3, key!)).toEqual(all(`${number(v1)}/${ada}`));
    expect(await of(await planning.start(), key!)).toEqual(expected);
  });

  test('to nothing is whoever cleared it', async () => {
    const v1 = await first(1, { decisionReason: 'A reason.' });
    const [key] = await itemKeys(world, v1.versionId);
    const v2 = await planning.edit(await planning.start(), key!, { decisionReason: null }, ben);
    expect((await of(v2, key!))['/decisionReason']).toBe(`${number(v2)}/${ben}`);
  });

  test('in a draft that was carried on before is not the other draft’s business', async () => {
    const v1 = await planning.start({ carryForward: 'NONE', items: [plan(1, { decisionReason: 'At first.' })] });
    const [key] = await itemKeys(world, v1.versionId);
    const v2 = await planning.start({ by: ben, parentVersionId: v1.versionId, carryForward: 'ALL_ITEMS' });
    await planning.edit(v1, key!, { decisionReason: 'Later.', decisionMetadata: { later: true } });
    expect((await planning.read(v2)).items[key!]!.content.decisionReason).toBe('At first.');
    expect(await of(v2, key!)).toEqual(all(`${number(v1)}/${ada}`));
    expect(await setAt(v2, key!, '/decisionReason')).toBe(await setAt(v2, key!, '/attributeData'));
  });
});

test('a restored version leads back to where the old values were set', async () => {
  const v1 = await first(1, { decisionReason: 'Old.' });
  const [key] = await itemKeys(world, v1.versionId);
  const v2 = await planning.approve(await planning.edit(await planning.start(), key!, { decisionReason: 'New.' }, ben));
  const restored = await transition(world, ben, 'restoreVersion', await planning.read(v1));
  expect(await of(restored, key!)).toEqual(all(`${number(v1)}/${ada}`));
  expect(await of(v2, key!)).toEqual(all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v2)}/${ben}` }));
});

test('of a rebased draft, what came from the other side leads to who wrote it there, also when it is carried on', async () => {
  const v1 = await first(3);
  const [theirs, merged, ours] = await itemKeys(world, v1.versionId);
  const [draft, other] = [await planning.start(), await planning.start({ by: ben })];
  let v3 = await planning.edit(other, theirs!, { decisionReason: 'Theirs.' }, ben);
  v3 = await planning.put(v3, [plan(9)], ben);
  v3 = await planning.approve(await planning.edit(v3, merged!, { decisionReason: 'Theirs.' }, ben));
  let v2 = await planning.edit(draft, merged!, { decisionMetadata: { by: 'us' } });
  v2 = await planning.edit(v2, ours!, { decisionMetadata: { by: 'us' } });
  await planning.rebase(v2);
  const [from1, from2, from3] = [`${number(v1)}/${ada}`, `${number(v2)}/${ada}`, `${number(v3)}/${ben}`];
  const added = Object.values((await planning.read(v3)).items).find(
    ({ content }) => content.attributeId === attributeId(9),
  )!;
  expect(await of(v2, theirs!)).toEqual(all(from1, { '/decisionReason': from3 }));
  expect(await of(v2, added.itemKey)).toEqual(all(from3));
  expect(await of(v2, ours!)).toEqual(all(from1, { '/decisionMetadata': from2 }));
  const ofBoth = all(from1, { '/decisionReason': from3, '/decisionMetadata': from2 });
  expect(await of(v2, merged!)).toEqual(ofBoth);
  expect(await setAt(v2, merged!, '/decisionReason')).toBe(await setAt(v3, merged!, '/decisionReason'));
  const { phaseVersion } = await world.get(
    ada,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { items { nodes { itemKey mergedFromVersion { versionId } } } } }`,
    { id: v2.versionId },
  );
  const mergedFrom = new Map(phaseVersion.items.nodes.map((item: any) => [item.itemKey, item.mergedFromVersion]));
  expect([mergedFrom.get(merged), mergedFrom.get(ours)]).toEqual([{ versionId: v3.versionId }, null]);
  // Carried on, edited by somebody else and merged once more, each field stays whose it was.
  await planning.approve(await planning.read(v2));
  let [v4, v5] = [await planning.start({ by: ben }), await planning.start({ by: ben })];
  expect(await of(v4, merged!)).toEqual(ofBoth);
  v5 = await planning.approve(await planning.edit(v5, merged!, { decisionType: 'EXCLUDE' }, ben));
  v4 = await planning.edit(v4, merged!, { attributeData: { name: 'Renamed' } }, ben);
  await planning.rebase(v4);
  expect(await of(v4, merged!)).toEqual({
    ...ofBoth,
    '/decisionType': `${number(v5)}/${ben}`,
    '/attributeData': `${number(v4)}/${ben}`,
  });
});

test('of an item whose ancestor was removed since, what was set there stays there', async () => {
  const v1 = await planning.start({ carryForward: 'NONE', items: [plan(1), plan(2)] });
  const [key] = await itemKeys(world, v1.versionId);
  const v2 = await planning.start({ parentVersionId: v1.versionId, carryForward: 'ALL_ITEMS', by: ben });
  const edited = await planning.edit(v2, key!, { decisionReason: 'Ben says so.' }, ben);
  const expected = all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v2)}/${ben}` });
  expect(await of(edited, key!)).toEqual(expected);
  await planning.remove(v1, [key!]);
  expect(await of(edited, key!)).toEqual(expected);
  const item = (await planning.read(edited)).items[key!]!;
  expect(item).toMatchObject({ carriedFromItem: null, carriedFromVersion: { versionId: v1.versionId } });
});

test('an item that was removed and added again is whoever added it again', async () => {
  const v1 = await first(2);
  const [key] = await itemKeys(world, v1.versionId);
  const removed = await planning.remove(await planning.start(), [key!]);
  const v2 = await planning.put(removed, [plan(1)], ben);
  expect(await of(v2, key!)).toEqual(all(`${number(v2)}/${ben}`));
});

test('an item taken over by a draft from what was rejected leads to who wrote it there', async () => {
  const v1 = await planning.reject(await planning.start({ carryForward: 'NONE', items: [plan(1)], by: ben }));
  const [key] = await itemKeys(world, v1.versionId);
  const v2 = await transition(world, ada, 'reviseVersion', v1);
  expect(await of(v2, key!)).toEqual(all(`${number(v1)}/${ben}`));
});

describe('only the items asked for', () => {
  test('are answered, and keys that the version does not have are not', async () => {
    const version = await first(3);
    const keys = await itemKeys(world, version.versionId);
    const answered = async (asked: readonly string[] | null) =>
      (await blame(version, asked)).map(({ itemKey }) => itemKey);
    expect(await answered(null)).toEqual(keys);
    expect(await answered([keys[2]!, keys[0]!])).toEqual([keys[0], keys[2]]);
    expect(await answered([keys[1]!, keys[1]!])).toEqual([keys[1]]);
    expect(await answered([keys[1]!.toUpperCase()])).toEqual([keys[1]]);
    expect(await answered([randomUUID(), keys[0]!])).toEqual([keys[0]]);
    expect(await answered([randomUUID()])).toEqual([]);
    expect(await answered([])).toEqual([]);
  });

  test('more than a thousand are asked about by their keys', async () => {
    const items = Array.from({ length: 1001 }, (_, i) => plan(1000 + i));
    const version = await planning.start({ carryForward: 'NONE', items });
    const refusal = await world.refusal(aud, BlameDocument, { versionId: version.versionId });
    expect(refusal?.extensions.code).toBe('BAD_USER_INPUT');
    const some = (await itemKeys(world, version.versionId)).slice(0, 2);
    expect(await blame(version, some)).toHaveLength(2);
  });

  test('a version without items has none', async () => {
    const version = await planning.start({ carryForward: 'NONE' });
    expect(await blame(version)).toEqual([]);
    expect(await blame(version, [randomUUID()])).toEqual([]);
  });
});

test('what was written outside the API is said to be whose version it is', async () => {
  const v1 = await first(1);
  const [key] = await itemKeys(world, v1.versionId);
  const v2 = await planning.start({ by: ben });
  await world.sql('owner', `update attribute_decisions set decision_reason = 'By hand.' where version_id = $1`, [
    v2.versionId,
  ]);
  expect(await of(v2, key!)).toEqual(all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v2)}/${ben}` }));
  const v3 = await planning.edit(v2, key!, { decisionMetadata: { seen: true } });
  expect(await of(v3, key!)).toEqual(
    all(`${number(v1)}/${ada}`, {
      '/decisionReason': `${number(v2)}/${ben}`,
      '/decisionMetadata': `${number(v2)}/${ada}`,
    }),
  );
});

describe('a deleted version', () => {
  test('is not named to who may not see it: what was set in it counts for the version that carried it on', async () => {
    const v1 = await first(1);
    const [key] = await itemKeys(world, v1.versionId);
    const draft = await planning.edit(await planning.start(), key!, { decisionReason: 'Rejected.' }, ben);
    const v2 = await planning.reject(await planning.put(draft, [plan(2)], ben));
    const keys = await itemKeys(world, v2.versionId);
    const added = keys.find((one) => one !== key)!;
    const v3 = await transition(world, ada, 'reviseVersion', v2);
    await transition(world, ada, 'deleteVersion', await planning.read(v2));
    const whole = all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v2)}/${ben}` });
    // Testers and the auditor see what is deleted, the report owner does not.
    for (const person of [ada, aud]) {
      expect(await of(v3, key!, person)).toEqual(whole);
      expect(await of(v3, added, person)).toEqual(all(`${number(v2)}/${ben}`));
    }
    expect(await of(v3, key!, olga)).toEqual(
      all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v3)}/${ada}` }),
    );
    expect(await of(v3, added, olga)).toEqual(all(`${number(v3)}/${ada}`));
    // Hidden today is hidden in the past as well.
    const at = await lastCommit(v3);
    const { phaseVersion } = await world.run(olga, BlameAsOfDocument, { versionId: v3.versionId, at });
    expect(phaseVersion!.blame!.map(short)[0]).toEqual(
      all(`${number(v1)}/${ada}`, { '/decisionReason': `${number(v3)}/${ada}` }),
    );
  });
});

test('in the past it is answered as it would have been then', async () => {
  const v1 = await first(2);
  const [key, other] = await itemKeys(world, v1.versionId);
  const steps: { at: string; expected: unknown }[] = [];
  let v2 = await planning.start();
  const note = async () => steps.push({ at: await lastCommit(v2), expected: await blame(v2) });
  await note();
  v2 = await planning.edit(v2, key!, { decisionReason: 'One.' }, ben);
  await note();
  v2 = await planning.edit(v2, key!, { decisionReason: 'Two.', decisionMetadata: { two: 2 } });
  await note();
  v2 = await planning.remove(v2, [other!]);
  await note();
  v2 = await planning.put(v2, [plan(2, { decisionReason: 'Again.' })], ben);
  await note();
  await planning.approve(v2);
  expect(new Set(steps.map(({ expected }) => JSON.stringify(expected))).size).toBe(steps.length);
  for (const { at, expected } of steps) {
    const variables = { versionId: v2.versionId, at };
    expect((await world.run(aud, BlameThenDocument, variables)).phaseVersion!.asOf!.blame).toEqual(expected);
    expect((await world.run(aud, BlameAsOfDocument, variables)).phaseVersion!.blame).toEqual(expected);
  }
});

test('three hundred items take as many statements as three', async () => {
  const statements = async (count: number) => {
    const v1 = await planning.approve(
      await planning.start({ carryForward: 'NONE', items: Array.from({ length: count }, (_, i) => plan(i + 1)) }),
    );
    const [key] = await itemKeys(world, v1.versionId);
    const v2 = await planning.approve(
      await planning.edit(await planning.start(), key!, { decisionReason: 'Two.' }, ben),
    );
    const v3 = await planning.edit(await planning.start(), key!, { decisionMetadata: { three: 3 } });
    const { result, statements: sent } = await world.counted(() => blame(v3));
    expect(result).toHaveLength(count);
    expect(short(result.find(({ itemKey }) => itemKey === key))).toMatchObject({
      '/decisionReason': `${number(v2)}/${ben}`,
      '/decisionMetadata': `${number(v3)}/${ada}`,
    });
    return sent.length;
  };
  expect(await statements(300)).toBe(await statements(3));
});

test.each(['DATA_OWNER_ID', 'REQUEST_INFO', 'TEST_EXECUTION'])('%s has no items, so nobody is blamed', async (key) => {
  const phase = phaseOf(key) as AuditOnlyPhase;
  const version = await buildRecord(world, { phase: key, by: phase.preparedBy.includes('TESTER') ? ada : eve });
  expect(await blame(version)).toEqual([]);
});

test.each(fullPhases.map(({ key }) => key))('of %s every content field has its value and its origin', async (phase) => {
  const drafts = new Drafts(world, phase);
  const v1 = await buildVersion(world, { phase, status: 'APPROVED', items: 2 });
  const [key] = await itemKeys(world, v1.versionId);
  const { fields, identity } = fullPhaseOf(phase).item;
  const { items } = await drafts.read(v1);
  const fresh = sampleItem(phase, 8);
  if (identity) fresh[identity] = items[key!]!.content[identity];
  const draft = await drafts.edit(await drafts.start(), key!, fresh, ben);
  const after = (await drafts.read(draft)).items[key!]!.content;
  const [item] = await blame(draft, [key!]);
  expect(item!.fields.map(({ path }) => path)).toEqual(contentFields(fields).map(([name]) => `/${name}`));
  for (const { path, value, setInVersion, setBy } of item!.fields) {
    const name = path.slice(1);
    expect(value).toEqual(after[name]);
    const isNew = JSON.stringify(after[name]) !== JSON.stringify(items[key!]!.content[name]);
    expect([path, setInVersion.versionId, setBy.userId]).toEqual([
      path,
      ...(isNew ? [draft.versionId, ben] : [v1.versionId, ada]),
    ]);
  }
});

// ── whatever happens ────────────────────────────────────────────────────────────────────────────────────────────────

type Step =
  | {
      do: 'edit';
      item: number;
      field: 'decisionReason' | 'decisionMetadata' | 'decisionType';
      value: number;
      by: number;
    }
  | { do: 'remove' | 'add'; item: number; by: number }
  | { do: 'approve' }
  | { do: 'fork'; by: number }
  | { do: 'return' }
  | { do: 'restore'; version: number; by: number };

const person = fc.constantFrom(ada, ben);
const item = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      item,
      by: person,
      value: fc.integer({ min: 0, max: 2 }),
      field: fc.constantFrom('decisionReason' as const, 'decisionMetadata' as const, 'decisionType' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'add' as const), item, by: person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('approve' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fork' as const), by: person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('return' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), version: fc.nat(20), by: person }) },
);
const values = {
  decisionReason: [null, 'one', 'two'],
  decisionMetadata: [null, { one: 1 }, { one: 1, two: [2] }],
  decisionType: ['MODIFY', 'INCLUDE', 'EXCLUDE'],
} as const;

/** An item as the model knows it: each field with its value and where it came from. */
type Known = Map<string, { value: unknown; origin: string }>;
type KnownVersion = { version: BuiltVersion; items: Map<number, Known> };

test('whatever is edited, removed, carried and restored, it is as a plain notebook has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
      const fields = (n: number): Fields =>
        plan(n, { attributeCode: null, decisionReason: null, decisionMetadata: null });
      const noted = (content: Fields, origin: string): Known =>
        new Map(Object.entries(content).map(([name, value]) => [name, { value, origin }]));
      const copied = (items: Map<number, Known>) => new Map([...items].map(([n, known]) => [n, new Map(known)]));

      const started = await planning.start({ carryForward: 'NONE', items: [fields(1), fields(2)] });
      const approved: KnownVersion[] = [];
      /** Other drafts on the version in force, and those that are no longer on it. */
      const lying: KnownVersion[] = [];
      const overtaken: KnownVersion[] = [];
      const forked = new Set<string>();
      let open: KnownVersion = {
        version: started,
        items: new Map([1, 2].map((n) => [n, noted(fields(n), `${number(started)}/${ada}`)])),
      };
      const keys = new Map<number, string>();
      const learn = async ({ version }: KnownVersion) => {
        for (const { itemKey, content } of Object.values((await planning.read(version)).items))
          for (const n of [1, 2, 3]) if (content.attributeId === attributeId(n)) keys.set(n, itemKey);
      };
      await learn(open);
      const written = (by: number) => `${number(open.version)}/${by}`;

      for (const made of steps) {
        const { items } = open;
        switch (made.do) {
          case 'edit': {
            const known = items.get(made.item);
            if (!known) break;
            const value = values[made.field][made.value];
            const content = Object.fromEntries([...known].map(([name, { value: old }]) => [name, old]));
            const itemKey = keys.get(made.item)!;
            open.version = await planning.put(open.version, [{ ...content, [made.field]: value, itemKey }], made.by);
            if (JSON.stringify(known.get(made.field)!.value) !== JSON.stringify(value))
              known.set(made.field, { value, origin: written(made.by) });
            break;
          }
          case 'remove':
            // What other drafts carry on stays where they have it from.
            if (!items.has(made.item) || items.size === 1 || forked.has(open.version.versionId)) break;
            open.version = await planning.remove(open.version, [keys.get(made.item)!], made.by);
            items.delete(made.item);
            break;
          case 'add':
            if (items.has(made.item)) break;
            open.version = await planning.put(open.version, [fields(made.item)], made.by);
            items.set(made.item, noted(fields(made.item), written(made.by)));
            await learn(open);
            break;
          case 'approve':
            // The other drafts are overtaken, and the next one starts from what is in force.
            approved.push({ ...open, version: await planning.approve(open.version) });
            overtaken.push(...lying.splice(0));
            open = { version: await planning.start(), items: copied(items) };
            break;
          case 'fork':
            lying.push(open);
            forked.add(open.version.versionId);
            open = {
              version: await planning.start({
                by: made.by,
                parentVersionId: open.version.versionId,
                carryForward: 'ALL_ITEMS',
              }),
              items: copied(items),
            };
            break;
          case 'return': {
            const left = lying.shift();
            if (!left) break;
            lying.push(open);
            open = left;
            break;
          }
          case 'restore': {
            const old = approved[made.version % Math.max(approved.length, 1)];
            if (!old) break;
            const version = await transition(world, made.by, 'restoreVersion', await planning.read(old.version));
            lying.push(open);
            open = { version, items: copied(old.items) };
          }
        }
      }
      for (const { version, items } of [...approved, ...overtaken, ...lying, open]) {
        const found = await blame(version);
        expect(Object.fromEntries(found.map((one) => [one.itemKey, short(one)]))).toEqual(
          Object.fromEntries(
            [...items].map(([n, known]) => [
              keys.get(n),
              Object.fromEntries([...known].map(([name, { origin }]) => [`/${name}`, origin])),
            ]),
          ),
        );
      }
    }),
    { numRuns: 3 },
  );
});
