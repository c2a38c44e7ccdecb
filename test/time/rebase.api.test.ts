/** Rebasing: what came into force meanwhile is merged into a draft, and what two people made is decided by a person. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/env';
import { fullPhases, fullPhaseOf, phaseOf } from '../../src/phases';
import { contentFields } from '../../src/versioning/fields';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { RebaseVersionDocument, StandingDocument, VersionDifferenceDocument } from '../generated/graphql';
import { buildRecord, buildVersion, decideAll, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { logFaults } from '../support/log';
import { ada, aud, ben, eve, olga, stranger, tess, World } from '../support/world';
import { after, committing, contents, Drafts, editorsOf, recomputed, type Fields, type ReadItem } from './drafts';

let world: World;
let scoping: Drafts;
beforeAll(async () => {
  world = await World.create();
  scoping = new Drafts(world, 'SCOPING');
  // With everything that comes before it.
  await buildVersion(world, { phase: 'FINALIZE_TEST_REPORT' });
});
afterAll(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const attribute = (n: number) => sampleItem('SCOPING', n).attributeId;
const scoped = (n: number, fields: Fields = {}): Fields => ({ attributeId: attribute(n), isInScope: true, ...fields });
const requirement = async (version: BuiltVersion, code: string, as = ada) =>
  (await world.run(as, StandingDocument, { versionId: version.versionId })).phaseVersion!.approvalRequirements.find(
    (one) => one.code === code,
  )!.status;
const offers = async (version: BuiltVersion, as = ada) =>
  (await world.run(as, StandingDocument, { versionId: version.versionId })).phaseVersion!.availableActions;

/** By which attribute an item is about, its key. */
async function keyOf(version: BuiltVersion, n: number): Promise<string> {
  const { items } = await scoping.read(version);
  return Object.values(items).find(({ content }) => content.attributeId === attribute(n))!.itemKey;
}

const difference = async (from: BuiltVersion, to: BuiltVersion) =>
  (
    await world.run(aud, VersionDifferenceDocument, {
      versionId: to.versionId,
      from: from.versionNumber,
      to: to.versionNumber,
    })
  ).phaseVersion!.diff;

