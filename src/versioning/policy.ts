/**
 * The policy: who may do what with a version, and when, as one table of actions, each a list of rules. The same rules guard mutations
 * (`demand`), offer actions (`availableActions`) and explain approvals (`approvalRequirements`), so the three cannot disagree.
 */
import { actsAs, preparer } from './acting';
import { cycleIsOpen } from './cycle';
import { actions, approval, draftActions, prerequisites, type DraftAction } from './draft-rules';
import { badInput, DomainError, staleRevision } from './errors';
import { contentFields } from './fields';
import { roleToSign } from './fitness';
import type { JsonObject, UserRole } from './model';
import type { AuditOnlyPhase, CommandDeclaration, FullPhase, PhaseDeclaration } from './phase';
import { requireText } from './reasons';
import { notDrafted, notRecorded, rulesOfCommand } from './record-rules';
import { someone } from './roles';
import {
  listed,
  type CreationFacts,
  type DecisionFacts,
  type DraftDecisionFacts,
  type FullFacts,
  type RecordFacts,
  type Requirement,
  type Rule,
  type Unmet,
  type VersionFacts,
} from './rules';

/** An action on a version: one of drafts, or a verb that an audit-only phase declares. */
export type VersionAction = string;

/** Actions that save the draft and make the actor its editor, even if nothing changed. */
export const savesDraft = (action: VersionAction): boolean => action === 'EDIT' || action === 'REBASE';

const commandFor = (phase: AuditOnlyPhase, action: VersionAction): CommandDeclaration | undefined =>
  Object.values(phase.commands).find((command) => command.action === action);

/** Evaluates a range of an action's rules. A phase that does not have the action is refused by a rule as well. */
function firstRefusal(action: VersionAction, facts: VersionFacts, from: number, to?: number): Unmet | undefined {
  if (facts.phase.versioning === 'FULL')
    return firstUnmet((actions[action as DraftAction] ?? notRecorded).slice(from, to), facts as FullFacts);
  const command = commandFor(facts.phase, action);
  return firstUnmet((command ? rulesOfCommand(command) : notDrafted).slice(from, to), facts as RecordFacts);
}

const creation: readonly Rule<CreationFacts>[] = [preparer('start'), cycleIsOpen, prerequisites];

const firstUnmet = <F>(rules: readonly Rule<F>[], facts: F): Unmet | undefined => {
  for (const rule of rules) {
    const result = rule(facts);
    if (result.status === 'UNSATISFIED') return result;
  }
  return undefined;
};

/** Throws the refusal of the first rule that is not met. The revision is checked after the right to act at all. */
export function requireAllowed(action: VersionAction, facts: VersionFacts, expectedRevision: number): void {
  const forbidden = firstRefusal(action, facts, 0, 1);
  if (forbidden) throw forbidden.refusal();
  if (facts.version.revision !== expectedRevision) throw staleRevision(expectedRevision, facts.version.revision);
  const unmet = firstRefusal(action, facts, 1);
  if (unmet) throw unmet.refusal();
}

/** createVersion starts drafts only; records of audit-only phases start with commands of their own. */
export function requireDrafted(phase: PhaseDeclaration): asserts phase is FullPhase {
  if (phase.versioning === 'FULL') return;
  const starting = Object.keys(phase.commands).filter((name) => !phase.commands[name]!.action);
  throw badInput(`${phase.title} is recorded, not drafted. Start a record with ${listed(starting, 'or')}.`, {
    mutations: starting,
  });
}

/** Restricted values: other writers of the draft may send them only unchanged. */
export function requireOnlyRestricted(
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
    requireText(
      `To set ${name} to ${JSON.stringify(restricted.value)} takes a reason: say why in \`reason\`.`,
      'reason',
      reason,
    );
  }
}

/** The action for writing these fields: if all are restricted, those they are reserved for may write them. */
export function writing({ version: { fields } }: FullPhase, names: readonly string[]): 'EDIT' | 'WAIVE' {
  const restricted = contentFields(fields).flatMap(([name, field]) => (field.restricted ? [name] : []));
  return names.length > 0 && names.every((name) => restricted.includes(name)) ? 'WAIVE' : 'EDIT';
}

export function requireCreatable(facts: CreationFacts): void {
  const unmet = firstUnmet(creation, facts);
  if (unmet) throw unmet.refusal();
}

/** Why the viewer may not start a version here; null if they may. */
export const cannotCreateReason = (facts: CreationFacts): string | null =>
  firstUnmet(creation, facts)?.refusal().message ?? null;

const onSignatures: readonly DraftAction[] = ['SIGN_OFF', 'DELEGATE_SIGN_OFF'];

/** The actions that versions of a phase can offer. */
export const actionsOf = (phase: PhaseDeclaration): VersionAction[] =>
  phase.versioning === 'FULL'
    ? draftActions.filter((action) => action !== 'WAIVE' && (phase.signOffs || !onSignatures.includes(action)))
    : Object.values(phase.commands).flatMap(({ action }) => action ?? []);

export const availableActions = (facts: VersionFacts): VersionAction[] =>
  actionsOf(facts.phase).filter((action) => !firstRefusal(action, facts, 0));

/**
 * Whether the version waits for a decision that the viewer may make. It tests REJECT: whoever may approve or decide items may also reject,
 * and the rules of REJECT need no facts about items, base or other phases.
 */
export const awaitsDecision = (facts: DecisionFacts): boolean => {
  if (isDraft(facts)) return [actions.REJECT, actions.SIGN_OFF].some((rules) => !firstUnmet(rules, facts));
  return reviewsOf(facts.phase).some((command) => !firstUnmet(rulesOfCommand(command), facts));
};

const isDraft = (facts: DecisionFacts): facts is DraftDecisionFacts => facts.phase.versioning === 'FULL';

/** The commands with which others review a record. */
const reviewsOf = ({ commands }: AuditOnlyPhase): CommandDeclaration[] =>
  Object.values(commands).filter(({ action, isReview }) => isReview && action);

/** The roles that may be asked to decide on versions of a phase, if assigned. */
export const decidersOf = (phase: PhaseDeclaration): readonly UserRole[] =>
  phase.versioning === 'FULL'
    ? [...phase.approvedBy, ...(phase.signOffs ?? []).map(roleToSign)]
    : reviewsOf(phase).flatMap(({ by }) => by ?? phase.preparedBy);

/** Empty for audit-only versions, which need no approval. */
export const approvalRequirements = (facts: VersionFacts): Requirement[] =>
  facts.phase.versioning === 'AUDIT_ONLY'
    ? []
    : approval.map(([code, rule]) => {
        const { status, explanation, satisfiableBy } = rule(facts as FullFacts);
        return { code, status, explanation, satisfiableBy };
      });
