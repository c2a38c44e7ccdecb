/**
 * Maps activity to the Open Cybersecurity Schema Framework for security monitoring: who did what, when, to which things, by id. Contents
 * and reasons are not included.
 */
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

export interface CommitSeen {
  readonly changeSetId: string;
  readonly streamId: string;
  readonly sequence: number;
  readonly committedAt: Date;
  readonly actorId: number | null;
  readonly actorName: string | null;
  readonly origin: string;
  readonly operation: string;
  readonly requestId: string | null;
  readonly versionIds: readonly string[];
  readonly rowOperations: readonly string[];
  readonly isReference: boolean;
}

/** A commit of inserts only is a creation, one of deletes only a deletion. */
function activityOf(operations: readonly string[]): number {
  const [only, ...others] = operations;
  if (others.length > 0) return UPDATE;
  return only === 'INSERT' ? CREATE : only === 'DELETE' ? DELETE : UPDATE;
}

const requestOf = (requestId: string | null | undefined) => requestId != null && { request: { uid: requestId } };

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
        { type: commit.isReference ? 'ReferenceData' : 'Workflow', uid: commit.streamId },
        ...commit.versionIds.map((uid) => ({ type: 'PhaseVersion', uid })),
      ],
      unmapped: { sequence: commit.sequence },
    },
  );

export interface ReadSeen {
  readonly readId: string;
  readonly streamId: string;
  readonly readAt: Date;
  readonly readerId: number | null;
  readonly readerName: string | null;
  readonly origin: string;
  readonly field: string;
  readonly requestId: string | null;
  readonly isReference: boolean;
}

/** Somebody read the log of a workflow, or of the reference data. */
export const readEvent = (read: ReadSeen): OcsfEvent =>
  event(
    API_ACTIVITY,
    { time: read.readAt.getTime(), activity: READ, uid: `read-${read.readId}`, log: 'log-reads' },
    {
      actor: actorOf(read.readerId, read.readerName, read.origin),
      api: { operation: read.field, service: { name: 'PhaseLedger' }, ...requestOf(read.requestId) },
      src_endpoint: { svc_name: read.origin },
      resources: [{ type: read.isReference ? 'ReferenceDataLog' : 'WorkflowLog', uid: read.streamId }],
    },
  );

/** The relevant fields of a request line in a server's log (docs/operations.md). */
interface RequestLine {
  readonly time?: unknown;
  readonly module?: unknown;
  readonly requestId?: unknown;
  readonly person?: unknown;
  readonly operation?: unknown;
  readonly type?: unknown;
  readonly fields?: unknown;
  readonly path?: unknown;
  readonly outcome?: unknown;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * Maps a line of a server's log to a refusal: a failed authentication, or a forbidden action. Null for all other lines, and for invalid
 * ones.
 */
export function refusalEvent(line: string): OcsfEvent | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { time, module, requestId, person, operation, type, fields, path, outcome } = parsed as RequestLine;
  if (module !== 'requests' || typeof time !== 'number') return null;
  const code = text(outcome);
  const request = text(requestId);
  const happened = { time, uid: `request-${time}-${request ?? ''}`, log: 'requests', failed: code ?? undefined };
  if (code === 'UNAUTHENTICATED')
    return event(
      AUTHENTICATION,
      { ...happened, activity: LOGON },
      { user: { name: 'unknown' }, service: { name: 'PhaseLedger' }, auth_protocol: 'JWT' },
    );
  // What a person may not see is answered with NOT_FOUND, so an attempt to change it appears like that.
  const isRefused =
    code === 'FORBIDDEN' || code === 'REAUTHENTICATION_REQUIRED' || (code === 'NOT_FOUND' && type === 'mutation');
  if (!isRefused) return null;
  const userId = Number(person);
  const asked = Array.isArray(fields) ? fields.map(String).join(' ') : null;
  return event(
    API_ACTIVITY,
    { ...happened, activity: type === 'mutation' ? UPDATE : READ },
    {
      actor: actorOf(Number.isSafeInteger(userId) && userId > 0 ? userId : null, null, 'unknown'),
      api: {
        operation: asked || text(operation) || text(path) || 'unknown',
        service: { name: 'PhaseLedger' },
        ...requestOf(request),
      },
      src_endpoint: { svc_name: 'api' },
    },
  );
}