describe('what only one side changed', () => {
  test('is taken item by item and field by field, in one commit, and the draft is based on the version in force', async () => {
    const { base, ours: draft, theirs: other, keys } = await scoping.fork(8);
    const [untouched, onlyTheirs, onlyOurs, inBoth, theyRemoved, weRemoved, alike, last] = keys as [
      string,
      ...string[],
    ];
    let theirs = await scoping.edit(other, onlyTheirs!, { scopingRationale: 'Theirs.' }, ben);
    theirs = await scoping.edit(theirs, inBoth!, { scopingRationale: 'Theirs as well.' }, ben);
    theirs = await scoping.edit(theirs, alike!, { riskRating: 'AGREED' }, ben);
    theirs = await scoping.remove(theirs, [theyRemoved!], ben);
    theirs = await scoping.put(theirs, [scoped(20, { riskRating: 'NEW' })], ben);
    theirs = await scoping.update(theirs, { scopingCriteria: { only: 'theirs' } }, ben);
    theirs = await scoping.approve(theirs);
    let ours = await scoping.edit(draft, onlyOurs!, { riskRating: 'OURS' });
    ours = await scoping.edit(ours, inBoth!, { riskRating: 'OURS AS WELL' });
    ours = await scoping.edit(ours, alike!, { riskRating: 'AGREED' });
    ours = await scoping.remove(ours, [weRemoved!]);
    ours = await scoping.put(ours, [scoped(21, { riskRating: 'NEW' })]);
    const [before, current] = [await scoping.read(ours), await scoping.read(theirs)];
    expect(await requirement(ours, 'BASE_IS_CURRENT')).toBe('UNSATISFIED');
    expect(await offers(ours)).toContain('REBASE');

    const { result, commits } = await committing(world, () => scoping.rebase(ours));
    expect(commits).toEqual([{ operation: 'rebaseVersion', actorId: ada, versionIds: [ours.versionId] }]);
    expect(result.conflicts).toEqual([]);
    expect(result.changeSet).toMatchObject({ operation: 'rebaseVersion', actor: { userId: ada } });
    expect(result.version).toMatchObject({ status: 'DRAFT', revision: ours.revision + 1 });
    expect(result.version!.base).toEqual({ versionId: theirs.versionId });

    const made = await scoping.read(ours);
    expect(made.parent).toEqual({ versionId: base.versionId });
    expect(made.content).toEqual(current.content);
    const [ourNew, theirNew] = [await keyOf(ours, 21), await keyOf(theirs, 20)];
    expect(contents(made)).toEqual({
      [untouched]: before.items[untouched]!.content,
      [onlyTheirs!]: current.items[onlyTheirs!]!.content,
      [onlyOurs!]: before.items[onlyOurs!]!.content,
      [inBoth!]: { ...before.items[inBoth!]!.content, scopingRationale: 'Theirs as well.' },
      [alike!]: before.items[alike!]!.content,
      [last!]: before.items[last!]!.content,
      [ourNew]: before.items[ourNew]!.content,
      [theirNew]: current.items[theirNew]!.content,
    });
    expect(made.contentHash).toBe(recomputed(made));

    // As it is in force: with the approval it has there, and from there, whoever made it so.
    for (const key of [untouched, onlyTheirs!, alike!, last!, theirNew])
      expect(made.items[key]).toMatchObject({
        reviewStatus: 'APPROVED',
        decision: { decidedBy: { userId: olga }, decidedInVersion: { versionId: theirs.versionId } },
        carriedFromVersion: { versionId: theirs.versionId },
        carriedFromItem: { itemId: current.items[key]!.itemId },
      });
    // Ours alone: as it was.
    for (const key of [onlyOurs!, ourNew]) expect(made.items[key]).toEqual(before.items[key]);
    // Made of both: nobody has seen it yet.
    expect(made.items[inBoth!]).toMatchObject({ reviewStatus: 'PENDING', decision: null });
    expect(made.items[inBoth!]!.itemId).toBe(before.items[inBoth!]!.itemId);

    // Held against the version in force, it now has exactly our changes.
    const diff = await difference(theirs, ours);
    expect(diff!.fields).toEqual([]);
    expect(
      Object.fromEntries(
        diff!.items.nodes.map(({ itemKey, kind, fields }) => [itemKey, [kind, fields.map((f) => f.path)]]),
      ),
    ).toEqual({
      [onlyOurs!]: ['CHANGED', ['/riskRating']],
      [inBoth!]: ['CHANGED', ['/riskRating']],
      [weRemoved!]: ['REMOVED', expect.anything()],
      [ourNew]: ['ADDED', expect.anything()],
    });

    expect(await requirement(ours, 'BASE_IS_CURRENT')).toBe('SATISFIED');
    expect(await offers(ours)).not.toContain('REBASE');
    const approved = await scoping.approve(after(result));
    expect(approved.status).toBe('APPROVED');
  });

  test('comes from there with its approval where both sides made the same of it', async () => {
    const { ours: draft, theirs: other, keys } = await scoping.fork(2);
    const theirs = await scoping.approve(await scoping.edit(other, keys[0]!, { riskRating: 'SAME' }, ben));
    const ours = await scoping.edit(draft, keys[0]!, { riskRating: 'SAME' });
    const { result, commits } = await committing(world, () => scoping.rebase(ours, { by: ben }));
    expect(commits).toHaveLength(1);
    expect(result.version).toMatchObject({ revision: ours.revision + 1, contentHash: ours.contentHash });
    expect(result.version!.base).toEqual({ versionId: theirs.versionId });
    expect((await difference(theirs, ours))!.patch).toEqual([]);
    const [made, current] = [await scoping.read(ours), await scoping.read(theirs)];
    expect(made.items[keys[0]!]).toMatchObject({
      reviewStatus: 'APPROVED',
      decision: { decidedInVersion: { versionId: theirs.versionId } },
      carriedFromItem: { itemId: current.items[keys[0]!]!.itemId },
    });
    // Ben changed no content, and saved it all the same.
    expect(await editorsOf(world, ours)).toEqual([ada, ben]);
  });

  test('leaves an item alone that nobody touched and that was approved but once', async () => {
    const { ours: draft, theirs: other, keys } = await scoping.fork(2);
    const submitted = await scoping.submit(await scoping.edit(other, keys[0]!, { riskRating: 'THEIRS' }, ben));
    await transition(world, olga, 'approveVersion', await scoping.decide(submitted, { [keys[0]!]: 'APPROVED' }));
    const before = await scoping.read(draft);
    await scoping.rebase(draft);
    const made = await scoping.read(draft);
    expect(made.items[keys[1]!]).toEqual(before.items[keys[1]!]);
    expect(made.items[keys[0]!]).not.toEqual(before.items[keys[0]!]);
  });

  test('makes who merges it an editor', async () => {
    for (const change of [
      (draft: BuiltVersion, key: string) => scoping.edit(draft, key, { riskRating: 'OTHER' }),
      (draft: BuiltVersion, key: string) => scoping.remove(draft, [key]),
      (draft: BuiltVersion) => scoping.update(draft, { scopingCriteria: { other: true } }),
    ]) {
      const { ours, theirs, keys } = await scoping.fork(2);
      await scoping.approve(await change(theirs, keys[0]!));
      expect(await editorsOf(world, ours)).toEqual([ada]);
      await scoping.rebase(ours, { by: ben });
      expect(await editorsOf(world, ours)).toEqual([ada, ben]);
    }
  });
});

