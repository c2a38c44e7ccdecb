/** Notes which phases have been proven: those whose rows all read as they were, on chains that hold. */
import type { Db } from '../database/database';
import { phaseOfTable } from './plan/index';
import type { VerifyReport } from './verify-report';

/** Returns how many phases of workflows are proven. */
export async function noteVerified(db: Db, { differences, unread, chains }: VerifyReport): Promise<number> {
  // A list that was cut short says not which phases are free of differences.
  if (differences.total > differences.rows.length) return 0;
  const doubtful = new Set([...differences.rows, ...unread].map(({ table }) => phaseOfTable[table] ?? null));
  if (doubtful.has(null)) return 0; // what everything refers to, or nobody knows
  const broken = chains.filter(({ valid }) => !valid).map(({ streamId }) => streamId);
  const rows = await db.query(
    `update legacy.imported_phase set state = 'VERIFIED', changed_at = clock_timestamp()
     where state = 'IMPORTED' and not phase::text = any($1) and not workflow_id = any($2::uuid[]) returning phase`,
    [[...doubtful], broken],
  );
  return rows.length;
}
