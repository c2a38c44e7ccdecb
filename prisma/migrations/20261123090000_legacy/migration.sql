-- Taking over from an old system: its rows whole, what became of each, and commits that say when things happened there.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "legacy";

-- CreateEnum
CREATE TYPE "legacy"."fate" AS ENUM ('IMPORTED', 'MERGED', 'QUARANTINED');

-- CreateEnum
CREATE TYPE "legacy"."phase_state" AS ENUM ('IMPORTED', 'VERIFIED', 'ROLLED_BACK');

-- CreateTable
CREATE TABLE "legacy"."import" (
    "import_id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "import_pkey" PRIMARY KEY ("import_id")
);

-- CreateTable
CREATE TABLE "legacy"."run" (
    "run_id" SERIAL NOT NULL,
    "import_id" INTEGER,
    "command" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "finished_at" TIMESTAMPTZ(3),
    "result" JSONB,

    CONSTRAINT "run_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "legacy"."imported_phase" (
    "workflow_id" UUID NOT NULL,
    "phase" "Phase" NOT NULL,
    "import_id" INTEGER NOT NULL,
    "state" "legacy"."phase_state" NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "imported_phase_pkey" PRIMARY KEY ("workflow_id","phase")
);

-- CreateTable
CREATE TABLE "legacy"."source_row" (
    "table_name" TEXT NOT NULL,
    "source_key" TEXT NOT NULL,
    "stream_id" UUID NOT NULL,
    "import_id" INTEGER NOT NULL,
    "phase" "Phase",
    "row" JSONB NOT NULL,
    "row_hash" TEXT NOT NULL,
    "fate" "legacy"."fate" NOT NULL,
    "target_table" TEXT,
    "target_id" UUID,
    "mapped" JSONB NOT NULL DEFAULT '{}',
    "findings" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "source_row_pkey" PRIMARY KEY ("table_name","source_key")
);

-- CreateTable
CREATE TABLE "legacy"."quarantine" (
    "table_name" TEXT NOT NULL,
    "source_key" TEXT NOT NULL,
    "stream_id" UUID NOT NULL,
    "import_id" INTEGER NOT NULL,
    "phase" "Phase",
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "row" TEXT NOT NULL,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("table_name","source_key")
);

-- CreateTable
CREATE TABLE "legacy"."id_map" (
    "kind" TEXT NOT NULL,
    "legacy_id" TEXT NOT NULL,
    "new_id" TEXT NOT NULL,
    "workflow_id" UUID NOT NULL,

    CONSTRAINT "id_map_pkey" PRIMARY KEY ("kind","legacy_id")
);

-- CreateTable
CREATE TABLE "legacy"."placed" (
    "unit" TEXT NOT NULL,
    "workflow_id" UUID NOT NULL,
    "phase" "Phase",
    "import_id" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "placed_pkey" PRIMARY KEY ("unit")
);

-- CreateIndex
CREATE INDEX "placed_workflow_id_phase_idx" ON "legacy"."placed"("workflow_id", "phase");

-- CreateIndex
CREATE UNIQUE INDEX "import_source_key" ON "legacy"."import"("source");

-- CreateIndex
CREATE INDEX "source_row_stream_id_phase_idx" ON "legacy"."source_row"("stream_id", "phase");

-- CreateIndex
CREATE INDEX "source_row_target_id_idx" ON "legacy"."source_row"("target_id");

-- CreateIndex
CREATE INDEX "quarantine_stream_id_phase_idx" ON "legacy"."quarantine"("stream_id", "phase");

-- CreateIndex
CREATE INDEX "id_map_kind_new_id_idx" ON "legacy"."id_map"("kind", "new_id");