describe('what both sides changed', () => {
  /** A draft with one conflict of every kind. */
  async function quarrel() {
    const { ours: draft, theirs: other, keys } = await scoping.fork(4);
    const [edited, theyRemoved, weRemoved, untouched] = keys as [string, string, string, string];
    let theirs = await scoping.edit(other, edited, { riskRating: 'HIGH', scopingRationale: null }, ben);
    theirs = await scoping.remove(theirs, [theyRemoved], ben);
    theirs = await scoping.edit(theirs, weRemoved, { riskRating: 'HIGH' }, ben);
    theirs = await scoping.put(theirs, [scoped(20, { riskRating: 'HIGH', scopingRationale: 'Theirs.' })], ben);
    theirs = await scoping.approve(await scoping.update(theirs, { scopingCriteria: { by: 'them' } }, ben));
    let ours = await scoping.edit(draft, edited, { riskRating: 'LOW', scopingRationale: 'Ours.' });
    ours = await scoping.edit(ours, theyRemoved, { riskRating: 'LOW' });
    ours = await scoping.remove(ours, [weRemoved]);
    ours = await scoping.put(ours, [scoped(20, { riskRating: 'LOW', isInScope: false })]);
    ours = await scoping.update(ours, { scopingCriteria: { by: 'us' } });
    const [mine, current] = [await scoping.read(ours), await scoping.read(theirs)];
    const added = await keyOf(ours, 20);
    return { ours, theirs, mine, current, keys: { edited, theyRemoved, weRemoved, untouched, added } };
  }
  type Quarrel = Awaited<ReturnType<typeof quarrel>>;

  const placesOf = ({ keys: { edited, theyRemoved, weRemoved, added } }: Quarrel) => [
    { itemKey: null, path: '/scopingCriteria' },
    { itemKey: edited, path: '/riskRating' },
    { itemKey: edited, path: '/scopingRationale' },
    { itemKey: theyRemoved, path: '' },
    { itemKey: weRemoved, path: '' },
    { itemKey: added, path: '/isInScope' },
    { itemKey: added, path: '/riskRating' },
  ];
  const sorted = <T extends { itemKey?: string | null; path: string }>(places: readonly T[]) =>
    [...places].sort((a, b) => (`${a.itemKey ?? ''}${a.path}` < `${b.itemKey ?? ''}${b.path}` ? -1 : 1));

  test('comes back with its three values, and nothing is written', async () => {
    const found = await quarrel();
    const { ours, mine, current, keys } = found;
    const idempotencyKey = randomUUID();
    for (const options of [{ idempotencyKey }, { dryRun: true }]) {
      const { result, commits } = await committing(world, () => scoping.rebase(ours, options));
      expect(commits).toEqual([]);
      expect(result).toMatchObject({ version: null, changeSet: null });
      expect(sorted(result.conflicts).map(({ itemKey, path }) => ({ itemKey, path }))).toEqual(sorted(placesOf(found)));
      const at = (itemKey: string | null, path: string) =>
        result.conflicts.find((conflict) => conflict.itemKey === itemKey && conflict.path === path);
      expect(at(null, '/scopingCriteria')).toMatchObject({ label: null, ours: { by: 'us' }, theirs: { by: 'them' } });
      expect(at(keys.edited, '/riskRating')).toMatchObject({
        label: mine.items[keys.edited]!.label,
        base: 'Risk rating 1',
        ours: 'LOW',
        theirs: 'HIGH',
      });
      expect(at(keys.edited, '/scopingRationale')).toMatchObject({ base: 'Rationale 1', ours: 'Ours.', theirs: null });
      expect(at(keys.theyRemoved, '')).toMatchObject({
        label: mine.items[keys.theyRemoved]!.label,
        ours: mine.items[keys.theyRemoved]!.content,
        theirs: null,
        base: { ...mine.items[keys.theyRemoved]!.content, riskRating: 'Risk rating 2' },
      });
      expect(at(keys.weRemoved, '')).toMatchObject({
        label: current.items[keys.weRemoved]!.label,
        ours: null,
        theirs: current.items[keys.weRemoved]!.content,
        base: { ...current.items[keys.weRemoved]!.content, riskRating: 'Risk rating 3' },
      });
      expect(at(keys.added, '/isInScope')).toMatchObject({ base: null, ours: false, theirs: true });
      expect(await scoping.read(ours)).toEqual(mine);
    }
    // The key was not used up: nothing was done under it.
    const resolutions = placesOf(found).map((place) => ({ ...place, take: 'OURS' as const }));
    const { commits } = await committing(world, async () => {
      const first = await scoping.rebase(ours, { idempotencyKey, resolutions });
      const again = await scoping.rebase(ours, { idempotencyKey, resolutions });
      expect(again).toEqual(first);
      expect(first.version!.revision).toBe(ours.revision + 1);
    });
    expect(commits).toHaveLength(1);
  });

  test('is all ours where ours is taken: only what nobody quarrels about is theirs', async () => {
    const found = await quarrel();
    const { ours, theirs, mine, keys } = found;
    const resolutions = placesOf(found).map((place) => ({ ...place, take: 'OURS' as const }));
    const { result, commits } = await committing(world, () => scoping.rebase(ours, { resolutions }));
    expect(commits).toHaveLength(1);
    expect(result.conflicts).toEqual([]);
    const made = await scoping.read(ours);
    expect(made.content).toEqual({ scopingCriteria: { by: 'us' } });
    const { [keys.added]: added, ...others } = contents(mine);
    expect(contents(made)).toEqual({ ...others, [keys.added]: { ...added, scopingRationale: 'Theirs.' } });
    expect(made.contentHash).toBe(recomputed(made));
    expect(made.base).toEqual({ versionId: theirs.versionId });
    for (const key of [keys.edited, keys.theyRemoved, keys.added])
      expect(made.items[key]).toMatchObject({ reviewStatus: 'PENDING', decision: null });
    expect((await scoping.approve(after(result))).status).toBe('APPROVED');
  });

  test('is all theirs where theirs is taken, with the approval they gave', async () => {
    const found = await quarrel();
    const { ours, theirs, current, keys } = found;
    const resolutions = placesOf(found).map((place) => ({ ...place, take: 'THEIRS' as const }));
    const result = await scoping.rebase(ours, { resolutions });
    expect(result.conflicts).toEqual([]);
    const made = await scoping.read(ours);
    expect(made.content).toEqual(current.content);
    expect(contents(made)).toEqual(contents(current));
    expect(made.contentHash).toBe(theirs.contentHash);
    for (const key of [keys.edited, keys.weRemoved, keys.added])
      expect(made.items[key]).toMatchObject({
        reviewStatus: 'APPROVED',
        decision: { decidedInVersion: { versionId: theirs.versionId } },
        carriedFromItem: { itemId: current.items[key]!.itemId },
      });
    expect(made.items[keys.untouched]!.reviewStatus).toBe('APPROVED');
  });

  test('is decided one by one, and what is not decided comes back', async () => {
    const found = await quarrel();
    const { ours, mine, current, keys } = found;
    const all = placesOf(found);
    const take = (index: number) => (index % 2 === 0 ? ('THEIRS' as const) : ('OURS' as const));
    const { result: some, commits } = await committing(world, () =>
      scoping.rebase(ours, { resolutions: all.slice(0, 3).map((place, i) => ({ ...place, take: take(i) })) }),
    );
    expect(commits).toEqual([]);
    expect(some.version).toBeNull();
    expect(sorted(some.conflicts).map(({ itemKey, path }) => ({ itemKey, path }))).toEqual(sorted(all.slice(3)));

    const resolutions = all.map((place, i) => ({
      ...place,
      // Keys may be written in upper case.
      itemKey: place.itemKey?.toUpperCase() ?? null,
      take: take(i),
    }));
    const tried = await scoping.rebase(ours, { resolutions, dryRun: true });
    expect(tried).toMatchObject({ conflicts: [], changeSet: null, version: { revision: ours.revision } });
    await scoping.rebase(ours, { resolutions });
    const made = await scoping.read(ours);
    expect(made.content).toEqual({ scopingCriteria: { by: 'them' } });
    expect(contents(made)).toEqual({
      [keys.untouched]: mine.items[keys.untouched]!.content,
      [keys.edited]: { ...mine.items[keys.edited]!.content, scopingRationale: null },
      [keys.weRemoved]: current.items[keys.weRemoved]!.content,
      [keys.theyRemoved]: mine.items[keys.theyRemoved]!.content,
      [keys.added]: { ...current.items[keys.added]!.content, riskRating: 'HIGH', isInScope: false },
    });
    expect(made.contentHash).toBe(recomputed(made));
  });

  test('is decided once each: a resolution twice, or one for no conflict, is refused', async () => {
    const found = await quarrel();
    const { ours, keys } = found;
    const all = placesOf(found).map((place) => ({ ...place, take: 'OURS' as const }));
    const { commits } = await committing(world, async () => {
      for (const resolutions of [
        [...all, all[1]!],
        [...all, { ...all[1]!, take: 'THEIRS' as const }],
        [...all, { ...all[1]!, itemKey: all[1]!.itemKey!.toUpperCase() }],
        [...all, { itemKey: keys.untouched, path: '/riskRating', take: 'OURS' as const }],
        [...all, { itemKey: keys.edited, path: '', take: 'OURS' as const }],
        [...all, { itemKey: keys.edited, path: '/noSuchField', take: 'OURS' as const }],
        [...all, { itemKey: randomUUID(), path: '/riskRating', take: 'OURS' as const }],
        [{ path: '/riskRating', take: 'OURS' as const }],
      ])
        expect(await scoping.rebaseRefused(ours, { resolutions })).toBe('BAD_USER_INPUT');
    });
    expect(commits).toEqual([]);
  });

  test('is named in the refusal of resolutions that nothing asked for', async () => {
    const { ours, keys } = await quarrel();
    const refusal = await world.refusal(ada, RebaseVersionDocument, {
      input: {
        versionId: ours.versionId,
        expectedRevision: ours.revision,
        resolutions: [{ itemKey: keys.untouched, path: '/riskRating', take: 'OURS' }],
      },
    });
    expect(refusal!.extensions.unused).toEqual([{ itemKey: keys.untouched, path: '/riskRating' }]);
  });
});

