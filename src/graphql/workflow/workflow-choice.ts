/** Filters and orders for workflows. */
import {
  assignedAs,
  inProgress,
  isOverdue,
  orderedWorkflows,
  waitsSinceBefore,
  workflowRoles,
  type PhaseProgressFilter,
  type WorkflowRole,
} from '../../database/versions/workflow-conditions';
import type { Filter } from '../../database/connection/pages';
import type { Context } from '../context';
import { a, inputType, optional, type Given } from '../declare';
import { enumOf, PhaseEnum, PhaseProgressEnum } from '../enums';
import { choiceArgs, filtersOf, orderOf, type chosen } from '../list';

const WorkflowRoleEnum = enumOf(
  'WorkflowRole',
  Object.keys(workflowRoles),
  'The role in which somebody is assigned to a workflow. DATA_OWNER: owns data of its report. DELEGATE: signs for somebody.',
);

const PhaseProgressInput = inputType<PhaseProgressFilter>('PhaseProgressFilter', 'A phase, and its progress.', {
  phase: a.of('The phase.', () => PhaseEnum),
  progress: a.of('One of these.', () => [PhaseProgressEnum]),
});

export const workflowChoice = choiceArgs('Workflow', 'workflows', orderedWorkflows, {
  search: optional.text('Whose report number, report name or cycle name contains this.'),
  workflowIds: optional.uuids('With one of these ids.'),
  cycleIds: optional.uuids('Of these cycles.'),
  reportIds: optional.uuids('Of these reports.'),
  lobId: optional.uuid('Whose report belongs to this line of business.'),
  cycleStatus: optional.text('Whose cycle has this status, e.g. ACTIVE.'),
  testerId: optional.int('Which this person (userId) prepares.'),
  testLeadId: optional.int('Whose test lead this person is.'),
  reportOwnerId: optional.int('Whose report owner this person is.'),
  testExecutiveId: optional.int('Whose test executive this person is.'),
  phaseProgress: optional.of<PhaseProgressFilter>('With a phase in this progress.', () => PhaseProgressInput),
  myRoles: optional.of<WorkflowRole[]>('To which the viewer is assigned in one of these roles today.', () => [
    WorkflowRoleEnum,
  ]),
  isOverdue: optional.flag(
    'Whether the last day of the cycle has passed (UTC) without a test report in force; never true without a last day.',
  ),
  waitsSinceBefore: optional.instant('In which something has waited for a decision since before this instant.'),
});

/** The conditions that depend on the workflows' versions. */
function versionFilters({ filter }: Given<typeof workflowChoice>, at: Date | null): Filter[] {
  const { phaseProgress, isOverdue: overdue, waitsSinceBefore: since } = filter ?? {};
  return [
    ...(phaseProgress ? [inProgress(phaseProgress)] : []),
    ...(overdue == null ? [] : [isOverdue(overdue, at)]),
    ...(since ? [waitsSinceBefore(since)] : []),
  ];
}

/**
 * The requested conditions.
 * @param at the instant at which they are evaluated; null for the present
 */
export function workflowFilters(args: Given<typeof workflowChoice>, userId: number, at: Date | null): Filter[] {
  const { filter } = args;
  return [
    ...filtersOf(orderedWorkflows.filters, filter),
    ...versionFilters(args, at),
    ...(filter?.myRoles ? [assignedAs(userId, filter.myRoles)] : []),
  ];
}

/** The requested choice; `readsVersions` if it depends on the workflows' versions. */
export function chosenWorkflows(
  { viewer, past }: Context,
  args: Given<typeof workflowChoice>,
): ReturnType<typeof chosen> & { readonly filters: Filter[]; readonly readsVersions: boolean } {
  const order = orderOf(args.orderBy);
  const at = past?.at ?? null;
  const isOrderedByThem = order?.field === 'WAITING_SINCE' || order?.field === 'LAST_CHANGE';
  return {
    filters: workflowFilters(args, viewer.userId, at),
    order,
    readsVersions: versionFilters(args, at).length > 0 || isOrderedByThem,
  };
}
