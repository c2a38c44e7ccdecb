/** What changed between two versions, told so that it can be recomputed: by field, as a patch, and by hash. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { applyPatch, type Operation } from 'rfc6902';
import { VersionDifferenceDocument, VersionWithItemsDocument } from '../generated/graphql';
import { buildRecord, buildVersion, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { TextDiffs } from '../../src/offload/text-diffs';
import { shuffled } from '../../packages/bounded-diff/test/texts';
import { chance } from '../support/chance';
import { ada, aud, ben, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

/** A copy made here: what fetch parses is made of another realm's lists, which rfc6902 does not take for lists. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const attribute = (n: number) => sampleItem('PLANNING', n).attributeId as string;
const item = (n: number, fields: object = {}) => ({ attributeId: attribute(n), attributeData: {}, ...fields });

/** A draft of Planning with the content and the items given. */
const draft = (planningMetadata: Json, items: object[] = []) =>
  mutate(world, ada, 'createVersion', 'CreateVersionInput', {
    cycleId: workflow.cycleId,
    reportId: workflow.reportId,
    phase: 'PLANNING',
    carryForward: 'NONE',
    content: { planning: { planningMetadata } },
    ...(items.length > 0 && { items: { attributeDecisions: items } }),
  });

async function difference(from: BuiltVersion, to: BuiltVersion) {
  const { phaseVersion } = await world.run(aud, VersionDifferenceDocument, {
    versionId: to.versionId,
    from: from.versionNumber,
    to: to.versionNumber,
  });
  return phaseVersion!.diff!;
}
type Difference = Awaited<ReturnType<typeof difference>>;
type Side = Difference['from'];

const documentOf = (side: Side) => ({
  content: side.content as JsonObject,
  items: Object.fromEntries(side.items.nodes.map(({ itemKey, content }) => [itemKey, content as JsonObject])),
});
const sha256 = (value: Json) => createHash('sha256').update(canonicalize(value)!, 'utf8').digest('hex');
const hashOf = ({ content, items }: ReturnType<typeof documentOf>) =>
  sha256({ content, items: Object.fromEntries(Object.entries(items).map(([key, value]) => [key, sha256(value)])) });

/** Holds everything the API says of the difference against the two versions themselves. */
function expectConsistent(diff: Difference) {
  const [before, after] = [documentOf(diff.from), documentOf(diff.to)];
  const patched = copy(before);
  expect(applyPatch(patched, copy(diff.patch) as Operation[])).toEqual((diff.patch as unknown[]).map(() => null));
  expect(patched).toEqual(after);
  for (const [side, document] of [
    [diff.from, before],
    [diff.to, after],
  ] as const)
    expect(side.contentHash).toBe(hashOf(document));
  expect(diff.from.contentHash === diff.to.contentHash).toBe((diff.patch as unknown[]).length === 0);

  const keys = (document: typeof before) => Object.keys(document.items);
  const same = keys(after).filter(
    (key) => before.items[key] && canonicalize(before.items[key]) === canonicalize(after.items[key]),
  );
  const common = keys(after).filter((key) => before.items[key]);
  expect(diff.summary).toEqual({
    added: keys(after).length - common.length,
    removed: keys(before).length - common.length,
    changed: common.length - same.length,
    unchanged: same.length,
    fieldsChanged: diff.fields.length,
  });
  expect(diff.items.totalCount).toBe(diff.summary.added + diff.summary.removed + diff.summary.changed);
  for (const change of diff.items.nodes) {
    expect(change.before?.content ?? null).toEqual(before.items[change.itemKey] ?? null);
    expect(change.after?.content ?? null).toEqual(after.items[change.itemKey] ?? null);
    expect(change.kind).toBe(!change.before ? 'ADDED' : !change.after ? 'REMOVED' : 'CHANGED');
    if (change.kind === 'CHANGED')
      expectPointers(change.fields, before.items[change.itemKey]!, after.items[change.itemKey]!);
  }
  expectPointers(diff.fields, before.content, after.content);
}

/** What an RFC 6901 pointer points to; undefined where there is nothing. */
const at = (value: Json, pointer: string): Json | undefined =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (found, key) => (found && Object.hasOwn(found as object, key) ? (found as JsonObject)[key] : undefined),
      value,
    );

function expectPointers(fields: Difference['fields'], before: Json, after: Json) {
  for (const field of fields) {
    const [a, b] = [at(before, field.path), at(after, field.path)];
    expect(field.kind).toBe(a === undefined ? 'ADDED' : b === undefined ? 'REMOVED' : 'CHANGED');
    expect([field.before, field.after]).toEqual([a ?? null, b ?? null]);
  }
}

