/**
 * Who owns which data, and since when: assigned, transferred, deactivated, in valid time; one primary owner of a line of
 * business at a time; and what owning data lets a person see and do, for as long as it lasts.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import canonicalize from 'canonicalize';
import { print } from 'graphql';
import {
  AssignDataOwnerDocument,
  AssignmentDocument,
  ChangeHistoryDocument,
  CreateVersionDocument,
  DeactivateDataOwnerDocument,
  RequestTestActionDocument,
  RespondToTestActionDocument,
  ReviewDocumentDocument,
  ReviseDocumentDocument,
  SubmitDocumentDocument,
  TransferDataOwnerDocument,
  VersionDifferenceDocument,
  type AssignDataOwnerInput,
  type DeactivateDataOwnerInput,
  type RecordedFragment,
  type TransferDataOwnerInput,
} from '../generated/graphql';
import { buildRecord, demandPhase } from '../support/builders';
import { setHead } from '../support/log';
import { refusalOf } from '../support/refusals';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  gone,
  makeDataOwners,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

const { cycleId, reportId } = workflow;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga, tess, stranger);
  await demandPhase(world, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

const asAssignment = ({ version, changeSet }: RecordedFragment) => {
  if (version.__typename !== 'DataOwnerAssignment') throw new Error(`${version.__typename} is no assignment`);
  return { ...version, changeSet };
};
type Assignment = ReturnType<typeof asAssignment>;
const at = ({ versionId }: { versionId: string }) => ({ versionId, expectedRevision: 1 });

const anAssignment = (): AssignDataOwnerInput => ({ cycleId, reportId, dataOwnerId: tess, assignmentType: 'BACKUP' });
const assign = async (input: Partial<AssignDataOwnerInput> = {}, by = eve) =>
  asAssignment(
    (await world.run(by, AssignDataOwnerDocument, { input: { ...anAssignment(), ...input } })).assignDataOwner!,
  );
const toOlga = { toUserId: olga, reason: 'Moved to another desk.' };
const transfer = async (of: Assignment, input: Partial<TransferDataOwnerInput> = {}, by = eve) =>
  asAssignment(
    (await world.run(by, TransferDataOwnerDocument, { input: { ...at(of), ...toOlga, ...input } })).transferDataOwner!,
  );
const deactivate = async (of: Assignment, input: Partial<DeactivateDataOwnerInput> = {}, by = eve) =>
  asAssignment(
    (await world.run(by, DeactivateDataOwnerDocument, { input: { ...at(of), reason: 'Left.', ...input } }))
      .deactivateDataOwner!,
  );
const read = async (versionId: string, as = aud) => {
  const { phaseVersion } = await world.run(as, AssignmentDocument, { versionId });
  if (phaseVersion?.__typename !== 'DataOwnerAssignment') throw new Error(`assignment ${versionId} is not to be seen`);
  return phaseVersion;
};
const changesOf = async ({ versionId }: { versionId: string }) => {
  const { phaseVersion } = await world.run(aud, ChangeHistoryDocument, { versionId });
  if (!phaseVersion || !('changeHistory' in phaseVersion)) throw new Error(`${versionId} is no assignment`);
  return phaseVersion.changeHistory;
};
const refused = <Data, Input extends object>(
  mutation: TypedDocumentNode<Data, { input: Input }>,
  input: Input,
  by = eve,
) => refusalOf(world, by, mutation, input);

/** An instant so many hours from now, as the API writes it. */
const inHours = (hours: number) => new Date(Math.round(Date.now() + hours * 3_600_000)).toISOString();
const [longAgo, lately, soon, later] = [inHours(-1000), inHours(-10), inHours(10), inHours(1000)] as const;

async function aLob(): Promise<string> {
  const lobId = randomUUID();
  await world.sql('owner', 'insert into lobs (lob_id, name) values ($1::uuid, $2)', [lobId, `Business ${lobId}`]);
  return lobId;
}

