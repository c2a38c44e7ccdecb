/**
 * What every fully versioned phase promises, run once for each phase in the list: a phase that is added is covered by adding
 * it. The operations are typed from the schema (test/operations), so a field that is renamed there does not compile here.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { fullPhases, phaseOf } from '../../src/phases';
import { contentFields, fallbacks, type Field } from '../../src/versioning/fields';
import { itemReviewStatuses } from '../../src/versioning/model';
import {
  ApproveVersionDocument,
  ChangeCountDocument,
  CreateVersionDocument,
  DecideItemsDocument,
  DeleteVersionDocument,
  PutItemsDocument,
  RejectVersionDocument,
  RemoveItemsDocument,
  ReviseVersionDocument,
  SubmitVersionDocument,
  UndeleteVersionDocument,
  UpdateVersionDocument,
  VersionHistoryDocument,
  VersionWithItemsDocument,
  WithdrawVersionDocument,
  type CreateVersionInput,
  type ItemReviewStatus,
  type Phase,
  type PhaseContentInput,
  type PhaseItemsInput,
} from '../generated/graphql';
import {
  approverOf,
  buildRecord,
  buildVersion,
  decideAll,
  demandPhase,
  sampleContent,
  sampleItem,
  sampleItems,
  signAll,
} from '../support/builders';
import { refusalOf as refusalIn } from '../support/refusals';
import { ada, aud, olga, workflow, World } from '../support/world';

const { cycleId, reportId } = workflow;
const unknownKey = '00000000-0000-4000-8000-00000000dead';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

interface Ref {
  readonly versionId: string;
  readonly revision: number;
}
const at = ({ versionId, revision }: Ref) => ({ versionId, expectedRevision: revision });

const changes = async () => (await world.run(aud, ChangeCountDocument, { cycleId, reportId })).workflow!.changes;

const fetch = async (versionId: string, as = aud) => {
  const { phaseVersion } = await world.run(as, VersionWithItemsDocument, { versionId });
  if (!phaseVersion) throw new Error(`version ${versionId} is not to be seen`);
  return { ...phaseVersion, list: phaseVersion.items.nodes };
};

const refusalOf = <Data, Input extends object>(
  userId: number,
  document: TypedDocumentNode<Data, { input: Input }>,
  input: Input,
) => refusalIn(world, userId, document, input);

test('there are phases to hold to the contract', () => expect(fullPhases.length).toBe(6));

describe.each(fullPhases.map((phase) => [phase.key, phase] as const))('%s', (key, declared) => {
  const phase = key as Phase;
  const approver = approverOf(key);
  const { identity, reviewed, input: itemsMember } = declared.item;
  const byDecisions = reviewed === 'BY_DECISIONS';
  const versionFields = contentFields(declared.version.fields).map(([name]) => name);
  /** What stands there when nothing was given. */
  const emptyContent: Record<string, unknown> = {
    ...Object.fromEntries(versionFields.map((name) => [name, null])),
    ...fallbacks(declared.version.fields),
  };

  const items = (list: object[]) => ({ [itemsMember]: list }) as unknown as PhaseItemsInput;
  const someItems = (count: number, from = 1) => sampleItems(key, count, from) as unknown as PhaseItemsInput;
  const content = (fields: object) => ({ [declared.version.input]: fields }) as unknown as PhaseContentInput;
  const someContent = (n = 1) => sampleContent(key, n) as unknown as PhaseContentInput;
  const contentValues = (n = 1) => sampleContent(key, n)[declared.version.input] as Record<string, unknown>;
  /** Another form of the n-th item: everything else about it is different. */
  const edited = (n: number, form = 51) => ({
    ...sampleItem(key, n + form),
    ...(identity && { [identity]: sampleItem(key, n)[identity] }),
  });
  const undecided = (n: number) => ({
    ...sampleItem(key, n),
    ...(reviewed !== 'BY_DECISIONS' && { [reviewed.byField]: null }),
  });

  const create = async (input: Partial<CreateVersionInput> = {}) =>
    (await world.run(ada, CreateVersionDocument, { input: { cycleId, reportId, phase, ...input } })).createVersion!
      .version;
  const draft = (count = 3, from = 1) =>
    create({ carryForward: 'NONE', content: someContent(), items: someItems(count, from) });
  const put = async (version: Ref, input: PhaseItemsInput) =>
    (await world.run(ada, PutItemsDocument, { input: { ...at(version), items: input } })).putItems!.version;
  const submit = async (version: Ref) =>
    (await world.run(ada, SubmitVersionDocument, { input: at(version) })).submitVersion!.version;
  const withdraw = async (version: Ref) =>
    (await world.run(ada, WithdrawVersionDocument, { input: at(version) })).withdrawVersion!.version;
  const decide = async (version: Ref, decisions: { itemKey: string; status: ItemReviewStatus; notes?: string }[]) =>
    (await world.run(approver, DecideItemsDocument, { input: { ...at(version), decisions } })).decideItems!.version;
  const reject = async (version: Ref) =>
    (await world.run(approver, RejectVersionDocument, { input: { ...at(version), reason: 'Not like this.' } }))
      .rejectVersion!.version;
  const keysOf = async (version: Ref) => (await fetch(version.versionId)).list.map(({ itemKey }) => itemKey);

  /** Rejected as a whole; where its items are reviewed, the first was approved, the second rejected, the third left open. */
  async function mixed() {
    const pending = await submit(await draft());
    const keys = await keysOf(pending);
    const decided = byDecisions
      ? await decide(pending, [
          { itemKey: keys[0]!, status: 'APPROVED', notes: 'Good.' },
          { itemKey: keys[1]!, status: 'REJECTED', notes: 'Bad.' },
        ])
      : pending;
    return { version: await reject(decided), keys };
  }
  const approve = async (version: Ref & { contentHash: string }, reason?: string) => {
    await signAll(world, version, key);
    return world.run(approver, ApproveVersionDocument, { input: { ...at(version), reason } });
  };
  const approved = () => buildVersion(world, { phase: key, status: 'APPROVED' });

  beforeAll(async () => {
    for (const needed of declared.prerequisites) await demandPhase(world, needed, { of: workflow, preparer: ada });
  });

  describe('creating', () => {
    test('a version starts as a draft with its content and items in one commit', async () => {
      const before = (await changes()).nodes[0]?.sequence ?? 0;
      const { createVersion } = await world.run(ada, CreateVersionDocument, {
        input: {
          cycleId,
          reportId,
          phase,
          carryForward: 'NONE',
          content: someContent(2),
          items: someItems(3),
          reason: 'A start.',
        },
      });
      expect(createVersion!.changeSet).toMatchObject({
        sequence: before + 1,
        operation: 'createVersion',
        reason: 'A start.',
        actor: { userId: ada },
      });
      const version = await fetch(createVersion!.version.versionId);
      expect(version).toMatchObject({
        __typename: declared.version.type,
        phase,
        status: 'DRAFT',
        revision: 1,
        content: contentValues(2),
        items: { totalCount: 3 },
      });
      expect(version.list.map((item) => item.content)).toEqual([1, 2, 3].map((n) => sampleItem(key, n)));
      for (const item of version.list)
        expect(item).toMatchObject({
          __typename: declared.item.type,
          decision: null,
          carriedFromItem: null,
          carriedFromVersion: null,
        });
    });

    test('a version may start without content and items', async () => {
      const version = await fetch((await create({ carryForward: 'NONE' })).versionId);
      expect(version).toMatchObject({ items: { totalCount: 0 } });
      expect(version.content).toEqual(emptyContent);
    });

    test('each version takes the next number of the one record of the phase', async () => {
      const first = await draft();
      const second = await draft();
      expect(second.versionNumber).toBe(first.versionNumber + 1);
      expect(second.masterRecordId).toBe(first.masterRecordId);
    });

    test('content and items of another phase are refused', async () => {
      for (const other of fullPhases.filter((candidate) => candidate.key !== key)) {
        const foreignItems = { [other.item.input]: [sampleItem(other.key, 1)] } as unknown as PhaseItemsInput;
        const foreignContent = sampleContent(other.key) as unknown as PhaseContentInput;
        const input = { cycleId, reportId, phase };
        const taken = { code: 'BAD_USER_INPUT', message: expect.stringContaining(declared.title) };
        expect(await refusalOf(ada, CreateVersionDocument, { ...input, items: foreignItems })).toMatchObject(taken);
        expect(await refusalOf(ada, CreateVersionDocument, { ...input, content: foreignContent })).toMatchObject(taken);
        const version = await draft();
        expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: foreignItems })).toMatchObject(taken);
        expect(await refusalOf(ada, UpdateVersionDocument, { ...at(version), content: foreignContent })).toMatchObject(
          taken,
        );
      }
    });

    test('a parent that is no version of this phase is refused', async () => {
      const input = { cycleId, reportId, phase };
      expect(await refusalOf(ada, CreateVersionDocument, { ...input, parentVersionId: unknownKey })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      for (const other of declared.prerequisites) {
        const isRecorded = phaseOf(other).versioning === 'AUDIT_ONLY';
        const foreign = await (isRecorded
          ? buildRecord(world, { phase: other })
          : buildVersion(world, { phase: other }));
        expect(
          await refusalOf(ada, CreateVersionDocument, { ...input, parentVersionId: foreign.versionId }),
        ).toMatchObject({ code: 'BAD_USER_INPUT' });
      }
    });
  });

  describe('carrying forward', () => {
    test('the parent is the version in force unless another is named', async () => {
      const current = await approved();
      const next = await fetch((await create()).versionId);
      expect(next).toMatchObject({ parent: { versionId: current.versionId }, base: { versionId: current.versionId } });
      const { version: older } = await mixed();
      const other = await fetch((await create({ parentVersionId: older.versionId })).versionId);
      expect(other).toMatchObject({ parent: { versionId: older.versionId }, base: { versionId: current.versionId } });
    });

    test('APPROVED_ITEMS takes the items that were approved, with their approval as it was given then', async () => {
      const current = await approved();
      const before = await fetch(current.versionId);
      const after = await fetch((await create({ carryForward: 'APPROVED_ITEMS' })).versionId);
      expect(after.content).toEqual(before.content);
      expect(after.list.map((item) => item.itemKey)).toEqual(before.list.map((item) => item.itemKey));
      expect(after.contentHash).toBe(before.contentHash);
      after.list.forEach((item, i) => {
        expect(item.itemId).not.toBe(before.list[i]!.itemId);
        expect(item).toMatchObject({
          label: before.list[i]!.label,
          content: before.list[i]!.content,
          reviewStatus: before.list[i]!.reviewStatus,
          carriedFromItem: { itemId: before.list[i]!.itemId },
          carriedFromVersion: { versionId: current.versionId },
        });
        expect(item.decision).toEqual(before.list[i]!.decision);
        if (byDecisions) expect(item.decision!.decidedInVersion.versionId).toBe(current.versionId);
      });
    });

    test('APPROVED_ITEMS leaves rejected and undecided items behind', async () => {
      const { version, keys } = await mixed();
      const child = await fetch(
        (await create({ parentVersionId: version.versionId, carryForward: 'APPROVED_ITEMS' })).versionId,
      );
      // Items that are not reviewed one by one count as approved with their version only, and this one was rejected.
      expect(child.list.map((item) => item.itemKey)).toEqual(byDecisions ? [keys[0]] : []);
      for (const item of child.list)
        expect(item.decision).toMatchObject({
          status: 'APPROVED',
          notes: 'Good.',
          decidedBy: { userId: approver },
          decidedInVersion: { versionId: version.versionId },
        });
    });

    test('an approval is still the one that was given, however often the item is carried', async () => {
      const origin = await approved();
      for (let generation = 0; generation < 2; generation++) {
        const child = await create({ carryForward: 'APPROVED_ITEMS' });
        const pending = await submit(child);
        const { approveVersion } = await approve(pending);
        for (const item of (await fetch(approveVersion!.version.versionId)).list)
          expect(item.decision?.decidedInVersion.versionId).toBe(byDecisions ? origin.versionId : undefined);
      }
    });

    test('ALL_ITEMS takes every item, and only approvals with them', async () => {
      const { version, keys } = await mixed();
      const child = await fetch(
        (await create({ parentVersionId: version.versionId, carryForward: 'ALL_ITEMS' })).versionId,
      );
      expect(child.contentHash).toBe(version.contentHash);
      expect(child.list.map((item) => item.itemKey)).toEqual(keys);
      const decidedIn = child.list.map((item) => item.decision?.decidedInVersion.versionId ?? null);
      expect(decidedIn).toEqual(byDecisions ? [version.versionId, null, null] : [null, null, null]);
      if (byDecisions) expect(child.list.map((item) => item.reviewStatus)).toEqual(['APPROVED', 'PENDING', 'PENDING']);
    });

    test('NONE takes neither items nor content', async () => {
      await approved();
      const child = await fetch((await create({ carryForward: 'NONE' })).versionId);
      expect(child.list).toEqual([]);
      expect(child.content).toEqual(emptyContent);
    });

    test('items and content given with the call stand beside or in place of the carried ones', async () => {
      const current = await fetch((await approved()).versionId);
      const replacement = { itemKey: current.list[0]!.itemKey, ...edited(1) };
      const created = await create({ content: someContent(7), items: items([replacement, sampleItem(key, 9)]) });
      const child = await fetch(created.versionId);
      expect(child.content).toEqual(contentValues(7));
      expect(child.list.map((item) => item.content)).toEqual([
        edited(1),
        sampleItem(key, 2),
        sampleItem(key, 3),
        sampleItem(key, 9),
      ]);
      expect(child.list[0]!.decision).toBeNull();
      if (byDecisions) expect(child.list[1]!.decision).not.toBeNull();
    });

    test('editing a carried item clears its approval for good, putting it unchanged does not', async () => {
      const current = await fetch((await approved()).versionId);
      const [first, second] = current.list;
      let child = await create();
      child = await put(
        child,
        items([
          { itemKey: first!.itemKey, ...edited(1) },
          { itemKey: second!.itemKey, ...sampleItem(key, 2) },
        ]),
      );
      const [edited1, same2] = (await fetch(child.versionId)).list;
      expect(edited1!.decision).toBeNull();
      expect(same2!.decision).toEqual(second!.decision);
      if (byDecisions) expect(edited1!.reviewStatus).toBe('PENDING');
      // Where it came from is still known, but its old approval was given before it was touched.
      expect(edited1!.carriedFromItem).toEqual({ itemId: first!.itemId });
      child = await put(child, items([{ itemKey: first!.itemKey, ...sampleItem(key, 1) }]));
      expect((await fetch(child.versionId)).list[0]).toMatchObject({ content: first!.content, decision: null });
    });
  });

  describe('editing', () => {
    test('updateVersion leaves what is omitted as it was, and null clears', async () => {
      const version = await draft();
      const update = async (of: Ref, fields: object) =>
        (await world.run(ada, UpdateVersionDocument, { input: { ...at(of), content: content(fields) } })).updateVersion!
          .version;
      const same = await update(version, {});
      expect(same).toMatchObject({ revision: 2, contentHash: version.contentHash });
      let current = same;
      const expected = { ...contentValues(1) };
      for (const name of versionFields) {
        current = await update(current, { [name]: contentValues(5)[name] });
        expected[name] = contentValues(5)[name];
        expect((await fetch(version.versionId)).content).toEqual(expected);
      }
      for (const [name, field] of contentFields(declared.version.fields)) {
        if (field.required) continue;
        current = await update(current, { [name]: null });
        expected[name] = emptyContent[name];
        expect((await fetch(version.versionId)).content).toEqual(expected);
      }
      expect(current.contentHash).not.toBe(version.contentHash);
    });

    test('putItems adds items and replaces those whose key is given', async () => {
      const version = await draft(2);
      const keys = await keysOf(version);
      const after = await put(version, items([{ itemKey: keys[1]!, ...edited(2) }, sampleItem(key, 3)]));
      expect(after).toMatchObject({ revision: 2, status: 'DRAFT' });
      expect(after.contentHash).not.toBe(version.contentHash);
      const { list } = await fetch(version.versionId);
      expect(list.map((item) => item.content)).toEqual([sampleItem(key, 1), edited(2), sampleItem(key, 3)]);
      expect(list.slice(0, 2).map((item) => item.itemKey)).toEqual(keys);
    });

    describe('items are changed in part', () => {
      const itemFields = contentFields(declared.item.fields);
      const changeable = itemFields.filter(([name]) => name !== identity);
      const change = async (of: Ref, list: object[], more: object = {}) =>
        (await world.run(ada, PutItemsDocument, { input: { ...at(of), changes: items(list), ...more } })).putItems!
          .version;
      const refusedChange = (of: Ref, list: object[], more: object = {}) =>
        refusalOf(ada, PutItemsDocument, { ...at(of), changes: items(list), ...more });
      const named = (n: number) => ({ [identity!]: sampleItem(key, n)[identity!] });

      test('what is left out stays as it was, and null clears', async () => {
        const version = await draft(2);
        const [itemKey, other] = await keysOf(version);
        const expected: Record<string, unknown> = { ...sampleItem(key, 1) };
        let current: Ref = version;
        for (const [name] of changeable) {
          current = await change(current, [{ itemKey, [name]: sampleItem(key, 60)[name] }]);
          expected[name] = sampleItem(key, 60)[name];
          expect((await fetch(version.versionId)).list[0]!.content).toEqual(expected);
        }
        for (const [name, field] of changeable) {
          if (field.required) continue;
          current = await change(current, [{ itemKey, [name]: null }]);
          expected[name] = field.fallback ?? null;
          expect((await fetch(version.versionId)).list[0]!.content).toEqual(expected);
        }
        // The same content has the same hash, however it came about, and the label follows it.
        const { list } = await fetch(version.versionId);
        const whole = await create({
          carryForward: 'NONE',
          content: someContent(),
          items: items([expected, sampleItem(key, 2)]),
        });
        const [same] = (await fetch(whole.versionId)).list;
        expect(list[0]).toMatchObject({ content: same!.content, label: same!.label });
        expect(list[1]).toMatchObject({ itemKey: other, content: sampleItem(key, 2) });
        if (identity) expect((await fetch(version.versionId)).contentHash).toBe(whole.contentHash);
      });

      test('beside others that are added or replaced, in one commit', async () => {
        const version = await draft(2);
        const keys = await keysOf(version);
        const [name] = changeable[0]!;
        const value = sampleItem(key, 60)[name];
        await change(version, [{ itemKey: keys[1], [name]: value }], {
          items: items([{ itemKey: keys[0]!, ...edited(1) }, sampleItem(key, 3)]),
        });
        const after = await fetch(version.versionId);
        expect(after.revision).toBe(version.revision + 1);
        expect(after.list.map((item) => item.content)).toEqual([
          edited(1),
          { ...sampleItem(key, 2), [name]: value },
          sampleItem(key, 3),
        ]);
      });

      test('nothing is changed of what is not there, is named twice, or is not named at all', async () => {
        const version = await draft(2);
        const [itemKey] = await keysOf(version);
        const [name] = changeable[0]!;
        const value = { [name]: sampleItem(key, 60)[name] };
        const bad = { code: 'BAD_USER_INPUT' };
        expect(await refusedChange(version, [])).toMatchObject(bad);
        expect(await refusedChange(version, [value])).toMatchObject({ ...bad, index: 0 });
        const unknown = [{ itemKey, ...value }, { itemKey: unknownKey, ...value }]; // prettier-ignore
        expect(await refusedChange(version, unknown)).toMatchObject({ ...bad, index: 1, itemKey: unknownKey });
        expect(await refusedChange(version, [{ itemKey }, { itemKey }])).toMatchObject({ ...bad, index: 1 });
        const both = { items: items([{ itemKey: itemKey!, ...edited(1) }]) };
        expect(await refusedChange(version, [{ itemKey, ...value }], both)).toMatchObject({ ...bad, itemKey });
        for (const [required, field] of itemFields)
          if (field.required)
            expect(await refusedChange(version, [{ itemKey, [required]: null }])).toMatchObject({ ...bad, argument: required }); // prettier-ignore
        expect(await refusalOf(ada, PutItemsDocument, at(version))).toMatchObject(bad);
        expect(await fetch(version.versionId)).toMatchObject({ revision: version.revision });
      });

      if (identity) {
        test('found by their identity, which stays as it is', async () => {
          const version = await draft(3);
          const keys = await keysOf(version);
          const [name] = changeable[0]!;
          const value = sampleItem(key, 60)[name];
          const changed = await change(version, [
            { ...named(2), [name]: value },
            { itemKey: keys[2], ...named(3) },
          ]);
          expect((await fetch(version.versionId)).list.map((item) => item.content)).toEqual([
            sampleItem(key, 1),
            { ...sampleItem(key, 2), [name]: value },
            sampleItem(key, 3),
          ]);
          expect(await refusedChange(changed, [{ itemKey: keys[0], ...named(2) }])).toMatchObject({ itemKey: keys[0] });
          const refused = await refusedChange(changed, [{ ...named(9), [name]: value }]);
          expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', index: 0 });
          expect(refused.message).toContain(`${identity} ${String(sampleItem(key, 9)[identity])}`);
        });

        test('and replaced by it where that is wished for', async () => {
          const version = await draft(2);
          const keys = await keysOf(version);
          const input = { ...at(version), items: items([edited(2), sampleItem(key, 3)]), replaceExisting: true };
          await world.run(ada, PutItemsDocument, { input });
          const { list } = await fetch(version.versionId);
          expect(list.map((item) => item.content)).toEqual([sampleItem(key, 1), edited(2), sampleItem(key, 3)]);
          expect(list.slice(0, 2).map((item) => item.itemKey)).toEqual(keys);
        });
      }
    });

    test('putItems refuses a key the version does not have, and then puts nothing', async () => {
      const version = await draft(2);
      const stranger = identity ? await draft(1, 30) : null;
      const itemKey = stranger ? (await keysOf(stranger))[0]! : unknownKey;
      const mine = items([sampleItem(key, 3), { itemKey, ...sampleItem(key, 30) }]);
      expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: mine })).toMatchObject({
        code: 'BAD_USER_INPUT',
        itemKey,
        index: 1,
      });
      expect((await fetch(version.versionId)).list).toHaveLength(2);
    });

    test('putItems refuses an empty list, and blank required texts', async () => {
      const version = await draft(1);
      expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: items([]) })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      for (const [name, field] of contentFields(declared.item.fields)) {
        if (field.kind !== 'text' || !field.required) continue;
        const blank = items([{ ...sampleItem(key, 5), [name]: '  ' }]);
        expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: blank })).toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      }
    });

    test('an item without one of its required fields is refused', async () => {
      const version = await draft(1);
      for (const [name, field] of contentFields(declared.item.fields)) {
        const without = items([{ ...sampleItem(key, 5), [name]: null }]);
        if (field.required)
          expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: without })).toMatchObject({
            code: 'BAD_USER_INPUT',
          });
      }
    });

    test('one key twice in a request is refused', async () => {
      const version = await draft(1);
      const [itemKey] = await keysOf(version);
      const twice = items([
        { itemKey, ...edited(1) },
        { itemKey, ...edited(1, 52) },
      ]);
      expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: twice })).toMatchObject({
        code: 'BAD_USER_INPUT',
        index: 1,
      });
    });

    if (identity) {
      test('an identity is in a version once: adding it again or twice at once is refused, naming the key to use', async () => {
        const version = await draft(2);
        const keys = await keysOf(version);
        expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: items([edited(2)]) })).toMatchObject({
          code: 'BAD_USER_INPUT',
          itemKey: keys[1],
        });
        const twice = items([sampleItem(key, 3), edited(3)]);
        expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: twice })).toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      });

      test('an item cannot be given the key of another identity', async () => {
        const version = await draft(2);
        const [itemKey] = await keysOf(version);
        for (const n of [2, 3]) {
          const moved = items([{ itemKey, ...sampleItem(key, n) }]);
          expect(await refusalOf(ada, PutItemsDocument, { ...at(version), items: moved })).toMatchObject({
            code: 'BAD_USER_INPUT',
            itemKey,
          });
        }
      });

      test('the same identity has the same key in every version of the record', async () => {
        const [one, other] = [await draft(2), await draft(2)];
        expect(await keysOf(one)).toEqual(await keysOf(other));
        expect(one.contentHash).toBe(other.contentHash);
      });
    }

    test('removeItems removes the items named, and an item that is added again is a new one', async () => {
      const version = await draft(3);
      const keys = await keysOf(version);
      const { removeItems } = await world.run(ada, RemoveItemsDocument, {
        input: { ...at(version), itemKeys: [keys[0]!, keys[2]!, keys[0]!] },
      });
      expect(removeItems!.version).toMatchObject({ revision: 2 });
      expect(await keysOf(version)).toEqual([keys[1]]);
      await put(removeItems!.version, items([sampleItem(key, 1)]));
      const { list } = await fetch(version.versionId);
      expect(list.map((item) => item.content)).toEqual([sampleItem(key, 2), sampleItem(key, 1)]);
    });

    test('removeItems is refused as a whole when one key is unknown or none is named', async () => {
      const version = await draft(2);
      const [itemKey] = await keysOf(version);
      expect(
        await refusalOf(ada, RemoveItemsDocument, { ...at(version), itemKeys: [itemKey!, unknownKey] }),
      ).toMatchObject({
        code: 'BAD_USER_INPUT',
        unknownItemKeys: [unknownKey],
      });
      expect(await refusalOf(ada, RemoveItemsDocument, { ...at(version), itemKeys: [] })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      expect(await keysOf(version)).toHaveLength(2);
    });
  });

  describe('submitting and deciding', () => {
    if (declared.item.atLeast > 0)
      test('an empty version cannot be submitted', async () => {
        const empty = await create({ carryForward: 'NONE', content: someContent() });
        expect(await refusalOf(ada, SubmitVersionDocument, at(empty))).toMatchObject({ code: 'INVALID_TRANSITION' });
      });
    else
      test('an empty version may be submitted', async () => {
        expect(await submit(await create({ carryForward: 'NONE' }))).toMatchObject({ status: 'PENDING_APPROVAL' });
      });

    test('a submitted version is frozen and its hash is that of the draft', async () => {
      const version = await draft();
      const pending = await submit(version);
      expect(pending).toMatchObject({ status: 'PENDING_APPROVAL', contentHash: version.contentHash, revision: 2 });
      const keys = await keysOf(pending);
      const refused = { code: 'INVALID_TRANSITION' };
      expect(await refusalOf(ada, PutItemsDocument, { ...at(pending), items: someItems(1, 9) })).toMatchObject(refused);
      expect(await refusalOf(ada, UpdateVersionDocument, { ...at(pending), content: someContent(3) })).toMatchObject(
        refused,
      );
      expect(await refusalOf(ada, RemoveItemsDocument, { ...at(pending), itemKeys: keys })).toMatchObject(refused);
      expect(await refusalOf(ada, SubmitVersionDocument, at(pending))).toMatchObject(refused);
      expect(await refusalOf(ada, DeleteVersionDocument, at(pending))).toMatchObject(refused);
    });

    if (byDecisions) {
      test('withdrawing keeps the decisions on items that do not change', async () => {
        const pending = await submit(await draft());
        const keys = await keysOf(pending);
        const decided = await decide(
          pending,
          keys.map((itemKey) => ({ itemKey, status: 'APPROVED' as const })),
        );
        const withdrawn = await withdraw(decided);
        expect(withdrawn).toMatchObject({ status: 'DRAFT', revision: 4 });
        const again = await submit(await put(withdrawn, items([{ itemKey: keys[0]!, ...edited(1) }])));
        const { list } = await fetch(again.versionId);
        expect(list.map((item) => item.reviewStatus)).toEqual(['PENDING', 'APPROVED', 'APPROVED']);
        expect(list.map((item) => item.decision?.decidedInVersion.versionId ?? null)).toEqual([
          null,
          again.versionId,
          again.versionId,
        ]);
        expect(await refusalOf(approver, ApproveVersionDocument, at(again))).toMatchObject({
          code: 'ITEMS_UNDECIDED',
          undecided: 1,
          total: 3,
        });
      });

      test('a decision shows who made it, when, where and why, and the latest counts', async () => {
        const pending = await submit(await draft(2));
        const [itemKey, other] = await keysOf(pending);
        const once = await decide(pending, [{ itemKey: itemKey!, status: 'REJECTED', notes: 'No.' }]);
        const twice = await decide(once, [{ itemKey: itemKey!, status: 'APPROVED', notes: 'Well then.' }]);
        expect(twice.revision).toBe(pending.revision + 2);
        const { list } = await fetch(pending.versionId);
        expect(list[0]).toMatchObject({
          reviewStatus: 'APPROVED',
          decision: {
            status: 'APPROVED',
            notes: 'Well then.',
            decidedBy: { userId: approver },
            decidedInVersion: { versionId: pending.versionId },
          },
        });
        expect(list.find((item) => item.itemKey === other)).toMatchObject({ reviewStatus: 'PENDING', decision: null });
        expect(twice.contentHash).toBe(pending.contentHash);
      });

      test('PENDING takes a decision back, also one that the item was carried with', async () => {
        await approved();
        const pending = await submit(await create());
        const keys = await keysOf(pending);
        const taken = await decide(pending, [{ itemKey: keys[0]!, status: 'PENDING' }]);
        const { list } = await fetch(taken.versionId);
        expect(list[0]).toMatchObject({ reviewStatus: 'PENDING', decision: null });
        expect(list[1]).toMatchObject({ reviewStatus: 'APPROVED' });
        const decided = await decide(taken, [{ itemKey: keys[0]!, status: 'REJECTED', notes: 'No.' }]);
        await decide(decided, [{ itemKey: keys[0]!, status: 'PENDING' }]);
        expect((await fetch(taken.versionId)).list[0]).toMatchObject({ reviewStatus: 'PENDING', decision: null });
      });

      test('a decision the phase does not know, an item twice, an unknown item or no item is refused', async () => {
        const pending = await submit(await draft(2));
        const [itemKey, other] = await keysOf(pending);
        const field = Object.values(declared.item.fields).find(
          (candidate) => candidate.source === 'decision' && candidate.enumeration,
        );
        const known = Object.keys((field as { enumeration: { words: object } }).enumeration.words);
        const refused = (decisions: { itemKey: string; status: ItemReviewStatus }[]) =>
          refusalOf(approver, DecideItemsDocument, { ...at(pending), decisions });
        for (const status of itemReviewStatuses.filter((candidate) => !known.includes(candidate)))
          expect(
            await refused([
              { itemKey: other!, status: 'APPROVED' },
              { itemKey: itemKey!, status },
            ]),
          ).toMatchObject({
            code: 'BAD_USER_INPUT',
            allowed: known,
          });
        const approve = (key: string) => ({ itemKey: key, status: 'APPROVED' as const });
        expect(await refused([approve(itemKey!), approve(itemKey!)])).toMatchObject({ code: 'BAD_USER_INPUT' });
        expect(await refused([approve(itemKey!), approve(unknownKey)])).toMatchObject({
          code: 'BAD_USER_INPUT',
          unknownItemKeys: [unknownKey],
        });
        expect(await refused([])).toMatchObject({ code: 'BAD_USER_INPUT' });
        expect((await fetch(pending.versionId)).list.every((item) => item.decision === null)).toBe(true);
      });
    } else
      test('items are not decided one by one', async () => {
        const pending = await submit(await draft(1));
        const [itemKey] = await keysOf(pending);
        expect(
          await refusalOf(approver, DecideItemsDocument, {
            ...at(pending),
            decisions: [{ itemKey: itemKey!, status: 'APPROVED' }],
          }),
        ).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(declared.title) });
      });

    test('a version with undecided items cannot be approved; where nobody could decide them any more, not even submitted', async () => {
      const made = await create({ carryForward: 'NONE', items: items([undecided(1), undecided(2)]) });
      const refusal = byDecisions
        ? await refusalOf(approver, ApproveVersionDocument, at(await submit(made)))
        : await refusalOf(ada, SubmitVersionDocument, at(made));
      expect(refusal).toMatchObject({ code: 'ITEMS_UNDECIDED', undecided: 2, total: 2 });
    });

    test('an approved version comes into force with the decider and their remark', async () => {
      const pending = await submit(await draft());
      const ready = await decideAll(world, approver, { ...pending }, key);
      const { approveVersion } = await approve(ready, 'All good.');
      expect(approveVersion!.version).toMatchObject({
        status: 'APPROVED',
        approvalStatus: 'APPROVED',
        approvalNotes: 'All good.',
        effectiveTo: null,
      });
      expect(approveVersion!.version.effectiveFrom).not.toBeNull();
    });

    test('a rejection needs a reason', async () => {
      const pending = await submit(await draft());
      for (const reason of [undefined, null, '', ' \n\t'])
        expect(await refusalOf(approver, RejectVersionDocument, { ...at(pending), reason })).toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      expect(await reject(pending)).toMatchObject({
        status: 'REJECTED',
        approvalStatus: 'REJECTED',
        approvalNotes: 'Not like this.',
        effectiveFrom: null,
      });
    });

    test('revising a rejected version starts a draft with all its items; what was rejected is undecided again', async () => {
      const { version, keys } = await mixed();
      const before = await fetch(version.versionId);
      const { reviseVersion } = await world.run(ada, ReviseVersionDocument, { input: at(version) });
      expect(reviseVersion!.changeSet).toMatchObject({ operation: 'reviseVersion' });
      const revised = await fetch(reviseVersion!.version.versionId);
      expect(revised).toMatchObject({
        status: 'DRAFT',
        revision: 1,
        parent: { versionId: version.versionId },
        contentHash: version.contentHash,
      });
      expect(revised.content).toEqual(before.content);
      expect(revised.list.map((item) => item.itemKey)).toEqual(keys);
      const decisions = revised.list.map((item) => item.decision?.status ?? null);
      expect(decisions).toEqual(byDecisions ? ['APPROVED', null, null] : [null, null, null]);
      expect(await fetch(version.versionId)).toEqual(before);
    });
  });

  describe('deleting', () => {
    test('a deleted draft or rejected version is hidden, keeps its number, and comes back as it was', async () => {
      const { version: rejected } = await mixed();
      for (const version of [await draft(), rejected]) {
        const before = await fetch(version.versionId);
        const { deleteVersion } = await world.run(ada, DeleteVersionDocument, {
          input: { ...at(version), reason: 'Begun twice.' },
        });
        expect(deleteVersion!.version).toMatchObject({
          isDeleted: true,
          versionNumber: version.versionNumber,
          status: version.status,
        });
        expect(
          (await world.run(olga, VersionWithItemsDocument, { versionId: version.versionId })).phaseVersion,
        ).toBeNull();
        const next = await draft();
        expect(next.versionNumber).toBeGreaterThan(version.versionNumber);
        const numbers = async (as: number, includeDeleted: boolean) =>
          (
            await world.run(as, VersionHistoryDocument, { versionId: next.versionId, includeDeleted })
          ).phaseVersion!.history.nodes.map(({ versionNumber }) => versionNumber);
        expect(await numbers(ada, false)).not.toContain(version.versionNumber);
        expect(await numbers(ada, true)).toContain(version.versionNumber);
        expect(await numbers(olga, true)).not.toContain(version.versionNumber);
        expect(await refusalOf(ada, DeleteVersionDocument, at(deleteVersion!.version))).toMatchObject({
          code: 'INVALID_TRANSITION',
        });
        expect(await refusalOf(ada, SubmitVersionDocument, at(deleteVersion!.version))).toMatchObject({
          code: 'INVALID_TRANSITION',
        });
        const { undeleteVersion } = await world.run(ada, UndeleteVersionDocument, {
          input: at(deleteVersion!.version),
        });
        expect(undeleteVersion!.version).toMatchObject({ isDeleted: false, revision: version.revision + 2 });
        expect(await fetch(version.versionId)).toEqual({ ...before, revision: version.revision + 2 });
        expect(await refusalOf(ada, UndeleteVersionDocument, at(undeleteVersion!.version))).toMatchObject({
          code: 'INVALID_TRANSITION',
        });
      }
    });

    test('what was ever in force cannot be deleted', async () => {
      const first = await approved();
      expect(await refusalOf(ada, DeleteVersionDocument, at(first))).toMatchObject({ code: 'INVALID_TRANSITION' });
      await approved();
      const superseded = await fetch(first.versionId);
      expect(superseded.status).toBe('SUPERSEDED');
      expect(await refusalOf(ada, DeleteVersionDocument, at(superseded))).toMatchObject({ code: 'INVALID_TRANSITION' });
    });
  });

  test('every mutation refuses a revision that is not the version’s own, and says which is', async () => {
    const open = await draft();
    const pending = await submit(await draft());
    const rejected = await reject(await submit(await draft()));
    const { deleteVersion } = await world.run(ada, DeleteVersionDocument, {
      input: { ...at(await draft()), reason: 'Begun twice.' },
    });
    const deleted = deleteVersion!.version;
    const [itemKey] = await keysOf(open);
    for (const step of [-1, 1]) {
      const stale = (version: Ref) => ({ versionId: version.versionId, expectedRevision: version.revision + step });
      const expectConflict = async (version: Ref, refusal: ReturnType<typeof refusalOf>) => {
        expect(await refusal).toMatchObject({
          code: 'CONFLICT',
          expectedRevision: version.revision + step,
          actualRevision: version.revision,
        });
      };
      await expectConflict(open, refusalOf(ada, UpdateVersionDocument, { ...stale(open), content: someContent(4) }));
      await expectConflict(open, refusalOf(ada, PutItemsDocument, { ...stale(open), items: someItems(1, 9) }));
      await expectConflict(open, refusalOf(ada, RemoveItemsDocument, { ...stale(open), itemKeys: [itemKey!] }));
      await expectConflict(open, refusalOf(ada, SubmitVersionDocument, stale(open)));
      await expectConflict(open, refusalOf(ada, DeleteVersionDocument, stale(open)));
      await expectConflict(pending, refusalOf(ada, WithdrawVersionDocument, stale(pending)));
      await expectConflict(
        pending,
        refusalOf(approver, DecideItemsDocument, {
          ...stale(pending),
          decisions: [{ itemKey: itemKey!, status: 'APPROVED' }],
        }),
      );
      await expectConflict(pending, refusalOf(approver, ApproveVersionDocument, stale(pending)));
      await expectConflict(pending, refusalOf(approver, RejectVersionDocument, { ...stale(pending), reason: 'No.' }));
      await expectConflict(rejected, refusalOf(ada, ReviseVersionDocument, stale(rejected)));
      await expectConflict(deleted, refusalOf(ada, UndeleteVersionDocument, stale(deleted)));
    }
  });

  describe('the types of the phase', () => {
    const selection = (fields: Readonly<Record<string, Field>>) =>
      Object.entries(fields)
        .map(([name, field]) => {
          const isPerson =
            (field.source === 'stamped' && field.stamp === 'actor') ||
            (field.source === 'decision' && field.of === 'decidedBy') ||
            (field.source === 'approval' && field.of === 'by');
          if (field.source === 'signOffs') return `${name} { signOffRole signOffStatus }`;
          return isPerson ? `${name} { userId }` : name;
        })
        .join(' ');
    const query = `query ($id: UUID!) { phaseVersion(versionId: $id) {
      content ... on ${declared.version.type} { ${selection(declared.version.fields)} }
      items(first: 100) { nodes { content reviewStatus decision { status } ... on ${declared.item.type} { ${selection(declared.item.fields)} } } } } }`;
    const typed = async (versionId: string) => (await world.get(aud, query, { id: versionId })).phaseVersion;

    test('have every declared field of a version, with the value it was given or derived', async () => {
      const version = await draft(5);
      const answer = await typed(version.versionId);
      for (const [name, field] of Object.entries(declared.version.fields))
        switch (field.source) {
          case 'input':
            expect(answer[name]).toEqual(contentValues(1)[name]);
            expect(answer.content[name]).toEqual(answer[name]);
            break;
          case 'count': {
            const counted = [1, 2, 3, 4, 5].filter((n) => !field.where || sampleItem(key, n)[field.where]);
            expect(answer[name]).toBe(counted.length);
            break;
          }
          case 'stamped':
            expect(answer[name]).toEqual(field.stamp === 'actor' ? { userId: ada } : expect.any(String));
            break;
          case 'approval':
            expect(answer[name]).toBeNull();
            break;
          case 'signOffs':
            expect(answer[name]).toEqual(
              declared.signOffs!.map(({ role }) => ({ signOffRole: role, signOffStatus: 'PENDING' })),
            );
            break;
          default:
            throw new Error(`say what ${declared.version.type}.${name} should be`);
        }
    });

    test('have every declared field of an item, with the value it was given or derived', async () => {
      const pending = await submit(await draft(3));
      const keys = await keysOf(pending);
      if (byDecisions)
        await decide(pending, [
          { itemKey: keys[0]!, status: 'APPROVED', notes: 'Yes.' },
          { itemKey: keys[1]!, status: 'REJECTED', notes: 'No.' },
        ]);
      const { items: answered } = await typed(pending.versionId);
      const statuses = ['APPROVED', 'REJECTED', 'PENDING'] as const;
      answered.nodes.forEach((item: Record<string, unknown>, i: number) => {
        const status = statuses[i]!;
        const isDecided = byDecisions && status !== 'PENDING';
        const value = sampleItem(key, i + 1);
        expect(item.content).toEqual(value);
        if (reviewed === 'BY_DECISIONS') expect(item.reviewStatus).toBe(status);
        else expect(item.reviewStatus).toBe(reviewed.statuses[value[reviewed.byField] as string]);
        for (const [name, field] of Object.entries(declared.item.fields)) {
          const answer = item[name];
          switch (field.source) {
            case 'input':
              expect(answer).toEqual(value[name]);
              break;
            case 'stamped':
              expect(answer).toEqual(field.stamp === 'actor' ? { userId: ada } : expect.any(String));
              break;
            case 'lineage':
              expect(answer).toEqual([]);
              break;
            case 'decision':
              if (field.of === 'status') expect(answer).toBe(field.enumeration!.words[status]);
              if (field.of === 'decidedBy') expect(answer).toEqual(isDecided ? { userId: approver } : null);
              if (field.of === 'decidedAt') expect(answer).toEqual(isDecided ? expect.any(String) : null);
              if (field.of === 'notes')
                expect(answer).toBe(status === 'APPROVED' ? 'Yes.' : status === 'REJECTED' ? 'No.' : null);
              break;
            default:
              throw new Error(`say what ${declared.item.type}.${name} should be`);
          }
        }
      });
    });

    const lineages = Object.entries(declared.item.fields).filter(([, field]) => field.source === 'lineage');
    if (lineages.length > 0)
      test('tell the earlier forms of an item along its line, where its content changed', async () => {
        const first = await approved();
        const [itemKey] = await keysOf(first);
        const second = await submit(await put(await create(), items([{ itemKey: itemKey!, ...edited(1) }])));
        await approve(second);
        const unchanged = await create();
        const third = await put(unchanged, items([{ itemKey: itemKey!, ...edited(1, 60) }]));
        const earlier = (await typed(third.versionId)).items.nodes[0][lineages[0]![0]];
        expect(earlier).toEqual([
          expect.objectContaining({
            versionId: first.versionId,
            versionNumber: first.versionNumber,
            createdBy: ada,
            content: sampleItem(key, 1),
          }),
          expect.objectContaining({ versionId: second.versionId, createdBy: ada, content: edited(1) }),
        ]);
      });

    if (lineages.length > 0)
      test('tell what was carried, not what became of a draft afterwards', async () => {
        const draft = await create({ carryForward: 'NONE', items: items([sampleItem(key, 1)]) });
        const [itemKey] = await keysOf(draft);
        const child = await create({ parentVersionId: draft.versionId, carryForward: 'ALL_ITEMS' });
        await put(draft, items([{ itemKey: itemKey!, ...edited(1) }]));
        const forms = async () => (await typed(child.versionId)).items.nodes[0][lineages[0]![0]];
        expect(await forms()).toEqual([]);
        await put(child, items([{ itemKey: itemKey!, ...edited(1, 60) }]));
        expect(await forms()).toEqual([
          expect.objectContaining({ versionId: draft.versionId, createdBy: ada, content: sampleItem(key, 1) }),
        ]);
      });
  });
});
