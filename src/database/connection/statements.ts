/** Sends statements: the names they are prepared under, and the form in which values and columns come back. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { columnName } from '../../versioning/fields';
import { sendStatement, type Answer, type Client, type Column, type Statement, type TextRow } from './packet';

export type { TextRow };

/** Runs one statement; column names come back in camelCase. A pool, a transaction and a connection all implement it. */
export interface Db {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction that may write. Statements run in the order in which they were issued, whether or not anybody awaits the result. */
export interface Tx extends Db {
  /** Runs a statement without a result: it succeeds, or the transaction fails. */
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

/** The search paths of the two pools. */
export const PRESENT_SEARCH_PATH = 'public,log';
export const PAST_SEARCH_PATH = 'past,public,log';

/** The maximum number of memoized results per function, far above the number of the product's own statements and columns. */
const KEPT = 5_000;

/** Memoizes a function of a text. */
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

/** Converts a column name to a field name, and the reverse. */
export const fieldName = once((column) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
export const columnOf = once(columnName);

/** Statement names by search path: the same text on another search path is another prepared statement. */
const names = new Map<string, (sql: string) => string>();
function statementName(sql: string, searchPath: string): string {
  let nameOf = names.get(searchPath);
  if (!nameOf) {
    nameOf = once((text) => createHash('sha1').update(searchPath).update(text).digest('base64url'));
    names.set(searchPath, nameOf);
  }
  return nameOf(sql);
}

/** A text as an SQL literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const UNPREPARED = '/* as asked */ ';

/**
 * Marks a statement whose text depends on what a client asks for. Such texts are unlimited in number, and a prepared statement occupies
 * memory in the database as long as its connection lasts, so these are not prepared. Nor are statements whose columns do not follow from
 * their text (FETCH).
 */
export const unprepared = (sql: string): string => UNPREPARED + sql;

/** A statement in the form in which it is sent. PostgreSQL parses and plans it once per connection. */
export const statementOf = (
  sql: string,
  parameters: readonly unknown[],
  searchPath = PRESENT_SEARCH_PATH,
): Statement => ({
  name: sql.startsWith(UNPREPARED) ? undefined : statementName(sql, searchPath),
  text: sql,
  values: parameters,
  hasColumns: true,
});

/** Functions that make rows of texts, by column list; a prepared statement has the same list each time it runs on a connection. */
const makers = new WeakMap<readonly Column[], (texts: TextRow) => object>();

function makerOf(columns: readonly Column[]): (texts: TextRow) => object {
  let make = makers.get(columns);
  if (!make) {
    const fields = columns.map(({ name }) => fieldName(name));
    const parsers = columns.map(({ parse }) => parse);
    make = (texts) => {
      const row: Record<string, unknown> = {};
      for (let i = 0; i < fields.length; i++) {
        const text = texts[i] ?? null;
        row[fields[i]!] = text === null ? null : parsers[i]!(text);
      }
      return row;
    };
    makers.set(columns, make);
  }
  return make;
}

/** The rows of an answer, with field names in camelCase. */
export const rowsOfAnswer = <Row extends object>({ columns, rows }: Answer): Row[] =>
  rows.map(makerOf(columns)) as Row[];

/** Runs one statement on a connection. */
export const run = async <Row extends object>(
  client: pg.PoolClient | pg.Client,
  sql: string,
  parameters: readonly unknown[] = [],
  searchPath = PRESENT_SEARCH_PATH,
): Promise<Row[]> => rowsOfAnswer(await sendStatement(client, statementOf(sql, parameters, searchPath)));

/**
 * The maximum number of client-dependent statements prepared on a connection. Beyond that all are deallocated, because each occupies memory
 * in the database as long as the connection lasts.
 */
const PREPARED = 200;

/** A connection with the client-dependent statements prepared on it. */
type TextClient = Client & { asked?: Set<string> };

/** Runs a statement made from a client's query, with texts as values. */
export async function runForTexts(
  given: pg.PoolClient,
  sql: string,
  parameters: readonly unknown[],
  searchPath = PRESENT_SEARCH_PATH,
): Promise<readonly TextRow[]> {
  const client = given as TextClient;
  const statement = statementOf(sql, parameters, searchPath);
  const name = statement.name!;
  const asked = (client.asked ??= new Set());
  if (!asked.has(name) && asked.size >= PREPARED) {
    await client.query('deallocate all');
    client.connection.parsedStatements = {};
    asked.clear();
  }
  asked.add(name);
  const { rows } = await sendStatement(client, { ...statement, hasColumns: false });
  return rows;
}

/** A reader for a statement whose only parameter is an array of ids. */
export const readBy =
  <Row extends object, Id = string>(sql: string) =>
  (db: Db, ids: readonly Id[]): Promise<Row[]> =>
    db.query<Row>(sql, [ids]);

/** A `Db` over a single connection. */
export const dbOn = (client: pg.Client | pg.PoolClient): Db => ({
  query: (sql, parameters) => run(client, sql, parameters),
});
