/** Rebuild: replays the log and compares the resulting state with the live rows, table by table. */
import type { Db } from '../database/connection/database';
import { commitsOf, liveRowsOf } from '../database/log/log-reader';
import { imageDigest, rowKey, type LastImage } from '../versioning/verification';

export interface RebuiltTable {
  readonly table: string;
  /** Rows that are the same in the log and live. */
  equal: number;
  different: number;
  /** Rows in the log that are not live. */
  missing: number;
  /** Live rows unknown to the log. */
  unknown: number;
}

export async function rebuild(tx: Db, streamId: string, onCommit?: () => void): Promise<RebuiltTable[]> {
  const state = new Map<string, LastImage & { table: string }>();
  for await (const commit of commitsOf(tx, streamId)) {
    for (const row of commit.rows)
      if (row.operation === 'DELETE') state.delete(rowKey(row));
      else {
        // An archived image has left its digest.
        const digest = row.after === null ? (row.afterDigest ?? null) : imageDigest(row.after);
        state.set(rowKey(row), { table: row.tableName, sequence: commit.sequence, digest });
      }
    onCommit?.();
  }
  const tables = new Map<string, RebuiltTable>();
  const count = (table: string, as: 'equal' | 'different' | 'missing' | 'unknown') => {
    const counted = tables.get(table) ?? { table, equal: 0, different: 0, missing: 0, unknown: 0 };
    counted[as]++;
    tables.set(table, counted);
  };
  for await (const live of liveRowsOf(tx, streamId)) {
    const rebuilt = state.get(rowKey(live));
    count(live.tableName, rebuilt ? (rebuilt.digest === imageDigest(live.image) ? 'equal' : 'different') : 'unknown');
    state.delete(rowKey(live));
  }
  for (const { table } of state.values()) count(table, 'missing');
  return [...tables.values()].sort((a, b) => a.table.localeCompare(b.table));
}
