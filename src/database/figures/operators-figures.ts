/** Figures about work and log for monitoring. They are computed at each scrape, in two statements regardless of the amount of data. */
import type { Database } from '../connection/database';

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

export interface BeyondCheckpoints {
  /** How many commits no checkpoint covers, and the age of the oldest uncovered stream head. */
  readonly commits: number;
  readonly seconds: number;
}

/** What has been added to the log since its heads were last covered. @param noted the covered sequence of each stream */
export async function beyondCheckpoints(db: Database, noted: ReadonlyMap<string, number>): Promise<BeyondCheckpoints> {
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

/** Background work of the servers: notifications and packs. */
export interface BackgroundFigures {
  /** How long the oldest unsent notification has been due. */
  readonly noticeLateSeconds: number;
  /** Rules whose last message failed, and suspended rules. */
  readonly noticesFailing: number;
  readonly noticesSuspended: number;
  readonly packsUnfinished: number;
  /** The age of the oldest pending pack request. */
  readonly packAgeSeconds: number;
  readonly packsFailed: number;
}

export async function backgroundFigures(db: Database): Promise<BackgroundFigures> {
  const [found] = await db.query<BackgroundFigures>(
    `select n.*, p.* from (
       select coalesce(greatest(0, extract(epoch from clock_timestamp()
           - min(greatest(s.next_at, s.next_attempt_at, s.leased_until)) filter (where s.suspended_at is null))), 0)::float8 as notice_late_seconds,
         count(*) filter (where s.failing_since is not null and s.suspended_at is null)::int as notices_failing,
         count(*) filter (where s.suspended_at is not null)::int as notices_suspended
       from notification_rules r join log.notice_state s using (rule_id) join users u using (user_id)
       where r.enabled_since is not null and u.is_active) n cross join (
       select count(*) filter (where j.finished_at is null)::int as packs_unfinished,
         coalesce(greatest(0, extract(epoch from clock_timestamp() - min(r.requested_at) filter (where j.finished_at is null))), 0)::float8
           as pack_age_seconds,
         count(*) filter (where j.failure is not null)::int as packs_failed
       from pack_requests r join log.pack_job j using (pack_id)) p`,
  );
  return found!;
}
