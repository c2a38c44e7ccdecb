/** Visibility: who may know of a thing. To everybody else it does not exist, on every path. */
import type { WorkflowAssignment, UserRole, Viewer } from './model';

/** Roles under which a person sees every workflow. */
export const widelySeeing: readonly UserRole[] = ['TEST_EXECUTIVE', 'DATA_EXECUTIVE', 'ADMIN', 'AUDITOR'];

export const seesAllWorkflows = (viewer: Viewer): boolean => widelySeeing.some((role) => viewer.roles.includes(role));

/** Whether the workflow exists for the viewer. The state of its cycle is not an assignment. */
export const canSeeWorkflow = (viewer: Viewer, { isCycleClosed: _cycle, ...assigned }: WorkflowAssignment): boolean =>
  seesAllWorkflows(viewer) || Object.values(assigned).some(Boolean);

export const canSeeDeleted = (viewer: Viewer, assignment: WorkflowAssignment): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN') || assignment.isTester || assignment.isTestLead;

/** The reference log names everybody's roles and assignments, so only those who answer for them see it. */
export const canSeeReferenceLog = (viewer: Viewer): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN');

/** Like the reference log, the record of who read the log is for those who answer for it. */
export const canSeeLogReads = canSeeReferenceLog;
