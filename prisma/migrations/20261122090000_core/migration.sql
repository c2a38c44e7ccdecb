-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "log";

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('TESTER', 'REPORT_OWNER', 'DATA_OWNER', 'DATA_EXECUTIVE', 'TEST_EXECUTIVE', 'ADMIN', 'AUDITOR');

-- CreateEnum
CREATE TYPE "Phase" AS ENUM ('PLANNING', 'DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION', 'DATA_OWNER_ID', 'REQUEST_INFO', 'TEST_EXECUTION', 'OBSERVATION_MANAGEMENT', 'FINALIZE_TEST_REPORT');

-- CreateEnum
CREATE TYPE "VersioningType" AS ENUM ('FULL', 'AUDIT_ONLY');

-- CreateEnum
CREATE TYPE "VersionStatus" AS ENUM ('DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'RECORDED');

-- CreateEnum
CREATE TYPE "ItemReviewStatus" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'MODIFIED');

-- CreateEnum
CREATE TYPE "log"."RowOperation" AS ENUM ('INSERT', 'UPDATE', 'DELETE');

-- CreateEnum
CREATE TYPE "AttributeDecisionType" AS ENUM ('INCLUDE', 'EXCLUDE', 'MODIFY');

-- CreateEnum
CREATE TYPE "RecommendationType" AS ENUM ('TESTER', 'AUTOMATED', 'CARRYFORWARD');

-- CreateTable
CREATE TABLE "users" (
    "user_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "users_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user_roles" (
    "user_id" INTEGER NOT NULL,
    "role" "UserRole" NOT NULL,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "user_roles_pkey" PRIMARY KEY ("user_id","role")
);

-- CreateTable
CREATE TABLE "lobs" (
    "lob_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "lobs_pkey" PRIMARY KEY ("lob_id")
);

-- CreateTable
CREATE TABLE "cycles" (
    "cycle_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "start_date" DATE,
    "end_date" DATE,
    "cycle_status" TEXT NOT NULL DEFAULT 'PLANNED',
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "cycles_pkey" PRIMARY KEY ("cycle_id")
);

-- CreateTable
CREATE TABLE "reports" (
    "report_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "lob_id" UUID,
    "owner_id" INTEGER,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "reports_pkey" PRIMARY KEY ("report_id")
);

-- CreateTable
CREATE TABLE "workflows" (
    "workflow_id" UUID NOT NULL,
    "cycle_id" UUID NOT NULL,
    "report_id" UUID NOT NULL,
    "test_lead_id" INTEGER,
    "report_owner_id" INTEGER,
    "test_executive_id" INTEGER,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "workflows_pkey" PRIMARY KEY ("workflow_id")
);

-- CreateTable
CREATE TABLE "workflow_testers" (
    "workflow_id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "workflow_testers_pkey" PRIMARY KEY ("workflow_id","user_id")
);

-- CreateTable
CREATE TABLE "phase_policy" (
    "phase" "Phase" NOT NULL,
    "versioning_type" "VersioningType" NOT NULL,
    "self_attested" BOOLEAN NOT NULL DEFAULT false,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "phase_policy_pkey" PRIMARY KEY ("phase")
);

-- CreateTable
CREATE TABLE "phase_version" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "master_record_id" UUID NOT NULL,
    "cycle_id" UUID NOT NULL,
    "report_id" UUID NOT NULL,
    "phase" "Phase" NOT NULL,
    "versioning_type" "VersioningType" NOT NULL,
    "version_number" INTEGER NOT NULL,
    "status" "VersionStatus" NOT NULL,
    "parent_version_id" UUID,
    "base_version_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" INTEGER NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "submitted_by" INTEGER,
    "reviewed_at" TIMESTAMPTZ(3),
    "reviewed_by" INTEGER,
    "approval_required" BOOLEAN NOT NULL,
    "approval_notes" TEXT,
    "effective_from" TIMESTAMPTZ(3),
    "effective_to" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL DEFAULT 1,
    "content_hash" TEXT NOT NULL DEFAULT '',
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" INTEGER,

    CONSTRAINT "phase_version_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "version_editor" (
    "version_id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,
    "stream_id" UUID NOT NULL,

    CONSTRAINT "version_editor_pkey" PRIMARY KEY ("version_id","user_id")
);

