import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { metricList, ofPhases, ofTypes, type MetricRow } from '../../database/metrics';
import type { Filter } from '../../database/pages';
import { among, assignedTo, REFERENCE_STREAM, visibleWorkflowIds } from '../../database/people';
import { refreshMetrics } from '../../services/refresh-metrics';
import { seesAllWorkflows } from '../../versioning/policy';
import { connect, ConnectionArgs } from '../connection';
import { Context } from '../context';
import { PhaseEnum } from '../enums';
import { asMetric } from '../objects';
import { Cycle, Report } from '../people/types';
import { DateTimeScalar, UUIDScalar } from '../scalars';
import { WorkflowPhase } from '../workflow/types';
import { PhaseMetrics, VersioningMetric, VersioningMetricConnection } from './types';

@ArgsType()
class MetricsArgs extends ConnectionArgs {
  @Field(() => [PhaseEnum], { nullable: true, description: 'Only figures of these phases.' }) phases?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Only these figures, e.g. averageApprovalHours.' })
  metricTypes?: string[] | null;
  @Field(() => UUIDScalar, { nullable: true, description: 'Only of this cycle.' }) cycleId?: string | null;
  @Field(() => UUIDScalar, { nullable: true, description: 'Only of this report.' }) reportId?: string | null;
}

@ArgsType()
class RefreshArgs {
  @Field(() => UUIDScalar, { nullable: true, description: 'Only workflows of this cycle.' }) cycleId?: string | null;
  @Field(() => UUIDScalar, { nullable: true, description: 'Only workflows of this report.' }) reportId?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Only versions started from then on.' })
  periodStart?: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Only versions started before then.' })
  periodEnd?: Date | null;
}

const nothingYet: PhaseMetrics = {
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

@Resolver(() => WorkflowPhase)
export class PhaseMetricsResolver {
  @FieldResolver(() => PhaseMetrics, { description: 'What its versions amount to, now.' })
  async metrics(@Root() { workflowId, phase }: WorkflowPhase, @Ctx() { loaders }: Context): Promise<PhaseMetrics> {
    const rows = await loaders.metrics.load(workflowId);
    return rows.find((row) => row.phase === phase) ?? nothingYet;
  }
}

@Resolver(() => VersioningMetric)
export class MetricsResolver {
  @Query(() => VersioningMetricConnection, {
    description: 'Figures that were kept (refreshMetrics), of the workflows the viewer may see; the latest first.',
  })
  async metrics(@Args(() => MetricsArgs) args: MetricsArgs, @Ctx() context: Context) {
    const { db, loaders, viewer, past } = context;
    const filters: Filter[] = [];
    // Who may see what is judged by today, also in the past.
    const visible = past ? await visibleWorkflowIds(db, viewer.userId, seesAllWorkflows(viewer)) : null;
    if (visible) await context.settle(...visible);
    if (!seesAllWorkflows(viewer)) filters.push(visible ? among(visible) : assignedTo(viewer.userId));
    if (args.phases) filters.push(ofPhases(args.phases));
    if (args.metricTypes) filters.push(ofTypes(args.metricTypes));
    if (args.cycleId) filters.push({ sql: 'w.cycle_id = $1', parameters: [args.cycleId] });
    if (args.reportId) filters.push({ sql: 'w.report_id = $1', parameters: [args.reportId] });
    return connect(loaders, metricList, REFERENCE_STREAM, args, { filters, toNode: asMetric });
  }

  @Mutation(() => Int, {
    description:
      'Calculates the figures of the workflows the viewer may see and keeps them, each workflow’s in one commit; answers how many were kept.',
  })
  refreshMetrics(@Args(() => RefreshArgs) args: RefreshArgs, @Ctx() context: Context) {
    return refreshMetrics(context, args);
  }

  @FieldResolver(() => Cycle, { description: 'The cycle of its workflow.' })
  cycle(@Root() { cycleId }: MetricRow, @Ctx() { loaders }: Context) {
    return loaders.cycle.load(cycleId);
  }

  @FieldResolver(() => Report, { description: 'The report of its workflow.' })
  report(@Root() { reportId }: MetricRow, @Ctx() { loaders }: Context) {
    return loaders.report.load(reportId);
  }
}
