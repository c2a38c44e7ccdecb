/**
 * Approvals that were not given by a second pair of eyes: versions whose approver had edited or submitted them, from the
 * editors that the capture recorded. Planning permits it; anywhere else it is an exception that should not be there. The
 * report is read at an instant of the past, so that it can be read again, and is the same.
 */
import type { Database } from '../database/database';
import { noteReads } from '../database/change-log-reads';
import { Past } from '../database/past';
import { REFERENCE_STREAM } from '../database/people';
import { fullPhases } from '../phases';
import { hashOf } from '../versioning/content';

export interface ReportOptions {
  readonly cycleId: string | null;
  /** Approved at or after. */
  readonly from: Date | null;
  /** Approved before. */
  readonly to: Date | null;
  /** The instant it is read at; now if null. */
  readonly asOf: Date | null;
}

export interface SelfAttestation {
  readonly cycleId: string;
  readonly cycle: string;
  readonly reportId: string;
  readonly reportNumber: string;
  readonly report: string;
  readonly phase: string;
  readonly versionNumber: number;
  readonly versionId: string;
  readonly status: string;
  readonly approvedAt: string;
  readonly approverId: number;
  readonly approver: string;
  readonly approverEdited: boolean;
  readonly approverSubmitted: boolean;
  /** Whether the phase permits it. */
  readonly permitted: boolean;
  readonly approvalNotes: string | null;
  /** The commit that approved it, in the workflow's chain. */
  readonly changeSetSequence: number | null;
  readonly changeSetHash: string | null;
}

export interface PhaseTotal {
  readonly phase: string;
  readonly approved: number;
  readonly selfAttested: number;
}

export interface SelfAttestedReport {
  readonly title: string;
  readonly source: string;
  readonly parameters: { readonly cycleId: string | null } & Readonly<Record<'from' | 'to', string | null>> & {
      readonly asOf: string;
    };
  /** By the database's clock; all else is the same each time. */
  readonly runAt: string;
  readonly rowCount: number;
  /** SHA-256 of the rows in canonical JSON (RFC 8785): equal for equal rows. */
  readonly rowsHash: string;
  readonly totals: {
    /** How many approved versions were looked at. */
    readonly approved: number;
    readonly selfAttested: number;
    readonly notPermitted: number;
    readonly byPhase: readonly PhaseTotal[];
  };
  readonly rows: readonly SelfAttestation[];
}

const approvedVersions = `
  from phase_version v
  join phase_policy p on p.phase = v.phase
  cross join lateral (select exists (select from version_editor e where e.version_id = v.version_id and e.user_id = v.reviewed_by) as approver_edited,
    v.submitted_by is not distinct from v.reviewed_by as approver_submitted) own
  where v.versioning_type = 'FULL' and v.status in ('APPROVED', 'SUPERSEDED')
    and ($1::uuid is null or v.cycle_id = $1) and ($2::timestamptz is null or v.reviewed_at >= $2)
    and ($3::timestamptz is null or v.reviewed_at < $3)`;

/** Makes the report, and notes that the logs of all workflows were read for it. */
export async function selfAttestedReport(
  db: Database,
  { cycleId, from, to, asOf }: ReportOptions,
): Promise<SelfAttestedReport> {
  const [here] = await db.query<{ runAt: Date; now: Date; database: string }>(
    `select date_trunc('milliseconds', clock_timestamp()) as run_at, current_database()::text as database,
       greatest(date_trunc('milliseconds', clock_timestamp()), max(committed_at)) as now from log.stream`,
  );
  const { runAt, now, database } = here!;
  const at = asOf ?? now;
  const streams = await db.query<{ streamId: string }>('select stream_id from log.stream where stream_id <> $1', [
    REFERENCE_STREAM,
  ]);
  const streamIds = streams.map(({ streamId }) => streamId);
  await noteReads(
    db,
    streamIds.map((streamId) => ({ streamId, field: 'report:self-attested' })),
    { readerId: null, requestId: null },
  );
  const past = new Past(db, at);
  await past.settle(streamIds);
  if (cycleId !== null) await demandCycle(past, cycleId);
  const counts = await past.query<PhaseTotal>(
    `select v.phase::text, count(*)::int as approved,
       (count(*) filter (where own.approver_edited or own.approver_submitted))::int as self_attested ${approvedVersions} group by v.phase`,
    [cycleId, from, to],
  );
  const found = await past.query<Omit<SelfAttestation, 'approvedAt'> & { approvedAt: Date }>(
    `select a.cycle_id, c.name as cycle, a.report_id, r.number as report_number, r.name as report, a.phase, a.version_number, a.version_id,
       a.status, a.reviewed_at as approved_at, a.reviewed_by as approver_id, u.name as approver, a.approver_edited, a.approver_submitted,
       a.self_attested as permitted, a.approval_notes, s.sequence as change_set_sequence, encode(s.hash, 'hex') as change_set_hash
     from (select v.stream_id, v.cycle_id, v.report_id, v.phase::text, v.version_number, v.version_id, v.status::text, v.reviewed_at, v.reviewed_by,
         v.approval_notes, p.self_attested, own.* ${approvedVersions} and (own.approver_edited or own.approver_submitted)) a
     join cycles c using (cycle_id) join reports r using (report_id) join users u on u.user_id = a.reviewed_by
     left join change_set s on s.stream_id = a.stream_id and s.committed_at = a.reviewed_at
     order by a.reviewed_at, a.version_id`,
    [cycleId, from, to],
  );
  const rows = found.map((row) => ({ ...row, approvedAt: row.approvedAt.toISOString() }));
  const byPhase = fullPhases.flatMap(({ key }) => counts.find(({ phase }) => phase === key) ?? []);
  return {
    title: 'Versions approved by somebody who edited or submitted them',
    source: `phase_version and version_editor of the database ${database}, as the commit log has them at the instant of asOf`,
    parameters: {
      cycleId,
      from: from?.toISOString() ?? null,
      to: to?.toISOString() ?? null,
      asOf: at.toISOString(),
    },
    runAt: runAt.toISOString(),
    rowCount: rows.length,
    rowsHash: hashOf(rows),
    totals: {
      approved: byPhase.reduce((sum, { approved }) => sum + approved, 0),
      selfAttested: rows.length,
      notPermitted: rows.filter(({ permitted }) => !permitted).length,
      byPhase,
    },
    rows,
  };
}

/** A cycle that is not there has no rows either, and a report of none would say that nothing was found. */
async function demandCycle(past: Past, cycleId: string): Promise<void> {
  const [cycle] = await past.query('select from cycles where cycle_id = $1', [cycleId]);
  if (!cycle) throw new Error(`There was no cycle ${cycleId} at ${past.at.toISOString()}.`);
}
