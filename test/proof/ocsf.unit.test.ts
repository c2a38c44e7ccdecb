/** Events for a SIEM: each has what its class demands, and nothing of what people wrote. */
import Ajv from 'ajv';
import { commitEvent, readEvent, refusalEvent, type CommitSeen } from '../../src/proof/ocsf';
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
  isReference: false,
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
    isReference: true,
  });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject({
    actor: { user: { name: 'db:owner', type_id: 3 } },
    src_endpoint: { svc_name: 'db:owner' },
  });
});

test('a reading of the log is a read', () => {
  const { streamId } = commit;
  const read = { readId: '7', streamId, readAt: commit.committedAt, readerId: 8, readerName: 'Aud', origin: 'api' };
  const event = readEvent({ ...read, field: 'Workflow.changes', requestId: null, isReference: false });
  expect(problemsOf(event)).toBeNull();
  expect(event).toMatchObject({
    activity_id: 2,
    metadata: { uid: 'read-7' },
    resources: [{ type: 'WorkflowLog', uid: streamId }],
  });
});

const line = (more: object) =>
  JSON.stringify({
    level: 30,
    time: 1_796_025_600_000,
    module: 'requests',
    requestId: 'r-2',
    path: '/graphql',
    ...more,
  });

test.each<[string, object, object | null]>([
  [
    'somebody without a good token',
    { outcome: 'UNAUTHENTICATED', status: 401 },
    { class_uid: 3002, activity_id: 1, status_id: 2 },
  ],
  [
    'a mutation that is not theirs',
    { outcome: 'FORBIDDEN', type: 'mutation', fields: ['approveVersion'], person: 1 },
    {
      class_uid: 6003,
      activity_id: 3,
      status_id: 2,
      status_code: 'FORBIDDEN',
      api: { operation: 'approveVersion' },
      actor: { user: { uid: '1' } },
    },
  ],
  [
    'a query that is not theirs',
    { outcome: 'FORBIDDEN', type: 'query', person: 1 },
    { activity_id: 2, api: { operation: '/graphql' } },
  ],
  ['a mutation of what they may not see', { outcome: 'NOT_FOUND', type: 'mutation', person: 9 }, { activity_id: 3 }],
  ['a query that found nothing', { outcome: 'NOT_FOUND', type: 'query', person: 9 }, null],
  ['what went well', { outcome: 'ok', type: 'mutation', person: 1 }, null],
  ['what another module says', { module: 'database', outcome: 'FORBIDDEN' }, null],
])('of a server’s log: %s', (_, said, wanted) => {
  const event = refusalEvent(line(said));
  if (wanted === null) return expect(event).toBeNull();
  expect(problemsOf(event!)).toBeNull();
  expect(event).toMatchObject(wanted);
});

test.each(['', 'no JSON', 'null', '[]', '{"module":"requests","outcome":"FORBIDDEN"}'])('is no event: %j', (text) => {
  expect(refusalEvent(text)).toBeNull();
});