describe('assigning', () => {
  test('holds from the commit’s stamp on, open-ended and for the whole report, unless more is said', async () => {
    const assigned = await assign({ reason: 'As agreed.' });
    expect(assigned).toMatchObject({
      versionNumber: 1,
      dataOwner: { userId: tess },
      lob: null,
      assignmentType: 'BACKUP',
      assignmentStatus: 'ACTIVE',
      validFrom: assigned.changeSet.committedAt,
      validTo: null,
      previousAssignment: null,
      changeReason: 'As agreed.',
      changeMetadata: null,
      submittedBy: null,
      reviewedBy: null,
      changeSet: { operation: 'assignDataOwner', reason: 'As agreed.', actor: { userId: eve } },
    });
    expect(await changesOf(assigned)).toEqual([
      {
        historyId: assigned.versionId,
        changeType: 'ASSIGNED',
        changedBy: { userId: eve },
        changedAt: assigned.createdAt,
        previousState: null,
        newState: assigned.content,
        changeMetadata: null,
      },
    ]);
  });

  test('takes a line of business and what else there is to say', async () => {
    const lobId = await aLob();
    const assigned = await assign({ lobId, assignmentType: 'DEPUTY', changeMetadata: { ticket: { number: 4711 } } });
    expect(assigned).toMatchObject({
      lob: { lobId },
      assignmentType: 'DEPUTY',
      changeReason: null,
      changeMetadata: { ticket: { number: 4711 } },
    });
    expect(assigned.content).not.toHaveProperty('changeMetadata');
  });

  test.each([
    ['back-dated', longAgo, null],
    ['in the future', soon, null],
    ['for a time that is over', longAgo, lately],
    ['for a time that will come', soon, later],
    ['from the past into the future', lately, later],
    ['from now on', null, later],
  ])('%s holds for the time that was said, and was recorded now', async (_, validFrom, validTo) => {
    const assigned = await assign({ validFrom, validTo });
    expect(assigned).toMatchObject({
      validFrom: validFrom ?? assigned.changeSet.committedAt,
      validTo,
      effectiveFrom: assigned.changeSet.committedAt,
      effectiveTo: null,
      assignmentStatus: 'ACTIVE',
    });
  });

  test('takes instants in any offset, and keeps milliseconds', async () => {
    const assigned = await assign({
      validFrom: '2026-10-01T12:00:00.123+02:00',
      validTo: '2026-10-31T23:59:59.999-05:00',
    });
    expect(assigned).toMatchObject({ validFrom: '2026-10-01T10:00:00.123Z', validTo: '2026-11-01T04:59:59.999Z' });
    expect(assigned.content).toMatchObject({ validFrom: assigned.validFrom, validTo: assigned.validTo });
  });

  test.each(['0001-01-01T00:00:00.000Z', '1899-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
    'keeps %s as it is',
    async (validFrom) => {
      const assigned = await assign({ validFrom });
      expect([assigned.validFrom, assigned.content.validFrom]).toEqual([validFrom, validFrom]);
      const text = canonicalize({ content: assigned.content, items: {} })!;
      expect(createHash('sha256').update(text, 'utf8').digest('hex')).toBe(assigned.contentHash);
    },
  );

  test.each([
    ['before it starts', soon, lately],
    ['the instant it starts', soon, soon],
    ['in the past, starting now', null, lately],
  ])('refuses an end %s', async (_, validFrom, validTo) => {
    expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), validFrom, validTo })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('validTo'),
    });
  });

  test.each([
    '0000-01-01T00:00:00Z',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59.999-01:00',
    '2026-02-30T00:00:00Z',
    '2026-10-01',
    'infinity',
    '',
  ])('from %j on is refused', async (validFrom) => {
    expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), validFrom })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('refuses who is unknown or has left, an unknown line of business, and a blank type', async () => {
    for (const dataOwnerId of [4711, -1, 0, 2_147_483_647, gone])
      expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), dataOwnerId })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'dataOwnerId',
      });
    expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), lobId: randomUUID() })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'lobId',
    });
    for (const assignmentType of ['', '  ', '\n\t', '\u00a0'])
      expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), assignmentType })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
  });

  test('is for data executives and the workflow’s testers', async () => {
    for (const person of [ada, ben, eve])
      expect(await assign({}, person)).toMatchObject({ createdBy: { userId: person } });
    for (const person of [olga, tess, root, aud])
      expect(await refused(AssignDataOwnerDocument, anAssignment(), person)).toMatchObject({ code: 'FORBIDDEN' });
    for (const person of [stranger, both, dan])
      expect(await refused(AssignDataOwnerDocument, anAssignment(), person)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('transferring', () => {
  test('writes the old assignment’s next version and a new assignment in one commit, and answers with the new one', async () => {
    const lobId = await aLob();
    const old = await assign({ lobId, validFrom: longAgo, validTo: later, changeMetadata: { first: true } });
    const made = await transfer(old, { changeMetadata: { second: true } });
    const stamp = made.changeSet.committedAt;
    const ended = made.previousAssignment!;
    expect(made).toMatchObject({
      versionNumber: 1,
      dataOwner: { userId: olga },
      lob: { lobId },
      assignmentType: 'BACKUP',
      assignmentStatus: 'ACTIVE',
      validFrom: stamp,
      validTo: later,
      changeReason: toOlga.reason,
      changeMetadata: { second: true },
      effectiveFrom: stamp,
      effectiveTo: null,
    });
    expect(made.masterRecordId).not.toBe(old.masterRecordId);
    expect(await read(ended.versionId)).toMatchObject({
      masterRecordId: old.masterRecordId,
      versionNumber: 2,
      status: 'RECORDED',
      dataOwner: { userId: tess },
      lob: { lobId },
      assignmentType: 'BACKUP',
      assignmentStatus: 'TRANSFERRED',
      validFrom: longAgo,
      validTo: stamp,
      previousAssignment: null,
      changeReason: toOlga.reason,
      changeMetadata: { second: true },
      effectiveFrom: stamp,
      effectiveTo: null,
      availableActions: [],
    });
    expect(await read(old.versionId)).toMatchObject({
      status: 'SUPERSEDED',
      effectiveTo: stamp,
      assignmentStatus: 'ACTIVE',
      validTo: later,
      changeMetadata: { first: true },
    });
    const touched = [old.versionId, ended.versionId, made.versionId];
    expect(made.changeSet.versions.map(({ versionId }) => versionId).sort()).toEqual(touched.sort());
    expect(made.changeSet).toMatchObject({ operation: 'transferDataOwner', reason: toOlga.reason });
  });

  test('is told in the history of both', async () => {
    const old = await assign({ changeMetadata: { n: 1 } });
    const made = await transfer(old, { changeMetadata: { n: 2 } }, ada);
    const ended = await read(made.previousAssignment!.versionId);
    const entry = { changedBy: { userId: ada }, changedAt: made.createdAt, changeMetadata: { n: 2 } };
    expect(await changesOf(ended)).toEqual([
      expect.objectContaining({ historyId: old.versionId, changeType: 'ASSIGNED', changeMetadata: { n: 1 } }),
      {
        ...entry,
        historyId: ended.versionId,
        changeType: 'TRANSFERRED',
        previousState: old.content,
        newState: ended.content,
      },
    ]);
    expect(await changesOf(made)).toEqual([
      { ...entry, historyId: made.versionId, changeType: 'ASSIGNED', previousState: null, newState: made.content },
    ]);
    // The version before tells what had happened up to it.
    expect(await changesOf(old)).toHaveLength(1);
    const { phaseVersion } = await world.run(aud, VersionDifferenceDocument, { versionId: ended.versionId, from: 1 });
    expect(phaseVersion!.diff!.fields.map(({ path }) => path).sort()).toEqual(['/assignmentStatus', '/validTo']);
  });

  test.each([
    ['in the past', lately],
    ['in the future', soon],
  ])('%s ends the one and starts the other there', async (_, validFrom) => {
    const made = await transfer(await assign({ validFrom: longAgo }), { validFrom });
    expect(made).toMatchObject({ validFrom, validTo: null });
    expect(await read(made.previousAssignment!.versionId)).toMatchObject({ validFrom: longAgo, validTo: validFrom });
  });

  test('the instant it started: the old one never held', async () => {
    const made = await transfer(await assign({ validFrom: lately, validTo: soon }), { validFrom: lately });
    expect(made).toMatchObject({ validFrom: lately, validTo: soon });
    expect(await read(made.previousAssignment!.versionId)).toMatchObject({ validFrom: lately, validTo: lately });
  });

  test('of one that has not begun, without saying when, hands it over from its beginning', async () => {
    const made = await transfer(await assign({ validFrom: soon, validTo: later }));
    expect(made).toMatchObject({ validFrom: soon, validTo: later });
    expect(await read(made.previousAssignment!.versionId)).toMatchObject({ validFrom: soon, validTo: soon });
  });

  test('outside the time it holds is refused, and so is one that is over', async () => {
    const input = { ...at(await assign({ validFrom: lately, validTo: soon })), ...toOlga };
    for (const validFrom of [longAgo, soon, later])
      expect(await refused(TransferDataOwnerDocument, { ...input, validFrom })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    const over = await assign({ validFrom: longAgo, validTo: lately });
    expect(await refused(TransferDataOwnerDocument, { ...at(over), ...toOlga })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    // What was true then can still be put right.
    expect(await transfer(over, { validFrom: inHours(-100) })).toMatchObject({ validTo: lately });
  });

  test('to the same person, to somebody unknown or to somebody who has left is refused', async () => {
    const assigned = await assign();
    for (const toUserId of [tess, 4711, gone])
      expect(await refused(TransferDataOwnerDocument, { ...at(assigned), ...toOlga, toUserId })).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('toUserId'),
      });
  });

  test('needs a reason', async () => {
    const input = { ...at(await assign()), ...toOlga };
    for (const reason of ['', ' \t\n', '\u00a0'])
      expect(await refused(TransferDataOwnerDocument, { ...input, reason })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'reason',
      });
  });

  test('of an assignment that was transferred or deactivated is refused; the new one may be transferred again', async () => {
    const old = await assign();
    const made = await transfer(old);
    const ended = await deactivate(await assign());
    for (const one of [made.previousAssignment!, ended]) {
      expect(await refused(TransferDataOwnerDocument, { ...at(one), ...toOlga })).toMatchObject({
        code: 'INVALID_TRANSITION',
      });
      expect(await refused(DeactivateDataOwnerDocument, { ...at(one), reason: 'No.' })).toMatchObject({
        code: 'INVALID_TRANSITION',
      });
    }
    expect(await refused(TransferDataOwnerDocument, { ...at(old), ...toOlga })).toMatchObject({
      code: 'CONFLICT',
      latestVersionId: made.previousAssignment!.versionId,
      latestVersionNumber: 2,
    });
    const back = await transfer(made, { toUserId: tess });
    expect(back).toMatchObject({ dataOwner: { userId: tess }, validFrom: back.changeSet.committedAt });
    const between = await read(back.previousAssignment!.versionId);
    expect(between).toMatchObject({ masterRecordId: made.masterRecordId, assignmentStatus: 'TRANSFERRED' });
    expect(between.previousAssignment).toMatchObject({ versionId: made.previousAssignment!.versionId });
  });
});

describe('deactivating', () => {
  test('ends the assignment now, without a successor', async () => {
    const assigned = await assign({ validFrom: longAgo, validTo: later });
    const ended = await deactivate(assigned, { changeMetadata: { form: 'HR-7' } }, ada);
    expect(ended).toMatchObject({
      masterRecordId: assigned.masterRecordId,
      versionNumber: 2,
      assignmentStatus: 'INACTIVE',
      dataOwner: { userId: tess },
      validFrom: longAgo,
      validTo: ended.changeSet.committedAt,
      changeReason: 'Left.',
      changeMetadata: { form: 'HR-7' },
      changeSet: { operation: 'deactivateDataOwner', reason: 'Left.', actor: { userId: ada } },
    });
    expect(ended.changeSet.versions).toHaveLength(2);
    expect(await changesOf(ended)).toEqual([
      expect.objectContaining({ historyId: assigned.versionId, changeType: 'ASSIGNED' }),
      {
        historyId: ended.versionId,
        changeType: 'DEACTIVATED',
        changedBy: { userId: ada },
        changedAt: ended.createdAt,
        previousState: assigned.content,
        newState: ended.content,
        changeMetadata: { form: 'HR-7' },
      },
    ]);
  });

  test('is within the time it was made for, whatever the clock says', async () => {
    const future = await assign({ validFrom: soon, validTo: later });
    expect(await deactivate(future)).toMatchObject({ validFrom: soon, validTo: soon }); // it never held
    const over = await assign({ validFrom: longAgo, validTo: lately });
    expect(await deactivate(over)).toMatchObject({ validFrom: longAgo, validTo: lately });
  });

  test.each([
    ['in the past', lately],
    ['in the future', soon],
    ['the instant it started', longAgo],
    ['the instant it ends', later],
  ])('%s is possible', async (_, validTo) => {
    const assigned = await assign({ validFrom: longAgo, validTo: later });
    expect(await deactivate(assigned, { validTo })).toMatchObject({ validTo, assignmentStatus: 'INACTIVE' });
  });

  test('before it started or after it ends is refused', async () => {
    const input = { ...at(await assign({ validFrom: lately, validTo: soon })), reason: 'Left.' };
    for (const validTo of [longAgo, later])
      expect(await refused(DeactivateDataOwnerDocument, { ...input, validTo })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
  });

  test('needs a reason', async () => {
    const input = at(await assign());
    for (const reason of ['', ' ', '\n'])
      expect(await refused(DeactivateDataOwnerDocument, { ...input, reason })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'reason',
      });
  });

  test('and transferring are for data executives and the workflow’s testers', async () => {
    const assigned = await assign();
    for (const person of [olga, tess, root, aud]) {
      expect(await refused(TransferDataOwnerDocument, { ...at(assigned), ...toOlga }, person)).toMatchObject({
        code: 'FORBIDDEN',
      });
      expect(await refused(DeactivateDataOwnerDocument, { ...at(assigned), reason: 'No.' }, person)).toMatchObject({
        code: 'FORBIDDEN',
      });
      expect((await read(assigned.versionId, person)).availableActions).toEqual([]);
    }
    for (const person of [ada, ben, eve])
      expect((await read(assigned.versionId, person)).availableActions).toEqual(['TRANSFER', 'DEACTIVATE']);
  });
});

describe('a line of business has one primary owner at a valid instant:', () => {
  const primary = (lobId: string, input: Partial<AssignDataOwnerInput> = {}) => ({
    ...anAssignment(),
    lobId,
    assignmentType: 'PRIMARY',
    ...input,
  });
  const conflict = async (input: AssignDataOwnerInput) =>
    expect(await refused(AssignDataOwnerDocument, input)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('primary owner'),
    });

  test('a second one for an overlapping time is CONFLICT, which names the first', async () => {
    const lobId = await aLob();
    await assign(primary(lobId, { validFrom: lately, validTo: later }));
    for (const [validFrom, validTo] of [
      [lately, later],
      [longAgo, null],
      [longAgo, inHours(-9.999)],
      [soon, inHours(11)],
      [soon, null],
      [null, null],
      [inHours(999), inHours(1001)],
    ] as const)
      await conflict(primary(lobId, { dataOwnerId: olga, validFrom, validTo }));
    const { message } = await refused(AssignDataOwnerDocument, primary(lobId, { dataOwnerId: olga }));
    expect(message).toContain('Tess');
    expect(message).toContain(lately);
    expect(message).toContain(later);
  });

  test('one before and one after are fine, also without a gap', async () => {
    const lobId = await aLob();
    await assign(primary(lobId, { validFrom: lately, validTo: soon }));
    await assign(primary(lobId, { dataOwnerId: olga, validFrom: soon }));
    await assign(primary(lobId, { dataOwnerId: eve, validFrom: longAgo, validTo: lately }));
    await conflict(primary(lobId));
  });

  test('another line of business, another kind of owner, the whole report and another workflow do not count', async () => {
    const lobId = await aLob();
    await assign(primary(lobId));
    await assign(primary(await aLob()));
    for (const assignmentType of ['BACKUP', 'DEPUTY', 'backup']) await assign(primary(lobId, { assignmentType }));
    await assign({ assignmentType: 'PRIMARY', lobId: null });
    await demandPhase(world, 'SAMPLE_SELECTION', { of: otherWorkflow, preparer: ben, approver: both });
    await assign(primary(lobId, { reportId: otherWorkflow.reportId }));
    await conflict(primary(lobId));
  });

  test.each(['primary', 'Primary', ' PRIMARY', 'PRIMARY  ', ' pRiMaRy ', '\tPRIMARY', 'PRIMARY\n', '\u00a0PRIMARY'])(
    '%j is PRIMARY, whichever comes first',
    async (assignmentType) => {
      const [one, other] = [await aLob(), await aLob()];
      await assign(primary(one));
      await conflict(primary(one, { assignmentType }));
      await assign(primary(other, { assignmentType }));
      await conflict(primary(other));
    },
  );

  test('whoever it was transferred to is the one from then on, and the one before until then', async () => {
    const lobId = await aLob();
    const old = await assign(primary(lobId, { validFrom: longAgo }));
    await transfer(old, { validFrom: soon });
    await conflict(primary(lobId, { validFrom: lately, validTo: soon }));
    await conflict(primary(lobId, { validFrom: soon }));
    await conflict(primary(lobId, { validFrom: inHours(9), validTo: inHours(11) }));
  });

  test('from when it was deactivated another may be, and where it never held, from its beginning', async () => {
    const lobId = await aLob();
    await deactivate(await assign(primary(lobId, { validFrom: longAgo })), { validTo: lately });
    await conflict(primary(lobId, { validFrom: inHours(-11) }));
    const second = await assign(primary(lobId, { validFrom: lately }));
    await conflict(primary(lobId, { validFrom: lately }));
    await deactivate(second, { validTo: lately });
    await assign(primary(lobId, { validFrom: lately }));
  });
});

test('what kind of owner somebody is, is one of those that there are, so that no typo makes another beside the primary one', async () => {
  for (const assignmentType of ['PRIMRY', 'PRIMARY OWNER', 'PRIMÄRY'])
    expect(await refused(AssignDataOwnerDocument, { ...anAssignment(), assignmentType })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'assignmentType',
      allowed: ['PRIMARY', 'SECONDARY', 'BACKUP', 'DEPUTY', 'DELEGATE', 'STEWARD'],
    });
});

