/**
 * The schemas whose tables are the product's, as a statement: `public`, and whichever has a table that is captured. Copies of
 * tables that somebody keeps in a schema of their own are not the product's.
 */
export const productSchemas = `
  select n.oid, n.nspname::text as name from pg_namespace n where n.nspname = 'public' or exists (
    select from pg_class c join pg_trigger t on t.tgrelid = c.oid join pg_proc p on p.oid = t.tgfoid
    where c.relnamespace = n.oid and p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || c.relname)`;
