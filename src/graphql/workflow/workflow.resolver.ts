import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { byActor, changesOfStream, since, touchingPhases, until } from '../../database/change-log';
import { missingPrerequisites } from '../../database/facts';
import type { Filter } from '../../database/pages';
import {
  among,
  assignedTo,
  REFERENCE_STREAM,
  visibleWorkflowIds,
  workflowList,
  workflowOf,
} from '../../database/people';
import type { WorkflowRow } from '../../database/rows';
import { historyList, historyOfPhase, ofPhase, recordList } from '../../database/versions';
import { phaseOf, phases } from '../../phases';
import { recordOfPhase } from '../../services/start-draft';
import type { PhaseDeclaration } from '../../versioning/phase';
import { cannotCreateReason, canSeeWorkflow, seesAllWorkflows } from '../../versioning/policy';
import { progressOf } from '../../versioning/progress';
import { ChangeSetConnection } from '../change-log/types';
import { connect, ConnectionArgs } from '../connection';
import { Context } from '../context';
import { maybe } from '../loaders/loaders';
import { PhaseEnum, PhaseProgressEnum } from '../enums';
import { asChangeSet, asVersion, asWorkflow, asWorkflowPhase } from '../objects';
import { Cycle, Report, User } from '../people/types';
import { DateTimeScalar, UUIDScalar } from '../scalars';
import { AsOfArgs, at, asOfField } from '../version/as-of-args';
import { seesDeleted } from '../visibility';
import { HistoryArgs, historyFilters } from '../version/history-args';
import { PhaseVersion, PhaseVersionConnection } from '../version/types';
import { PhaseConfig, Workflow, WorkflowConnection, WorkflowPhase } from './types';

@ArgsType()
class PageAsOfArgs extends ConnectionArgs {
  @Field(() => DateTimeScalar, asOfField) asOf?: Date | null;
}

@ArgsType()
class WorkflowsArgs extends PageAsOfArgs {
  @Field(() => UUIDScalar, { nullable: true, description: 'Only workflows of this cycle.' }) cycleId?: string | null;
  @Field(() => UUIDScalar, { nullable: true, description: 'Only workflows of this report.' }) reportId?: string | null;
}

@ArgsType()
class ChangesArgs extends ConnectionArgs {
  @Field(() => [PhaseEnum], { nullable: true, description: 'Only commits that touched versions of these phases.' })
  phases?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'Only commits of this person (userId).' }) actorId?: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Only commits at or after this instant.' })
  since?: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Only commits before this instant.' })
  until?: Date | null;
}

const configOf = (phase: PhaseDeclaration): PhaseConfig => ({
  phase: phase.key,
  title: phase.title,
  order: phases.indexOf(phase) + 1,
  versioningType: phase.versioning,
  approvalRequired: phase.versioning === 'FULL',
  creatorRoles: phase.preparedBy,
  approverRoles: phase.versioning === 'FULL' ? phase.approvedBy : [],
  prerequisites: phase.prerequisites,
  versionTypeName: phase.version.type,
  itemTypeName: phase.versioning === 'FULL' ? phase.item.type : null,
});

@Resolver(() => Workflow)
export class WorkflowResolver {
  @Query(() => Workflow, {
    nullable: true,
    description: 'The workflow of a report in a cycle; null if there is none the viewer may see.',
  })
  async workflow(
    @Arg('cycleId', () => UUIDScalar, { description: 'The cycle.' }) cycleId: string,
    @Arg('reportId', () => UUIDScalar, { description: 'The report.' }) reportId: string,
    @Args(() => AsOfArgs) { asOf }: AsOfArgs,
    @Ctx() context: Context,
  ) {
    const { db, viewer } = context;
    const found = await workflowOf(db, cycleId, reportId, viewer.userId);
    if (!found || !canSeeWorkflow(viewer, found.standing)) return null;
    const { workflowId } = found.workflow;
    return at(context, asOf, [], async (then) => {
      then.loaders.standing.prime(workflowId, found.standing);
      await then.settle(workflowId);
      return then.past ? then.loaders.workflow.load(workflowId) : asWorkflow(found.workflow);
    });
  }