test('a dry run without conflicts answers with the version as it is, and writes nothing', async () => {
  const { ours, theirs, keys } = await scoping.fork(2);
  await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'OTHER' }));
  const before = await scoping.read(ours);
  const { result, commits } = await committing(world, () => scoping.rebase(ours, { dryRun: true, by: ben }));
  expect(commits).toEqual([]);
  expect(result).toMatchObject({ conflicts: [], changeSet: null, version: { revision: ours.revision } });
  expect(await scoping.read(ours)).toEqual(before);
  expect(await editorsOf(world, ours)).toEqual([ada]);
});

describe('of what was decided item by item, only what was approved was in force:', () => {
  test('an item that was rejected in both is nobody’s business, and one that they rejected goes', async () => {
    const { ours: draft, theirs: other, keys } = await scoping.fork(3);
    const theirs = await scoping.edit(other, keys[1]!, { riskRating: 'REJECTED SO' }, ben);
    await scoping.approve(theirs, { [keys[1]!]: 'REJECTED', [keys[2]!]: 'REJECTED' });
    const before = await scoping.read(draft);
    const rebased = await scoping.rebase(draft);
    expect(rebased.conflicts).toEqual([]);
    const made = await scoping.read(draft);
    expect(Object.keys(made.items)).toEqual([keys[0]]);
    expect(made.items[keys[0]!]!.content).toEqual(before.items[keys[0]!]!.content);
    expect(made.contentHash).toBe(recomputed(made));
  });

  test('an item that was rejected in the base is ours alone until they approve one, too', async () => {
    const start = await scoping.start({ carryForward: 'NONE', items: [1, 2, 3].map((n) => sampleItem('SCOPING', n)) });
    const [kept, ours1, both1] = await Promise.all([1, 2, 3].map((n) => keyOf(start, n)));
    await scoping.approve(start, { [ours1!]: 'REJECTED', [both1!]: 'REJECTED' });
    const draft = await scoping.start({ carryForward: 'ALL_ITEMS' });
    const theirs = await scoping.approve(
      await scoping.put(await scoping.start(), [scoped(3, { riskRating: 'BETTER' })], ben),
    );
    const { conflicts } = await scoping.rebase(draft);
    expect(new Set(conflicts.map(({ itemKey }) => itemKey))).toEqual(new Set([both1]));
    expect(conflicts.every(({ base }) => base === null)).toBe(true);
    const resolutions = conflicts.map(({ itemKey, path }) => ({ itemKey, path, take: 'THEIRS' as const }));
    await scoping.rebase(draft, { resolutions });
    const made = await scoping.read(draft);
    expect(Object.keys(made.items).sort()).toEqual([kept, ours1, both1].sort());
    expect(made.items[ours1!]!.reviewStatus).toBe('PENDING');
    expect(made.items[both1!]!.content).toMatchObject({ riskRating: 'BETTER' });
    expect(theirs.status).toBe('APPROVED');
  });

  test('an item that was sent back to be modified is carried no further by a rebase than by a new draft', async () => {
    const samples = new Drafts(world, 'SAMPLE_SELECTION');
    const { ours, theirs, keys } = await samples.fork(3);
    const edited = await samples.edit(theirs, keys[0]!, { modificationReason: 'Asked for.' }, ben);
    const current = await samples.approve(edited, { [keys[0]!]: 'MODIFIED' });
    expect((await samples.rebase(ours)).conflicts).toEqual([]);
    const fresh = await samples.read(await samples.start());
    expect(contents(await samples.read(ours))).toEqual(contents(fresh));
    expect(Object.keys(fresh.items)).toHaveLength(2);
    expect(current.status).toBe('APPROVED');
  });
});

