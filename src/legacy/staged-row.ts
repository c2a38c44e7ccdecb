/** A row of a source as staged in the importer's session. */
import { SourceRow } from './source-row';

export interface StagedRow {
  readonly tableName: string;
  readonly key: string;
  readonly raw: string;
  readonly rowHash: string;
  /** The original key, if this row repeats a key of its table. */
  readonly repeats: string | null;
  /** The workflow of its own phase, if it belongs to a row of another workflow. */
  readonly elsewhere: string | null;
  /** Whether a row of another table uses its id here. */
  readonly isIdTaken: boolean;
}

/** The original keys of repeated rows. */
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
