/**
 * Who may do what with a version, and when: one table of actions, each a list of rules. The same rules guard the mutations
 * (`demand`), offer what can be done now (`availableActions`) and explain an approval (`approvalRequirements`), so the three
 * cannot disagree.
 */
import { DomainError, staleRevision } from './errors';
import type { Standing, UserRole, VersionHeader, VersionStatus, Viewer } from './model';
import type { PhaseDeclaration } from './phase';

/** All that the rules look at. */
export interface VersionFacts {
  readonly version: VersionHeader;
  readonly phase: PhaseDeclaration;
  readonly viewer: Viewer;
  readonly standing: Standing;
  /** Whether the viewer wrote to the version, as the capture recorded it. */
  readonly hasEdited: boolean;
  /** The version of the record that is in force now. */
  readonly currentVersionId: string | null;
  readonly items: { readonly total: number; readonly undecided: number };
  readonly missingPrerequisites: readonly PhaseDeclaration[];
}

/** What can be known before there is a version. */
export type CreationFacts = Pick<VersionFacts, 'phase' | 'viewer' | 'standing' | 'missingPrerequisites'>;

export type RequirementCode =
  'SUBMITTED' | 'ROLE' | 'FOUR_EYES' | 'ITEMS_DECIDED' | 'BASE_IS_CURRENT' | 'SIGN_OFFS' | 'PREREQUISITES';
export type RequirementStatus = 'SATISFIED' | 'UNSATISFIED' | 'NOT_APPLICABLE';

export interface Requirement {
  readonly code: RequirementCode;
  readonly status: RequirementStatus;
  readonly explanation: string;
  readonly satisfiableBy: readonly UserRole[];
}

type Verdict = Omit<Requirement, 'code'> &
  (
    | { readonly status: 'NOT_APPLICABLE' }
    /** How the mutation says no: made only when it does, since rules are asked far more often than they refuse. */
    | { readonly status: 'SATISFIED' | 'UNSATISFIED'; readonly refusal: () => DomainError }
  );
type Unmet = Extract<Verdict, { refusal: unknown }>;

const refusing =
  (...refusal: ConstructorParameters<typeof DomainError>) =>
  (): DomainError =>
    new DomainError(...refusal);

type Rule<F> = (facts: F) => Verdict;

const roleTitles: Record<UserRole, string> = {
  TESTER: 'Tester',
  REPORT_OWNER: 'Report Owner',
  DATA_OWNER: 'Data Owner',
  DATA_EXECUTIVE: 'Data Executive',
  TEST_EXECUTIVE: 'Test Executive',
  ADMIN: 'Administrator',
  AUDITOR: 'Auditor',
};
const someone = (roles: readonly UserRole[]): string => roles.map((role) => roleTitles[role]).join(' or ');
const statusTitle = (status: VersionStatus): string => status.toLowerCase().replace('_', ' ');

/** Roles under which a person sees every workflow. */
const widelySeeing: readonly UserRole[] = ['TEST_EXECUTIVE', 'DATA_EXECUTIVE', 'ADMIN', 'AUDITOR'];

export const seesAllWorkflows = (viewer: Viewer): boolean => widelySeeing.some((role) => viewer.roles.includes(role));

/** To everybody else the workflow does not exist, on every path to it. */
export const canSeeWorkflow = (viewer: Viewer, standing: Standing): boolean =>
  seesAllWorkflows(viewer) || Object.values(standing).some(Boolean);

export const canSeeDeleted = (viewer: Viewer, standing: Standing): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN') || standing.isTester || standing.isTestLead;

/** The commits of the reference data name everybody's roles and assignments: for those who answer for them. */
export const canSeeReferenceLog = (viewer: Viewer): boolean =>
  viewer.roles.includes('AUDITOR') || viewer.roles.includes('ADMIN');

const assignments: Record<UserRole, (standing: Standing) => boolean> = {
  TESTER: (standing) => standing.isTester || standing.isTestLead,
  REPORT_OWNER: (standing) => standing.isReportOwner,
  TEST_EXECUTIVE: (standing) => standing.isTestExecutive,
  DATA_EXECUTIVE: () => true, // answers for the data of every workflow
  DATA_OWNER: () => false, // owns data, not a workflow: nothing of a fully versioned phase is theirs
  ADMIN: () => false, // manages reference data, never edits or decides
  AUDITOR: () => false, // reads everything, writes nothing
};

/** Acting needs the role and the assignment; administrators and auditors never act, whatever else they are. */
function actsAs(roles: readonly UserRole[], { viewer, standing }: CreationFacts): boolean {
  if (viewer.roles.includes('ADMIN') || viewer.roles.includes('AUDITOR')) return false;
  return roles.some((role) => viewer.roles.includes(role) && assignments[role](standing));
}

