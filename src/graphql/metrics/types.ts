/** Figures about phases, as the API shows them. */
import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { PhaseMetricsRow } from '../../database/metrics';
import { connectionOf } from '../connection';
import { PhaseEnum } from '../enums';
import { Node } from '../node';
import { DateTimeScalar, JSONObjectScalar } from '../scalars';

@ObjectType({ description: 'What the versions of a phase amount to, now. Deleted versions do not count.' })
export class PhaseMetrics implements Omit<PhaseMetricsRow, 'workflowId' | 'phase'> {
  @Field(() => Int, { description: 'How many versions there are.' }) versionCount!: number;
  @Field(() => Int, { description: 'How many of them came into force by approval.' }) approvedCount!: number;
  @Field(() => Int, { description: 'How many of them were rejected.' }) rejectedCount!: number;
  @Field(() => Float, {
    nullable: true,
    description: 'Rejections over decisions, 0 to 1; null while nothing was decided.',
  })
  rejectionRate!: number | null;
  @Field(() => Float, { nullable: true, description: 'Hours from submission to approval, on average.' })
  averageApprovalHours!: number | null;
  @Field(() => Float, { nullable: true, description: 'Hours within which nine of ten approvals came.' })
  p90ApprovalHours!: number | null;
  @Field(() => Float, {
    nullable: true,
    description:
      'Of the items of versions that have a parent, how many came from another version (by carrying forward, restoring or rebasing) and are still there, edited since or not, 0 to 1; deleted versions are left out; null without such items.',
  })
  carryForwardRate!: number | null;
  @Field(() => Float, { nullable: true, description: 'Hours from request to response, on average; null without any.' })
  averageTurnaroundHours!: number | null;
  @Field(() => Int, { description: 'How often a record was handed to somebody else.' }) reassignmentCount!: number;
  @Field(() => Int, {
    description:
      'How often something was revised: revisions of documents (reviseDocument), and versions started from one that was rejected, by whatever mutation.',
  })
  revisionCount!: number;
}

@ObjectType({ implements: Node, description: 'A figure about a phase as it was when it was calculated.' })
export class VersioningMetric extends Node {
  @Field(() => PhaseEnum, { description: 'The phase.' }) phase!: string;
  @Field({ description: 'Which figure: a field of PhaseMetrics, e.g. averageApprovalHours.' }) metricType!: string;
  @Field(() => Float, { description: 'Its value.' }) metricValue!: number;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'Its unit: versions, changes, hours or ratio.' })
  metricMetadata!: Record<string, unknown> | null;
  @Field(() => DateTimeScalar, { description: 'When it was calculated.' }) calculatedAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Versions started from then on were looked at.' })
  periodStart!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Versions started before then were looked at.' })
  periodEnd!: Date | null;
}

export const VersioningMetricConnection = connectionOf('VersioningMetric', () => VersioningMetric);
