/** Capture coverage by table: the live catalogue compared with what the migrations create. */
import type { Catalogue } from '../../packages/pg-catalogue';
import type { Db } from '../database/connection/database';
import { expectedCatalogue, checkCatalogue } from './catalogue';

export interface TableCoverage {
  readonly table: string;
  readonly captured: boolean;
  readonly problem: string | null;
}

export interface Coverage {
  readonly complete: boolean;
  readonly tables: readonly TableCoverage[];
  /** Whether the database records schema changes, including those that are reverted. */
  readonly recordsSchemaChanges: boolean;
}

/** The tables that have triggers: those of the record, and the log's own. */
function guardedTables(catalogue: Catalogue): string[] {
  return [...catalogue].flatMap(([object, { place }]) => (object.startsWith('trigger ') ? place : []));
}

/**
 * Every product table, plus each schema or the database itself if something in it is not as expected.
 * @param tx a transaction; its settings are changed until it ends
 */
export async function auditCoverage(tx: Db): Promise<Coverage> {
  const { live, differences, isWatched } = await checkCatalogue(tx);
  const problems = new Map<string, string[]>();
  for (const place of [...guardedTables(expectedCatalogue()), ...guardedTables(live)]) problems.set(place, []);
  for (const { place, problem } of differences) problems.set(place, [...(problems.get(place) ?? []), problem]);
  const order = (place: string) => (place === 'log' || place.startsWith('log.') ? `1${place}` : `0${place}`);
  const tables = [...problems]
    .sort(([a], [b]) => (order(a) < order(b) ? -1 : 1))
    .map(([table, found]) => ({
      table,
      captured: found.length === 0,
      problem: found.length > 0 ? `${found.join('; ')}.` : null,
    }));
  return { complete: tables.every(({ captured }) => captured), tables, recordsSchemaChanges: isWatched };
}
