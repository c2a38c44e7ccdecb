/** A sheet, independent of the file format; this is what is passed to the worker thread. */
import type { StoredKind } from '../versioning/fields';
import type { Cell } from './cells';

/** What a file was made from. */
export interface Origin {
  readonly versionId: string;
  /** The instant at which it was read. */
  readonly at: string;
}

export interface SheetColumn {
  readonly title: string;
  readonly kind: StoredKind;
  readonly isLong: boolean;
  /** A description of the column and what it accepts. */
  readonly help: string;
  /** Shown, but not read back. */
  readonly isReadOnly: boolean;
}

export interface Sheet {
  readonly title: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Null for a template. */
  readonly origin: Origin | null;
  /** The key and content hash of each item. */
  readonly hashes: readonly (readonly [itemKey: string, contentHash: string])[];
}

/** What was read from a file. */
export interface ReadSheet extends Pick<Sheet, 'hashes' | 'origin'> {
  readonly header: readonly Cell[];
  /** With the row number that the file's own program shows. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly Cell[] }[];
}

/** A file that cannot be read; the message tells the sender why. */
export class NoSheet extends Error {}

const isEmpty = (cells: readonly Cell[]): boolean =>
  cells.every((cell) => cell === null || (typeof cell === 'string' && cell.trim() === ''));

/** The non-empty lines below the header. */
export function linesOf(rows: readonly (readonly Cell[])[]): Pick<ReadSheet, 'header' | 'rows'> {
  const numbered = rows.map((cells, index) => ({ row: index + 1, cells })).filter(({ cells }) => !isEmpty(cells));
  const [head, ...lines] = numbered;
  if (!head) throw new NoSheet('The sheet is empty. Its first line must name the columns.');
  return { header: head.cells, rows: lines };
}

/** The limits of a file, which protect against decompression bombs. */
export const LIMITS = { bytes: 60_000_000, files: 200, rows: 20_000 };

export function limitRows(rows: number): void {
  if (rows > LIMITS.rows) throw new NoSheet(`The file has ${rows} lines; at most ${LIMITS.rows} are read at once.`);
}
