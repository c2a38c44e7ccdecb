/**
 * Whose turn it is: what a version asks for, and of whom. It follows from the rules that guard the actions themselves, so nobody is asked
 * for what they may not do. A work list is the same from one person's view.
 */
import { preparer } from './acting';
import { cycleIsOpen } from './cycle';
import { actions, approval, mayRevise } from './draft-rules';
import type { JsonObject, Viewer, WorkflowAssignment } from './model';
import type { AuditOnlyPhase, CommandDeclaration, PhaseDeclaration } from './phase';
import { rulesOfCommand } from './record-rules';
import {
  listed,
  type DraftDecisionFacts,
  type FullFacts,
  type RecordDecisionFacts,
  type RecordFacts,
  type Rule,
  type ActorFacts,
  type Verdict,
  type VersionFacts,
} from './rules';
import { missingSignatures } from './signing';

/**
 * What people are asked for: about drafts, these; besides, owners of data are asked to HAND_IN. WAIT and FOLLOW_UP mean that others are
 * asked. For records, the ask is the verb that the phase declares.
 */
const draftAsks = ['SIGN', 'DECIDE', 'REVISE', 'RESUBMIT', 'FINISH'] as const;
export const HAND_IN = 'HAND_IN';
export const WAIT = 'WAIT';
export const FOLLOW_UP = 'FOLLOW_UP';
export type Ask = string;

/** A person who may be asked in a workflow. */
export interface Person {
  readonly viewer: Viewer;
  readonly assignment: WorkflowAssignment;
}

/** What a version asks for, and of whom. */
export interface Asked {
  readonly ask: Ask;
  readonly of: readonly Viewer[];
}

/** A version in relation to others. */
export interface Lineage {
  /** Whether its record has a later version that is not deleted. */
  readonly isOutdone: boolean;
  /** Whether it is a draft made from a rejected version. */
  readonly answersRejection: boolean;
  /** The current owner of data by this assignment, if they have not submitted anything expected of owners; else null. */
  readonly expectedOf: number | null;
}

/** The facts of rules, without the person. */
export type AnybodysFacts = Omit<DraftDecisionFacts, keyof Person> | Omit<RecordDecisionFacts, keyof Person>;

/** The audit-only phases in which every owner of data is expected to start a record. */
export const expectedOfOwners = (phases: readonly PhaseDeclaration[]): AuditOnlyPhase[] =>
  phases.filter((phase) => phase.versioning === 'AUDIT_ONLY').filter((phase) => phase.expectedOfOwners === true);

/** The commands of a phase that somebody waits for. */
export const awaitedCommands = (phase: PhaseDeclaration): (CommandDeclaration & { readonly action: string })[] =>
  phase.versioning === 'FULL'
    ? []
    : Object.values(phase.commands).flatMap((command) =>
        command.awaited && command.action ? [{ ...command, action: command.action }] : [],
      );

/** The state in which a record waits for a command. */
export const waitingCondition = ({
  awaited,
  takes,
}: CommandDeclaration): { readonly field: string; readonly values: readonly (string | null)[] } | null =>
  awaited?.while ?? (takes ? { field: takes.field, values: [takes.value] } : null);

/** Everything that versions of these phases can ask for. */
export const asksOf = (phases: readonly PhaseDeclaration[]): Ask[] => [
  ...new Set([
    ...draftAsks,
    ...phases.flatMap((phase) => awaitedCommands(phase).map(({ action }) => action)),
    HAND_IN,
    WAIT,
    FOLLOW_UP,
  ]),
];

/** Whether an ask means that others are asked. Work lists and messages contain such entries only on request. */
export const isOfOthers = (ask: Ask): boolean => ask === WAIT || ask === FOLLOW_UP;

const may = <F extends ActorFacts>(rules: readonly Rule<F>[], facts: F): boolean =>
  rules.every((rule) => rule(facts).status !== 'UNSATISFIED');

/** The people who worked on a version. Continuing is their task, or, if none of them can, that of everybody who may. */
const makers = ({ version, editors }: AnybodysFacts): (number | null)[] => [
  ...editors,
  version.createdBy,
  version.submittedBy,
];

/**
 * The rules by which people are asked: those of the action that need only decision facts; its other conditions do not change whose turn it
 * is.
 */
