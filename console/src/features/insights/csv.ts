/** Serializes a table as CSV (RFC 4180). Cells that a spreadsheet would take for a formula are escaped. */
export type Cell = string | number | null;

const field = (value: Cell): string => {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const csvOf = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

/** The same as a file with a byte order mark, so that spreadsheets read it as UTF-8. */
export const csvFile = (head: readonly string[], rows: readonly (readonly Cell[])[]): Blob =>
  new Blob(['\ufeff', csvOf(head, rows)], { type: 'text/csv;charset=utf-8' });
