/** What operators watch of the work and of the log: read each time somebody asks, in two statements, however much there is. */
import type { Database } from './database';

export interface WaitingReviews {
  readonly phase: string;
  readonly waiting: number;
  /** For how long that has waited which has waited longest. */
  readonly oldestSeconds: number;
}

/** What waits for an approval, by phase. */
export const waitingReviews = (db: Database): Promise<WaitingReviews[]> =>
  db.query(
    `select v.phase::text, count(*)::int as waiting,
       greatest(0, extract(epoch from clock_timestamp() - min(v.submitted_at)))::float8 as oldest_seconds
     from phase_version v where v.status = 'PENDING_APPROVAL' and not v.is_deleted group by v.phase`,
  );

export interface Unnoted {
  /** How many commits no checkpoint is of, and how long ago the first of their streams' heads was made. */
  readonly commits: number;
  readonly seconds: number;
}

/** What has come into the log since its heads were noted. @param noted the last sequences that were, by stream */
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