-- CreateTable
CREATE TABLE "item_decision" (
    "decision_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "item_hash" TEXT NOT NULL,
    "status" "ItemReviewStatus" NOT NULL,
    "decided_by" INTEGER NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "notes" TEXT,

    CONSTRAINT "item_decision_pkey" PRIMARY KEY ("decision_id")
);

-- CreateTable
CREATE TABLE "log"."stream" (
    "stream_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "committed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '-infinity'::timestamptz,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '-infinity'::timestamptz,
    "hash" BYTEA,
    "xid" BIGINT,
    "is_open" BOOLEAN NOT NULL DEFAULT false,
    "opened_at" TIMESTAMPTZ(3),
    "actor_id" INTEGER,
    "origin" TEXT,
    "operation" TEXT,
    "reason" TEXT,
    "request_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3),

    CONSTRAINT "stream_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "log"."change_set" (
    "change_set_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" INTEGER,
    "origin" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "reason" TEXT,
    "request_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3),
    "version_ids" UUID[],
    "previous_hash" BYTEA,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "change_set_pkey" PRIMARY KEY ("change_set_id")
);

-- CreateTable
CREATE TABLE "log"."row_change" (
    "stream_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "table_name" TEXT NOT NULL,
    "row_id" TEXT NOT NULL,
    "version_id" UUID,
    "operation" "log"."RowOperation" NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "row_change_pkey" PRIMARY KEY ("stream_id","sequence","ordinal")
);

-- CreateTable
CREATE TABLE "log"."idempotency_key" (
    "actor_id" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "key" UUID NOT NULL,
    "input_hash" TEXT NOT NULL,
    "version_id" UUID NOT NULL,
    "change_set_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("actor_id","operation","key")
);

-- CreateTable
CREATE TABLE "planning_phase_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "planning_metadata" JSONB,

    CONSTRAINT "planning_phase_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "attribute_decisions" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "attribute_id" UUID NOT NULL,
    "attribute_data" JSONB NOT NULL,
    "decision_type" "AttributeDecisionType",
    "decision_reason" TEXT,
    "decision_metadata" JSONB,

    CONSTRAINT "attribute_decisions_pkey" PRIMARY KEY ("item_id")
);

