-- The past before an import. What an import brought was not captured when it happened; the old system recorded when it did. The
-- views of schema `recorded` show what those of schema `past` do, and what an import brought after the horizon, as far as the
-- recorded times say that it was there. What was captured stays as it is: a record that the horizon knows is answered from the
-- log alone.

create schema recorded;

-- Finds out at once whether an import has brought something later than an instant.
create index change_set_imported on log.change_set (stream_id, committed_at) where origin = 'import';

-- The streams that are completed from recorded times, how far the log is read, and the instant. The setting names the instant and
-- the streams; there are none without it.
create function recorded.horizon() returns table (stream_id uuid, sequence int, at timestamptz) language sql stable rows 1
set search_path = pg_catalog, pg_temp as $$
  select h.stream_id, h.sequence, (asked.what ->> 'at')::timestamptz
  from (select nullif(current_setting('phaseledger.recorded', true), '')::jsonb) asked(what)
  cross join jsonb_array_elements_text(asked.what -> 'streams') s(id)
  join past.horizon() h on h.stream_id = s.id::uuid
$$;

-- ── versions ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Versions that an import brought and that are there today (what was rolled back is not), each as the import left it: what
-- was done with it here does not count.
create view recorded.imported_version as
select t.version_id, t.stream_id, t.master_record_id, t.created_at, image.after
from public.phase_version t cross join lateral (
  select r.after from log.row_change r join log.change_set c using (stream_id, sequence)
  where r.version_id = t.version_id and r.table_name = 'phase_version' and r.stream_id = t.stream_id and c.origin = 'import'
  order by r.sequence desc, r.ordinal desc limit 1) image;

-- Those of them that the horizon does not know, as they stood at the instant by their own times. A decision whose time was not
-- recorded counts from the last time before it that was.
create view recorded.brought_version as
select i.version_id, t.stream_id, i.master_record_id, i.cycle_id, i.report_id, i.phase, i.versioning_type, i.version_number,
  (case when not then_.is_submitted then 'DRAFT' when not then_.is_decided then 'PENDING_APPROVAL' when i.status = 'REJECTED' then 'REJECTED'
        when i.effective_to <= h.at then 'SUPERSEDED' when i.versioning_type = 'FULL' then 'APPROVED' else 'RECORDED' end)::public."VersionStatus" as status,
  i.parent_version_id, i.base_version_id, i.created_at, i.created_by,
  case when then_.is_submitted and i.submitted_at <= h.at then i.submitted_at end as submitted_at,
  case when then_.is_submitted and (i.submitted_at > h.at) is not true then i.submitted_by end as submitted_by,
  case when then_.is_decided and i.reviewed_at <= h.at then i.reviewed_at end as reviewed_at,
  case when then_.is_decided and (i.reviewed_at > h.at) is not true then i.reviewed_by end as reviewed_by,
  i.approval_required, case when then_.is_decided then i.approval_notes end as approval_notes,
  case when then_.is_decided and i.effective_from <= h.at then i.effective_from end as effective_from,
  case when then_.is_decided and i.effective_to <= h.at then i.effective_to end as effective_to,
  i.revision, i.content_hash, then_.is_deleted, case when then_.is_deleted then i.deleted_at end as deleted_at,
  case when then_.is_deleted then i.deleted_by end as deleted_by,
  h.at
from recorded.horizon() h join recorded.imported_version t on t.stream_id = h.stream_id and t.created_at <= h.at
cross join lateral jsonb_populate_record(null::public.phase_version, t.after) i
cross join lateral (
  select i.versioning_type = 'AUDIT_ONLY'
    or i.status in ('APPROVED', 'REJECTED', 'SUPERSEDED') and coalesce(i.reviewed_at, i.effective_from, i.submitted_at, i.created_at) <= h.at) decided(yes)
cross join lateral (
  select decided.yes as is_decided, coalesce(i.is_deleted and i.deleted_at <= h.at, false) as is_deleted,
    decided.yes or i.status <> 'DRAFT' and coalesce(coalesce(i.submitted_at, case when i.status = 'PENDING_APPROVAL' then i.created_at end) <= h.at, false) as is_submitted) then_
