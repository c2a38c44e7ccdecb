/**
 * Inserts rows given by field name. They are sent as one JSON parameter, which PostgreSQL parses into the column types of the table itself,
 * so no types are repeated here.
 */
import { columnOf, type Tx } from './statements';

export type GivenRow = Readonly<Record<string, unknown>>;

/** Rows as a list of fields and their values in that order, which avoids building an object for each of thousands of rows. */
export interface Rows {
  readonly fields: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** Rows, or objects that all have the same fields. */
export type RowsOrObjects = Rows | readonly object[];

const isRows = (given: RowsOrObjects): given is Rows => 'fields' in given;

function rowsOfObjects(objects: readonly object[]): Rows {
  const fields = Object.keys(objects[0]!);
  return { fields, values: objects.map((object) => fields.map((field) => (object as GivenRow)[field])) };
}

/** Serializes rows as a parameter for `rowsFrom`. */
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

/** The rows `r` of a parameter, in the column types of a table. */
export const rowsFrom = (parameter: string, table: string): string =>
  `jsonb_populate_recordset(null::${table}, ${parameter}::jsonb) r`;

export interface Inserting {
  /** Further columns, as SQL that may refer to the given row `r` and to what is joined to it. */
  readonly computed?: Readonly<Record<string, string>>;
  /** SQL after the given rows: joins, conditions, ON CONFLICT. */
  readonly rest?: string;
  /** The parameters of that SQL, from $2 on. */
  readonly parameters?: readonly unknown[];
}

/** The INSERT statement and its parameters; columns that are not named get their default. */
export function insertion(
  table: string,
  given: RowsOrObjects,
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

/** Inserts rows in one statement, given as objects with the same fields or as fields and values. */
export function insertRows(tx: Tx, table: string, given: RowsOrObjects, inserting?: Inserting): void {
  const { length } = isRows(given) ? given.values : given;
  if (length > 0) tx.write(...insertion(table, given, inserting));
}
