/** Rows as GraphQL objects: each says its type and its global id, and keeps its columns. */
import type { ChangeSetRow, CycleRow, ItemRow, LobRow, ReportRow, RowChangeRow, WorkflowRow } from '../database/rows';
import { phaseOf } from '../phases';
import type { VersionHeader, Viewer } from '../versioning/model';
import type { ChangeSet, RowChange } from './change-log/types';
import { globalId } from './node';
import type { Cycle, Lob, Report, User } from './people/types';
import type { PhaseVersion, VersionItem } from './version/types';
import type { Workflow } from './workflow/types';

/** Objects are made from rows once and shared through the loaders, so the row itself is marked rather than copied. */
function marked<T>(row: object, typeName: string, key: string | number): T {
  return Object.assign(row, { __typename: typeName, id: globalId(typeName, key) }) as unknown as T;
}

const nullable =
  <Row extends object, T>(make: (row: Row) => T) =>
  <R extends Row | null>(row: R): R extends null ? null : T =>
    (row === null ? null : make(row)) as R extends null ? null : T;

export const asUser = nullable((row: Viewer) => marked<User>(row, 'User', row.userId));
export const asLob = nullable((row: LobRow) => marked<Lob>(row, 'Lob', row.lobId));
export const asCycle = nullable((row: CycleRow) => marked<Cycle>(row, 'Cycle', row.cycleId));
export const asReport = nullable((row: ReportRow) => marked<Report>(row, 'Report', row.reportId));
export const asWorkflow = nullable((row: WorkflowRow) => marked<Workflow>(row, 'Workflow', row.workflowId));
export const asVersion = nullable((row: VersionHeader) =>
  marked<PhaseVersion>(row, phaseOf(row.phase).version.type, row.versionId),
);
export const asItem = nullable((row: ItemRow) => marked<VersionItem>(row, phaseOf(row.phase).item.type, row.itemId));
export const asChangeSet = nullable((row: ChangeSetRow) => marked<ChangeSet>(row, 'ChangeSet', row.changeSetId));

const changedFields = ({ before, after }: RowChangeRow): string[] => {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys]
    .filter((key) => JSON.stringify(before?.[key] ?? null) !== JSON.stringify(after?.[key] ?? null))
    .sort();
};
export const asRowChange = (row: RowChangeRow): RowChange => ({
  ...row,
  table: row.tableName,
  changedFields: changedFields(row),
});
