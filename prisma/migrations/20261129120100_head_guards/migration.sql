-- The head of a stream takes no time, origin or instant from anybody: what a commit is stamped with is the database's to say, and
-- the head moves only as the log's own functions move it.

-- ── who is the service ─────────────────────────────────────────────────────────────────────────────────────────────────

-- Its names are looked up here and now, so that no setting, and nothing that looks like PostgreSQL's own, changes what it says.
create or replace function log.is_service() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select not pg_catalog.pg_has_role(session_user, (select c.relowner from pg_catalog.pg_class c where c.oid = 'log.stream'::regclass), 'MEMBER')
     and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = session_user)
     and (session_user = 'phaseledger_service' or exists (
       select from pg_catalog.pg_auth_members m
       where m.roleid = (select s.oid from pg_catalog.pg_roles s where s.rolname = 'phaseledger_service')
         and m.member = (select r.oid from pg_catalog.pg_roles r where r.rolname = session_user)));
end;

-- From any other session, also one that was the service's and was given the owner's role since, a commit would name nobody; who
-- means to name somebody is told, and nothing is written.
create or replace function log.open(
  p_stream uuid, p_actor int, p_operation text, p_reason text, p_request_id text)
returns timestamptz language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if not log.is_service() then
    raise exception using errcode = 'PL002',
      message = format('%s is not the service, or can act as the owner: it opens no commit in the name of a person', session_user);
  end if;
  -- The stream first: whoever waits for it keeps nobody from changing the reference data. The stamp comes last.
  perform from log.stream where stream_id = p_stream for update;
  if p_stream <> '00000000-0000-0000-0000-000000000000' then
    perform pg_advisory_xact_lock_shared(log.people_lock());
  end if;
  head := log.enter(p_stream, p_actor, 'api', p_operation, p_reason, p_request_id);
  if head.actor_id is distinct from p_actor or head.operation is distinct from p_operation then
    raise exception using errcode = 'PL001',
      message = 'the commit to stream ' || p_stream || ' is already open for another actor or operation';
  end if;
  return head.opened_at;
end $$;

