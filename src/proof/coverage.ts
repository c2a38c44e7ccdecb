/**
 * What is captured and by what: the database's own catalogue, held against what the migrations make. Nothing here is a list
 * of tables that somebody has to keep.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { productSchemas } from '../database/catalogue';
import type { Db } from '../database/database';
import { projectRoot } from '../env';

export interface TableCoverage {
  readonly table: string;
  readonly captured: boolean;
  readonly problem: string | null;
}

/** What the migrations make: the bodies of the functions of the log and of the past, of which the last counts; schemas. */
function readMigrations(): { bodies: Map<string, string>; schemas: string[] } {
  const folder = path.join(projectRoot, 'prisma', 'migrations');
  const bodies = new Map<string, string>();
  const schemas: string[] = [];
  const statement =
    /\bcreate\s+(?:or\s+replace\s+)?function\s+((?:log|past)\.\w+)\s*\(.*?(\$\w*\$)(.*?)\2|\balter\s+function\s+(log\.)(\w+)\([^)]*\)\s+rename\s+to\s+(\w+)/gis;
  for (const name of readdirSync(folder).sort()) {
    if (!/^\d+_/.test(name)) continue;
    const sql = readFileSync(path.join(folder, name, 'migration.sql'), 'utf8');
    for (const [, schema] of sql.matchAll(/^create\s+schema\s+(?:if\s+not\s+exists\s+)?"?(\w+)/gim))
      schemas.push(schema!);
    for (const [, made, , body, schema, from, to] of sql.matchAll(statement)) {
      if (made) bodies.set(made, body!);
      else {
        bodies.set(`${schema}${to}`, bodies.get(`${schema}${from}`)!);
        bodies.delete(`${schema}${from}`);
      }
    }
  }
  return { bodies, schemas: schemas.filter((name) => !['log', 'past'].includes(name)) };
}
let made: ReturnType<typeof readMigrations> | undefined;

/** Every trigger must fire in every session, also in those that say they are replicas. */
const enabledProblem = `case t.tgenabled when 'A' then null when 'D' then 'disabled' when 'R' then 'only for replicas' else 'not for replicas' end`;

/** A trigger as it was made. Whether its function's schema is written depends on the search path; it is looked at by itself. */
const definition = `replace(pg_get_triggerdef(t.oid), 'EXECUTE FUNCTION log.', 'EXECUTE FUNCTION ')`;

/**
 * Every table of the product: its capture triggers are there, enabled for all sessions and do what they are made to do; every
 * column is in its past; no rule or row security stands between what is written and what is read. And the log itself: its
 * seal, its guards, its functions, and that nothing takes the place of what they call.
 */
export async function auditCoverage(db: Db): Promise<TableCoverage[]> {
  made ??= readMigrations();
  const rows = await db.query<{ table: string; problems: string[] }>(
    `with schemas as (${productSchemas} union select oid, nspname::text from pg_namespace where nspname = any ($3::text[])),
     tables as (
       select c.oid, case when n.name = 'public' then '' else n.name || '.' end || c.relname as name, c.relname as bare, format('%I.%I', n.name, c.relname) as full_name,
         'capture_' || c.relname as capture, c.relrowsecurity, c.relhasrules
       from pg_class c join schemas n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'f') and c.relname <> '_prisma_migrations'
         -- Elsewhere, tables whose rows are of no stream are notes, not part of the record.
         and (n.name = 'public' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'stream_id' and not a.attisdropped))),
     logged as (
       select c.oid, 'log.' || c.relname as name, '' as capture, c.relrowsecurity, c.relhasrules from pg_class c
       where c.relnamespace = 'log'::regnamespace and c.relname in ('stream', 'change_set', 'row_change', 'change_log_read')),
     needed (name, definition) as (values
       ('a_capture_insert', 'CREATE TRIGGER a_capture_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %2$s()'),
       ('a_capture_update', 'CREATE TRIGGER a_capture_update AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %2$s()'),
       ('a_capture_delete', 'CREATE TRIGGER a_capture_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %2$s()'),
       ('a_capture_truncate', 'CREATE TRIGGER a_capture_truncate BEFORE TRUNCATE ON %1$s FOR EACH STATEMENT EXECUTE FUNCTION %2$s()'),
       ('a_identity', 'CREATE TRIGGER a_identity BEFORE UPDATE ON %1$s FOR EACH ROW WHEN (%3$s) EXECUTE FUNCTION refuse_identity_change()')),
     fixed as (
       select s.oid, '(old.' || quote_ident(a.attname) || ' IS DISTINCT FROM new.' || quote_ident(a.attname) || ')' as condition
       from tables s join pg_attribute a on a.attrelid = s.oid and a.attnum > 0 and not a.attisdropped
       left join pg_index i on i.indrelid = s.oid and i.indisprimary
       where a.attnum = any (i.indkey) or a.attname in ('stream_id', 'version_id', 'item_key')),
     -- What must not change, in any order.
     identities as (
       select oid, array_agg(condition) as conditions, case when count(*) > 1 then '(' || string_agg(condition, ' OR ') || ')' else string_agg(condition, '') end as condition
       from fixed group by 1),
     problems as (
       select s.name, n.name || case when t.oid is null then ' is missing' when t.tgenabled <> 'A' then ' is ' || ${enabledProblem}
           else ' is not made as it was' end as problem
         from tables s cross join needed n left join identities i on i.oid = s.oid
         left join pg_trigger t on t.tgrelid = s.oid and t.tgname = n.name and not t.tgisinternal
         cross join lateral (select ${definition}, format(n.definition, s.full_name, quote_ident(s.capture), i.condition)) d(actual, made)
         where t.oid is null or t.tgenabled <> 'A' or case when n.name <> 'a_identity' then d.actual <> d.made
           else length(d.actual) <> length(d.made) or replace(d.actual, ' WHEN ', ' ') = d.actual
             or exists (select from unnest(i.conditions) x where strpos(d.actual, x) = 0) end
       union all
       select s.name, t.tgname || ' is ' || ${enabledProblem} from tables s join pg_trigger t on t.tgrelid = s.oid
         where not t.tgisinternal and t.tgenabled <> 'A' and t.tgname not in (select name from needed)
       union all
       select s.name, t.tgname || ' calls ' || p.pronamespace::regnamespace || '.' || p.proname || ', which no migration made' from
         (select oid, name, capture from tables union all select oid, name, capture from logged) s join pg_trigger t on t.tgrelid = s.oid join pg_proc p on p.oid = t.tgfoid
         where not t.tgisinternal and p.pronamespace::regnamespace || '.' || p.proname <> all ($1::text[])
           and not (p.pronamespace = 'log'::regnamespace and p.proname = s.capture)
       union all
       select s.name, p.proname || ' is not the function that captures this table' from tables s
         join pg_proc p on p.pronamespace = 'log'::regnamespace and p.proname = s.capture
         where p.prosrc is distinct from log.capture_source(s.oid) or not p.prosecdef or p.prolang <> (select oid from pg_language where lanname = 'plpgsql')
           or p.proconfig is distinct from '{"search_path=pg_catalog, public, log, pg_temp",TimeZone=UTC}'
       union all
       select s.name, 'column ' || a.attname || ' cannot be read in the past' from tables s
         join pg_attribute a on a.attrelid = s.oid and a.attnum > 0 and not a.attisdropped
         where not exists (select from pg_class v join pg_attribute b on b.attrelid = v.oid and b.attname = a.attname
           where v.relnamespace = 'past'::regnamespace and v.relname = s.bare)
       union all
       select s.name, 'it has no column stream_id' from tables s
         where not exists (select from pg_attribute a where a.attrelid = s.oid and a.attname = 'stream_id' and not a.attisdropped)
       union all
       select s.name, 'it has no key' from tables s where not exists (select from pg_index i where i.indrelid = s.oid and i.indisprimary)
       union all
       select s.name, 'row security can hide its rows' from (select name, relrowsecurity from tables union all select name, relrowsecurity from logged) s where s.relrowsecurity
       union all
       select s.name, 'rules change what is written to it' from (select name, relhasrules from tables union all select name, relhasrules from logged) s where s.relhasrules
       union all
       select v.relname, 'it has a past, and is no table' from pg_class v where v.relnamespace = 'past'::regnamespace and v.relkind = 'v'
         and v.relname not in ('change_set', 'row_change', 'row_form', 'version_import') and (not exists (select from tables s where s.bare = v.relname)
           or exists (select from pg_class c join schemas n on n.oid = c.relnamespace where c.relname = v.relname and c.relkind in ('v', 'm')
             -- Not the old system's tables, which are views of their own beside ours.
             and (n.name = 'public' or not exists (select from tables s where s.full_name = format('public.%I', v.relname)))))
       union all
       select 'log.' || g.tab, g.trigger || case when t.oid is null then ' is missing' when t.tgenabled <> 'A' then ' is ' || ${enabledProblem} else ' is not made as it was' end
         from (values
           ('stream', 'seal', 'CREATE CONSTRAINT TRIGGER seal AFTER UPDATE ON log.stream DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.is_open) EXECUTE FUNCTION seal()'),
           ('stream', 'guard_head', $d$CREATE TRIGGER guard_head BEFORE INSERT OR UPDATE ON log.stream FOR EACH ROW WHEN (((new.actor_id IS NOT NULL) OR (new.origin = 'api'::text))) EXECUTE FUNCTION guard_head()$d$),
           ('stream', 'refuse_removal', 'CREATE TRIGGER refuse_removal BEFORE DELETE OR TRUNCATE ON log.stream FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'),
           ('change_set', 'refuse_change', 'CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON log.change_set FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'),
           ('change_set', 'refuse_direct_insert', 'CREATE TRIGGER refuse_direct_insert BEFORE INSERT ON log.change_set FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_insert()'),
           ('row_change', 'refuse_change', 'CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON log.row_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'),
           ('row_change', 'refuse_direct_insert', 'CREATE TRIGGER refuse_direct_insert BEFORE INSERT ON log.row_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_direct_insert()'),
           ('change_log_read', 'refuse_change', 'CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON log.change_log_read FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'),
           ('change_log_read', 'stamp_read', 'CREATE TRIGGER stamp_read BEFORE INSERT ON log.change_log_read FOR EACH ROW EXECUTE FUNCTION stamp_read()')
         ) g(tab, trigger, definition)
         left join pg_trigger t on t.tgrelid = ('log.' || g.tab)::regclass and t.tgname = g.trigger
         where t.oid is null or t.tgenabled <> 'A' or ${definition} <> g.definition
       union all
       select 'log', f.name || case when p.oid is null then ' is missing' else ' is not the function that a migration made' end
         from unnest($1::text[], $2::text[]) f(name, body)
         left join pg_proc p on p.pronamespace::regnamespace || '.' || p.proname = f.name where p.prosrc is distinct from f.body
       union all
       select 'log', p.oid::regprocedure || ' can take the place of PostgreSQL’s own function' from pg_proc p
         where p.pronamespace in ('public'::regnamespace, 'log'::regnamespace)
           and exists (select from pg_proc q where q.pronamespace = 'pg_catalog'::regnamespace and q.proname = p.proname)
           and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
       union all
       select 'log', 'operator ' || o.oid::regoperator || ' can take the place of PostgreSQL’s own' from pg_operator o
         where o.oprnamespace in ('public'::regnamespace, 'log'::regnamespace)
           and not exists (select from pg_depend d where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e'))
     select n.name as "table", coalesce((select array_agg(distinct p.problem order by p.problem) from problems p where p.name = n.name), '{}') as problems
     from (select name from tables union select name from problems union select name from logged) n order by n.name = 'log' or n.name like 'log.%', n.name`,
    [[...made.bodies.keys()], [...made.bodies.values()], made.schemas],
  );
  return rows.map(({ table, problems }) => ({
    table,
    captured: problems.length === 0,
    problem: problems.length > 0 ? `${problems.join('; ')}.` : null,
  }));
}