describe('which versions can be compared', () => {
  test('a version with how it, or another one, stood at an instant', async () => {
    const one = await draft({ a: 1 }, [item(1), item(2)]);
    const two = await draft({ b: 1 }, [item(1)]);
    const then = new Date().toISOString();
    const edited = await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: one.versionId,
      expectedRevision: one.revision,
      items: { attributeDecisions: [item(3)] },
      changes: { attributeDecisions: [{ attributeId: attribute(1), decisionReason: 'Since then.' }] },
    });
    const ask = async (versionId: string, given: { from?: number; fromAt: string }) =>
      (await world.run(aud, VersionDifferenceDocument, { versionId, ...given })).phaseVersion!.diff;
    const own = (await ask(one.versionId, { fromAt: then }))!;
    expectConsistent(own);
    expect(own).toMatchObject({ from: { contentHash: one.contentHash }, to: { contentHash: edited.contentHash } });
    expect(own.summary).toEqual({ added: 1, removed: 0, changed: 1, unchanged: 1, fieldsChanged: 0 });
    // Another version of the record as it stood then, which the edit of it since is nothing to.
    const other = (await ask(two.versionId, { from: one.versionNumber, fromAt: then }))!;
    expectConsistent(other);
    expect(other.from).toMatchObject({ versionId: one.versionId, contentHash: one.contentHash });
    expect(other.summary).toMatchObject({ added: 0, removed: 1, unchanged: 1 });
    // What was not there yet is compared with nothing, and what is still to come is refused.
    expect(await ask(one.versionId, { fromAt: '2020-01-01T00:00:00Z' })).toBeNull();
    const code = await world.codeOf(
      aud,
      `query ($id: UUID!, $at: DateTime!) { phaseVersion(versionId: $id) { diff(fromAt: $at) { summary { added } } } }`,
      { id: one.versionId, at: '2999-01-01T00:00:00Z' },
    );
    expect(code).toBe('BAD_USER_INPUT');
  });

  test('any two of the record, drafts too, in either direction; `to` is the version asked unless it is said', async () => {
    const one = await draft({ a: 1 }, [item(1)]);
    const two = await draft({ a: 2 }, [item(1), item(2)]);
    const three = await draft({ a: 3 }, [item(3)]);
    const forward = await difference(one, three);
    const backward = await difference(three, one);
    expect(forward).toMatchObject({
      from: { versionId: one.versionId },
      to: { versionId: three.versionId },
      summary: { added: 1, removed: 1 },
    });
    expect(backward).toMatchObject({
      from: { versionId: three.versionId },
      to: { versionId: one.versionId },
      summary: { added: 1, removed: 1 },
    });
    [forward, backward].forEach(expectConsistent);
    const { phaseVersion } = await world.run(aud, VersionDifferenceDocument, {
      versionId: three.versionId,
      from: two.versionNumber,
    });
    expect(phaseVersion!.diff).toMatchObject({
      from: { versionId: two.versionId },
      to: { versionId: three.versionId },
    });
    const other = await world.run(aud, VersionDifferenceDocument, {
      versionId: three.versionId,
      from: one.versionNumber,
      to: two.versionNumber,
    });
    expect(other.phaseVersion!.diff).toMatchObject({
      from: { versionId: one.versionId },
      to: { versionId: two.versionId },
      summary: { added: 1, unchanged: 1 },
    });
  });

  test('without `from`, against the base: the version that was in force, which the draft may not have come from', async () => {
    const fromBase = async ({ versionId }: BuiltVersion) =>
      (
        await world.get(
          aud,
          `query ($id: UUID!) { phaseVersion(versionId: $id) { diff { from { versionId } to { versionId } summary { fieldsChanged } } } }`,
          { id: versionId },
        )
      ).phaseVersion.diff;
    const base = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
    const rejected = await buildVersion(world, { phase: 'PLANNING', status: 'REJECTED' });
    const revised = await transition(world, ada, 'reviseVersion', rejected);
    for (const version of [rejected, revised])
      expect(await fromBase(version)).toMatchObject({
        from: { versionId: base.versionId },
        to: { versionId: version.versionId },
      });
    const first = await buildVersion(world, { phase: 'DATA_PROFILING' });
    expect(await fromBase(first)).toBeNull();
    // Of a record, against the version before this one.
    const document = await buildRecord(world, { phase: 'REQUEST_INFO', by: ada });
    expect(await fromBase(document)).toBeNull();
    const reviewed = await mutate(world, ben, 'reviewDocument', 'ReviewDocumentInput', {
      versionId: document.versionId,
      expectedRevision: document.revision,
      status: 'ACCEPTED',
    });
    expect(await fromBase(reviewed)).toMatchObject({ from: { versionId: document.versionId } });
  });

  test('a version and itself do not differ', async () => {
    const version = await draft({ a: 1 }, [item(1), item(2)]);
    expect(await difference(version, version)).toMatchObject({
      summary: { added: 0, removed: 0, changed: 0, unchanged: 2, fieldsChanged: 0 },
      fields: [],
      items: { totalCount: 0, nodes: [] },
      patch: [],
    });
  });

  test('a number the record does not have is NOT_FOUND', async () => {
    const version = await draft({});
    for (const [from, to] of [
      [9999, null],
      [version.versionNumber, 9999],
      [0, null],
      [-1, null],
    ] as const)
      expect(
        await world.refusal(aud, VersionDifferenceDocument, { versionId: version.versionId, from, to }),
      ).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  test('a draft is compared as it is now', async () => {
    const one = await draft({ a: 1 }, [item(1)]);
    const two = await draft({ a: 1 }, [item(1)]);
    expect((await difference(one, two)).patch).toEqual([]);
    const edited = await mutate(world, ada, 'updateVersion', 'UpdateVersionInput', {
      versionId: two.versionId,
      expectedRevision: 1,
      content: { planning: { planningMetadata: { a: 2 } } },
    });
    expect((await difference(one, edited)).patch).toEqual([
      { op: 'replace', path: '/content/planningMetadata/a', value: 2 },
    ]);
  });

  test('decisions and the state of a version are no content: they make no difference', async () => {
    const approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 3 });
    const next = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId: workflow.cycleId,
      reportId: workflow.reportId,
      phase: 'SCOPING',
    });
    expect(await difference(approved, next)).toMatchObject({ summary: { unchanged: 3, changed: 0 }, patch: [] });
    const rejected = await transition(
      world,
      3,
      'rejectVersion',
      await transition(world, ada, 'submitVersion', next),
      'No.',
    );
    const revised = await transition(world, ada, 'reviseVersion', rejected);
    expect(await difference(approved, revised)).toMatchObject({
      patch: [],
      from: { contentHash: approved.contentHash },
      to: { contentHash: approved.contentHash },
    });
  });
});

