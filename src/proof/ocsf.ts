/**
 * Maps activity to the Open Cybersecurity Schema Framework for security monitoring: who did what, when, to which things, by id. Contents
 * and reasons are not included.
 */
import type { CommitSeen, ReadSeen, RefusalSeen } from '../database/delivery/activity';
import { REFERENCE_STREAM } from '../database/register/people';

export const OCSF_VERSION = '1.9.0';

const API_ACTIVITY = { category_uid: 6, class_uid: 6003 };
const AUTHENTICATION = { category_uid: 3, class_uid: 3002 };
const [CREATE, READ, UPDATE, DELETE] = [1, 2, 3, 4];
const LOGON = 1;
const [SUCCESS, FAILURE] = [1, 2];
const [INFORMATIONAL, LOW] = [1, 2];
const [PERSON, SYSTEM] = [1, 3];

export interface OcsfEvent {
  readonly class_uid: number;
  readonly activity_id: number;
  readonly time: number;
  readonly [attribute: string]: unknown;
}

interface Happened {
  readonly time: number;
  readonly activity: number;
  /** Identifies the event, so that a repeated export can be deduplicated. */
  readonly uid: string;
  readonly log: string;
  readonly failed?: string | undefined;
}

const event = (kind: typeof API_ACTIVITY, { time, activity, uid, log, failed }: Happened, more: object): OcsfEvent => ({
  ...kind,
  activity_id: activity,
  type_uid: kind.class_uid * 100 + activity,
  severity_id: failed === undefined ? INFORMATIONAL : LOW,
  status_id: failed === undefined ? SUCCESS : FAILURE,
  ...(failed !== undefined && { status_code: failed }),
  time,
  metadata: {
    version: OCSF_VERSION,
    product: { name: 'PhaseLedger', vendor_name: 'PhaseLedger' },
    uid,
    log_name: log,
  },
  ...more,
});

/** The actor: a person, or the system origin if it was not a person. */
const actorOf = (userId: number | null, name: string | null, origin: string) => ({
  user:
    userId === null
      ? { name: origin, type_id: SYSTEM }
      : { uid: String(userId), ...(name !== null && { name }), type_id: PERSON },
});

/** A commit of inserts only is a creation, one of deletes only a deletion. */
function activityOf(operations: readonly string[]): number {
  const [only, ...others] = operations;
  if (others.length > 0) return UPDATE;
  return only === 'INSERT' ? CREATE : only === 'DELETE' ? DELETE : UPDATE;
}

const requestOf = (requestId: string | null | undefined) => requestId != null && { request: { uid: requestId } };

const isReference = ({ streamId }: { readonly streamId: string }) => streamId === REFERENCE_STREAM;

export const commitEvent = (commit: CommitSeen): OcsfEvent =>
  event(
    API_ACTIVITY,
    {
      time: commit.committedAt.getTime(),
      activity: activityOf(commit.rowOperations),
      uid: commit.changeSetId,
      log: 'commits',
    },
    {
      actor: actorOf(commit.actorId, commit.actorName, commit.origin),
      api: { operation: commit.operation, service: { name: 'PhaseLedger' }, ...requestOf(commit.requestId) },
      src_endpoint: { svc_name: commit.origin },
      resources: [
        { type: isReference(commit) ? 'ReferenceData' : 'Workflow', uid: commit.streamId },
        ...commit.versionIds.map((uid) => ({ type: 'PhaseVersion', uid })),
      ],
      unmapped: { sequence: commit.sequence },
    },
  );

/** Somebody read the log of a workflow, or of the reference data. */
export const readEvent = (read: ReadSeen): OcsfEvent =>
  event(
    API_ACTIVITY,
    { time: read.readAt.getTime(), activity: READ, uid: `read-${read.readId}`, log: 'log-reads' },
    {
      actor: actorOf(read.readerId, read.readerName, read.origin),
      api: { operation: read.field, service: { name: 'PhaseLedger' }, ...requestOf(read.requestId) },
      src_endpoint: { svc_name: read.origin },
      resources: [{ type: isReference(read) ? 'ReferenceDataLog' : 'WorkflowLog', uid: read.streamId }],
    },
  );

/** Something was refused to somebody: an action or a read, or, for want of a good token, everything. */
export function refusalEvent(refusal: RefusalSeen): OcsfEvent {
  const { eventId, sequence, recordedAt, happenedAt, kind, userId, userName, code, operation, isMutation } = refusal;
  const happened = { time: happenedAt.getTime(), uid: eventId, log: 'refusals', failed: code };
  const common = { ...timesOf(refusal), unmapped: { sequence, recorded_at: recordedAt.toISOString() } };
  const { user } = actorOf(userId, userName, 'unknown');
  if (kind === 'SIGN_IN_REFUSAL')
    return event(
      AUTHENTICATION,
      { ...happened, activity: LOGON },
      { user, service: { name: 'PhaseLedger' }, auth_protocol: 'JWT', ...common },
    );
  return event(
    API_ACTIVITY,
    { ...happened, activity: isMutation ? UPDATE : READ },
    {
      actor: { user },
      api: {
        operation: operation ?? 'unknown',
        service: { name: 'PhaseLedger' },
        ...requestOf(refusal.requestId),
      },
      src_endpoint: { svc_name: 'api' },
      ...common,
    },
  );
}

/** Of many alike: how many, and when the first and the last of them happened. */
const timesOf = ({ count, happenedAt, endedAt }: RefusalSeen) =>
  endedAt && { count, start_time: happenedAt.getTime(), end_time: endedAt.getTime() };
