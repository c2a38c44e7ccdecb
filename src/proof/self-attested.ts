/**
 * Report on self-attestation: approvals, signatures and item decisions by somebody who had edited or submitted the version before it was
 * relied on, according to the editors that the capture recorded. Planning permits it; anywhere else, an approval that rests on one is an
 * exception that should not exist. One that no approval rests on yet does not count, and is listed as such. The report is read as of an
 * instant, so that reading it again gives the same result.
 */
import type { Database } from '../database/connection/database';
import { recordReads, type LogRead } from '../database/log/change-log-reads';
import { itemsAsDecided } from '../database/versions/items';
import { AsOfReader } from '../database/log/as-of-reader';
import { REFERENCE_STREAM } from '../database/register/people';
import { isLatest } from '../database/versions/sign-offs';
import { fullPhases } from '../phases';
import { hashOf } from '../versioning/content';

export interface ReportOptions {
  readonly cycleId: string | null;
  /** Given at or after this instant. */
  readonly from: Date | null;
  /** Given before this instant. */
  readonly to: Date | null;
  /** The instant at which it is read; null means now. */
  readonly asOf: Date | null;
}

export type SelfAttestedKind = 'APPROVAL' | 'SIGNATURE' | 'ITEM_DECISION';

export interface SelfAttestation {
  readonly kind: SelfAttestedKind;
  readonly cycleId: string;
  readonly cycle: string;
  readonly reportId: string;
  readonly reportNumber: string;
  readonly report: string;
  readonly phase: string;
  readonly versionNumber: number;
  readonly versionId: string;
  readonly status: string;
  /** The role that was signed for; null for other kinds. */
  readonly signOffRole: string | null;
  /** The label of the decided item, and its key; null for other kinds. */
  readonly item: string | null;
  readonly itemKey: string | null;
  /** What was stated: APPROVED, SIGNED, and so on. */
  readonly said: string;
  readonly givenAt: string;
  readonly giverId: number;
  readonly giver: string;
  readonly giverEdited: boolean;
  readonly giverSubmitted: boolean;
  /** Whether an approval rests on it; otherwise it does not count. */
  readonly reliedOn: boolean;
  /** Whether the phase permits it, or nothing rests on it. */
  readonly permitted: boolean;
  readonly notes: string | null;
  /** The commit that recorded it, in the workflow's chain. */
  readonly changeSetSequence: number | null;
  readonly changeSetHash: string | null;
}

/** The SQL of each column, over the version v, its cycle, report, maker and commit, and the attestation g. */
export const columns = {
  kind: 'g.kind',
  cycleId: 'v.cycle_id',
  cycle: 'c.name',
  reportId: 'v.report_id',
  reportNumber: 'r.number',
  report: 'r.name',
  phase: 'v.phase::text',
  versionNumber: 'v.version_number',
  versionId: 'v.version_id',
  status: 'v.status::text',
  signOffRole: 'g.sign_off_role',
  item: 'g.item',
  itemKey: 'g.item_key',
  said: 'g.said',
  givenAt: 'g.given_at',
  giverId: 'g.giver_id',
  giver: 'u.name',
  giverEdited: 'g.giver_edited',
  giverSubmitted: 'g.giver_submitted',
  reliedOn: 'g.relied_on',
  permitted: 'g.self_attested or not g.relied_on',
  notes: 'g.notes',
  changeSetSequence: 's.sequence',
  changeSetHash: `encode(s.hash, 'hex')`,
} as const satisfies Record<keyof SelfAttestation, string>;
const selected = Object.entries(columns).map(([name, sql]) => `${sql} as "${name}"`);

interface PhaseTotal {
  readonly phase: string;
  /** How many approved versions were examined, and how many were approved by somebody who had edited or submitted them. */
  readonly approved: number;
  readonly selfAttested: number;
}

/** The preceding source must have a column giver_id. */
const involvement = `
  join phase_policy p on p.phase = v.phase
  cross join lateral (select exists (select from version_editor e where e.version_id = v.version_id and e.user_id = given.giver_id) as giver_edited,
    v.submitted_by is not distinct from given.giver_id as giver_submitted) own`;

const within = (instant: string): string => `v.versioning_type = 'FULL' and ($1::uuid is null or v.cycle_id = $1)
    and ($2::timestamptz is null or ${instant} >= $2) and ($3::timestamptz is null or ${instant} < $3)`;

const isApproved = `v.status in ('APPROVED', 'SUPERSEDED')`;

const approvals = `
  from phase_version v
  cross join lateral (select v.reviewed_by as giver_id) given ${involvement}
  where ${isApproved} and ${within('v.reviewed_at')}`;

/** Signatures on content that the version still has. An approval rests on the latest one of each role. */
const signatures = `
  select 'SIGNATURE' as kind, v.version_id, s.sign_off_role, null as item, null::uuid as item_key, s.sign_off_status::text as said,
    s.sign_off_date as given_at, given.giver_id, own.giver_edited, own.giver_submitted,
    ${isApproved} and ${isLatest('s')} as relied_on, p.self_attested, s.sign_off_comments as notes
  from test_report_signoffs s join phase_version v on v.version_id = s.version_id
  cross join lateral (select s.sign_off_user_id as giver_id) given ${involvement}
  where s.sign_off_status = 'SIGNED' and s.signed_content_hash = v.content_hash and ${within('s.sign_off_date')}`;

