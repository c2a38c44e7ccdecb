-- Changes of the schema, one row for each command: what the watch noted (npm run migrate -- --print-watch-sql), where there is one.

-- CreateTable
CREATE TABLE "schema_changes" (
    "change_id" UUID NOT NULL,
    "command" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "schema_changes_pkey" PRIMARY KEY ("change_id")
);

alter table schema_changes add constraint schema_changes_stream check (stream_id = '00000000-0000-0000-0000-000000000000');
select log.capture_table('schema_changes');

create trigger b_insert_only before update or delete on schema_changes for each row execute function log.refuse_rewriting();
create trigger b_insert_only_truncate before truncate on schema_changes for each statement execute function log.refuse_rewriting_all();
alter table schema_changes enable always trigger b_insert_only, enable always trigger b_insert_only_truncate;
select past.expose('schema_changes');
grant select on schema_changes to phaseledger_service;
