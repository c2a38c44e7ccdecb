-- What a customer adds to the database beside what the migrations make, such as an index or an extension of their own: listed,
-- with a reason, and recorded in the log of the reference data like everything else.

-- CreateTable
CREATE TABLE "catalogue_exceptions" (
    "object" TEXT NOT NULL,
    "definition" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "stream_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "catalogue_exceptions_pkey" PRIMARY KEY ("object")
);

alter table catalogue_exceptions
  add constraint catalogue_exceptions_stream check (stream_id = '00000000-0000-0000-0000-000000000000'),
  add constraint catalogue_exceptions_reason check (reason ~ '\S');
select log.capture_table('catalogue_exceptions'), past.expose('catalogue_exceptions');
grant select on catalogue_exceptions to phaseledger_service;
