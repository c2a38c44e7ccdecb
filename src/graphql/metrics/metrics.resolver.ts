import { Int } from 'type-graphql';
import { metricList } from '../../database/figures/metrics';
import type { Filter } from '../../database/connection/pages';
import { among, assignedTo, REFERENCE_STREAM, visibleWorkflowIds } from '../../database/register/people';
import { refreshMetrics } from '../../services/refresh-metrics';
import { seesAllWorkflows } from '../../versioning/seeing';
import { connect, connectionArgs } from '../connection';
import { resolved, addFields, mutations, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
import { choiceArgs, filtersOf, orderOf } from '../list';
import { asMetric } from '../objects';
import { toCycle, toReport } from '../people/types';
import { WorkflowPhase } from '../workflow/types';
import { ofSelection, selectionArgs } from '../workflow/workflow-args';
import { PhaseMetrics, VersioningMetric, VersioningMetricConnection, type PhaseFigures } from './types';

const nothingYet: PhaseFigures = {
  versionCount: 0,
  approvedCount: 0,
  rejectedCount: 0,
  rejectionRate: null,
  averageApprovalHours: null,
  p90ApprovalHours: null,
  carryForwardRate: null,
  averageTurnaroundHours: null,
  reassignmentCount: 0,
  revisionCount: 0,
};

addFields(WorkflowPhase, {
  metrics: resolved(
    'Figures of its versions, now.',
    () => PhaseMetrics,
    async ({ workflowId, phase }, { loaders }) => {
      const rows = await loaders.metrics.load(workflowId);
      return rows.find((row) => row.phase === phase) ?? nothingYet;
    },
  ),
});

const metricChoice = choiceArgs('VersioningMetric', 'figures', metricList, {
  phases: optional.of<string[]>('Of these phases.', () => [PhaseEnum]),
  metricTypes: optional.texts('Which are one of these, e.g. averageApprovalHours.'),
  cycleIds: optional.uuids('Of these cycles.'),
  reportIds: optional.uuids('Of these reports.'),
  since: optional.instant('Calculated at or after this instant.'),
  until: optional.instant('Calculated before this instant.'),
});

queries({
  metrics: resolved(
    'Stored figures (refreshMetrics) of the workflows that the viewer may see; latest first.',
    () => VersioningMetricConnection,
    {
      ...connectionArgs,
      ...metricChoice,
      phases: optional.of<string[]>('Only figures of these phases.', () => [PhaseEnum]),
      metricTypes: optional.texts('Only these figures, e.g. averageApprovalHours.'),
      ...selectionArgs(''),
    },
    async (_, context, args) => {
      const { db, loaders, viewer, past } = context;
      const { phases, metricTypes } = args;
      const filters: Filter[] = [
        ...ofSelection(args),
        ...filtersOf(metricList.filters, { phases, metricTypes }),
        ...filtersOf(metricList.filters, args.filter),
      ];
      // Today's rights decide, also for the past.
      const visible = past ? await visibleWorkflowIds(db, viewer.userId, seesAllWorkflows(viewer)) : null;
      if (visible) await context.closeStreams(...visible);
      if (!seesAllWorkflows(viewer)) filters.push(visible ? among(visible) : assignedTo(viewer.userId));
      const order = orderOf(args.orderBy);
      return connect(loaders, metricList, REFERENCE_STREAM, args, { filters, order, toNode: asMetric });
    },
  ),
});

mutations({
  refreshMetrics: resolved(
    'Calculates and stores the figures of the workflows that the viewer may see, one commit per workflow; returns the number of stored figures.',
    () => Int,
    {
      ...selectionArgs('workflows '),
      periodStart: optional.instant('Only versions started at or after this instant.'),
      periodEnd: optional.instant('Only versions started before this instant.'),
    },
    (_, context, args) => refreshMetrics(context, args),
  ),
});

addFields(VersioningMetric, {
  cycle: toCycle('The cycle of its workflow.', 'cycleId'),
  report: toReport('The report of its workflow.', 'reportId'),
});