test('the whole report has one primary owner at a valid instant, as a line of business has', async () => {
  await demandPhase(world, 'SAMPLE_SELECTION', { of: otherWorkflow, preparer: ben, approver: both });
  const whole = (input: Partial<AssignDataOwnerInput> = {}) => ({
    ...anAssignment(),
    assignmentType: 'PRIMARY',
    reportId: otherWorkflow.reportId,
    ...input,
  });
  const first = await assign(whole({ validFrom: lately, validTo: soon }));
  for (const input of [
    whole({ dataOwnerId: olga }),
    whole({ validFrom: longAgo }),
    whole({ assignmentType: 'pri\u200bmary' }),
  ])
    expect(await refused(AssignDataOwnerDocument, input)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/^Tess Nakamura is the primary owner of the whole report from /),
    });
  const next = await assign(whole({ dataOwnerId: olga, validFrom: soon }));
  await assign(whole({ lobId: await aLob() })); // a line of business is something else
  await assign(whole({ assignmentType: 'BACKUP' }));
  const second = await transfer(first, { validFrom: inHours(1) });
  expect(await refused(AssignDataOwnerDocument, whole({ validFrom: inHours(2), validTo: inHours(3) }))).toMatchObject({
    code: 'CONFLICT',
  });
  await deactivate(second, { validTo: inHours(1) });
  await deactivate(await assign(whole({ validFrom: inHours(2), validTo: inHours(3) })), { validTo: inHours(2) });
  await deactivate(next, { validTo: soon });
});

