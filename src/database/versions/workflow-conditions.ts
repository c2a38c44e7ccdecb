/** Conditions on workflows `w` that depend on their versions or on the viewer. */
import { phaseOf, phases } from '../../phases';
import type { WorkflowAssignment } from '../../versioning/model';
import type { PhaseDeclaration } from '../../versioning/phase';
import { progressSigns, unbegun, type PhaseProgress } from '../../versioning/progress';
import { assignmentExpressions, workflowList } from '../register/people';
import type { Filter, FilteredList } from '../connection/pages';
import { missingPrerequisitesSql } from './version-facts';
import { isInForce, isWaiting, waits, waitsSince } from './versions';

const OF_WORKFLOW = 'v.stream_id = w.workflow_id and not v.is_deleted';

/** The progress of a phase, by the same signs as `progressOf`. */
function progress(phase: PhaseDeclaration): string {
  const signs = progressSigns(phase).map(([sign, said]) => {
    const condition = sign === 'WAITING_RECORD' ? isWaiting : `v.status = '${sign}'`;
    return `when exists (select from phase_version v where ${OF_WORKFLOW} and v.phase = '${phase.key}' and ${condition}) then '${said}'`;
  });
  return `case ${signs.join(' ')}
    when cardinality(${missingPrerequisitesSql('w.workflow_id', phase)}) > 0 then '${unbegun(true)}' else '${unbegun(false)}' end`;
}

/** A phase, and the progress values that match. */
export interface PhaseProgressFilter {
  readonly phase: string;
  readonly progress: readonly PhaseProgress[];
}

export const inProgress = ({ phase, progress: wanted }: PhaseProgressFilter): Filter => ({
  sql: `(${progress(phaseOf(phase))}) = any($1::text[])`,
  parameters: [wanted],
  isChosen: true,
});

/** The roles in which a person may be assigned to a workflow. */
export const workflowRoles = {
  TESTER: 'isTester',
  TEST_LEAD: 'isTestLead',
  REPORT_OWNER: 'isReportOwner',
  TEST_EXECUTIVE: 'isTestExecutive',
  DATA_OWNER: 'isDataOwner',
  DELEGATE: 'isDelegate',
} as const satisfies Record<string, keyof WorkflowAssignment>;
export type WorkflowRole = keyof typeof workflowRoles;

/** Workflows to which a person is assigned in one of these roles. */
export function assignedAs(userId: number, roles: readonly WorkflowRole[]): Filter {
  const expressions = assignmentExpressions('$1');
  const any = roles.map((role) => expressions[workflowRoles[role]]);
  return { sql: any.length === 0 ? '$1::int is null' : any.join(' or '), parameters: [userId], isChosen: true };
}

/** Whether a workflow's cycle ended before the day of an instant while its last phase has nothing in force. */
export const isOverdue = (wanted: boolean, at: Date | null): Filter => ({
  sql: `${wanted ? '' : 'not '}(coalesce((select c.end_date from cycles c where c.cycle_id = w.cycle_id)
      < (coalesce($1::timestamptz, clock_timestamp()) at time zone 'UTC')::date, false)
    and not exists (select from phase_version v where ${OF_WORKFLOW} and v.phase = '${phases.at(-1)!.key}' and ${isInForce('v')}))`,
  parameters: [at],
  isChosen: true,
});

/** Since when the longest-waiting version has waited for a decision; null if none waits. */
const waitingSince = `(select min(${waitsSince}) from phase_version v where ${OF_WORKFLOW} and ${waits})`;

export const waitsSinceBefore = (instant: Date): Filter => ({
  sql: `${waitingSince} < $1::timestamptz`,
  parameters: [instant],
  isChosen: true,
});

/** Workflows in which nothing waits come last. */
const byWaitingSince = {
  sql: `coalesce((extract(epoch from ${waitingSince}) * 1000)::bigint, 999999999999999999)`,
  type: 'bigint',
} as const;

/** Workflows, with the additional order by waiting time. */
export const orderedWorkflows = {
  ...workflowList,
  orders: { ...workflowList.orders, WAITING_SINCE: byWaitingSince },
} as const satisfies FilteredList;
