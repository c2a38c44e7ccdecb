/** Events for a SIEM: each has what its class demands, and nothing of what people wrote. */
import Ajv from 'ajv';
import type { CommitSeen, RefusalSeen } from '../../src/database/delivery/activity';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { commitEvent, readEvent, refusalEvent } from '../../src/proof/ocsf';
import { ocsfClasses } from './ocsf.schemas';

const ajv = new Ajv({ allErrors: true, strictRequired: false });
const validators = new Map(Object.entries(ocsfClasses).map(([uid, schema]) => [Number(uid), ajv.compile(schema)]));
function problemsOf(event: { class_uid: number }): unknown {
  const validate = validators.get(event.class_uid)!;
  return validate(event) ? null : validate.errors;
}

const commit: CommitSeen = {
  changeSetId: '019ad3f0-5c00-7000-8000-0000000000c1',
  streamId: '0194d2a0-5c00-7000-8000-0000000000f1',
  sequence: 42,
  committedAt: new Date('2026-11-30T08:00:00.123Z'),
  actorId: 3,
  actorName: 'Olga Owner',
  origin: 'api',
  operation: 'approveVersion',
  requestId: 'r-1',
  versionIds: ['019ad3f0-5c00-7000-8000-0000000000d1'],
  rowOperations: ['UPDATE'],
};

test.each([
  [['INSERT'], 1],
  [['DELETE'], 4],
  [['UPDATE'], 3],
  [['INSERT', 'UPDATE'], 3],
  [[], 3],
])('a commit of %j has activity %i', (rowOperations, activity) => {
  const event = commitEvent({ ...commit, rowOperations });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject({ class_uid: 6003, activity_id: activity, type_uid: 600_300 + activity, status_id: 1 });
});

test('a commit says who, what and to which things', () => {
  expect(commitEvent(commit)).toMatchObject({
    time: 1_796_025_600_123,
    metadata: { uid: commit.changeSetId, log_name: 'commits' },
    actor: { user: { uid: '3', name: 'Olga Owner', type_id: 1 } },
    api: { operation: 'approveVersion', request: { uid: 'r-1' } },
    resources: [
      { type: 'Workflow', uid: commit.streamId },
      { type: 'PhaseVersion', uid: commit.versionIds[0] },
    ],
    unmapped: { sequence: 42 },
  });
});

test('what no person did says what did it', () => {
  const event = commitEvent({
    ...commit,
    actorId: null,
    actorName: null,
    origin: 'db:owner',
    requestId: null,
    streamId: REFERENCE_STREAM,
  });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject({
    actor: { user: { name: 'db:owner', type_id: 3 } },
    src_endpoint: { svc_name: 'db:owner' },
    resources: [{ type: 'ReferenceData' }, { type: 'PhaseVersion' }],
  });
});

test('a reading of the log is a read', () => {
  const { streamId } = commit;
  const read = { readId: '7', streamId, readAt: commit.committedAt, readerId: 8, readerName: 'Aud', origin: 'api' };
  const event = readEvent({ ...read, field: 'Workflow.changes', requestId: null });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject({
    activity_id: 2,
    metadata: { uid: 'read-7' },
    resources: [{ type: 'WorkflowLog', uid: streamId }],
  });
});

const refusal: RefusalSeen = {
  eventId: '019ad3f0-5c00-7000-8000-0000000000e1',
  sequence: 7,
  recordedAt: new Date('2026-11-30T08:00:00.200Z'),
  happenedAt: commit.committedAt,
  kind: 'REFUSAL',
  userId: 1,
  userName: 'Ada Tester',
  code: 'FORBIDDEN',
  operation: 'approveVersion',
  isMutation: true,
  requestId: 'r-2',
  count: 1,
  endedAt: null,
};
const endedAt = new Date('2026-11-30T08:00:50.000Z');

test.each<[string, Partial<RefusalSeen>, object]>([
  [
    'a mutation that is not theirs',
    {},
    {
      class_uid: 6003,
      activity_id: 3,
      status_id: 2,
      status_code: 'FORBIDDEN',
      time: 1_796_025_600_123,
      metadata: { uid: refusal.eventId, log_name: 'refusals' },
      actor: { user: { uid: '1', name: 'Ada Tester' } },
      api: { operation: 'approveVersion', request: { uid: 'r-2' } },
      unmapped: { sequence: 7, recorded_at: '2026-11-30T08:00:00.200Z' },
    },
  ],
  ['a query that is not theirs', { isMutation: false }, { activity_id: 2 }],
  [
    'somebody without a good token',
    { kind: 'SIGN_IN_REFUSAL', userId: null, userName: null, code: 'UNAUTHENTICATED', operation: null },
    { class_uid: 3002, activity_id: 1, status_id: 2, status_code: 'UNAUTHENTICATED', user: { name: 'unknown' } },
  ],
  [
    'many at once',
    { operation: null, requestId: null, count: 900, endedAt },
    { count: 900, start_time: 1_796_025_600_123, end_time: endedAt.getTime(), api: { operation: 'unknown' } },
  ],
])('a refusal: %s', (_, more, wanted) => {
  const event = refusalEvent({ ...refusal, ...more });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject(wanted);
});
