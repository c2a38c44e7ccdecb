/** A row of a source as it is laid out in the importer's session. */
import { SourceRow } from './source-row';

export interface StagedRow {
  readonly tableName: string;
  readonly key: string;
  readonly raw: string;
  readonly rowHash: string;
  /** The key that the table had already, where this one is there again. */
  readonly repeats: string | null;
  /** The workflow that its own phase is of, where it belongs to a row of another one. */
  readonly elsewhere: string | null;
  /** Whether a row of another table has its id here. */
  readonly isIdTaken: boolean;
}

/** For rows whose key their table had already, that key. */
export const repeatedIn = (staged: readonly StagedRow[]): ReadonlyMap<string, string> =>
  new Map(
    staged.flatMap(({ tableName, key, repeats }) => (repeats === null ? [] : [[`${tableName}:${key}`, repeats]])),
  );

export function asSourceRow(
  { tableName, key, raw, rowHash, elsewhere, isIdTaken }: StagedRow,
  zone: string,
): SourceRow {
  const row = new SourceRow(tableName, key, raw, rowHash, isIdTaken, zone);
  if (elsewhere !== null)
    row.note(
      'WORKFLOW_DISAGREES',
      `Its phase is of the workflow ${elsewhere}; it stays with what it belongs to, or where it was placed before.`,
      'phase_id',
    );
  return row;
}
