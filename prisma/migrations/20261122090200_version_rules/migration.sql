-- Rules of versions that the database itself keeps, whatever role asks and whatever path it takes. The same rules stand in
-- src/versioning, where they are explained to people; here they cannot be passed by.

-- ── one version in force ───────────────────────────────────────────────────────────────────────────────────────────

-- No two versions of a record are in force at the same instant.
alter table phase_version add constraint one_version_in_force
  exclude using gist (master_record_id with =, tstzrange(effective_from, effective_to) with &&) where (effective_from is not null);

-- A workflow has one record of each fully versioned phase.
alter table phase_version add constraint one_record_per_phase
  exclude using gist (stream_id with =, phase with =, master_record_id with <>) where (versioning_type = 'FULL');

-- A record is of one workflow and one phase.
alter table phase_version
  add constraint one_workflow_per_record exclude using gist (master_record_id with =, stream_id with <>),
  add constraint one_phase_per_record exclude using gist (master_record_id with =, phase with <>);

alter table phase_version
  add constraint status_of_type check (case versioning_type when 'FULL' then status <> 'RECORDED' else status in ('RECORDED', 'SUPERSEDED') end),
  add constraint effective_period check (case when status in ('APPROVED', 'RECORDED') then effective_from is not null and effective_to is null
    when status = 'SUPERSEDED' then effective_from is not null and effective_to is not null else effective_from is null and effective_to is null end),
  add constraint deletion check (is_deleted = (deleted_at is not null) and is_deleted = (deleted_by is not null)
    and (not is_deleted or status in ('DRAFT', 'REJECTED'))),
  add constraint positive_numbers check (version_number > 0 and revision > 0);

-- ── lifecycle ──────────────────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse(p_code text, p_message text) returns void language plpgsql as $$
begin
  raise exception using errcode = p_code, message = p_message;
end $$;

-- May this person decide on the version? Not who wrote to it or submitted it, unless the phase is attested by its preparer.
create function log.may_decide(v phase_version, p_user int) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (select self_attested from phase_policy where phase = v.phase)
      or (p_user is distinct from v.submitted_by and not exists (select from version_editor e where e.version_id = v.version_id and e.user_id = p_user))
$$;

-- The actor of the commit that is open in this transaction; null outside the service.
create function log.actor(p_stream uuid) returns int language sql stable security definer set search_path = pg_catalog, log, pg_temp as
$$ select actor_id from log.stream where stream_id = p_stream and is_open and xid = pg_current_xact_id()::text::bigint $$;

