/** The sources of old data: a folder with one JSON file per table, or the old system's PostgreSQL. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { ConfigurationError } from '../env';
import { rowsOfJson, textOf, Unreadable, type Envelope } from './json-rows';
import { legacyTables } from './tables';

/** How many rows a table should have, and how many were read. */
export interface TableCount {
  readonly table: string;
  /** The source's own count: the row_count of an export, or PostgreSQL's count; null if there is none. */
  readonly expected: number | null;
  readonly read: number;
  /** Why there may be more rows than were read; null if nothing suggests it. */
  readonly problem: string | null;
}

export interface Source {
  /** Identifies the source, without its password. */
  readonly label: string;
  /** All tables of the source, including unknown ones. */
  readonly tables: readonly string[];
  /** Files with other extensions, which are ignored. */
  readonly otherFiles: readonly string[];
  /** The rows of a table as JSON texts, as far as they can be read. */
  rows(table: string): AsyncIterable<string>;
  /** The rows read so far of each table, and the tables that could not be opened. */
  counts(): readonly TableCount[];
  close(): Promise<void>;
}

/** A table of a source; its rows end with {@link Unreadable} if they cannot be read to the end. */
interface SourceTable {
  readonly rows: () => AsyncIterable<string>;
  /** Known once the rows have been read. */
  readonly expected: () => number | null;
}

const isDatabase = (from: string): boolean => /^postgres(ql)?:\/\//i.test(from);

/** Opens a source; throws an error that describes what is wrong with the address. */
export const openSource = (from: string): Promise<Source> => (isDatabase(from) ? openDatabase(from) : openFolder(from));

/** Known tables come first, in the order of their references. */
const inOrder = (tables: Iterable<string>): string[] => {
  const known: readonly string[] = legacyTables.map(({ name }) => name);
  const rank = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...tables].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
};

const disagreement = (expected: number | null, read: number): string | null =>
  expected === null || expected === read
    ? null
    : `The source counts ${expected} rows of it, and ${read} could be read.`;

/**
 * Counts rows as they are read, and compares with the source's own count.
 * @param unopened tables that exist but cannot be read at all
 */
function counting(
  {
    label,
    tables,
    otherFiles = [],
    close,
  }: Pick<Source, 'label' | 'close'> & {
    readonly tables: ReadonlyMap<string, SourceTable>;
    readonly otherFiles?: readonly string[];
  },
  unopened: readonly TableCount[] = [],
): Source {
  const counts = new Map(unopened.map((count) => [count.table, count]));
  return {
    label,
    otherFiles,
    close,
    tables: inOrder(tables.keys()),
    counts: () => [...counts.values()],
    async *rows(table) {
      const { rows, expected } = tables.get(table)!;
      let read = 0;
      let unread: string | null = null;
      try {
        for await (const row of rows()) {
          read++;
          yield row;
        }
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        unread = error.message;
      }
      const problem = unread ?? disagreement(expected(), read);
      counts.set(table, { table, expected: expected(), read, problem });
    },
  };
}

// ── a folder ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ENDING = /\.(json|ndjson|jsonl)$/i;

async function openFolder(folder: string): Promise<Source> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new ConfigurationError(
      `${folder} is no folder. Write --from FOLDER, with one JSON file a table, or --from postgresql://….`,
    );
  const names = readdirSync(folder).sort();
  const files = names.filter((name) => ENDING.test(name));
  if (files.length === 0)
    throw new ConfigurationError(`${folder} has no JSON files. The old tables are expected there, e.g. users.json.`);
  const tables = new Map<string, SourceTable>();
  const unopened: TableCount[] = [];
  const refuse = (name: string, problem: string) =>
    unopened.push({ table: name, expected: null, read: 0, problem: `${name} ${problem}.` });
  for (const name of files) {
    const file = path.join(folder, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      refuse(name, 'is no file');
      continue;
    }
    const table = tableNamed((await nameIn(file)) ?? name.replace(ENDING, ''));
    if (tables.has(table)) refuse(name, `is of the table ${table}, of which there is another file`);
    else tables.set(table, fileTable(name, file));
  }
  return counting(
    {
      label: realpathSync(folder),
      tables,
      close: () => Promise.resolve(),
      otherFiles: names.filter((name) => !ENDING.test(name)),
    },
    unopened,
  );
}

