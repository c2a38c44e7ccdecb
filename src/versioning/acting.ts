/** Who may act: in which role, by which assignment, and on whose work. */
import { barOf, barredBy } from './independence';
import type { WorkflowAssignment, UserRole } from './model';
import type { PhaseDeclaration } from './phase';
import { actsNowhere, someone } from './roles';
import { verdict, type DecisionFacts, type Rule, type ActorFacts } from './rules';

const assignments: Record<UserRole, (assignment: WorkflowAssignment) => boolean> = {
  TESTER: (assignment) => assignment.isTester || assignment.isTestLead,
  REPORT_OWNER: (assignment) => assignment.isReportOwner,
  TEST_EXECUTIVE: (assignment) => assignment.isTestExecutive,
  DATA_EXECUTIVE: () => true, // answers for the data of every workflow
  DATA_OWNER: (assignment) => assignment.isDataOwner,
  ADMIN: () => false, // manages reference data, never edits or decides
  AUDITOR: () => false, // reads everything, writes nothing
};

/** Acting needs the role and the assignment. */
export function actsAs(roles: readonly UserRole[], { viewer, assignment }: ActorFacts): boolean {
  if (actsNowhere(viewer)) return false;
  return roles.some((role) => viewer.roles.includes(role) && assignments[role](assignment));
}

export const only =
  <F extends ActorFacts>(rolesOf: (phase: PhaseDeclaration) => readonly UserRole[], deed: string): Rule<F> =>
  (facts) => {
    const roles = rolesOf(facts.phase);
    const mayAct = actsAs(roles, facts);
    const needed = `a ${someone(roles)} assigned to this workflow`;
    return verdict(
      mayAct,
      mayAct
        ? `You may ${deed} ${facts.phase.title} as ${someone(roles.filter((role) => facts.viewer.roles.includes(role)))}.`
        : `To ${deed} ${facts.phase.title} takes ${needed}; you are not.`,
      roles,
      'FORBIDDEN',
      `To ${deed} ${facts.phase.title} takes ${needed}. Ask one of them, or have yourself assigned.`,
      {
        requiredRoles: roles,
      },
    );
  };

export const preparer = (deed: string) => only<ActorFacts>((phase) => phase.preparedBy, deed);
export const approversOf = (phase: PhaseDeclaration): readonly UserRole[] =>
  phase.versioning === 'FULL' ? phase.approvedBy : [];

/** People who worked on a version do not decide on it. */
export const fourEyes: Rule<DecisionFacts> = ({ version: { submittedBy }, phase, viewer, editors }) => {
  if (phase.versioning === 'FULL' && phase.selfAttested)
    return {
      status: 'NOT_APPLICABLE',
      explanation: `${phase.title} is attested by the one who prepared it; such approvals are reported.`,
      satisfiableBy: phase.approvedBy,
    };
  const bar = barOf({ editors, submittedBy }, viewer.userId);
  return verdict(
    bar === null,
    bar ? `You ${barredBy(bar)}, so somebody else has to decide.` : 'You neither edited nor submitted this version.',
    approversOf(phase),
    'FOUR_EYES',
    'Who edited or submitted a version may not decide on it. Ask somebody else in this workflow who may.',
  );
};
