/**
 * What every audit-only phase promises, run once for each phase in the list: a phase that is added is covered by adding it.
 * What is special about a phase (valid time, replacing documents, turnaround) is tested beside it, in test/api.
 */
import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import { applyPatch, type Operation } from 'rfc6902';
import { buildSchema, getNamedType, isInputObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/env';
import { auditOnlyPhases, fullPhases, phaseOf, phases } from '../../src/phases';
import { contentFields, isReference, shownAs, type Field, type HistoryField } from '../../src/versioning/fields';
import type { JsonObject, UserRole } from '../../src/versioning/model';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { isTakenBy } from '../../src/versioning/record-rules';
import {
  PhaseHistoryDocument,
  PhaseRecordsDocument,
  PhaseRegistryDocument,
  PhaseStandingDocument,
  RecordedVersionDocument,
  RecordHistoryDocument,
  VersionDifferenceDocument,
  type Phase,
  type RecordingCommitFragment,
} from '../generated/graphql';
import {
  buildRecord,
  buildVersion,
  demandPhase,
  fullCommandInput,
  latestOf,
  sampleContent,
  sampleItems,
  type BuiltVersion,
} from '../support/builders';
import { changesIn, differences, recording } from '../support/log';
import { refusalOf } from '../support/refusals';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  gone,
  olga,
  otherWorkflow,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

const { cycleId, reportId } = workflow;
const elsewhere = { cycleId: otherWorkflow.cycleId, reportId: otherWorkflow.reportId };
const blanks = ['', ' ', '\n\t', '\u00a0'];

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

type Place = typeof elsewhere;

/** The latest version of a record, as far as these tests look at it. */
const read = async (versionId: string, as = aud) => {
  const { phaseVersion } = await world.run(as, RecordedVersionDocument, { versionId });
  if (!phaseVersion) throw new Error(`version ${versionId} is not to be seen`);
  return phaseVersion;
};
const standing = async (phase: string, as = aud, place: Place = workflow) =>
  (await world.run(as, PhaseStandingDocument, { ...placeOf(place), phase: phase as Phase })).workflow!.workflowPhase;
const placeOf = ({ cycleId: cycle, reportId: report }: Place) => ({ cycleId: cycle, reportId: report });

const startsOf = ({ commands }: AuditOnlyPhase) => Object.keys(commands).filter((name) => !commands[name]!.action);
const changesBy = ({ commands }: AuditOnlyPhase) => Object.keys(commands).filter((name) => commands[name]!.action);
/** The changes that a record takes as it stands. */
const accepted = (declared: AuditOnlyPhase, content: unknown) =>
  changesBy(declared).filter((name) => isTakenBy(declared.commands[name]!, content as JsonObject));
const isWaiting = ({ waits }: AuditOnlyPhase, content: unknown) =>
  waits !== undefined && (content as JsonObject)[waits.field] === waits.value;

/** Somebody of the workflow who may do it; reviews are for another one than everything else. */
function actorOf(declared: AuditOnlyPhase, name: string): number {
  const { by = declared.preparedBy, isReview } = declared.commands[name]!;
  const people: [UserRole, number][] = [
    ['TESTER', isReview ? ben : ada],
    ['DATA_EXECUTIVE', eve],
    ['TEST_EXECUTIVE', tess],
    ['REPORT_OWNER', olga],
  ];
  const found = people.find(([role]) => by.includes(role));
  if (!found) throw new Error(`say who may ${name} in these tests`);
  return found[1];
}

const mutationOf = ({ commands }: AuditOnlyPhase, name: string) =>
  `mutation ($input: ${commands[name]!.inputType}!) { ${name}(input: $input) {
     version { versionId masterRecordId versionNumber revision status contentHash }
     changeSet { id sequence committedAt origin operation reason actor { userId } versions { versionId } } } }`;

/**
 * Everything a command takes. A line of business is a real one, and a person another one than the record has; instants and
 * versions are left to the phase's own tests.
 */
async function inputOf(declared: AuditOnlyPhase, name: string, n: number, before: object = {}) {
  const input = fullCommandInput(declared, name, n);
  for (const [field, { kind, required }] of contentFields(declared.commands[name]!.input)) {
    if (kind === 'lob') input[field] = await someLob();
    if (kind === 'user' && required)
      input[field] = [eve, dan].find((person) => !Object.values(before).includes(person));
  }
  return input;
}
const someLob = async () =>
  (await world.db.query<{ lobId: string }>('select lob_id from lobs order by name limit 1'))[0]!.lobId;

interface Answer {
  readonly version: BuiltVersion;
  readonly changeSet: RecordingCommitFragment;
}
const perform = async (declared: AuditOnlyPhase, name: string, input: object, by = actorOf(declared, name)) =>
  (await world.get<Record<string, Answer>>(by, mutationOf(declared, name), { input }))[name]!;

const start = async (declared: AuditOnlyPhase, name = startsOf(declared)[0]!, n = 1) =>
  perform(declared, name, { cycleId, reportId, ...(await inputOf(declared, name, n)) });
const changeOf = async (declared: AuditOnlyPhase, name: string, { versionId }: { versionId: string }, n = 2) => ({
  versionId,
  expectedRevision: 1,
  ...(await inputOf(declared, name, n, (await read(versionId)).content)),
});
const change = async (declared: AuditOnlyPhase, name: string, version: { versionId: string }, n = 2) =>
  perform(declared, name, await changeOf(declared, name, version, n));
const latestOfRecord = async ({ versionId }: { versionId: string }) => read((await read(versionId)).current!.versionId);

/** All versions of a new record, oldest first: as many as it takes, up to four, made by each command in turn. */
async function chain(declared: AuditOnlyPhase) {
  const first = await read((await start(declared)).version.versionId);
  const versions = [first];
  const used: string[] = [];
  while (versions.length < 4) {
    const open = accepted(declared, versions.at(-1)!.content);
    const name = open.find((candidate) => !used.includes(candidate)) ?? open[0];
    if (!name) break;
    used.push(name);
    // The numbers of the samples keep their remainder, by which people and enumerated values are chosen.
    await change(declared, name, versions.at(-1)!, 4 * versions.length - 2);
    versions.push(await latestOfRecord(first));
  }
  return Promise.all(versions.map(({ versionId }) => read(versionId)));
}
type Recorded = Awaited<ReturnType<typeof chain>>[number];

/** The latest version of a new record that takes a command. */
async function recordFor(declared: AuditOnlyPhase, name: string): Promise<Recorded> {
  let version = await read((await start(declared)).version.versionId);
  for (const other of changesBy(declared)) {
    if (accepted(declared, version.content).includes(name)) break;
    if (accepted(declared, version.content).includes(other)) {
      await change(declared, other, version);
      version = await latestOfRecord(version);
    }
  }
  expect(accepted(declared, version.content)).toContain(name);
  return version;
}

test('there are phases to hold to the contract', () => expect(auditOnlyPhases.length).toBe(3));

const everyPhase = auditOnlyPhases.map((phase) => [phase.key, phase] as const);

// In the other workflow, where Ben is tester; the phases are opened there one after the other, in their order.
describe('in its turn', () => {
  const starting = async (declared: AuditOnlyPhase, name: string) => ({
    ...elsewhere,
    ...(await inputOf(declared, name, 1)),
  });

  test.each(everyPhase)('%s is blocked at first, says by what, and nobody starts a record', async (key, declared) => {
    const { prerequisites } = declared;
    const blocked = await standing(key, ben, elsewhere);
    expect(blocked).toMatchObject({ progress: 'BLOCKED', blockedBy: prerequisites, canCreate: false, current: null });
    for (const needed of prerequisites) expect(blocked.cannotCreateReason).toContain(phaseOf(needed).title);
    for (const name of startsOf(declared)) {
      const input = await starting(declared, name);
      expect(await refusalOf(world, ben, mutationOf(declared, name), input)).toMatchObject({
        code: 'PREREQUISITE_MISSING',
        blockedBy: prerequisites,
        message: blocked.cannotCreateReason,
      });
      // Who may not start one anyway learns that first.
      expect(await refusalOf(world, aud, mutationOf(declared, name), input)).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test.each(everyPhase)('%s is ready after the phases before it, then waits or is complete', async (key, declared) => {
    for (const needed of declared.prerequisites)
      await demandPhase(world, needed, { of: elsewhere, preparer: ben, approver: both });
    expect(await standing(key, ben, elsewhere)).toMatchObject({
      progress: 'READY',
      blockedBy: [],
      canCreate: true,
      cannotCreateReason: null,
    });
    const { canCreate, cannotCreateReason } = await standing(key, aud, elsewhere);
    expect([canCreate, cannotCreateReason]).toEqual([false, expect.stringContaining(declared.title)]);

    const expectProgress = async (content: unknown) =>
      expect(await standing(key, ben, elsewhere)).toMatchObject({
        progress: isWaiting(declared, content) ? 'AWAITING_APPROVAL' : 'COMPLETE',
        canCreate: true, // it stays open
        blockedBy: [],
        current: null,
      });
    const [name] = startsOf(declared);
    const { version } = await perform(declared, name!, await starting(declared, name!), ben);
    let latest = await read(version.versionId);
    await expectProgress(latest.content);
    while (latest.versionNumber < 4) {
      const [next] = accepted(declared, latest.content).toReversed();
      if (!next) break;
      // Ben started it, so Bo, a tester here, too, reviews.
      const by = declared.commands[next]!.isReview ? both : ben;
      const given = await inputOf(declared, next, 2, latest.content);
      await perform(declared, next, { versionId: latest.versionId, expectedRevision: 1, ...given }, by);
      latest = await latestOfRecord(latest);
      await expectProgress(latest.content);
    }
    // One that waits is enough, however many do not.
    const again = await perform(declared, name!, await starting(declared, name!), ben);
    await expectProgress((await read(again.version.versionId)).content);
  });
});

describe.each(everyPhase)('%s', (key, declared) => {
  const phase = key as Phase;
  const starts = startsOf(declared);
  const changing = changesBy(declared);
  const { fields } = declared.version;
  const contentNames = contentFields(fields).map(([name]) => name);
  const mutation = (name: string) => mutationOf(declared, name);
  const refused = (name: string, input: object, by = actorOf(declared, name)) =>
    refusalOf(world, by, mutation(name), input);
  const starting = async (name: string): Promise<Record<string, unknown>> => ({
    cycleId,
    reportId,
    ...(await inputOf(declared, name, 1)),
  });

  beforeAll(async () => {
    for (const needed of declared.prerequisites) await demandPhase(world, needed, { of: workflow, preparer: ada });
  });

  test('its registry entry says that nothing is approved and that there are no items', async () => {
    const expected = {
      phase,
      title: declared.title,
      order: phases.findIndex((one) => one.key === key) + 1,
      versioningType: 'AUDIT_ONLY',
      approvalRequired: false,
      creatorRoles: declared.preparedBy,
      approverRoles: [],
      prerequisites: declared.prerequisites,
      versionTypeName: declared.version.type,
      itemTypeName: null,
    };
    const { phaseConfigs } = await world.run(aud, PhaseRegistryDocument, {});
    expect(phaseConfigs!.find((config) => config.phase === phase)).toEqual(expected);
    expect((await standing(key)).config).toEqual(expected);
  });

  describe('recording', () => {
    test.each(starts)('%s starts a record: version 1, in force at once, in one commit', async (name) => {
      const by = actorOf(declared, name);
      const input = await starting(name);
      const { result, ...written } = await recording(world, () => perform(declared, name, input));
      const { version, changeSet } = result;
      const stamp = changeSet.committedAt;
      expect(changeSet).toMatchObject({
        origin: 'api',
        operation: name,
        reason: input.reason,
        actor: { userId: by },
        versions: [{ versionId: version.versionId }],
      });
      expect(written.commits.map(({ changeSetId }) => changeSetId)).toEqual([expect.any(String)]);
      expect(changesIn(written.commits)).toEqual(differences(written));

      const submits = declared.commands[name]!.marks === 'SUBMITTED';
      const found = await read(version.versionId);
      expect(found).toMatchObject({
        __typename: declared.version.type,
        phase,
        versioningType: 'AUDIT_ONLY',
        cycle: { cycleId },
        report: { reportId },
        versionNumber: 1,
        revision: 1,
        status: 'RECORDED',
        approvalRequired: false,
        approvalStatus: 'NOT_REQUIRED',
        approvalNotes: null,
        approvalRequirements: [],
        createdAt: stamp,
        createdBy: { userId: by },
        submittedAt: submits ? stamp : null,
        submittedBy: submits ? { userId: by } : null,
        reviewedAt: null,
        reviewedBy: null,
        effectiveFrom: stamp,
        effectiveTo: null,
        isDeleted: false,
        deletedAt: null,
        parent: null,
        base: null,
        current: { versionId: version.versionId },
        changes: { totalCount: 1, nodes: [changeSet] },
      });
      // What was given is there under its own name; the rest of the content is there, too.
      expect(Object.keys(found.content)).toEqual(contentNames);
      for (const [field, value] of Object.entries(input))
        if (contentNames.includes(field)) expect(found.content).toMatchObject({ [field]: value });
    });

    test('two records have nothing to do with each other', async () => {
      const [one, other] = [(await start(declared)).version, (await start(declared)).version];
      expect(other.masterRecordId).not.toBe(one.masterRecordId);
      expect([one.versionNumber, other.versionNumber]).toEqual([1, 1]);
      expect(await read(one.versionId)).toMatchObject({ status: 'RECORDED', effectiveTo: null });
    });

    test.each(changing)('%s makes the next version, in force at once, and closes the one before', async (name) => {
      const command = declared.commands[name]!;
      const by = actorOf(declared, name);
      const before = await recordFor(declared, name);
      const input: Record<string, unknown> = await changeOf(declared, name, before);
      const { result, ...written } = await recording(world, () => perform(declared, name, input));
      const { changeSet } = result;
      const stamp = changeSet.committedAt;
      const next = await latestOfRecord(before);

      expect(next).toMatchObject({
        __typename: declared.version.type,
        masterRecordId: before.masterRecordId,
        versioningType: 'AUDIT_ONLY',
        versionNumber: before.versionNumber + 1,
        revision: 1,
        status: 'RECORDED',
        approvalRequired: false,
        approvalStatus: 'NOT_REQUIRED',
        approvalRequirements: [],
        createdAt: stamp,
        createdBy: { userId: by },
        reviewedAt: command.marks === 'REVIEWED' ? stamp : null,
        reviewedBy: command.marks === 'REVIEWED' ? { userId: by } : null,
        effectiveFrom: stamp,
        effectiveTo: null,
        parent: { versionId: before.versionId },
        base: { versionId: before.versionId },
        current: { versionId: next.versionId },
        changes: { totalCount: 1, nodes: [changeSet] },
      });
      if (command.marks !== 'SUBMITTED')
        expect(next).toMatchObject({ submittedAt: before.submittedAt, submittedBy: before.submittedBy });
      // The one before is closed, and otherwise as it was: hash, content, revision and all.
      const closed = await read(before.versionId);
      expect(closed).toEqual({
        ...before,
        status: 'SUPERSEDED',
        effectiveTo: stamp,
        current: { versionId: next.versionId },
        changes: { totalCount: before.changes.totalCount + 1, nodes: [changeSet, ...before.changes.nodes] },
      });
      expect(closed).toMatchObject({ revision: 1, approvalStatus: 'NOT_REQUIRED', approvalRequirements: [] });

      // One commit, of these versions and no others; the answer is the record that was started, or the next version.
      const touched = [before.versionId, next.versionId, ...(command.start ? [result.version.versionId] : [])];
      expect(changeSet.versions.map(({ versionId }) => versionId).sort()).toEqual(touched.sort());
      expect(changeSet).toMatchObject({ origin: 'api', operation: name, reason: input.reason, actor: { userId: by } });
      if (command.start)
        expect(await read(result.version.versionId)).toMatchObject({
          versionNumber: 1,
          status: 'RECORDED',
          createdAt: stamp,
          effectiveFrom: stamp,
          parent: null,
        });
      else expect(result.version.versionId).toBe(next.versionId);
      expect(written.commits).toHaveLength(1);
      expect(changesIn(written.commits)).toEqual(differences(written));
    });
  });

  describe('a record', () => {
    let versions: Recorded[];
    beforeAll(async () => {
      versions = await chain(declared);
      expect(versions.length).toBeGreaterThan(1);
    });

    test('has all its versions in its history, newest first, whichever of them is asked', async () => {
      const expected = [...versions].reverse().map(({ versionId }) => versionId);
      for (const { versionId } of versions) {
        const history = async (asked: object) =>
          (await world.run(aud, RecordHistoryDocument, { versionId, ...asked })).phaseVersion!.history;
        const ids = ({ nodes }: Awaited<ReturnType<typeof history>>) => nodes.map((node) => node.versionId);
        const whole = await history({});
        expect(ids(whole)).toEqual(expected);
        expect(whole.totalCount).toBe(versions.length);
        expect(whole.nodes.map(({ versionNumber }) => versionNumber)).toEqual(
          expected.map((_, i) => expected.length - i),
        );
        expect(ids(await history({ first: 1 }))).toEqual(expected.slice(0, 1));
        expect(ids(await history({ statuses: ['RECORDED'] }))).toEqual(expected.slice(0, 1));
        expect(ids(await history({ statuses: ['SUPERSEDED'] }))).toEqual(expected.slice(1));
        expect(ids(await history({ statuses: ['DRAFT', 'APPROVED'] }))).toEqual([]);
        expect(ids(await history({ includeDeleted: true }))).toEqual(expected);
      }
    });

    test('is in force in one version at any instant, without a gap', () => {
      versions.forEach((version, i) => {
        const next = versions[i + 1];
        expect(version).toMatchObject({
          versionNumber: i + 1,
          revision: 1,
          status: next ? 'SUPERSEDED' : 'RECORDED',
          effectiveTo: next?.effectiveFrom ?? null,
          parent: i === 0 ? null : { versionId: versions[i - 1]!.versionId },
          current: { versionId: versions.at(-1)!.versionId },
        });
        if (next) expect(Date.parse(next.effectiveFrom!)).toBeGreaterThan(Date.parse(version.effectiveFrom!));
      });
    });

    test('has content hashes that anybody can recompute', () => {
      for (const { content, contentHash } of versions) {
        const text = canonicalize({ content, items: {} })!;
        expect(createHash('sha256').update(text, 'utf8').digest('hex')).toBe(contentHash);
      }
      expect(new Set(versions.map(({ contentHash }) => contentHash)).size).toBe(versions.length);
    });

    test('has no items, however they are asked for', async () => {
      const empty = {
        totalCount: 0,
        nodes: [],
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      };
      const whole =
        'totalCount nodes { itemId } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
      const ways = ['', '(first: 0)', '(first: 1000)', '(last: 5)', '(reviewStatus: [PENDING])', '(search: "a")'];
      for (const { versionId, items } of versions) {
        expect(items).toEqual(empty);
        for (const way of ways) {
          const { phaseVersion } = await world.get(
            aud,
            `{ phaseVersion(versionId: "${versionId}") { items${way} { ${whole} } } }`,
          );
          expect(phaseVersion.items).toEqual(empty);
        }
      }
    });

    test('tells what changed between any two of its versions, in fields and as a patch', async () => {
      const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
      for (const from of versions)
        for (const to of versions) {
          const { phaseVersion } = await world.run(aud, VersionDifferenceDocument, {
            versionId: versions[0]!.versionId,
            from: from.versionNumber,
            to: to.versionNumber,
          });
          const { diff } = phaseVersion!;
          expect([diff!.from.versionId, diff!.to.versionId]).toEqual([from.versionId, to.versionId]);
          expect([diff!.from.content, diff!.to.content]).toEqual([from.content, to.content]);
          expect(diff!.summary).toEqual({
            added: 0,
            removed: 0,
            changed: 0,
            unchanged: 0,
            fieldsChanged: diff!.fields.length,
          });
          expect(diff!.items).toEqual({ totalCount: 0, nodes: [] });
          const changed = contentNames.filter(
            (name) => canonicalize(from.content[name]) !== canonicalize(to.content[name]),
          );
          expect([...new Set(diff!.fields.map((field) => field.path.split('/')[1]))].sort()).toEqual(changed.sort());
          expect(changed.length > 0).toBe(from !== to);
          const document = copy({ content: from.content, items: {} });
          expect(applyPatch(document, copy(diff!.patch) as Operation[])).toEqual(
            (diff!.patch as unknown[]).map(() => null),
          );
          expect(document).toEqual({ content: to.content, items: {} });
        }
      const last = versions.at(-1)!;
      const { phaseVersion } = await world.run(aud, VersionDifferenceDocument, { versionId: last.versionId, from: 1 });
      expect(phaseVersion!.diff!.to.versionId).toBe(last.versionId);
      for (const from of [0, -1, versions.length + 1])
        expect(await world.refusal(aud, VersionDifferenceDocument, { versionId: last.versionId, from })).toMatchObject({
          extensions: { code: 'NOT_FOUND' },
        });
    });

    test('has versions with global ids, of the phase’s own type', async () => {
      const query = 'query ($id: ID!) { node(id: $id) { __typename id ... on PhaseVersion { versionId status } } }';
      for (const { id, versionId, status } of versions) {
        expect((await world.get(aud, query, { id })).node).toEqual({
          __typename: declared.version.type,
          id,
          versionId,
          status,
        });
        expect((await world.get(stranger, query, { id })).node).toBeNull();
        for (const other of phases.filter((one) => one.key !== key)) {
          const disguised = Buffer.from(`${other.version.type}:${versionId}`).toString('base64url');
          expect((await world.get(aud, query, { id: disguised })).node).toBeNull();
        }
      }
    });

    test('is not there for strangers', async () => {
      for (const { versionId } of versions)
        expect((await world.run(stranger, RecordedVersionDocument, { versionId })).phaseVersion).toBeNull();
    });
  });

  test('every field of its type is answered, with what was given, said or derived', async () => {
    const history = ({ entry }: HistoryField) =>
      Object.entries(entry)
        .map(([name, { kind }]) => (kind === 'user' ? `${name} { userId }` : name))
        .join(' ');
    const inside = { user: 'userId', lob: 'lobId', version: 'versionId' } as const;
    const shown = (name: string, field: Field): string =>
      field.source === 'input' && isReference(field.kind) ? shownAs(name, field.kind) : name;
    const selected = Object.entries(fields).map(([name, field]) => {
      if (field.source === 'input' && isReference(field.kind)) return `${shown(name, field)} { ${inside[field.kind]} }`;
      return field.source === 'history' ? `${name} { ${history(field)} }` : name;
    });
    const typed = async ({ versionId }: { versionId: string }) =>
      (
        await world.get(
          aud,
          `{ phaseVersion(versionId: "${versionId}") { content createdAt createdBy { userId } ... on ${declared.version.type} { ${selected.join(' ')} } } }`,
        )
      ).phaseVersion;

    const [name] = starts;
    const first = (await start(declared, name)).version;
    const given: Record<string, unknown>[] = [await inputOf(declared, name!, 1)];
    const [next] = accepted(declared, (await read(first.versionId)).content);
    if (next) {
      await change(declared, next, first);
      given.push(await changeOf(declared, next, first));
    }
    const versions = [first, ...(next ? [await latestOfRecord(first)] : [])];
    for (const [i, version] of versions.entries()) {
      const answer = await typed(version);
      for (const [field, declaredField] of Object.entries(fields)) {
        const value = answer[shown(field, declaredField)];
        const stored = answer.content[field];
        switch (declaredField.source) {
          case 'input':
            if (!isReference(declaredField.kind)) expect([field, value]).toEqual([field, stored]);
            else
              expect([field, value]).toEqual([
                field,
                stored === null ? null : { [inside[declaredField.kind]]: stored },
              ]);
            if (declaredField.required) expect(value).not.toBeNull();
            break;
          case 'change':
            expect([field, value]).toEqual([field, given[i]![declaredField.isReason ? 'reason' : field] ?? null]);
            expect(answer.content).not.toHaveProperty(field);
            break;
          case 'duration': {
            const [from, to] = [answer.content[declaredField.from], answer.content[declaredField.to]];
            expect(value).toBe(from && to ? (Date.parse(to) - Date.parse(from)) / 3_600_000 : null);
            break;
          }
          case 'latest':
            expect(value).toBe(i === versions.length - 1);
            break;
          case 'history':
            expect(value).toEqual(expect.any(Array));
            expect(value.length).toBeLessThanOrEqual(i + 1);
            for (const entry of value)
              for (const [part, { kind, required }] of Object.entries(declaredField.entry)) {
                if (required) expect([part, entry[part]]).not.toEqual([part, null]);
                if (kind === 'user') expect(entry[part]).toEqual({ userId: expect.any(Number) });
              }
            break;
          default:
            throw new Error(`say what ${declared.version.type}.${field} should be`);
        }
      }
    }
  });

  describe('its lists', () => {
    type Paging = { first?: number; after?: string | null; last?: number; before?: string | null };
    const records = async (paging: Paging = { first: 100 }, as = aud) => {
      const found = (await world.run(as, PhaseRecordsDocument, { cycleId, reportId, phase, ...paging })).workflow!;
      expect(found.workflowPhase.current).toBeNull();
      return found.workflowPhase.records;
    };
    const history = async (paging: Paging & { statuses?: ('RECORDED' | 'SUPERSEDED' | 'DRAFT')[] } = { first: 100 }) =>
      (await world.run(aud, PhaseHistoryDocument, { cycleId, reportId, phase, ...paging })).workflow!.workflowPhase
        .history;
    type ListPage = Awaited<ReturnType<typeof records>> | Awaited<ReturnType<typeof history>>;
    const idsOf = ({ edges }: ListPage) => edges.map(({ node }) => node.versionId);
    const recordsOf = ({ edges }: Awaited<ReturnType<typeof records>>) => edges.map(({ node }) => node.masterRecordId);

    beforeAll(async () => {
      for (let n = 0; n < 3; n++) await chain(declared);
    });

    test('the records are the latest version of each, newest record first', async () => {
      const before = await records();
      const made: string[] = [];
      for (let n = 0; n < 3; n++) made.unshift((await start(declared)).version.masterRecordId);
      const after = await records();
      expect(recordsOf(after)).toEqual([...made, ...recordsOf(before)]);
      expect(after.totalCount).toBe(before.totalCount + 3);
      expect(new Set(recordsOf(after)).size).toBe(after.edges.length);
      expect(after.edges.every(({ node }) => node.status === 'RECORDED')).toBe(true);

      // A change does not move a record; its latest version stands where the one before stood.
      const oldest = after.edges.findLast(({ node }) => node.versionNumber === 1)!.node;
      const [name] = accepted(declared, (await read(oldest.versionId)).content);
      const { version } = await change(declared, name!, oldest);
      const changed = await records();
      const started = version.masterRecordId === oldest.masterRecordId ? [] : [version.masterRecordId];
      expect(recordsOf(changed)).toEqual([...started, ...recordsOf(after)]);
      const stands = changed.edges.find(({ node }) => node.masterRecordId === oldest.masterRecordId)!.node;
      expect(stands).toMatchObject({ versionNumber: 2, status: 'RECORDED' });
      expect(idsOf(changed)).not.toContain(oldest.versionId);
    });

    test.each([1, 2, 5])('pages of %i give each whole and once, forward and backward', async (size) => {
      for (const list of [records, history]) {
        const all = idsOf(await list());
        expect(all.length).toBeGreaterThan(5);
        const forward: string[] = [];
        for (let after: string | null = null; ;) {
          const page: ListPage = await list({ first: size, after });
          forward.push(...idsOf(page));
          expect(page.pageInfo).toMatchObject({
            hasNextPage: forward.length < all.length,
            hasPreviousPage: after !== null,
            startCursor: page.edges[0]!.cursor,
            endCursor: page.edges.at(-1)!.cursor,
          });
          expect(page.totalCount).toBe(all.length);
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor!;
        }
        expect(forward).toEqual(all);
        const backward: string[] = [];
        for (let before: string | null = null; ;) {
          const page: ListPage = await list({ last: size, before });
          backward.unshift(...idsOf(page));
          expect(page.pageInfo).toMatchObject({
            hasPreviousPage: backward.length < all.length,
            hasNextPage: before !== null,
          });
          if (!page.pageInfo.hasPreviousPage) break;
          before = page.pageInfo.startCursor!;
        }
        expect(backward).toEqual(all);
      }
    });

    test('cursors keep their place while records are added and changed', async () => {
      const [before, versionsBefore] = [await records(), await history()];
      const [page, versionPage] = [await records({ first: 2 }), await history({ first: 2 })];
      // One is changed that was on the page, and one that comes after it, and one is new.
      const open: string[] = [];
      for (const { node } of before.edges)
        if (accepted(declared, (await read(node.versionId)).content).length > 0) open.push(node.versionId);
      const onPage = open.find((versionId) => idsOf(page).includes(versionId));
      const behind = open.filter((versionId) => !idsOf(page).includes(versionId)).slice(0, 1);
      for (const versionId of [...(onPage ? [onPage] : []), ...behind]) {
        const [name] = accepted(declared, (await read(versionId)).content);
        await change(declared, name!, { versionId });
      }
      expect(behind).toHaveLength(1);
      await start(declared);

      const rest = await records({ first: 100, after: page.pageInfo.endCursor });
      expect(recordsOf(rest)).toEqual(recordsOf(before).slice(2));
      const moved = rest.edges.find(({ node }) => !idsOf(before).includes(node.versionId))!.node;
      expect(moved).toMatchObject({ masterRecordId: (await read(behind[0]!)).masterRecordId });
      expect(recordsOf(await records({ last: 100, before: page.edges[1]!.cursor })).at(-1)).toBe(recordsOf(page)[0]);
      const restOfVersions = await history({ first: 100, after: versionPage.pageInfo.endCursor });
      expect(idsOf(restOfVersions)).toEqual(idsOf(versionsBefore).slice(2));
    });

    test('the history has every version of every record, newest first', async () => {
      const all = await history();
      const stored = await world.sql<{ version_id: string; status: string }>(
        'owner',
        `select version_id, status from phase_version where stream_id = $1 and phase = $2::"Phase" order by created_at desc`,
        [workflow.workflowId, key],
      );
      expect(idsOf(all).sort()).toEqual(stored.map((row) => row.version_id).sort());
      expect(all.totalCount).toBe(stored.length);
      const instants = (await history()).edges.map(({ node }) => node.createdAt);
      expect(instants).toEqual([...instants].sort().reverse());
      for (const status of ['RECORDED', 'SUPERSEDED', 'DRAFT'] as const) {
        const some = await history({ first: 100, statuses: [status] });
        expect(some.totalCount).toBe(stored.filter((row) => row.status === status).length);
        expect(some.edges.every(({ node }) => node.status === status)).toBe(true);
      }
    });

    test('the commits of the phase are those that touched its records', async () => {
      const query = `query ($first: Int) { workflow(cycleId: "${cycleId}", reportId: "${reportId}") { changes(first: $first, phases: [${key}]) {
        totalCount nodes { sequence operation versions { phase } } } } }`;
      const { changes } = (await world.get(aud, query, { first: 100 })).workflow;
      const [{ touching }] = (await world.sql<{ touching: number }>(
        'owner',
        `select count(distinct c.change_set_id)::int as touching from log.change_set c join phase_version v on v.version_id = any(c.version_ids)
         where c.stream_id = $1 and v.phase = $2::"Phase"`,
        [workflow.workflowId, key],
      )) as [{ touching: number }];
      expect(changes.totalCount).toBe(touching);
      for (const { operation, versions } of changes.nodes) {
        expect(Object.keys(declared.commands)).toContain(operation);
        expect(new Set(versions.map((version: { phase: string }) => version.phase))).toEqual(new Set([key]));
      }
    });

    test('a cursor of one is none of the other', async () => {
      const { pageInfo } = await records({ first: 1 });
      expect(
        await world.refusal(aud, PhaseHistoryDocument, {
          cycleId,
          reportId,
          phase,
          first: 1,
          after: pageInfo.endCursor,
        }),
      ).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    });

    test('show a fully versioned phase’s one record in the same way', async () => {
      const full = fullPhases[0]!;
      const found = await latestOf(world, full.key, workflow);
      const { workflow: seen } = await world.run(aud, PhaseRecordsDocument, {
        cycleId,
        reportId,
        phase: full.key as Phase,
      });
      expect(seen!.workflowPhase.records.totalCount).toBe(1);
      expect(seen!.workflowPhase.current).toEqual({ versionId: found!.versionId });
    });
  });

  describe('is refused, with nothing written:', () => {
    const target = async (name: string) => changeOf(declared, name, await recordFor(declared, name));
    const inputs = (name: string): Promise<Record<string, unknown>> =>
      declared.commands[name]!.action ? target(name) : starting(name);
    const commands = Object.keys(declared.commands);

    test.each(commands)('%s without a reason, where it needs one', async (name) => {
      const input = await inputs(name);
      const without = [...blanks, null, undefined].map((reason) => ({ ...input, reason }));
      if (declared.commands[name]!.needsReason)
        for (const one of without) expect(await refused(name, one)).toMatchObject({ code: 'BAD_USER_INPUT' });
      else await perform(declared, name, { ...input, reason: null });
    });

    test.each(commands)('%s without what it requires, or with blank texts', async (name) => {
      const input = await inputs(name);
      for (const [field, { kind, required }] of contentFields(declared.commands[name]!.input)) {
        if (!required) continue;
        expect(await refused(name, { ...input, [field]: null })).toMatchObject({ code: 'BAD_USER_INPUT' });
        if (kind !== 'text') continue;
        for (const blank of blanks)
          expect(await refused(name, { ...input, [field]: blank })).toMatchObject({
            code: 'BAD_USER_INPUT',
            message: expect.stringContaining(field),
          });
      }
    });

    test.each(commands)(
      '%s with people, lines of business or versions that are not there to be named',
      async (name) => {
        const input = await inputs(name);
        const otherPhase = (await latestOf(world, declared.prerequisites[0]!, workflow))!.versionId;
        const otherPlace = (await latestOf(world, key, elsewhere))!.versionId;
        const wrong: Record<string, unknown[]> = {
          user: [4711, 0, -1, gone],
          lob: [randomUUID(), workflow.reportId],
          version: [randomUUID(), otherPhase, otherPlace],
        };
        for (const [field, { kind }] of contentFields(declared.commands[name]!.input))
          for (const value of wrong[kind] ?? [])
            expect(await refused(name, { ...input, [field]: value })).toMatchObject({
              code: 'BAD_USER_INPUT',
              argument: field,
            });
      },
    );

    test.each(changing)('%s of a version that is unknown, of another workflow or of another phase', async (name) => {
      const input = await target(name);
      expect(await refused(name, { ...input, versionId: randomUUID() })).toMatchObject({ code: 'NOT_FOUND' });
      const other = await latestOf(world, key, elsewhere);
      expect(await refused(name, { ...input, versionId: other!.versionId }, ada)).toMatchObject({ code: 'NOT_FOUND' });
      for (const foreign of phases.filter((one) => one.key !== key)) {
        const found =
          (await latestOf(world, foreign.key, workflow)) ??
          (foreign.versioning === 'FULL' ? null : await buildRecord(world, { phase: foreign.key }));
        if (!found) continue;
        const refusal = await refused(name, { ...input, versionId: found.versionId, expectedRevision: found.revision });
        expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'versionId' });
        for (const title of [declared.title, foreign.title]) expect(refusal.message).toContain(title);
      }
    });

    test.each(changing)('%s of any but the latest version, naming that, or with another revision', async (name) => {
      const before = await recordFor(declared, name);
      await change(declared, name, before);
      const latest = await latestOfRecord(before);
      const input = await changeOf(declared, name, before);
      const refusal = await refused(name, input);
      expect(refusal).toMatchObject({
        code: 'CONFLICT',
        latestVersionId: latest.versionId,
        latestVersionNumber: latest.versionNumber,
      });
      expect(refusal.message).toContain(latest.versionId);
      for (const expectedRevision of [0, 2])
        for (const { versionId } of [before, latest])
          expect(await refused(name, { ...input, versionId, expectedRevision })).toMatchObject({
            code: 'CONFLICT',
            expectedRevision,
            actualRevision: 1,
          });
    });

    test.each(commands)('%s by people without the role or without the workflow', async (name) => {
      const input = await inputs(name);
      expect(await refused(name, input, aud)).toMatchObject({ code: 'FORBIDDEN' });
      const refusal = await refused(name, input, stranger);
      expect(refusal).toEqual({ code: 'NOT_FOUND', message: expect.any(String) });
      expect(await refusalOf(world, null, mutation(name), input)).toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    test.each(starts)('%s in a workflow that is not there', async (name) => {
      const input = await starting(name);
      for (const place of [{ cycleId: randomUUID() }, { reportId: randomUUID() }, elsewhere])
        expect(await refused(name, { ...input, ...place }, ada)).toMatchObject({ code: 'NOT_FOUND' });
    });

    test('createVersion, which names the mutation that starts a record', async () => {
      const create = 'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { id } } }';
      const inputsOfCreate = [
        {},
        { parentVersionId: (await start(declared)).version.versionId },
        { carryForward: 'NONE', content: sampleContent('PLANNING'), items: sampleItems('PLANNING', 1) },
      ];
      for (const input of inputsOfCreate) {
        const refusal = await refusalOf(world, ada, create, { cycleId, reportId, phase, ...input });
        expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', mutations: starts });
        for (const name of starts) expect(refusal.message).toContain(name);
      }
      expect(await refusalOf(world, stranger, create, { cycleId, reportId, phase })).toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    // Every mutation of the schema that takes a version and is no command of an audit-only phase.
    const schema = buildSchema(readFileSync(path.join(projectRoot, 'schema.graphql'), 'utf8'));
    const recorded = new Set(auditOnlyPhases.flatMap(({ commands: all }) => Object.keys(all)));
    const drafting = Object.values(schema.getMutationType()!.getFields()).flatMap(({ name, args }) => {
      const type = getNamedType(args[0]!.type);
      if (recorded.has(name) || !isInputObjectType(type) || !('versionId' in type.getFields())) return [];
      return [[name, type.name, Object.keys(type.getFields())] as const];
    });

    test('there are mutations of drafts to try', () => expect(drafting.length).toBeGreaterThan(8));

    test.each(drafting)('%s, whatever state the record is in', async (name, inputType, takes) => {
      const full = fullPhases[0]!.key;
      const has: Record<string, unknown> = {
        content: sampleContent(full),
        items: sampleItems(full, 1),
        itemKeys: [randomUUID()],
        decisions: [{ itemKey: randomUUID(), status: 'APPROVED' }],
        reason: 'Because.',
        role: 'report_owner',
        status: 'SIGNED',
        meaning: 'Review',
        toUserId: dan,
      };
      const before = await recordFor(declared, changing[0]!);
      await change(declared, changing[0]!, before);
      for (const { versionId } of [before, await latestOfRecord(before)]) {
        const input = Object.fromEntries(takes.flatMap((field) => (field in has ? [[field, has[field]]] : [])));
        const refusal = await refusalOf(
          world,
          ada,
          `mutation ($input: ${inputType}!) { ${name}(input: $input) { version { id } } }`,
          { ...input, versionId, expectedRevision: 1 },
        );
        expect(refusal.code).toBe('INVALID_TRANSITION');
        expect(refusal.message).toContain(declared.title);
      }
    });

    test('a parent of its own for a version of a fully versioned phase', async () => {
      const { version } = await start(declared);
      const draft = await buildVersion(world, { phase: fullPhases[0]!.key });
      expect(draft.versionNumber).toBeGreaterThan(1);
      expect(
        await refusalOf(
          world,
          ada,
          'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { id } } }',
          { cycleId, reportId, phase: fullPhases[0]!.key, parentVersionId: version.versionId },
        ),
      ).toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });
});
