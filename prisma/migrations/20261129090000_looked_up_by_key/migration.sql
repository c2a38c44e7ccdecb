-- Statements must not need statistics. Of tables that were never counted the planner takes every selection for a row or two, and
-- joins each row with each where that is so. What belongs to one row is therefore looked up for it, by its key, and OFFSET 0 leaves
-- the planner no other way.

-- Of indexes that promise the same, PostgreSQL takes the youngest, so that of the key must be: a stream has thousands of commits.
-- (A database that is restored from a dump has them in the order of their names, which is the same.)
drop index log.change_set_stream_id_sequence_key;
create unique index change_set_stream_id_sequence_key on log.change_set (stream_id, sequence);

-- ── where it came from ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- The forms that rows have had, each with the commit that made it.
create or replace view log.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from log.row_change r
cross join lateral (select actor_id, committed_at from log.change_set c where c.stream_id = r.stream_id and c.sequence = r.sequence offset 0) c
where r.after is not null;

-- Whoever sees a row change sees its commit.
create or replace view past.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from past.row_change r
cross join lateral (select actor_id, committed_at from log.change_set c where c.stream_id = r.stream_id and c.sequence = r.sequence offset 0) c
where r.after is not null;

-- ── reading at a commit ────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, but whether a later commit touched a row is asked of each row.
create or replace function past.expose(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  columns text[] := array(select quote_ident(attname) from pg_attribute where attrelid = p_table and attnum > 0 and not attisdropped order by attnum);
  has_version boolean := 'version_id' = any(columns);
  only_grows boolean := exists (select from pg_trigger where tgrelid = p_table and tgname = 'b_insert_only');
begin
  execute format($v$
    create or replace view past.%1$I as
    select %2$s from past.horizon() h join %3$s t on t.stream_id = h.stream_id
    where not exists (select from log.row_change r where r.stream_id = t.stream_id and r.table_name = %4$L and r.row_id = %5$s and r.sequence > h.sequence offset 0)$v$,
    name, (select string_agg('t.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)), full_name, name, log.row_id_of(p_table, 't'))
  || case when only_grows then '' else format($v$
    union all
    select %1$s from past.horizon() h
    cross join lateral (
      select distinct on (%2$sr.row_id) %2$sr.before from log.row_change r
      where r.stream_id = h.stream_id and r.table_name = %3$L and r.sequence > h.sequence
      order by %2$sr.row_id, r.sequence, r.ordinal) later
    cross join lateral jsonb_populate_record(null::%4$s, later.before) p
    where later.before is not null$v$,
    (select string_agg(case when c = 'version_id' then 'later.version_id' else 'p.' || c end, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)),
    case when has_version then 'r.version_id, ' else '' end, name, full_name) end;
  execute format('grant select on past.%I to phaseledger_service', name);
end $outer$;

do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert'
           where c.relnamespace = 'public'::regnamespace order by 1 loop
    perform past.expose(format('public.%I', t)::regclass);
  end loop;
end $$;
