/**
 * What each figure counts, as conditions on a version `v`. They are declared once for the figures and for the lists of versions behind
 * them, so a figure always equals the length of its list. docs/metrics.md defines them in words.
 */
import { auditOnlyPhases } from '../../phases';
import { columnName } from '../../versioning/fields';
import { approvalHours, cameIntoForce, hours } from './metrics';
import { isLatest } from '../versions/sign-offs';
import { quote } from '../connection/statements';
import { barredAs, isWaiting, waitsSince } from '../versions/versions';

const isDecided = `(${cameIntoForce} or v.status = 'REJECTED')`;

/** What figures need to know about a version `v` beyond its row, independent of how it is looked up. */
export interface Lookups {
  /** Whether it is a record that waits for somebody. */
  readonly recordWaits: string;
  /** Whether an earlier version with the same base is REJECTED. */
  readonly isRetry: string;
  readonly isOfRejected: string;
  /** Whether the command that made it counts as this. */
  readonly madeBy: (what: 'REASSIGNMENT' | 'REVISION') => string;
  readonly reviewerEdited: string;
  readonly isSignatureOutdated: string;
  /** The hours until a record was answered; null for all other versions. */
  readonly turnaround: string;
}

/** The commands that count as this: conditions on a version `v` and on the operation that made it. */
export const waysOf = (what: 'REASSIGNMENT' | 'REVISION', operation: string): string[] =>
  auditOnlyPhases.flatMap(({ key, commands }) =>
    Object.entries(commands).flatMap(([name, { counts, start, next }]) => {
      // If a command ends one record and starts another, only the new record counts.
      const which = start && next ? ' and v.version_number = 1' : '';
      return counts === what ? [`v.phase = '${key}' and ${operation} = ${quote(name)}${which}`] : [];
    }),
  );

/** The phases that declare a duration until answered, and its hours for a row `d` of their details. */
export const turnarounds = auditOnlyPhases.flatMap(({ key, version }) =>
  Object.values(version.fields).flatMap((field) =>
    field.source === 'duration'
      ? [{ phase: key, table: version.table, sql: hours(`d.${columnName(field.from)}`, `d.${columnName(field.to)}`) }]
      : [],
  ),
);

/** Looks each version up by itself, as lists do: for a few versions it reads a few rows, however large the tables are. */
const eachOnItsOwn: Lookups = {
  recordWaits: isWaiting,
  isRetry: `exists (select from phase_version r where r.master_record_id = v.master_record_id and r.version_number < v.version_number
      and r.status = 'REJECTED' and not r.is_deleted and r.base_version_id is not distinct from v.base_version_id)`,
  isOfRejected: `exists (select from phase_version r where r.version_id = v.parent_version_id and r.status = 'REJECTED')`,
  // A version's creation time is the stamp of its commit.
  madeBy: (what) => {
    const ways = waysOf(what, 'c.operation');
    return ways.length === 0
      ? 'false'
      : `(v.versioning_type = 'AUDIT_ONLY' and exists (select from change_set c where c.stream_id = v.stream_id and c.committed_at = v.created_at
        and (${ways.join(' or ')})))`;
  },
  reviewerEdited:
    'exists (select from version_editor e where e.version_id = v.version_id and e.user_id = v.reviewed_by)',
  isSignatureOutdated: `exists (select from test_report_signoffs s where s.version_id = v.version_id and s.sign_off_status <> 'PENDING' and ${isLatest('s')}
      and (s.signed_content_hash is distinct from v.content_hash or ${barredAs('v', 's.sign_off_user_id')} is not null))`,
  turnaround:
    turnarounds.length === 0
      ? 'null::float8'
      : `case when v.status = 'RECORDED' then case v.phase::text ${turnarounds
          .map(
            ({ phase, table, sql }) =>
              `when '${phase}' then (select ${sql} from ${table} d where d.version_id = v.version_id)`,
          )
          .join(' ')} end end`,
};

/** The counts by their API names, and their definitions in the manual. */
const figuresBy = ({
  recordWaits,
  isRetry,
  isOfRejected,
  madeBy,
  reviewerEdited,
  isSignatureOutdated,
  turnaround,
}: Lookups) =>
  ({
    VERSIONS: { sql: 'true', means: 'all of them' },
    APPROVED: { sql: cameIntoForce, means: 'came into force by approval, also if superseded since' },
    REJECTED: { sql: `v.status = 'REJECTED'`, means: 'were rejected' },
    DECIDED: { sql: isDecided, means: 'were approved or rejected' },
    WAITING: {
      sql: `(v.status = 'PENDING_APPROVAL' or ${recordWaits})`,
      means: 'wait for a decision, or as a record for somebody',
    },
    FIRST_TIME_RIGHT: {
      sql: `(${cameIntoForce} and not ${isRetry})`,
      means: 'came into force, and nothing that was started from the same version before had been rejected',
    },
    REVISED: {
      sql: `(${isOfRejected} or ${madeBy('REVISION')})`,
      means: 'were started from a rejected one, or are a revision of a document',
    },
    REASSIGNED: { sql: madeBy('REASSIGNMENT'), means: 'handed a record to somebody else' },
    SELF_ATTESTED: {
      sql: `(${cameIntoForce} and (v.submitted_by = v.reviewed_by or ${reviewerEdited}))`,
      means: 'came into force by the approval of somebody who had edited or submitted them',
    },
    SIGNATURES_OUTDATED: {
      sql: isSignatureOutdated,
      means: 'hold a signature that does not count any more',
    },
    ANSWERED: { sql: `(${turnaround}) is not null`, means: 'are records whose request was answered' },
  }) as const satisfies Record<string, { readonly sql: string; readonly means: string }>;

export const versionFigures = figuresBy(eachOnItsOwn);
export type VersionFigure = keyof typeof versionFigures;

/** Whether a version counts for the figure given as the parameter. */
export const countsAs = (parameter: string): string =>
  `case ${parameter}::text ${Object.entries(versionFigures)
    .map(([figure, { sql }]) => `when '${figure}' then (${sql})`)
    .join(' ')} end`;

/** Durations in hours; null for versions to which they do not apply. */
const durationsBy = ({ turnaround }: Lookups) =>
  ({
    submissionToDecision: `case when ${isDecided} then ${approvalHours} end`,
    creationToDecision: `case when ${isDecided} then ${hours('v.created_at', 'v.reviewed_at')} end`,
    turnaround,
  }) as const;
export type VersionDuration = keyof ReturnType<typeof durationsBy>;

/** The person who waits for a decision or an answer: who submitted a version `v`, or created it. */
export const handedInBy = 'coalesce(v.submitted_by, v.created_by)';

/** All counts and durations of a version `v`, as columns under their names. */
export const columnsBy = (lookups: Lookups): string =>
  [
    ...Object.entries(figuresBy(lookups)).map(([figure, { sql }]) => `${sql} as "${figure}"`),
    ...Object.entries(durationsBy(lookups)).map(([duration, sql]) => `${sql} as "${duration}"`),
    `${waitsSince} as handed_over`,
  ].join(', ');
export const durationNames = Object.keys(durationsBy(eachOnItsOwn)) as VersionDuration[];
