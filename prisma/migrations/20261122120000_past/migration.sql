-- The past: every captured table as it stood at a commit, and what it takes that the past does not change.

-- ── the source of a capture function, so that it can be held against what is really there ──────────────────────────────

create function log.key_columns(p_table regclass) returns text[] language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(a.attname::text order by k.ord) from pg_index i, unnest(i.indkey) with ordinality k(num, ord)
  join pg_attribute a on a.attrelid = p_table and a.attnum = k.num where i.indrelid = p_table and i.indisprimary
$$;

-- A row's key as the log writes it; the row is called p_row.
create function log.row_id_of(p_table regclass, p_row text) returns text language sql stable set search_path = pg_catalog, log, pg_temp as $$
  select case when cardinality(k) = 1 then format('%s.%I::text', p_row, k[1])
    else 'concat_ws('','', ' || (select string_agg(format('%s.%I', p_row, c), ', ' order by ord) from unnest(k) with ordinality x(c, ord)) || ')' end
  from (select log.key_columns(p_table)) t(k)
$$;

-- What the body of a table's capture function must be: static SQL, made from the table's key. Held against the catalogue by
-- whoever asks whether everything is captured.
create function log.capture_source(p_table regclass) returns text language plpgsql stable as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  key_columns text[] := (select array_agg(a.attname::text order by k.ord) from pg_index i, unnest(i.indkey) with ordinality k(num, ord)
                         join pg_attribute a on a.attrelid = p_table and a.attnum = k.num where i.indrelid = p_table and i.indisprimary);
  has_version boolean := exists (select from pg_attribute where attrelid = p_table and attname = 'version_id');
  row_id text := (select 'concat_ws('','', ' || string_agg('c.' || quote_ident(k), ', ' order by ord) || ')' from unnest(key_columns) with ordinality x(k, ord));
  same_row text := (select string_agg(format('o.%1$I = n.%1$I', k), ' and ') from unnest(key_columns) k);
  entry text := format($sql$insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
      select s, head.sequence + 1, coalesce((select max(ordinal) from log.row_change where stream_id = s and sequence = head.sequence + 1), 0)
               + row_number() over (order by %1$s), %2$L, %1$s, %3$s,$sql$, row_id, name, case when has_version then 'c.version_id' else 'null' end);
begin
  return format($fn$
    declare s uuid; head log.stream;
    begin
      if tg_op = 'INSERT' then
        for s in select distinct stream_id from new_rows order by 1 loop
          head := log.enter(s);
          %1$s 'INSERT', null, to_jsonb(c) from new_rows c where c.stream_id = s;
        end loop;
      elsif tg_op = 'UPDATE' then
        for s in select distinct n.stream_id from old_rows o join new_rows n on %2$s where o *<> n order by 1 loop
          head := log.enter(s);
          %1$s 'UPDATE', to_jsonb(o), to_jsonb(c) from old_rows o join new_rows c on %3$s where c.stream_id = s and o *<> c;
        end loop;
      elsif tg_op = 'DELETE' then
        -- One statement can fire for INSERT before DELETE; the log would have the row gone that is there.
        if exists (select from old_rows o join %4$s n on %2$s) then
          raise exception using errcode = 'PL001', message = 'one statement cannot delete a row and insert it again', hint = 'Use two statements.';
        end if;
        for s in select distinct stream_id from old_rows order by 1 loop
          head := log.enter(s);
          %1$s 'DELETE', to_jsonb(c), null from old_rows c where c.stream_id = s;
        end loop;
      else
        -- TRUNCATE removes rows that an older snapshot does not see.
        if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
          raise exception using errcode = 'PL001', message = 'TRUNCATE is refused in a transaction that is ' || current_setting('transaction_isolation'), hint = 'Use READ COMMITTED.';
        end if;
        for s in select distinct stream_id from %4$s order by 1 loop
          head := log.enter(s);
          %1$s 'DELETE', to_jsonb(c), null from %4$s c where c.stream_id = s;
        end loop;
      end if;
      return null;
    end $fn$, entry, same_row, replace(same_row, 'n.', 'c.'), full_name);
end $outer$;