describe('a draft without a base', () => {
  test('is merged with the first version that was approved meanwhile', async () => {
    const own = await World.create();
    try {
      const drafts = new Drafts(own, 'PLANNING');
      const plan = (n: number, fields: Fields = {}) => ({
        attributeId: sampleItem('PLANNING', n).attributeId,
        attributeData: { n },
        decisionType: 'INCLUDE',
        ...fields,
      });
      const ours = await drafts.start({
        items: [plan(1), plan(2), plan(3)],
        content: { planningMetadata: { by: 'us' } },
      });
      const theirs = await drafts.approve(
        await drafts.start({
          by: ben,
          content: { planningMetadata: { by: 'them' } },
          items: [plan(2), plan(3, { decisionType: 'EXCLUDE' }), plan(4)],
        }),
      );
      expect((await drafts.read(ours)).base).toBeNull();
      const { conflicts } = await drafts.rebase(ours);
      expect(conflicts.map(({ path, base, ours: mine, theirs: their }) => [path, base, mine, their])).toEqual([
        ['/decisionType', null, 'INCLUDE', 'EXCLUDE'],
        ['/planningMetadata', null, { by: 'us' }, { by: 'them' }],
      ]);
      const resolutions = conflicts.map(({ itemKey, path }) => ({ itemKey, path, take: 'OURS' as const }));
      const rebased = await drafts.rebase(ours, { resolutions });
      const made = await drafts.read(ours);
      expect(made.base).toEqual({ versionId: theirs.versionId });
      expect(made.parent).toBeNull();
      expect(made.content).toEqual({ planningMetadata: { by: 'us' } });
      expect(
        Object.values(made.items)
          .map(({ content }) => [(content.attributeData as { n: number }).n, content.decisionType])
          .sort(),
      ).toEqual([
        [1, 'INCLUDE'],
        [2, 'INCLUDE'],
        [3, 'INCLUDE'],
        [4, 'INCLUDE'],
      ]);
      expect(made.contentHash).toBe(recomputed(made));
      expect((await drafts.approve(after(rebased))).versionNumber).toBe(ours.versionNumber);
      expect(await own.session('superuser', logFaults)).toEqual([]);
    } finally {
      await own.destroy();
    }
  });
});

describe.each(fullPhases.map(({ key }) => key))('of %s,', (phase) => {
  test('a draft takes over what they changed and added, keeps its own changes, and is approved', async () => {
    const drafts = new Drafts(world, phase);
    const { fields, identity, reviewed } = fullPhaseOf(phase).item;
    const { ours: draft, theirs: other, keys } = await drafts.fork(4);
    const base = await drafts.read(draft);
    /** Another sample's values in every field but the identity. */
    const replaced = (key: string, n: number): Fields => ({
      ...Object.fromEntries(contentFields(fields).map(([name]) => [name, sampleItem(phase, n)[name]])),
      ...(identity && { [identity]: base.items[key]!.content[identity] }),
    });
    const theirs = await drafts.approve(
      await drafts.put(await drafts.edit(other, keys[0]!, replaced(keys[0]!, 11), ben), [sampleItem(phase, 20)], ben),
    );
    const ours = await drafts.put(await drafts.edit(draft, keys[1]!, replaced(keys[1]!, 12)), [sampleItem(phase, 21)]);
    const [before, current] = [await drafts.read(ours), await drafts.read(theirs)];
    const { result, commits } = await committing(world, () => drafts.rebase(ours));
    expect(result.conflicts).toEqual([]);
    expect(commits).toHaveLength(1);
    const made = await drafts.read(ours);
    const added = Object.keys(current.items).find((key) => !keys.includes(key))!;
    expect(contents(made)).toEqual({
      ...contents(before),
      [keys[0]!]: current.items[keys[0]!]!.content,
      [added]: current.items[added]!.content,
    });
    expect(made.contentHash).toBe(recomputed(made));
    expect(made.base).toEqual({ versionId: theirs.versionId });
    expect(made.items[added]).toMatchObject({
      label: current.items[added]!.label,
      carriedFromItem: { itemId: current.items[added]!.itemId },
      reviewStatus: current.items[added]!.reviewStatus,
    });
    expect(made.items[keys[0]!]).toMatchObject({
      label: current.items[keys[0]!]!.label,
      reviewStatus: current.items[keys[0]!]!.reviewStatus,
    });
    if (reviewed === 'BY_DECISIONS') expect(made.items[keys[1]!]!.reviewStatus).toBe('PENDING');
    expect((await drafts.approve(after(result))).status).toBe('APPROVED');
  });
});

