/** The declaration of a phase, from which everything that the core, the API and the database layer do for it follows. */
import type { Content, FieldTable } from './fields';
import type { Signatory } from './fitness';
import type { ItemReviewStatus, JsonObject, UserRole } from './model';

export interface ItemDeclaration {
  /** The GraphQL type, the table, and the names of the input's member and type. */
  readonly type: string;
  readonly table: string;
  readonly input: string;
  readonly inputType: string;
  /** The field that identifies an item within its record; the item's key is derived from it, so the key survives versions. */
  readonly identity?: string;
  /** The item's label: computed from its content, or that of the same identity in another phase's current version. */
  readonly label: ((content: JsonObject) => string) | { readonly sameIdentityIn: string };
  /** The source of the review status: the approver's decisions, or a field that is itself the decision. */
  readonly reviewed:
    'BY_DECISIONS' | { readonly byField: string; readonly statuses: Readonly<Record<string, ItemReviewStatus>> };
  /** The minimum number of items for submission. */
  readonly atLeast: 0 | 1;
  readonly fields: FieldTable;
}

interface VersionDeclaration {
  /** The GraphQL type and the detail table. */
  readonly type: string;
  readonly table: string;
  readonly fields: FieldTable;
  /** A constraint among the fields: returns what is wrong and what to write instead, or null. */
  check?(content: JsonObject): string | null;
}

/** A signature that an approval requires. */
export interface SignOffDeclaration {
  /** Its name in the API, e.g. test_lead. */
  readonly role: string;
  /** The person of the workflow who signs, unless they delegate to somebody who could hold the same position. */
  readonly person: Signatory;
  /** A flag of the version's content; the signature is required only if it is set. */
  readonly onlyIf?: string;
}

interface CommonDeclaration {
  readonly key: string;
  readonly title: string;
  /** The roles that prepare versions or start records, if assigned to the workflow. */
  readonly preparedBy: readonly UserRole[];
  /** Phases that must have an approved version (or, if audit-only, a record) before this one opens. */
  readonly prerequisites: readonly string[];
}

/** A drafted phase: versions are prepared, submitted and decided; a workflow has one record of it. */
export interface FullPhase extends CommonDeclaration {
  readonly versioning: 'FULL';
  /** The roles that decide items, approve and reject. */
  readonly approvedBy: readonly UserRole[];
  /** Whether preparers explicitly decide on their own work: the exception to four eyes. */
  readonly selfAttested?: boolean;
  readonly signOffs?: readonly SignOffDeclaration[];
  readonly version: VersionDeclaration & {
    /** The member of PhaseContentInput, and its type. */
    readonly input: string;
    readonly inputType: string;
  };
  readonly item: ItemDeclaration;
}

/** An audit-only phase: every change of a record is its next version, in force at once; a workflow has any number of records. */
export interface AuditOnlyPhase extends CommonDeclaration {
  readonly versioning: 'AUDIT_ONLY';
  readonly version: VersionDeclaration;
  /** The phase's mutations by name: some start a record, the others create its next version. */
  readonly commands: Readonly<Record<string, CommandDeclaration>>;
  /** The state in which a record waits for somebody. */
  readonly waits?: RecordState;
  /** Whether every owner of data is expected to start a record. */
  readonly expectedOfOwners?: boolean;
  /** The field that names the version of another record which this record replaced. */
  readonly replaces?: string;
  /** For records that assign data to owners: the fields of the owner, of what is owned, and of the period (valid time). */
  readonly ownership?: {
    readonly owner: string;
    readonly lob: string;
    readonly from: string;
    readonly to: string;
  };
}

/** The audit-only phase whose records assign data to owners; exactly one phase does. */
export type OwnershipPhase = AuditOnlyPhase & Required<Pick<AuditOnlyPhase, 'ownership'>>;

export type PhaseDeclaration = FullPhase | AuditOnlyPhase;

/** A state of a record: a field of its content, and its value. */
export interface RecordState<Field extends string = string> {
  readonly field: Field;
  readonly value: string | null;
}

/** The input of a command's functions. Instants are texts, as in content. */
export interface CommandContext<Before = JsonObject, Input = JsonObject> {
  readonly input: Input;
  readonly reason: string | null;
  readonly actor: number;
  readonly now: string;
  /** The content of the version acted on; empty if the command starts a record. */
  readonly before: Before;
  /** The version acted on, and its successor; empty if the command starts a record. */
  readonly parent: string;
  readonly next: string;
}

export interface CommandDeclaration<Before = JsonObject, Input = JsonObject, Made = JsonObject> {
  readonly inputType: string;
  /** One sentence for the API's manual. */
  readonly description: string;
  readonly input: FieldTable;
  readonly needsReason?: boolean;
  /** The action's name in the API, offered to those who may take it; omitted if the command starts a record without acting on one. */
  readonly action?: string;
  /** The roles that may run it; those that prepare the phase if omitted. */
  readonly by?: readonly UserRole[];
  /** Whether it judges others' work, which nobody may do with their own. */
  readonly isReview?: boolean;
  /** How metrics count it. */
  readonly counts?: 'REASSIGNMENT' | 'REVISION';
  /** Whether it records the actor as the submitter or reviewer. */
  readonly marks?: 'SUBMITTED' | 'REVIEWED';
  /** The state a record must be in, and the end of a sentence that explains a refusal. */
  readonly takes?: RecordState<keyof Before & string> & { readonly otherwise: string };
  /**
   * Whom the command is expected of, and why; omitted if nobody waits for it. `while` is the state in which it is expected, if that differs
   * from `takes`; `addressee` names the field of the person it is addressed to, who alone is expected to act as long as they may.
   */
  readonly awaited?: {
    readonly of: 'WHO_HANDED_IN' | 'OTHERS';
    readonly because: string;
    readonly while?: { readonly field: keyof Before & string; readonly values: readonly (string | null)[] };
    readonly addressee?: keyof Before & string;
  };
  /** Computes the content of the record's next version. */
  next?(context: CommandContext<Before, Input>): Made;
  /** Computes the content of a new record. */
  start?(context: CommandContext<Before, Input>): Made;
}

/** A command, typed by its phase's fields and its own input. */
export const command = <const F extends FieldTable, const I extends FieldTable>(
  _of: F,
  declared: CommandDeclaration<Content<F>, Content<I>, Content<F>> & { readonly input: I },
): CommandDeclaration => declared as unknown as CommandDeclaration;

export const definePhase = <const P extends PhaseDeclaration>(phase: P): P => phase;