-- True in the commit that inserts the version: an import brings its content and its decisions along.
create function log.is_being_inserted(p_version uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select exists (
    select from log.row_change r join log.stream s using (stream_id)
    where r.version_id = p_version and r.table_name = 'phase_version' and r.row_id = p_version::text and r.operation = 'INSERT' and r.sequence = s.sequence + 1)
$$;

create function log.guard_version() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare latest uuid;
begin
  if tg_op = 'INSERT' then
    -- An import (by the owner) brings versions as they were; the service starts every version at the beginning.
    if log.is_service() and new.status not in ('DRAFT', 'RECORDED') then
      perform log.refuse('PL004', 'a version starts as DRAFT or RECORDED, not as ' || new.status);
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' then
    if old.status <> 'DRAFT' then
      perform log.refuse('PL005', format('version %s is %s: only drafts can be removed', old.version_id, old.status));
    end if;
    return old;
  end if;

  if (new.cycle_id, new.report_id, new.phase, new.versioning_type, new.master_record_id, new.version_number, new.created_at, new.created_by, new.approval_required)
       is distinct from (old.cycle_id, old.report_id, old.phase, old.versioning_type, old.master_record_id, old.version_number, old.created_at, old.created_by, old.approval_required)
     or new.parent_version_id is distinct from old.parent_version_id then
    perform log.refuse('PL003', 'what a version is, where it came from and who started it cannot be changed');
  end if;
  if old.status <> 'DRAFT' and (new.base_version_id, new.content_hash) is distinct from (old.base_version_id, old.content_hash) then
    perform log.refuse('PL005', format('version %s is %s: its content is frozen', old.version_id, old.status));
  end if;
  if old.status <> 'DRAFT' and new.status <> 'DRAFT' and (new.submitted_at, new.submitted_by) is distinct from (old.submitted_at, old.submitted_by) then
    perform log.refuse('PL005', format('version %s is %s: who submitted it stays as it is', old.version_id, old.status));
  end if;
  if old.status in ('APPROVED', 'RECORDED') and (to_jsonb(new) - '{status,effective_to,revision}'::text[]) <> (to_jsonb(old) - '{status,effective_to,revision}'::text[]) then
    perform log.refuse('PL005', format('version %s is %s and stays as it is', old.version_id, old.status));
  end if;
  if new.revision < old.revision then
    perform log.refuse('PL005', 'a revision never goes back');
  end if;
  if (old.is_deleted or new.is_deleted) and new.status <> old.status then
    perform log.refuse('PL004', 'a deleted version cannot change its status');
  end if;
  if old.status in ('REJECTED', 'SUPERSEDED') and (to_jsonb(new) - '{is_deleted,deleted_at,deleted_by,revision}'::text[]) <> (to_jsonb(old) - '{is_deleted,deleted_at,deleted_by,revision}'::text[]) then
    perform log.refuse('PL005', format('version %s is %s and stays as it is', old.version_id, old.status));
  end if;
  if new.status = old.status then
    if old.status = 'APPROVED' and new is distinct from old then
      perform log.refuse('PL005', format('version %s is APPROVED and stays as it is until it is superseded', old.version_id));
    end if;
    return new;
  end if;

  if (old.status, new.status) not in (('DRAFT', 'PENDING_APPROVAL'), ('PENDING_APPROVAL', 'DRAFT'), ('PENDING_APPROVAL', 'APPROVED'),
       ('PENDING_APPROVAL', 'REJECTED'), ('APPROVED', 'SUPERSEDED'), ('RECORDED', 'SUPERSEDED')) then
    perform log.refuse('PL004', format('a version cannot go from %s to %s', old.status, new.status));
  end if;
  if new.status = 'PENDING_APPROVAL' and (new.submitted_at is null or new.submitted_by is null) then
    perform log.refuse('PL004', 'a submitted version says who submitted it and when');
  end if;
  if new.status = 'PENDING_APPROVAL' and log.is_service() and new.submitted_by is distinct from log.actor(new.stream_id) then
    perform log.refuse('PL006', 'a version is submitted by the one who acts, in their own name');
  end if;
  if new.status in ('APPROVED', 'REJECTED') then
    if new.reviewed_at is null or new.reviewed_by is null then
      perform log.refuse('PL004', 'a decided version says who decided and when');
    end if;
    if log.is_service() and new.reviewed_by is distinct from log.actor(new.stream_id) then
      perform log.refuse('PL006', 'a version is decided by the one who acts, in their own name');
    end if;
    if not log.may_decide(old, new.reviewed_by) then
      perform log.refuse('PL006', 'who edited or submitted a version may not decide on it');
    end if;
  end if;
  if new.status = 'REJECTED' and coalesce(new.approval_notes, '') !~ '\S' then
    perform log.refuse('PL004', 'a rejection needs a reason');
  end if;
  if new.status = 'APPROVED' then
    select version_id into latest from phase_version
      where master_record_id = new.master_record_id and effective_from is not null order by effective_from desc limit 1;
    if latest is distinct from new.base_version_id then
      perform log.refuse('PL007', 'the version in force is no longer the one this draft was based on');
    end if;
  end if;
  return new;
end $$;

create function log.refuse_truncating_decided() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if exists (select from phase_version where status <> 'DRAFT') then
    perform log.refuse('PL005', 'TRUNCATE is refused: there are versions that are not drafts');
  end if;
  return null;
end $$;

-- Content whose approval was never given keeps its editors: whoever wrote a rejected version may not approve what is made of it.
create function log.inherit_editors() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  insert into version_editor (version_id, user_id, stream_id)
  select n.version_id, e.user_id, n.stream_id
  from new_rows n join phase_version p on p.version_id = n.parent_version_id and p.status in ('DRAFT', 'PENDING_APPROVAL', 'REJECTED')
  join version_editor e on e.version_id = p.version_id
  on conflict do nothing;
  return null;
end $$;

select log.capture_table('phase_version');
create trigger b_guard before insert or update or delete on phase_version for each row execute function log.guard_version();
create trigger b_guard_truncate before truncate on phase_version for each statement execute function log.refuse_truncating_decided();
create trigger c_inherit_editors after insert on phase_version referencing new table as new_rows for each statement execute function log.inherit_editors();
alter table phase_version enable always trigger b_guard, enable always trigger b_guard_truncate, enable always trigger c_inherit_editors;

-- ── content is frozen outside DRAFT, and writing to it makes an editor ───────────────────────────────────────────────

-- Runs after the capture of the same statement, which holds the stream's head: what it reads of the version cannot be
-- changed by anyone else any more. Rows may also be inserted by the commit that inserted their version.
create function log.guard_content() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare frozen phase_version;
begin
  if tg_op = 'TRUNCATE' then
    execute format('select v.* from %I.%I c join phase_version v using (version_id) where v.status <> ''DRAFT'' or v.is_deleted limit 1', tg_table_schema, tg_table_name) into frozen;
  elsif tg_op = 'INSERT' then
    select v.* into frozen from (select distinct version_id from new_rows) c join phase_version v using (version_id)
    where (v.status <> 'DRAFT' or v.is_deleted) and not log.is_being_inserted(v.version_id) limit 1;
  elsif tg_op = 'UPDATE' then
    select v.* into frozen from (select distinct n.version_id from new_rows n where not exists (select from old_rows o where o *= n)) c
    join phase_version v using (version_id) where v.status <> 'DRAFT' or v.is_deleted limit 1;
  else
    select v.* into frozen from (select distinct version_id from old_rows) c join phase_version v using (version_id)
    where v.status <> 'DRAFT' or v.is_deleted limit 1;
  end if;
  if frozen.version_id is not null then
    perform log.refuse('PL005', format('version %s is %s: its content is frozen', frozen.version_id, case when frozen.is_deleted then 'deleted' else frozen.status::text end));
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    insert into version_editor (version_id, user_id, stream_id)
    select distinct n.version_id, log.actor(n.stream_id), n.stream_id from (select distinct version_id, stream_id from new_rows) n
    where log.actor(n.stream_id) is not null on conflict do nothing;
  elsif tg_op = 'DELETE' then
    insert into version_editor (version_id, user_id, stream_id)
    select distinct o.version_id, log.actor(o.stream_id), o.stream_id from (select distinct version_id, stream_id from old_rows) o
    where log.actor(o.stream_id) is not null on conflict do nothing;
  end if;
  return null;
end $$;

-- An item edited behind the service's back has no hash any more, so no decision fits it; the service gives it one again.
create function log.forget_hash() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare about_the_row text[] := '{item_id,stream_id,version_id,item_key,label,item_hash,carried_from_item_id,carried_decision_id}';
begin
  if to_jsonb(new) - about_the_row is distinct from to_jsonb(old) - about_the_row then
    new.item_hash := '';
    new.carried_decision_id := null;
  end if;
  return new;
end $$;

-- Attaches everything a phase's own table needs: capture, freeze, rights. A phase's migration calls it for its detail table
-- and its item table, and that is all it has to know of this file.
create function log.phase_table(p_table regclass) returns void language plpgsql as $outer$
begin
  perform log.capture_table(p_table);
  execute format($t$
    create trigger b_guard_insert after insert on %1$s referencing new table as new_rows for each statement execute function log.guard_content();
    create trigger b_guard_update after update on %1$s referencing old table as old_rows new table as new_rows for each statement execute function log.guard_content();
    create trigger b_guard_delete after delete on %1$s referencing old table as old_rows for each statement execute function log.guard_content();
    create trigger b_guard_truncate before truncate on %1$s for each statement execute function log.guard_content();
    alter table %1$s enable always trigger b_guard_insert, enable always trigger b_guard_update, enable always trigger b_guard_delete, enable always trigger b_guard_truncate;
    grant select, insert, update, delete on %1$s to phaseledger_service$t$, p_table);
  if exists (select from pg_attribute where attrelid = p_table and attname = 'item_hash') then
    execute format($t$
      create trigger c_forget_hash before update on %1$s for each row when (old.item_hash = new.item_hash and old.* is distinct from new.*) execute function log.forget_hash();
      alter table %1$s enable always trigger c_forget_hash$t$, p_table);
  end if;
end $outer$;

-- ── decisions and editors are insert-only ──────────────────────────────────────────────────────────────────────────

create function log.guard_decision() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare wrong text;
begin
  select case
    when v.status <> 'PENDING_APPROVAL' and not log.is_being_inserted(v.version_id)
      then 'PL004:items are decided while their version is PENDING_APPROVAL, and it is ' || v.status
    when log.is_service() and n.decided_by is distinct from log.actor(v.stream_id) then 'PL006:a decision is made in the name of the one who acts'
    when not log.may_decide(v, n.decided_by) then 'PL006:who edited or submitted a version may not decide on its items'
    end into wrong
  from (select distinct version_id, decided_by from new_rows) n join phase_version v using (version_id)
  order by 1 nulls last limit 1;
  if wrong is not null then
    perform log.refuse(left(wrong, 5), substr(wrong, 7));
  end if;
  return null;
end $$;

create function log.refuse_rewriting() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL005', message = format('%s on %I is refused: its rows are only ever added', tg_op, tg_table_name);
end $$;

create function log.refuse_rewriting_all() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare any_row boolean;
begin
  execute format('select exists (select from %I.%I)', tg_table_schema, tg_table_name) into any_row;
  if any_row then
    raise exception using errcode = 'PL005', message = format('TRUNCATE on %I is refused: its rows are only ever added', tg_table_name);
  end if;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['item_decision', 'version_editor'] loop
    perform log.capture_table(t::regclass);
    execute format('create trigger b_insert_only before update or delete on %I for each row execute function log.refuse_rewriting()', t);
    execute format('create trigger b_insert_only_truncate before truncate on %I for each statement execute function log.refuse_rewriting_all()', t);
    execute format('alter table %I enable always trigger b_insert_only, enable always trigger b_insert_only_truncate', t);
  end loop;
end $$;
create trigger b_guard after insert on item_decision referencing new table as new_rows for each statement execute function log.guard_decision();
alter table item_decision enable always trigger b_guard;

-- ── the phases ─────────────────────────────────────────────────────────────────────────────────────────────────────

insert into phase_policy (phase, versioning_type, self_attested) values ('PLANNING', 'FULL', true), ('SCOPING', 'FULL', false);
select log.phase_table('planning_phase_versions'), log.phase_table('attribute_decisions'),
       log.phase_table('scoping_versions'), log.phase_table('scoping_decisions');

revoke all on all functions in schema log from public;
grant execute on function log.open(uuid, int, text, text, text), log.commit(uuid), log.close(uuid[], timestamptz), log.is_service() to phaseledger_service;
grant select on all tables in schema public, log to phaseledger_service;
grant insert, update on phase_version to phaseledger_service;
grant insert on item_decision to phaseledger_service;