const decisions = fullPhases
  .filter(({ item }) => item.reviewed === 'BY_DECISIONS')
  .map(
    (phase) => `
  select 'ITEM_DECISION', v.version_id, null, given.label, given.item_key, given.decided_as, given.decided_at, given.giver_id,
    own.giver_edited, own.giver_submitted, ${isApproved}, p.self_attested, given.decision_notes
  from (${itemsAsDecided(phase)}) given join phase_version v on v.version_id = given.version_id ${involvement}
  where ${within('given.decided_at')}`,
  );

export type SelfAttestedReport = Awaited<ReturnType<typeof selfAttestedReport>>;

/** Makes the report, and records that the logs of all workflows were read for it. */
export async function selfAttestedReport(
  db: Database,
  { cycleId, from, to, asOf }: ReportOptions,
  by: Parameters<typeof recordReads>[2] = { readerId: null, requestId: null },
) {
  const [here] = await db.query<{ runAt: Date; now: Date; database: string }>(
    `select date_trunc('milliseconds', clock_timestamp()) as run_at, current_database()::text as database,
       greatest(date_trunc('milliseconds', clock_timestamp()), max(committed_at)) as now from log.stream`,
  );
  const { runAt, now, database } = here!;
  const at = asOf ?? now;
  const reads = await db.query<LogRead>(
    `select stream_id, 'report:self-attested' as field from log.stream where stream_id <> $1`,
    [REFERENCE_STREAM],
  );
  await recordReads(db, reads, by);
  const past = new AsOfReader(db, at);
  await past.closeStreams(reads.map(({ streamId }) => streamId));
  if (cycleId !== null) await requireCycle(past, cycleId);
  const counts = await past.query<PhaseTotal>(
    `select v.phase::text, count(*)::int as approved,
       (count(*) filter (where own.giver_edited or own.giver_submitted))::int as self_attested ${approvals} group by v.phase`,
    [cycleId, from, to],
  );
  const found = await past.query<Omit<SelfAttestation, 'givenAt'> & { givenAt: Date }>(
    `with given as (
       select 'APPROVAL' as kind, v.version_id, null as sign_off_role, null as item, null::uuid as item_key, 'APPROVED' as said,
         v.reviewed_at as given_at, given.giver_id, own.giver_edited, own.giver_submitted, true as relied_on, p.self_attested,
         v.approval_notes as notes ${approvals}
       union all ${[signatures, ...decisions].join(' union all ')})
     select ${selected.join(', ')}
     from given g join phase_version v using (version_id)
     join cycles c on c.cycle_id = v.cycle_id join reports r on r.report_id = v.report_id join users u on u.user_id = g.giver_id
     left join change_set s on s.stream_id = v.stream_id and s.committed_at = g.given_at
     where g.giver_edited or g.giver_submitted
     order by g.given_at, v.version_id, g.kind, g.sign_off_role, g.item, g.item_key`,
    [cycleId, from, to],
  );
  const rows = found.map((row) => ({ ...row, givenAt: row.givenAt.toISOString() }));
  const ofKind = (kind: SelfAttestedKind) => rows.filter((row) => row.kind === kind).length;
  const byPhase = fullPhases.flatMap(({ key }) => counts.find(({ phase }) => phase === key) ?? []);
  return {
    title: 'Approvals, signatures and decisions of people who edited or submitted the version',
    source: `phase_version, test_report_signoffs, item_decision and version_editor of the database ${database}, as the commit log has them at the instant of asOf`,
    parameters: {
      cycleId,
      from: from?.toISOString() ?? null,
      to: to?.toISOString() ?? null,
      asOf: at.toISOString(),
    },
    /** By the database's clock. Everything else is the same each time. */
    runAt: runAt.toISOString(),
    rowCount: rows.length,
    /** SHA-256 of the rows in canonical JSON (RFC 8785): equal for equal rows. */
    rowsHash: hashOf(rows),
    totals: {
      approved: byPhase.reduce((sum, { approved }) => sum + approved, 0),
      selfAttested: ofKind('APPROVAL'),
      /** By people who had edited or submitted the version, as with the item decisions. */
      signatures: ofKind('SIGNATURE'),
      itemDecisions: ofKind('ITEM_DECISION'),
      notPermitted: rows.filter(({ permitted }) => !permitted).length,
      byPhase,
    },
    rows,
  };
}

/** An unknown cycle has no rows either, and an empty report would suggest that nothing was found. */
async function requireCycle(past: AsOfReader, cycleId: string): Promise<void> {
  const [cycle] = await past.query('select from cycles where cycle_id = $1', [cycleId]);
  if (!cycle) throw new Error(`There was no cycle ${cycleId} at ${past.at.toISOString()}.`);
}