-- ── the head ───────────────────────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse_head(p_why text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL002', message = 'the head of a stream is moved by the log’s own functions: ' || p_why;
end $$;

create or replace function log.guard_head() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  this_xid bigint := pg_current_xact_id()::text::bigint;
  says_nothing boolean := (new.opened_at, new.actor_id, new.origin, new.operation, new.reason, new.request_id,
    new.occurred_at, new.operator) is not distinct from (null, null, null, null, null, null, null, null);
begin
  if tg_op = 'INSERT' then
    if new.sequence <> 0 or new.committed_at <> '-infinity' or new.closed_at <> '-infinity' or new.hash is not null
       or new.xid is not null or new.is_open or not says_nothing then
      perform log.refuse_head('a stream begins with nothing');
    end if;
    return new;
  end if;

  if new.stream_id <> old.stream_id then
    perform log.refuse_head('it stays that of its stream');
  end if;

  -- A commit is opened, or says more of itself.
  if new.is_open then
    if (new.sequence, new.committed_at, new.closed_at, new.hash)
         is distinct from (old.sequence, old.committed_at, old.closed_at, old.hash) then
      perform log.refuse_head('where the chain ends is said when a commit is sealed');
    end if;
    if old.is_open and old.xid = this_xid then
      if new.opened_at is distinct from old.opened_at or new.xid is distinct from old.xid then
        perform log.refuse_head('a commit is stamped once');
      end if;
    else
      new.xid := this_xid;
      new.opened_at := greatest(date_trunc('milliseconds', clock_timestamp()),
        old.committed_at + interval '1 ms', old.closed_at + interval '1 ms');
    end if;
    if new.origin = 'api' then
      if not log.is_service() then
        perform log.refuse_head('only the service opens a commit in the name of a person');
      end if;
    elsif new.origin = 'import' then
      if log.is_service() or new.actor_id is not null and new.occurred_at is null then
        perform log.refuse_head('an import is the owner’s, and names a person only with when it happened');
      end if;
    elsif new.origin is distinct from 'db:' || session_user or new.actor_id is not null then
      perform log.refuse_head('only the service opens a commit in the name of a person, and a role one in its own name');
    end if;
    if new.occurred_at is not null and new.origin <> 'import' then
      perform log.refuse_head('only an import says when something happened');
    end if;
    return new;
  end if;

  if not says_nothing then
    perform log.refuse_head('nothing is said of a commit that is not open');
  end if;
  -- It is sealed: as the commit that is there says.
  if new.sequence <> old.sequence then
    if not old.is_open or new.closed_at <> old.closed_at or new.xid is distinct from old.xid or not exists (
        select from log.change_set c where c.stream_id = old.stream_id and c.sequence = new.sequence
          and c.sequence = old.sequence + 1 and c.hash = new.hash and c.committed_at = new.committed_at
          and (c.committed_at, c.actor_id, c.origin, c.operation, c.reason, c.request_id, c.occurred_at, c.operator, c.previous_hash)
            is not distinct from (old.opened_at, old.actor_id, old.origin, old.operation, old.reason, old.request_id,
              old.occurred_at, old.operator, old.hash)) then
      perform log.refuse_head('it moves to the commit that was sealed');
    end if;
    return new;
  end if;
  if (new.committed_at, new.hash) is distinct from (old.committed_at, old.hash) then
    perform log.refuse_head('where the chain ends is said when a commit is sealed');
  end if;
  -- It is opened and comes to nothing.
  if old.is_open then
    if new.closed_at <> old.closed_at or exists (
        select from log.row_change r where r.stream_id = old.stream_id and r.sequence = old.sequence + 1) then
      perform log.refuse_head('a commit that has rows is sealed');
    end if;
    return new;
  end if;
  -- It is closed at an instant that has come.
  if new.xid is distinct from old.xid or new.closed_at < old.closed_at or log.is_future(new.closed_at) then
    perform log.refuse_head('it is closed at an instant that has come, and not opened again');
  end if;
  return new;
end $$;

drop trigger guard_head on log.stream;
create trigger guard_head before insert or update on log.stream for each row execute function log.guard_head();
alter table log.stream enable always trigger guard_head;

-- A commit that brings nothing new is none: the stream is left as it was, and nothing is said of it.
create or replace function legacy.discard_empty_commit(p_stream uuid) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
begin
  update log.stream s set is_open = false, xid = null, opened_at = null, actor_id = null, origin = null,
    operation = null, reason = null, request_id = null, occurred_at = null, operator = null
  where stream_id = p_stream and is_open and not exists (
    select from log.row_change r where r.stream_id = s.stream_id and r.sequence = s.sequence + 1);
end $$;

-- ── how values are written ─────────────────────────────────────────────────────────────────────────────────────────────

-- A row image is a text that is compared for years: no setting of a session, a role or a database may change how it is written.
create or replace function log.capture_table(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  fixed text[] := log.key_columns(p_table) || array(
    select attname::text from pg_attribute where attrelid = p_table and not attisdropped
      and attname in ('stream_id', 'version_id', 'item_key') and attname <> all (log.key_columns(p_table)));
  taken text := (select min(t.tgrelid::regclass::text) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
                 where p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || name and t.tgrelid <> p_table);
begin
  if taken is not null then
    raise exception using errcode = 'PL001', message = format('%s is captured as %s already', taken, name),
      hint = 'Give the table another name.';
  end if;
  execute format('create or replace function log.%I() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, log, pg_temp set timezone = ''UTC'' as %L', 'capture_' || name, log.capture_source(p_table));
  perform log.pin_texts(format('log.%I()', 'capture_' || name)::regprocedure);
  execute format($t$
    revoke all on function log.%2$I() from public;
    create trigger a_capture_insert after insert on %1$s referencing new table as new_rows for each statement execute function log.%2$I();
    create trigger a_capture_update after update on %1$s referencing old table as old_rows new table as new_rows for each statement execute function log.%2$I();
    create trigger a_capture_delete after delete on %1$s referencing old table as old_rows for each statement execute function log.%2$I();
    create trigger a_capture_truncate before truncate on %1$s for each statement execute function log.%2$I();
    create trigger a_identity before update on %1$s for each row when (%3$s) execute function log.refuse_identity_change();
    alter table %1$s enable always trigger a_capture_insert, enable always trigger a_capture_update, enable always trigger a_capture_delete,
      enable always trigger a_capture_truncate, enable always trigger a_identity$t$,
    p_table, 'capture_' || name, (select string_agg(format('old.%1$I is distinct from new.%1$I', f), ' or ') from unnest(fixed) f));
end $outer$;

create function log.pin_texts(p_function regprocedure) returns void language plpgsql as $$
begin
  execute format('alter function %s set timezone = ''UTC'' set datestyle = ''ISO, MDY'' set intervalstyle = postgres
    set extra_float_digits = 1 set bytea_output = hex set xmlbinary = base64', p_function);
end $$;

select log.pin_texts(p.oid::regprocedure) from pg_proc p
where p.pronamespace = 'log'::regnamespace and (p.prorettype = 'trigger'::regtype and p.proname like 'capture\_%' or p.proname in ('seal', 'digest'));

revoke all on function log.refuse_head(text), log.pin_texts(regprocedure) from public;