describe('owning data', () => {
  /** Everything that leads to the workflow, and what of it can be seen. */
  const workflows = `{ workflows(first: 10) { totalCount nodes { id } } }`;
  const workflowQuery = `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { id } }`;
  const sees = async (person: number): Promise<boolean> => {
    const [list, one] = [await world.get(person, workflows), await world.get(person, workflowQuery)];
    expect(list.workflows.nodes).toHaveLength(list.workflows.totalCount);
    const isListed = list.workflows.nodes.length > 0;
    expect(one.workflow !== null).toBe(isListed);
    return isListed;
  };
  const aDocument = () => ({ cycleId, reportId, documentId: randomUUID(), submissionType: 'STATEMENT' });
  /** The code of the refusal when the person hands in a document; undefined if they may. */
  const handsIn = (person: number) => world.codeOf(person, print(SubmitDocumentDocument), { input: aDocument() });
  const until = (instant: string) =>
    new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(instant) - Date.now()) + 20));
  const isAhead = (instant: string): boolean => Date.now() < Date.parse(instant);
  /** Tries something within a second, and where the machine was too slow for that, in twice the time. */
  async function inTime(attempt: (hours: number) => Promise<boolean>): Promise<void> {
    for (let seconds = 1; !(await attempt(seconds / 3600)); seconds *= 2);
  }

  beforeAll(() => demandPhase(world, 'DATA_OWNER_ID', { of: workflow, preparer: ada }));

  test('lets a person see the workflow and act in it while it lasts, and not a moment longer', async () => {
    expect(await sees(dan)).toBe(false);
    expect(await handsIn(dan)).toBe('NOT_FOUND');

    const assigned = await assign({ dataOwnerId: dan });
    expect(await sees(dan)).toBe(true);
    expect(await handsIn(dan)).toBeUndefined();
    await world.run(dan, RequestTestActionDocument, {
      input: { cycleId, reportId, actionType: 'CLARIFICATION', reason: 'What is meant?' },
    });
    expect((await read(assigned.versionId, dan)).availableActions).toEqual([]);

    await deactivate(assigned);
    expect(await sees(dan)).toBe(false);
    expect(await handsIn(dan)).toBe('NOT_FOUND');
  });

  test('does not let a person change who owns it, nor review, nor prepare other phases', async () => {
    const [his, hers] = [await assign({ dataOwnerId: dan }), await assign()];
    const document = (await world.run(ada, SubmitDocumentDocument, { input: aDocument() })).submitDocument!.version;
    expect(await refused(AssignDataOwnerDocument, anAssignment(), dan)).toMatchObject({ code: 'FORBIDDEN' });
    for (const one of [his, hers]) {
      expect(await refused(TransferDataOwnerDocument, { ...at(one), ...toOlga }, dan)).toMatchObject({
        code: 'FORBIDDEN',
      });
      expect(await refused(DeactivateDataOwnerDocument, { ...at(one), reason: 'No.' }, dan)).toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    expect(await refused(ReviewDocumentDocument, { ...at(document), status: 'ACCEPTED' }, dan)).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await refused(CreateVersionDocument, { cycleId, reportId, phase: 'PLANNING' }, dan)).toMatchObject({
      code: 'FORBIDDEN',
    });
    await deactivate(his);
  });

  test.each([
    ['that was back-dated', { validFrom: longAgo }, true],
    ['of limited time', { validFrom: lately, validTo: soon }, true],
    ['that is over', { validFrom: longAgo, validTo: lately }, false],
    ['that has not begun', { validFrom: soon }, false],
  ])('by an assignment %s', async (_, period, holds) => {
    const assigned = await assign({ dataOwnerId: dan, ...period });
    expect(await sees(dan)).toBe(holds);
    expect(await handsIn(dan)).toBe(holds ? undefined : 'NOT_FOUND');
    await deactivate(assigned);
    expect(await sees(dan)).toBe(false);
  });

  test('begins and ends by itself, when its time comes', async () => {
    await inTime(async (hours) => {
      const [validFrom, validTo] = [inHours(hours), inHours(2 * hours)];
      await assign({ dataOwnerId: dan, validFrom, validTo });
      const before = [await sees(dan), await handsIn(dan)];
      const isBefore = isAhead(validFrom);
      await until(validFrom);
      const meanwhile = [await sees(dan), await handsIn(dan)];
      const isInTime = isBefore && isAhead(validTo);
      await until(validTo);
      expect([await sees(dan), await handsIn(dan)]).toEqual([false, 'NOT_FOUND']);
      if (isInTime) expect([before, meanwhile]).toEqual([[false, 'NOT_FOUND'], [true, undefined]]); // prettier-ignore
      return isInTime;
    });
  });

  test('by another assignment goes on when one is ended', async () => {
    const [one, other] = [await assign({ dataOwnerId: dan }), await assign({ dataOwnerId: dan })];
    await deactivate(one);
    expect(await sees(dan)).toBe(true);
    await deactivate(other);
    expect(await sees(dan)).toBe(false);
  });

  test('in one workflow says nothing of another', async () => {
    const assigned = await assign({ dataOwnerId: dan });
    expect((await world.get(dan, workflows)).workflows.totalCount).toBe(1);
    const elsewhere = { ...aDocument(), reportId: otherWorkflow.reportId };
    expect(await refused(SubmitDocumentDocument, elsewhere, dan)).toMatchObject({ code: 'NOT_FOUND' });
    await deactivate(assigned);
  });

  test('takes the role of a data owner to act, not to see', async () => {
    const assigned = await assign({ dataOwnerId: stranger }); // a tester elsewhere
    await world.sql('owner', `delete from user_roles where user_id = ${stranger} and role = 'DATA_OWNER'`);
    expect(await sees(stranger)).toBe(true);
    expect(await handsIn(stranger)).toBe('FORBIDDEN');
    await makeDataOwners(world, stranger);
    expect(await handsIn(stranger)).toBeUndefined();
    await deactivate(assigned);
    expect(await sees(stranger)).toBe(false);
  });

  test('passes to the other person with a transfer, at once', async () => {
    const made = await transfer(await assign({ dataOwnerId: stranger }), { toUserId: dan });
    expect([await sees(stranger), await sees(dan), await handsIn(dan)]).toEqual([false, true, undefined]);
    await deactivate(made);
  });

  test('passes to the other person when its time comes, if it is to be transferred later', async () => {
    await inTime(async (hours) => {
      const assigned = await assign({ dataOwnerId: dan });
      const validFrom = inHours(hours);
      const made = await transfer(assigned, { toUserId: stranger, validFrom });
      const before = [await sees(dan), await handsIn(dan), await sees(stranger)];
      const isInTime = isAhead(validFrom);
      await until(validFrom);
      expect([await sees(dan), await handsIn(dan), await sees(stranger)]).toEqual([false, 'NOT_FOUND', true]);
      await deactivate(made);
      expect(await sees(stranger)).toBe(false);
      if (isInTime) expect(before).toEqual([true, undefined, false]);
      return isInTime;
    });
  });

  test('lasts until the day for which it was ended', async () => {
    await inTime(async (hours) => {
      const assigned = await assign({ dataOwnerId: dan });
      const validTo = inHours(hours);
      await deactivate(assigned, { validTo });
      const before = [await sees(dan), await handsIn(dan)];
      const isInTime = isAhead(validTo);
      await until(validTo);
      expect([await sees(dan), await handsIn(dan)]).toEqual([false, 'NOT_FOUND']);
      if (isInTime) expect(before).toEqual([true, undefined]);
      return isInTime;
    });
  });

  test('once transferred away, nothing of the workflow exists for the one before, on no path', async () => {
    const assigned = await assign({ dataOwnerId: dan });
    const document = (await world.run(dan, SubmitDocumentDocument, { input: aDocument() })).submitDocument!;
    const requested = (
      await world.run(dan, RequestTestActionDocument, {
        input: { cycleId, reportId, actionType: 'RETEST', reason: 'A typo.' },
      })
    ).requestTestAction!;
    const workflowId = (await world.get(dan, workflowQuery)).workflow.id as string;
    const record = await buildRecord(world, { phase: 'DATA_OWNER_ID' });
    const known = [
      ...[document, requested].flatMap(({ version, changeSet }) => [version.id, changeSet.id]),
      workflowId,
      assigned.id,
      assigned.changeSet.id,
    ];
    const nodes = async () =>
      (await world.get(dan, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: known })).nodes as unknown[];
    const each = async () =>
      Promise.all(
        known.map(
          async (id) => (await world.get(dan, 'query ($id: ID!) { node(id: $id) { id } }', { id })).node as unknown,
        ),
      );
    const versions = async () =>
      Promise.all(
        [document.version, requested.version, assigned].map(
          async ({ versionId }) => (await world.run(dan, AssignmentDocument, { versionId })).phaseVersion,
        ),
      );
    for (const found of [await nodes(), await each(), await versions()]) expect(found).not.toContain(null);

    const made = await transfer(assigned);
    expect(await sees(dan)).toBe(false);
    for (const found of [await nodes(), await each(), await versions()]) expect(found).toEqual(found.map(() => null));
    const place = { cycleId, reportId };
    const attempts: [TypedDocumentNode<any, any>, object][] = [
      [AssignDataOwnerDocument, anAssignment()],
      [TransferDataOwnerDocument, { ...at(made), ...toOlga, toUserId: dan }],
      [TransferDataOwnerDocument, { ...at(record), ...toOlga }],
      [DeactivateDataOwnerDocument, { ...at(made), reason: 'Mine.' }],
      [SubmitDocumentDocument, aDocument()],
      [SubmitDocumentDocument, { ...aDocument(), replacesVersionId: document.version.versionId }],
      [ReviseDocumentDocument, { ...at(document.version), documentMetadata: {}, revisionType: 'OTHER', reason: 'Y' }],
      [ReviewDocumentDocument, { ...at(document.version), status: 'ACCEPTED' }],
      [RequestTestActionDocument, { ...place, actionType: 'RETEST', reason: 'Again.' }],
      [RespondToTestActionDocument, { ...at(requested.version), responseStatus: 'COMPLETED' }],
      [CreateVersionDocument, { ...place, phase: 'PLANNING' }],
      [CreateVersionDocument, { ...place, phase: 'DATA_OWNER_ID' }],
    ];
    for (const [mutation, input] of attempts) {
      const refusal = await refused(mutation, input, dan);
      expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
      // The refusal says no more than that of something that never was.
      expect(Object.keys(refusal).sort()).toEqual(['code', 'message']);
    }
  });

  test('is lost at the instant of the commit that says so, also when the clock is behind it', async () => {
    const assigned = await assign({ dataOwnerId: dan });
    // No commit is stamped before the instant its workflow is closed at: the next one is a minute ahead of the clock.
    await world.session('superuser', (client) =>
      setHead(client, workflow.workflowId, `closed_at = clock_timestamp() + interval '1 minute'`),
    );
    const made = await transfer(assigned, { toUserId: stranger });
    expect(Date.parse(made.validFrom)).toBeGreaterThan(Date.now());
    expect([await sees(dan), await handsIn(dan), await sees(stranger)]).toEqual([false, 'NOT_FOUND', true]);
    await deactivate(made);
    expect(await sees(stranger)).toBe(false);
  });
});
