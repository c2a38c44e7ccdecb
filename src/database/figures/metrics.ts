/**
 * Figures about phases, computed from the current data by one statement for any number of workflows. The same figures can be stored as they
 * were at an instant (versioning_metrics).
 */
import { auditOnlyPhases, fullPhases } from '../../phases';
import { columnName } from '../../versioning/fields';
import type { VersioningMetric } from '../../generated/prisma/client';
import type { Db, Tx } from '../connection/database';
import { BY_KEY, type FilteredList } from '../connection/pages';
import { insertRows } from '../connection/row-writes';
import { readBy } from '../connection/statements';

/** The names of the figures, as in PhaseMetrics, and their units. */
export const metricUnits = {
  versionCount: 'versions',
  approvedCount: 'versions',
  rejectedCount: 'versions',
  rejectionRate: 'ratio',
  averageApprovalHours: 'hours',
  p90ApprovalHours: 'hours',
  carryForwardRate: 'ratio',
  averageTurnaroundHours: 'hours',
  reassignmentCount: 'changes',
  revisionCount: 'changes',
} as const;
type Units = typeof metricUnits;

/** The figures of a phase of a workflow. Counts are never null; a ratio or a duration is null if there is nothing to compute it from. */
export type PhaseMetricsRow = { readonly workflowId: string; readonly phase: string } & {
  readonly [Metric in keyof Units]: Units[Metric] extends 'ratio' | 'hours' ? number | null : number;
};

/** The half-open period in which the counted versions were created. */
export interface Period {
  readonly start: Date | null;
  readonly end: Date | null;
}

export const hours = (from: string, to: string): string => `extract(epoch from ${to} - ${from})::float8 / 3600`;

/** SQL for whether a version `v` came into force by approval, and for the hours from its submission to its review. */
export const cameIntoForce = `v.versioning_type = 'FULL' and v.effective_from is not null`;
export const approvalHours = hours('v.submitted_at', 'v.reviewed_at');

/** For each item table, the share of carried items among the items of versions that have a parent. */
const carried = (): string =>
  fullPhases
    .map(
      ({ key, item }) =>
        `select v.stream_id, v.phase, sum(i.carried)::float8 / nullif(sum(i.total), 0) as rate
         from v cross join lateral (select count(carried_from_item_id) as carried, count(*) as total from ${item.table} where version_id = v.version_id) i
         where v.phase = '${key}' and v.parent_version_id is not null group by 1, 2`,
    )
    .join(' union all ');

/** For each phase that declares a duration, its average over the latest versions of the records. */
const turnaround = (): string =>
  auditOnlyPhases
    .flatMap(({ key, version }) =>
      Object.values(version.fields).flatMap((field) =>
        field.source === 'duration'
          ? [
              `select v.stream_id, v.phase, avg(${hours(`d.${columnName(field.from)}`, `d.${columnName(field.to)}`)}) as average
               from v cross join lateral (select * from ${version.table} where version_id = v.version_id offset 0) d
               where v.phase = '${key}' and v.status = 'RECORDED' group by 1, 2`,
            ]
          : [],
      ),
    )
    .join(' union all ');

/** The commands that count as something, by phase. */
const counting = auditOnlyPhases.flatMap(({ key, commands }) =>
  Object.entries(commands).flatMap(([operation, { counts }]) => (counts ? [{ key, operation, counts }] : [])),
);

export const phaseMetrics = (
  db: Db,
  workflowIds: readonly string[],
  { start, end }: Period = { start: null, end: null },
): Promise<PhaseMetricsRow[]> =>
  db.query<PhaseMetricsRow>(
    `with v as (
       select * from phase_version where stream_id = any($1::uuid[]) and not is_deleted
         and created_at >= coalesce($2::timestamptz, '-infinity') and created_at < coalesce($3::timestamptz, 'infinity')),
     versions as (
       select v.stream_id, v.phase, count(*)::int as total,
         (count(*) filter (where ${cameIntoForce}))::int as approved,
         (count(*) filter (where v.status = 'REJECTED'))::int as rejected,
         avg(${approvalHours}) filter (where ${cameIntoForce}) as average,
         percentile_cont(0.9) within group (order by ${approvalHours}) filter (where ${cameIntoForce}) as p90,
         (count(*) filter (where p.status = 'REJECTED'))::int as revised
       from v left join lateral (select status from phase_version where version_id = v.parent_version_id offset 0) p on true group by 1, 2),
     carried as (${carried()}),
     turnaround as (${turnaround()}),
     counted as (
       select c.stream_id, n.phase::"Phase", (count(*) filter (where n.counts = 'REASSIGNMENT'))::int as reassigned,
         (count(*) filter (where n.counts = 'REVISION'))::int as revised
       from change_set c join unnest($4::text[], $5::text[], $6::text[]) n(phase, operation, counts) using (operation)
       where c.stream_id = any($1::uuid[]) and c.committed_at >= coalesce($2::timestamptz, '-infinity') and c.committed_at < coalesce($3::timestamptz, 'infinity')
       group by 1, 2)
     select s.stream_id as workflow_id, s.phase::text, s.total as version_count, s.approved as approved_count, s.rejected as rejected_count,
       s.rejected::float8 / nullif(s.approved + s.rejected, 0) as rejection_rate, s.average as average_approval_hours,
       s.p90 as "p90ApprovalHours", c.rate as carry_forward_rate, t.average as average_turnaround_hours,
       coalesce(n.reassigned, 0) as reassignment_count, s.revised + coalesce(n.revised, 0) as revision_count
     from versions s left join carried c using (stream_id, phase) left join turnaround t using (stream_id, phase)
     left join counted n using (stream_id, phase) order by s.stream_id, s.phase`,
    [
      workflowIds,
      start,
      end,
      counting.map(({ key }) => key),
      counting.map(({ operation }) => operation),
      counting.map(({ counts }) => counts),
    ],
  );

/** A figure as it was when it was calculated. */
export interface MetricRow extends Omit<VersioningMetric, 'phase' | 'metricMetadata'> {
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: string;
  readonly metricMetadata: Record<string, unknown> | null;
}

/** Stored figures, latest first. The list has no parent, so its parent is a placeholder. */
export const metricList = {
  name: 'metrics',
  select: 'm.*, m.phase::text as phase, w.cycle_id, w.report_id',
  from: 'versioning_metrics m join workflows w on w.workflow_id = m.stream_id',
  ofParent: 'true',
  key: 'm.metric_id',
  keyType: 'uuid',
  newestFirst: true,
  filters: {
    phases: 'm.phase::text = any($1::text[])',
    metricTypes: 'm.metric_type = any($1::text[])',
    cycleIds: 'w.cycle_id = any($1::uuid[])',
    reportIds: 'w.report_id = any($1::uuid[])',
    since: 'm.calculated_at >= $1::timestamptz',
    until: 'm.calculated_at < $1::timestamptz',
  },
  orders: {
    // Ids grow with the time of calculation.
    CALCULATED_AT: BY_KEY,
    METRIC_TYPE: { sql: 'm.metric_type', type: 'text' },
  },
} as const satisfies FilteredList;

export const metricsById = readBy<MetricRow>(
  `select ${metricList.select} from ${metricList.from} where m.metric_id = any($1::uuid[])`,
);

export const insertMetrics = (tx: Tx, rows: readonly Omit<MetricRow, 'cycleId' | 'reportId'>[]): void =>
  insertRows(tx, 'versioning_metrics', rows);
