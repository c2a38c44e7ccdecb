/** Pasting spreadsheet cells into the table of items. */
import * as t from '#text/version';
import type { FieldFragment } from '../../../generated/graphql';
import { titledValues } from '../../../parts/value';
import type { Change, Edited } from './unsaved';

/**
 * Parses pasted text: tab-separated, or comma-separated if every line has the same number of commas; otherwise one cell a line. Quotes
 * enclose cells that contain separators.
 */
export async function cellsOf(text: string): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync');
  const read = (delimiter: string): string[][] =>
    parse(text, {
      delimiter,
      relax_quotes: true,
      relax_column_count: delimiter === '\t',
      skip_empty_lines: delimiter === ',',
    });
  if (text.includes('\t')) return read('\t');
  try {
    const cells = read(',');
    if (cells.length > 1 && cells[0]!.length > 1) return cells;
  } catch {
    // Lines with different numbers of commas are not a table.
  }
  return read('\t');
}

/** Parses a cell for its field's type; values are accepted by their titles too, as the table shows them. */
export function asTypedInto(
  cell: string,
  { kind, ...values }: Pick<FieldFragment, 'kind' | 'constants' | 'suggestions'>,
): string {
  const text = cell.trim();
  const word = text.toLowerCase();
  if (text === '—') return '';
  if (kind === 'FLAG') return t.flags[word] ?? word;
  const constant = titledValues(values).find(({ value, title }) =>
    [value, title].some((name) => name.toLowerCase() === word),
  );
  return constant?.value ?? (kind === 'LONG_TEXT' ? cell : text);
}

interface Target<Item> {
  /** The rows from the paste position on; group headers take no cells. */
  readonly rows: readonly (Item | null)[];
  /** The columns from the paste position on; null for columns that cannot be edited. */
  readonly fields: readonly (FieldFragment | null)[];
}

/** The edits of a paste, and the number of cells outside the table. */
export function laidOver<Item extends Edited>(
  cells: readonly (readonly string[])[],
  { rows, fields }: Target<Item>,
): { changes: Change[]; left: number } {
  const items = rows.filter((row) => row !== null);
  let left = 0;
  const changes = cells.flatMap((line, down) =>
    line.flatMap((cell, right): Change[] => {
      const [item, field] = [items[down], fields[right]];
      if (item && field) return [{ item, field, text: asTypedInto(cell, field) }];
      left++;
      return [];
    }),
  );
  return { changes, left };
}
