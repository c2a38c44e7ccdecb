-- The commit log, which Prisma cannot express. Triggers record every write to a captured table, by any path, in the transaction that makes
-- it; at commit, each stream that the transaction touched is sealed with one change set, chained by hash. Without this file the product
-- would work, and could prove nothing.

create extension if not exists btree_gist;

create schema log;
create type log."RowOperation" as enum ('INSERT', 'UPDATE', 'DELETE');

create table log.stream (
  stream_id uuid primary key,
  sequence int not null default 0,
  committed_at timestamptz(3) not null default '-infinity',
  closed_at timestamptz(3) not null default '-infinity',
  hash bytea,
  xid bigint,
  is_open boolean not null default false,
  opened_at timestamptz(3),
  actor_id int,
  origin text,
  operation text,
  reason text,
  request_id text,
  occurred_at timestamptz(3),
  operator text,
  parts jsonb
);

create table log.change_set (
  change_set_id uuid primary key,
  stream_id uuid not null references log.stream on delete restrict on update cascade,
  sequence int not null,
  committed_at timestamptz(3) not null,
  actor_id int,
  origin text not null,
  operation text not null,
  reason text,
  request_id text,
  occurred_at timestamptz(3),
  version_ids uuid[],
  previous_hash bytea,
  hash bytea not null,
  operator text
);
create unique index change_set_stream_id_committed_at_key on log.change_set (stream_id, committed_at);
-- Finds quickly whether an import brought something after an instant.
create index change_set_imported on log.change_set (stream_id, committed_at) where origin = 'import';
-- Among equivalent indexes PostgreSQL picks the youngest, so the key's index must be it: a stream has thousands of commits. (A database
-- restored from a dump creates them in the order of their names, with the same result.)
create unique index change_set_stream_id_sequence_key on log.change_set (stream_id, sequence);

create table log.row_change (
  stream_id uuid not null,
  sequence int not null,
  ordinal int not null,
  table_name text not null,
  row_id text not null,
  version_id uuid,
  operation log."RowOperation" not null,
  before jsonb,
  after jsonb,
  -- The digests of archived images, which replace the images.
  before_digest bytea,
  after_digest bytea,
  primary key (stream_id, sequence, ordinal)
);
create index row_change_stream_id_table_name_row_id_sequence_idx
  on log.row_change (stream_id, table_name, row_id, sequence);
-- Queries by version need all of its rows, while queries by stream need one of thousands.
create index row_change_version_id_sequence_idx on log.row_change (version_id, sequence);
-- Finds the stream of a deleted row.
create index row_change_removed
  on log.row_change (table_name, row_id) where operation = 'DELETE';

create table log.idempotency_key (
  actor_id int not null,
  operation text not null,
  key uuid not null,
  input_hash text not null,
  version_id uuid not null,
  change_set_id uuid not null,
  created_at timestamptz(3) not null,
  primary key (actor_id, operation, key)
);
create index idempotency_key_created_at_idx on log.idempotency_key (created_at);

-- Who read the commit log. Rows are inserted before the read and never change. They are not part of the log itself, so reading makes no
-- commits.
create table log.change_log_read (
  read_id bigint generated always as identity primary key,
  stream_id uuid not null,
  read_at timestamptz(3) not null,
  reader_id int,
  origin text not null,
  field text not null,
  request_id text
);
create index change_log_read_stream_id_read_id_idx on log.change_log_read (stream_id, read_id);

-- Security events: refused attempts, refused sign-ins and reads of the log, numbered without gaps, for webhooks and exports. They are no
-- part of the log, so a refused request makes no commit. The servers write refusals in batches, after answering.
create table log.security_event (
  event_id uuid primary key,
  sequence int not null,
  recorded_at timestamptz(3) not null,
  happened_at timestamptz(3) not null,
  kind text not null check (kind in ('REFUSAL', 'SIGN_IN_REFUSAL', 'READ')),
  user_id int,
  code text,
  -- The field of the API that was refused, or the path.
  operation text,
  is_mutation boolean not null default false,
  request_id text,
  read_id bigint,
  -- Above one, so many alike came too fast to be told one by one, the last of them at ended_at.
  count int not null default 1 check (count >= 1),
  ended_at timestamptz(3),
  check ((kind = 'READ') = (read_id is not null) and (kind = 'READ') = (code is null) and (count = 1) = (ended_at is null))
);
create unique index security_event_sequence_key on log.security_event (sequence);
create index security_event_recorded_at_idx on log.security_event (recorded_at);
-- Reads of the log that are no security events yet: numbering them at once would make readers wait for each other.
create table log.unnumbered_read (
  read_id bigint primary key
);

-- The state of webhooks besides the log's own (table webhooks). None of it is captured: a secret in the log would not be one, and the
-- progress of deliveries is operational state.
create table log.webhook_secret (
  webhook_id uuid primary key,
  secret text not null,
  -- The previous secret: deliveries are signed with both until then.
  former text,
  former_until timestamptz(3)
);
create table log.webhook_state (
  webhook_id uuid primary key,
  delivered_at timestamptz(3),
  failing_since timestamptz(3),
  last_failure text,
  suspended_at timestamptz(3)
);
-- The cursor of a webhook in a stream. The holder of the lease delivers; if a server dies, its lease expires.
create table log.webhook_cursor (
  webhook_id uuid not null,
  stream_id uuid not null,
  sequence int not null,
  -- Commits up to here are not delivered.
  began_at int not null,
  attempts int not null default 0,
  failing_since timestamptz(3),
  next_attempt_at timestamptz(3) not null default '-infinity',
  lease uuid,
  leased_until timestamptz(3) not null default '-infinity',
  primary key (webhook_id, stream_id)
);
-- Commits whose delivery was given up, so that later ones of their streams could be delivered.
create table log.dead_letter (
  webhook_id uuid not null,
  stream_id uuid not null,
  sequence int not null,
  change_set_id uuid not null,
  attempts int not null,
  last_failure text not null,
  given_up_at timestamptz(3) not null,
  primary key (webhook_id, stream_id, sequence)
);

-- Rate-limit points used in the current window, if several servers count together (RATE_LIMIT_STORE). Unlogged, so that writes do not wait
-- for WAL; if it is lost in a crash or failover, a new window begins for everybody.
create unlogged table log.points_taken (
  user_id int primary key,
  ends_at timestamptz(3) not null,
  points bigint not null,
  -- The points granted to the last request.
  granted bigint not null
) with (fillfactor = 50);

