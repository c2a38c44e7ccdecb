-- The past: every captured table as it stood at a commit.

create schema past;

-- The horizon of a reader of the past: the last visible commit of each stream, and whether it has commits after that. Streams that are not
-- listed are not visible.
create function past.horizon() returns table (stream_id uuid, sequence int, has_moved boolean)
language sql stable rows 2 set search_path = pg_catalog, pg_temp as $$
  select (h.key)::uuid, (h.value)::int, (s.sequence > (h.value)::int) is true
  from jsonb_each_text(nullif(current_setting('phaseledger.horizon', true), '')::jsonb) h
  left join log.stream s on s.stream_id = (h.key)::uuid
$$;

create view past.change_set as
select c.* from past.horizon() h join log.change_set c on c.stream_id = h.stream_id and c.sequence <= h.sequence;
create view past.row_change as
select r.* from past.horizon() h join log.row_change r on r.stream_id = h.stream_id and r.sequence <= h.sequence;
-- A visible row change implies a visible commit.
create view past.row_form as
select f.* from past.horizon() h join log.row_form f on f.stream_id = h.stream_id and f.sequence <= h.sequence;

-- ── one view for each captured table ─────────────────────────────────────────────────────────────────────────────────

-- The columns of a table, extracted from a row image. Each is an expression of its own, so only the columns that are used are computed;
-- composite values are extracted as part of the whole row.
-- p_instead: expressions for columns that are known otherwise.
create function past.columns_of(p_table regclass, p_image text, p_instead jsonb default '{}') returns text
language sql stable as $$
  select string_agg(coalesce(p_instead ->> a.attname, case
      when t.typname = 'jsonb' then format('nullif(%s -> %L, %L::jsonb)', p_image, a.attname, 'null')
      when t.typcategory in ('A', 'C') then format('(jsonb_populate_record(null::%s, %s)).%I', p_table, p_image, a.attname)
      else format('(%s ->> %L)::%s', p_image, a.attname, format_type(a.atttypid, a.atttypmod)) end)
    || format(' as %I', a.attname), ', ' order by a.attnum)
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
$$;

-- The columns of a live row t.
create function past.live_columns_of(p_table regclass) returns text language sql stable as $$
  select string_agg(format('t.%I', attname), ', ' order by attnum) from pg_attribute
  where attrelid = p_table and attnum > 0 and not attisdropped
$$;

-- The type of a table's key; null for a composite key.
create function past.key_type_of(p_table regclass) returns text language sql stable as $$
  select format_type(a.atttypid, a.atttypmod) from pg_attribute a
  where a.attrelid = p_table and array[a.attname::text] = log.key_columns(p_table)
$$;

-- The view past.T shows the rows of T as the commits up to the horizon left them. A row that no later commit touched is the live row, so
-- immutable rows are read through their own indexes; for other rows, it is the image before the first later change. Insert-only tables
-- have none of the latter. A row looked up by key is found without reading other images. Only in streams that have moved since the horizon
-- is each row checked for later commits.
-- An archived image is refused (ARCHIVED) where it is needed: its row is never left out silently.
create function past.query_of(p_table regclass) returns text language plpgsql stable as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname)
                     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  has_version boolean := exists (select from pg_attribute where attrelid = p_table and attname = 'version_id');
  only_grows boolean := exists (select from pg_trigger where tgrelid = p_table and tgname = 'b_insert_only');
  known jsonb := jsonb_strip_nulls(jsonb_build_object(
    (log.key_columns(p_table))[1], 'later.row_id::' || past.key_type_of(p_table)));
begin
  if has_version then
    known := known || '{"version_id": "later.version_id"}';
  end if;
  return format($v$
    select %1$s from past.horizon() h join %2$s t on t.stream_id = h.stream_id
    where not exists (
      select from log.row_change r where h.has_moved and r.stream_id = t.stream_id and r.table_name = %3$L
        and r.row_id = %4$s and r.sequence > h.sequence offset 0)$v$,
    past.live_columns_of(p_table), full_name, name, log.row_id_of(p_table, 't'))
  || case when only_grows then '' else format($v$
    union all
    select %1$s from past.horizon() h
    cross join lateral (
      select distinct on (%2$sr.row_id) %2$sr.row_id, r.before, r.operation from log.row_change r
      where h.has_moved and r.stream_id = h.stream_id and r.table_name = %3$L and r.sequence > h.sequence
      order by %2$sr.row_id, r.sequence, r.ordinal) later
    where case when later.before is not null then true when later.operation = 'INSERT' then false
      else log.refuse_archived(h.stream_id) end$v$,
    past.columns_of(p_table, 'later.before', known), case when has_version then 'r.version_id, ' else '' end, name)
  end;
end $outer$;