const ofDraft: Readonly<Record<(typeof draftAsks)[number], readonly Rule<DraftDecisionFacts>[]>> = {
  SIGN: actions.SIGN_OFF,
  // Whoever may approve a version or decide its items may also reject it.
  DECIDE: actions.REJECT,
  REVISE: mayRevise,
  RESUBMIT: actions.EDIT,
  FINISH: actions.EDIT,
};

function asksOfDraft(
  facts: Omit<DraftDecisionFacts, keyof Person>,
  lineage: Lineage,
  people: readonly Person[],
): Asked[] {
  const { version } = facts;
  const asked = (ask: (typeof draftAsks)[number]): Asked => ({
    ask,
    of: people.filter((person) => may(ofDraft[ask], { ...facts, ...person })).map(({ viewer }) => viewer),
  });
  const ofItsMakers = (ask: (typeof draftAsks)[number]): Asked => {
    const { of } = asked(ask);
    const own = of.filter(({ userId }) => makers(facts).includes(userId));
    return { ask, of: own.length > 0 ? own : of };
  };
  if (version.status === 'PENDING_APPROVAL') {
    const unsigned = facts.signOffs.some(({ status }) => status !== 'SIGNED');
    return unsigned ? [asked('SIGN'), asked('DECIDE')] : [asked('DECIDE')];
  }
  if (version.status === 'REJECTED') return lineage.isOutdone ? [] : [ofItsMakers('REVISE')];
  if (version.status === 'DRAFT') return [ofItsMakers(lineage.answersRejection ? 'RESUBMIT' : 'FINISH')];
  return [];
}

/** Whether a command is expected of a person: of the one who submitted the record, or of anybody else who may. */
function isExpectedOf({ awaited }: CommandDeclaration, facts: AnybodysFacts, userId: number): boolean {
  const isTheirs = userId === (facts.version.submittedBy ?? facts.version.createdBy);
  return awaited!.of === 'WHO_HANDED_IN' ? isTheirs : !facts.editors.includes(userId);
}

/** The person a record is addressed to; null if there is none. */
const addresseeOf = ({ awaited }: CommandDeclaration, content: JsonObject): number | null =>
  awaited?.addressee === undefined ? null : ((content[awaited.addressee] ?? null) as number | null);

function asksOfRecord(
  facts: Omit<RecordDecisionFacts, keyof Person>,
  { expectedOf }: Lineage,
  people: readonly Person[],
  phases: readonly PhaseDeclaration[],
): Asked[] {
  if (facts.version.status !== 'RECORDED' || facts.isReplaced) return [];
  const standing = awaitedCommands(facts.phase).filter((command) => {
    const where = waitingCondition(command);
    return where === null || where.values.includes(facts.content[where.field] as string | null);
  });
  const asked = standing.map((command): Asked => {
    const able = people.filter((person) => may(rulesOfCommand(command), { ...facts, ...person }));
    const addressee = addresseeOf(command, facts.content);
    const addressed = able.filter(({ viewer }) => viewer.userId === addressee);
    if (addressed.length > 0) return { ask: command.action, of: addressed.map(({ viewer }) => viewer) };
    const expected = able.filter(({ viewer }) => isExpectedOf(command, facts, viewer.userId));
    const of = expected.length > 0 || command.awaited!.of === 'OTHERS' ? expected : able;
    return { ask: command.action, of: of.map(({ viewer }) => viewer) };
  });
  if (expectedOf === null) return asked;
  const owners = people.filter(
    (person) =>
      person.viewer.userId === expectedOf &&
      expectedOfOwners(phases).some((phase) => may([preparer('start'), cycleIsOpen], { ...facts, phase, ...person })),
  );
  return [...asked, { ask: HAND_IN, of: owners.map(({ viewer }) => viewer) }];
}

/** What a version asks for and of whom, most urgent first; empty if it waits for nobody. */
export function asksOfVersion(
  facts: AnybodysFacts,
  lineage: Lineage,
  people: readonly Person[],
  phases: readonly PhaseDeclaration[],
): Asked[] {
  if (facts.version.isDeleted) return [];
  return isDraft(facts) ? asksOfDraft(facts, lineage, people) : asksOfRecord(facts, lineage, people, phases);
}

const isDraft = (facts: AnybodysFacts): facts is Omit<DraftDecisionFacts, keyof Person> =>
  facts.phase.versioning === 'FULL';

