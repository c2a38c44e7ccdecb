/** The actions on versions of fully versioned phases: one table, a list of rules for each. */
import { approversOf, fourEyes, only, preparer } from './acting';
import { cycleIsOpen } from './cycle';
import { contentFields } from './fields';
import { transitions } from './lifecycle';
import type { UserRole, VersionStatus } from './model';
import type { PhaseDeclaration } from './phase';
import {
  listed,
  statusTitle,
  verdict,
  type CreationFacts,
  type DraftDecisionFacts,
  type FullFacts,
  type ItemCounts,
  type RequirementCode,
  type Rule,
  type ActorFacts,
} from './rules';
import { isOneOf, signOffs, signsOnce, unsigned } from './signing';

const restrictedTo = ({ version: { fields } }: PhaseDeclaration): readonly UserRole[] =>
  contentFields(fields).flatMap(([, { restricted }]) => restricted?.to ?? []);
const approver = (deed: string): Rule<ActorFacts> => only(approversOf, deed);

const inStatus =
  (deed: string, ...allowed: VersionStatus[]): Rule<DraftDecisionFacts> =>
  ({ version, phase }) => {
    const name = `Version ${version.versionNumber} of ${phase.title}`;
    const met = !version.isDeleted && allowed.includes(version.status);
    const is = version.isDeleted ? 'deleted' : statusTitle(version.status);
    const takes = allowed.map(statusTitle).join(' or ');
    return verdict(
      met,
      met ? `${name} is ${is}.` : `${name} is ${is}; to ${deed} it, it must be ${takes}.`,
      version.status === 'DRAFT' ? phase.preparedBy : [],
      'INVALID_TRANSITION',
      version.isDeleted
        ? `${name} is deleted. Undelete it first.`
        : `${name} is ${is}; to ${deed} it, it must be ${takes}.`,
      { status: version.status, allowedFrom: allowed },
    );
  };

const deleted: Rule<FullFacts> = ({ version, phase }) =>
  verdict(
    version.isDeleted,
    version.isDeleted ? 'The version is deleted.' : 'The version is not deleted.',
    phase.preparedBy,
    'INVALID_TRANSITION',
    `Version ${version.versionNumber} of ${phase.title} is not deleted, so there is nothing to undelete.`,
  );

const reviewedItemByItem: Rule<FullFacts> = ({ phase }) =>
  verdict(
    phase.item.reviewed === 'BY_DECISIONS',
    `Items of ${phase.title} ${phase.item.reviewed === 'BY_DECISIONS' ? 'are' : 'are not'} decided one by one.`,
    phase.approvedBy,
    'BAD_USER_INPUT',
    `Items of ${phase.title} are not reviewed one by one: an item's own decision is the decision. Use putItems while the version is a draft.`,
  );

const itemsToDecide: Rule<FullFacts> = ({ items, phase }) =>
  verdict(
    items.total > 0,
    `The version has ${items.total} items.`,
    phase.preparedBy,
    'BAD_USER_INPUT',
    'The version has no items, so there is nothing to decide one by one.',
  );

/** Rejected items count as decided, and do not come into force with the others. */
const rejected = ({ rejected: count }: ItemCounts): string =>
  count === 0 ? '' : `; ${count} ${count === 1 ? 'is' : 'are'} rejected`;

const itemsDecided: Rule<FullFacts> = ({ items, phase, version }) => {
  const decided = phase.item.reviewed === 'BY_DECISIONS';
  const andSo =
    version.status === 'DRAFT'
      ? 'Give each item its decision (putItems), then submit.'
      : 'Withdraw the version and give each item its decision.';
  return verdict(
    items.undecided === 0,
    items.undecided === 0
      ? `All ${items.total} items are decided${rejected(items)}.`
      : `${items.undecided} of ${items.total} items are undecided${rejected(items)}.`,
    decided ? phase.approvedBy : phase.preparedBy,
    'ITEMS_UNDECIDED',
    `${items.undecided} of ${items.total} items are undecided. ${decided ? 'Decide them (decideItems), then approve.' : andSo}`,
    { undecided: items.undecided, total: items.total },
  );
};