describe('fields', () => {
  const fieldsOf = async (a: Json, b: Json) => {
    const diff = await difference(await draft(a), await draft(b));
    expectConsistent(diff);
    return diff.fields;
  };

  test('are named by JSON Pointers into the content, with ~ and / escaped', async () => {
    const fields = await fieldsOf(
      { 'a/b': 1, 'c~d': 1, '~1': 1, '': 1, ' ': 1, nested: { 'x/y~z': { '': 1 } }, same: { 'a/b': [1] } },
      { 'a/b': 2, 'c~d': 2, '~1': 2, '': 2, ' ': 2, nested: { 'x/y~z': { '': 2 } }, same: { 'a/b': [1] } },
    );
    expect(fields.map(({ path }) => path).sort()).toEqual(
      [
        '/planningMetadata/',
        '/planningMetadata/ ',
        '/planningMetadata/a~1b',
        '/planningMetadata/c~0d',
        '/planningMetadata/nested/x~1y~0z/',
        '/planningMetadata/~01',
      ].sort(),
    );
    expect(fields.every(({ kind, before, after }) => kind === 'CHANGED' && before === 1 && after === 2)).toBe(true);
  });

  test('are compared key by key however deep, and lists whole', async () => {
    const fields = await fieldsOf(
      { deep: { deeper: { deepest: { a: 1, b: 2 } } }, list: [1, { a: 1 }], order: [1, 2] },
      { deep: { deeper: { deepest: { a: 1, c: 3 } } }, list: [1, { a: 2 }], order: [2, 1] },
    );
    expect(fields).toEqual(
      expect.arrayContaining([
        {
          path: '/planningMetadata/deep/deeper/deepest/b',
          kind: 'REMOVED',
          before: 2,
          after: null,
          textDiff: null,
          isCoarse: false,
        },
        {
          path: '/planningMetadata/deep/deeper/deepest/c',
          kind: 'ADDED',
          before: null,
          after: 3,
          textDiff: null,
          isCoarse: false,
        },
        {
          path: '/planningMetadata/list',
          kind: 'CHANGED',
          before: [1, { a: 1 }],
          after: [1, { a: 2 }],
          textDiff: null,
          isCoarse: false,
        },
        {
          path: '/planningMetadata/order',
          kind: 'CHANGED',
          before: [1, 2],
          after: [2, 1],
          textDiff: null,
          isCoarse: false,
        },
      ]),
    );
    expect(fields).toHaveLength(4);
  });

  test('tell a value of null from one that is not there', async () => {
    const fields = await fieldsOf({ a: null, b: null, d: 0, e: '' }, { b: 1, c: null, d: false, e: null });
    expect(Object.fromEntries(fields.map(({ path, kind }) => [path.at(-1), kind]))).toEqual({
      a: 'REMOVED',
      b: 'CHANGED',
      c: 'ADDED',
      d: 'CHANGED',
      e: 'CHANGED',
    });
  });

  test('of a version are always there: one that is set or cleared is CHANGED from or to null', async () => {
    expect(await fieldsOf(null, { a: 1 })).toEqual([
      { path: '/planningMetadata', kind: 'CHANGED', before: null, after: { a: 1 }, textDiff: null, isCoarse: false },
    ]);
    expect(await fieldsOf({ a: 1 }, null)).toEqual([
      { path: '/planningMetadata', kind: 'CHANGED', before: { a: 1 }, after: null, textDiff: null, isCoarse: false },
    ]);
    expect(await fieldsOf({}, { a: {} })).toEqual([
      { path: '/planningMetadata/a', kind: 'ADDED', before: null, after: {}, textDiff: null, isCoarse: false },
    ]);
  });

  test('that change their kind of value are CHANGED as a whole', async () => {
    const values: Json[] = [null, true, 0, 1, '1', '', [], {}, [null], { '0': null }];
    for (const a of values)
      for (const b of values) {
        const fields = await fieldsOf({ v: a }, { v: b });
        if (canonicalize(a) === canonicalize(b)) expect(fields).toEqual([]);
        else expect(fields.length).toBeGreaterThan(0);
      }
  });

  test('of long text have a unified diff, of short text none', async () => {
    const long = Array.from({ length: 30 }, (_, i) => `Line ${i + 1} of the reasons.`).join('\n');
    const fields = await fieldsOf(
      { long, short: 'one', oneLine: 'x'.repeat(100), number: 1 },
      { long: long.replace('Line 15', 'Row 15'), short: 'two', oneLine: `${'x'.repeat(100)}y`, number: 2 },
    );
    const of = Object.fromEntries(fields.map(({ path, textDiff }) => [path.split('/').at(-1), textDiff]));
    expect(of).toMatchObject({ short: null, number: null });
    expect(of.oneLine).toContain(`-${'x'.repeat(100)}\n+${'x'.repeat(100)}y`);
    const lines = (of.long as string).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '--- a/planningMetadata/long',
        '+++ b/planningMetadata/long',
        '-Line 15 of the reasons.',
        '+Row 15 of the reasons.',
        ' Line 14 of the reasons.',
      ]),
    );
    expect(lines.filter((line) => /^[-+](?![-+]{2})/.test(line))).toHaveLength(2);
    expect(of.long).toMatch(/^@@ -12,7 \+12,7 @@$/m);
    expect(of.long).not.toContain('No newline at end of file');
  });

  test('are told without the diffs of their texts, unless those are asked for', async () => {
    const [a, b] = [await draft({ text: shuffled(300, 1) }), await draft({ text: shuffled(300, 2) })];
    const made = jest.spyOn(TextDiffs.prototype, 'of');
    const asked = async (selection: string) => {
      const query = `query ($id: UUID!, $from: Int!) { phaseVersion(versionId: $id) { diff(from: $from) { ${selection} } } }`;
      const { phaseVersion } = await world.get(ada, query, { id: b.versionId, from: a.versionNumber });
      return { answer: phaseVersion.diff, texts: made.mock.calls.flatMap(([, changes]) => changes).length };
    };
    expect(
      await asked('patch summary { changed } fields { path kind before after } items { nodes { fields { path } } }'),
    ).toMatchObject({ texts: 0 });
    // Both fields are answered from one diff.
    expect(await asked('fields { textDiff isCoarse }')).toMatchObject({
      answer: { fields: [{ textDiff: expect.stringContaining('+++ b/planningMetadata/text'), isCoarse: true }] },
      texts: 1,
    });
    made.mockRestore();
  });

  test('of a very wide object are one patch; as objects of their own they are refused', async () => {
    const wide = (value: number) => Object.fromEntries(Array.from({ length: 20_001 }, (_, n) => [`k${n}`, value]));
    const [a, b] = [await draft(wide(1)), await draft(wide(2))];
    const asked = (selection: string) =>
      world.ask(
        ada,
        `query ($id: UUID!, $from: Int!) { phaseVersion(versionId: $id) { diff(from: $from) { ${selection} } } }`,
        { id: b.versionId, from: a.versionNumber },
      );
    const { data } = await asked('summary { fieldsChanged } patch');
    expect(data.phaseVersion.diff.summary).toEqual({ fieldsChanged: 20_001 });
    expect(data.phaseVersion.diff.patch).toHaveLength(20_001);
    expect((await asked('fields { path }')).errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 20_000, actual: 20_001 } },
    ]);
  });

  test('of text that only one side has get no unified diff', async () => {
    const fields = await fieldsOf({ gone: 'x'.repeat(200), n: null }, { come: 'x'.repeat(200), n: 'x'.repeat(200) });
    expect(fields.map(({ textDiff }) => textDiff)).toEqual([null, null, null]);
  });
});

