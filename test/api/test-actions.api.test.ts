/** What testers and data owners ask of each other while testing: requested, answered once, and how long the answer took. */
import { randomUUID } from 'node:crypto';
import {
  AssignDataOwnerDocument,
  PhaseStandingDocument,
  RequestTestActionDocument,
  RespondToTestActionDocument,
  TestActionDocument,
  TransferDataOwnerDocument,
  type RecordedFragment,
  type RequestTestActionInput,
  type RespondToTestActionInput,
} from '../generated/graphql';
import { demandPhase } from '../support/builders';
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
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

/** Becomes an owner of data. */
const heir = tess;

const { cycleId, reportId } = workflow;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'REQUEST_INFO', { of: workflow, preparer: ada });
  await world.run(eve, AssignDataOwnerDocument, {
    input: { cycleId, reportId, dataOwnerId: dan, assignmentType: 'BACKUP' },
  });
});
afterAll(() => world.destroy());

const asAction = ({ version, changeSet }: RecordedFragment) => {
  if (version.__typename !== 'TestExecutionAudit') throw new Error(`${version.__typename} is no test action`);
  return { ...version, changeSet };
};
type Action = ReturnType<typeof asAction>;
const at = ({ versionId }: { versionId: string }) => ({ versionId, expectedRevision: 1 });

const aRequest: RequestTestActionInput = { cycleId, reportId, actionType: 'RETEST', reason: 'Sample 12 failed.' };
const request = async (by = ada, input: Partial<RequestTestActionInput> = {}) =>
  asAction((await world.run(by, RequestTestActionDocument, { input: { ...aRequest, ...input } })).requestTestAction!);
const respond = async (to: Action, by = dan, input: Partial<RespondToTestActionInput> = {}) =>
  asAction(
    (await world.run(by, RespondToTestActionDocument, { input: { ...at(to), responseStatus: 'COMPLETED', ...input } }))
      .respondToTestAction!,
  );
const read = async (versionId: string, as = aud) => {
  const { phaseVersion } = await world.run(as, TestActionDocument, { versionId });
  if (phaseVersion?.__typename !== 'TestExecutionAudit') throw new Error(`action ${versionId} is not to be seen`);
  return phaseVersion;
};
const progress = async () =>
  (await world.run(aud, PhaseStandingDocument, { cycleId, reportId, phase: 'TEST_EXECUTION' })).workflow!.workflowPhase
    .progress;

