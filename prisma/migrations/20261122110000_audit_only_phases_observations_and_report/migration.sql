-- CreateEnum
CREATE TYPE "AssignmentStatus" AS ENUM ('ACTIVE', 'INACTIVE', 'TRANSFERRED');

-- CreateEnum
CREATE TYPE "SignOffStatus" AS ENUM ('PENDING', 'SIGNED', 'REJECTED');

-- CreateEnum
CREATE TYPE "ObservationSeverity" AS ENUM ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW');

-- CreateEnum
CREATE TYPE "SubmissionStatus" AS ENUM ('PENDING_REVIEW', 'ACCEPTED', 'REJECTED', 'REVISION_REQUESTED');

-- CreateTable
CREATE TABLE "data_owner_assignments" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "data_owner_id" INTEGER NOT NULL,
    "lob_id" UUID,
    "assignment_type" TEXT NOT NULL,
    "assignment_status" "AssignmentStatus" NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "previous_assignment_id" UUID,
    "change_reason" TEXT,
    "change_metadata" JSONB,

    CONSTRAINT "data_owner_assignments_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "test_report_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "report_title" TEXT NOT NULL,
    "report_period_start" DATE,
    "report_period_end" DATE,
    "executive_summary" TEXT,
    "included_sections" JSONB NOT NULL DEFAULT '[]',
    "report_template_id" UUID,
    "generation_method" TEXT,
    "draft_document_id" UUID,
    "final_document_id" UUID,
    "requires_executive_approval" BOOLEAN NOT NULL DEFAULT true,
    "generated_at" TIMESTAMPTZ(3),

    CONSTRAINT "test_report_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "test_report_sections" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "section_type" TEXT NOT NULL,
    "section_title" TEXT NOT NULL,
    "section_content" TEXT,
    "section_order" INTEGER NOT NULL,
    "content_source" TEXT,
    "source_references" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "test_report_sections_pkey" PRIMARY KEY ("item_id")
);

-- CreateTable
CREATE TABLE "test_report_signoffs" (
    "sign_off_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "sign_off_role" TEXT NOT NULL,
    "sign_off_user_id" INTEGER NOT NULL,
    "sign_off_status" "SignOffStatus" NOT NULL,
    "sign_off_date" TIMESTAMPTZ(3) NOT NULL,
    "sign_off_comments" TEXT,
    "delegated_from_id" INTEGER,
    "delegation_reason" TEXT,
    "meaning" TEXT,
    "signer_name" TEXT,
    "signed_content_hash" TEXT,

    CONSTRAINT "test_report_signoffs_pkey" PRIMARY KEY ("sign_off_id")
);

-- CreateTable
CREATE TABLE "observation_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "observation_period" JSONB,

    CONSTRAINT "observation_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "observation_decisions" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "observation_type" TEXT NOT NULL,
    "severity" "ObservationSeverity" NOT NULL,
    "observation_data" JSONB NOT NULL,
    "evidence_references" JSONB NOT NULL DEFAULT '[]',
    "remediation_status" TEXT,
    "remediation_deadline" DATE,
    "created_by" INTEGER,
    "creation_timestamp" TIMESTAMPTZ(3),

    CONSTRAINT "observation_decisions_pkey" PRIMARY KEY ("item_id")
);

-- CreateTable
CREATE TABLE "document_submissions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "document_id" UUID NOT NULL,
    "document_version" INTEGER NOT NULL,
    "document_metadata" JSONB,
    "submission_type" TEXT NOT NULL,
    "submission_status" "SubmissionStatus" NOT NULL,
    "review_notes" TEXT,
    "replaces_submission_id" UUID,
    "revision_type" TEXT,
    "revision_reason" TEXT,

    CONSTRAINT "document_submissions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "test_execution_audit" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "test_execution_id" UUID,
    "action_type" TEXT NOT NULL,
    "action_details" JSONB,
    "requested_by_id" INTEGER NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "request_reason" TEXT,
    "responded_by_id" INTEGER,
    "responded_at" TIMESTAMPTZ(3),
    "response_status" TEXT,
    "response_notes" TEXT,
    "impact_on_timeline" TEXT,

    CONSTRAINT "test_execution_audit_pkey" PRIMARY KEY ("version_id")
);

