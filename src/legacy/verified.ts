/** Records which phases have been proven: those in which all rows read as they were, on valid chains. */
import type { Db } from '../database/connection/database';
import { phaseOfTable } from './plan/index';
import type { VerifyReport } from './verify-report';

/** Returns the number of proven phases of workflows. */
export async function recordVerified(db: Db, { differences, unread, chains }: VerifyReport): Promise<number> {
  // If the list of differences was cut short, it does not show which phases are free of them.
  if (differences.total > differences.rows.length) return 0;
  const doubtful = new Set([...differences.rows, ...unread].map(({ table }) => phaseOfTable[table] ?? null));
  if (doubtful.has(null)) return 0; // a table that everything refers to, or an unknown one
  const broken = chains.filter(({ valid }) => !valid).map(({ streamId }) => streamId);
  const rows = await db.query(
    `update legacy.imported_phase set state = 'VERIFIED', changed_at = clock_timestamp()
     where state = 'IMPORTED' and not phase::text = any($1) and not workflow_id = any($2::uuid[]) returning phase`,
    [[...doubtful], broken],
  );
  return rows.length;
}
