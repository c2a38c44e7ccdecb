-- The whole of an old system: what a source has is counted, and held against what was taken over.

-- CreateTable
CREATE TABLE "legacy"."source_table" (
    "import_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "expected" INTEGER,
    "read" INTEGER NOT NULL,
    "problem" TEXT,

    CONSTRAINT "source_table_pkey" PRIMARY KEY ("import_id","name")
);

-- AddForeignKey
ALTER TABLE "legacy"."source_table" ADD CONSTRAINT "source_table_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "legacy"."import"("import_id") ON DELETE RESTRICT ON UPDATE CASCADE;

grant select on all tables in schema legacy to phaseledger_service;