/** The name of a known table, ignoring case and schema. */
const tableNamed = (name: string): string => {
  const plain = name.replace(/^public\./i, '').toLowerCase();
  return legacyTables.find((known) => known.name === plain)?.name ?? name;
};

/** The table name in an export's header, if it comes before the rows. */
async function nameIn(file: string): Promise<string | undefined> {
  const envelope: Envelope = {};
  try {
    for await (const _ of rowsOfJson(textOf(file), envelope)) break;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  return envelope.table;
}

function fileTable(name: string, file: string): SourceTable {
  const envelope: Envelope = {};
  return {
    async *rows() {
      try {
        yield* rowsOfJson(textOf(file), envelope);
      } catch (error) {
        throw error instanceof Unreadable ? new Unreadable(`${name} ${error.message}.`) : error;
      }
    },
    expected: () => envelope.rowCount ?? null,
  };
}

// ── a database ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const BATCH = 1000;

/** The old system's tables, whether or not views stand in for them, and all other tables. */
const TABLES = `
  select case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end as name,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) as sql, has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as is_readable,
    to_regclass('log.change_set') is not null as "isOurs"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and not c.relispartition
    and (c.relkind in ('r', 'p', 'f') or c.relkind in ('v', 'm') and c.relname = any($1))`;

async function openDatabase(url: string): Promise<Source> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'phaseledger legacy',
    connectionTimeoutMillis: 10_000,
    options: '-c TimeZone=UTC -c default_transaction_read_only=on',
  });
  try {
    await client.connect();
  } catch (error) {
    throw new ConfigurationError(`The old database cannot be reached: ${(error as Error).message}`);
  }
  client.on('error', () => undefined); // the failing statement reports it to its caller
  const known: readonly string[] = legacyTables.map(({ name }) => name);
  // Everything is read in one snapshot, however long it takes.
  await client.query('begin isolation level repeatable read read only');
  const { rows: found } = await client.query<{ name: string; sql: string; is_readable: boolean; isOurs: boolean }>(
    TABLES,
    [known],
  );
  if (found.some(({ isOurs }) => isOurs) || !found.some(({ name }) => known.includes(name))) {
    await client.end();
    throw new ConfigurationError(
      found.some(({ isOurs }) => isOurs)
        ? 'The database is a PhaseLedger database. Name the old system’s database.'
        : 'The database has none of the old tables. Name the old system’s database.',
    );
  }
  const { host, port, database } = client;
  const readable = found.filter(({ is_readable }) => is_readable);
  return counting(
    {
      label: `postgresql://${host}:${port}/${database ?? ''}`,
      tables: new Map(readable.map(({ name, sql }) => [name, databaseTable(client, sql)])),
      close: () => client.end(),
    },
    found
      .filter(({ is_readable }) => !is_readable)
      .map(({ name }) => ({
        table: name,
        expected: null,
        read: 0,
        problem: `The role that reads has no right to read ${name}.`,
      })),
  );
}

function databaseTable(client: pg.Client, sql: string): SourceTable {
  let count: number | null = null;
  return {
    async *rows() {
      const { rows: counted } = await client.query<{ count: number }>(`select count(*)::int as count from ${sql}`);
      count = counted[0]!.count;
      await client.query(
        `declare old_rows no scroll cursor for select replace(to_jsonb(t)::text, '\\u0000', '\uFFFD') as row from ${sql} t`,
      );
      try {
        for (;;) {
          const { rows } = await client.query<{ row: string }>(`fetch ${BATCH} from old_rows`);
          for (const { row } of rows) yield row;
          if (rows.length < BATCH) return;
        }
      } finally {
        await client.query('close old_rows').catch(() => undefined);
      }
    },
    expected: () => count,
  };
}
