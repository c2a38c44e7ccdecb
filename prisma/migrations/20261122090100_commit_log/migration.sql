-- The commit log: what Prisma cannot say. Every write to a captured table, by any path, is recorded by triggers in the
-- transaction that makes it; at commit each stream the transaction touched is sealed with one change set, chained by hash.
-- Without this file the product could be used, and could prove nothing.

create extension if not exists btree_gist;

-- ── who writes ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- The service's role owns nothing. A database administrator may have made it already (npm run migrate -- --print-roles-sql).
do $$ begin
  if not exists (select from pg_roles where rolname = 'phaseledger_service') then
    create role phaseledger_service nologin;
  end if;
end $$;

-- True for sessions that logged in as the service (or a login role that is a direct member of it). Settings and SET ROLE do
-- not change session_user, so nobody else can name an actor. The owner and superusers are never the service.
create function log.is_service() returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not pg_has_role(session_user, (select relowner from pg_class where oid = 'log.stream'::regclass), 'MEMBER')
     and not (select rolsuper from pg_roles where rolname = session_user)
     and (session_user = 'phaseledger_service' or exists (
       select from pg_auth_members m
       where m.roleid = 'phaseledger_service'::regrole and m.member = (select oid from pg_roles where rolname = session_user)))
$$;

-- ── opening a commit ───────────────────────────────────────────────────────────────────────────────────────────────

-- Locks the stream's head and opens its commit in this transaction, once. Whoever holds the head is the only writer of the
-- stream until commit, so sequences have no gaps and stamps only grow: past the last commit, and past every instant that a
-- reader of the past has closed, also when the clock steps back.
create function log.enter(p_stream uuid, p_actor int default null, p_origin text default null, p_operation text default null,
                          p_reason text default null, p_request_id text default null)
returns log.stream language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  head log.stream;
  this_xid bigint := pg_current_xact_id()::text::bigint;
begin
  select * into head from log.stream where stream_id = p_stream for update;
  if not found then
    insert into log.stream (stream_id) values (p_stream) on conflict do nothing;
    select * into head from log.stream where stream_id = p_stream for update;
  end if;
  if head.xid = this_xid and head.is_open then
    return head;
  end if;
  if head.xid = this_xid then
    raise exception using errcode = 'PL001', message = 'this transaction has already committed to stream ' || p_stream,
      hint = 'Start another transaction; SET CONSTRAINTS … IMMEDIATE must come after the last write.';
  end if;
  update log.stream set
    xid = this_xid, is_open = true,
    opened_at = greatest(date_trunc('milliseconds', clock_timestamp()), committed_at + interval '1 ms', closed_at + interval '1 ms'),
    actor_id = p_actor, origin = coalesce(p_origin, 'db:' || session_user), operation = coalesce(p_operation, 'SQL'),
    reason = p_reason, request_id = p_request_id, occurred_at = null
  where stream_id = p_stream returning * into head;
  return head;
end $$;

-- What the service calls first in every mutation: says who, what and why, and returns the instant that is "now" for the
-- whole transaction. From any other session the words are ignored: the origin names the role and there is no actor.
create function log.open(p_stream uuid, p_actor int, p_operation text, p_reason text, p_request_id text)
returns timestamptz language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if log.is_service() then
    head := log.enter(p_stream, p_actor, 'api', p_operation, p_reason, p_request_id);
    if head.actor_id is distinct from p_actor or head.operation is distinct from p_operation then
      raise exception using errcode = 'PL001', message = 'the commit to stream ' || p_stream || ' is already open for another actor or operation';
    end if;
  else
    head := log.enter(p_stream);
  end if;
  return head.opened_at;
end $$;

