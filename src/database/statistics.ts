/** What PostgreSQL knows of how much there is, so that it plans well before autovacuum has looked. */
import { extensions } from '../extensions';
import type { Db } from './database';
import { dbOn } from './statements';
import { withClient } from '../../packages/pg-client';

/**
 * Counts the product's tables that hold anything, as their owner. Of an empty table PostgreSQL does better to know nothing: it
 * then reckons with the rows to come. What else is in the database is nobody's business here.
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