describe('items', () => {
  test('are matched by their key: added, removed, changed and unchanged ones, by label', async () => {
    const a = await draft({}, [
      item(1, { attributeData: { name: 'Zebra' } }),
      item(2, { attributeData: { name: 'Yak' } }),
      item(3, { attributeData: { name: 'Ape' }, decisionReason: 'a' }),
    ]);
    const b = await draft({}, [
      item(4, { attributeData: { name: 'Bear' } }),
      item(3, { attributeData: { name: 'Ape' }, decisionReason: 'b' }),
      item(1, { attributeData: { name: 'Zebra' } }),
    ]);
    const diff = await difference(a, b);
    expectConsistent(diff);
    expect(diff.items.nodes.map(({ label, kind }) => [label, kind])).toEqual([
      ['Ape', 'CHANGED'],
      ['Bear', 'ADDED'],
      ['Yak', 'REMOVED'],
    ]);
    expect(diff.items.nodes[0]!.fields).toEqual([
      { path: '/decisionReason', kind: 'CHANGED', before: 'a', after: 'b', textDiff: null, isCoarse: false },
    ]);
    expect(diff.summary).toEqual({ added: 1, removed: 1, changed: 1, unchanged: 1, fieldsChanged: 0 });
  });

  test('come a thousand at once, whether a plan answers or the resolvers', async () => {
    const a = await draft(null, [item(1), item(2)]);
    const b = await draft(null, [item(1), item(3)]);
    const query = `query ($id: UUID!, $from: Int!, $first: Int!) { phaseVersion(versionId: $id) { diff(from: $from) { items(first: $first) { totalCount nodes { itemKey kind } } } } }`;
    const given = { id: b.versionId, from: a.versionNumber };
    for (let turn = 0; turn < 3; turn++) {
      const { phaseVersion } = await world.get(aud, query, { ...given, first: 1000 });
      expect(phaseVersion.diff.items.nodes).toHaveLength(2);
      expect(await world.codeOf(aud, query, { ...given, first: 1001 })).toBe('BAD_USER_INPUT');
    }
  });

  test('in another order are the same', async () => {
    const [a, b] = [await draft({}, [item(1), item(2)]), await draft({}, [item(2), item(1)])];
    expect((await difference(a, b)).patch).toEqual([]);
    expect(a.contentHash).toBe(b.contentHash);
  });
});