-- A reader of the past closes streams at its instant: no later commit may be stamped at or before it.
create function log.close(p_streams uuid[], p_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare one uuid;
begin
  if p_at > clock_timestamp() then
    raise exception using errcode = 'PL001', message = 'a stream cannot be closed at an instant that has not come';
  end if;
  if exists (select from log.stream where stream_id = any(p_streams) and is_open) then
    raise exception using errcode = 'PL001', message = 'a stream cannot be closed by a transaction that writes to it';
  end if;
  for one in select distinct s from unnest(p_streams) s order by 1 loop
    update log.stream set closed_at = p_at where stream_id = one and closed_at < p_at and committed_at < p_at;
  end loop;
end $$;

-- ── sealing ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One field of what is hashed: its length in bytes, a colon, its UTF-8 text; a dash where there is none. No two different
-- commits have the same text.
create function log.field(v text) returns text language sql immutable as $$ select coalesce(octet_length(v) || ':' || v, '-') $$;

create function log.instant(v timestamptz) returns text language sql immutable as
$$ select to_char(v at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- SHA-256 over the previous hash and everything the commit says. src/versioning/chain.ts computes the same independently.
create function log.digest(c log.change_set) returns bytea
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select sha256(convert_to(concat(
    log.field('phaseledger-log-1'), log.field(encode(c.previous_hash, 'hex')), log.field(c.stream_id::text), log.field(c.sequence::text),
    log.field(log.instant(c.committed_at)), log.field(c.change_set_id::text), log.field(c.actor_id::text), log.field(c.origin),
    log.field(c.operation), log.field(c.reason), log.field(c.request_id), log.field(log.instant(c.occurred_at)),
    log.field(count(*)::text),
    string_agg(concat(log.field(r.table_name), log.field(r.row_id), log.field(r.version_id::text), log.field(r.operation::text),
                      log.field(r.before::text), log.field(r.after::text)), '' order by r.ordinal)), 'UTF8'))
  from log.row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence
$$;

create function log.seal() returns trigger language plpgsql security definer set search_path = pg_catalog, log, pg_temp set timezone = 'UTC' as $$
declare
  head log.stream;
  commit log.change_set;
begin
  select * into head from log.stream where stream_id = new.stream_id;
  if not head.is_open or head.xid <> pg_current_xact_id()::text::bigint then
    return null; -- sealed already: the head is updated more than once in a transaction
  end if;
  select coalesce(array_agg(distinct version_id) filter (where version_id is not null), '{}') into commit.version_ids
  from log.row_change where stream_id = head.stream_id and sequence = head.sequence + 1 having count(*) > 0;
  if not found then
    raise exception using errcode = 'PL001', message = 'nothing to commit to stream ' || head.stream_id,
      hint = 'SET CONSTRAINTS … IMMEDIATE must come after the last write of a transaction.';
  end if;
  commit.change_set_id := gen_random_uuid();
  commit.stream_id := head.stream_id;
  commit.sequence := head.sequence + 1;
  commit.committed_at := head.opened_at;
  commit.actor_id := head.actor_id;
  commit.origin := head.origin;
  commit.operation := head.operation;
  commit.reason := head.reason;
  commit.request_id := head.request_id;
  commit.occurred_at := head.occurred_at;
  commit.previous_hash := head.hash;
  commit.hash := log.digest(commit);
  insert into log.change_set select commit.*;
  update log.stream set sequence = commit.sequence, committed_at = commit.committed_at, hash = commit.hash, is_open = false,
    opened_at = null, actor_id = null, origin = null, operation = null, reason = null, request_id = null, occurred_at = null
  where stream_id = head.stream_id;
  return null;
end $$;

-- Deferred, so a commit is sealed once, when the transaction ends; it must be a row trigger to be deferrable.
create constraint trigger seal after update on log.stream deferrable initially deferred
  for each row when (new.is_open) execute function log.seal();
alter table log.stream enable always trigger seal;

-- What the service calls last: seals now rather than at COMMIT, and says which change set it was.
create function log.commit(p_stream uuid) returns uuid language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare sealed uuid;
begin
  set constraints log.seal immediate;
  select c.change_set_id into sealed from log.stream s join log.change_set c using (stream_id, sequence) where s.stream_id = p_stream;
  return sealed;
end $$;

-- ── the log never changes ──────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL002', message = format('%s on %I.%I is refused: the commit log is append-only', tg_op, tg_table_schema, tg_table_name);
end $$;

-- Entries come from the triggers of captured tables and from sealing, never from a statement of somebody's own.
create function log.refuse_direct_insert() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception using errcode = 'PL002', message = format('INSERT into %I.%I is refused: only captured writes add to the commit log', tg_table_schema, tg_table_name);
  end if;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['change_set', 'row_change'] loop
    execute format('create trigger refuse_change before update or delete or truncate on log.%I for each statement execute function log.refuse_change()', t);
    execute format('create trigger refuse_direct_insert before insert on log.%I for each statement execute function log.refuse_direct_insert()', t);
    execute format('alter table log.%I enable always trigger refuse_change, enable always trigger refuse_direct_insert', t);
  end loop;
end $$;
-- Only the service names people; the owner cannot do it by opening a head by hand, nor by calling log.enter.
create function log.guard_head() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not log.is_service() then
    raise exception using errcode = 'PL002', message = 'only the service opens a commit in the name of a person';
  end if;
  return new;
end $$;
create trigger guard_head before insert or update on log.stream for each row
  when (new.actor_id is not null or new.origin = 'api') execute function log.guard_head();
alter table log.stream enable always trigger guard_head;
create trigger refuse_removal before delete or truncate on log.stream for each statement execute function log.refuse_change();
alter table log.stream enable always trigger refuse_removal;

-- ── capture ────────────────────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse_identity_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL003', message = format('the identity of a row of %I (its key, stream, version or item key) cannot be changed', tg_table_name),
    hint = 'Delete the row and insert another.';
end $$;

-- Attaches the capture to a table: one function with static SQL (dynamic SQL is planned anew at each call), statement
-- triggers with transition tables, and a guard on the columns that say which row it is. Streams are entered in id order, so
-- that two statements over several workflows cannot wait for each other. Rows whose image does not change are skipped.
create function log.capture_table(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  key_columns text[] := (select array_agg(a.attname::text order by k.ord) from pg_index i, unnest(i.indkey) with ordinality k(num, ord)
                         join pg_attribute a on a.attrelid = p_table and a.attnum = k.num where i.indrelid = p_table and i.indisprimary);
  fixed text[] := key_columns || array(select attname::text from pg_attribute where attrelid = p_table and not attisdropped
                                       and attname in ('stream_id', 'version_id', 'item_key') and attname <> all (key_columns));
  has_version boolean := exists (select from pg_attribute where attrelid = p_table and attname = 'version_id');
  row_id text := (select 'concat_ws('','', ' || string_agg('c.' || quote_ident(k), ', ' order by ord) || ')' from unnest(key_columns) with ordinality x(k, ord));
  same_row text := (select string_agg(format('o.%1$I = n.%1$I', k), ' and ') from unnest(key_columns) k);
  entry text := format($sql$insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
      select s, head.sequence + 1, coalesce((select max(ordinal) from log.row_change where stream_id = s and sequence = head.sequence + 1), 0)
               + row_number() over (order by %1$s), %2$L, %1$s, %3$s,$sql$, row_id, name, case when has_version then 'c.version_id' else 'null' end);
begin
  execute format($fn$
    create or replace function log.%1$I() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, log, pg_temp set timezone = 'UTC' as $body$
    declare s uuid; head log.stream;
    begin
      if tg_op = 'INSERT' then
        for s in select distinct stream_id from new_rows order by 1 loop
          head := log.enter(s);
          %2$s 'INSERT', null, to_jsonb(c) from new_rows c where c.stream_id = s;
        end loop;
      elsif tg_op = 'UPDATE' then
        for s in select distinct n.stream_id from old_rows o join new_rows n on %3$s where o *<> n order by 1 loop
          head := log.enter(s);
          %2$s 'UPDATE', to_jsonb(o), to_jsonb(c) from old_rows o join new_rows c on %4$s where c.stream_id = s and o *<> c;
        end loop;
      elsif tg_op = 'DELETE' then
        -- One statement can fire for INSERT before DELETE; the log would have the row gone that is there.
        if exists (select from old_rows o join %5$s n on %3$s) then
          raise exception using errcode = 'PL001', message = 'one statement cannot delete a row and insert it again', hint = 'Use two statements.';
        end if;
        for s in select distinct stream_id from old_rows order by 1 loop
          head := log.enter(s);
          %2$s 'DELETE', to_jsonb(c), null from old_rows c where c.stream_id = s;
        end loop;
      else
        -- TRUNCATE removes rows that an older snapshot does not see.
        if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
          raise exception using errcode = 'PL001', message = 'TRUNCATE is refused in a transaction that is ' || current_setting('transaction_isolation'), hint = 'Use READ COMMITTED.';
        end if;
        for s in select distinct stream_id from %5$s order by 1 loop
          head := log.enter(s);
          %2$s 'DELETE', to_jsonb(c), null from %5$s c where c.stream_id = s;
        end loop;
      end if;
      return null;
    end $body$ $fn$, 'capture_' || name, entry, same_row, replace(same_row, 'n.', 'c.'), full_name);
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

-- ── reference data ─────────────────────────────────────────────────────────────────────────────────────────────────

insert into log.stream (stream_id) values ('00000000-0000-0000-0000-000000000000');

do $$
declare t text;
begin
  foreach t in array array['users', 'user_roles', 'lobs', 'cycles', 'reports', 'workflows', 'workflow_testers', 'phase_policy'] loop
    execute format('alter table %I add constraint %I check (stream_id = ''00000000-0000-0000-0000-000000000000'')', t, t || '_stream');
    perform log.capture_table(t::regclass);
  end loop;
end $$;

-- ── rights ─────────────────────────────────────────────────────────────────────────────────────────────────────────

revoke all on all functions in schema log from public;
grant usage on schema public, log to phaseledger_service;
grant select on all tables in schema public, log to phaseledger_service;
grant insert, delete on log.idempotency_key to phaseledger_service;
grant execute on function log.open(uuid, int, text, text, text), log.commit(uuid), log.close(uuid[], timestamptz), log.is_service() to phaseledger_service;