describe('a test report', () => {
  const reports = () => new Drafts(world, 'FINALIZE_TEST_REPORT');

  test('whose merged period would end before it starts is not rebased, and says so when it is only tried', async () => {
    const drafts = reports();
    const { ours: draft, theirs } = await drafts.fork(1); // 2026-10-02 to 2026-11-02
    await drafts.approve(await drafts.update(theirs, { reportPeriodStart: '2026-10-20' }, ben));
    const ours = await drafts.update(draft, { reportPeriodEnd: '2026-10-10' });
    const before = await drafts.read(ours);
    const { commits } = await committing(world, async () => {
      for (const dryRun of [true, false]) expect(await drafts.rebaseRefused(ours, { dryRun })).toBe('BAD_USER_INPUT');
    });
    expect(commits).toEqual([]);
    expect(await drafts.read(ours)).toEqual(before);
    const mended = await drafts.update(ours, { reportPeriodEnd: '2026-10-25' });
    expect((await drafts.rebase(mended)).version).not.toBeNull();
  });

  test('does not get a waiver by being rebased onto a version that has one', async () => {
    const drafts = reports();
    const { ours, theirs } = await drafts.fork(1);
    expect((await drafts.read(theirs)).content.requiresExecutiveApproval).toBe(true);
    await drafts.approve(await drafts.update(theirs, { requiresExecutiveApproval: false }, tess));
    const { conflicts } = await drafts.rebase(ours);
    expect(conflicts).toEqual([]);
    expect((await drafts.read(ours)).content.requiresExecutiveApproval).toBe(true);
  });

  test('keeps the waiver it was given itself', async () => {
    const drafts = reports();
    const start = await drafts.start({ carryForward: 'NONE', items: [sampleItem('FINALIZE_TEST_REPORT', 1)] });
    await drafts.approve(await drafts.update(start, { requiresExecutiveApproval: false }, tess));
    const [draft, theirs] = [await drafts.start(), await drafts.start()];
    const ours = await drafts.update(draft, { requiresExecutiveApproval: false }, tess);
    await drafts.approve(await drafts.update(theirs, { executiveSummary: 'Theirs.' }));
    const rebased = await drafts.rebase(ours);
    expect(rebased.conflicts).toEqual([]);
    expect((await drafts.read(ours)).content).toMatchObject({
      requiresExecutiveApproval: false,
      executiveSummary: 'Theirs.',
    });
  });
});

test('what the manual shows is what happens', async () => {
  const manual = readFileSync(path.join(projectRoot, 'docs/merging.md'), 'utf8');
  const blocks = (language: string) =>
    [...manual.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!);
  const [mutations, answers] = [blocks('graphql'), blocks('json').map((text) => JSON.parse(text) as Fields)];
  expect([mutations.length, answers.length]).toEqual([2, 2]);

  const own = await World.create();
  try {
    const names = ['Account Number', 'Credit Limit', 'Statement Date'];
    const planning = new Drafts(own, 'PLANNING');
    const items = names.map((name, n) => ({
      attributeId: attribute(n),
      attributeData: { name },
      decisionType: 'INCLUDE',
    }));
    await planning.approve(await planning.start({ items }));
    await buildVersion(own, { phase: 'DATA_PROFILING', status: 'APPROVED', items: 1 });
    const drafts = new Drafts(own, 'SCOPING');
    await drafts.approve(await drafts.start({ items: names.map((_, n) => scoped(n, { riskRating: 'LOW' })) }));
    const [adas, bens] = [await drafts.start(), await drafts.start({ by: ben })];
    const { items: read } = await drafts.read(adas);
    const keyOfName = (name: string) => Object.values(read).find(({ label }) => label === name)!.itemKey;
    const item = keyOfName('Credit Limit');
    const ours = await drafts.edit(
      await drafts.edit(adas, item, { riskRating: 'MEDIUM' }),
      keyOfName('Account Number'),
      { scopingRationale: 'Identifies the account.' },
    );
    const theirs = await drafts.edit(bens, item, { riskRating: 'HIGH' }, ben);
    await drafts.approve(await drafts.edit(theirs, keyOfName('Statement Date'), { isInScope: false }, ben));

    const variables = { draft: ours.versionId, revision: ours.revision };
    const conflicts = await own.get(ada, mutations[0]!, variables);
    for (const conflict of conflicts.rebaseVersion.conflicts) {
      expect(conflict.itemKey).toBe(item);
      conflict.itemKey = '…';
    }
    expect(conflicts).toEqual(answers[0]);
    const rebased = await own.get(ada, mutations[1]!, { ...variables, item });
    rebased.rebaseVersion.version.items.nodes.sort((a: ReadItem, b: ReadItem) => (a.label < b.label ? -1 : 1));
    expect(rebased).toEqual(answers[1]);
  } finally {
    await own.destroy();
  }
});

