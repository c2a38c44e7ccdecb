/** What a database is made of, read from its own catalogue. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CatalogueLine } from '../../packages/pg-catalogue';
import type { Db } from './database';

/**
 * The schemas whose tables are the product's, as a statement: `public`, and whichever has a table that is captured. Copies of
 * tables that somebody keeps in a schema of their own are not the product's.
 */
export const productSchemas = `
  select n.oid, n.nspname::text as name from pg_namespace n where n.nspname = 'public' or exists (
    select from pg_class c join pg_trigger t on t.tgrelid = c.oid join pg_proc p on p.oid = t.tgfoid
    where c.relnamespace = n.oid and p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || c.relname)`;

let statement: string | undefined;

/**
 * Everything that can run on, shape, hide or show a row.
 * @param tx a transaction, whose settings are changed to its end: names are written in full, whatever the session's say
 * @param schemas the schemas that the migrations make
 */
export async function readCatalogue(tx: Db, schemas: readonly string[]): Promise<CatalogueLine[]> {
  statement ??= readFileSync(path.join(__dirname, 'catalogue.sql'), 'utf8');
  for (const [name, value] of Object.entries(written)) await tx.query(`set local ${name} = ${value}`);
  return tx.query<CatalogueLine>(statement, [schemas]);
}

/** How names and values are written. These are no functions, of which somebody could have others found first. */
const written = {
  search_path: 'pg_catalog, pg_temp',
  quote_all_identifiers: 'off',
  extra_float_digits: '1',
  bytea_output: 'hex',
  datestyle: 'ISO',
  intervalstyle: 'postgres',
  timezone: 'UTC',
};