-- ── reading at a commit ────────────────────────────────────────────────────────────────────────────────────────────

create schema past;

-- How far a reader of the past sees: for each stream the last commit it knows. A stream that is not named is not seen at all.
create function past.horizon() returns table (stream_id uuid, sequence int) language sql stable rows 2
set search_path = pg_catalog, pg_temp as $$
  select (h.key)::uuid, (h.value)::int from jsonb_each_text(nullif(current_setting('phaseledger.horizon', true), '')::jsonb) h
$$;

-- The view past.T has the rows of T as the horizon's commits left them: a row that no later commit touched is the live row (so
-- what never changes is read by its own indexes); of the others, the image before the first later change. Tables that only
-- ever grow have none of the latter.
create function past.expose(p_table regclass) returns void language plpgsql as $outer$
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
    where not exists (select from log.row_change r where r.stream_id = t.stream_id and r.table_name = %4$L and r.row_id = %5$s and r.sequence > h.sequence)$v$,
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

create view past.change_set as select c.* from past.horizon() h join log.change_set c on c.stream_id = h.stream_id and c.sequence <= h.sequence;
create view past.row_change as select r.* from past.horizon() h join log.row_change r on r.stream_id = h.stream_id and r.sequence <= h.sequence;

do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert'
           where c.relnamespace = 'public'::regnamespace order by 1 loop
    perform past.expose(format('public.%I', t)::regclass);
  end loop;
end $$;

-- What is attached to a phase's table from now on includes its past.
alter function log.phase_table(regclass) rename to attach_phase_table;
create function log.phase_table(p_table regclass) returns void language plpgsql as $$
begin
  perform log.attach_phase_table(p_table);
  perform past.expose(p_table);
end $$;

-- ── closing ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether an instant has not come yet. After the clock has stepped back, the newest commit of all says what has come.
create function log.is_future(p_at timestamptz) returns boolean language sql volatile security definer
set search_path = pg_catalog, log, pg_temp as $$
  select case when p_at <= clock_timestamp() then false else coalesce(p_at > (select max(committed_at) from log.stream), false) end
$$;

create function log.refuse_closing(p_streams uuid[], p_at timestamptz) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
begin
  if log.is_future(p_at) then
    raise exception using errcode = 'PL001', message = 'a stream cannot be closed at an instant that has not come';
  end if;
  if exists (select from log.stream where stream_id = any(p_streams) and is_open) then
    raise exception using errcode = 'PL001', message = 'a stream cannot be closed by a transaction that writes to it';
  end if;
end $$;

-- A reader of the past closes streams at its instant: no later commit may be stamped at or before it. A stream that nobody
-- has written to yet is closed as well. Waits for whoever is writing.
create or replace function log.close(p_streams uuid[], p_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare one uuid;
begin
  perform log.refuse_closing(p_streams, p_at);
  for one in select distinct s from unnest(p_streams) s order by 1 loop
    insert into log.stream (stream_id) select one where exists (select from public.workflows where workflow_id = one) on conflict do nothing;
    update log.stream set closed_at = p_at where stream_id = one and closed_at < p_at and committed_at < p_at;
  end loop;
end $$;

-- Closes those of the streams that nobody is writing to, without waiting; returns the others.
create function log.close_idle(p_streams uuid[], p_at timestamptz) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.refuse_closing(p_streams, p_at);
  update log.stream s set closed_at = p_at from (
    select stream_id from log.stream where stream_id = any(p_streams) and closed_at < p_at and committed_at < p_at
    order by stream_id for no key update skip locked) idle
  where s.stream_id = idle.stream_id;
  return array(select id from unnest(p_streams) id
    where not exists (select from log.stream where stream_id = id and (closed_at >= p_at or committed_at >= p_at)));
end $$;

-- Finds the stream of a row that is gone.
create index row_change_removed on log.row_change (table_name, row_id) where operation = 'DELETE';

revoke all on all functions in schema log, past from public;
grant usage on schema past to phaseledger_service;
grant execute on function past.horizon(), log.capture_source(regclass), log.is_future(timestamptz), log.close_idle(uuid[], timestamptz) to phaseledger_service;
grant select on all tables in schema past to phaseledger_service;