  @Query(() => WorkflowConnection, { description: 'The workflows the viewer may see, newest first.' })
  workflows(@Args(() => WorkflowsArgs) args: WorkflowsArgs, @Ctx() context: Context) {
    const { db, viewer } = context;
    const filters: Filter[] = [];
    if (args.cycleId) filters.push({ sql: 'w.cycle_id = $1', parameters: [args.cycleId] });
    if (args.reportId) filters.push({ sql: 'w.report_id = $1', parameters: [args.reportId] });
    return at(context, args.asOf, [], async (then) => {
      if (!seesAllWorkflows(viewer))
        filters.push(then.past ? among(await visibleWorkflowIds(db, viewer.userId, false)) : assignedTo(viewer.userId));
      await then.settle();
      const page = await connect(then.loaders, workflowList, REFERENCE_STREAM, args, { filters, toNode: asWorkflow });
      await then.settle(...page.nodes.map(({ workflowId }) => workflowId));
      return page;
    });
  }

  @Query(() => [PhaseConfig], { description: 'The phase configuration registry, in the order of the workflow.' })
  phaseConfigs(): PhaseConfig[] {
    return phases.map(configOf);
  }

  @FieldResolver(() => Cycle, { description: 'The cycle the report is tested in.' })
  cycle(@Root() { cycleId }: WorkflowRow, @Ctx() { loaders }: Context) {
    return loaders.cycle.load(cycleId);
  }

  @FieldResolver(() => Report, { description: 'The report that is tested.' })
  report(@Root() { reportId }: WorkflowRow, @Ctx() { loaders }: Context) {
    return loaders.report.load(reportId);
  }

  @FieldResolver(() => [User], { description: 'Who prepares the phases.' })
  async testers(@Root() { workflowId }: WorkflowRow, @Ctx() { loaders }: Context) {
    const assigned = await loaders.testers.load(workflowId);
    return loaders.user.loadMany(assigned.map(({ userId }) => userId));
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'A tester who signs for the test team; never one who edited the version.',
  })
  testLead(@Root() { testLeadId }: WorkflowRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, testLeadId);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who decides for the report.' })
  reportOwner(@Root() { reportOwnerId }: WorkflowRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, reportOwnerId);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who approves the test report.' })
  testExecutive(@Root() { testExecutiveId }: WorkflowRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, testExecutiveId);
  }

  @FieldResolver(() => Workflow, {
    nullable: true,
    description:
      'This workflow as it stood at an instant, and everything below as of then; null if it did not exist yet.',
  })
  asOf(
    @Root() { workflowId }: WorkflowRow,
    @Arg('at', () => DateTimeScalar, { description: 'The instant; BAD_USER_INPUT if it has not come yet.' })
    instant: Date,
    @Ctx() context: Context,
  ) {
    return at(context, instant, [workflowId], ({ loaders }) => loaders.workflow.load(workflowId));
  }

  @FieldResolver(() => [WorkflowPhase], { description: 'Its phases, in their order.' })
  phases(@Root() { workflowId }: WorkflowRow): WorkflowPhase[] {
    return phases.map(({ key }) => asWorkflowPhase(workflowId, key));
  }

  @FieldResolver(() => WorkflowPhase, { description: 'One of its phases.' })
  workflowPhase(
    @Root() { workflowId }: WorkflowRow,
    @Arg('phase', () => PhaseEnum, { description: 'Which one.' }) phase: string,
  ): WorkflowPhase {
    return asWorkflowPhase(workflowId, phase);
  }

  @FieldResolver(() => ChangeSetConnection, { description: 'The commits of the workflow, newest first.' })
  async changes(
    @Root() { workflowId }: WorkflowRow,
    @Args(() => ChangesArgs) args: ChangesArgs,
    @Ctx() context: Context,
  ) {
    await context.noteRead(workflowId, 'Workflow.changes');
    const filters: Filter[] = [];
    if (args.phases) filters.push(touchingPhases(args.phases, await seesDeleted(context, workflowId)));
    if (args.actorId != null) filters.push(byActor(args.actorId));
    if (args.since) filters.push(since(args.since));
    if (args.until) filters.push(until(args.until));
    return connect(context.loaders, changesOfStream, workflowId, args, { filters, toNode: asChangeSet });
  }
}

