/** Sending statements: by what name, and in which form values and columns come back. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { columnName } from '../versioning/fields';

/** Runs one statement; column names come back in camelCase. A pool, a transaction and a connection look alike to the caller. */
export interface Db {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction that may write. What is asked of it is done in its turn, whether or not anybody waits for the answer. */
export interface Tx extends Db {
  /** Runs a statement that answers nothing: it succeeds, or the transaction fails. */
  write(sql: string, parameters?: readonly unknown[]): void;
}

const DATE = 1082;
const JSON_TYPES = [114, 3802];

/** Dates stay `YYYY-MM-DD`; JSON is parsed with every key, whatever its name, as plain data. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (text: string) => text;
    if (JSON_TYPES.includes(oid)) return (text: string) => JSON.parse(text) as unknown;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Where statements find their tables. */
export const PRESENT = 'public,log';
export const PAST = 'past,public,log';

/** So many answers are kept of a function: many more than the product has statements and columns of its own. */
const KEPT = 5_000;

/** A function of a text that computes each answer once. */
function once(compute: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let answer = known.get(text);
    if (answer !== undefined) return answer;
    if (known.size >= KEPT) known.clear();
    known.set(text, (answer = compute(text)));
    return answer;
  };
}

/** A column's name as a field's, and the other way. */
export const fieldName = once((column) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
export const columnOf = once(columnName);

/** Statements by where they find their tables: the same text is another statement on another search path. */
const names = new Map<string, (sql: string) => string>();
function statementName(sql: string, searchPath: string): string {
  let nameOf = names.get(searchPath);
  if (!nameOf) {
    nameOf = once((text) => createHash('sha1').update(searchPath).update(text).digest('base64url'));
    names.set(searchPath, nameOf);
  }
  return nameOf(sql);
}

/** A text in SQL. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const AS_ASKED = '/* as asked */ ';

/**
 * A statement whose text follows from what a client asks. There is no end to such texts, and what is prepared takes room in the
 * database for as long as its connection lasts: this is not.
 */
export const asAsked = (sql: string): string => AS_ASKED + sql;

/** Runs one statement, which PostgreSQL parses and plans once per connection; column names come back in camelCase. */
export async function run<Row extends object>(
  client: pg.Pool | pg.PoolClient | pg.Client,
  sql: string,
  parameters: readonly unknown[] = [],
  searchPath = PRESENT,
): Promise<Row[]> {
  const result = await client.query<unknown[]>({
    name: sql.startsWith(AS_ASKED) ? undefined : statementName(sql, searchPath),
    text: sql,
    values: parameters as unknown[],
    rowMode: 'array',
  });
  const fields = result.fields.map(({ name }) => fieldName(name));
  return result.rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < fields.length; i++) row[fields[i]!] = values[i];
    return row as Row;
  });
}

/** A row as the database writes it: nothing is parsed, and nothing has a name. */
export type TextRow = readonly (string | null)[];

const asWritten = { getTypeParser: () => (text: string) => text };

/**
 * How many statements that follow from what clients ask are prepared on a connection; when there are more, all are forgotten,
 * since each takes room in the database for as long as the connection lasts.
 */
const PREPARED = 200;

/** What node-postgres knows of the statements that are prepared on a connection, and which of those were asked here. */
type TextClient = pg.PoolClient & { connection: { parsedStatements: Record<string, string> }; asked?: Set<string> };

/** Runs a statement that follows from what a client asks. */
export async function runForTexts(
  given: pg.PoolClient,
  sql: string,
  parameters: readonly unknown[],
  searchPath = PRESENT,
): Promise<TextRow[]> {
  const client = given as TextClient;
  const name = statementName(sql, searchPath);
  const asked = (client.asked ??= new Set());
  if (!asked.has(name) && asked.size >= PREPARED) {
    await client.query('deallocate all');
    client.connection.parsedStatements = {};
    asked.clear();
  }
  asked.add(name);
  const { rows } = await client.query<(string | null)[]>({
    name,
    text: sql,
    values: parameters as unknown[],
    rowMode: 'array',
    types: asWritten,
  });
  return rows;
}

/** What a statement reads of the things whose ids are its only parameter. */
export const readBy =
  <Row extends object, Id = string>(sql: string) =>
  (db: Db, ids: readonly Id[]): Promise<Row[]> =>
    db.query<Row>(sql, [ids]);

/** A connection that is somebody's own. */
export const dbOn = (client: pg.Client | pg.PoolClient): Db => ({
  query: (sql, parameters) => run(client, sql, parameters),
});
