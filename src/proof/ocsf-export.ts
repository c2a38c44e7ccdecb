/** Reads the events for OCSF, commits, log reads and refusals within a time span, in one snapshot. */
import { AsOfReader } from '../database/log/as-of-reader';
import type { CommitSeen, ReadSeen, RefusalSeen } from '../database/delivery/activity';
import type { Database } from '../database/connection/database';
import { settleSecurityEvents } from '../database/delivery/security-events';
import { recordReads } from '../database/log/change-log-reads';
import { badInput } from '../versioning/errors';
import { streamRows } from '../database/log/log-reader';
import { commitEvent, readEvent, refusalEvent, type OcsfEvent } from './ocsf';

export interface Span {
  readonly since: Date;
  /** Exclusive. */
  readonly until: Date;
}

const COMMITS = `select c.change_set_id, c.stream_id, c.sequence, c.committed_at, c.actor_id, u.name as actor_name, c.origin, c.operation,
    c.request_id, coalesce(c.version_ids, '{}') as version_ids,
    array(select distinct r.operation::text from log.row_change r
      where r.stream_id = c.stream_id and r.sequence = c.sequence) as row_operations
  from log.change_set c left join public.users u on u.user_id = c.actor_id
  where c.committed_at >= $1::timestamptz and c.committed_at < $2::timestamptz
  order by c.committed_at, c.stream_id`;

const READS = `select r.read_id, r.stream_id, r.read_at, r.reader_id, u.name as reader_name, r.origin, r.field, r.request_id
  from log.change_log_read r left join public.users u on u.user_id = r.reader_id
  where r.read_at >= $1::timestamptz and r.read_at < $2::timestamptz order by r.read_id`;

/** By the time of recording, which only grows, so that a refusal that was recorded late is in a later span. */
const REFUSALS = `select e.*, u.name as user_name from log.security_event e left join public.users u using (user_id)
  where e.read_id is null and e.recorded_at >= $1::timestamptz and e.recorded_at < $2::timestamptz order by e.sequence`;

type Reader = Parameters<typeof recordReads>[2];
const NOBODY: Reader = { readerId: null, requestId: null };

/** How long ago a span must have ended before it is exported, so that no log read that belongs to it is still in flight. */
const SETTLED_MS = 10_000;

/**
 * Exports each commit, each log read and each refusal once, each kind in order; consecutive spans cover everything. A commit in flight already has its
 * stamp, so the streams are first closed at the end of the span, after which no commit can be stamped before it. The export reads the log
 * and is recorded as such.
 * @param by the reader; nobody in particular at the server's shell
 * @param until the latest instant that can be exported, if omitted
 * @returns how many events were exported, and up to when
 */
export async function exportOcsf(
  db: Database,
  { since, until }: Partial<Span> & Pick<Span, 'since'>,
  tell: (event: OcsfEvent) => unknown,
  { settledMs = SETTLED_MS, by = NOBODY }: { settledMs?: number; by?: Reader } = {},
): Promise<Span & { readonly told: number }> {
  const [{ latest }] = (await db.query<{ latest: Date }>(
    `select date_trunc('milliseconds', clock_timestamp()) - $1::int * interval '1 ms' as latest`,
    [settledMs],
  )) as [{ latest: Date }];
  const end = until ?? latest;
  if (end > latest) throw badInput(`Events can be exported only up to ${latest.toISOString()}, exclusive.`);
  if (since >= end) throw badInput('The span ends before it begins: since must be earlier than until.');
  const streams = (await db.query<{ streamId: string }>('select stream_id from log.stream')).map(
    ({ streamId }) => streamId,
  );
  await new AsOfReader(db, end).closeStreams(streams);
  const parameters = [since, end];
  const read = await db.query<{ streamId: string }>(
    'select distinct stream_id from log.change_set where committed_at >= $1::timestamptz and committed_at < $2::timestamptz',
    parameters,
  );
  const reads = read.map(({ streamId }) => ({ streamId, field: 'export:ocsf' }));
  if (reads.length > 0) await recordReads(db, reads, by);
  await settleSecurityEvents(db.atPrimary());
  return db.snapshot(async (tx) => {
    let told = 0;
    for await (const commit of streamRows<CommitSeen>(tx, COMMITS, parameters)) {
      await tell(commitEvent(commit));
      told++;
    }
    for await (const seen of streamRows<ReadSeen>(tx, READS, parameters)) {
      await tell(readEvent(seen));
      told++;
    }
    for await (const refused of streamRows<RefusalSeen>(tx, REFUSALS, parameters)) {
      await tell(refusalEvent(refused));
      told++;
    }
    return { since, until: end, told };
  });
}
