/**
 * What figures count, as conditions of a version `v`: declared once, for the figures and for the lists of the versions that a figure
 * is made of, so that the one is always as many as the other. docs/metrics.md has them in words.
 */
import { auditOnlyPhases } from '../phases';
import { columnName } from '../versioning/fields';
import { approvalHours, cameIntoForce, hours } from './metrics';
import { isLatest } from './sign-offs';
import { quote } from './statements';
import { barredAs, waits, waitsSince } from './versions';

const isDecided = `(${cameIntoForce} or v.status = 'REJECTED')`;

/** Whether a version was made by a command that counts as this: its commit was stamped when the version was created. */
const madeBy = (what: 'REASSIGNMENT' | 'REVISION'): string => {
  const ways = auditOnlyPhases.flatMap(({ key, commands }) =>
    Object.entries(commands).flatMap(([operation, { counts, start, next }]) => {
      // Of a command that ends one record and starts another, the one that it started counts.
      const which = start && next ? ' and v.version_number = 1' : '';
      return counts === what ? [`v.phase = '${key}' and c.operation = ${quote(operation)}${which}`] : [];
    }),
  );
  return ways.length === 0
    ? 'false'
    : `(v.versioning_type = 'AUDIT_ONLY' and exists (select from change_set c where c.stream_id = v.stream_id and c.committed_at = v.created_at
        and (${ways.join(' or ')})))`;
};

/** For how long a record's latest version took to be answered, in the phases that measure it; null of all others. */
const turnaroundHours = ((): string => {
  const ofPhases = auditOnlyPhases.flatMap(({ key, version }) =>
    Object.values(version.fields).flatMap((field) =>
      field.source === 'duration'
        ? [
            `when '${key}' then (select ${hours(`d.${columnName(field.from)}`, `d.${columnName(field.to)}`)} from ${version.table} d where d.version_id = v.version_id)`,
          ]
        : [],
    ),
  );
  return ofPhases.length === 0
    ? 'null::float8'
    : `case when v.status = 'RECORDED' then case v.phase::text ${ofPhases.join(' ')} end end`;
})();

/** The counts, by the names that clients know them by, and the words that the manual has for them. */
export const versionFigures = {
  VERSIONS: { sql: 'true', means: 'all of them' },
  APPROVED: { sql: cameIntoForce, means: 'came into force by approval, also if superseded since' },
  REJECTED: { sql: `v.status = 'REJECTED'`, means: 'were rejected' },
  DECIDED: { sql: isDecided, means: 'were approved or rejected' },
  WAITING: { sql: waits, means: 'wait for a decision, or as a record for somebody' },
  FIRST_TIME_RIGHT: {
    sql: `(${cameIntoForce} and not exists (select from phase_version r where r.master_record_id = v.master_record_id and r.version_number < v.version_number
      and r.status = 'REJECTED' and not r.is_deleted and r.base_version_id is not distinct from v.base_version_id))`,
    means: 'came into force, and nothing that was started from the same version before had been rejected',
  },
  REVISED: {
    sql: `(exists (select from phase_version r where r.version_id = v.parent_version_id and r.status = 'REJECTED') or ${madeBy('REVISION')})`,
    means: 'were started from a rejected one, or are a revision of a document',
  },
  REASSIGNED: { sql: madeBy('REASSIGNMENT'), means: 'handed a record to somebody else' },
  SELF_ATTESTED: {
    sql: `(${cameIntoForce} and (v.submitted_by = v.reviewed_by
      or exists (select from version_editor e where e.version_id = v.version_id and e.user_id = v.reviewed_by)))`,
    means: 'came into force by the approval of somebody who had edited or submitted them',
  },
  SIGNATURES_OUTDATED: {
    sql: `exists (select from test_report_signoffs s where s.version_id = v.version_id and s.sign_off_status <> 'PENDING' and ${isLatest('s')}
      and (s.signed_content_hash is distinct from v.content_hash or ${barredAs('v', 's.sign_off_user_id')} is not null))`,
    means: 'hold a signature that does not count any more',
  },
  ANSWERED: { sql: `(${turnaroundHours}) is not null`, means: 'are records whose request was answered' },
} as const satisfies Record<string, { readonly sql: string; readonly means: string }>;
export type VersionFigure = keyof typeof versionFigures;

/** Whether a version counts for the figure that is the parameter. */
export const countsAs = (parameter: string): string =>
  `case ${parameter}::text ${Object.entries(versionFigures)
    .map(([figure, { sql }]) => `when '${figure}' then (${sql})`)
    .join(' ')} end`;

/** Durations in hours; null of the versions that they are not taken of. */
export const versionDurations = {
  submissionToDecision: `case when ${isDecided} then ${approvalHours} end`,
  creationToDecision: `case when ${isDecided} then ${hours('v.created_at', 'v.reviewed_at')} end`,
  turnaround: turnaroundHours,
} as const;

/** Of what waits: since when it was handed to whoever it waits for. */
export const handedOver = waitsSince;