const baseIsCurrent: Rule<FullFacts> = ({ version, current, phase }) => {
  const currentVersionId = current?.versionId ?? null;
  if (version.effectiveFrom)
    return { status: 'NOT_APPLICABLE', explanation: 'The version has come into force already.', satisfiableBy: [] };
  const isCurrent = version.baseVersionId === currentVersionId;
  const rebase = version.status === 'DRAFT' ? 'Rebase it' : 'Withdraw it and rebase it';
  return verdict(
    isCurrent,
    isCurrent
      ? 'The version in force is the one this draft was based on.'
      : 'Another version came into force since this draft was started.',
    phase.preparedBy,
    'STALE_BASE',
    `Another version came into force since this draft was started. ${rebase} onto the current version, or start a new draft from that.`,
    { baseVersionId: version.baseVersionId, currentVersionId },
  );
};

const baseIsBehind: Rule<FullFacts> = ({ version, current, phase }) =>
  verdict(
    version.baseVersionId !== (current?.versionId ?? null),
    'Another version came into force since this draft was started.',
    phase.preparedBy,
    'INVALID_TRANSITION',
    `Version ${version.versionNumber} of ${phase.title} is based on the version in force: there is nothing to merge.`,
  );

/** The prerequisite phases are done. */
export const prerequisites: Rule<CreationFacts> = ({ missingPrerequisites: missing, phase }) => {
  const needs = listed(
    missing.map(
      ({ title, versioning }) => `${title} has ${versioning === 'FULL' ? 'an approved version' : 'a record'}`,
    ),
  );
  return verdict(
    missing.length === 0,
    missing.length === 0 ? 'The phases before it are done.' : `${phase.title} opens when ${needs}.`,
    missing.flatMap((needed) => (needed.versioning === 'FULL' ? needed.approvedBy : needed.preparedBy)),
    'PREREQUISITE_MISSING',
    `${phase.title} opens when ${needs}. Do that first.`,
    {
      blockedBy: missing.map((needed) => needed.key),
    },
  );
};

const hasItems: Rule<FullFacts> = ({ items, phase }) =>
  verdict(
    items.total >= phase.item.atLeast,
    `The version has ${items.total} items.`,
    phase.preparedBy,
    'INVALID_TRANSITION',
    `An empty version of ${phase.title} cannot be submitted. Add at least one item (putItems).`,
  );

/** The rules of an approval, in the order in which they are explained; a refusal names the first that is not met. */
export const approval: readonly (readonly [RequirementCode, Rule<FullFacts>])[] = [
  ['ROLE', approver('approve')],
  ['SUBMITTED', inStatus('approve', transitions.APPROVE.from)],
  ['FOUR_EYES', fourEyes],
  ['ITEMS_DECIDED', itemsDecided],
  ['BASE_IS_CURRENT', baseIsCurrent],
  ['SIGN_OFFS', signOffs],
  ['PREREQUISITES', prerequisites],
];

/** Decisions that are part of the items' content, which submitting freezes. */
const itemsSayDecision: Rule<FullFacts> = (facts) =>
  facts.phase.item.reviewed === 'BY_DECISIONS'
    ? { status: 'NOT_APPLICABLE', explanation: 'Items are decided in the review.', satisfiableBy: [] }
    : itemsDecided(facts);

/**
 * The conditions of an approval that nobody can change once the draft is submitted: it is frozen, and a superseded version never comes into
 * force again. Roles, assignments, signatures and review decisions can all still change.
 */
const couldBeApproved: readonly Rule<FullFacts>[] = [itemsSayDecision, baseIsCurrent];

/** Who may be asked to revise a version, whether or not the prerequisite phases are done now. */
export const mayRevise: readonly Rule<DraftDecisionFacts>[] = [
  preparer('revise'),
  inStatus('revise', 'REJECTED'),
  cycleIsOpen,
];

/** Role first (a stranger learns nothing of the state), then the state, then what has to be done before. */
export const actions = {
  EDIT: [preparer('edit'), inStatus('edit', 'DRAFT')],
  // Writing only restricted values. It is never offered, because a preparer's EDIT includes it.
  WAIVE: [only((phase) => [...phase.preparedBy, ...restrictedTo(phase)], 'edit'), inStatus('edit', 'DRAFT')],
  SUBMIT: [
    preparer('submit'),
    inStatus('submit', transitions.SUBMIT.from),
    hasItems,
    prerequisites,
    ...couldBeApproved,
  ],
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
  REVISE: [...mayRevise, prerequisites],
  RESTORE: [preparer('restore'), inStatus('restore', 'SUPERSEDED', 'APPROVED', 'REJECTED'), cycleIsOpen, prerequisites],
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

export type DraftAction = keyof typeof actions;
export const draftActions = Object.keys(actions) as readonly DraftAction[];