@Resolver(() => WorkflowPhase)
export class WorkflowPhaseResolver {
  @FieldResolver(() => PhaseConfig, { description: 'How the phase is configured.' })
  config(@Root() { phase }: WorkflowPhase): PhaseConfig {
    return configOf(phaseOf(phase));
  }

  @FieldResolver(() => PhaseProgressEnum, { description: 'How far it has come.' })
  async progress(@Root() { workflowId, phase }: WorkflowPhase, @Ctx() { loaders }: Context) {
    const states = await loaders.phaseStates.load(workflowId);
    const { statuses = [], isWaiting } = states.find((state) => state.phase === phase) ?? {};
    return progressOf(phaseOf(phase), statuses, missingPrerequisites(phaseOf(phase), states).length > 0, isWaiting);
  }

  @FieldResolver(() => [PhaseEnum], { description: 'The phases that must be done before it opens and are not.' })
  async blockedBy(@Root() { workflowId, phase }: WorkflowPhase, @Ctx() { loaders }: Context) {
    return missingPrerequisites(phaseOf(phase), await loaders.phaseStates.load(workflowId)).map(({ key }) => key);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may start a version or record here now; never in the past.',
  })
  async canCreate(@Root() phase: WorkflowPhase, @Ctx() context: Context) {
    return (await this.cannotCreateReason(phase, context)) === null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why the viewer may not start one; null if they may.' })
  async cannotCreateReason(@Root() { workflowId, phase }: WorkflowPhase, @Ctx() { loaders, viewer, past }: Context) {
    if (past) return `This is how it was at ${past.at.toISOString()}: the past does not change.`;
    const [standing, states] = await Promise.all([
      loaders.standing.load(workflowId),
      loaders.phaseStates.load(workflowId),
    ]);
    const declared = phaseOf(phase);
    return cannotCreateReason({
      phase: declared,
      viewer,
      standing,
      missingPrerequisites: missingPrerequisites(declared, states),
    });
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description: 'FULL phases: the approved version. AUDIT_ONLY phases: null; see `records`.',
  })
  async current(
    @Root() { workflowId, phase }: WorkflowPhase,
    @Args(() => AsOfArgs) { asOf }: AsOfArgs,
    @Ctx() context: Context,
  ) {
    const declared = phaseOf(phase);
    if (declared.versioning !== 'FULL') return null;
    return at(context, asOf, [workflowId], ({ loaders }) =>
      loaders.currentOfRecord.load(recordOfPhase(workflowId, declared)),
    );
  }

  @FieldResolver(() => PhaseVersionConnection, {
    description: 'All versions of the phase, of whatever record, newest first.',
  })
  async history(
    @Root() { workflowId, phase }: WorkflowPhase,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() context: Context,
  ) {
    const declared = phaseOf(phase);
    const filters = await historyFilters(context, workflowId, args);
    if (declared.versioning === 'FULL')
      return connect(context.loaders, historyList, recordOfPhase(workflowId, declared), args, {
        filters,
        toNode: asVersion,
      });
    return connect(context.loaders, historyOfPhase, workflowId, args, {
      filters: [ofPhase(declared), ...filters],
      toNode: asVersion,
    });
  }

  @FieldResolver(() => PhaseVersionConnection, {
    description:
      'The latest version of every record of the phase, the newest records first: one for FULL phases, one per assignment, document or request for AUDIT_ONLY phases.',
  })
  records(
    @Root() { workflowId, phase }: WorkflowPhase,
    @Args(() => PageAsOfArgs) args: PageAsOfArgs,
    @Ctx() context: Context,
  ) {
    return at(context, args.asOf, [workflowId], async (then) => {
      const hidesToday = then.past !== null && !(await seesDeleted(then, workflowId));
      const filters = [ofPhase(phaseOf(phase))];
      return connect(then.loaders, recordList(hidesToday), workflowId, args, { filters, toNode: asVersion });
    });
  }
}
