/** What changed since the viewer looked: held against the version they decided on, as it was then. */
import { phaseOf } from '../../src/phases';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import {
  ChangesSinceMyReviewAsOfDocument,
  ChangesSinceMyReviewDocument,
  ChangesSinceMyReviewThenDocument,
  type SinceMyReviewFragment,
} from '../generated/graphql';
import { buildRecord, buildVersion, sendCommand, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { ada, aud, ben, both, olga, otherWorkflow, World } from '../support/world';
import { Drafts, lastCommit, recomputed, type Fields, type ReadVersion } from './drafts';

let world: World;
let scoping: Drafts;
beforeAll(async () => {
  world = await World.create();
  scoping = new Drafts(world, 'SCOPING');
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
});
afterAll(() => world.destroy());

type Since = SinceMyReviewFragment;
const since = async ({ versionId }: Pick<BuiltVersion, 'versionId'>, as = olga, page: object = { first: 100 }) =>
  (await world.run(as, ChangesSinceMyReviewDocument, { versionId, ...page })).phaseVersion!
    .changesSinceMyReview as Since;
const sinceAsOf = async ({ versionId }: Pick<BuiltVersion, 'versionId'>, at: string, as = olga) =>
  (await world.run(as, ChangesSinceMyReviewAsOfDocument, { versionId, at, first: 100 })).phaseVersion!
    .changesSinceMyReview;

const scoped = (n: number, fields: Fields = {}): Fields => ({
  attributeId: sampleItem('SCOPING', n).attributeId,
  isInScope: true,
  ...fields,
});
/** A draft of the items 1 … n, and their keys in that order. */
async function draftOf(n = 4) {
  const draft = await scoping.start({
    carryForward: 'NONE',
    content: { scopingCriteria: { of: 'v1' } },
    items: Array.from({ length: n }, (_, i) => scoped(i + 1, { riskRating: `R${i + 1}` })),
  });
  const { items } = await scoping.read(draft);
  const keyOf = (i: number) =>
    Object.values(items).find(({ content }) => content.attributeId === scoped(i).attributeId)!.itemKey;
  return { draft, keys: Array.from({ length: n }, (_, i) => keyOf(i + 1)) };
}
const kindsOf = (diff: Since) =>
  Object.fromEntries(
    diff.items.nodes.map(({ itemKey, kind, fields }) => [itemKey, [kind, ...fields.map((f) => f.path)]]),
  );
const itemsOf = (side: Since['from']): Record<string, Fields> =>
  Object.fromEntries(side.items.nodes.map(({ itemKey, content }) => [itemKey, content]));
const contentsOf = ({ items }: ReadVersion): Record<string, Fields> =>
  Object.fromEntries(Object.values(items).map(({ itemKey, content }) => [itemKey, content]));

test('who never decided on the record has nothing to compare with', async () => {
  const own = await World.create();
  try {
    const drafts = new Drafts(own, 'SCOPING');
    const v1 = await buildVersion(own, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    const ask = async (as: number) =>
      (await own.run(as, ChangesSinceMyReviewDocument, { versionId: v1.versionId })).phaseVersion!.changesSinceMyReview;
    for (const person of [olga, ada, aud]) expect(await ask(person)).toBeNull();
    await drafts.decide(v1, { [Object.keys((await drafts.read(v1)).items)[0]!]: 'APPROVED' });
    // What one person decided is not what another did.
    for (const person of [ada, aud]) expect(await ask(person)).toBeNull();
    expect(await ask(olga)).not.toBeNull();
    // And deciding on another record is not deciding on this one.
    const elsewhere = await buildVersion(own, { phase: 'SCOPING', of: otherWorkflow, preparer: ben, approver: both });
    expect(
      (await own.run(both, ChangesSinceMyReviewDocument, { versionId: elsewhere.versionId })).phaseVersion!
        .changesSinceMyReview,
    ).toBeNull();
  } finally {
    await own.destroy();
  }
});

describe('after a rejection,', () => {
  test('the revised version shows exactly what was changed in it', async () => {
    const { draft, keys } = await draftOf();
    const v1 = await scoping.reject(draft);
    const before = await scoping.read(v1);
    const revised = await transition(world, ada, 'reviseVersion', v1);
    const same = await since(revised);
    expect(same.from).toMatchObject({ versionId: v1.versionId, status: 'REJECTED' });
    expect(same.summary).toEqual({ added: 0, removed: 0, changed: 0, unchanged: 4, fieldsChanged: 0 });
    expect([same.items.totalCount, same.fields, same.patch]).toEqual([0, [], []]);

    let v2 = await scoping.edit(revised, keys[0]!, { riskRating: 'REVISED', isInScope: false });
    v2 = await scoping.remove(v2, [keys[1]!]);
    v2 = await scoping.put(v2, [scoped(9)], ben);
    v2 = await scoping.submit(await scoping.update(v2, { scopingCriteria: { of: 'v2' } }));
    const after = await scoping.read(v2);
    const added = Object.keys(after.items).find((key) => !keys.includes(key))!;
    const diff = await since(v2);
    expect(diff.to).toMatchObject({ versionId: v2.versionId, status: 'PENDING_APPROVAL' });
    expect(diff.summary).toEqual({ added: 1, removed: 1, changed: 1, unchanged: 2, fieldsChanged: 1 });
    expect(diff.fields).toEqual([{ path: '/scopingCriteria/of', before: 'v1', after: 'v2' }]);
    expect(kindsOf(diff)).toEqual({
      [keys[0]!]: ['CHANGED', '/isInScope', '/riskRating'],
      [keys[1]!]: expect.arrayContaining(['REMOVED', '/riskRating']),
      [added]: expect.arrayContaining(['ADDED', '/isInScope']),
    });
    for (const { itemKey, before: was, after: is, label } of diff.items.nodes) {
      expect(was?.content ?? null).toEqual(before.items[itemKey]?.content ?? null);
      expect(is?.content ?? null).toEqual(after.items[itemKey]?.content ?? null);
      expect(label).toBe((after.items[itemKey] ?? before.items[itemKey])!.label);
    }
    expect(itemsOf(diff.from)).toEqual(contentsOf(before));
  });
});

describe('after deciding items of a version that was withdrawn, edited and submitted again,', () => {
  /** Olga decides on items 1 and 2; then ada withdraws, edits 1 and 3, removes 4, adds 9, and submits again. */
  async function reworked() {
    const { draft, keys } = await draftOf();
    const decided = await scoping.decide(await scoping.submit(draft), {
      [keys[0]!]: 'REJECTED',
      [keys[1]!]: 'APPROVED',
    });
    const then = await scoping.read(decided);
    let now = await scoping.withdraw(decided);
    now = await scoping.edit(now, keys[0]!, { riskRating: 'REWORKED' });
    now = await scoping.edit(now, keys[2]!, { scopingRationale: 'Said more.' });
    now = await scoping.remove(now, [keys[3]!]);
    now = await scoping.put(now, [scoped(9)], ben);
    now = await scoping.submit(await scoping.update(now, { scopingCriteria: { of: 'again' } }));
    return { decided, then, now, keys };
  }

  test('it shows the edits since, against that same version as it was when they decided', async () => {
    const { decided, then, now, keys } = await reworked();
    const diff = await since(now);
    expect(diff.from).toMatchObject({
      versionId: now.versionId,
      status: 'PENDING_APPROVAL',
      revision: decided.revision,
      contentHash: then.contentHash,
      content: { scopingCriteria: { of: 'v1' } },
    });
    expect(diff.to).toMatchObject({ versionId: now.versionId, status: 'PENDING_APPROVAL', revision: now.revision });
    expect(itemsOf(diff.from)).toEqual(contentsOf(then));
    expect(recomputed(then)).toBe(diff.from.contentHash);
    expect(Object.fromEntries(diff.from.items.nodes.map((item) => [item.itemKey, item.reviewStatus]))).toEqual({
      [keys[0]!]: 'REJECTED',
      [keys[1]!]: 'APPROVED',
      [keys[2]!]: 'PENDING',
      [keys[3]!]: 'PENDING',
    });
    expect(diff.summary).toEqual({ added: 1, removed: 1, changed: 2, unchanged: 1, fieldsChanged: 1 });
    const added = diff.items.nodes.find(({ kind }) => kind === 'ADDED')!.itemKey;
    expect(kindsOf(diff)).toEqual({
      [keys[0]!]: ['CHANGED', '/riskRating'],
      [keys[2]!]: ['CHANGED', '/scopingRationale'],
      [keys[3]!]: expect.arrayContaining(['REMOVED']),
      [added]: expect.arrayContaining(['ADDED']),
    });
    // What was there before is read as of then, however deep; what is there now, as of now.
    const edited = diff.items.nodes.find(({ itemKey }) => itemKey === keys[0])!;
    expect(edited.before).toEqual({
      content: then.items[keys[0]!]!.content,
      reviewStatus: 'REJECTED',
      decision: {
        decidedBy: { userId: olga },
        decidedInVersion: { versionId: now.versionId, status: 'PENDING_APPROVAL', revision: decided.revision },
      },
    });
    expect(edited.after).toMatchObject({ reviewStatus: 'PENDING', content: { riskRating: 'REWORKED' } });
    expect(edited.fields).toEqual([{ path: '/riskRating', before: 'R1', after: 'REWORKED' }]);
  });

  test('its patch turns what they saw into what is there', async () => {
    const { now, keys } = await reworked();
    const { patch, items } = await since(now);
    const added = items.nodes.find(({ kind }) => kind === 'ADDED')!;
    expect(patch).toHaveLength(5);
    expect(patch).toEqual(
      expect.arrayContaining([
        { op: 'replace', path: '/content/scopingCriteria/of', value: 'again' },
        { op: 'replace', path: `/items/${keys[0]}/riskRating`, value: 'REWORKED' },
        { op: 'replace', path: `/items/${keys[2]}/scopingRationale`, value: 'Said more.' },
        { op: 'remove', path: `/items/${keys[3]}` },
        { op: 'add', path: `/items/${added.itemKey}`, value: added.after!.content },
      ]),
    );
  });

  test('what they decide in this round leaves it as it was; from the next one on it starts anew', async () => {
    const { now, keys } = await reworked();
    const before = await since(now);
    const again = await scoping.decide(now, { [keys[0]!]: 'APPROVED' });
    const after = await since(again);
    expect(kindsOf(after)).toEqual(kindsOf(before));
    expect(after.from.revision).toBe(before.from.revision);
    const edited = await scoping.edit(await scoping.withdraw(again), keys[1]!, { riskRating: 'ONCE MORE' });
    expect(kindsOf(await since(edited))).toEqual({ [keys[1]!]: ['CHANGED', '/riskRating'] });
    // Taking a decision back is deciding too.
    const revoked = await scoping.decide(await scoping.submit(edited), { [keys[0]!]: 'PENDING' });
    expect(kindsOf(await since(revoked))).toEqual({ [keys[1]!]: ['CHANGED', '/riskRating'] });
    const withdrawn = await scoping.edit(await scoping.withdraw(revoked), keys[2]!, { riskRating: 'AND MORE' });
    expect(kindsOf(await since(withdrawn))).toEqual({ [keys[2]!]: ['CHANGED', '/riskRating'] });
  });

  test('a version that was rejected goes on showing what it changed, and so does one that was approved', async () => {
    const { now, keys } = await reworked();
    const changed = kindsOf(await since(now));
    const rejected = await transition(world, olga, 'rejectVersion', now, 'Not yet.');
    expect(kindsOf(await since(rejected))).toEqual(changed);
    let next = await transition(world, ada, 'reviseVersion', rejected);
    next = await scoping.approve(await scoping.edit(next, keys[1]!, { riskRating: 'AT LAST' }));
    expect(await since(next)).toMatchObject({ from: { versionId: rejected.versionId, status: 'REJECTED' } });
    expect(kindsOf(await since(next))).toEqual({ [keys[1]!]: ['CHANGED', '/riskRating'] });
  });

  test('as of an earlier instant it answers as it did then', async () => {
    const { draft, keys } = await draftOf(2);
    const before = await lastCommit(world, draft);
    const v1 = await scoping.decide(await scoping.submit(draft), { [keys[0]!]: 'REJECTED' });
    const answers: { at: string; answer: Since }[] = [];
    let now = v1;
    const note = async () => answers.push({ at: await lastCommit(world, now), answer: await since(now) });
    await note();
    now = await scoping.edit(await scoping.withdraw(now), keys[0]!, { riskRating: 'TWO' });
    await note();
    now = await scoping.edit(now, keys[1]!, { riskRating: 'THREE' });
    await note();
    now = await scoping.decide(await scoping.submit(now), { [keys[0]!]: 'APPROVED' });
    await note();
    now = await scoping.edit(await scoping.withdraw(now), keys[0]!, { riskRating: 'FOUR' });
    await note();
    for (const { at, answer } of answers) {
      expect(await sinceAsOf(now, at)).toEqual(answer);
      const then = { versionId: now.versionId, at, first: 100 };
      const { phaseVersion } = await world.run(olga, ChangesSinceMyReviewThenDocument, then);
      expect(phaseVersion!.asOf!.changesSinceMyReview).toEqual(answer);
    }
    // The record had been decided on before, but by way of other versions.
    const earlier = await sinceAsOf(now, before);
    expect(earlier?.from.versionId).not.toBe(now.versionId);
  });
});

test('after an approval, the next version shows what it changes in what was approved', async () => {
  const { draft, keys } = await draftOf(3);
  const v1 = await scoping.approve(draft, { [keys[2]!]: 'REJECTED' });
  const v2 = await scoping.edit(await scoping.start(), keys[0]!, { riskRating: 'NEXT' });
  const diff = await since(v2);
  expect(diff.from).toMatchObject({ versionId: v1.versionId, status: 'APPROVED' });
  expect(kindsOf(diff)).toEqual({
    [keys[0]!]: ['CHANGED', '/riskRating'],
    // Rejected, so not carried forward.
    [keys[2]!]: expect.arrayContaining(['REMOVED']),
  });
});

test('a version older than the one they decided on has nothing newer in it', async () => {
  const { draft, keys } = await draftOf(2);
  const v1 = await scoping.approve(draft);
  const v2 = await scoping.edit(await scoping.start(), keys[0]!, { riskRating: 'HIGHER' });
  const v3 = await scoping.edit(await scoping.start(), keys[1]!, { riskRating: 'LOWER' });
  expect(kindsOf(await since(v2))).toEqual({ [keys[0]!]: ['CHANGED', '/riskRating'] });
  await scoping.approve(v3);
  for (const older of [v1, v2]) expect(await since(older)).toBeNull();
  expect(kindsOf(await since(v3))).toEqual({ [keys[1]!]: ['CHANGED', '/riskRating'] });
});

test('a version they decided on and may no longer see is not shown: the one before it is', async () => {
  const { draft, keys } = await draftOf(2);
  const v0 = await scoping.reject(draft);
  const v1 = await scoping.reject(await transition(world, ada, 'reviseVersion', v0));
  const v2 = await scoping.edit(await transition(world, ada, 'reviseVersion', v1), keys[0]!, { riskRating: 'TWO' });
  expect((await since(v2)).from.versionId).toBe(v1.versionId);
  const deleted = await transition(world, ada, 'deleteVersion', await scoping.read(v1));
  expect(await since(v2)).toMatchObject({ from: { versionId: v0.versionId } });
  expect(await sinceAsOf(v2, await lastCommit(world, v2))).toMatchObject({ from: { versionId: v0.versionId } });
  expect(kindsOf(await since(v2))).toEqual({ [keys[0]!]: ['CHANGED', '/riskRating'] });
  await transition(world, ada, 'undeleteVersion', deleted);
  expect((await since(v2)).from.versionId).toBe(v1.versionId);
});

test('who decided on nothing but what they may no longer see has nothing to compare with', async () => {
  const own = await World.create();
  try {
    const drafts = new Drafts(own, 'SCOPING');
    const v1 = await buildVersion(own, { phase: 'SCOPING', status: 'REJECTED' });
    const v2 = await transition(own, ada, 'reviseVersion', v1);
    await transition(own, ada, 'deleteVersion', await drafts.read(v1));
    const { phaseVersion } = await own.run(olga, ChangesSinceMyReviewDocument, { versionId: v2.versionId, first: 1 });
    expect(phaseVersion!.changesSinceMyReview).toBeNull();
  } finally {
    await own.destroy();
  }
});

test('the changed items come in pages, by label, and each of them once', async () => {
  const { draft, keys } = await draftOf(7);
  const v1 = await scoping.reject(draft);
  let v2 = await transition(world, ada, 'reviseVersion', v1);
  const { items } = await scoping.read(v2);
  v2 = await scoping.put(
    v2,
    keys.slice(0, 5).map((itemKey) => ({ ...items[itemKey]!.content, itemKey, riskRating: 'CHANGED' })),
  );
  v2 = await scoping.put(await scoping.remove(v2, [keys[6]!]), [scoped(20), scoped(21)]);
  const whole = await since(v2);
  expect(whole.items.totalCount).toBe(8);
  const labels = whole.items.nodes.map(({ label }) => label);
  expect(labels).toEqual([...labels].sort());
  const paged: string[] = [];
  for (let after: string | null = null; ;) {
    const { items: page }: Since = await since(v2, olga, { first: 3, after });
    expect(page.totalCount).toBe(8);
    paged.push(...page.nodes.map(({ itemKey }) => itemKey));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor!;
  }
  expect(paged).toEqual(whole.items.nodes.map(({ itemKey }) => itemKey));
});

test('items of one name come in the same order as in any other comparison', async () => {
  const observations = new Drafts(world, 'OBSERVATION_MANAGEMENT');
  await buildVersion(world, { phase: 'OBSERVATION_MANAGEMENT', status: 'APPROVED' });
  const named = (title: string) => ({
    observationType: 'DATA_QUALITY',
    severity: 'LOW',
    observationData: { title },
  });
  const titles = ['same', 'same', 'same', 'Zulu', 'alpha', 'äther', 'Same', 'a b', 'a-b', '10', '9'];
  const v1 = await observations.reject(await observations.start({ carryForward: 'NONE', items: titles.map(named) }));
  const revised = await transition(world, ada, 'reviseVersion', v1);
  const { items } = await observations.read(revised);
  const v2 = await observations.put(
    revised,
    Object.values(items).map(({ content, itemKey }) => ({ ...content, itemKey, severity: 'HIGH' })),
  );
  const { phaseVersion } = await world.get(
    olga,
    `query ($id: UUID!, $from: Int!) { phaseVersion(versionId: $id) { diff(from: $from) { items(first: 100) { nodes { itemKey label } } } } }`,
    { id: v2.versionId, from: v1.versionNumber },
  );
  const diff = await since(v2);
  expect(diff.items.nodes.map(({ itemKey, label }) => ({ itemKey, label }))).toEqual(phaseVersion.diff.items.nodes);
  expect(diff.items.nodes).toHaveLength(titles.length);
});

test('what was recorded is compared by its own fields', async () => {
  const phase = phaseOf('REQUEST_INFO') as AuditOnlyPhase;
  const submitted = await buildRecord(world, { phase: 'REQUEST_INFO', by: ada });
  const reviewer = ben;
  const asReviewer = (version: BuiltVersion) => since(version, reviewer);
  expect(await asReviewer(submitted)).toBeNull();
  const reviewed = await sendCommand(world, reviewer, phase, 'reviewDocument', {
    versionId: submitted.versionId,
    expectedRevision: submitted.revision,
    status: 'REVISION_REQUESTED',
    notes: 'Which month is this?',
  });
  const revised = await sendCommand(world, ada, phase, 'reviseDocument', {
    versionId: reviewed.versionId,
    expectedRevision: reviewed.revision,
    revisionType: 'CORRECTION',
    documentMetadata: { month: 'October' },
    reason: 'It is October.',
  });
  const diff = await asReviewer(revised);
  expect(diff.from).toMatchObject({ versionId: reviewed.versionId, status: 'RECORDED' });
  expect(diff.to.versionId).toBe(revised.versionId);
  expect(diff.fields.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/documentMetadata', '/documentVersion', '/submissionStatus']),
  );
  expect(diff.items.totalCount).toBe(0);
  expect(diff.summary).toMatchObject({ added: 0, removed: 0, changed: 0, unchanged: 0 });
});

test('three hundred items take as many statements as three', async () => {
  const statements = async (count: number) => {
    const { draft } = await draftOf(count);
    const v1 = await scoping.reject(draft);
    const revised = await transition(world, ada, 'reviseVersion', v1);
    const { items } = await scoping.read(revised);
    const v2 = await scoping.put(
      revised,
      Object.values(items).map(({ content, itemKey }) => ({ ...content, itemKey, riskRating: 'CHANGED' })),
    );
    // Closing the stream at the instant is done once, by whoever asks first.
    await since(v2);
    const { result, statements: sent } = await world.counted(() => since(v2));
    expect(result.items.totalCount).toBe(count);
    expect(result.items.nodes).toHaveLength(Math.min(count, 100));
    return sent.sort();
  };
  const few = await statements(3);
  expect(await statements(300)).toEqual(few);
});
