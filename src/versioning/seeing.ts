/** Who may know of a thing. To everybody else it does not exist, on every path to it. */
import type { WorkflowAssignment, UserRole, Viewer } from './model';

/** Roles under which a person sees every workflow. */
export const widelySeeing: readonly UserRole[] = ['TEST_EXECUTIVE', 'DATA_EXECUTIVE', 'ADMIN', 'AUDITOR'];

export const seesAllWorkflows = (viewer: Viewer): boolean => widelySeeing.some((role) => viewer.roles.includes(role));

/** To everybody else the workflow does not exist, on every path to it. What its cycle is like is no assignment. */
export const canSeeWorkflow = (viewer: Viewer, { isCycleClosed: _cycle, ...assigned }: WorkflowAssignment): boolean =>
  seesAllWorkflows(viewer) || Object.values(assigned).some(Boolean);

export const canSeeDeleted = (viewer: Viewer, assignment: WorkflowAssignment): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN') || assignment.isTester || assignment.isTestLead;

/** The commits of the reference data name everybody's roles and assignments: for those who answer for them. */
export const canSeeReferenceLog = (viewer: Viewer): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN');

/** Who read the log is for those who answer for it, as the log of the reference data is. */
export const canSeeLogReads = canSeeReferenceLog;
