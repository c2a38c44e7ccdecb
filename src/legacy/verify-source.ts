/** Compares the source itself with what was taken over. */
import type { Db } from '../database/connection/database';
import { PAGE } from './verify-page';
import type { Difference, VerifyReport } from './verify-report';

/** A row of a source, with the key that an import gives it. */
export interface SourceRecord {
  readonly table: string;
  readonly key: string;
  /** The original text of the row. */
  readonly raw: string;
}

/** @param tell called for each row that was not taken over, or differs today */
export async function holdSource(
  tx: Db,
  source: AsyncIterable<SourceRecord>,
  tell: (difference: Difference) => void,
): Promise<VerifyReport['source']> {
  const counted = { rows: 0, notTaken: 0, changedThere: 0 };
  for await (const batch of inBatches(source, PAGE)) {
    counted.rows += batch.length;
    const rows = await tx.query<{ table: string; key: string; isTaken: boolean }>(
      `select r."table", r.key, s.table_name is not null as is_taken
       from jsonb_to_recordset($1) as r("table" text, key text, raw text)
       left join legacy.source_row s on s.table_name = r."table" and s.source_key = r.key
       where s.row_hash is distinct from legacy.hash_of(legacy.as_json(r.raw))`,
      [JSON.stringify(batch)],
    );
    for (const { table, key, isTaken } of rows) {
      counted[isTaken ? 'changedThere' : 'notTaken']++;
      const problem = isTaken
        ? 'The source says something else today: it needs a sync.'
        : 'The source has it, and it was not taken over.';
      tell({ table, key, columns: [], problem });
    }
  }
  return counted;
}

async function* inBatches<T>(rows: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
