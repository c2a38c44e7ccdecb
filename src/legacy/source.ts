/** Where old data comes from: a folder with one JSON file a table, or the old system's own PostgreSQL. */
import { createReadStream, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { ConfigurationError } from '../env';
import { rowsOfJson } from './json-rows';
import { legacyTables } from './tables';

export interface Source {
  /** Says which source it is, without a password. */
  readonly label: string;
  /** The tables that are there; in a folder also those that the old system did not have. */
  readonly tables: readonly string[];
  /** Each row of a table, as JSON text. */
  rows(table: string): AsyncIterable<string>;
  close(): Promise<void>;
}

const isDatabase = (from: string): boolean => /^postgres(ql)?:\/\//i.test(from);

/** Opens a source, and says what is wrong with the address if there is none. */
export async function openSource(from: string): Promise<Source> {
  const source = isDatabase(from) ? await openDatabaseSource(from) : openFolder(from);
  return {
    ...source,
    async *rows(table) {
      // No text in PostgreSQL holds U+0000; in JSON it is an error anyway.
      for await (const row of source.rows(table)) yield row.replaceAll('\0', '\uFFFD');
    },
  };
}

/** Known tables first, in the order in which they refer to each other. */
const inOrder = (tables: readonly string[]): string[] => {
  const known: readonly string[] = legacyTables.map(({ name }) => name);
  return [...known.filter((name) => tables.includes(name)), ...tables.filter((name) => !known.includes(name)).sort()];
};

function openFolder(folder: string): Source {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new ConfigurationError(
      `${folder} is no folder. Write --from FOLDER, with one JSON file a table, or --from postgresql://….`,
    );
  const tables = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  if (tables.length === 0)
    throw new ConfigurationError(`${folder} has no JSON files. The old tables are expected there, e.g. users.json.`);
  return {
    label: realpathSync(folder),
    tables: inOrder(tables),
    rows: (table) => rowsOfJson(createReadStream(path.join(folder, `${table}.json`), { encoding: 'utf8' })),
    close: () => Promise.resolve(),
  };
}

const BATCH = 1000;

async function openDatabaseSource(url: string): Promise<Source> {
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
  client.on('error', () => undefined); // whoever is reading is told by the statement that fails
  const { rows: found } = await client.query<{ name: string; isOurs: boolean }>(
    `select c.relname as name, to_regclass('log.change_set') is not null as "isOurs" from pg_class c
     where c.relkind in ('r', 'p', 'v') and pg_table_is_visible(c.oid) and c.relname = any($1)`,
    [legacyTables.map(({ name }) => name)],
  );
  if (found.some(({ isOurs }) => isOurs) || found.length === 0) {
    await client.end();
    throw new ConfigurationError(
      found.length === 0
        ? 'The database has none of the old tables. Name the old system’s database.'
        : 'The database is a PhaseLedger database. Name the old system’s database.',
    );
  }
  // Everything is read as it was at one instant, however long it takes.
  await client.query('begin isolation level repeatable read read only');
  const { host, port, database } = client;
  return {
    label: `postgresql://${host}:${port}/${database ?? ''}`,
    tables: inOrder(found.map(({ name }) => name)),
    async *rows(table) {
      await client.query(
        `declare old_rows no scroll cursor for select to_jsonb(t)::text as row from ${pg.escapeIdentifier(table)} t`,
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
    close: () => client.end(),
  };
}
