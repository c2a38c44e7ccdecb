/** The data of a workpaper, as the API returned it at one instant. It is attached to the PDF unchanged. */
import type { JsonObject } from '../../versioning/model';

export interface Person {
  readonly userId: number;
  readonly name: string;
}

export interface Numbered {
  readonly versionId: string;
  readonly versionNumber: number;
}

/** What a field refers to. */
export type Referred = Person | Numbered | { readonly lobId: string; readonly name: string };

export interface Commit {
  readonly sequence: number;
  readonly committedAt: string;
  readonly actor: Person | null;
  readonly origin: string;
  readonly operation: string;
  readonly operator: string | null;
  readonly reason: string | null;
  readonly occurredAt: string | null;
  readonly previousHash: string | null;
  readonly hash: string;
}

export interface Signature {
  readonly signOffRole: string;
  readonly signOffStatus: string;
  readonly signOffUser: Person | null;
  readonly signerName: string | null;
  readonly signOffDate: string | null;
  readonly signOffComments: string | null;
  readonly meaning: string | null;
  readonly delegatedFromName: string | null;
  readonly delegationReason: string | null;
  readonly signedContentHash: string | null;
  readonly countsForApproval: boolean;
  readonly notCountedBecause: string | null;
}

export interface Item {
  readonly itemKey: string;
  readonly label: string;
  readonly reviewStatus: string;
  readonly contentHash: string;
  readonly content: JsonObject;
  readonly carriedFromVersion: Numbered | null;
  readonly decision: {
    readonly status: string;
    readonly decidedAt: string;
    readonly decidedBy: Person;
    readonly notes: string | null;
    readonly countsForApproval: boolean;
    readonly notCountedBecause: string | null;
    readonly decidedInVersion: Numbered;
  } | null;
  /** Besides these, the objects that fields refer to, under the fields' names. */
  readonly [field: string]: unknown;
}

export interface FieldDifference {
  readonly kind: string;
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface Differences {
  readonly summary: Readonly<Record<'added' | 'changed' | 'removed' | 'unchanged' | 'fieldsChanged', number>>;
  readonly fields: readonly FieldDifference[];
  readonly items: readonly {
    readonly kind: string;
    readonly itemKey: string;
    readonly label: string;
    readonly fields: readonly FieldDifference[];
  }[];
}

export interface VersionHead extends Numbered {
  readonly phase: string;
  readonly masterRecordId: string;
  readonly status: string;
  readonly basis: string;
  readonly revision: number;
  readonly contentHash: string;
  readonly content: JsonObject;
  readonly isDeleted: boolean;
  readonly createdAt: string;
  readonly createdBy: Person;
  readonly submittedAt: string | null;
  readonly submittedBy: Person | null;
  readonly reviewedAt: string | null;
  readonly reviewedBy: Person | null;
  readonly approvalNotes: string | null;
  readonly effectiveFrom: string | null;
  readonly effectiveTo: string | null;
  readonly deletedAt: string | null;
  readonly deletedBy: Person | null;
  readonly base: Numbered | null;
  readonly parent: Numbered | null;
  readonly [field: string]: unknown;
}

export interface Version extends VersionHead {
  readonly editors: readonly Person[];
  readonly signatures: readonly Signature[];
  readonly items: readonly Item[];
  /** The changes since the previous version that the reader may see; null if there is none. */
  readonly before: { readonly versionNumber: number; readonly differences: Differences } | null;
  readonly commits: readonly Commit[];
}

export type Figures = Readonly<Record<string, number | null>>;

export interface PhaseSummary {
  readonly phase: string;
  readonly progress: string;
  readonly blockedBy: readonly string[];
  readonly metrics: Figures;
}

export interface PhasePart extends PhaseSummary {
  /** All versions of the phase, newest first. */
  readonly history: readonly VersionHead[];
  /** Versions shown in full: the one in force, and any started since. */
  readonly versions: readonly Version[];
}

export interface WorkflowHead {
  readonly workflowId: string;
  readonly cycle: { readonly cycleId: string; readonly name: string };
  readonly report: { readonly reportId: string; readonly name: string; readonly number: string };
  readonly testers: readonly Person[];
  readonly testLead: Person | null;
  readonly reportOwner: Person | null;
  readonly testExecutive: Person | null;
  /** The workflow's last commit at the instant. */
  readonly head: { readonly sequence: number; readonly committedAt: string; readonly hash: string } | null;
}

interface Common {
  readonly format: 'phaseledger-workpaper-1';
  /** The instant at which everything was read. */
  readonly at: string;
  readonly workflow: WorkflowHead;
  /** The meaning of each figure, in the words of the API. */
  readonly definitions: Readonly<Record<string, string>>;
}

export type Paper = Common &
  (
    | { readonly of: 'VERSION'; readonly version: Version; readonly standing: PhaseSummary }
    | { readonly of: 'PHASE'; readonly phase: PhasePart; readonly commits: readonly Commit[] }
    | { readonly of: 'WORKFLOW'; readonly phases: readonly PhasePart[]; readonly commits: readonly Commit[] }
  );
