/** Reports for people: Markdown that reads well as text, too. */

/** Text from data: it must neither end a table's cell nor start anything. */
export const cell = (text: string | null): string =>
  (text ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\\|`<>*_[\]]/g, '\\$&');

export const code = (text: string): string => `\`${text.replace(/[`|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')}\``;

/** A table; columns whose values are all numbers stand to the right. Nothing but a sentence where there are no rows. */
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

/** The first of a list, and how many there are. */
export const firstOf = <T>(
  all: readonly T[],
  size: number,
): { readonly total: number; readonly rows: readonly T[] } => ({
  total: all.length,
  rows: all.slice(0, size),
});

/** Says how many there are besides those that are shown. */
export const more = ({ total, rows }: { readonly total: number; readonly rows: readonly unknown[] }): string =>
  total > rows.length ? `\n\n… and ${total - rows.length} more.` : '';

export const page = (...parts: readonly (string | null)[]): string =>
  `${parts.filter((part) => part !== null).join('\n\n')}\n`;
