/** Figures about work and log for monitoring. They are computed at each scrape, in two statements regardless of the amount of data. */
import type { Database } from './database';

export interface WaitingReviews {
  readonly phase: string;
  readonly waiting: number;
  /** The age of the oldest waiting version. */
  readonly oldestSeconds: number;
}

/** Versions pending approval, by phase. */
export const waitingReviews = (db: Database): Promise<WaitingReviews[]> =>
  db.query(
    `select v.phase::text, count(*)::int as waiting,
       greatest(0, extract(epoch from clock_timestamp() - min(v.submitted_at)))::float8 as oldest_seconds
     from phase_version v where v.status = 'PENDING_APPROVAL' and not v.is_deleted group by v.phase`,
  );

export interface Unnoted {
  /** How many commits no checkpoint covers, and the age of the oldest uncovered stream head. */
  readonly commits: number;
  readonly seconds: number;
}

/** What has been added to the log since its heads were last covered. @param noted the covered sequence of each stream */
export async function unnoted(db: Database, noted: ReadonlyMap<string, number>): Promise<Unnoted> {
  const heads = await db.query<{ streamId: string; sequence: number; seconds: number }>(
    `select s.stream_id, s.sequence, greatest(0, extract(epoch from clock_timestamp() - s.committed_at))::float8 as seconds
     from log.stream s where s.sequence > 0`,
  );
  const behind = heads.filter(({ streamId, sequence }) => sequence > (noted.get(streamId) ?? 0));
  return {
    commits: behind.reduce((sum, { streamId, sequence }) => sum + sequence - (noted.get(streamId) ?? 0), 0),
    seconds: Math.max(0, ...behind.map(({ seconds }) => seconds)),
  };
}