const verdict = (
  met: boolean,
  explanation: string,
  satisfiableBy: readonly UserRole[],
  refusal: () => DomainError,
): Verdict => ({ status: met ? 'SATISFIED' : 'UNSATISFIED', explanation, satisfiableBy, refusal });

const only =
  <F extends CreationFacts>(rolesOf: (phase: PhaseDeclaration) => readonly UserRole[], deed: string): Rule<F> =>
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
      refusing(
        'FORBIDDEN',
        `To ${deed} ${facts.phase.title} takes ${needed}. Ask one of them, or have yourself assigned.`,
        {
          requiredRoles: roles,
        },
      ),
    );
  };
const preparer = (deed: string): Rule<VersionFacts> => only((phase) => phase.preparedBy, deed);
const approver = (deed: string): Rule<VersionFacts> => only((phase) => phase.approvedBy, deed);

const inStatus =
  (deed: string, ...allowed: VersionStatus[]): Rule<VersionFacts> =>
  ({ version, phase }) => {
    const name = `Version ${version.versionNumber} of ${phase.title}`;
    const met = !version.isDeleted && allowed.includes(version.status);
    const is = version.isDeleted ? 'deleted' : statusTitle(version.status);
    const takes = allowed.map(statusTitle).join(' or ');
    return verdict(
      met,
      met ? `${name} is ${is}.` : `${name} is ${is}; to ${deed} it, it must be ${takes}.`,
      version.status === 'DRAFT' ? phase.preparedBy : [],
      refusing(
        'INVALID_TRANSITION',
        version.isDeleted
          ? `${name} is deleted. Undelete it first.`
          : `${name} is ${is}; to ${deed} it, it must be ${takes}.`,
        { status: version.status, allowedFrom: allowed },
      ),
    );
  };

const deleted: Rule<VersionFacts> = ({ version, phase }) =>
  verdict(
    version.isDeleted,
    version.isDeleted ? 'The version is deleted.' : 'The version is not deleted.',
    phase.preparedBy,
    refusing(
      'INVALID_TRANSITION',
      `Version ${version.versionNumber} of ${phase.title} is not deleted, so there is nothing to undelete.`,
    ),
  );

const reviewedItemByItem: Rule<VersionFacts> = ({ phase }) =>
  verdict(
    phase.item.reviewed === 'BY_DECISIONS',
    `Items of ${phase.title} ${phase.item.reviewed === 'BY_DECISIONS' ? 'are' : 'are not'} decided one by one.`,
    phase.approvedBy,
    refusing(
      'BAD_USER_INPUT',
      `Items of ${phase.title} are not reviewed one by one: an item's own decision is the decision. Use putItems while the version is a draft.`,
    ),
  );

const fourEyes: Rule<VersionFacts> = ({ version, phase, viewer, hasEdited }) => {
  if (phase.selfAttested)
    return {
      status: 'NOT_APPLICABLE',
      explanation: `${phase.title} is attested by the one who prepared it; such approvals are reported.`,
      satisfiableBy: phase.approvedBy,
    };
  const own = hasEdited || version.submittedBy === viewer.userId;
  return verdict(
    !own,
    own
      ? 'You edited or submitted this version, so somebody else has to decide.'
      : 'You neither edited nor submitted this version.',
    phase.approvedBy,
    refusing(
      'FOUR_EYES',
      'Who edited or submitted a version may not decide on it. Ask another approver of this workflow.',
    ),
  );
};

const itemsDecided: Rule<VersionFacts> = ({ items, phase }) => {
  const decided = phase.item.reviewed === 'BY_DECISIONS';
  return verdict(
    items.undecided === 0,
    items.undecided === 0
      ? `All ${items.total} items are decided.`
      : `${items.undecided} of ${items.total} items are undecided.`,
    decided ? phase.approvedBy : phase.preparedBy,
    refusing(
      'ITEMS_UNDECIDED',
      `${items.undecided} of ${items.total} items are undecided. ${decided ? 'Decide them (decideItems), then approve.' : 'Withdraw the version and give each item its decision.'}`,
      { undecided: items.undecided, total: items.total },
    ),
  );
};

const baseIsCurrent: Rule<VersionFacts> = ({ version, currentVersionId, phase }) => {
  if (version.effectiveFrom)
    return { status: 'NOT_APPLICABLE', explanation: 'The version has come into force already.', satisfiableBy: [] };
  const isCurrent = version.baseVersionId === currentVersionId;
  return verdict(
    isCurrent,
    isCurrent
      ? 'The version in force is the one this draft was based on.'
      : 'Another version came into force since this draft was started.',
    phase.preparedBy,
    refusing(
      'STALE_BASE',
      'Another version came into force since this draft was started. Withdraw it and rebase it onto the current version, or start a new draft from that.',
      { baseVersionId: version.baseVersionId, currentVersionId },
    ),
  );
};

