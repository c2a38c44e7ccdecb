/** Rows as GraphQL objects: each has its type name and key besides its columns. Loaders return rows in this form. */
import type {
  ChangeSetRow,
  CycleRow,
  ItemRow,
  LobRow,
  ReportRow,
  RowChangeRow,
  WorkflowRow,
} from '../database/connection/rows';
import type { LogReadRow } from '../database/log/change-log-reads';
import type { MetricRow } from '../database/figures/metrics';
import { itemOf, phaseOf } from '../phases';
import { archived } from '../versioning/errors';
import { notCounting } from '../versioning/independence';
import type { ItemReviewStatus, VersionHeader, Viewer } from '../versioning/model';

/** An object with a global id. */
export interface Node {
  readonly __typename: string;
  /** Its key, unique within the type. */
  readonly nodeKey: string | number;
  /** Whether it is immutable from now on; a function if that depends on a version. */
  readonly lasts?: boolean | ((versionOf: (versionId: string) => Promise<VersionHeader | null>) => Promise<boolean>);
}

export type Marked<Row> = Row & Node;

/** A row is created once and shared, so it is marked in place rather than copied. */
const marked = <Row extends object>(
  row: Row,
  typeName: string,
  key: string | number,
  lasts: Node['lasts'] = false,
): Marked<Row> => Object.assign(row, { __typename: typeName, nodeKey: key, lasts });

/** What belongs to a version is immutable once the version has come into force. */
const asItsVersion =
  ({ versionId }: { versionId: string }): Node['lasts'] =>
  async (versionOf) => {
    const version = await versionOf(versionId);
    return version?.status === 'APPROVED' || version?.status === 'SUPERSEDED';
  };

export const asUser = (row: Viewer) => marked(row, 'User', row.userId);
export const asLob = (row: LobRow) => marked(row, 'Lob', row.lobId);
export const asCycle = (row: CycleRow) => marked(row, 'Cycle', row.cycleId);
export const asReport = (row: ReportRow) => marked(row, 'Report', row.reportId);
export const asWorkflow = (row: WorkflowRow) => marked(row, 'Workflow', row.workflowId);
export const asVersion = (row: VersionHeader) => marked(row, phaseOf(row.phase).version.type, row.versionId);
export const asWorkflowPhase = (workflowId: string, phase: string) =>
  marked({ workflowId, phase }, 'WorkflowPhase', `${workflowId}-${phase}`);
export const asItem = (row: ItemRow) => marked(row, itemOf(row.phase).type, row.itemId, asItsVersion(row));
export const asMetric = (row: MetricRow) => marked(row, 'VersioningMetric', row.metricId, true);
export const asLogRead = (row: LogReadRow) => marked(row, 'ChangeLogRead', row.readId, true);
export const asChangeSet = (row: ChangeSetRow) => marked(row, 'ChangeSet', row.changeSetId, true);

/** The images of a row. Archived images are an error, because null would mean that there was none. */
function imagesOf({ before, after, archivedIn }: RowChangeRow): Pick<RowChangeRow, 'before' | 'after'> {
  if (archivedIn !== null)
    throw archived(`what this row was before and after was archived into the file ${archivedIn}`);
  return { before, after };
}

function changedFields(row: RowChangeRow): string[] {
  const { before, after } = imagesOf(row);
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys]
    .filter((key) => JSON.stringify(before?.[key] ?? null) !== JSON.stringify(after?.[key] ?? null))
    .sort();
}
export const asRowChange = (row: RowChangeRow) =>
  marked(
    {
      ...row,
      table: row.tableName,
      get before() {
        return imagesOf(row).before;
      },
      get after() {
        return imagesOf(row).after;
      },
      // Computed on request.
      get changedFields() {
        return changedFields(row);
      },
    },
    'RowChange',
    `${row.changeSetId}-${row.ordinal}`,
    true,
  );

/** The decision that counts, taken from columns beside the item's own. */
export interface DecisionOfItem {
  readonly status: ItemReviewStatus;
  readonly notes: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: number;
  readonly decidedInVersionId: string;
  readonly countsForApproval: boolean;
  readonly notCountedBecause: string | null;
}

/**
 * A carried item shows a decision that was made elsewhere, and whether it counts is specific to the item, so each is an object of its own.
 */
export function asDecision(item: ItemRow): Marked<DecisionOfItem> | null {
  const { phase, itemId, decisionId, decidedAs, decisionNotes, decidedAt, decidedBy, decidedInVersionId, decisionBar } =
    item;
  if (decidedAs === null) return null;
  const decision = {
    status: decidedAs,
    notes: decisionNotes,
    decidedAt,
    decidedBy: decidedBy!,
    decidedInVersionId: decidedInVersionId!,
    countsForApproval: decisionBar === null,
    notCountedBecause: decisionBar && notCounting(decisionBar),
  };
  return marked(decision, 'ItemDecision', `${itemId}-${decisionId}-${phase}`, asItsVersion(item));
}