describe('the hash of a version', () => {
  test('is over canonical JSON: known content has a known hash', async () => {
    const version = await draft({ b: [1, 0.1, 1e-7], a: 'é\u20ac\n"' }, [
      item(1, { attributeData: { z: 1, a: null } }),
    ]);
    const { phaseVersion } = await world.run(aud, VersionWithItemsDocument, { versionId: version.versionId });
    const [only] = phaseVersion!.items.nodes;
    const itemText = `{"attributeCode":null,"attributeData":{"a":null,"z":1},"attributeId":"${attribute(1)}","decisionMetadata":null,"decisionReason":null,"decisionType":null}`;
    const itemHash = createHash('sha256').update(itemText).digest('hex');
    const text = `{"content":{"planningMetadata":{"a":"é€\\n\\"","b":[1,0.1,1e-7]}},"items":{"${only!.itemKey}":"${itemHash}"}}`;
    expect(version.contentHash).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  });

  test('of a version without content and items is that of nothing', async () => {
    const version = await draft(null);
    expect(version.contentHash).toBe(
      createHash('sha256').update('{"content":{"planningMetadata":null},"items":{}}').digest('hex'),
    );
  });
});

// ── random pairs ────────────────────────────────────────────────────────────────────────────────────────────────────

function randomFrom(seed: number) {
  const next = chance(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { next, below, pick };
}

/** Without `constructor`, a step rfc6902 refuses to take. */
const keys = [
  'a',
  'b',
  'c',
  'a/b',
  'c~d',
  '~',
  '/',
  '',
  ' ',
  '0',
  '1',
  '-',
  'é',
  '__typename',
  'long key with spaces',
  'items',
  'content',
];
const scalars: Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.1,
  1e-9,
  42.5,
  '',
  'a',
  'b',
  'text with "quotes"',
  'line\nbreak',
  '😀',
  'x'.repeat(90),
  '1',
  'null',
];