-- Presence: who has a version open. A row disappears when the person leaves, or when their server stops renewing its lease. Looking at a
-- version is not an action, so nothing is captured, and a crash of the database may lose it.
create unlogged table log.presence (
  presence_id uuid primary key,
  server_id uuid not null,
  version_id uuid not null,
  user_id int not null,
  activity text not null check (activity in ('EDITING', 'REVIEWING', 'VIEWING')),
  since timestamptz(3) not null,
  leased_until timestamptz(3) not null
);
create index presence_version_id_idx on log.presence (version_id);

-- The addresses of notification rules (table notification_rules), and their delivery state. None of it is captured: an address is personal,
-- and is deleted with the rule. The holder of the lease sends; if a server dies, its lease expires.
create table log.notice_state (
  rule_id uuid primary key,
  address text not null,
  -- When the next message is due; each is sent once.
  next_at timestamptz(3) not null,
  attempts int not null default 0,
  next_attempt_at timestamptz(3) not null default '-infinity',
  lease uuid,
  leased_until timestamptz(3) not null default '-infinity',
  sent_at timestamptz(3),
  failing_since timestamptz(3),
  last_failure text,
  suspended_at timestamptz(3)
);
create index notice_state_next_at_idx on log.notice_state (next_at);

-- The progress of making a requested pack (table pack_requests). None of it is captured: it follows from the log, and is deleted when the
-- pack expires. The holder of the lease makes the pack; if a server dies, its lease expires.
create table log.pack_job (
  pack_id uuid primary key,
  -- The number of completed steps; their results are in log.pack_part.
  steps_done int not null default 0,
  attempts int not null default 0,
  next_attempt_at timestamptz(3) not null default '-infinity',
  lease uuid,
  leased_until timestamptz(3) not null default '-infinity',
  -- Why it was given up.
  failure text,
  finished_at timestamptz(3),
  kept_until timestamptz(3),
  bytes bigint,
  sha256 text
);
create index pack_job_unfinished_idx on log.pack_job (next_attempt_at) where finished_at is null;
-- The contents of packs, in pieces: any server can read them here, one piece in memory at a time. Not compressed by PostgreSQL, because the
-- pieces are compressed already or will be.
create table log.pack_part (
  pack_id uuid not null references log.pack_job on delete cascade on update cascade,
  step int not null,
  file int not null,
  ordinal int not null,
  name text not null,
  data bytea not null,
  primary key (pack_id, step, file, ordinal)
);
alter table log.pack_part alter column data set storage external;

-- ── helpers of the log's functions and the rules ─────────────────────────────────────────────────────────────────────

create function log.refuse(p_code text, p_message text, p_hint text default null) returns void language plpgsql as $$
begin
  if p_hint is null then
    raise exception using errcode = p_code, message = p_message;
  end if;
  raise exception using errcode = p_code, message = p_message, hint = p_hint;
end $$;

-- Refuses if a rule is broken, given as its code and sentence: 'PL004 a version …'. Sentences are made by format(), which never returns
-- null. Each call is a query of its own, so checks made in every commit first test whether anything is broken.
create function log.refuse_if(p_broken text) returns void language plpgsql as $$
begin
  if p_broken is not null then
    perform log.refuse(left(p_broken, 5), substr(p_broken, 7));
  end if;
end $$;

-- Refuses if an update matched no row, because the row has changed since it was read. The service checks this within the statement, because
-- it commits before it has the answer.
create function log.demand_changed(p_rows bigint) returns void language plpgsql as $$
begin
  if p_rows = 0 then
    raise exception using errcode = 'PL012', message = 'what was to be changed is not as it was read';
  end if;
end $$;

-- Makes triggers fire regardless of session_replication_role.
create function log.fire_always(p_table regclass) returns void language plpgsql as $$
declare name name;
begin
  for name in select tgname from pg_trigger where tgrelid = p_table and not tgisinternal and tgenabled <> 'A' loop
    execute format('alter table %s enable always trigger %I', p_table, name);
  end loop;
end $$;

-- ── who writes ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- The service role owns nothing. A database administrator may have created it already (npm run migrate -- --print-roles-sql).
do $$ begin
  if not exists (select from pg_roles where rolname = 'phaseledger_service') then
    create role phaseledger_service nologin;
  end if;
end $$;

-- True for sessions that logged in as the service (or as a login role that is a direct member of it). Settings and SET ROLE do not change
-- session_user, so nobody else can name an actor. The owner and superusers are never the service. Names are resolved in pg_catalog, so that
-- neither settings nor look-alikes of PostgreSQL's functions change the result. A superuser is a member of every role. The owner of the log
-- is the role that this function runs as. It is called a dozen times per commit, so in a session of the service itself it runs no query:
-- PL/pgSQL runs a condition that contains a subquery as a statement, even if the rest of the condition decides. Hence the two IFs here, and
-- wherever else a condition of every write would need a subquery that is seldom needed.
create function log.is_service() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user <> 'phaseledger_service' then
    if not exists (
        select from pg_auth_members m
        where m.roleid = to_regrole('phaseledger_service') and m.member = to_regrole(quote_ident(session_user))) then
      return false;
    end if;
  end if;
  return not pg_has_role(session_user, current_user, 'MEMBER');
end $$;

-- ── opening a commit ─────────────────────────────────────────────────────────────────────────────────────────────────

-- An advisory lock that mutations hold in shared mode, and a commit to the reference data in exclusive mode. So what a mutation reads about
-- people, roles and assignments still holds when it commits, and both are ordered the same way as their stamps.
create function log.people_lock() returns bigint language sql immutable as $$ select 1887007846 $$;

