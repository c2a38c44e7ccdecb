/**
 * Figures over any number of workflows, one statement each: what happened in which period, what waits for whom and for how long, who did
 * how much. They are counted from the current versions, without deleted ones. docs/metrics.md defines each figure.
 */
import { approvalHours, cameIntoForce } from './metrics';
import type { Db } from '../connection/database';
import { waits, waitsSince } from '../versions/versions';

/** The intervals of a timeline, and how PostgreSQL writes each. */
export const intervals = { DAY: '1 day', WEEK: '7 days', MONTH: '1 month' } as const;
export type MetricsInterval = keyof typeof intervals;

/** The workflows that are counted, and the phases; null means all phases. */
export interface Scope {
  readonly workflowIds: readonly string[];
  readonly phases?: readonly string[] | null;
}

/** A half-open range of time. */
export interface Stretch {
  readonly since: Date;
  readonly until: Date;
}

const inScope = `v.stream_id = any($1::uuid[]) and not v.is_deleted and ($2::text[] is null or v.phase::text = any($2))`;
const parametersOf = ({ workflowIds, phases = null }: Scope): unknown[] => [workflowIds, phases];

/** What was done to versions. It selects only the columns that are needed, because it is scanned several times. */
const versionEvents = `select v.created_at, v.created_by, v.submitted_at, v.submitted_by, v.reviewed_at, v.reviewed_by, v.status, v.versioning_type, v.effective_from
       from phase_version v where ${inScope}`;

export interface BucketRow {
  readonly start: Date;
  readonly versionsCreated: number;
  readonly approvals: number;
  readonly rejections: number;
  readonly averageApprovalHours: number | null;
}

/**
 * What happened in each day, week (from Monday) or month, in UTC, beginning with the one that contains `since`. Empty intervals are
 * included; nothing outside the range is counted.
 */
export const timeline = (
  db: Db,
  scope: Scope,
  interval: MetricsInterval,
  { since, until }: Stretch,
): Promise<BucketRow[]> =>
  db.query<BucketRow>(
    `with v as (${versionEvents}),
     happened as (
       select v.created_at as at, 'CREATED' as what, null::float8 as hours from v
       union all select v.reviewed_at, 'APPROVED', ${approvalHours} from v where ${cameIntoForce}
       union all select v.reviewed_at, 'REJECTED', null from v where v.status = 'REJECTED'),
     counted as (
       select date_trunc($3, at, 'UTC') as start, (count(*) filter (where what = 'CREATED'))::int as created,
         (count(*) filter (where what = 'APPROVED'))::int as approved, (count(*) filter (where what = 'REJECTED'))::int as rejected,
         avg(hours) as average
       from happened where at >= $5 and at < $6 group by 1)
     select b.start at time zone 'UTC' as start, coalesce(c.created, 0) as versions_created, coalesce(c.approved, 0) as approvals,
       coalesce(c.rejected, 0) as rejections, c.average as average_approval_hours
     from generate_series(date_trunc($3, $5::timestamptz at time zone 'UTC'), ($6::timestamptz at time zone 'UTC') - interval '1 millisecond', $4::interval) b(start)
     left join counted c on c.start = b.start at time zone 'UTC' order by b.start`,
    [...parametersOf(scope), interval.toLowerCase(), intervals[interval], since, until],
  );

export interface BottleneckRow {
  readonly phase: string;
  readonly waitingVersions: number;
  readonly oldestWaitingHours: number;
  readonly averageApprovalHours: number | null;
}

/**
 * The phases in which something waits for somebody, longest wait first; @param at the instant until which waiting is counted, if not now
 */
export const bottlenecks = (db: Db, scope: Scope, at: Date | null): Promise<BottleneckRow[]> =>
  db.query<BottleneckRow>(
    `with v as (
       select v.*, ${waits} as waits, ${waitsSince} as since
       from phase_version v where ${inScope})
     select v.phase::text, (count(*) filter (where waits))::int as waiting_versions,
       extract(epoch from coalesce($3::timestamptz, now()) - min(since) filter (where waits))::float8 / 3600 as oldest_waiting_hours,
       avg(${approvalHours}) filter (where ${cameIntoForce}) as average_approval_hours
     from v group by v.phase having bool_or(waits) order by oldest_waiting_hours desc, v.phase`,
    [...parametersOf(scope), at],
  );

export interface ActivityRow {
  readonly userId: number;
  readonly versionsCreated: number;
  readonly submissions: number;
  readonly approvals: number;
  readonly rejections: number;
}

/** What each person did who appears in the range, by user id. */
export const activity = (db: Db, scope: Scope, { since, until }: Stretch): Promise<ActivityRow[]> =>
  db.query<ActivityRow>(
    `with v as (${versionEvents}),
     did as (
       select v.created_by as user_id, v.created_at as at, 'CREATED' as what from v
       union all select v.submitted_by, v.submitted_at, 'SUBMITTED' from v
       union all select v.reviewed_by, v.reviewed_at, 'APPROVED' from v where ${cameIntoForce}
       union all select v.reviewed_by, v.reviewed_at, 'REJECTED' from v where v.status = 'REJECTED')
     select user_id, (count(*) filter (where what = 'CREATED'))::int as versions_created,
       (count(*) filter (where what = 'SUBMITTED'))::int as submissions, (count(*) filter (where what = 'APPROVED'))::int as approvals,
       (count(*) filter (where what = 'REJECTED'))::int as rejections
     from did where user_id is not null and at >= $3 and at < $4 group by 1 order by 1`,
    [...parametersOf(scope), since, until],
  );
