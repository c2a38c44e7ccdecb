/**
 * Who may do what with a version, and when: one table of actions, each a list of rules. The same rules guard the mutations
 * (`demand`), offer what can be done now (`availableActions`) and explain an approval (`approvalRequirements`), so the three
 * cannot disagree.
 */
import { badInput, DomainError, notTheLatest, staleRevision } from './errors';
import { contentFields } from './fields';
import { transitions } from './lifecycle';
import { barOf, barredBy } from './independence';
import type { JsonObject, Standing, UserRole, VersionStatus, Viewer } from './model';
import type { AuditOnlyPhase, CommandDeclaration, FullPhase, PhaseDeclaration } from './phase';
import {
  actsNowhere,
  listed,
  refusing,
  someone,
  statusTitle,
  verdict,
  type CreationFacts,
  type FullFacts,
  type RecordFacts,
  type Requirement,
  type RequirementCode,
  type Rule,
  type Unmet,
  type VersionFacts,
} from './rules';
import { demandText } from './reasons';
import { isOneOf, signOffs, signsOnce, unsigned } from './signing';

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

/** Who read the log is for those who answer for it, as the log of the reference data is. */
export const canSeeLogReads = canSeeReferenceLog;

const assignments: Record<UserRole, (standing: Standing) => boolean> = {
  TESTER: (standing) => standing.isTester || standing.isTestLead,
  REPORT_OWNER: (standing) => standing.isReportOwner,
  TEST_EXECUTIVE: (standing) => standing.isTestExecutive,
  DATA_EXECUTIVE: () => true, // answers for the data of every workflow
  DATA_OWNER: (standing) => standing.isDataOwner,
  ADMIN: () => false, // manages reference data, never edits or decides
  AUDITOR: () => false, // reads everything, writes nothing
};

/** Acting needs the role and the assignment. */
function actsAs(roles: readonly UserRole[], { viewer, standing }: CreationFacts): boolean {
  if (actsNowhere(viewer)) return false;
  return roles.some((role) => viewer.roles.includes(role) && assignments[role](standing));
}

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
const approversOf = (phase: PhaseDeclaration): readonly UserRole[] =>
  phase.versioning === 'FULL' ? phase.approvedBy : [];
const restrictedTo = ({ version: { fields } }: PhaseDeclaration): readonly UserRole[] =>
  contentFields(fields).flatMap(([, { restricted }]) => restricted?.to ?? []);
const preparer = (deed: string) => only<CreationFacts>((phase) => phase.preparedBy, deed);
const approver = (deed: string): Rule<FullFacts> => only(approversOf, deed);

const inStatus =
  (deed: string, ...allowed: VersionStatus[]): Rule<FullFacts> =>
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

const deleted: Rule<FullFacts> = ({ version, phase }) =>
  verdict(
    version.isDeleted,
    version.isDeleted ? 'The version is deleted.' : 'The version is not deleted.',
    phase.preparedBy,
    refusing(
      'INVALID_TRANSITION',
      `Version ${version.versionNumber} of ${phase.title} is not deleted, so there is nothing to undelete.`,
    ),
  );

const reviewedItemByItem: Rule<FullFacts> = ({ phase }) =>
  verdict(
    phase.item.reviewed === 'BY_DECISIONS',
    `Items of ${phase.title} ${phase.item.reviewed === 'BY_DECISIONS' ? 'are' : 'are not'} decided one by one.`,
    phase.approvedBy,
    refusing(
      'BAD_USER_INPUT',
      `Items of ${phase.title} are not reviewed one by one: an item's own decision is the decision. Use putItems while the version is a draft.`,
    ),
  );

const itemsToDecide: Rule<FullFacts> = ({ items, phase }) =>
  verdict(
    items.total > 0,
    `The version has ${items.total} items.`,
    phase.preparedBy,
    refusing('BAD_USER_INPUT', 'The version has no items, so there is nothing to decide one by one.'),
  );

const fourEyes: Rule<VersionFacts> = ({ version: { submittedBy }, phase, viewer, editors }) => {
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
    refusing(
      'FOUR_EYES',
      'Who edited or submitted a version may not decide on it. Ask somebody else of this workflow who may.',
    ),
  );
};

