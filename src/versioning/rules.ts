/** What a rule is: the facts that it looks at, the verdict that it gives, and the words for both. */
import { DomainError } from './errors';
import type { JsonObject, WorkflowAssignment, UserRole, VersionHeader, VersionStatus, Viewer } from './model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from './phase';
import type { SignOffState } from './sign-offs';

/** Who asks, about which phase, and how they stand to the workflow. */
export interface StandingFacts {
  readonly phase: PhaseDeclaration;
  readonly viewer: Viewer;
  readonly assignment: WorkflowAssignment;
}

/** What can be known before there is a version. */
export interface CreationFacts extends StandingFacts {
  readonly missingPrerequisites: readonly PhaseDeclaration[];
}

/** What the rules look at in the row of a version. */
export type RuledVersion = Pick<
  VersionHeader,
  'versionNumber' | 'status' | 'createdBy' | 'submittedBy' | 'baseVersionId' | 'contentHash' | 'revision' | 'isDeleted'
> & {
  /** Since when, in whatever form; null if it never came into force. */
  readonly effectiveFrom: Date | string | null;
};

interface CommonFacts extends StandingFacts {
  readonly version: RuledVersion;
  /** Who wrote to the version, as the capture recorded it; to a record, in any of its versions, otherwise than by reviewing. */
  readonly editors: readonly number[];
  /** The version of the record that is in force now. */
  readonly current: { readonly versionId: string; readonly versionNumber: number } | null;
}

/** What says who may decide on a version of a fully versioned phase … */
export interface DraftDecisionFacts extends CommonFacts {
  readonly phase: FullPhase;
  /** The signatures that the approval takes. */
  readonly signOffs: readonly SignOffState[];
  /** The one that somebody wants to give or to delegate; any of them where none is named. */
  readonly signOffRole?: string;
  /** What the people of the signatures are called. */
  readonly nameOf: (userId: number) => string;
}

/** … and on one of an audit-only phase. */
export interface RecordDecisionFacts extends CommonFacts {
  readonly phase: AuditOnlyPhase;
  /** The record's content; at least the fields that commands look at. */
  readonly content: JsonObject;
  /** Whether another record took this one's place. */
  readonly isReplaced: boolean;
}

export type DecisionFacts = DraftDecisionFacts | RecordDecisionFacts;

/** How the items of a version stand. */
export interface ItemCounts {
  readonly total: number;
  readonly undecided: number;
  readonly rejected: number;
}

/** All that the rules look at in a version of a fully versioned phase … */
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
/** OVERRIDDEN: met because somebody who may has done without a part of it. */
export type RequirementStatus = 'SATISFIED' | 'UNSATISFIED' | 'NOT_APPLICABLE' | 'OVERRIDDEN';

export interface Requirement {
  readonly code: RequirementCode;
  readonly status: RequirementStatus;
  readonly explanation: string;
  readonly satisfiableBy: readonly UserRole[];
}

export type Verdict = Omit<Requirement, 'code'> &
  (
    | { readonly status: 'NOT_APPLICABLE' | 'OVERRIDDEN' }
    /** How the mutation says no: made only when it does, since rules are asked far more often than they refuse. */
    | { readonly status: 'SATISFIED' | 'UNSATISFIED'; readonly refusal: () => DomainError }
  );
export type Unmet = Extract<Verdict, { refusal: unknown }>;

export type Rule<F> = (facts: F) => Verdict;

export const listed = (words: readonly string[], and = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
export const statusTitle = (status: VersionStatus): string => status.toLowerCase().replace('_', ' ');

/** Whether a rule is met, and how the mutation says no if it is not: as a refusal, or by what makes it. */
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