-- CreateIndex
CREATE INDEX "data_owner_assignments_data_owner_id_idx" ON "data_owner_assignments"("data_owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "data_owner_assignments_version_id_stream_id_key" ON "data_owner_assignments"("version_id", "stream_id");

-- CreateIndex
CREATE UNIQUE INDEX "test_report_versions_version_id_stream_id_key" ON "test_report_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "test_report_sections_carried_from_item_id_idx" ON "test_report_sections"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "test_report_sections_version_id_item_key_key" ON "test_report_sections"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "test_report_sections_version_id_item_id_key" ON "test_report_sections"("version_id", "item_id");

-- CreateIndex
CREATE UNIQUE INDEX "test_report_signoffs_version_id_sign_off_role_sign_off_date_key" ON "test_report_signoffs"("version_id", "sign_off_role", "sign_off_date");

-- CreateIndex
CREATE UNIQUE INDEX "observation_versions_version_id_stream_id_key" ON "observation_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "observation_decisions_carried_from_item_id_idx" ON "observation_decisions"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "observation_decisions_version_id_item_key_key" ON "observation_decisions"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "observation_decisions_version_id_item_id_key" ON "observation_decisions"("version_id", "item_id");

-- CreateIndex
CREATE INDEX "document_submissions_replaces_submission_id_idx" ON "document_submissions"("replaces_submission_id");

-- CreateIndex
CREATE UNIQUE INDEX "document_submissions_version_id_stream_id_key" ON "document_submissions"("version_id", "stream_id");

-- CreateIndex
CREATE UNIQUE INDEX "test_execution_audit_version_id_stream_id_key" ON "test_execution_audit"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "phase_version_stream_id_phase_master_record_id_idx" ON "phase_version"("stream_id", "phase", "master_record_id");

-- AddForeignKey
ALTER TABLE "data_owner_assignments" ADD CONSTRAINT "data_owner_assignments_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "data_owner_assignments" ADD CONSTRAINT "data_owner_assignments_previous_assignment_id_stream_id_fkey" FOREIGN KEY ("previous_assignment_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "data_owner_assignments" ADD CONSTRAINT "data_owner_assignments_data_owner_id_fkey" FOREIGN KEY ("data_owner_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_owner_assignments" ADD CONSTRAINT "data_owner_assignments_lob_id_fkey" FOREIGN KEY ("lob_id") REFERENCES "lobs"("lob_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "test_report_versions" ADD CONSTRAINT "test_report_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_report_sections" ADD CONSTRAINT "test_report_sections_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_report_sections" ADD CONSTRAINT "test_report_sections_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "test_report_sections"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "test_report_sections" ADD CONSTRAINT "test_report_sections_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "test_report_signoffs" ADD CONSTRAINT "test_report_signoffs_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_report_signoffs" ADD CONSTRAINT "test_report_signoffs_sign_off_user_id_fkey" FOREIGN KEY ("sign_off_user_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "test_report_signoffs" ADD CONSTRAINT "test_report_signoffs_delegated_from_id_fkey" FOREIGN KEY ("delegated_from_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "observation_versions" ADD CONSTRAINT "observation_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "observation_decisions" ADD CONSTRAINT "observation_decisions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "observation_decisions" ADD CONSTRAINT "observation_decisions_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "observation_decisions"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "observation_decisions" ADD CONSTRAINT "observation_decisions_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "observation_decisions" ADD CONSTRAINT "observation_decisions_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_submissions" ADD CONSTRAINT "document_submissions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "document_submissions" ADD CONSTRAINT "document_submissions_replaces_submission_id_stream_id_fkey" FOREIGN KEY ("replaces_submission_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_execution_audit" ADD CONSTRAINT "test_execution_audit_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_execution_audit" ADD CONSTRAINT "test_execution_audit_requested_by_id_fkey" FOREIGN KEY ("requested_by_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "test_execution_audit" ADD CONSTRAINT "test_execution_audit_responded_by_id_fkey" FOREIGN KEY ("responded_by_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── what the database must know of the phases, and what their tables need: capture, freeze, rights ───────────────────

insert into phase_policy (phase, versioning_type) values
  ('DATA_OWNER_ID', 'AUDIT_ONLY'), ('REQUEST_INFO', 'AUDIT_ONLY'), ('TEST_EXECUTION', 'AUDIT_ONLY'),
  ('OBSERVATION_MANAGEMENT', 'FULL'), ('FINALIZE_TEST_REPORT', 'FULL');
select log.phase_table('data_owner_assignments'), log.phase_table('document_submissions'), log.phase_table('test_execution_audit'),
       log.phase_table('observation_versions'), log.phase_table('observation_decisions'),
       log.phase_table('test_report_versions'), log.phase_table('test_report_sections');

-- ── audit-only records ─────────────────────────────────────────────────────────────────────────────────────────────

-- What the service records, it records in the name of the one who acts, as the next version after the record's latest; and
-- nobody reviews what they handed in themselves. An import (by the owner) brings records as they were.
create function log.guard_recorded() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  actor int := log.actor(new.stream_id);
  before phase_version;
begin
  if not log.is_service() then
    return new;
  end if;
  select * into before from phase_version where version_id = new.parent_version_id;
  if new.created_by is distinct from actor
     or before.version_id is null and coalesce(new.submitted_by, actor) is distinct from actor
     or new.reviewed_by is not null and new.reviewed_by is distinct from actor then
    perform log.refuse('PL006', 'a version is recorded, submitted and reviewed by the one who acts, in their own name');
  end if;
  if before.version_id is not null and (new.submitted_by, new.submitted_at) is distinct from (before.submitted_by, before.submitted_at) then
    perform log.refuse('PL005', 'who submitted a record stays as it is');
  end if;
  if before.version_id is null and new.reviewed_by is not null then
    perform log.refuse('PL004', 'a record does not begin with its review');
  end if;
  if new.version_number <> coalesce(before.version_number, 0) + 1 then
    perform log.refuse('PL004', 'the next version of a record follows its latest');
  end if;
  if new.reviewed_by is not null and (new.reviewed_by is not distinct from before.submitted_by or exists (
       select from phase_version v join version_editor e using (version_id)
       where v.master_record_id = new.master_record_id and e.user_id = new.reviewed_by and v.reviewed_by is distinct from e.user_id)) then
    perform log.refuse('PL006', 'who submitted or changed a record may not review it');
  end if;
  return new;
end $$;
create trigger b_guard_recorded before insert on phase_version for each row
  when (new.versioning_type = 'AUDIT_ONLY') execute function log.guard_recorded();

-- A version that was recorded is closed once, and changes in nothing else; one that was superseded changes no more.
create function log.guard_settled() returns trigger language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if old.status = 'SUPERSEDED' or new.status = old.status or new.revision <> old.revision then
    perform log.refuse('PL005', format('version %s is %s and stays as it is', old.version_id, old.status));
  end if;
  return new;
end $$;
create trigger b_guard_settled before update on phase_version for each row
  when (old.* is distinct from new.* and (old.status in ('RECORDED', 'SUPERSEDED'))) execute function log.guard_settled();

-- A version in force ends because a later one of its record comes into force.
create function log.guard_succession() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if not exists (select from phase_version where master_record_id = new.master_record_id and effective_from >= new.effective_to) then
    perform log.refuse('PL004', format('version %s is superseded, and no version follows it', new.version_id));
  end if;
  return null;
end $$;
create constraint trigger d_succession after update on phase_version deferrable initially deferred for each row
  when (old.status <> 'SUPERSEDED' and new.status = 'SUPERSEDED') execute function log.guard_succession();
alter table phase_version enable always trigger b_guard_settled, enable always trigger d_succession;

-- When all is written, a record has a version in force, and it is the latest: nothing is closed without a successor.
create function log.guard_latest_in_force() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if (select status from phase_version where master_record_id = new.master_record_id order by version_number desc limit 1) <> 'RECORDED' then
    perform log.refuse('PL004', format('the latest version of record %s must be in force', new.master_record_id));
  end if;
  return null;
end $$;
create constraint trigger d_latest_in_force after insert or update on phase_version deferrable initially deferred for each row
  when (new.versioning_type = 'AUDIT_ONLY') execute function log.guard_latest_in_force();
alter table phase_version enable always trigger b_guard_recorded, enable always trigger d_latest_in_force;

-- Which step a record may take next, for what the service writes: what a version says must follow from the one before it.
create function log.guard_step() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  v phase_version;
  now jsonb;
  before jsonb;
begin
  if not log.is_service() then
    return null;
  end if;
  for now in select to_jsonb(n) from new_rows n loop
    select * into v from phase_version where version_id = (now ->> 'version_id')::uuid;
    execute format('select to_jsonb(t) from %I.%I t where version_id = $1', tg_table_schema, tg_table_name) into before using v.parent_version_id;
    if tg_table_name = 'data_owner_assignments' and now ->> 'assignment_status' = 'ACTIVE' and before ->> 'assignment_status' <> 'ACTIVE' then
      perform log.refuse('PL004', 'an assignment that has ended does not begin again');
    end if;
    if tg_table_name = 'document_submissions' and now ->> 'submission_status' is distinct from coalesce(before ->> 'submission_status', 'PENDING_REVIEW') then
      if (now ->> 'submission_status' = 'PENDING_REVIEW') = (v.reviewed_by is not null) then
        perform log.refuse('PL004', 'a document has a verdict when somebody has reviewed it, and only then');
      end if;
      if v.reviewed_by is not null and before ->> 'submission_status' <> 'PENDING_REVIEW' then
        perform log.refuse('PL004', 'a document is reviewed once, and again when it was revised');
      end if;
    end if;
    if tg_table_name = 'test_execution_audit' and before is not null then
      if before -> 'responded_at' <> 'null' and now - '{version_id}'::text[] <> before - '{version_id}'::text[] then
        perform log.refuse('PL004', 'a request is answered once');
      end if;
      if before -> 'responded_at' = 'null' and now -> 'responded_at' <> 'null' and (now ->> 'responded_by_id')::int <> v.created_by then
        perform log.refuse('PL006', 'who answers is the one who acts');
      end if;
    end if;
  end loop;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['data_owner_assignments', 'document_submissions', 'test_execution_audit'] loop
    execute format('create trigger c_guard_step after insert on %I referencing new table as new_rows for each statement execute function log.guard_step()', t);
    execute format('alter table %I enable always trigger c_guard_step', t);
  end loop;
end $$;

alter table data_owner_assignments add constraint valid_period check (valid_to >= valid_from);
alter table document_submissions add constraint positive_version check (document_version > 0);
alter table test_execution_audit add constraint response_after_request check (responded_at >= requested_at),
  add constraint response_is_whole check ((responded_at is null) = (responded_by_id is null) and (responded_at is null) = (response_status is null));

-- A line of business has one primary owner at a valid instant, in each workflow. The capture of the same statement holds the
-- stream's head, so what is read here cannot be changed by anyone else any more.
create function log.is_primary(p_type text) returns boolean language sql immutable as $$
  select upper(regexp_replace(p_type, '^[\s\u00a0]+|[\s\u00a0]+$', '', 'g')) = 'PRIMARY'
$$;

create function log.guard_primary_owner() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare taken record;
begin
  select l.name as lob, u.name as owner, d.valid_from, d.valid_to into taken
  from new_rows n join phase_version v on v.version_id = n.version_id and v.status = 'RECORDED'
  join data_owner_assignments d on d.stream_id = n.stream_id and d.lob_id = n.lob_id and d.version_id <> n.version_id
    and log.is_primary(d.assignment_type) and tstzrange(d.valid_from, d.valid_to) && tstzrange(n.valid_from, n.valid_to)
  join phase_version w on w.version_id = d.version_id and w.status = 'RECORDED'
  join lobs l on l.lob_id = d.lob_id join users u on u.user_id = d.data_owner_id
  where log.is_primary(n.assignment_type) limit 1;
  if found then
    perform log.refuse('PL008', format('%s is the primary owner of %s from %s%s. Transfer or deactivate that assignment, or choose another time',
      taken.owner, taken.lob, log.instant(taken.valid_from), coalesce(' until ' || log.instant(taken.valid_to), '')));
  end if;
  return null;
end $$;
create trigger c_one_primary_owner after insert on data_owner_assignments referencing new table as new_rows
  for each statement execute function log.guard_primary_owner();
alter table data_owner_assignments enable always trigger c_one_primary_owner;

-- ── the test report ────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, but a table may name columns that are not authorship: who changes nothing else becomes no editor.
create or replace function log.guard_content() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
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

-- The Test Executive who waives their own signature does not become an editor by that, and may still approve.
drop trigger b_guard_update on test_report_versions;
create trigger b_guard_update after update on test_report_versions referencing old table as old_rows new table as new_rows
  for each statement execute function log.guard_content('requires_executive_approval');
alter table test_report_versions enable always trigger b_guard_update;

create function log.guard_waiver() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if log.is_service() and not exists (select from user_roles r where r.user_id = log.actor(new.stream_id) and r.role = 'TEST_EXECUTIVE') then
    perform log.refuse('PL009', 'only a Test Executive may do without the executive''s signature');
  end if;
  return new;
end $$;
create trigger c_guard_waiver before insert on test_report_versions for each row
  when (not new.requires_executive_approval) execute function log.guard_waiver();
create trigger c_guard_waiver_update before update on test_report_versions for each row
  when (old.requires_executive_approval and not new.requires_executive_approval) execute function log.guard_waiver();
alter table test_report_versions enable always trigger c_guard_waiver, enable always trigger c_guard_waiver_update;

-- Signatures are insert-only, and nobody gives any yet: the service may read them.
select log.capture_table('test_report_signoffs');
create trigger b_insert_only before update or delete on test_report_signoffs for each row execute function log.refuse_rewriting();
create trigger b_insert_only_truncate before truncate on test_report_signoffs for each statement execute function log.refuse_rewriting_all();
alter table test_report_signoffs enable always trigger b_insert_only, enable always trigger b_insert_only_truncate;
grant select on test_report_signoffs to phaseledger_service;

revoke all on all functions in schema log from public;
