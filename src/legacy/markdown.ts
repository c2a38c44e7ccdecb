/** Reports in Markdown that also reads well as plain text. */

/** Escapes text from data, so that it cannot end a table cell or start markup. */
export const cell = (text: string | null): string =>
  (text ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\\|`<>*_[\]]/g, '\\$&');

export const code = (text: string): string => `\`${text.replace(/[`|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')}\``;

/** A table; purely numeric columns are right-aligned. A sentence if there are no rows. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  none = 'None.',
): string {
  if (rows.length === 0) return none;
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rules = headings.map((_, i) => (rows.every((row) => typeof row[i] === 'number') ? '--:' : ':--'));
  return [line(headings), line(rules), ...rows.map(line)].join('\n');
}

/** The first entries of a list, with the total. */
export const firstOf = <T>(
  all: readonly T[],
  size: number,
): { readonly total: number; readonly rows: readonly T[] } => ({
  total: all.length,
  rows: all.slice(0, size),
});

/** The number of entries that are not shown. */
export const more = ({ total, rows }: { readonly total: number; readonly rows: readonly unknown[] }): string =>
  total > rows.length ? `\n\n… and ${total - rows.length} more.` : '';

export const page = (...parts: readonly (string | null)[]): string =>
  `${parts.filter((part) => part !== null).join('\n\n')}\n`;