where t.master_record_id not in (select p.master_record_id from past.phase_version p);

-- ── one view for each captured table ───────────────────────────────────────────────────────────────────────────────────────

create function recorded.columns_of(p_table regclass) returns text[] language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(quote_ident(attname) order by attnum) from pg_attribute where attrelid = p_table and attnum > 0 and not attisdropped
$$;

-- What belongs to a version came with it, and is shown as the import left it: the old system did not keep how it was before. What
-- has a time of its own is shown from then on. Rows that are only ever added are the live rows, found by their own indexes.
create function recorded.expose(p_table regclass, p_time name default null) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  columns text[] := recorded.columns_of(p_table);
  key text[] := log.key_columns(p_table);
  only_grows boolean := exists (select from pg_trigger where tgrelid = p_table and tgname = 'b_insert_only');
  by_import text := format($q$log.row_change r join log.change_set c using (stream_id, sequence)
      where r.version_id = v.version_id and r.table_name = %L and r.stream_id = v.stream_id and c.origin = 'import'$q$, name);
  shown text := case when p_time is not null then format('p.%I <= v.at', p_time)
    when only_grows then format('exists (select from %s and r.row_id = %s)', by_import, log.row_id_of(p_table, 'p')) else 'true' end;
begin
  execute format('create or replace view recorded.%1$I as select %2$s from past.%1$I union all select ', name, array_to_string(columns, ', '))
  || case when only_grows then format($v$%1$s from recorded.brought_version v join %2$s p on p.version_id = v.version_id where %3$s$v$,
      (select string_agg('p.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)), p_table::text, shown)
    -- Looked up by its key, a row is found without reading the images of all others.
    else format($v$%1$s from recorded.brought_version v
      cross join lateral (select distinct on (r.row_id) r.row_id, r.after from %2$s order by r.row_id, r.sequence desc, r.ordinal desc) brought
      cross join lateral jsonb_populate_record(null::%3$s, brought.after) p where brought.after is not null and %4$s$v$,
      (select string_agg(case when c = 'version_id' then 'v.version_id' when array[c] = key then format('brought.row_id::%s as %s', format_type(a.atttypid, null), c)
                         else 'p.' || c end, ', ' order by ord)
       from unnest(columns) with ordinality x(c, ord) join pg_attribute a on a.attrelid = p_table and quote_ident(a.attname) = c),
      by_import, p_table::text, shown) end;
  execute format('grant select on recorded.%I to phaseledger_service', name);
end $outer$;

-- People and places have no times. Those that the horizon does not know stand as they were first known here, if an import brought
-- them, or found them here.
create function recorded.expose_reference(p_table regclass, p_condition text) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  columns text[] := recorded.columns_of(p_table);
begin
  execute format($v$
    create or replace view recorded.%1$I as
    select %2$s from past.%1$I
    union all
    select %3$s from recorded.horizon() h
    cross join lateral (
      select distinct on (r.row_id) r.row_id, r.before, r.after, c.origin from log.row_change r join log.change_set c using (stream_id, sequence)
      where r.stream_id = h.stream_id and r.table_name = %4$L and r.sequence > h.sequence
      order by r.row_id, r.sequence, r.ordinal) first
    cross join lateral jsonb_populate_record(null::%5$s, first.after) p
    where first.before is null and (%6$s) and exists (select from %5$s t where %7$s)$v$,
    name, array_to_string(columns, ', '), (select string_agg('p.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)), name, p_table::text,
    p_condition, (select string_agg(format('t.%1$I = p.%1$I', k), ' and ') from unnest(log.key_columns(p_table)) k));
  execute format('grant select on recorded.%I to phaseledger_service', name);
end $outer$;

create view recorded.phase_version as
select * from past.phase_version
union all
select version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status, parent_version_id, base_version_id,
  created_at, created_by, submitted_at, submitted_by, reviewed_at, reviewed_by, approval_required, approval_notes, effective_from, effective_to,
  revision, content_hash, is_deleted, deleted_at, deleted_by
from recorded.brought_version;

do $$
declare t record;
begin
  for t in
    select c.oid::regclass as name from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert'
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'version_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relname <> 'phase_version' order by 1
  loop
    perform recorded.expose(t.name, case t.name when 'item_decision'::regclass then 'decided_at' when 'test_report_signoffs'::regclass then 'sign_off_date' end);
  end loop;
  for t in
    select * from (values ('users', 'user'), ('lobs', 'lob'), ('cycles', 'cycle'), ('reports', 'report')) k(name, kind)
  loop
    perform recorded.expose_reference(t.name::regclass,
      format($c$first.origin = 'import' or exists (select from legacy.id_map m where m.kind = %L and m.new_id = first.row_id)$c$, t.kind));
  end loop;
  perform recorded.expose_reference('user_roles', $c$first.origin = 'import'$c$), recorded.expose_reference('workflow_testers', $c$first.origin = 'import'$c$);
  -- A workflow is there from the first of its versions on.
  perform recorded.expose_reference('workflows', 'exists (select from recorded.imported_version i where i.stream_id = p.workflow_id and i.created_at <= h.at)');
end $$;

-- What is attached to a phase's table from now on includes what was recorded of it.
create or replace function log.phase_table(p_table regclass) returns void language plpgsql as $$
begin
  perform log.attach_phase_table(p_table);
  perform past.expose(p_table);
  perform recorded.expose(p_table);
end $$;

-- ── where it came from ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- The forms that rows have had, each with the commit that made it; of what an import brought after the horizon there is the one
-- form that it came in, from the time on that its version was started.
create view log.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from log.row_change r join log.change_set c using (stream_id, sequence) where r.after is not null;
create view past.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from past.row_change r join past.change_set c using (stream_id, sequence) where r.after is not null;
create view recorded.row_form as
select * from past.row_form
union all
select v.stream_id, brought.* from recorded.brought_version v
cross join lateral (
  select distinct on (r.table_name, r.row_id) r.sequence, r.ordinal, r.table_name, r.row_id, v.version_id, r.after, c.actor_id, v.created_at as committed_at
  from log.row_change r join log.change_set c using (stream_id, sequence)
  where r.version_id = v.version_id and r.stream_id = v.stream_id and c.origin = 'import'
  order by r.table_name, r.row_id, r.sequence desc, r.ordinal desc) brought
where brought.after is not null;

-- Which commit of an import brought a version, and the row of the old system that it was.
create function recorded.import_view(p_view text, p_changes text, p_commits text, p_sources text) returns void language plpgsql as $outer$
begin
  execute format($v$
    create view %s as
    select r.version_id, c.stream_id, c.committed_at as imported_at, c.occurred_at, s.table_name as source_table, s.source_key, s.import_id, coalesce(f.findings, '[]') as findings
    from %s r join %s c on c.stream_id = r.stream_id and c.sequence = r.sequence
    left join lateral (select * from %4$s s where s.target_id = r.version_id and s.stream_id = r.stream_id order by s.fate, s.table_name, s.source_key limit 1) s on true
    left join lateral (select jsonb_agg(each.finding order by s.fate, s.table_name, s.source_key, each.ord) as findings
      from %4$s s cross join jsonb_array_elements(s.findings) with ordinality each(finding, ord)
      where s.target_id = r.version_id and s.stream_id = r.stream_id) f on true
    where r.table_name = 'phase_version' and r.operation = 'INSERT' and c.origin = 'import'$v$, p_view, p_changes, p_commits, p_sources);
end $outer$;
select recorded.import_view('log.version_import', 'log.row_change', 'log.change_set', 'legacy.source_row'),
       recorded.import_view('past.version_import', 'past.row_change', 'past.change_set', 'past.source_row');
drop function recorded.import_view(text, text, text, text);
create view recorded.version_import as
select * from past.version_import
union all
select i.* from recorded.brought_version v join log.version_import i using (version_id);

revoke all on all functions in schema log, recorded from public;
grant usage on schema recorded to phaseledger_service;
grant execute on function recorded.horizon() to phaseledger_service;
grant select on all tables in schema recorded to phaseledger_service;
grant select on log.row_form, log.version_import, past.row_form, past.version_import to phaseledger_service;