-- AddForeignKey
ALTER TABLE "legacy"."run" ADD CONSTRAINT "run_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "legacy"."import"("import_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legacy"."imported_phase" ADD CONSTRAINT "imported_phase_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "legacy"."import"("import_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── commits of an import ───────────────────────────────────────────────────────────────────────────────────────────────

-- Opens a commit that tells what happened elsewhere: who did it and when, as the old system recorded it. Its origin says that it
-- was not captured when it happened, and committed_at when it was. Only the owner imports.
create function log.open_import(p_stream uuid, p_actor int, p_operation text, p_reason text, p_occurred_at timestamptz)
returns timestamptz language plpgsql set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream := log.enter(p_stream, p_operation => p_operation, p_reason => p_reason);
begin
  update log.stream set actor_id = p_actor, origin = 'import', occurred_at = p_occurred_at where stream_id = p_stream;
  return head.opened_at;
end $$;

-- In the name of a person a commit is opened by the service, or by an import that says when it was.
create or replace function log.guard_head() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not log.is_service() and (new.origin <> 'import' or new.actor_id is not null and new.occurred_at is null) then
    raise exception using errcode = 'PL002', message = 'only the service opens a commit in the name of a person, and an import one that says when it happened';
  end if;
  return new;
end $$;

-- Whether this transaction's commit to the stream is an import's, also when it is sealed: deferred rules are checked after that.
create function log.is_import(p_stream uuid) returns boolean language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select exists (
    select from log.stream s left join log.change_set c on not s.is_open and c.stream_id = s.stream_id and c.sequence = s.sequence
    where s.stream_id = p_stream and s.xid = pg_current_xact_id()::text::bigint and coalesce(c.origin, s.origin) = 'import')
$$;

-- What an import brought it may bring again and take back, as long as nobody has worked on it here; nothing else.
create function log.may_import(p_version uuid, p_stream uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, log, pg_temp as $$
  select log.is_import(p_stream) and not exists (
    select from log.row_change r join log.change_set c using (stream_id, sequence)
    where r.version_id = p_version and r.stream_id = p_stream and c.origin <> 'import')
$$;

-- The rules of versions are rules of work that is done here. What was done elsewhere is brought as it was; what breaks a rule of
-- today is marked by the import. The constraints hold for everybody.

create or replace function log.guard_version() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare latest uuid;
begin
  if tg_op = 'INSERT' then
    -- An import (by the owner) brings versions as they were; the service starts every version at the beginning.
    if log.is_service() and new.status not in ('DRAFT', 'RECORDED') then
      perform log.refuse('PL004', 'a version starts as DRAFT or RECORDED, not as ' || new.status);
    end if;
    return new;
  end if;
  if log.may_import(old.version_id, old.stream_id) then
    return case tg_op when 'DELETE' then old else new end;
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
    -- What ended when it began was never in force, or came without a successor: nothing is in force after it.
    if exists (select from phase_version where version_id = latest and effective_to = effective_from) then
      latest := null;
    end if;
    if latest is distinct from new.base_version_id then
      perform log.refuse('PL007', 'the version in force is no longer the one this draft was based on');
    end if;
  end if;
  return new;
end $$;

create or replace function log.guard_settled() returns trigger language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if log.may_import(old.version_id, old.stream_id) then
    return new;
  end if;
  if old.status = 'SUPERSEDED' or new.status = old.status or new.revision <> old.revision then
    perform log.refuse('PL005', format('version %s is %s and stays as it is', old.version_id, old.status));
  end if;
  return new;
end $$;

create or replace function log.guard_content() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare frozen phase_version;
begin
  if tg_op = 'TRUNCATE' then
    execute format('select v.* from %I.%I c join phase_version v using (version_id) where v.status <> ''DRAFT'' or v.is_deleted limit 1', tg_table_schema, tg_table_name) into frozen;
  elsif tg_op = 'INSERT' then
    select v.* into frozen from (select distinct version_id from new_rows) c join phase_version v using (version_id)
    where (v.status <> 'DRAFT' or v.is_deleted) and not log.is_being_inserted(v.version_id) and not log.may_import(v.version_id, v.stream_id) limit 1;
  elsif tg_op = 'UPDATE' then
    select v.* into frozen from (select distinct n.version_id from new_rows n where not exists (select from old_rows o where o *= n)) c
    join phase_version v using (version_id) where (v.status <> 'DRAFT' or v.is_deleted) and not log.may_import(v.version_id, v.stream_id) limit 1;
  else
    select v.* into frozen from (select distinct version_id from old_rows) c join phase_version v using (version_id)
    where (v.status <> 'DRAFT' or v.is_deleted) and not log.may_import(v.version_id, v.stream_id) limit 1;
  end if;
  if frozen.version_id is not null then
    perform log.refuse('PL005', format('version %s is %s: its content is frozen', frozen.version_id, case when frozen.is_deleted then 'deleted' else frozen.status::text end));
  end if;
  if tg_op = 'UPDATE' and tg_nargs > 0 then
    insert into version_editor (version_id, user_id, stream_id)
    select distinct n.version_id, log.actor(n.stream_id), n.stream_id from new_rows n join old_rows o using (version_id)
    where log.actor(n.stream_id) is not null and to_jsonb(n) - tg_argv[0:]::text[] <> to_jsonb(o) - tg_argv[0:]::text[] on conflict do nothing;
  elsif tg_op in ('INSERT', 'UPDATE') then
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

create or replace function log.guard_decision() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare wrong text;
begin
  select case
    when v.status <> 'PENDING_APPROVAL' and not log.is_being_inserted(v.version_id)
      then 'PL004:items are decided while their version is PENDING_APPROVAL, and it is ' || v.status
    when log.is_service() and n.decided_by is distinct from log.actor(v.stream_id) then 'PL006:a decision is made in the name of the one who acts'
    when not log.may_decide(v, n.decided_by) then 'PL006:who edited or submitted a version may not decide on its items'
    end into wrong
  from (select distinct version_id, decided_by from new_rows) n join phase_version v using (version_id)
  where not log.may_import(v.version_id, v.stream_id)
  order by 1 nulls last limit 1;
  if wrong is not null then
    perform log.refuse(left(wrong, 5), substr(wrong, 7));
  end if;
  return null;
end $$;

create or replace function log.refuse_rewriting() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and to_jsonb(old) ? 'version_id' and log.may_import((to_jsonb(old) ->> 'version_id')::uuid, old.stream_id) then
    return old;
  end if;
  raise exception using errcode = 'PL005', message = format('%s on %I is refused: its rows are only ever added', tg_op, tg_table_name);
end $$;

create or replace function log.guard_sign_off() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  v phase_version := (select v from phase_version v where v.version_id = new.version_id);
  is_delegation boolean := new.sign_off_status = 'PENDING';
  was test_report_signoffs := (select s from log.sign_offs(new.version_id) s where s.sign_off_role = new.sign_off_role);
begin
  if log.is_being_inserted(new.version_id) or log.may_import(new.version_id, new.stream_id) then
    return new; -- an import brings signatures as they were
  end if;
  if v.is_deleted or v.status <> 'PENDING_APPROVAL' and not (is_delegation and v.status = 'DRAFT') then
    perform log.refuse('PL004', format('version %s is %s: it is signed while it is PENDING_APPROVAL', v.version_id, case when v.is_deleted then 'deleted' else v.status::text end));
  end if;
  if not is_delegation and new.signed_content_hash <> v.content_hash then
    perform log.refuse('PL005', 'a signature is given to the content that is there');
  end if;
  if was.sign_off_status = 'SIGNED' and was.signed_content_hash = v.content_hash then
    perform log.refuse('PL004', 'this content has been signed already');
  end if;
  if log.is_service() and (
    log.actor(new.stream_id) is distinct from (case when is_delegation then coalesce(new.delegated_from_id, new.sign_off_user_id) else new.sign_off_user_id end)
    or not is_delegation and new.signer_name <> (select name from users where user_id = new.sign_off_user_id)) then
    perform log.refuse('PL006', 'a signature is given, and delegated, in the name of the one who acts');
  end if;
  if log.is_service() and new.sign_off_date is distinct from (select opened_at from log.stream where stream_id = new.stream_id) then
    perform log.refuse('PL006', 'a signature is given at the instant of its commit');
  end if;
  -- Whoever worked on a version may take a delegation back, to find somebody else.
  if (not is_delegation or new.delegated_from_id is not null) and not log.may_decide(v, new.sign_off_user_id) then
    perform log.refuse('PL006', 'who edited or submitted a version does not sign it');
  end if;
  if not is_delegation and exists (select from log.sign_offs(new.version_id) s where s.sign_off_role <> new.sign_off_role
      and s.sign_off_user_id = new.sign_off_user_id and s.sign_off_status = 'SIGNED' and s.signed_content_hash = v.content_hash) then
    perform log.refuse('PL006', 'one person gives one signature');
  end if;
  return new;
end $$;

create or replace function log.guard_signed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare missing text;
begin
  if log.may_import(new.version_id, new.stream_id) then
    return new; -- an import brings approvals as they were
  end if;
  select string_agg(role, ', ' order by role) into missing
  from unnest(array['test_lead', 'report_owner'] || case when (select requires_executive_approval from test_report_versions where version_id = new.version_id)
    then array['test_executive'] end) role
  where not exists (select from log.sign_offs(new.version_id) s where s.sign_off_role = role and s.sign_off_status = 'SIGNED' and s.signed_content_hash = new.content_hash);
  if missing is not null then
    perform log.refuse('PL010', format('version %s is not signed by %s', new.version_id, missing));
  end if;
  return new;
end $$;

create or replace function log.guard_succession() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if log.may_import(new.version_id, new.stream_id) then
    return null; -- what follows it comes in another commit of the import
  end if;
  if not exists (select from phase_version where master_record_id = new.master_record_id and effective_from >= new.effective_to) then
    perform log.refuse('PL004', format('version %s is superseded, and no version follows it', new.version_id));
  end if;
  return null;
end $$;

create or replace function log.guard_latest_in_force() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if log.may_import(new.version_id, new.stream_id) then
    return null; -- what follows it comes in another commit of the import
  end if;
  if (select status from phase_version where master_record_id = new.master_record_id order by version_number desc limit 1) <> 'RECORDED' then
    perform log.refuse('PL004', format('the latest version of record %s must be in force', new.master_record_id));
  end if;
  return null;
end $$;

-- ── the rows of the old system ─────────────────────────────────────────────────────────────────────────────────────────

-- A source's text of a row as jsonb; as a JSON text where jsonb cannot hold it.
create function legacy.as_json(p_row text) returns jsonb language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return p_row::jsonb;
exception when others then
  return to_jsonb(p_row);
end $$;

create function legacy.hash_of(p_row jsonb) returns text language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_row::text, 'UTF8')), 'hex')
$$;

-- Whether somebody has worked on a phase here: versions of it were written by anything but an import.
create function legacy.is_live(p_stream uuid, p_phase "Phase") returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from log.change_set c join phase_version v on v.version_id = any (c.version_ids)
    where c.stream_id = p_stream and c.origin <> 'import' and v.phase = p_phase)
$$;

-- A commit that brings nothing new is none: the stream is left as it was.
create function legacy.discard_empty_commit(p_stream uuid) returns void language plpgsql set search_path = pg_catalog, log, pg_temp as $$
begin
  update log.stream s set is_open = false, xid = null, opened_at = null, actor_id = null, origin = null, operation = null, reason = null, occurred_at = null
  where stream_id = p_stream and is_open and not exists (
    select from log.row_change r where r.stream_id = s.stream_id and r.sequence = s.sequence + 1);
end $$;

select log.capture_table('legacy.source_row'), log.capture_table('legacy.quarantine'),
       past.expose('legacy.source_row'), past.expose('legacy.quarantine');

revoke all on all functions in schema log, legacy from public;
grant usage on schema legacy to phaseledger_service;
grant select on all tables in schema legacy to phaseledger_service;
