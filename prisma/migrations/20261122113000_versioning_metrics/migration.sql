-- CreateTable
CREATE TABLE "versioning_metrics" (
    "metric_id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "phase" "Phase" NOT NULL,
    "metric_type" TEXT NOT NULL,
    "metric_value" DOUBLE PRECISION NOT NULL,
    "metric_metadata" JSONB,
    "calculated_at" TIMESTAMPTZ(3) NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),

    CONSTRAINT "versioning_metrics_pkey" PRIMARY KEY ("metric_id")
);

-- CreateIndex
CREATE INDEX "versioning_metrics_stream_id_phase_metric_type_idx" ON "versioning_metrics"("stream_id", "phase", "metric_type");

-- AddForeignKey
ALTER TABLE "versioning_metrics" ADD CONSTRAINT "versioning_metrics_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "workflows"("workflow_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Figures are captured like everything else, and never change: a newer one is another row.
select log.capture_table('versioning_metrics');
create trigger b_insert_only before update or delete on versioning_metrics for each row execute function log.refuse_rewriting();
create trigger b_insert_only_truncate before truncate on versioning_metrics for each statement execute function log.refuse_rewriting_all();
alter table versioning_metrics enable always trigger b_insert_only, enable always trigger b_insert_only_truncate;
grant select, insert on versioning_metrics to phaseledger_service;
revoke all on all functions in schema log from public;
