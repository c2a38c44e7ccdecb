/** What a phase says of itself. Everything the core, the API and the database layer do for a phase follows from this. */
import type { FieldTable } from './fields';
import type { ItemReviewStatus, JsonObject, UserRole, VersioningType } from './model';

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

export interface PhaseDeclaration {
  readonly key: string;
  readonly title: string;
  readonly versioning: VersioningType;
  /** Who prepares versions (with an assignment to the workflow) and who decides on them. */
  readonly preparedBy: readonly UserRole[];
  readonly approvedBy: readonly UserRole[];
  /** True where the preparer decides on their own work, explicitly: the exception to four eyes. */
  readonly selfAttested?: boolean;
  /** Phases that must have an approved version (or a record, where they are audit-only) before this one opens. */
  readonly prerequisites: readonly string[];
  readonly version: {
    readonly type: string;
    readonly table: string;
    readonly input: string;
    readonly inputType: string;
    readonly fields: FieldTable;
  };
  readonly item: ItemDeclaration;
}

export const definePhase = <const P extends PhaseDeclaration>(phase: P): P => phase;