const itemsDecided: Rule<FullFacts> = ({ items, phase }) => {
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

const baseIsCurrent: Rule<FullFacts> = ({ version, current, phase }) => {
  const currentVersionId = current?.versionId ?? null;
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

const baseIsBehind: Rule<FullFacts> = ({ version, current, phase }) =>
  verdict(
    version.baseVersionId !== (current?.versionId ?? null),
    'Another version came into force since this draft was started.',
    phase.preparedBy,
    refusing(
      'INVALID_TRANSITION',
      `Version ${version.versionNumber} of ${phase.title} is based on the version in force: there is nothing to merge.`,
    ),
  );

const prerequisites: Rule<CreationFacts> = ({ missingPrerequisites: missing, phase }) => {
  const needs = listed(
    missing.map(
      ({ title, versioning }) => `${title} has ${versioning === 'FULL' ? 'an approved version' : 'a record'}`,
    ),
  );
  return verdict(
    missing.length === 0,
    missing.length === 0 ? 'The phases before it are done.' : `${phase.title} opens when ${needs}.`,
    missing.flatMap((needed) => (needed.versioning === 'FULL' ? needed.approvedBy : needed.preparedBy)),
    refusing('PREREQUISITE_MISSING', `${phase.title} opens when ${needs}. Do that first.`, {
      blockedBy: missing.map((needed) => needed.key),
    }),
  );
};

const hasItems: Rule<FullFacts> = ({ items, phase }) =>
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
const approval: readonly (readonly [RequirementCode, Rule<FullFacts>])[] = [
  ['ROLE', approver('approve')],
  ['SUBMITTED', inStatus('approve', transitions.APPROVE.from)],
  ['FOUR_EYES', fourEyes],
  ['ITEMS_DECIDED', itemsDecided],
  ['BASE_IS_CURRENT', baseIsCurrent],
  ['SIGN_OFFS', signOffs],
  ['PREREQUISITES', prerequisites],
];

/** Role first (a stranger learns nothing of the state), then the state, then what has to be done before. */
const actions = {
  EDIT: [preparer('edit'), inStatus('edit', 'DRAFT')],
  // Writing nothing but restricted values: never offered, because a preparer's EDIT includes it.
  WAIVE: [only((phase) => [...phase.preparedBy, ...restrictedTo(phase)], 'edit'), inStatus('edit', 'DRAFT')],
  SUBMIT: [preparer('submit'), inStatus('submit', transitions.SUBMIT.from), hasItems, prerequisites],
  WITHDRAW: [preparer('withdraw'), inStatus('withdraw', transitions.WITHDRAW.from)],
  APPROVE: approval.map(([, rule]) => rule),
  REJECT: [approver('reject'), inStatus('reject', transitions.REJECT.from), fourEyes],
  DECIDE_ITEMS: [
    approver('decide items of'),
    reviewedItemByItem,
    inStatus('decide items of', 'PENDING_APPROVAL'),
    fourEyes,
    itemsToDecide,
  ],
  REVISE: [preparer('revise'), inStatus('revise', 'REJECTED'), prerequisites],
  RESTORE: [preparer('restore'), inStatus('restore', 'SUPERSEDED', 'APPROVED', 'REJECTED'), prerequisites],
  REBASE: [preparer('rebase'), inStatus('rebase', 'DRAFT'), baseIsBehind],
  DELETE: [preparer('delete'), inStatus('delete', 'DRAFT', 'REJECTED')],
  UNDELETE: [preparer('undelete'), deleted],
  SIGN_OFF: [
    isOneOf(
      'signerId',
      'give this signature',
      'Nobody signs in the name of somebody else; whose signature it is may delegate it (delegateSignOff).',
    ),
    inStatus('sign', 'PENDING_APPROVAL'),
    fourEyes,
    unsigned('signerId'),
    signsOnce,
  ],
  DELEGATE_SIGN_OFF: [
    isOneOf(
      'principalId',
      'delegate this signature',
      'Whose signature it is delegates it, and a delegate does not delegate it further.',
    ),
    inStatus('delegate a signature on', 'DRAFT', 'PENDING_APPROVAL'),
    unsigned('principalId'),
  ],
} satisfies Record<string, readonly Rule<FullFacts>[]>;

/** Whoever does one of these saves the draft, and is its editor from then on, also if what they saved changed nothing. */
export const savesDraft = (action: VersionAction): boolean => action === 'EDIT' || action === 'REBASE';

export type DraftAction = keyof typeof actions;
export const draftActions = Object.keys(actions) as readonly DraftAction[];
/** What may be done with a version: an action of drafts, or a verb that an audit-only phase declares. */
export type VersionAction = string;

// ── audit-only phases: a record is acted on through its latest version, by the phase's own commands ──────────────────

const nameOf = ({ phase, version }: RecordFacts): string =>
  `Version ${version.versionNumber} of this ${phase.title} record`;

const latestOfRecord: Rule<RecordFacts> = (facts) => {
  const isLatest = facts.version.status === 'RECORDED';
  return verdict(isLatest, `${nameOf(facts)} is ${isLatest ? '' : 'not '}its latest.`, [], () =>
    notTheLatest(facts.version.versionNumber, facts.current!),
  );
};

const notReplaced: Rule<RecordFacts> = (facts) =>
  verdict(
    !facts.isReplaced,
    facts.isReplaced ? 'Another record took its place.' : 'No other record took its place.',
    [],
    refusing('INVALID_TRANSITION', 'Another record took the place of this one. Act on that.'),
  );

/** Whether a record stands where the command takes it. */
export const isTakenBy = ({ takes }: CommandDeclaration, content: JsonObject): boolean =>
  !takes || content[takes.field] === takes.value;

const acceptedBy =
  (command: CommandDeclaration): Rule<RecordFacts> =>
  (facts) => {
    const refused = isTakenBy(command, facts.content) ? null : command.takes!.otherwise;
    return verdict(
      refused === null,
      refused ?? `${nameOf(facts)} can take it.`,
      [],
      refusing('INVALID_TRANSITION', `${nameOf(facts)} does not take this: ${refused}.`),
    );
  };

const rulesOfCommand = (command: CommandDeclaration): readonly Rule<RecordFacts>[] => [
  only<RecordFacts>((phase) => command.by ?? phase.preparedBy, 'change records of'),
  latestOfRecord,
  notReplaced,
  acceptedBy(command),
  ...(command.isReview ? [fourEyes] : []),
];

/** Versions of audit-only phases have no drafts to edit, submit or decide. */
const notDrafted: readonly Rule<RecordFacts>[] = [
  only<RecordFacts>((phase) => phase.preparedBy, 'change records of'),
  ({ phase }) =>
    verdict(
      false,
      `${phase.title} is recorded, not drafted.`,
      [],
      refusing(
        'INVALID_TRANSITION',
        `${phase.title} is recorded, not drafted. Use ${listed(Object.keys(phase.commands), 'or')}.`,
      ),
    ),
];

/** Drafts take no commands of audit-only phases. */
const notRecorded: readonly Rule<FullFacts>[] = [
  preparer('change'),
  ({ phase }) =>
    verdict(
      false,
      `${phase.title} is drafted, not recorded.`,
      [],
      refusing('INVALID_TRANSITION', `${phase.title} is drafted, not recorded.`),
    ),
];

const commandFor = (phase: AuditOnlyPhase, action: VersionAction): CommandDeclaration | undefined =>
  Object.values(phase.commands).find((command) => command.action === action);

/** The rules of an action, with the facts they are asked about; a wrong pair of phase and action is refused by a rule too. */
function firstRefusal(action: VersionAction, facts: VersionFacts, from: number, to?: number): Unmet | undefined {
  if (facts.phase.versioning === 'FULL')
    return firstUnmet((actions[action as DraftAction] ?? notRecorded).slice(from, to), facts as FullFacts);
  const command = commandFor(facts.phase, action);
  return firstUnmet((command ? rulesOfCommand(command) : notDrafted).slice(from, to), facts as RecordFacts);
}

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
  const forbidden = firstRefusal(action, facts, 0, 1);
  if (forbidden) throw forbidden.refusal();
  if (facts.version.revision !== expectedRevision) throw staleRevision(expectedRevision, facts.version.revision);
  const unmet = firstRefusal(action, facts, 1);
  if (unmet) throw unmet.refusal();
}

/** createVersion starts drafts only; records of audit-only phases start with a command of their own. */
export function demandDrafted(phase: PhaseDeclaration): asserts phase is FullPhase {
  if (phase.versioning === 'FULL') return;
  const starting = Object.keys(phase.commands).filter((name) => !phase.commands[name]!.action);
  throw badInput(`${phase.title} is recorded, not drafted. Start a record with ${listed(starting, 'or')}.`, {
    mutations: starting,
  });
}

/** Values that only some roles may set, and explain: whoever else writes the draft may send them only as they are already. */
export function demandRestricted(
  facts: CreationFacts,
  { version: { fields } }: FullPhase,
  before: JsonObject,
  sent: JsonObject,
  reason: string | null | undefined,
): void {
  for (const [name, { restricted }] of contentFields(fields)) {
    if (!restricted || sent[name] !== restricted.value || before[name] === restricted.value) continue;
    if (!actsAs(restricted.to, facts))
      throw new DomainError(
        'FORBIDDEN',
        `Only a ${someone(restricted.to)} assigned to this workflow may set ${name} to ${JSON.stringify(restricted.value)}. Leave it out.`,
        { requiredRoles: restricted.to },
      );
    demandText(
      `To set ${name} to ${JSON.stringify(restricted.value)} takes a reason: say why in \`reason\`.`,
      'reason',
      reason,
    );
  }
}

/** What writing these fields takes: restricted ones alone may be written by those they are reserved for. */
export function writing({ version: { fields } }: FullPhase, names: readonly string[]): 'EDIT' | 'WAIVE' {
  const restricted = contentFields(fields).flatMap(([name, field]) => (field.restricted ? [name] : []));
  return names.length > 0 && names.every((name) => restricted.includes(name)) ? 'WAIVE' : 'EDIT';
}

export function demandCreation(facts: CreationFacts): void {
  const unmet = firstUnmet(creation, facts);
  if (unmet) throw unmet.refusal();
}

/** Why the viewer may not start a version here; null when they may. */
export const cannotCreateReason = (facts: CreationFacts): string | null =>
  firstUnmet(creation, facts)?.refusal().message ?? null;

const onSignatures: readonly DraftAction[] = ['SIGN_OFF', 'DELEGATE_SIGN_OFF'];

/** What can be offered for versions of a phase. */
export const actionsOf = (phase: PhaseDeclaration): VersionAction[] =>
  phase.versioning === 'FULL'
    ? draftActions.filter((action) => action !== 'WAIVE' && (phase.signOffs || !onSignatures.includes(action)))
    : Object.values(phase.commands).flatMap(({ action }) => action ?? []);

export const availableActions = (facts: VersionFacts): VersionAction[] =>
  actionsOf(facts.phase).filter((action) => !firstRefusal(action, facts, 0));

/** What is a decision on others' work: the versions that wait for somebody wait for one of these. */
const deciding: readonly DraftAction[] = ['APPROVE', 'REJECT', 'DECIDE_ITEMS', 'SIGN_OFF'];

/** Whether the version waits for a decision that the viewer may take. */
export const awaitsDecision = (facts: VersionFacts): boolean => {
  const decisions =
    facts.phase.versioning === 'FULL'
      ? deciding
      : Object.values(facts.phase.commands).flatMap(({ action, isReview }) => (isReview && action ? [action] : []));
  return decisions.some((action) => !firstRefusal(action, facts, 0));
};

/** Empty for audit-only versions: what is recorded needs no approval. */
export const approvalRequirements = (facts: VersionFacts): Requirement[] =>
  facts.phase.versioning === 'AUDIT_ONLY'
    ? []
    : approval.map(([code, rule]) => {
        const { status, explanation, satisfiableBy } = rule(facts as FullFacts);
        return { code, status, explanation, satisfiableBy };
      });