-- Creates a view, unless it exists with this query, according to its comment.
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

-- ── lookups ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Functions rather than views, so that the caller passes the stream and the position. They are inlined into the calling statements;
-- therefore they have no settings, and all names are schema-qualified.

-- Creates a function, unless it exists with this body.
create function past.make_function(p_name name, p_parameters text, p_table regclass, p_rows int, p_body text)
returns void language plpgsql as $$
declare
  place text := format('past.%I(%s)', p_name, p_parameters);
  made_of text := 'made of ' || md5(place || p_body);
begin
  perform pg_advisory_xact_lock(1887007847); -- one deployment at a time
  if not exists (
    select from pg_description d join pg_proc p on p.oid = d.objoid and p.pronamespace = 'past'::regnamespace
    where p.proname = p_name and d.description = made_of) then
    execute format('create or replace function %s returns setof %s language sql stable rows %s begin atomic %s; end',
      place, p_table, p_rows, p_body);
    execute format('comment on function %s is %L', place, made_of);
    execute format('revoke all on function %s from public', place);
    execute format('grant execute on function %s to phaseledger_service', place);
  end if;
end $$;

-- The row of a table with a key as of a position of a stream: the live row if no later commit touched it, else the image before the first
-- later change.
create function past.lookup_of(p_table regclass) returns text language sql stable as $outer$
  select format($v$
    select %1$s from %2$s t where t.%3$I = p_key and t.stream_id = p_stream and not exists (
      select from log.row_change r where r.stream_id = p_stream and r.table_name = %4$L and r.row_id = p_key::text
        and r.sequence > p_sequence offset 0)
    union all
    select %5$s from (
      select r.before from log.row_change r where r.stream_id = p_stream and r.table_name = %4$L and r.row_id = p_key::text
        and r.sequence > p_sequence
      order by r.sequence, r.ordinal limit 1) later
    where later.before is not null$v$,
    past.live_columns_of(p_table), p_table, (log.key_columns(p_table))[1], c.relname,
    past.columns_of(p_table, 'later.before'))
  from pg_class c where c.oid = p_table
$outer$;

-- Finds the first later change of a version that was in force.
create index row_change_in_force on log.row_change (stream_id, (before ->> 'phase'), sequence, ordinal)
  where table_name = 'phase_version' and before ->> 'effective_from' is not null and before ->> 'effective_to' is null;

-- The versions in force in drafted phases of a workflow, at most one per phase: the live one if no later commit touched it; else the image
-- before the first later change of a version in force, if that row had not changed before.
create function past.in_force_of() returns text language sql stable as $outer$
  select format($v$
    select %1$s from public.phase_version t
    where t.stream_id = p_stream and t.phase = any(p_phases) and t.effective_from is not null and t.effective_to is null
      and not exists (select from log.row_change r where r.stream_id = p_stream and r.table_name = 'phase_version'
        and r.row_id = t.version_id::text and r.sequence > p_sequence offset 0)
    union all
    select %2$s from unnest(p_phases) f(phase)
    cross join lateral (
      select r.before from log.row_change r
      where r.stream_id = p_stream and r.before ->> 'phase' = f.phase::text and r.sequence > p_sequence
        and r.table_name = 'phase_version' and r.before ->> 'effective_from' is not null
        and r.before ->> 'effective_to' is null
        and not exists (
          select from log.row_change e where e.stream_id = p_stream and e.table_name = 'phase_version'
            and e.row_id = r.row_id and e.sequence > p_sequence
            and (e.sequence, e.ordinal) < (r.sequence, r.ordinal) offset 0)
      order by r.sequence, r.ordinal limit 1) later$v$,
    past.live_columns_of('public.phase_version'),
    past.columns_of('public.phase_version', 'later.before', '{"phase": "f.phase"}'))
$outer$;

-- Called by the deployment after the migrations, so that no migration has to know of the past.
create function past.make_views() returns void language sql as $$
  select past.make_view('past', c.relname, past.query_of(c.oid))
  from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert' order by c.relname;
  select past.make_function(t.name, format('p_stream uuid, p_sequence int, p_key %s', past.key_type_of(t.of)), t.of, 1,
    past.lookup_of(t.of))
  from (select name, format('public.%I', name)::regclass from unnest(
    '{users,lobs,cycles,reports,workflows,phase_version}'::text[]) name) t(name, of);
  select past.make_function('in_force', 'p_stream uuid, p_sequence int, p_phases public."Phase"[]',
    'public.phase_version', 6, past.in_force_of());
$$;

revoke all on all functions in schema past from public;
grant usage on schema past to phaseledger_service;
grant select on all tables in schema past to phaseledger_service;
grant execute on function past.horizon() to phaseledger_service;
