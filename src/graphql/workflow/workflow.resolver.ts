import { changeConditions, changesOfStream, touchingPhases } from '../../database/log/change-log';
import { among, assignedTo, REFERENCE_STREAM, visibleWorkflowIds, workflowOf } from '../../database/register/people';
import { orderedWorkflows } from '../../database/versions/workflow-conditions';
import { phases } from '../../phases';
import { canSeeWorkflow, seesAllWorkflows } from '../../versioning/seeing';
import { changeArgs, changeFilters } from '../change-log/change-args';
import { ChangesAround, ChangeSet, ChangeSetConnection } from '../change-log/types';
import { connect, connectionArgs } from '../connection';
import { a, resolved, addFields, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
import { filtersOf, orderOf } from '../list';
import { asChangeSet, asWorkflow, asWorkflowPhase } from '../objects';
import { toCycle, toReport, toUser, User } from '../people/types';
import { asOfArgs, at, instantOf, whenArgs } from '../version/as-of-args';
import { seesDeleted } from '../visibility';
import {
  configOf,
  LastChange,
  PhaseConfig,
  Workflow,
  WorkflowConnection,
  WorkflowCounts,
  WorkflowPhase,
} from './types';
import { ofSelection, selectionArgs, workflowArgs } from './workflow-args';
import { chosenWorkflows, workflowChoice } from './workflow-choice';

queries({
  workflow: resolved(
    'The workflow of a report in a cycle; null if there is none the viewer may see.',
    optional(() => Workflow),
    { ...workflowArgs, ...asOfArgs },
    async (_, context, { cycleId, reportId, asOf }) => {
      const { db, viewer } = context;
      const found = await workflowOf(db, cycleId, reportId, viewer.userId);
      if (!found || !canSeeWorkflow(viewer, found.assignment)) return null;
      const { workflowId } = found.workflow;
      return at(context, asOf, [workflowId], async (then) => {
        then.loaders.assignment.prime(workflowId, found.assignment);
        await then.closeStreams(workflowId); // also needed if the whole operation is read as of an instant
        return then.past ? then.loaders.workflow.load(workflowId) : asWorkflow(found.workflow);
      });
    },
  ),
  workflows: resolved(
    'The workflows the viewer may see, newest first.',
    () => WorkflowConnection,
    { ...connectionArgs, ...asOfArgs, ...selectionArgs('workflows '), ...workflowChoice },
    (_, context, args) => {
      const { db, viewer } = context;
      return at(context, args.asOf, [], async (then) => {
        const { filters, order, readsVersions } = chosenWorkflows(then, args);
        const seesAll = seesAllWorkflows(viewer);
        if (then.past && (readsVersions || !seesAll)) {
          const visible = await visibleWorkflowIds(db, viewer.userId, seesAll);
          if (readsVersions) await then.closeStreams(...visible);
          filters.unshift(among(visible));
        } else if (!seesAll) filters.unshift(assignedTo(viewer.userId));
        await then.closeStreams();
        const page = await connect(then.loaders, orderedWorkflows, REFERENCE_STREAM, args, {
          filters: [...ofSelection(args), ...filters],
          order,
          toNode: asWorkflow,
        });
        await then.closeStreams(...page.nodes.map(({ workflowId }) => workflowId));
        return page;
      });
    },
  ),
  phaseConfigs: resolved(
    'The phase configuration registry, in the order of the workflow.',
    () => [PhaseConfig],
    () => phases.map(configOf),
  ),
});

addFields(Workflow, {
  cycle: toCycle('The cycle the report is tested in.', 'cycleId'),
  report: toReport('The report that is tested.', 'reportId'),
  testers: resolved(
    'The people who prepare the phases.',
    () => [User],
    async ({ workflowId }, { loaders }) => {
      const assigned = await loaders.testers.load(workflowId);
      return loaders.user.loadMany(assigned.map(({ userId }) => userId));
    },
  ),
  testLead: toUser.optional('A tester who signs for the test team; never one who edited the version.', 'testLeadId'),
  reportOwner: toUser.optional('The person who decides for the report.', 'reportOwnerId'),
  testExecutive: toUser.optional('Who approves the test report.', 'testExecutiveId'),
  asOf: resolved(
    'This workflow as of an instant, or as one of its commits left it, with everything below as of then; null if it did not exist yet.',
    optional(() => Workflow),
    whenArgs,
    async ({ workflowId }, context, when) =>
      at(context, await instantOf(context, workflowId, when), [workflowId], ({ loaders }) =>
        loaders.workflow.load(workflowId),
      ),
  ),
  phases: resolved(
    'Its phases, in their order.',
    () => [WorkflowPhase],
    ({ workflowId }) => phases.map(({ key }) => asWorkflowPhase(workflowId, key)),
  ),
  workflowPhase: resolved(
    'One of its phases.',
    () => WorkflowPhase,
    { phase: a.of<string>('The rule.', () => PhaseEnum) },
    ({ workflowId }, _, { phase }) => asWorkflowPhase(workflowId, phase),
  ),
  changes: resolved(
    'The commits of the workflow, newest first.',
    () => ChangeSetConnection,
    {
      ...changeArgs,
      phases: optional.of<string[]>('Only commits that touched versions of these phases.', () => [PhaseEnum]),
      actorId: optional.int('Only commits of this person (userId).'),
      since: optional.instant('Only commits at or after this instant.'),
      until: optional.instant('Only commits before this instant.'),
    },
    async ({ workflowId }, context, { phases: touched, actorId, since, until, ...args }) => {
      await context.recordRead(workflowId, 'Workflow.changes');
      const showsDeleted = await seesDeleted(context, workflowId);
      const filters = [
        ...filtersOf(changeConditions(showsDeleted), { actorIds: actorId == null ? null : [actorId], since, until }),
        ...changeFilters(args, showsDeleted),
      ];
      if (touched) filters.push(touchingPhases(touched, showsDeleted));
      return connect(context.loaders, changesOfStream, workflowId, args, {
        filters,
        order: orderOf(args.orderBy),
        toNode: asChangeSet,
      });
    },
  ),
  changeSet: resolved(
    'One of its commits by its number; null if there is none.',
    optional(() => ChangeSet),
    { sequence: a.int('The number, from 1.') },
    async ({ workflowId }, context, { sequence }) => {
      await context.recordRead(workflowId, 'Workflow.changeSet');
      return context.loaders.changeSetBySequence.load({ streamId: workflowId, sequence });
    },
  ),
  changesAround: resolved(
    'The commits around an instant, for stepping through the past.',
    () => ChangesAround,
    { at: a.instant('The instant.') },
    async ({ workflowId }, context, { at: instant }) => {
      await context.recordRead(workflowId, 'Workflow.changesAround');
      return context.loaders.moment.load({ streamId: workflowId, at: instant });
    },
  ),
  lastChange: resolved(
    'Its last commit, by number and time. It is meant for polling, and does not count as a read of the log. Null before the first commit.',
    optional(() => LastChange),
    ({ workflowId }, { loaders }) => loaders.lastChange.load(workflowId),
  ),
  counts: resolved(
    'The numbers of its versions: all, in force, drafts, and waiting.',
    () => WorkflowCounts,
    async ({ workflowId }, { loaders }) => (await loaders.workflowCounts.load(workflowId))!,
  ),
});
