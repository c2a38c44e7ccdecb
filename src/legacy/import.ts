/**
 * Imports what the old system has, and later what changed there. It is one idempotent mechanism, however often it runs and wherever it is
 * interrupted.
 */
import { analyzeTables } from '../database/deployment/statistics';
import { ImportRun, type ImportOptions, type ImportResult } from './import-run';
import type { OwnerSession } from './session';
import type { Source, TableCount } from './source';

export async function importFrom(
  session: OwnerSession,
  source: Source,
  options: ImportOptions = {},
): Promise<ImportResult> {
  await session.lock();
  // Statements are planned once, when the tables are still almost empty; without this, their plans would scan whole tables later.
  await session.query("select set_config('enable_seqscan', 'off', false)");
  if (options.isDryRun) {
    const [known] = await session.query<Import>('select import_id, zone from legacy.import where source = $1', [
      source.label,
    ]);
    const importId = known?.importId ?? null;
    const zone = options.sourceZone ?? known?.zone ?? 'UTC';
    return { importId, ...(await new ImportRun(session, source, importId ?? 0, zone, options).run()) };
  }
  const { importId, zone } = await importOf(session, source.label, options.sourceZone);
  const [run] = await session.query<{ runId: number }>(
    'insert into legacy.run (import_id, command) values ($1, $2) returning run_id',
    [importId, options.isSync ? 'sync' : 'import'],
  );
  const result = { importId, ...(await new ImportRun(session, source, importId, zone, options).run()) };
  // From here on, what is reported as done survives a crash of the server.
  await session.query("select set_config('synchronous_commit', 'on', false)");
  await noteCounts(session, importId, result.source);
  await analyzeTables(session);
  await session.query('update legacy.run set finished_at = clock_timestamp(), result = $2 where run_id = $1', [
    run!.runId,
    JSON.stringify({ ...result, quarantine: result.quarantine.length }),
  ]);
  return result;
}

/** Stores the source's row counts, for a later proof of completeness. */
const noteCounts = (session: OwnerSession, importId: number, counts: readonly TableCount[]) =>
  session.transaction(async () => {
    await session.query('delete from legacy.source_table where import_id = $1', [importId]);
    await session.query(
      `insert into legacy.source_table (import_id, name, expected, read, problem)
       select $1, r."table", r.expected, r.read, r.problem
       from jsonb_to_recordset($2) as r("table" text, expected int, read int, problem text)`,
      [importId, JSON.stringify(counts)],
    );
  });

/** A source is one import, however often it is read. */
async function importOf(session: OwnerSession, label: string, zone: string | undefined): Promise<Import> {
  await session.query('insert into legacy.import (source) values ($1) on conflict (source) do nothing', [label]);
  const [row] = await session.query<Import>(
    'update legacy.import set zone = coalesce($2, zone) where source = $1 returning import_id, zone',
    [label, zone ?? null],
  );
  return row!;
}

interface Import {
  readonly importId: number;
  readonly zone: string;
}