-- Locks the stream's head and opens its commit in this transaction, once. The holder of the head is the stream's only writer until commit,
-- so sequences have no gaps and stamps only grow: past the last commit, and past every instant that a reader of the past has closed, even
-- if the clock steps back. The stream is locked before the people: whoever waits for it keeps nobody from changing the reference data. The
-- stamp comes last. The operator belongs to the connection (phaseledger.operator), so everything it writes to any stream names them.
create function log.enter(
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
    perform log.refuse('PL001', 'this transaction has already committed to stream ' || p_stream,
      'Start another transaction; SET CONSTRAINTS … IMMEDIATE must come after the last write.');
  end if;
  if p_stream = '00000000-0000-0000-0000-000000000000' then
    perform pg_advisory_xact_lock(log.people_lock());
  elsif p_origin = 'api' then
    perform pg_advisory_xact_lock_shared(log.people_lock());
  end if;
  update log.stream set
    xid = this_xid, is_open = true, -- the guard of the head stamps it
    actor_id = p_actor, origin = coalesce(p_origin, 'db:' || session_user), operation = coalesce(p_operation, 'SQL'),
    reason = p_reason, request_id = p_request_id, occurred_at = null,
    operator = case when p_origin is null then nullif(current_setting('phaseledger.operator', true), '') end
  where stream_id = p_stream returning * into head;
  return head;
end $$;

-- The first call of the service in every mutation: records who, what and why, and returns the instant that is "now" for the whole
-- transaction. From any other session, including one of the service that has been granted the owner's role since, a commit would name
-- nobody; a caller who tries to name somebody gets an error, and nothing is written.
create function log.open(
  p_stream uuid, p_actor int, p_operation text, p_reason text, p_request_id text)
returns timestamptz language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if not log.is_service() then
    perform log.refuse('PL002', format(
      '%s is not the service, or can act as the owner: it opens no commit in the name of a person', session_user));
  end if;
  head := log.enter(p_stream, p_actor, 'api', p_operation, p_reason, p_request_id);
  if (head.actor_id, head.operation) is distinct from (p_actor, p_operation) then
    perform log.refuse('PL001', format('the commit to stream %s is already open for another actor or operation', p_stream));
  end if;
  return head.opened_at;
end $$;

-- The first call of a command in a transaction that writes reference data: records what is done, why, and by which operating-system user,
-- who is not an actor. It is for the owner of the database. That the owner tells the truth is not proven, but the origin always names the
-- role.
create function log.state(p_operation text, p_reason text, p_operator text default null) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if p_operator is not null then
    perform set_config('phaseledger.operator', p_operator, true);
  end if;
  head := log.enter('00000000-0000-0000-0000-000000000000', p_operation => p_operation, p_reason => p_reason);
  if head.operation is distinct from p_operation then
    perform log.refuse('PL001', 'this transaction has already begun to write reference data',
      'Say what it does before its first write.');
  end if;
end $$;

-- Opens a commit that records what happened elsewhere: who did it and when, according to the old system. Its origin shows that it was not
-- captured when it happened, and committed_at when it was. Only the owner imports.
-- When data is imported for the first time, many commits are written together, one statement per table. p_parts has the data of each and
-- assigns the rows: {"commits": [{"actor", "occurredAt", "reason"}, …], "rows": {version id, or key of a row without one: index of its
-- commit, from 0}}. They are sealed in this order, each as a change set of its own.
create function log.open_import(
  p_stream uuid, p_actor int, p_operation text, p_reason text, p_occurred_at timestamptz, p_parts jsonb default null)
returns timestamptz language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream := log.enter(p_stream, p_operation => p_operation, p_reason => p_reason);
begin
  update log.stream set actor_id = p_actor, origin = 'import', occurred_at = p_occurred_at, parts = p_parts
  where stream_id = p_stream;
  return head.opened_at;
end $$;

-- The commits of an import that brings many at once, in order, with their stamps.
create function log.parts_of(head log.stream)
returns table (sequence int, committed_at timestamptz, actor_id int, reason text, occurred_at timestamptz)
language sql stable set search_path = pg_catalog, log, pg_temp as $$
  select head.sequence + ord::int, head.opened_at + (ord - 1) * interval '1 ms', p.actor, p.reason, p."occurredAt"
  from rows from (jsonb_to_recordset(head.parts -> 'commits') as (actor int, reason text, "occurredAt" timestamptz))
    with ordinality as p(actor, reason, "occurredAt", ord)
$$;

-- ── the commit of this transaction ───────────────────────────────────────────────────────────────────────────────────

-- The actor of the commit open in this transaction; null outside the service.
create function log.actor(p_stream uuid) returns int
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select actor_id from log.stream where stream_id = p_stream and is_open and xid = pg_current_xact_id()::text::bigint
$$;

-- True within the commit that inserts the version: an import brings its content and decisions along.
create function log.is_being_inserted(p_version uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select exists (
    select from log.row_change r join log.stream s using (stream_id)
    where r.version_id = p_version and r.table_name = 'phase_version' and r.row_id = p_version::text
      and r.operation = 'INSERT' and r.sequence > s.sequence)
$$;

-- Whether this transaction's commit to the stream is an import. Trigger conditions call this and the next function, so everybody may
-- execute them.
create function log.is_import(p_stream uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select exists (
    select from log.stream
    where stream_id = p_stream and is_open and xid = pg_current_xact_id()::text::bigint and origin = 'import')
$$;

-- An import may write again, and take back, what an import brought, as long as nobody has worked on it here; nothing else. This is
-- evaluated for every changed row, so it ends early for anything but an import, and its plan is generic.
create function log.may_import(p_version uuid, p_stream uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, log, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  if log.is_service() or not log.is_import(p_stream) then
    return false;
  end if;
  return not exists (
    select from log.row_change r join log.change_set c using (stream_id, sequence)
    where r.version_id = p_version and r.stream_id = p_stream and c.origin <> 'import');
end $$;

-- ── sealing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A field as it is hashed: its length in bytes, a colon, its UTF-8 text; a dash for null. Different commits never have the same text.
-- The cast keeps this a single expression that can be inlined as immutable: integer || text is only stable.
create function log.field(v text) returns text language sql immutable as $$
  select coalesce(octet_length(v)::text || ':' || v, '-')
$$;

create function log.instant(v timestamptz) returns text language sql stable parallel safe
  return to_char(v at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- The hashed text of one row of a commit.
create function log.entry(
  p_table text, p_row_id text, p_version text, p_operation text, p_before text, p_after text)
returns text language sql stable as $$
  select concat(log.field(p_table), log.field(p_row_id), log.field(p_version), log.field(p_operation), log.field(p_before),
    log.field(p_after))
$$;

-- The rows of a commit: their number, their versions, and their hashed text. OFFSET keeps each image from being formatted again wherever it
-- is used.
create function log.entries(p_stream uuid, p_sequence int, out n bigint, out version_ids uuid[], out texts text)
language sql stable as $$
  select count(*), coalesce(array_agg(distinct r.version_id) filter (where r.version_id is not null), '{}'),
    string_agg(log.entry(r.table_name, r.row_id, r.version_id::text, r.operation, r.before, r.after), '' order by r.ordinal)
  from (
    select ordinal, table_name, row_id, version_id, operation::text, before::text, after::text
    from log.row_change where stream_id = p_stream and sequence = p_sequence offset 0) r
$$;

-- The same for a range of consecutive commits.
create function log.entries_of(p_stream uuid, p_first int, p_last int)
returns table (sequence int, n bigint, version_ids uuid[], texts text) language sql stable as $$
  select r.sequence, count(*), coalesce(array_agg(distinct r.version_id) filter (where r.version_id is not null), '{}'),
    string_agg(log.entry(r.table_name, r.row_id, r.version_id::text, r.operation, r.before, r.after), '' order by r.ordinal)
  from (
    select sequence, ordinal, table_name, row_id, version_id, operation::text, before::text, after::text
    from log.row_change where stream_id = p_stream and sequence between p_first and p_last offset 0) r
  group by r.sequence
$$;

-- SHA-256 over the previous hash and everything in the commit. src/versioning/chain.ts computes the same independently. A commit with an
-- operator has its own format (phaseledger-log-2), so an operator can be neither added to a commit nor removed from it.
create function log.hash_of(c log.change_set, p_rows bigint, p_texts text) returns bytea
language sql stable as $$
  select sha256(convert_to(concat(
    log.field(case when c.operator is null then 'phaseledger-log-1' else 'phaseledger-log-2' end),
    log.field(encode(c.previous_hash, 'hex')), log.field(c.stream_id::text), log.field(c.sequence::text),
    log.field(log.instant(c.committed_at)), log.field(c.change_set_id::text), log.field(c.actor_id::text),
    log.field(c.origin), log.field(c.operation), log.field(c.reason), log.field(c.request_id),
    log.field(log.instant(c.occurred_at)), case when c.operator is not null then log.field(c.operator) end,
    log.field(p_rows::text), p_texts), 'UTF8'))
$$;

-- The hash of a stored commit.
create function log.digest(c log.change_set) returns bytea
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select log.hash_of(c, e.n, e.texts) from log.entries(c.stream_id, c.sequence) e
$$;

-- Seals the commits of an import that brings many at once. None is empty, and no row is left over.
create function log.seal_parts(head log.stream) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare
  commit log.change_set;
  last_hash bytea := head.hash;
  part record;
begin
  for part in
    select p.*, e.n, e.version_ids, e.texts
    from log.parts_of(head) p
    left join log.entries_of(
      head.stream_id, head.sequence + 1, head.sequence + jsonb_array_length(head.parts -> 'commits')) e
      on e.sequence = p.sequence
    order by p.sequence
  loop
    if part.n is null then
      perform log.refuse('PL001', format('nothing to commit to stream %s as commit %s', head.stream_id, part.sequence));
    end if;
    commit := row(gen_random_uuid(), head.stream_id, part.sequence, part.committed_at, part.actor_id, head.origin,
      head.operation, part.reason, head.request_id, part.occurred_at, part.version_ids, last_hash, null, head.operator);
    commit.hash := log.hash_of(commit, part.n, part.texts);
    insert into log.change_set select commit.*;
    last_hash := commit.hash;
  end loop;
  perform log.refuse_if(case
    when commit is null then 'PL001 an import that brings many commits brings one at least'
    when exists (select from log.row_change where stream_id = head.stream_id and sequence > commit.sequence)
      then 'PL001 a row belongs to none of the commits that an import brings together' end);
  -- They are a millisecond apart, and so may be ahead of the clock: none is over before the time that it says has come. A clock that
  -- has stepped back is not waited for.
  perform pg_sleep(extract(epoch from least(
    commit.committed_at - clock_timestamp(), (commit.sequence - head.sequence) * interval '1 ms')));
  update log.stream set sequence = commit.sequence, committed_at = commit.committed_at, hash = commit.hash,
    is_open = false, opened_at = null, actor_id = null, origin = null, operation = null, reason = null,
    request_id = null, occurred_at = null, operator = null, parts = null
  where stream_id = head.stream_id;
end $$;

create function log.seal() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  head log.stream;
  commit log.change_set;
  entries record;
begin
  select * into head from log.stream
  where stream_id = new.stream_id and is_open and xid = pg_current_xact_id()::text::bigint;
  if not found then
    return null; -- sealed already: the head is updated more than once in a transaction
  elsif head.parts is not null then
    perform log.seal_parts(head);
    return null;
  end if;
  entries := log.entries(head.stream_id, head.sequence + 1);
  if entries.n = 0 then
    perform log.refuse('PL001', 'nothing to commit to stream ' || head.stream_id,
      'SET CONSTRAINTS … IMMEDIATE must come after the last write of a transaction.');
  end if;
  commit := row(gen_random_uuid(), head.stream_id, head.sequence + 1, head.opened_at, head.actor_id, head.origin,
    head.operation, head.reason, head.request_id, head.occurred_at, entries.version_ids, head.hash, null, head.operator);
  commit.hash := log.hash_of(commit, entries.n, entries.texts);
  insert into log.change_set select commit.*;
  update log.stream set sequence = commit.sequence, committed_at = commit.committed_at, hash = commit.hash,
    is_open = false, opened_at = null, actor_id = null, origin = null, operation = null, reason = null,
    request_id = null, occurred_at = null, operator = null
  where stream_id = head.stream_id;
  return null;
end $$;

-- Deferred, so that a commit is sealed once, when the transaction ends; only row-level triggers can be deferred.
create constraint trigger seal after update on log.stream deferrable initially deferred
  for each row when (new.is_open) execute function log.seal();

-- The last call of the service: seals now rather than at COMMIT, and returns the change set and its sequence.
create function log.commit(p_stream uuid, out change_set_id uuid, out sequence bigint)
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  set constraints log.seal immediate;
  select c.change_set_id, c.sequence into change_set_id, sequence
  from log.stream s join log.change_set c using (stream_id, sequence) where s.stream_id = p_stream;
end $$;

-- ── closing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether an instant is in the future. If the clock was stepped back, the newest commit of all streams decides.
create function log.is_future(p_at timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, log, pg_temp as $$
  select case when p_at <= clock_timestamp() then false
    else coalesce(p_at > (select max(committed_at) from log.stream), false) end
$$;

create function log.refuse_closing(p_streams uuid[], p_at timestamptz) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.refuse_if(case
    when log.is_future(p_at) then 'PL001 a stream cannot be closed at an instant that has not come'
    when exists (select from log.stream where stream_id = any(p_streams) and is_open)
      then 'PL001 a stream cannot be closed by a transaction that writes to it'
  end);
end $$;

-- Closes streams at an instant for a reader of the past: no later commit can be stamped at or before it. Streams without commits are closed
-- too. Waits for writers.
create function log.close(p_streams uuid[], p_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare one uuid;
begin
  perform log.refuse_closing(p_streams, p_at);
  for one in select distinct s from unnest(p_streams) s order by 1 loop
    insert into log.stream (stream_id)
    select one where exists (select from public.workflows where workflow_id = one) on conflict do nothing;
    update log.stream set closed_at = p_at where stream_id = one and closed_at < p_at and committed_at < p_at;
  end loop;
end $$;

-- Closes those streams that nobody is writing to, without waiting; returns the others.
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

-- ── the log never changes ────────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL002', message = format(
    '%s on %I.%I is refused: the commit log is append-only', tg_op, tg_table_schema, tg_table_name);
end $$;

-- Entries come from the triggers of captured tables and from sealing, never from a direct statement.
create function log.refuse_direct_insert() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception using errcode = 'PL002', message = format(
      'INSERT into %I.%I is refused: only captured writes add to the commit log', tg_table_schema, tg_table_name);
  end if;
  return null;
end $$;

create trigger refuse_change before update or delete or truncate on log.change_set
  for each statement execute function log.refuse_change();
create trigger refuse_change before delete or truncate on log.row_change
  for each statement execute function log.refuse_change();
create trigger refuse_direct_insert before insert on log.change_set
  for each statement execute function log.refuse_direct_insert();
create trigger refuse_direct_insert before insert on log.row_change
  for each statement execute function log.refuse_direct_insert();

-- ── archives ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The row images of a workflow's old commits can be moved to a file (npm run archive-log) and restored from it. The commits, the list of
-- changed rows, the hashes and a digest of each image stay. So questions about which rows changed are answered as before, a missing image
-- is recognized as archived, and only the original image can be restored.

-- The digest of an image without its null columns, as in src/versioning/verification.ts.
create function log.image_digest(p_image jsonb) returns bytea language sql stable as $$
  select sha256(convert_to((p_image - array(select key from jsonb_each(p_image) where value = 'null'))::text, 'UTF8'))
$$;

-- Called by a statement that needs an archived image: it cannot be answered without it.
create function log.refuse_archived(p_stream uuid) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.refuse('PL014', coalesce(
    (select format('what rows were before was archived into the file %s (SHA-256 %s)', a.file, a.sha256)
     from public.log_archives a where a.workflow_id = p_stream),
    format('what rows of stream %s were before is not there, and no archive is known to have it', p_stream)));
  return false;
end $$;

-- Removes the images of commits where that is allowed, and returns the number of rows. The images of versions stay, because the version
-- in force is looked up in them, and so do imported images, because the past before the import is read from them.
create function log.take_images(p_stream uuid, p_first int, p_last int) returns bigint
language sql set search_path = pg_catalog, log, pg_temp as $$
  with taken as (
    update log.row_change r set before = null, after = null,
      before_digest = log.image_digest(before), after_digest = log.image_digest(after)
    where r.stream_id = p_stream and r.sequence between p_first and p_last and r.table_name <> 'phase_version'
      and r.before_digest is null and r.after_digest is null
      and exists (select from log.change_set c where c.stream_id = p_stream and c.sequence = r.sequence and c.origin <> 'import')
    returning 1)
  select count(*) from taken
$$;

-- A logged row never changes, with two exceptions: an image is removed if a recorded archive contains it, or it is restored unchanged.
create function log.guard_images() returns trigger language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare
  is_same_row boolean := (new.stream_id, new.sequence, new.ordinal, new.table_name, new.row_id, new.version_id, new.operation)
    is not distinct from (old.stream_id, old.sequence, old.ordinal, old.table_name, old.row_id, old.version_id, old.operation);
  was_here boolean := old.before_digest is null and old.after_digest is null;
  goes boolean := was_here and new.before is null and new.after is null
    and (new.before_digest, new.after_digest) is not distinct from (log.image_digest(old.before), log.image_digest(old.after));
  comes_back boolean := not was_here and new.before_digest is null and new.after_digest is null
    and (log.image_digest(new.before), log.image_digest(new.after)) is not distinct from (old.before_digest, old.after_digest);
begin
  if is_same_row and (comes_back or goes and old.table_name <> 'phase_version' and exists (
      select from public.log_archives a join log.change_set c on c.stream_id = a.workflow_id
      where a.workflow_id = old.stream_id and old.sequence <= a.sequence and c.sequence = old.sequence and c.origin <> 'import')) then
    return new;
  end if;
  raise exception using errcode = 'PL002', message = 'UPDATE on log.row_change is refused: the commit log is append-only';
end $$;
create trigger guard_images before update on log.row_change for each row execute function log.guard_images();

-- An archive ends with a commit of its workflow. It only grows, and its record is deleted only after all its images are restored.
create function log.guard_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare broken text;
begin
  if tg_op = 'TRUNCATE' then
    broken := case when exists (select from public.log_archives) then 'delete its rows, each when its images are back' end;
  elsif tg_op = 'DELETE' then
    broken := case when exists (
        select from log.row_change r where r.stream_id = old.workflow_id and r.sequence <= old.sequence
          and (r.before_digest is not null or r.after_digest is not null))
      then 'it has images that are not back' end;
  else
    broken := case
      when not exists (
          select from log.change_set c where c.stream_id = new.workflow_id and c.sequence = new.sequence
            and encode(c.hash, 'hex') = new.hash)
        then 'it does not end with a commit of the workflow'
      when tg_op = 'UPDATE' and new.sequence < old.sequence then 'it has images that would be in none'
    end;
    new.archived_at := date_trunc('milliseconds', clock_timestamp());
  end if;
  if broken is not null then
    perform log.refuse('PL002', format('%s on log_archives is refused: %s', tg_op, broken));
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

-- The database sets the time and origin of a log read; only the service names people, as with commits.
create function log.stamp_read() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.read_at := date_trunc('milliseconds', clock_timestamp());
  if log.is_service() then
    new.origin := case when new.reader_id is null then 'command' else 'api' end;
  else
    new.reader_id := null;
    new.origin := 'db:' || session_user;
  end if;
  return new;
end $$;
create trigger stamp_read before insert on log.change_log_read for each row execute function log.stamp_read();
create trigger refuse_change before update or delete or truncate on log.change_log_read
  for each statement execute function log.refuse_change();

create function log.queue_read() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  insert into log.unnumbered_read (read_id) select read_id from new_reads;
  return null;
end $$;
create trigger queue_read after insert on log.change_log_read referencing new table as new_reads
  for each statement execute function log.queue_read();

-- ── security events ──────────────────────────────────────────────────────────────────────────────────────────────────

-- An advisory lock that whoever numbers a security event holds until commit. So numbers have no gaps and become visible in their order.
create function log.security_lock() returns bigint language sql immutable as $$ select 1887007847 $$;

-- The database numbers and stamps events; only the service says what was refused. They never change. Those of more than 30 days ago may be
-- deleted, except for the last one, from which the numbers go on.
create function log.guard_security_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  last log.security_event;
  broken text;
begin
  if tg_op in ('INSERT', 'DELETE') then
    perform pg_advisory_xact_lock(log.security_lock());
    select * into last from log.security_event order by sequence desc limit 1;
  end if;
  if tg_op = 'INSERT' then
    if new.kind <> 'READ' and not log.is_service() then
      perform log.refuse('PL002', format('%s is not the service: it records no refusals', session_user));
    end if;
    new.sequence := coalesce(last.sequence, 0) + 1;
    new.recorded_at := greatest(date_trunc('milliseconds', clock_timestamp()), last.recorded_at);
    return new;
  end if;
  broken := case
    when tg_op <> 'DELETE' then 'they never change'
    when old.recorded_at > clock_timestamp() - interval '30 days' then 'it is not 30 days old'
    when old.sequence = last.sequence then 'it is the last one, from which numbers go on'
  end;
  if broken is not null then
    perform log.refuse('PL002', format('%s on log.security_event is refused: %s', tg_op, broken));
  end if;
  return old;
end $$;
create trigger guard_event before insert or update or delete on log.security_event
  for each row execute function log.guard_security_event();
create trigger refuse_truncation before truncate on log.security_event
  for each statement execute function log.guard_security_event();

-- Makes security events of the oldest reads that are none yet, and returns how many.
create function log.number_reads(p_at_most int) returns int
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare numbered int;
begin
  with taken as (
    delete from log.unnumbered_read where read_id in (
      select read_id from log.unnumbered_read order by read_id limit p_at_most for update skip locked)
    returning read_id)
  insert into log.security_event (event_id, happened_at, kind, user_id, operation, request_id, read_id)
  select gen_random_uuid(), r.read_at, 'READ', r.reader_id, r.field, r.request_id, r.read_id
  from taken join log.change_log_read r using (read_id) order by r.read_id;
  get diagnostics numbered = row_count;
  return numbered;
end $$;

-- What webhooks have cursors in: the streams of the log, and the security events.
create view log.told_stream as
select stream_id, sequence from log.stream
union all
select 'ffffffff-ffff-ffff-ffff-ffffffffffff', coalesce(max(sequence), 0) from log.security_event;

-- ── the head ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The head accepts no time, origin or instant from anybody: the database stamps commits, and only the log's own functions move the head.
-- Only the service names people; the owner can do so neither by opening a head by hand nor by calling log.enter.

-- Whether the commits of an import that brings many at once exist as the open head says, each chained to the one before, and whether the
-- head moves to the last of them.
create function log.are_parts_sealed(head log.stream, moved log.stream) returns boolean
language sql stable set search_path = pg_catalog, log, pg_temp as $$
  select coalesce(bool_and((c.committed_at, c.actor_id, c.origin, c.operation, c.reason, c.request_id, c.occurred_at, c.operator,
        c.previous_hash)
      is not distinct from (p.committed_at, p.actor_id, 'import', head.operation, p.reason, head.request_id, p.occurred_at,
        head.operator, p.previous_hash)
      and (p.actor_id is null or p.occurred_at is not null)), false)
    and exists (
      select from log.change_set c where c.stream_id = head.stream_id and c.sequence = moved.sequence
        and c.sequence = head.sequence + jsonb_array_length(head.parts -> 'commits')
        and c.committed_at = moved.committed_at and c.hash = moved.hash)
  from (
    select p.*, case when p.sequence = head.sequence + 1 then head.hash else before.hash end as previous_hash
    from log.parts_of(head) p
    left join log.change_set before on before.stream_id = head.stream_id and before.sequence = p.sequence - 1) p
  left join log.change_set c on c.stream_id = head.stream_id and c.sequence = p.sequence
$$;

create function log.guard_head() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  this_xid bigint := pg_current_xact_id()::text::bigint;
  says_nothing boolean := (new.opened_at, new.actor_id, new.origin, new.operation, new.reason, new.request_id,
    new.occurred_at, new.operator, new.parts) is not distinct from (null, null, null, null, null, null, null, null, null);
  broken text;
begin
  if tg_op = 'INSERT' then
    broken := case when new.sequence <> 0 or new.committed_at <> '-infinity' or new.closed_at <> '-infinity'
        or new.hash is not null or new.xid is not null or new.is_open or not says_nothing
      then 'a stream begins with nothing' end;
  elsif new.stream_id <> old.stream_id then
    broken := 'it stays that of its stream';
  -- A commit is opened, or says more of itself.
  elsif new.is_open then
    broken := case
      when (new.sequence, new.committed_at, new.closed_at, new.hash)
          is distinct from (old.sequence, old.committed_at, old.closed_at, old.hash)
        then 'where the chain ends is said when a commit is sealed'
      when old.is_open and old.xid = this_xid
          and (new.opened_at, new.xid) is distinct from (old.opened_at, old.xid)
        then 'a commit is stamped once'
      when new.origin = 'api' and not log.is_service()
        then 'only the service opens a commit in the name of a person'
      when new.origin = 'import' and (log.is_service() or new.actor_id is not null and new.occurred_at is null)
        then 'an import is the owner’s, and names a person only with when it happened'
      when new.origin in ('api', 'import') is not true
          and (new.origin is distinct from 'db:' || session_user or new.actor_id is not null)
        then 'only the service opens a commit in the name of a person, and a role one in its own name'
      when (new.occurred_at is not null or new.parts is not null) and new.origin <> 'import'
        then 'only an import says when something happened, and brings many commits together'
      when new.parts is not null and new.actor_id is not null
        then 'of many commits, each says itself who made it'
    end;
    if broken is null and new.parts is distinct from old.parts and new.parts is not null then
      broken := case when exists (
          select from log.row_change r where r.stream_id = old.stream_id and r.sequence > old.sequence)
        then 'of which commits its rows are is said before they are written' end;
    end if;
    if (old.is_open and old.xid = this_xid) is not true then
      new.xid := this_xid;
      new.opened_at := greatest(date_trunc('milliseconds', clock_timestamp()),
        old.committed_at + interval '1 ms', old.closed_at + interval '1 ms');
    end if;
  elsif not says_nothing then
    broken := 'nothing is said of a commit that is not open';
  -- It is sealed: as the commit that is there says.
  elsif new.sequence <> old.sequence then
    if not old.is_open or new.closed_at <> old.closed_at or new.xid is distinct from old.xid then
      broken := 'it moves to the commit that was sealed';
    elsif old.parts is not null then
      if not log.are_parts_sealed(old, new) then
        broken := 'it moves to the last of the commits that were sealed together';
      end if;
    elsif not exists (
        select from log.change_set c where c.stream_id = old.stream_id and c.sequence = new.sequence
          and c.sequence = old.sequence + 1 and c.hash = new.hash and c.committed_at = new.committed_at
          and (c.committed_at, c.actor_id, c.origin, c.operation, c.reason, c.request_id, c.occurred_at,
              c.operator, c.previous_hash)
            is not distinct from (old.opened_at, old.actor_id, old.origin, old.operation, old.reason,
              old.request_id, old.occurred_at, old.operator, old.hash)) then
      broken := 'it moves to the commit that was sealed';
    end if;
  elsif (new.committed_at, new.hash) is distinct from (old.committed_at, old.hash) then
    broken := 'where the chain ends is said when a commit is sealed';
  -- It is opened and comes to nothing.
  elsif old.is_open then
    if new.closed_at <> old.closed_at or exists (
        select from log.row_change r where r.stream_id = old.stream_id and r.sequence > old.sequence) then
      broken := 'a commit that has rows is sealed';
    end if;
  -- It is closed at an instant that has come.
  elsif new.xid is distinct from old.xid or new.closed_at < old.closed_at or log.is_future(new.closed_at) then
    broken := 'it is closed at an instant that has come, and not opened again';
  end if;
  if broken is not null then
    perform log.refuse('PL002', 'the head of a stream is moved by the log’s own functions: ' || broken);
  end if;
  return new;
end $$;
create trigger guard_head before insert or update on log.stream for each row execute function log.guard_head();
create trigger refuse_removal before delete or truncate on log.stream
  for each statement execute function log.refuse_change();

-- ── capture ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create function log.refuse_identity_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PL003', message = format(
      'the identity of a row of %I (its key, stream, version or item key) cannot be changed', tg_table_name),
    hint = 'Delete the row and insert another.';
end $$;

create function log.key_columns(p_table regclass) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(a.attname::text order by k.ord)
  from pg_index i, unnest(i.indkey) with ordinality k(num, ord)
  join pg_attribute a on a.attrelid = p_table and a.attnum = k.num where i.indrelid = p_table and i.indisprimary
$$;

-- SQL for a row's key as the log writes it; p_row is the row's alias.
create function log.row_id_of(p_table regclass, p_row text) returns text
language sql stable set search_path = pg_catalog, log, pg_temp as $$
  select case when cardinality(k) = 1 then format('%s.%I::text', p_row, k[1])
    else format('concat_ws('','', %s)', (
      select string_agg(format('%s.%I', p_row, c), ', ' order by ord) from unnest(k) with ordinality x(c, ord))) end
  from (select log.key_columns(p_table)) t(k)
$$;

-- The body that a table's capture function must have: static SQL (dynamic SQL would be planned at each call), made from the table's key.
-- Checks of the capture compare it with the catalogue. Streams are entered in id order, so that two statements over several workflows
-- cannot deadlock; a stream already open in this transaction is locked already. Rows whose image does not change are skipped.
create function log.capture_source(p_table regclass) returns text language plpgsql stable as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  full_name text := (select format('%I.%I', n.nspname, c.relname)
                     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  has_version boolean := exists (select from pg_attribute where attrelid = p_table and attname = 'version_id');
  row_id text := log.row_id_of(p_table, 'c');
  same_row text := (select string_agg(format('o.%1$I = n.%1$I', k), ' and ') from unnest(log.key_columns(p_table)) k);
  in_order constant text := 'd(s) left join log.stream h
          on h.stream_id = d.s and h.is_open and h.xid = pg_current_xact_id()::text::bigint order by 1';
  -- An import that brings many commits together only brings what is new.
  refuse_parts constant text := $sql$
          if of_commit is not null then
            perform log.refuse('PL001', 'an import that brings many commits together changes nothing that is there');
          end if;$sql$;
  entry text := format($sql$
            seq := coalesce(seq, (log.enter(s)).sequence + 1);
            insert into log.row_change
              (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
            select s, seq, coalesce((select max(ordinal) from log.row_change where stream_id = s and sequence = seq), 0)
              + row_number() over (order by %1$s), %2$L, %1$s, %3$s,$sql$,
    row_id, name, case when has_version then 'c.version_id' else 'null' end);
begin
  return format($fn$
    declare s uuid; seq int; of_commit jsonb;
    begin
      if tg_op = 'INSERT' then
        for s, seq, of_commit in
            select d.s, h.sequence + 1, h.parts -> 'rows' from (select distinct stream_id from new_rows) %5$s loop
          if of_commit is not null then
            insert into log.row_change
              (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
            select s, c.seq, coalesce((select max(ordinal) from log.row_change where stream_id = s and sequence = c.seq), 0)
              + row_number() over (partition by c.seq order by c.id), %7$L, c.id, c.version, 'INSERT', null, c.image
            from (select %8$s as id, %9$s as version, seq + (of_commit ->> %10$s)::int as seq, to_jsonb(c) as image
              from new_rows c where c.stream_id = s offset 0) c;
            continue;
          end if;%1$s
              'INSERT', null, to_jsonb(c) from new_rows c where c.stream_id = s;
        end loop;
      elsif tg_op = 'UPDATE' then
        for s, seq, of_commit in select d.s, h.sequence + 1, h.parts -> 'rows' from (
            select distinct n.stream_id from old_rows o join new_rows n on %2$s where o *<> n) %5$s loop%6$s%1$s
              'UPDATE', to_jsonb(o), to_jsonb(c)
            from old_rows o join new_rows c on %3$s where c.stream_id = s and o *<> c;
        end loop;
      elsif tg_op = 'DELETE' then
        -- One statement can fire for INSERT before DELETE; the log would have the row gone that is there.
        if exists (select from old_rows o join %4$s n on %2$s) then
          perform log.refuse('PL001', 'one statement cannot delete a row and insert it again', 'Use two statements.');
        end if;
        for s, seq, of_commit in
            select d.s, h.sequence + 1, h.parts -> 'rows' from (select distinct stream_id from old_rows) %5$s loop%6$s%1$s
              'DELETE', to_jsonb(c), null from old_rows c where c.stream_id = s;
        end loop;
      else
        -- TRUNCATE removes rows that an older snapshot does not see.
        if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
          perform log.refuse('PL001', 'TRUNCATE is refused in a transaction that is '
            || current_setting('transaction_isolation'), 'Use READ COMMITTED.');
        end if;
        for s, seq, of_commit in
            select d.s, h.sequence + 1, h.parts -> 'rows' from (select distinct stream_id from %4$s) %5$s loop%6$s%1$s
              'DELETE', to_jsonb(c), null from %4$s c where c.stream_id = s;
        end loop;
      end if;
      return null;
    end $fn$, entry, same_row, replace(same_row, 'n.', 'c.'), full_name, in_order, refuse_parts, name, row_id,
    case when has_version then 'c.version_id' else 'null::uuid' end,
    case when has_version then 'c.version_id::text' else row_id end);
end $outer$;

-- Row images are texts that are compared for years, so their format must not depend on settings of a session, role or database.
create function log.pin_texts(p_function regprocedure) returns void language plpgsql as $$
begin
  execute format('alter function %s set timezone = ''UTC'' set datestyle = ''ISO, MDY'' set intervalstyle = postgres
    set extra_float_digits = 1 set bytea_output = hex set xmlbinary = base64', p_function);
end $$;
select log.pin_texts('log.seal()'), log.pin_texts('log.digest(log.change_set)');

-- Attaches capture to a table of any schema: statement triggers with transition tables, and a guard on the identifying columns. The log
-- knows tables by their unqualified names, so each name can be used only once.
create function log.capture_table(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  fixed text[] := log.key_columns(p_table) || array(
    select attname::text from pg_attribute where attrelid = p_table and not attisdropped
      and attname in ('stream_id', 'version_id', 'item_key') and attname <> all (log.key_columns(p_table))
    order by attnum);
  taken text := (
    select min(t.tgrelid::regclass::text) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || name and t.tgrelid <> p_table);
begin
  if taken is not null then
    perform log.refuse('PL001', format('%s is captured as %s already', taken, name), 'Give the table another name.');
  end if;
  execute format(
    'create or replace function log.%I() returns trigger language plpgsql security definer
     set search_path = pg_catalog, public, log, pg_temp as %L', 'capture_' || name, log.capture_source(p_table));
  perform log.pin_texts(format('log.%I()', 'capture_' || name)::regprocedure);
  execute format($t$
    revoke all on function log.%2$I() from public;
    create trigger a_capture_insert after insert on %1$s referencing new table as new_rows
      for each statement execute function log.%2$I();
    create trigger a_capture_update after update on %1$s referencing old table as old_rows new table as new_rows
      for each statement execute function log.%2$I();
    create trigger a_capture_delete after delete on %1$s referencing old table as old_rows
      for each statement execute function log.%2$I();
    create trigger a_capture_truncate before truncate on %1$s for each statement execute function log.%2$I();
    create trigger a_identity before update on %1$s for each row when (%3$s)
      execute function log.refuse_identity_change()$t$,
    p_table, 'capture_' || name,
    (select string_agg(format('old.%1$I is distinct from new.%1$I', f), ' or ') from unnest(fixed) f));
  perform log.fire_always(p_table);
end $outer$;

-- For insert-only tables: figures, decisions, signatures. An import may take back what an import brought.
create function log.refuse_rewriting() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and to_jsonb(old) ? 'version_id'
     and log.may_import((to_jsonb(old) ->> 'version_id')::uuid, old.stream_id) then
    return old;
  end if;
  raise exception using errcode = 'PL005',
    message = format('%s on %I is refused: its rows are only ever added', tg_op, tg_table_name);
end $$;

create function log.refuse_rewriting_all() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare any_row boolean;
begin
  execute format('select exists (select from %I.%I)', tg_table_schema, tg_table_name) into any_row;
  if any_row then
    raise exception using errcode = 'PL005',
      message = format('TRUNCATE on %I is refused: its rows are only ever added', tg_table_name);
  end if;
  return null;
end $$;

create function log.insert_only(p_table regclass) returns void language plpgsql as $outer$
begin
  execute format($t$
    create trigger b_insert_only before update or delete on %1$s
      for each row execute function log.refuse_rewriting();
    create trigger b_insert_only_truncate before truncate on %1$s
      for each statement execute function log.refuse_rewriting_all()$t$, p_table);
  perform log.fire_always(p_table);
end $outer$;

-- ── row history ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- The forms of rows, each with the commit that made it. Statements must not depend on statistics: for tables that were never analyzed, the
-- planner expects one or two rows from every condition and chooses nested loops over whole tables. So what belongs to a row is looked up by
-- its key, and OFFSET 0 leaves the planner no alternative.
create view log.row_form as
select r.stream_id, r.sequence, r.ordinal, r.table_name, r.row_id, r.version_id, r.after, c.actor_id, c.committed_at
from log.row_change r
cross join lateral (
  select actor_id, committed_at from log.change_set c
  where c.stream_id = r.stream_id and c.sequence = r.sequence offset 0) c
where case when r.after is not null then true when r.operation = 'DELETE' then false else log.refuse_archived(r.stream_id) end;

-- ── reference data ───────────────────────────────────────────────────────────────────────────────────────────────────

insert into log.stream (stream_id) values ('00000000-0000-0000-0000-000000000000');

do $$
declare t text;
begin
  foreach t in array array['users', 'user_roles', 'lobs', 'cycles', 'reports', 'workflows', 'workflow_testers', 'webhooks', 'notification_rules',
    'phase_policy', 'phase_signature', 'phase_step', 'version_transition', 'catalogue_exceptions',
    'schema_changes', 'log_archives'] loop
    execute format('alter table %I add constraint %I check (stream_id = %L)',
      t, t || '_stream', '00000000-0000-0000-0000-000000000000');
    perform log.capture_table(t::regclass);
  end loop;
end $$;

-- Objects that a customer adds to the database beyond the migrations, such as an index or an extension, are listed with a reason.
alter table catalogue_exceptions add constraint catalogue_exceptions_reason check (reason ~ '\S');

-- Schema changes, one row per command, as recorded by the watch (npm run migrate -- --print-watch-sql) if there is one. Figures are
-- captured like everything else: a newer figure is another row.
select log.capture_table('versioning_metrics'), log.insert_only('versioning_metrics'),
  log.capture_table('pack_requests'), log.insert_only('pack_requests'), log.insert_only('schema_changes');

create trigger b_guard_archive before insert or update or delete on log_archives
  for each row execute function log.guard_archive();
create trigger b_guard_truncate before truncate on log_archives for each statement execute function log.guard_archive();
select log.fire_always('log_archives');

select log.fire_always(format('log.%I', name)::regclass)
from unnest(array['stream', 'change_set', 'row_change', 'change_log_read', 'security_event']) t(name);

-- ── rights ───────────────────────────────────────────────────────────────────────────────────────────────────────────

revoke all on all functions in schema log from public;
grant usage on schema public, log to phaseledger_service;
grant select on all tables in schema public, log to phaseledger_service;
grant insert on versioning_metrics, pack_requests to phaseledger_service;
grant insert, delete on log.idempotency_key to phaseledger_service;
grant insert, update on log.points_taken to phaseledger_service;
grant insert, update, delete on log.webhook_secret, log.webhook_state, log.webhook_cursor, log.dead_letter, log.presence
  to phaseledger_service;
grant insert, update, delete on log.pack_job, log.pack_part, log.notice_state to phaseledger_service;
grant insert (stream_id, reader_id, field, request_id) on log.change_log_read to phaseledger_service;
grant insert (event_id, happened_at, kind, user_id, code, operation, is_mutation, request_id, count, ended_at), delete
  on log.security_event to phaseledger_service;
grant execute on function log.open(uuid, int, text, text, text), log.commit(uuid), log.close(uuid[], timestamptz),
  log.close_idle(uuid[], timestamptz), log.is_future(timestamptz), log.is_service(), log.capture_source(regclass), log.demand_changed(bigint),
  log.refuse_archived(uuid), log.security_lock(), log.number_reads(int)
  to phaseledger_service;
