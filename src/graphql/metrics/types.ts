/** Figures about phases in the API. */
import type { ActivityRow, BottleneckRow, BucketRow } from '../../database/figures/figures';
import type { MetricRow, PhaseMetricsRow } from '../../database/figures/metrics';
import { connectionOf } from '../connection';
import { a, objectType, optional } from '../declare';
import { PhaseEnum } from '../enums';
import { nodeType } from '../node';

export type PhaseFigures = Omit<PhaseMetricsRow, 'workflowId' | 'phase'>;

export const PhaseMetrics = objectType<PhaseFigures>(
  'PhaseMetrics',
  'Figures of the versions of a phase, now. Deleted versions do not count.',
  {
    versionCount: a.int('How many versions there are.'),
    approvedCount: a.int('How many of them came into force by approval.'),
    rejectedCount: a.int('How many of them were rejected.'),
    rejectionRate: optional.float('The share of decisions that were rejections, 0 to 1; null if nothing was decided.'),
    averageApprovalHours: optional.float('The mean of the hours from submission to approval.'),
    p90ApprovalHours: optional.float('The hours within which nine of ten approvals were given.'),
    carryForwardRate: optional.float(
      'Of the items of versions that have a parent, how many came from another version (by carrying forward, restoring or rebasing) and are still there, edited since or not, 0 to 1; deleted versions are left out; null without such items.',
    ),
    averageTurnaroundHours: optional.float('The mean of the hours from request to response; null if there are none.'),
    reassignmentCount: a.int('The number of times that a record was handed to somebody else.'),
    revisionCount: a.int(
      'The number of revisions: revisions of documents (reviseDocument), and versions started from one that was rejected, by whatever mutation.',
    ),
  },
);

export const VersioningMetric = nodeType<MetricRow>('VersioningMetric', 'A stored figure about a phase.', {
  phase: a.of('The phase.', () => PhaseEnum),
  metricType: a.text('Which figure: a field of PhaseMetrics, e.g. averageApprovalHours.'),
  metricValue: a.float('Its value.'),
  metricMetadata: optional.jsonObject('Its unit: versions, changes, hours or ratio.'),
  calculatedAt: a.instant('When it was calculated.'),
  periodStart: optional.instant('The start of the period in which the counted versions were started.'),
  periodEnd: optional.instant('The end of the period in which the counted versions were started, exclusive.'),
});

export const VersioningMetricConnection = connectionOf('VersioningMetric', () => VersioningMetric);

export const MetricsBucket = objectType<BucketRow>(
  'MetricsBucket',
  'What happened to versions in a period. Deleted versions do not count.',
  {
    start: a.instant('The start of the period; it ends where the next begins.'),
    versionsCreated: a.int('How many versions were started, or recorded.'),
    approvals: a.int('How many versions came into force by approval.'),
    rejections: a.int('How many versions were rejected.'),
    averageApprovalHours: optional.float(
      'Hours from submission to approval, on average of the approvals in the period; null without any.',
    ),
  },
);

export const Bottleneck = objectType<BottleneckRow>(
  'Bottleneck',
  'The waiting versions of a phase, over all selected workflows.',
  {
    phase: a.of('The phase.', () => PhaseEnum),
    waitingVersions: a.int('How many versions wait for a decision, or records for somebody.'),
    oldestWaitingHours: a.float('How long the oldest of them has waited, in hours.'),
    averageApprovalHours: optional.float(
      'Hours from submission to approval, on average of all versions of the phase that came into force; null without any.',
    ),
  },
);

export const ActorActivity = objectType<ActivityRow>(
  'ActorActivity',
  'What a person did to versions within a period. Versions are counted in their current state: one submitted twice counts once, by its last submission. Deleted versions do not count.',
  {
    versionsCreated: a.int('How many versions they started, or recorded.'),
    submissions: a.int('How many versions they submitted.'),
    approvals: a.int('How many versions came into force by their approval.'),
    rejections: a.int('How many versions they rejected.'),
  },
);
