/** Sending statements: by what name, and in which form values and columns come back. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { columnName } from '../versioning/fields';
import { ask, type Answer, type Client, type Column, type Statement, type TextRow } from './packet';

export type { TextRow };

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
 * database for as long as its connection lasts: this is not. Nor is one whose columns do not follow from its text (FETCH).
 */
export const asAsked = (sql: string): string => AS_ASKED + sql;

/** A statement as it is sent: PostgreSQL parses and plans it once per connection. */
export const statementOf = (sql: string, parameters: readonly unknown[], searchPath = PRESENT): Statement => ({
  name: sql.startsWith(AS_ASKED) ? undefined : statementName(sql, searchPath),
  text: sql,
  values: parameters,
  hasColumns: true,
});

/** How rows are made of texts, by the columns, which are the same each time a statement is run on a connection. */
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

/** The rows of an answer; column names come back in camelCase. */
export const rowsOf = <Row extends object>({ columns, rows }: Answer): Row[] => rows.map(makerOf(columns)) as Row[];

/** Runs one statement on a connection. */
export const run = async <Row extends object>(
  client: pg.PoolClient | pg.Client,
  sql: string,
  parameters: readonly unknown[] = [],
  searchPath = PRESENT,
): Promise<Row[]> => rowsOf(await ask(client, statementOf(sql, parameters, searchPath)));

/**
 * How many statements that follow from what clients ask are prepared on a connection; when there are more, all are forgotten,
 * since each takes room in the database for as long as the connection lasts.
 */
const PREPARED = 200;

/** Which statements that follow from what clients ask are prepared on a connection. */
type TextClient = Client & { asked?: Set<string> };

/** Runs a statement that follows from what a client asks. */
export async function runForTexts(
  given: pg.PoolClient,
  sql: string,
  parameters: readonly unknown[],
  searchPath = PRESENT,
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
  const { rows } = await ask(client, { ...statement, hasColumns: false });
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
