/** Keeps the planner's statistics up to date before autovacuum gets there. */
import { extensions } from '../../extensions';
import type { Db } from '../connection/database';
import { dbOn } from '../connection/statements';
import { withClient } from '../../../packages/pg-client';

/**
 * Analyzes the product's tables that hold rows, as their owner. Empty tables are left out: without statistics, PostgreSQL plans for the
 * rows to come. Other tables in the database are not touched.
 */
export async function analyzeTables(owner: Db): Promise<void> {
  const tables = await owner.query<{ place: string }>(
    `select format('%I.%I', n.nspname, c.relname) as place from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'r' and pg_has_role(c.relowner, 'USAGE') and pg_relation_size(c.oid) > 0
     order by 1`,
    [['public', 'log', ...extensions.map(({ schema }) => schema)]],
  );
  if (tables.length > 0) await owner.query(`analyze ${tables.map(({ place }) => place).join(', ')}`);
}

/** The same, on a connection of its own. */
export const analyzeDatabase = (ownerUrl: string): Promise<void> =>
  withClient(ownerUrl, (client) => analyzeTables(dbOn(client)));