describe('a rebase is refused', () => {
  test('where there is nothing to merge', async () => {
    const { ours, theirs, keys } = await scoping.fork(1);
    expect(await scoping.rebaseRefused(ours)).toBe('INVALID_TRANSITION');
    await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'OTHER' }));
    const rebased = await scoping.rebase(ours);
    expect(await scoping.rebaseRefused(after(rebased))).toBe('INVALID_TRANSITION');
    expect(await scoping.rebaseRefused(after(rebased), { dryRun: true })).toBe('INVALID_TRANSITION');
  });

  test('outside DRAFT, and of what is deleted', async () => {
    const { base, ours: draft, theirs, keys } = await scoping.fork(1);
    const rejected = await scoping.reject(await scoping.start());
    const pending = await scoping.submit(await scoping.edit(draft, keys[0]!, { scopingRationale: 'Ours.' }));
    const current = await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'OTHER' }));
    const refused = async (version: BuiltVersion) => scoping.rebaseRefused(await scoping.read(version));
    expect(await refused(base)).toBe('INVALID_TRANSITION');
    expect(await refused(current)).toBe('INVALID_TRANSITION');
    expect(await refused(rejected)).toBe('INVALID_TRANSITION');
    expect(await refused(pending)).toBe('INVALID_TRANSITION');
    const deleted = await transition(world, ada, 'deleteVersion', await scoping.withdraw(pending));
    expect(await refused(deleted)).toBe('INVALID_TRANSITION');
  });

  test('to who does not prepare the phase, to strangers, and with a stale revision', async () => {
    const { ours, theirs, keys } = await scoping.fork(1);
    await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'OTHER' }));
    for (const person of [olga, tess, eve, aud]) {
      expect(await scoping.rebaseRefused(ours, { by: person })).toBe('FORBIDDEN');
      expect(await scoping.rebaseRefused(ours, { by: person, dryRun: true })).toBe('FORBIDDEN');
    }
    expect(await scoping.rebaseRefused(ours, { by: stranger })).toBe('NOT_FOUND');
    expect(await scoping.rebaseRefused({ ...ours, revision: ours.revision + 1 })).toBe('CONFLICT');
    expect(await editorsOf(world, ours)).toEqual([ada]);
  });

  test('where versions are recorded, not drafted', async () => {
    const phase = phaseOf('REQUEST_INFO') as AuditOnlyPhase;
    const by = phase.preparedBy.includes('TESTER') ? ada : eve;
    const version = await buildRecord(world, { phase: 'REQUEST_INFO', by });
    expect(await scoping.rebaseRefused(version, { by })).toBe('INVALID_TRANSITION');
  });
});

describe('a submitted version whose base is stale', () => {
  test('is withdrawn, rebased, submitted and approved', async () => {
    const { ours: draft, theirs, keys } = await scoping.fork(3);
    let ours = await scoping.edit(draft, keys[0]!, { riskRating: 'OURS' });
    ours = await decideAll(world, olga, await scoping.submit(ours), 'SCOPING');
    const current = await scoping.approve(await scoping.edit(theirs, keys[1]!, { riskRating: 'THEIRS' }, ben));
    const approve = `mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { versionId } } }`;
    const input = { versionId: ours.versionId, expectedRevision: ours.revision };
    expect(await world.codeOf(olga, approve, { input })).toBe('STALE_BASE');

    ours = after(await scoping.rebase(await scoping.withdraw(ours)));
    const made = await scoping.read(ours);
    // What olga decided on before it was withdrawn still counts where the content is the same.
    expect(made.items[keys[0]!]).toMatchObject({
      reviewStatus: 'APPROVED',
      decision: { decidedInVersion: { versionId: ours.versionId } },
    });
    expect(made.items[keys[1]!]).toMatchObject({
      reviewStatus: 'APPROVED',
      decision: { decidedInVersion: { versionId: current.versionId } },
    });
    const pending = await scoping.submit(ours);
    expect(await requirement(pending, 'ITEMS_DECIDED', olga)).toBe('SATISFIED');
    const approved = await transition(world, olga, 'approveVersion', pending);
    expect(contents(await scoping.read(approved))).toMatchObject({
      [keys[0]!]: { riskRating: 'OURS' },
      [keys[1]!]: { riskRating: 'THEIRS' },
    });
  });

  test('may not be approved by who rebased it, however little they wrote', async () => {
    // Self-attested phases apart, four eyes look at the editors; olga cannot rebase, and ben becomes one by doing so.
    const { ours, theirs, keys } = await scoping.fork(2);
    await scoping.approve(await scoping.edit(theirs, keys[1]!, { riskRating: 'THEIRS' }));
    const rebased = await scoping.rebase(ours, { by: ben });
    expect(await requirement(after(rebased), 'FOUR_EYES', ben)).toBe('UNSATISFIED');
    expect(await requirement(after(rebased), 'FOUR_EYES', olga)).toBe('SATISFIED');
  });
});

test('a draft that was rebased is rebased again when another version comes into force', async () => {
  const { ours: draft, theirs: first, keys } = await scoping.fork(3);
  const ours = await scoping.edit(draft, keys[0]!, { riskRating: 'OURS' });
  await scoping.approve(await scoping.edit(first, keys[1]!, { riskRating: 'FIRST' }));
  const once = after(await scoping.rebase(ours));
  const second = await scoping.edit(await scoping.start(), keys[1]!, { riskRating: 'SECOND' });
  const current = await scoping.approve(await scoping.edit(second, keys[2]!, { riskRating: 'SECOND' }));
  // What was taken over from the first is no change of ours, so the second's change of it is no conflict.
  const twice = await scoping.rebase(once);
  expect(twice.conflicts).toEqual([]);
  expect(
    Object.values(contents(await scoping.read(ours)))
      .map(({ riskRating }) => riskRating)
      .sort(),
  ).toEqual(['OURS', 'SECOND', 'SECOND']);
  expect((await difference(current, ours))!.summary).toMatchObject({ changed: 1, added: 0, removed: 0, unchanged: 2 });
});

