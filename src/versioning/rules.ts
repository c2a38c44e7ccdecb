/** Rules: the facts they look at, the verdicts they give, and the words for both. */
import { DomainError } from './errors';
import type { JsonObject, WorkflowAssignment, UserRole, VersionHeader, VersionStatus, Viewer } from './model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from './phase';
import type { SignOffState } from './sign-offs';

/** The viewer, the phase, and the viewer's assignment to the workflow. */
export interface ActorFacts {
  readonly phase: PhaseDeclaration;
  readonly viewer: Viewer;
  readonly assignment: WorkflowAssignment;
}

/** What is known before there is a version. */
export interface CreationFacts extends ActorFacts {
  readonly missingPrerequisites: readonly PhaseDeclaration[];
}

/** The columns of a version that rules look at. */
export type RuledVersion = Pick<
  VersionHeader,
  'versionNumber' | 'status' | 'createdBy' | 'submittedBy' | 'baseVersionId' | 'contentHash' | 'revision' | 'isDeleted'
> & {
  /** When it came into force, in any format; null if it never did. */
  readonly effectiveFrom: Date | string | null;
};

interface CommonFacts extends ActorFacts {
  readonly version: RuledVersion;
  /** The people who wrote to the version, as the capture recorded them; for a record, to any of its versions other than by reviewing. */
  readonly editors: readonly number[];
  /** The record's version in force. */
  readonly current: { readonly versionId: string; readonly versionNumber: number } | null;
}

/** The facts that decide who may review a version of a fully versioned phase … */
export interface DraftDecisionFacts extends CommonFacts {
  readonly phase: FullPhase;
  /** The signatures that the approval requires. */
  readonly signOffs: readonly SignOffState[];
  /** The signature to be given or delegated; any of them if omitted. */
  readonly signOffRole?: string;
  /** The names of the people involved in signatures. */
  readonly nameOf: (userId: number) => string;
}

/** … and on one of an audit-only phase. */
export interface RecordDecisionFacts extends CommonFacts {
  readonly phase: AuditOnlyPhase;
  /** The record's content, or at least the fields that commands look at. */
  readonly content: JsonObject;
  /** Whether another record replaced this one. */
  readonly isReplaced: boolean;
}

export type DecisionFacts = DraftDecisionFacts | RecordDecisionFacts;

/** The review state of a version's items, as counts. */
export interface ItemCounts {
  readonly total: number;
  readonly undecided: number;
  readonly rejected: number;
}

/** All facts about a version of a fully versioned phase … */
export interface FullFacts extends DraftDecisionFacts, CreationFacts {
  readonly phase: FullPhase;
  readonly items: ItemCounts;
}

/** … and in one of an audit-only phase. */
export interface RecordFacts extends RecordDecisionFacts, CreationFacts {
  readonly phase: AuditOnlyPhase;
}

export type VersionFacts = FullFacts | RecordFacts;

export type RequirementCode =
  'SUBMITTED' | 'ROLE' | 'FOUR_EYES' | 'ITEMS_DECIDED' | 'BASE_IS_CURRENT' | 'SIGN_OFFS' | 'PREREQUISITES';
/** OVERRIDDEN: met because an authorized person waived a part of it. */
export const requirementStatuses = ['SATISFIED', 'UNSATISFIED', 'NOT_APPLICABLE', 'OVERRIDDEN'] as const;
export type RequirementStatus = (typeof requirementStatuses)[number];

export interface Requirement {
  readonly code: RequirementCode;
  readonly status: RequirementStatus;
  readonly explanation: string;
  readonly satisfiableBy: readonly UserRole[];
}

export type Verdict = Omit<Requirement, 'code'> &
  (
    | { readonly status: 'NOT_APPLICABLE' | 'OVERRIDDEN' }
    /** Makes the mutation's error. It is a function because rules are evaluated far more often than they refuse. */
    | { readonly status: 'SATISFIED' | 'UNSATISFIED'; readonly refusal: () => DomainError }
  );
export type Unmet = Extract<Verdict, { refusal: unknown }>;

export type Rule<F> = (facts: F) => Verdict;

export const listed = (words: readonly string[], and = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
/** What a version is in a status, as the end of a sentence: “is a draft”, “is pending approval”. */
export const statusTitle = (status: VersionStatus): string =>
  status === 'DRAFT' ? 'a draft' : status.toLowerCase().replace('_', ' ');

/** Makes a verdict: whether a rule is met, and the mutation's error if not, given as an error or a function that makes it. */
export const verdict = (
  met: boolean,
  explanation: string,
  satisfiableBy: readonly UserRole[],
  ...refusal: ConstructorParameters<typeof DomainError> | [make: () => DomainError]
): Verdict => ({
  status: met ? 'SATISFIED' : 'UNSATISFIED',
  explanation,
  satisfiableBy,
  refusal: () => (typeof refusal[0] === 'function' ? refusal[0]() : new DomainError(...refusal)),
});
