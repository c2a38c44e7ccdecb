/** Reads the structure of a database from the PostgreSQL catalogue. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CatalogueLine } from '../../../packages/pg-catalogue';
import type { Db } from '../connection/database';

/**
 * SQL for the schemas whose tables belong to the product: `public`, and every schema that has a captured table. Copies of tables that
 * somebody keeps in another schema do not belong to it.
 */
export const productSchemas = `
  select n.oid, n.nspname::text as name from pg_namespace n where n.nspname = 'public' or exists (
    select from pg_class c join pg_trigger t on t.tgrelid = c.oid join pg_proc p on p.oid = t.tgfoid
    where c.relnamespace = n.oid and p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || c.relname)`;

let statement: string | undefined;

/**
 * Reads every object that can run on, shape, hide or show a row.
 * @param tx a transaction; its settings are changed until it ends, so that names are always written in full
 * @param schemas the schemas that the migrations create
 */
export async function readCatalogue(tx: Db, schemas: readonly string[]): Promise<CatalogueLine[]> {
  statement ??= readFileSync(path.join(__dirname, 'catalogue.sql'), 'utf8');
  for (const [name, value] of Object.entries(written)) await tx.query(`set local ${name} = ${value}`);
  return tx.query<CatalogueLine>(statement, [schemas]);
}

/** How names and values are formatted. These are literal settings rather than function calls, because a function could be shadowed. */
const written = {
  search_path: 'pg_catalog, pg_temp',
  quote_all_identifiers: 'off',
  extra_float_digits: '1',
  bytea_output: 'hex',
  datestyle: 'ISO',
  intervalstyle: 'postgres',
  timezone: 'UTC',
};
