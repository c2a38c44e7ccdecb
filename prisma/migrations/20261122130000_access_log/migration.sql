-- Who read the commit log. Rows are added before anything is read and never change; they are no part of the log itself, so
-- reading does not make commits.

-- CreateTable
CREATE TABLE "log"."change_log_read" (
    "read_id" BIGINT GENERATED ALWAYS AS IDENTITY,
    "stream_id" UUID NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "reader_id" INTEGER,
    "origin" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "request_id" TEXT,

    CONSTRAINT "change_log_read_pkey" PRIMARY KEY ("read_id")
);

-- CreateIndex
CREATE INDEX "change_log_read_stream_id_read_id_idx" ON "log"."change_log_read"("stream_id", "read_id");

-- When is the database's to say, and from where; only the service names people, as with commits (log.open).
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
create trigger refuse_change before update or delete or truncate on log.change_log_read for each statement execute function log.refuse_change();
alter table log.change_log_read enable always trigger stamp_read, enable always trigger refuse_change;

revoke all on all functions in schema log from public;
grant select, insert (stream_id, reader_id, field, request_id) on log.change_log_read to phaseledger_service;
