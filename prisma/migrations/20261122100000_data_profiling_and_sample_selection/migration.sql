-- CreateEnum
CREATE TYPE "RecommendationSource" AS ENUM ('TESTER', 'LLM', 'MANUAL', 'CARRIED_FORWARD');

-- CreateTable
CREATE TABLE "data_profiling_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "source_data_reference" JSONB,
    "profiling_parameters" JSONB,

    CONSTRAINT "data_profiling_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "profiling_rule_decisions" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "rule_type" TEXT NOT NULL,
    "rule_definition" JSONB NOT NULL,
    "recommendation_reason" TEXT,
    "recommended_by" INTEGER,

    CONSTRAINT "profiling_rule_decisions_pkey" PRIMARY KEY ("item_id")
);

-- CreateTable
CREATE TABLE "sample_selection_versions" (
    "version_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "selection_criteria" JSONB,
    "target_sample_size" INTEGER,
    "generation_methods" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "sample_selection_versions_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "sample_decisions" (
    "item_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "item_key" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "item_hash" TEXT NOT NULL DEFAULT '',
    "carried_from_item_id" UUID,
    "carried_decision_id" UUID,
    "sample_identifier" TEXT NOT NULL,
    "sample_data" JSONB NOT NULL,
    "sample_type" TEXT,
    "recommendation_source" "RecommendationSource",
    "recommendation_metadata" JSONB,
    "modification_reason" TEXT,
    "recommended_by" INTEGER,
    "recommendation_timestamp" TIMESTAMPTZ(3),

    CONSTRAINT "sample_decisions_pkey" PRIMARY KEY ("item_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "data_profiling_versions_version_id_stream_id_key" ON "data_profiling_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "profiling_rule_decisions_carried_from_item_id_idx" ON "profiling_rule_decisions"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "profiling_rule_decisions_version_id_item_key_key" ON "profiling_rule_decisions"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "profiling_rule_decisions_version_id_item_id_key" ON "profiling_rule_decisions"("version_id", "item_id");

-- CreateIndex
CREATE UNIQUE INDEX "sample_selection_versions_version_id_stream_id_key" ON "sample_selection_versions"("version_id", "stream_id");

-- CreateIndex
CREATE INDEX "sample_decisions_carried_from_item_id_idx" ON "sample_decisions"("carried_from_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "sample_decisions_version_id_item_key_key" ON "sample_decisions"("version_id", "item_key");

-- CreateIndex
CREATE UNIQUE INDEX "sample_decisions_version_id_item_id_key" ON "sample_decisions"("version_id", "item_id");

-- AddForeignKey
ALTER TABLE "data_profiling_versions" ADD CONSTRAINT "data_profiling_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "profiling_rule_decisions" ADD CONSTRAINT "profiling_rule_decisions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "profiling_rule_decisions" ADD CONSTRAINT "profiling_rule_decisions_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "profiling_rule_decisions"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profiling_rule_decisions" ADD CONSTRAINT "profiling_rule_decisions_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profiling_rule_decisions" ADD CONSTRAINT "profiling_rule_decisions_recommended_by_fkey" FOREIGN KEY ("recommended_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample_selection_versions" ADD CONSTRAINT "sample_selection_versions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sample_decisions" ADD CONSTRAINT "sample_decisions_version_id_stream_id_fkey" FOREIGN KEY ("version_id", "stream_id") REFERENCES "phase_version"("version_id", "stream_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sample_decisions" ADD CONSTRAINT "sample_decisions_carried_from_item_id_fkey" FOREIGN KEY ("carried_from_item_id") REFERENCES "sample_decisions"("item_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample_decisions" ADD CONSTRAINT "sample_decisions_carried_decision_id_fkey" FOREIGN KEY ("carried_decision_id") REFERENCES "item_decision"("decision_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample_decisions" ADD CONSTRAINT "sample_decisions_recommended_by_fkey" FOREIGN KEY ("recommended_by") REFERENCES "users"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the database must know of the phases, and what their tables need: capture, freeze, rights.
insert into phase_policy (phase, versioning_type) values ('DATA_PROFILING', 'FULL'), ('SAMPLE_SELECTION', 'FULL');
select log.phase_table('data_profiling_versions'), log.phase_table('profiling_rule_decisions'),
       log.phase_table('sample_selection_versions'), log.phase_table('sample_decisions');
