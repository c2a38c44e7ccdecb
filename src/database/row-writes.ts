/**
 * Writing rows that are given by field name. They travel as one JSON parameter, and PostgreSQL reads them in the types of the
 * table's own columns, which nothing here says again.
 */
import { columnOf, type Tx } from './statements';

export type GivenRow = Readonly<Record<string, unknown>>;

/** Rows that all have the same fields, as a parameter for `rowsFrom`. */
export function asParameter(rows: readonly object[]): string {
  const columns = Object.keys(rows[0]!).map((field) => [field, columnOf(field)] as const);
  const byColumn = rows.map((row) => {
    const named: Record<string, unknown> = {};
    for (const [field, column] of columns) named[column] = (row as GivenRow)[field];
    return named;
  });
  return JSON.stringify(byColumn);
}

/** Rows `r` of a parameter, in the types of a table. */
export const rowsFrom = (parameter: string, table: string): string =>
  `jsonb_populate_recordset(null::${table}, ${parameter}::jsonb) r`;

export interface Inserting {
  /** Further columns, as SQL that may speak of the given row `r` and of what is joined to it. */
  readonly computed?: Readonly<Record<string, string>>;
  /** What is joined to the given rows, and what follows: conditions, ON CONFLICT. */
  readonly rest?: string;
  /** What these speak of as $2 and so on. */
  readonly parameters?: readonly unknown[];
}

/**
 * The statement that inserts rows which all have the same fields, and its parameters; a column that they do not name has its
 * default.
 */
export function insertion(
  table: string,
  rows: readonly object[],
  { computed = {}, rest = '', parameters = [] }: Inserting = {},
): [sql: string, parameters: readonly unknown[]] {
  const given = Object.keys(rows[0]!).map(columnOf);
  return [
    `insert into ${table} as t (${[...given, ...Object.keys(computed)].join(', ')})
     select ${[...given.map((column) => `r.${column}`), ...Object.values(computed)].join(', ')}
     from ${rowsFrom('$1', table)} ${rest}`,
    [asParameter(rows), ...parameters],
  ];
}

/** Inserts rows that all have the same fields, in one statement. */
export function insertRows(tx: Tx, table: string, rows: readonly object[], inserting?: Inserting): void {
  if (rows.length > 0) tx.write(...insertion(table, rows, inserting));
}
