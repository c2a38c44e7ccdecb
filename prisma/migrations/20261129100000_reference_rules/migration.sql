-- The product's own commands are no longer anonymous: what they commit says what was done, why, and which login of the machine
-- did it. That login is no actor: a person is named by the service only.

-- AlterTable
ALTER TABLE "log"."stream" ADD COLUMN "operator" TEXT;

-- AlterTable
ALTER TABLE "log"."change_set" ADD COLUMN "operator" TEXT;

create or replace view past.change_set as
  select c.* from past.horizon() h join log.change_set c on c.stream_id = h.stream_id and c.sequence <= h.sequence;

-- The operator belongs to the connection (phaseledger.operator), so that whatever it writes, to whichever stream, says so.
create or replace function log.enter(
  p_stream uuid, p_actor int default null, p_origin text default null, p_operation text default null,
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
    raise exception using errcode = 'PL001',
      message = 'this transaction has already committed to stream ' || p_stream,
      hint = 'Start another transaction; SET CONSTRAINTS … IMMEDIATE must come after the last write.';
  end if;
  update log.stream set
    xid = this_xid, is_open = true,
    opened_at = greatest(date_trunc('milliseconds', clock_timestamp()),
      committed_at + interval '1 ms', closed_at + interval '1 ms'),
    actor_id = p_actor, origin = coalesce(p_origin, 'db:' || session_user), operation = coalesce(p_operation, 'SQL'),
    reason = p_reason, request_id = p_request_id, occurred_at = null,
    operator = case when p_origin is null then nullif(current_setting('phaseledger.operator', true), '') end
  where stream_id = p_stream returning * into head;
  return head;
end $$;

-- What a command calls first in a transaction that writes reference data: it says what is done, why and by which login. It is
-- for the owner of the database; that the owner says the truth is not proven, but the origin names the role in any case.
create function log.state(p_operation text, p_reason text, p_operator text default null) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if p_operator is not null then
    perform set_config('phaseledger.operator', p_operator, true);
  end if;
  head := log.enter('00000000-0000-0000-0000-000000000000', p_operation => p_operation, p_reason => p_reason);
  if head.operation is distinct from p_operation then
    raise exception using errcode = 'PL001', message = 'this transaction has already begun to write reference data',
      hint = 'Say what it does before its first write.';
  end if;
end $$;

-- A commit with an operator has a form of its own (phaseledger-log-2), so every hash of before stays what it was, and an
-- operator can be neither added to a commit nor taken from it.
create or replace function log.digest(c log.change_set) returns bytea
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select sha256(convert_to(concat(
    log.field(case when c.operator is null then 'phaseledger-log-1' else 'phaseledger-log-2' end),
    log.field(encode(c.previous_hash, 'hex')), log.field(c.stream_id::text), log.field(c.sequence::text),
    log.field(log.instant(c.committed_at)), log.field(c.change_set_id::text), log.field(c.actor_id::text),
    log.field(c.origin), log.field(c.operation), log.field(c.reason), log.field(c.request_id),
    log.field(log.instant(c.occurred_at)), case when c.operator is not null then log.field(c.operator) end,
    log.field(count(*)::text),
    string_agg(concat(log.field(r.table_name), log.field(r.row_id), log.field(r.version_id::text),
                      log.field(r.operation::text), log.field(r.before::text), log.field(r.after::text)),
      '' order by r.ordinal)), 'UTF8'))
  from log.row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence
$$;

create or replace function log.seal() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp set timezone = 'UTC' as $$
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
  commit.operator := head.operator;
  commit.previous_hash := head.hash;
  commit.hash := log.digest(commit);
  insert into log.change_set select commit.*;
  update log.stream set sequence = commit.sequence, committed_at = commit.committed_at, hash = commit.hash,
    is_open = false, opened_at = null, actor_id = null, origin = null, operation = null, reason = null,
    request_id = null, occurred_at = null, operator = null
  where stream_id = head.stream_id;
  return null;
end $$;

revoke all on function log.state(text, text, text) from public;