describe('requesting', () => {
  test('says who asked for what, when and why, and is open', async () => {
    const testExecutionId = randomUUID();
    const requested = await request(ada, {
      testExecutionId,
      actionType: 'CLARIFICATION',
      actionDetails: { sample: 'S-12', questions: ['Which day?'] },
      reason: '  The dates differ. ',
    });
    expect(requested).toMatchObject({
      versionNumber: 1,
      testExecutionId,
      actionType: 'CLARIFICATION',
      actionDetails: { sample: 'S-12', questions: ['Which day?'] },
      requestedBy: { userId: ada },
      requestedAt: requested.changeSet.committedAt,
      requestReason: 'The dates differ.',
      respondedBy: null,
      respondedAt: null,
      responseStatus: null,
      responseNotes: null,
      impactOnTimeline: null,
      turnaroundTimeHours: null,
      submittedBy: null,
      reviewedBy: null,
      changeSet: { operation: 'requestTestAction', actor: { userId: ada } },
    });
  });

  test('needs neither a test execution nor details', async () => {
    expect(await request(dan)).toMatchObject({
      testExecutionId: null,
      actionDetails: null,
      requestedBy: { userId: dan },
    });
  });

  test('says what is asked for in one of a few words, whatever their case', async () => {
    expect(await request(ada, { actionType: ' retest ' })).toMatchObject({ actionType: 'RETEST' });
    expect(await refusalOf(world, ada, RequestTestActionDocument, { ...aRequest, actionType: 'RETSET' })).toMatchObject(
      {
        code: 'BAD_USER_INPUT',
        argument: 'actionType',
        allowed: expect.arrayContaining(['RETEST', 'OTHER']),
      },
    );
  });

  test('needs a reason and says what is asked for', async () => {
    for (const blank of ['', ' ', '\n\t', '\u00a0']) {
      expect(await refusalOf(world, ada, RequestTestActionDocument, { ...aRequest, reason: blank })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'reason',
      });
      expect(await refusalOf(world, ada, RequestTestActionDocument, { ...aRequest, actionType: blank })).toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('actionType'),
      });
    }
    for (const missing of ['reason', 'actionType'])
      expect(await refusalOf(world, ada, RequestTestActionDocument, { ...aRequest, [missing]: null })).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
  });

  test('is for the workflow’s testers and data owners', async () => {
    expect((await request(ben)).requestedBy).toEqual({ userId: ben });
    for (const person of [olga, eve, tess, root, aud])
      expect(await refusalOf(world, person, RequestTestActionDocument, aRequest)).toMatchObject({ code: 'FORBIDDEN' });
    for (const person of [stranger, both])
      expect(await refusalOf(world, person, RequestTestActionDocument, aRequest)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('addressing', () => {
  const turnOf = async ({ versionId }: Action, as = aud) =>
    (
      await world.get(
        as,
        `{ phaseVersion(versionId: "${versionId}") { turn { ask reason people { userId } } ... on TestExecutionAudit { addressee { userId } } } }`,
      )
    ).phaseVersion;
  const asked = async (userId: number, { versionId }: Action) => {
    const { myWork } = await world.get(userId, '{ myWork(first: 100) { nodes { ask version { versionId } } } }');
    return myWork.nodes.find(({ version }: any) => version.versionId === versionId)?.ask;
  };

  test('makes it the turn of one person; whoever may answer still may', async () => {
    const requested = await request(ada, { addresseeId: dan });
    expect(requested.addressee).toEqual({ userId: dan });
    expect(await turnOf(requested)).toEqual({
      turn: { ask: 'RESPOND', reason: 'The request has not been answered.', people: [{ userId: dan }] },
      addressee: { userId: dan },
    });
    expect([await asked(dan, requested), await asked(ben, requested), await asked(ada, requested)]).toEqual([
      'RESPOND',
      undefined,
      undefined,
    ]);
    const answered = await respond(requested, ben);
    expect(answered).toMatchObject({ addressee: { userId: dan }, respondedBy: { userId: ben } });
    expect((await turnOf(answered)).turn).toBeNull();
  });

  test('takes another tester or data owner of the workflow', async () => {
    expect(await request(dan, { addresseeId: ben })).toMatchObject({ addressee: { userId: ben } });
    expect((await request(ada)).addressee).toBeNull();
    for (const [addresseeId, said] of [
      [olga, 'not a Tester or Data Owner'],
      [eve, 'not a Tester or Data Owner'],
      [root, 'act in no workflow'],
      [stranger, 'not assigned to this workflow'],
      [gone, 'not active'],
      [4711, 'Nobody here'],
      [ada, 'somebody else'],
    ] as const)
      expect(await refusalOf(world, ada, RequestTestActionDocument, { ...aRequest, addresseeId })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'addresseeId',
        message: expect.stringContaining(said),
      });
  });

  test('to somebody who owns no data any more leaves it to everybody who may, until they do again', async () => {
    const assigning = async () =>
      (
        await world.run(eve, AssignDataOwnerDocument, {
          input: { cycleId, reportId, dataOwnerId: heir, assignmentType: 'BACKUP' },
        })
      ).assignDataOwner!.version;
    await makeDataOwners(world, heir);
    const owning = await assigning();
    const requested = await request(ada, { addresseeId: heir });
    expect((await turnOf(requested)).turn.people).toEqual([{ userId: heir }]);
    await world.run(eve, TransferDataOwnerDocument, {
      input: { versionId: owning.versionId, expectedRevision: 1, toUserId: dan, reason: 'Moved.' },
    });
    const passedOn = await turnOf(requested);
    expect(passedOn).toMatchObject({
      addressee: { userId: heir },
      turn: {
        people: [{ userId: ben }, { userId: dan }],
        reason: expect.stringContaining('The addressee can no longer do that'),
      },
    });
    expect([await asked(dan, requested), await asked(ben, requested)]).toEqual(['RESPOND', 'RESPOND']);
    await assigning();
    expect((await turnOf(requested)).turn.people).toEqual([{ userId: heir }]);
    // An answer names whom it was addressed to, whatever became of them.
    await world.sql('owner', 'delete from user_roles where user_id = $1', [heir]);
    expect(await respond(requested, ben)).toMatchObject({ addressee: { userId: heir } });
  });
});

describe('responding', () => {
  test('says who answered what, and when; who asked, and when, stays', async () => {
    const requested = await request(ada, { testExecutionId: randomUUID(), actionDetails: { sample: 'S-12' } });
    const answered = await respond(requested, dan, {
      responseStatus: 'DECLINED',
      notes: 'It was tested twice.',
      impactOnTimeline: 'None.',
      reason: 'Enough is enough.',
    });
    const { testExecutionId, actionType, actionDetails, requestedBy, requestedAt, requestReason } = requested;
    expect(answered).toMatchObject({
      testExecutionId,
      actionType,
      actionDetails,
      requestedBy,
      requestedAt,
      requestReason,
      masterRecordId: requested.masterRecordId,
      versionNumber: 2,
      respondedBy: { userId: dan },
      respondedAt: answered.changeSet.committedAt,
      responseStatus: 'DECLINED',
      responseNotes: 'It was tested twice.',
      impactOnTimeline: 'None.',
      createdBy: { userId: dan },
      changeSet: { operation: 'respondToTestAction', reason: 'Enough is enough.' },
    });
    // What was asked stays as it was asked.
    expect(await read(requested.versionId)).toMatchObject({
      status: 'SUPERSEDED',
      respondedBy: null,
      respondedAt: null,
      responseStatus: null,
      turnaroundTimeHours: null,
    });
  });

  test('tells how long it took, in hours', async () => {
    const quick = await respond(await request());
    const hours = (Date.parse(quick.respondedAt!) - Date.parse(quick.requestedAt)) / 3_600_000;
    expect(hours).toBeGreaterThan(0);
    expect(quick.turnaroundTimeHours).toBe(hours);

    // No commit is stamped before the instant its workflow is closed at, so the next one comes ninety minutes later.
    const requested = await request();
    const inNinetyMinutes = `closed_at = '${requested.requestedAt}'::timestamptz + interval '90 minutes' - interval '1 ms'`;
    await world.session('superuser', (client) => setHead(client, workflow.workflowId, inNinetyMinutes));
    expect(await respond(requested)).toMatchObject({ turnaroundTimeHours: 1.5 });
  });

  test('needs no notes, but says what came of it', async () => {
    const requested = await request();
    for (const responseStatus of ['', ' ', '\t\n'])
      expect(
        await refusalOf(world, dan, RespondToTestActionDocument, { ...at(requested), responseStatus }),
      ).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('responseStatus') });
    expect(
      await refusalOf(world, dan, RespondToTestActionDocument, { ...at(requested), responseStatus: 'COMPLETD' }),
    ).toMatchObject({
      code: 'BAD_USER_INPUT',
      allowed: [
        'COMPLETED',
        'PARTIALLY_COMPLETED',
        'ANSWERED',
        'PROVIDED',
        'NOT_AVAILABLE',
        'ACCEPTED',
        'REJECTED',
        'DECLINED',
        'CANCELLED',
      ],
    });
    expect(await respond(requested)).toMatchObject({ responseNotes: null, impactOnTimeline: null });
  });

  test('is done once: again on the latest is INVALID_TRANSITION, on the request CONFLICT that names the latest', async () => {
    const requested = await request();
    const answered = await respond(requested, ada);
    const answer = { responseStatus: 'COMPLETED' };
    for (const person of [ada, ben, dan]) {
      expect(await refusalOf(world, person, RespondToTestActionDocument, { ...at(answered), ...answer })).toMatchObject(
        { code: 'INVALID_TRANSITION', message: expect.stringContaining('answered') },
      );
      expect(
        await refusalOf(world, person, RespondToTestActionDocument, { ...at(requested), ...answer }),
      ).toMatchObject({
        code: 'CONFLICT',
        latestVersionId: answered.versionId,
        latestVersionNumber: 2,
        message: expect.stringContaining(answered.versionId),
      });
      expect((await read(answered.versionId, person)).availableActions).toEqual([]);
    }
  });

  test('is for the workflow’s testers and data owners', async () => {
    const requested = await request();
    const input = { ...at(requested), responseStatus: 'COMPLETED' };
    for (const person of [olga, eve, tess, root, aud]) {
      expect(await refusalOf(world, person, RespondToTestActionDocument, input)).toMatchObject({ code: 'FORBIDDEN' });
      expect((await read(requested.versionId, person)).availableActions).toEqual([]);
    }
    for (const person of [stranger, both])
      expect(await refusalOf(world, person, RespondToTestActionDocument, input)).toMatchObject({ code: 'NOT_FOUND' });
    for (const person of [ada, ben, dan])
      expect((await read(requested.versionId, person)).availableActions).toEqual(['RESPOND']);
  });
});

test('the phase waits while a request is open', async () => {
  const { workflow: found } = await world.get(
    aud,
    `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { workflowPhase(phase: TEST_EXECUTION) { records(first: 100) {
       nodes { versionId ... on TestExecutionAudit { respondedAt } } } } } }`,
  );
  for (const open of found.workflowPhase.records.nodes.filter(({ respondedAt }: any) => respondedAt === null))
    await respond(open);
  expect(await progress()).toBe('COMPLETE');
  const [one, other] = [await request(), await request(dan)];
  expect(await progress()).toBe('AWAITING_APPROVAL');
  await respond(one);
  expect(await progress()).toBe('AWAITING_APPROVAL');
  await respond(other, ada);
  expect(await progress()).toBe('COMPLETE');
});