-- CreateTable
CREATE TABLE "scoping_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "scoping_criteria" JSONB,

    CONSTRAINT "scoping_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "scoping_decisions" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "attribute_id" UUID NOT NULL,
    "is_in_scope" BOOLEAN NOT NULL,
    "scoping_rationale" TEXT,
    "risk_rating" TEXT,
    "recommendation_type" "RecommendationType",
    "recommended_by" INTEGER,

    CONSTRAINT "scoping_decisions_pkey" PRIMARY KEY ("item_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "lobs_name_key" ON "lobs"("name");

-- CreateIndex
CREATE UNIQUE INDEX "reports_number_key" ON "reports"("number");

-- CreateIndex
CREATE UNIQUE INDEX "workflows_cycle_id_report_id_key" ON "workflows"("cycle_id", "report_id");

-- CreateIndex
CREATE UNIQUE INDEX "workflows_workflow_id_cycle_id_report_id_key" ON "workflows"("workflow_id", "cycle_id", "report_id");

-- CreateIndex
CREATE INDEX "workflow_testers_user_id_idx" ON "workflow_testers"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "phase_policy_phase_versioning_type_key" ON "phase_policy"("phase", "versioning_type");

-- CreateIndex
CREATE INDEX "phase_version_stream_id_phase_version_number_idx" ON "phase_version"("stream_id", "phase", "version_number");

-- CreateIndex
CREATE UNIQUE INDEX "phase_version_master_record_id_version_number_key" ON "phase_version"("master_record_id", "version_number");

-- CreateIndex
CREATE UNIQUE INDEX "phase_version_version_id_master_record_id_key" ON "phase_version"("version_id", "master_record_id");

-- CreateIndex
CREATE UNIQUE INDEX "phase_version_version_id_stream_id_key" ON "phase_version"("version_id", "stream_id");

-- CreateIndex
CREATE UNIQUE INDEX "item_decision_version_id_item_key_decided_at_key" ON "item_decision"("version_id", "item_key", "decided_at");

-- CreateIndex
CREATE UNIQUE INDEX "change_set_stream_id_sequence_key" ON "log"."change_set"("stream_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "change_set_stream_id_committed_at_key" ON "log"."change_set"("stream_id", "committed_at");

-- CreateIndex
CREATE INDEX "row_change_stream_id_table_name_row_id_sequence_idx" ON "log"."row_change"("stream_id", "table_name", "row_id", "sequence");

-- CreateIndex
CREATE INDEX "row_change_version_id_table_name_row_id_sequence_idx" ON "log"."row_change"("version_id", "table_name", "row_id", "sequence");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "log"."idempotency_key"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "planning_phase_versions_version_id_stream_id_key" ON "planning_phase_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "attribute_decisions_carried_from_item_id_idx" ON "attribute_decisions"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "attribute_decisions_version_id_item_key_key" ON "attribute_decisions"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "attribute_decisions_version_id_item_id_key" ON "attribute_decisions"("version_id", "item_id");

-- CreateIndex
CREATE UNIQUE INDEX "scoping_versions_version_id_stream_id_key" ON "scoping_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "scoping_decisions_carried_from_item_id_idx" ON "scoping_decisions"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "scoping_decisions_version_id_item_key_key" ON "scoping_decisions"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "scoping_decisions_version_id_item_id_key" ON "scoping_decisions"("version_id", "item_id");

-- AddForeignKey
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reports" ADD CONSTRAINT "reports_lob_id_fkey" FOREIGN KEY ("lob_id") REFERENCES "lobs"("lob_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reports" ADD CONSTRAINT "reports_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_cycle_id_fkey" FOREIGN KEY ("cycle_id") REFERENCES "cycles"("cycle_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "reports"("report_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_test_lead_id_fkey" FOREIGN KEY ("test_lead_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_report_owner_id_fkey" FOREIGN KEY ("report_owner_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_test_executive_id_fkey" FOREIGN KEY ("test_executive_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_testers" ADD CONSTRAINT "workflow_testers_workflow_id_fkey" FOREIGN KEY ("workflow_id") REFERENCES "workflows"("workflow_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_testers" ADD CONSTRAINT "workflow_testers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_stream_id_cycle_id_report_id_fkey" FOREIGN KEY ("stream_id", "cycle_id", "report_id") REFERENCES "workflows"("workflow_id", "cycle_id", "report_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_phase_versioning_type_fkey" FOREIGN KEY ("phase", "versioning_type") REFERENCES "phase_policy"("phase", "versioning_type") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_parent_version_id_master_record_id_fkey" FOREIGN KEY ("parent_version_id", "master_record_id") REFERENCES "phase_version"("version_id", "master_record_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_base_version_id_master_record_id_fkey" FOREIGN KEY ("base_version_id", "master_record_id") REFERENCES "phase_version"("version_id", "master_record_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_submitted_by_fkey" FOREIGN KEY ("submitted_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_reviewed_by_fkey" FOREIGN KEY ("reviewed_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phase_version" ADD CONSTRAINT "phase_version_deleted_by_fkey" FOREIGN KEY ("deleted_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "version_editor" ADD CONSTRAINT "version_editor_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "version_editor" ADD CONSTRAINT "version_editor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item_decision" ADD CONSTRAINT "item_decision_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "item_decision" ADD CONSTRAINT "item_decision_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log"."change_set" ADD CONSTRAINT "change_set_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "log"."stream"("stream_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "planning_phase_versions" ADD CONSTRAINT "planning_phase_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "attribute_decisions" ADD CONSTRAINT "attribute_decisions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "attribute_decisions" ADD CONSTRAINT "attribute_decisions_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "attribute_decisions"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attribute_decisions" ADD CONSTRAINT "attribute_decisions_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoping_versions" ADD CONSTRAINT "scoping_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "scoping_decisions" ADD CONSTRAINT "scoping_decisions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "scoping_decisions" ADD CONSTRAINT "scoping_decisions_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "scoping_decisions"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoping_decisions" ADD CONSTRAINT "scoping_decisions_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoping_decisions" ADD CONSTRAINT "scoping_decisions_recommended_by_fkey" FOREIGN KEY ("recommended_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;
