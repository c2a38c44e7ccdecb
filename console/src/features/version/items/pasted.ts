/** What is pasted into the table of items: cells of a spreadsheet, laid over those that may be typed into. */
import type { FieldFragment } from '../../../generated/graphql';
import type { Change, Edited } from './unsaved';

/**
 * The cells of a text as spreadsheets give it: by tabs, or by commas where every line has as many of them. Anything else is one cell
 * a line; quotes hold together what has such signs in it.
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
    // Lines with more or fewer commas are no table.
  }
  return read('\t');
}

/** Words for what a flag can be, in the languages of spreadsheets that are written in English. */
const flags: Readonly<Record<string, string>> = { yes: 'true', y: 'true', no: 'false', n: 'false' };

/** A cell as one would type it into its field: constants go by their titles as well, as the table shows them. */
export function asTypedInto(cell: string, { kind, constants }: Pick<FieldFragment, 'kind' | 'constants'>): string {
  const text = cell.trim();
  const word = text.toLowerCase();
  if (text === '—') return '';
  if (kind === 'FLAG') return flags[word] ?? word;
  const constant = constants?.find(({ value, title }) => [value, title].some((name) => name.toLowerCase() === word));
  return constant?.value ?? (kind === 'LONG_TEXT' ? cell : text);
}

interface Target<Item> {
  /** From the row that is pasted at; the head of a group is none. */
  readonly rows: readonly (Item | null)[];
  /** From the column that is pasted at; null is one that nothing is typed into. */
  readonly fields: readonly (FieldFragment | null)[];
}

/** What pasting changes, and how many cells had no place. */
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
