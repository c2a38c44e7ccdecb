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
select f.* from past.horizon() h join log.row_form f on f.stream_id = h.stream_id and f.sequence <= h.sequence;

-- ── one view for each captured table ─────────────────────────────────────────────────────────────────────────────────

-- The view past.T has the rows of T as the horizon's commits left them: a row that no later commit touched, which is
-- asked of each row, is the live row (so what never changes is read by its own indexes); of the others, the image
-- before the first later change. Tables that only ever grow have none of the latter.
create function past.query_of(p_table regclass) returns text language plpgsql stable as $outer$
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
  return format($v$
    select %1$s from past.horizon() h join %2$s t on t.stream_id = h.stream_id
    where not exists (
      select from log.row_change r where r.stream_id = t.stream_id and r.table_name = %3$L and r.row_id = %4$s
        and r.sequence > h.sequence offset 0)$v$,
    (select string_agg('t.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)),
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
end $outer$;

-- Makes a view, unless it is made of this query already, which its comment tells.
create function past.make_view(p_schema name, p_name name, p_query text) returns void language plpgsql as $$
declare
  place text := format('%I.%I', p_schema, p_name);
  made_of text := 'made of ' || md5(p_query);
begin
  perform pg_advisory_xact_lock(1887007847); -- one deployment at a time
  if not exists (select from pg_description where objoid = to_regclass(place) and description = made_of) then
    execute format('create or replace view %s as %s', place, p_query);
    execute format('comment on view %s is %L', place, made_of);
    execute format('grant select on %s to phaseledger_service', place);
  end if;
end $$;

-- What the deployment calls after the migrations, so that none of them has to know of the past.
create function past.make_views() returns void language sql as $$
  select past.make_view('past', c.relname, past.query_of(c.oid))
  from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert' order by c.relname
$$;

revoke all on all functions in schema past from public;
grant usage on schema past to phaseledger_service;
grant select on all tables in schema past to phaseledger_service;
grant execute on function past.horizon() to phaseledger_service;
