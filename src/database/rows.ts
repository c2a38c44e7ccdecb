/** What the database layer hands out: plain rows in camelCase. */
import type { Bar } from '../versioning/independence';
import type { ItemReviewStatus, RowOperation } from '../versioning/model';

/** An item of any phase with the decision that counts for it; the phase's own columns are there too, by field name. */
export interface ItemRow {
  readonly phase: string;
  readonly itemId: string;
  readonly versionId: string;
  readonly streamId: string;
  readonly itemKey: string;
  readonly label: string;
  readonly itemHash: string;
  readonly carriedFromItemId: string | null;
  readonly mergedFromItemId: string | null;
  readonly reviewStatus: ItemReviewStatus;
  /** The latest decision on this content, or the one it was carried with; null while there is none, as are the six below. */
  readonly decisionId: string | null;
  readonly decidedAs: ItemReviewStatus | null;
  readonly decidedBy: number | null;
  readonly decidedAt: Date | null;
  readonly decisionNotes: string | null;
  readonly decidedInVersionId: string | null;
  /** Why the decision does not count: its giver is not independent (any more); null if it counts. */
  readonly decisionBar: Bar | null;
  /** Whether the version it was carried from, with its decision, has been deleted since. */
  readonly isDecisionDeleted: boolean;
  readonly [field: string]: unknown;
}

/** The approval that goes along when an item is carried forward: one that counts; null if there is none. */
export const approvalOf = ({
  decidedAs,
  decisionId,
  decisionBar,
}: Pick<ItemRow, 'decidedAs' | 'decisionId' | 'decisionBar'>): string | null =>
  decidedAs === 'APPROVED' && decisionBar === null ? decisionId : null;

export interface WorkflowRow {
  readonly workflowId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly testLeadId: number | null;
  readonly reportOwnerId: number | null;
  readonly testExecutiveId: number | null;
}

export interface CycleRow {
  readonly cycleId: string;
  readonly name: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly cycleStatus: string;
}

export interface ReportRow {
  readonly reportId: string;
  readonly name: string;
  readonly number: string;
  readonly lobId: string | null;
  readonly ownerId: number | null;
}

export interface LobRow {
  readonly lobId: string;
  readonly name: string;
}

export interface ChangeSetRow {
  readonly changeSetId: string;
  readonly streamId: string;
  readonly sequence: number;
  readonly committedAt: Date;
  readonly actorId: number | null;
  readonly origin: string;
  readonly operation: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly occurredAt: Date | null;
  readonly operator: string | null;
  readonly versionIds: readonly string[];
  /** Hex. */
  readonly previousHash: string | null;
  readonly hash: string;
}

export interface RowChangeRow {
  readonly changeSetId: string;
  /** Its place among the rows of its commit. */
  readonly ordinal: number;
  readonly tableName: string;
  readonly rowId: string;
  readonly operation: RowOperation;
  readonly versionId: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}
