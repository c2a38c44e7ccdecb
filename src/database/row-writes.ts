/**
 * Writing rows that are given by field name. They travel as one JSON parameter, and PostgreSQL reads them in the types of the
 * table's own columns, which nothing here says again.
 */
import { columnOf, type Tx } from './statements';

export type GivenRow = Readonly<Record<string, unknown>>;

/** Rows as their fields, and the values of each in that order: of thousands, objects would be made twice. */
export interface Rows {
  readonly fields: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** Rows, or objects that all have the same fields. */
export type Given = Rows | readonly object[];

const isRows = (given: Given): given is Rows => 'fields' in given;

function rowsOfObjects(objects: readonly object[]): Rows {
  const fields = Object.keys(objects[0]!);
  return { fields, values: objects.map((object) => fields.map((field) => (object as GivenRow)[field])) };
}

/** Rows as a parameter for `rowsFrom`. */
function parameterOf({ fields, values }: Rows): string {
  const columns = fields.map(columnOf);
  const byColumn = values.map((row) => {
    const named: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) named[columns[i]!] = row[i];
    return named;
  });
  return JSON.stringify(byColumn);
}

export const asParameter = (objects: readonly object[]): string => parameterOf(rowsOfObjects(objects));

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

/** The statement that inserts rows, and its parameters; a column that they do not name has its default. */
export function insertion(
  table: string,
  given: Given,
  { computed = {}, rest = '', parameters = [] }: Inserting = {},
): [sql: string, parameters: readonly unknown[]] {
  const rows = isRows(given) ? given : rowsOfObjects(given);
  const columns = rows.fields.map(columnOf);
  return [
    `insert into ${table} as t (${[...columns, ...Object.keys(computed)].join(', ')})
     select ${[...columns.map((column) => `r.${column}`), ...Object.values(computed)].join(', ')}
     from ${rowsFrom('$1', table)} ${rest}`,
    [parameterOf(rows), ...parameters],
  ];
}

/** Inserts rows in one statement: objects that all have the same fields, or the fields and values of many. */
export function insertRows(tx: Tx, table: string, given: Given, inserting?: Inserting): void {
  const { length } = isRows(given) ? given.values : given;
  if (length > 0) tx.write(...insertion(table, given, inserting));
}