/**
 * The first thing a version asks of a person in its workflow; if it only asks others, WAIT for those who submitted it, FOLLOW_UP for
 * everybody else; null if it waits for nobody.
 */
export function askOf(userId: number, facts: AnybodysFacts, asked: readonly Asked[]): Ask | null {
  const theirs = asked.find(({ of }) => of.some((person) => person.userId === userId));
  if (theirs) return theirs.ask;
  const isHandedIn = facts.phase.versioning === 'AUDIT_ONLY' || facts.version.status === 'PENDING_APPROVAL';
  const isAwaited = isHandedIn && asked.some(({ ask }) => ask !== HAND_IN);
  if (isAwaited && makers(facts).includes(userId)) return WAIT;
  return isAwaited || asked.some(({ of }) => of.length > 0) ? FOLLOW_UP : null;
}

/** Since when a version has been in its state: submitted, rejected, or started. */
export const sinceOf = (version: {
  readonly status: string;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly reviewedAt: Date | null;
}): Date => {
  const { status, createdAt, submittedAt, reviewedAt } = version;
  return (status === 'REJECTED' ? reviewedAt : status === 'PENDING_APPROVAL' ? submittedAt : null) ?? createdAt;
};

/** The actions that answer each ask. */
const actionsFor: Readonly<Record<string, readonly string[]>> = {
  SIGN: ['SIGN_OFF', 'DELEGATE_SIGN_OFF'],
  DECIDE: ['DECIDE_ITEMS', 'APPROVE', 'REJECT'],
  REVISE: ['REVISE', 'DELETE'],
  RESUBMIT: ['EDIT', 'REBASE', 'SUBMIT', 'DELETE'],
  FINISH: ['EDIT', 'REBASE', 'SUBMIT', 'DELETE'],
  [HAND_IN]: [],
  [WAIT]: ['WITHDRAW'],
  [FOLLOW_UP]: [],
};
export const isActionFor = (ask: Ask, action: string): boolean => (actionsFor[ask] ?? [ask]).includes(action);

// ── reasons ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What an approval still lacks besides the right person. */
const missingFor = (facts: FullFacts): string[] =>
  approval
    .filter(([code]) => !['ROLE', 'SUBMITTED', 'FOUR_EYES', 'SIGN_OFFS'].includes(code))
    .map(([, rule]): Verdict => rule(facts))
    .flatMap(({ status, explanation }) => (status === 'UNSATISFIED' ? [explanation] : []));

const baseOf = (facts: FullFacts): string[] => {
  const rule = approval.find(([code]) => code === 'BASE_IS_CURRENT')![1](facts);
  return rule.status === 'UNSATISFIED' ? [rule.explanation] : [];
};

function reasonForDraft(ask: Ask, facts: FullFacts): string[] {
  if (ask === 'SIGN') return [missingSignatures(facts)];
  if (ask === 'DECIDE') {
    const missing = missingFor(facts);
    return missing.length > 0 ? missing : ['Nothing but the decision is missing.'];
  }
  if (ask === 'REVISE') return ['It was rejected.'];
  const what = ask === 'RESUBMIT' ? 'The draft answers a rejection and' : 'The draft';
  return [`${what} has not been submitted.`, ...baseOf(facts)];
}

function reasonForRecord({ ask, of }: Asked, { phase, content }: RecordFacts): string[] {
  const command = awaitedCommands(phase).find(({ action }) => action === ask);
  if (!command) return [];
  const addressee = addresseeOf(command, content);
  const isPassedOn = addressee !== null && !of.some(({ userId }) => userId === addressee);
  return [
    command.awaited!.because,
    ...(isPassedOn ? ['The addressee can no longer do that, so everybody who may is asked.'] : []),
  ];
}

/** Why it is somebody's turn, in sentences about the version rather than the viewer. */
export function reasonFor(asked: Asked, facts: VersionFacts, phases: readonly PhaseDeclaration[]): string {
  const { ask, of } = asked;
  const why =
    ask === HAND_IN
      ? [
          `${listed(expectedOfOwners(phases).map(({ title }) => title))}: the owner of this data has handed in nothing yet.`,
        ]
      : facts.phase.versioning === 'FULL'
        ? reasonForDraft(ask, facts as FullFacts)
        : reasonForRecord(asked, facts as RecordFacts);
  return [...why, ...(of.length === 0 ? ['Nobody in this workflow can be expected to do that now.'] : [])].join(' ');
}
