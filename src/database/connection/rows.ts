/** The row types that the database layer returns, with camelCase names. */
import type { ChangeSet, Cycle, Lob, Report, RowChange, Workflow } from '../../generated/prisma/client';
import type { Bar } from '../../versioning/independence';
import type { ItemReviewStatus } from '../../versioning/model';

/** An item of any phase with the decision that counts for it, and the phase's own columns by field name. */
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
  /** The latest decision on this content, or the one carried forward; null if there is none, as are the next six. */
  readonly decisionId: string | null;
  readonly decidedAs: ItemReviewStatus | null;
  readonly decidedBy: number | null;
  readonly decidedAt: Date | null;
  readonly decisionNotes: string | null;
  readonly decidedInVersionId: string | null;
  /** Why the decision does not count (its maker is not or no longer independent); null if it counts. */
  readonly decisionBar: Bar | null;
  /** Whether the version that the decision was carried from has been deleted since. */
  readonly isDecisionDeleted: boolean;
  readonly [field: string]: unknown;
}

/** The approval that is carried forward with an item: one that counts; null if there is none. */
export const approvalOf = ({
  decidedAs,
  decisionId,
  decisionBar,
}: Pick<ItemRow, 'decidedAs' | 'decisionId' | 'decisionBar'>): string | null =>
  decidedAs === 'APPROVED' && decisionBar === null ? decisionId : null;

/** Rows of reference tables, without the stream id that they all share. */
export type WorkflowRow = Omit<Workflow, 'streamId'>;
export type ReportRow = Omit<Report, 'streamId'>;
export type LobRow = Omit<Lob, 'streamId'>;
/** Dates are `YYYY-MM-DD`. */
export type CycleRow = Omit<Cycle, 'streamId' | 'startDate' | 'endDate'> &
  Readonly<Record<'startDate' | 'endDate', string | null>>;

/** Hashes are hexadecimal. */
export type ChangeSetRow = Omit<ChangeSet, 'versionIds' | 'previousHash' | 'hash'> & {
  readonly versionIds: readonly string[];
  readonly previousHash: string | null;
  readonly hash: string;
};

type Image = Readonly<Record<string, unknown>> | null;
export type RowChangeRow = Omit<
  RowChange,
  'streamId' | 'sequence' | 'before' | 'after' | 'beforeDigest' | 'afterDigest'
> & {
  /** The archive file with its images; null if they are in the log. */
  readonly archivedIn: string | null;
  readonly changeSetId: string;
  readonly before: Image;
  readonly after: Image;
};
