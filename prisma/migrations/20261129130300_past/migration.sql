-- The past: every captured table as it stood at a commit.

create schema past;

-- How far a reader of the past sees: for each stream the last commit it knows. A stream that is not named is not seen
-- at all.
create function past.horizon() returns table (stream_id uuid, sequence int)
language sql stable rows 2 set search_path = pg_catalog, pg_temp as $$
  select (h.key)::uuid, (h.value)::int
  from jsonb_each_text(nullif(current_setting('phaseledger.horizon', true), '')::jsonb) h
$$;

create view past.change_set as
select c.* from past.horizon() h join log.change_set c on c.stream_id = h.stream_id and c.sequence <= h.sequence;
create view past.row_change as
select r.* from past.horizon() h join log.row_change r on r.stream_id = h.stream_id and r.sequence <= h.sequence;
-- Whoever sees a row change sees its commit.
create view past.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from past.row_change r
cross join lateral (
  select actor_id, committed_at from log.change_set c
  where c.stream_id = r.stream_id and c.sequence = r.sequence offset 0) c
where r.after is not null;

-- ── one view for each captured table ─────────────────────────────────────────────────────────────────────────────────

-- The view past.T has the rows of T as the horizon's commits left them: a row that no later commit touched, which is
-- asked of each row, is the live row (so what never changes is read by its own indexes); of the others, the image
-- before the first later change. Tables that only ever grow have none of the latter.
create function past.expose(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname)
                     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  columns text[] := array(
    select quote_ident(attname) from pg_attribute
    where attrelid = p_table and attnum > 0 and not attisdropped order by attnum);
  has_version boolean := 'version_id' = any(columns);
  only_grows boolean := exists (select from pg_trigger where tgrelid = p_table and tgname = 'b_insert_only');
begin
  execute format($v$
    create or replace view past.%1$I as
    select %2$s from past.horizon() h join %3$s t on t.stream_id = h.stream_id
    where not exists (
      select from log.row_change r where r.stream_id = t.stream_id and r.table_name = %4$L and r.row_id = %5$s
        and r.sequence > h.sequence offset 0)$v$,
    name, (select string_agg('t.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)),
    full_name, name, log.row_id_of(p_table, 't'))
  || case when only_grows then '' else format($v$
    union all
    select %1$s from past.horizon() h
    cross join lateral (
      select distinct on (%2$sr.row_id) %2$sr.before from log.row_change r
      where r.stream_id = h.stream_id and r.table_name = %3$L and r.sequence > h.sequence
      order by %2$sr.row_id, r.sequence, r.ordinal) later
    cross join lateral jsonb_populate_record(null::%4$s, later.before) p
    where later.before is not null$v$,
    (select string_agg(case when c = 'version_id' then 'later.version_id' else 'p.' || c end, ', ' order by ord)
     from unnest(columns) with ordinality x(c, ord)),
    case when has_version then 'r.version_id, ' else '' end, name, full_name) end;
  execute format('grant select on past.%I to phaseledger_service', name);
end $outer$;

select past.expose(c.oid) from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert';

-- What is attached to a phase's table from now on includes its past.
create function log.phase_table(p_table regclass) returns void language plpgsql as $$
begin
  perform log.attach_phase_table(p_table);
  perform past.expose(p_table);
end $$;

revoke all on all functions in schema log, past from public;
grant usage on schema past to phaseledger_service;
grant select on all tables in schema past to phaseledger_service;
grant execute on function past.horizon() to phaseledger_service;
