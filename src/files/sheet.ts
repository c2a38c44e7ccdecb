/** A sheet as both kinds of file hold it, and as it is handed to the thread that writes and reads them. */
import type { StoredKind } from '../versioning/fields';
import type { Cell } from './cells';

/** What a file was made from. */
export interface Origin {
  readonly versionId: string;
  /** At which instant it was read. */
  readonly at: string;
}

export interface SheetColumn {
  readonly title: string;
  readonly kind: StoredKind;
  readonly isLong: boolean;
  /** What it is and what it takes, for people. */
  readonly help: string;
  /** Shown, and not taken back. */
  readonly isReadOnly: boolean;
}

export interface Sheet {
  readonly title: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Null for a template, which was made from nothing. */
  readonly origin: Origin | null;
  /** Of each item, its key and its content's hash. */
  readonly hashes: readonly (readonly [itemKey: string, contentHash: string])[];
}

/** What was found in a file. */
export interface ReadSheet extends Pick<Sheet, 'hashes' | 'origin'> {
  readonly header: readonly Cell[];
  /** With the number that the file's own program shows beside each. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly Cell[] }[];
}

/** A file that is none of those that are read here; the message says why, for whoever sent it. */
export class NoSheet extends Error {}

const isEmpty = (cells: readonly Cell[]): boolean =>
  cells.every((cell) => cell === null || (typeof cell === 'string' && cell.trim() === ''));

/** The lines that say anything, below the first that does. */
export function linesOf(rows: readonly (readonly Cell[])[]): Pick<ReadSheet, 'header' | 'rows'> {
  const numbered = rows.map((cells, index) => ({ row: index + 1, cells })).filter(({ cells }) => !isEmpty(cells));
  const [head, ...lines] = numbered;
  if (!head) throw new NoSheet('The sheet is empty. Its first line says what the columns are.');
  return { header: head.cells, rows: lines };
}

/** The most that one file may hold: a text that is small when packed can be endless when unpacked. */
export const LIMITS = { bytes: 60_000_000, files: 200, rows: 20_000 };

export function holdRows(rows: number): void {
  if (rows > LIMITS.rows) throw new NoSheet(`The file has ${rows} lines; at most ${LIMITS.rows} are read at once.`);
}