test('a draft that was restored is merged as any other', async () => {
  const { base, keys } = await scoping.fork(2);
  await scoping.approve(await scoping.edit(await scoping.start(), keys[0]!, { riskRating: 'SECOND' }));
  const restored = await transition(world, ada, 'restoreVersion', await scoping.read(base));
  await scoping.approve(await scoping.edit(await scoping.start(), keys[1]!, { riskRating: 'THIRD' }));
  const rebased = await scoping.rebase(restored);
  expect(rebased.conflicts).toEqual([]);
  expect(contents(await scoping.read(restored))).toMatchObject({
    [keys[0]!]: { riskRating: 'Risk rating 1' },
    [keys[1]!]: { riskRating: 'THIRD' },
  });
});

describe('of two who act at once,', () => {
  const rebaseCode = (version: BuiltVersion, by = ada) => scoping.rebaseRefused(version, { by });

  test('who rebases and who edits: one of them, or one after the other, and nothing is lost', async () => {
    for (let round = 0; round < 2; round++) {
      const { ours, theirs, keys } = await scoping.fork(2);
      await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'THEIRS' }));
      const put = world.codeOf(
        ben,
        `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { revision } } }`,
        {
          input: {
            versionId: ours.versionId,
            expectedRevision: ours.revision,
            items: { scopingDecisions: [scoped(40, { riskRating: 'PUT' })] },
          },
        },
      );
      const codes = await Promise.all([rebaseCode(ours), put]);
      expect(codes.sort()).toEqual(['CONFLICT', undefined]);
      const made = await scoping.read(ours);
      expect(made.contentHash).toBe(recomputed(made));
      expect(made.revision).toBe(ours.revision + 1);
      const ratings = Object.values(made.items).map(({ content }) => content.riskRating);
      expect(ratings.includes('THEIRS')).toBe(!ratings.includes('PUT'));
      // Who came too late reads it again and does it then.
      if (ratings.includes('PUT')) expect((await scoping.rebase(made)).conflicts).toEqual([]);
    }
  });

  test('two who rebase the same draft: one does', async () => {
    const { ours, theirs, keys } = await scoping.fork(2);
    await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'THEIRS' }));
    const codes = await Promise.all([rebaseCode(ours), rebaseCode(ours, ben), rebaseCode(ours), rebaseCode(ours, ben)]);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(3);
    expect((await scoping.read(ours)).revision).toBe(ours.revision + 1);
  });

  test('who rebases and who approves a third version: the base is a version that was in force, and approval knows', async () => {
    for (let round = 0; round < 2; round++) {
      const { ours, theirs, keys } = await scoping.fork(2);
      const second = await scoping.approve(await scoping.edit(theirs, keys[0]!, { riskRating: 'SECOND' }));
      const draft = await scoping.edit(await scoping.start(), keys[0]!, { riskRating: 'THIRD' });
      const third = await decideAll(world, olga, await scoping.submit(draft), 'SCOPING');
      const approval = transition(world, olga, 'approveVersion', third);
      const [code] = await Promise.all([rebaseCode(ours), approval]);
      expect(code).toBeUndefined();
      const made = await scoping.read(ours);
      const wasLate = made.base!.versionId === third.versionId;
      if (!wasLate) expect(made.base).toEqual({ versionId: second.versionId });
      expect(made.items[keys[0]!]!.content.riskRating).toBe(wasLate ? 'THIRD' : 'SECOND');
      expect(await requirement(made, 'BASE_IS_CURRENT')).toBe(wasLate ? 'SATISFIED' : 'UNSATISFIED');
    }
  });
});

test('five hundred items take as many statements as five', async () => {
  const statements = async (count: number) => {
    const planning = new Drafts(world, 'PLANNING');
    const { ours: draft, theirs: other, keys } = await planning.fork(count);
    const at = Math.floor(count / 5);
    const { items } = await planning.read(draft);
    const edit = (version: BuiltVersion, from: number, fields: Fields) =>
      planning.put(
        version,
        keys.slice(from, from + at).map((itemKey) => ({ ...items[itemKey]!.content, itemKey, ...fields })),
      );
    let theirs = await edit(other, 0, { decisionReason: 'Theirs.' });
    theirs = await edit(theirs, at, { decisionReason: 'Theirs.' });
    theirs = await planning.put(
      theirs,
      Array.from({ length: at }, (_, i) => sampleItem('PLANNING', 2000 + i)),
    );
    await planning.approve(await planning.remove(theirs, keys.slice(4 * at)));
    const ours = await edit(draft, at, { decisionMetadata: { by: 'us' } });
    const { result, statements: sent } = await world.counted(() => planning.rebase(ours));
    expect(result.conflicts).toEqual([]);
    const made = await planning.read(ours);
    expect(Object.keys(made.items)).toHaveLength(count);
    expect(made.contentHash).toBe(recomputed(made));
    return sent.length;
  };
  const few = await statements(5);
  expect(await statements(500)).toBe(few);
  expect(few).toBeLessThan(35);
});

test('a conflict is named by what the item is called, whichever side still has it', async () => {
  const observations = new Drafts(world, 'OBSERVATION_MANAGEMENT');
  const { ours: draft, theirs: other, keys } = await observations.fork(1);
  const titled = (title: string) => ({ observationData: { title } });
  await observations.approve(await observations.edit(other, keys[0]!, titled('What they call it'), ben));
  const ours = await observations.edit(draft, keys[0]!, titled('What we call it'));
  const { conflicts } = await observations.rebase(ours);
  expect(conflicts).toMatchObject([
    { itemKey: keys[0], label: 'What we call it', path: '/observationData', theirs: { title: 'What they call it' } },
  ]);
  await observations.rebase(ours, {
    resolutions: [{ itemKey: keys[0]!, path: '/observationData', take: 'THEIRS' }],
  });
  expect((await observations.read(ours)).items[keys[0]!]!.label).toBe('What they call it');
});