function randomPair(seed: number) {
  const { next, below, pick } = randomFrom(seed);
  const value = (depth: number): Json => {
    const kind = next();
    if (depth === 0 || kind < 0.5) return pick(scalars);
    if (kind < 0.7) return Array.from({ length: below(4) }, () => value(depth - 1));
    return object(depth - 1);
  };
  const object = (depth: number): JsonObject =>
    Object.fromEntries(Array.from({ length: below(6) }, () => [pick(keys), value(depth)]));
  /** Something like it: parts kept, parts changed, added and taken away. */
  const variation = (of: Json, depth: number): Json => {
    if (next() < 0.25) return value(depth);
    if (Array.isArray(of)) return of.map((entry) => variation(entry, depth - 1)).filter(() => next() > 0.2);
    if (typeof of === 'object' && of !== null) return variationOf(of, depth);
    return of;
  };
  const variationOf = (of: JsonObject, depth: number): JsonObject => ({
    ...Object.fromEntries(
      Object.entries(of)
        .filter(() => next() > 0.2)
        .map(([key, entry]) => [key, next() < 0.5 ? entry : variation(entry, depth - 1)]),
    ),
    ...(next() < 0.4 && { [pick(keys)]: value(Math.max(0, depth - 1)) }),
  });
  const fields = (n: number) =>
    item(n, {
      attributeData: object(3),
      decisionType: pick(['INCLUDE', 'EXCLUDE', 'MODIFY', null]),
      decisionReason: pick(['because', null, 'x'.repeat(100), 'two\nlines']),
      decisionMetadata: next() < 0.3 ? null : object(2),
    });
  const before = Array.from({ length: below(6) }, (_, n) => n)
    .filter(() => next() > 0.1)
    .map(fields);
  const after = before
    .filter(() => next() > 0.25)
    .map((old) =>
      next() < 0.4
        ? old
        : {
            ...old,
            attributeData: variationOf(old.attributeData as JsonObject, 3),
            decisionReason: pick(['because', null, 'else']),
          },
    );
  for (let n = 6; n < 6 + below(4); n++) after.push(fields(n));
  const content = next() < 0.1 ? null : object(4);
  return {
    a: { content, items: before },
    b: { content: next() < 0.1 ? null : content && variationOf(content, 4), items: after },
  };
}

test.each(Array.from({ length: 60 }, (_, n) => 20_261_001 + n))(
  'the patch, the fields and the hashes of a random pair of versions agree with the versions (seed %i)',
  async (seed) => {
    const { a, b } = randomPair(seed);
    const [one, other] = [await draft(a.content, a.items), await draft(b.content, b.items)];
    const sent = (items: object[]) => items.map(({ attributeId }: { attributeId?: string }) => attributeId).sort();
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const diff = await difference(from, to);
      expectConsistent(diff);
      if (from !== one) continue;
      // The versions themselves are what was sent.
      expect(documentOf(diff.from).content).toEqual({ planningMetadata: a.content });
      expect(documentOf(diff.to).content).toEqual({ planningMetadata: b.content });
      expect(diff.to.items.nodes.map(({ content }) => (content as { attributeId: string }).attributeId).sort()).toEqual(
        sent(b.items),
      );
    }
    const again = await draft(b.content, [...b.items].reverse());
    expect(again.contentHash).toBe(other.contentHash);
  },
);
