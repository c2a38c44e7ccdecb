/** What a phase says of itself. Everything the core, the API and the database layer do for a phase follows from this. */
import type { Content, FieldTable } from './fields';
import type { Signatory } from './fitness';
import type { ItemReviewStatus, JsonObject, UserRole } from './model';

export interface ItemDeclaration {
  /** The GraphQL type, the table, and the names of the input's member and type. */
  readonly type: string;
  readonly table: string;
  readonly input: string;
  readonly inputType: string;
  /** The field that identifies an item within its record; its key is derived from it, so it survives versions. */
  readonly identity?: string;
  /** What a person would call the item: from its own content, or as the same identity is called in another phase's current version. */
  readonly label: ((content: JsonObject) => string) | { readonly sameIdentityIn: string };
  /** Where the review status comes from: decisions of the approver, or a field that is itself the decision. */
  readonly reviewed:
    'BY_DECISIONS' | { readonly byField: string; readonly statuses: Readonly<Record<string, ItemReviewStatus>> };
  /** How many items a version needs to be submitted. */
  readonly atLeast: 0 | 1;
  readonly fields: FieldTable;
}

interface VersionDeclaration {
  /** The GraphQL type and the detail table. */
  readonly type: string;
  readonly table: string;
  readonly fields: FieldTable;
  /** What must hold among the fields; the answer says what is wrong and what to write instead, null if nothing is. */
  check?(content: JsonObject): string | null;
}

/** A signature that an approval takes. */
export interface SignOffDeclaration {
  /** Its name in the API, e.g. test_lead. */
  readonly role: string;
  /** Who signs unless they delegate: one of the workflow's people, or somebody as fit for that as they are. */
  readonly person: Signatory;
  /** The flag of the version's content without which the signature is not asked for. */
  readonly onlyIf?: string;
}

interface CommonDeclaration {
  readonly key: string;
  readonly title: string;
  /** Who prepares versions or starts records, with an assignment to the workflow. */
  readonly preparedBy: readonly UserRole[];
  /** Phases that must have an approved version (or a record, where they are audit-only) before this one opens. */
  readonly prerequisites: readonly string[];
}

/** Drafts are prepared, submitted and decided; a workflow has one record of the phase. */
export interface FullPhase extends CommonDeclaration {
  readonly versioning: 'FULL';
  /** Who decides items, approves and rejects. */
  readonly approvedBy: readonly UserRole[];
  /** True where the preparer decides on their own work, explicitly: the exception to four eyes. */
  readonly selfAttested?: boolean;
  readonly signOffs?: readonly SignOffDeclaration[];
  readonly version: VersionDeclaration & {
    /** The member of PhaseContentInput and its type. */
    readonly input: string;
    readonly inputType: string;
  };
  readonly item: ItemDeclaration;
}

/** Every change of a record is its next version, in force at once; a workflow has any number of records. */
export interface AuditOnlyPhase extends CommonDeclaration {
  readonly versioning: 'AUDIT_ONLY';
  readonly version: VersionDeclaration;
  /** The phase's own mutations, by name: some start a record, the others make its next version. */
  readonly commands: Readonly<Record<string, CommandDeclaration>>;
  /** Which records wait for somebody: those whose field has this value. */
  readonly waits?: RecordState;
  /** Whether everybody who owns data is expected to start a record. */
  readonly expectedOfOwners?: boolean;
  /** The field by which a record says which version of another record it took the place of. */
  readonly replaces?: string;
  /** Where records say who owns data of the workflow: the fields of the owner, of what is owned, and of the time it holds (valid time). */
  readonly ownership?: {
    readonly owner: string;
    readonly lob: string;
    readonly from: string;
    readonly to: string;
  };
}

/** The audit-only phase whose records say who owns data: one of the list is. */
export type OwnershipPhase = AuditOnlyPhase & Required<Pick<AuditOnlyPhase, 'ownership'>>;

export type PhaseDeclaration = FullPhase | AuditOnlyPhase;

/** Where a record stands: a field of its content, and what it holds. */
export interface RecordState<Field extends string = string> {
  readonly field: Field;
  readonly value: string | null;
}

/** What a command knows when it decides. All instants are texts, as content holds them. */
export interface CommandContext<Before = JsonObject, Input = JsonObject> {
  readonly input: Input;
  readonly reason: string | null;
  readonly actor: number;
  readonly now: string;
  /** The content of the version acted on; empty where the command starts a record. */
  readonly before: Before;
  /** The version acted on, and the one that becomes its record's next; empty where the command starts a record. */
  readonly parent: string;
  readonly next: string;
}

export interface CommandDeclaration<Before = JsonObject, Input = JsonObject, Made = JsonObject> {
  readonly inputType: string;
  /** One sentence for the API's manual. */
  readonly description: string;
  readonly input: FieldTable;
  readonly needsReason?: boolean;
  /** What is offered to those who may do it with a version, in the API's words; left out where it starts a record without one. */
  readonly action?: string;
  /** Who may do it; those who prepare the phase if left out. */
  readonly by?: readonly UserRole[];
  /** True where it judges what others did, so that nobody judges their own. */
  readonly isReview?: boolean;
  /** What the metrics count it as. */
  readonly counts?: 'REASSIGNMENT' | 'REVISION';
  /** Whether it names the actor as the one who submits or reviews the record. */
  readonly marks?: 'SUBMITTED' | 'REVIEWED';
  /** Where the record must stand to take it, and what is said of one that does not, as the end of a sentence. */
  readonly takes?: RecordState<keyof Before & string> & { readonly otherwise: string };
  /**
   * Of whom it is expected, and why; left out where nobody waits for it. `while` says where the record stands then, if not where it
   * must; `addressee` names the field of whom it is addressed to, who alone is expected to do it for as long as they may.
   */
  readonly awaited?: {
    readonly of: 'WHO_HANDED_IN' | 'OTHERS';
    readonly because: string;
    readonly while?: { readonly field: keyof Before & string; readonly values: readonly (string | null)[] };
    readonly addressee?: keyof Before & string;
  };
  /** The content of the record's next version. */
  next?(context: CommandContext<Before, Input>): Made;
  /** The content of a new record. */
  start?(context: CommandContext<Before, Input>): Made;
}

/** A command, typed by the fields of its phase and of its own input. */
export const command = <const F extends FieldTable, const I extends FieldTable>(
  _of: F,
  declared: CommandDeclaration<Content<F>, Content<I>, Content<F>> & { readonly input: I },
): CommandDeclaration => declared as unknown as CommandDeclaration;

export const definePhase = <const P extends PhaseDeclaration>(phase: P): P => phase;
