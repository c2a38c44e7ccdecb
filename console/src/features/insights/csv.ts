/** A table as comma-separated text (RFC 4180). What a spreadsheet would take for a formula is kept from being one. */
export type Cell = string | number | null;

const field = (value: Cell): string => {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csvOf = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

/** The same as a file, which spreadsheets read as UTF-8 by its mark. */
export const csvFile = (head: readonly string[], rows: readonly (readonly Cell[])[]): Blob =>
  new Blob(['\ufeff', csvOf(head, rows)], { type: 'text/csv;charset=utf-8' });