const signOffs: Rule<VersionFacts> = ({ phase }) => ({
  status: 'NOT_APPLICABLE',
  explanation: `${phase.title} needs no signatures.`,
  satisfiableBy: [],
});

const prerequisites: Rule<CreationFacts> = ({ missingPrerequisites: missing, phase }) => {
  const titles = missing.map((needed) => needed.title).join(', ');
  return verdict(
    missing.length === 0,
    missing.length === 0 ? 'The phases before it are done.' : `${titles} must be approved first.`,
    missing.flatMap((needed) => needed.approvedBy),
    refusing(
      'PREREQUISITE_MISSING',
      `${phase.title} opens when ${titles} has an approved version. Finish that first.`,
      {
        blockedBy: missing.map((needed) => needed.key),
      },
    ),
  );
};

const hasItems: Rule<VersionFacts> = ({ items, phase }) =>
  verdict(
    items.total >= phase.item.atLeast,
    `The version has ${items.total} items.`,
    phase.preparedBy,
    refusing(
      'INVALID_TRANSITION',
      `An empty version of ${phase.title} cannot be submitted. Add at least one item (putItems).`,
    ),
  );

/** The rules of an approval, in the order in which they are explained; a refusal names the first that is not met. */
const approval: readonly (readonly [RequirementCode, Rule<VersionFacts>])[] = [
  ['ROLE', approver('approve')],
  ['SUBMITTED', inStatus('approve', 'PENDING_APPROVAL')],
  ['FOUR_EYES', fourEyes],
  ['ITEMS_DECIDED', itemsDecided],
  ['BASE_IS_CURRENT', baseIsCurrent],
  ['SIGN_OFFS', signOffs],
  ['PREREQUISITES', prerequisites],
];

/** Role first (a stranger learns nothing of the state), then the state, then what has to be done before. */
const actions = {
  EDIT: [preparer('edit'), inStatus('edit', 'DRAFT')],
  SUBMIT: [preparer('submit'), inStatus('submit', 'DRAFT'), hasItems, prerequisites],
  WITHDRAW: [preparer('withdraw'), inStatus('withdraw', 'PENDING_APPROVAL')],
  APPROVE: approval.map(([, rule]) => rule),
  REJECT: [approver('reject'), inStatus('reject', 'PENDING_APPROVAL'), fourEyes],
  DECIDE_ITEMS: [
    approver('decide items of'),
    reviewedItemByItem,
    inStatus('decide items of', 'PENDING_APPROVAL'),
    fourEyes,
  ],
  REVISE: [preparer('revise'), inStatus('revise', 'REJECTED'), prerequisites],
  DELETE: [preparer('delete'), inStatus('delete', 'DRAFT', 'REJECTED')],
  UNDELETE: [preparer('undelete'), deleted],
} satisfies Record<string, readonly Rule<VersionFacts>[]>;

export type VersionAction = keyof typeof actions;

const creation: readonly Rule<CreationFacts>[] = [only((phase) => phase.preparedBy, 'start'), prerequisites];

const firstUnmet = <F>(rules: readonly Rule<F>[], facts: F): Unmet | undefined => {
  for (const rule of rules) {
    const result = rule(facts);
    if (result.status === 'UNSATISFIED') return result;
  }
  return undefined;
};

/** Throws the refusal of the first rule that is not met. The revision is checked after the right to act at all. */
export function demand(action: VersionAction, facts: VersionFacts, expectedRevision: number): void {
  const [mayAct, ...rest] = actions[action];
  const forbidden = firstUnmet([mayAct!], facts);
  if (forbidden) throw forbidden.refusal();
  if (facts.version.revision !== expectedRevision) throw staleRevision(expectedRevision, facts.version.revision);
  const unmet = firstUnmet(rest, facts);
  if (unmet) throw unmet.refusal();
}

export function demandCreation(facts: CreationFacts): void {
  const unmet = firstUnmet(creation, facts);
  if (unmet) throw unmet.refusal();
}

/** Why the viewer may not start a version here; null when they may. */
export const cannotCreateReason = (facts: CreationFacts): string | null =>
  firstUnmet(creation, facts)?.refusal().message ?? null;

export const availableActions = (facts: VersionFacts): VersionAction[] =>
  (Object.keys(actions) as VersionAction[]).filter((action) => !firstUnmet(actions[action], facts));

export const approvalRequirements = (facts: VersionFacts): Requirement[] =>
  approval.map(([code, rule]) => {
    const { status, explanation, satisfiableBy } = rule(facts);
    return { code, status, explanation, satisfiableBy };
  });
