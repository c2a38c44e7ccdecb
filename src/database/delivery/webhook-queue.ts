/**
 * The webhook queue. The log itself is the outbox: each webhook has a cursor in each stream, and the commits after the cursor are delivered
 * in order. The delivering server holds a lease on the cursor, which expires by itself, so one server delivers and another takes over if
 * that server dies. Every move of a cursor requires the lease. The security events are one more stream, of webhooks with the format of OCSF.
 */
import type { WebhookFormat } from '../register/webhooks';
import type { Db } from '../connection/statements';
import type { CommitSeen, ReadSeen, RefusalSeen } from './activity';
import { SECURITY_STREAM } from './security-events';

/** A cursor, leased to the server that delivers. */
export interface Lease {
  readonly lease: string;
  readonly webhookId: string;
  readonly streamId: string;
  readonly sequence: number;
  readonly attempts: number;
  readonly url: string;
  readonly operations: readonly string[];
  readonly format: WebhookFormat;
  /** The signing secrets, latest first. */
  readonly secrets: readonly string[];
  readonly workflowId: string | null;
  readonly cycleId: string | null;
  readonly reportId: string | null;
}

interface InOrder {
  readonly sequence: number;
  /** The one of this stream that precedes it in the webhook's deliveries; null for the first. */
  readonly previousSequence: number | null;
}

/** A commit to be delivered. */
export interface DeliveredCommit extends InOrder, CommitSeen {}

interface DeliveredRefusal extends InOrder, RefusalSeen {
  readonly readId: null;
}

interface DeliveredRead extends InOrder, ReadSeen {
  readonly eventId: string;
}

/** A security event to be delivered. */
export type DeliveredEvent = DeliveredRefusal | DeliveredRead;

/** The maximum number of streams of one webhook that are delivered at the same time, so that a slow webhook does not hold up the others. */
const AT_ONCE_EACH = 4;

/** SQL: whether a webhook `w` is told of a stream `s`. */
export const IS_TOLD_OF = `(s.stream_id <> '${SECURITY_STREAM}' or w.format = 'OCSF')`;

/** Streams newer than a webhook are delivered from their beginning. */
export const beginCursors = (db: Db): Promise<object[]> =>
  db.query(
    `insert into log.webhook_cursor (webhook_id, stream_id, sequence, began_at)
     select w.webhook_id, s.stream_id, 0, 0 from public.webhooks w cross join log.stream s
     where s.sequence > 0 and not exists (
       select from log.webhook_cursor c where c.webhook_id = w.webhook_id and c.stream_id = s.stream_id)
     on conflict do nothing`,
  );

/** The result of a poll: the leases taken, and the counts that tell whether to create cursors and when to poll again. */
export interface DueDeliveries {
  readonly leases: readonly Lease[];
  /** The number of webhooks with deliveries under way. */
  readonly told: number;
  /** The numbers of webhooks and streams, neither of which ever decreases. */
  readonly webhooks: number;
  readonly streams: number;
  /** Whether somebody is to be told of reads of the log that are no security events yet. */
  readonly readsWait: boolean;
}

/** Leases the due cursors that are free. */
export async function claimDue(db: Db, lease: string, atMost: number, leaseMs: number): Promise<DueDeliveries> {
  const rows = await db.query<Lease & Omit<DueDeliveries, 'leases'>>(
    `with due as (
       select c.webhook_id, c.stream_id from public.webhooks w join log.webhook_state t using (webhook_id)
       cross join lateral (
         select c.webhook_id, c.stream_id from log.webhook_cursor c join log.told_stream s using (stream_id)
         where c.webhook_id = w.webhook_id and s.sequence > c.sequence and ${IS_TOLD_OF}
           and c.next_attempt_at <= clock_timestamp() and c.leased_until < clock_timestamp()
         order by c.next_attempt_at, c.stream_id
         limit greatest(0, ${AT_ONCE_EACH} - (select count(*) from log.webhook_cursor l
           where l.webhook_id = w.webhook_id and l.leased_until >= clock_timestamp()))
         for update of c skip locked) c
       where w.enabled_since is not null and t.suspended_at is null limit $2::int),
     taken as (
       update log.webhook_cursor c set lease = $1::uuid, leased_until = clock_timestamp() + $3::int * interval '1 ms'
       from due where c.webhook_id = due.webhook_id and c.stream_id = due.stream_id
       returning c.webhook_id, c.stream_id, c.sequence, c.attempts),
     leased as (
       select $1::uuid as lease, taken.*, w.url, coalesce(w.operations, '{}') as operations, w.format,
         case when k.former_until > clock_timestamp() then array[k.secret, k.former] else array[k.secret] end as secrets,
         f.workflow_id, f.cycle_id, f.report_id
       from taken join public.webhooks w using (webhook_id) join log.webhook_secret k using (webhook_id)
       left join public.workflows f on f.workflow_id = taken.stream_id)
     select n.*, leased.* from (
       select (select count(*)::int from public.webhooks w join log.webhook_state t using (webhook_id)
           where w.enabled_since is not null and t.suspended_at is null) as told,
         (select count(*)::int from public.webhooks) as webhooks,
         (select count(*)::int from log.stream where sequence > 0) as streams,
         exists (select from log.unnumbered_read) and exists (
           select from public.webhooks w join log.webhook_state t using (webhook_id)
           where w.enabled_since is not null and t.suspended_at is null and w.format = 'OCSF') as reads_wait) n
     left join leased on true`,
    [lease, atMost, leaseMs],
  );
  const { told, webhooks, streams, readsWait } = rows[0]!;
  return { told, webhooks, streams, readsWait, leases: rows.filter(({ webhookId }) => webhookId !== null) };
}

/** The next commits to deliver, and the stream's head, up to which commits that the webhook does not want can be skipped. */
export async function nextCommits(
  db: Db,
  { webhookId, streamId, sequence, operations, format }: Lease,
  atMost: number,
): Promise<{ readonly head: number; readonly commits: readonly DeliveredCommit[] }> {
  const isTold = '(cardinality($3::text[]) = 0 or c.operation = any($3::text[]))';
  const rows = await db.query<DeliveredCommit & { readonly head: number }>(
    `select s.sequence as head, n.* from log.stream s left join lateral (
       select c.change_set_id, c.stream_id, c.sequence, c.committed_at, c.operation, coalesce(c.version_ids, '{}') as version_ids,
         c.actor_id, u.name as actor_name, c.origin, c.request_id, case when $6::boolean then array(select distinct r.operation::text
           from log.row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence) else '{}' end as row_operations,
         (select p.sequence from log.change_set p where p.stream_id = c.stream_id and p.sequence < c.sequence
            and p.sequence > (select began_at from log.webhook_cursor b where b.webhook_id = $4::uuid and b.stream_id = c.stream_id)
            and ${isTold.replaceAll('c.operation', 'p.operation')} order by p.sequence desc limit 1) as previous_sequence
       from log.change_set c left join public.users u on u.user_id = c.actor_id where c.stream_id = s.stream_id and c.sequence > $2::int and c.sequence <= s.sequence and ${isTold}
       order by c.sequence limit $5::int) n on true
     where s.stream_id = $1::uuid order by n.sequence`,
    [streamId, sequence, operations, webhookId, atMost, format === 'OCSF'],
  );
  return { head: rows[0]?.head ?? sequence, commits: rows.filter(({ changeSetId }) => changeSetId !== null) };
}

/** The next security events to deliver, and the number of the last one. Of events that were deleted meanwhile, the numbers are missing. */
export async function nextSecurityEvents(
  db: Db,
  { webhookId, sequence, operations }: Lease,
  atMost: number,
): Promise<{ readonly head: number; readonly events: readonly DeliveredEvent[] }> {
  const isTold = '(cardinality($2::text[]) = 0 or e.operation = any($2::text[]))';
  const rows = await db.query<DeliveredEvent & { readonly head: number }>(
    `select s.sequence as head, n.* from log.told_stream s left join lateral (
       select e.*, u.name as user_name, u.name as reader_name, e.user_id as reader_id, e.happened_at as read_at, e.operation as field,
         r.stream_id, r.origin, case when cardinality($2::text[]) = 0 then nullif(greatest(e.sequence - 1, b.began_at), b.began_at) else (
           select p.sequence from log.security_event p where p.sequence < e.sequence and p.sequence > b.began_at
             and ${isTold.replaceAll('e.operation', 'p.operation')} order by p.sequence desc limit 1) end as previous_sequence
       from log.security_event e
       join log.webhook_cursor b on b.webhook_id = $3::uuid and b.stream_id = '${SECURITY_STREAM}'
       left join public.users u on u.user_id = e.user_id left join log.change_log_read r on r.read_id = e.read_id
       where e.sequence > $1::int and e.sequence <= s.sequence and ${isTold}
       order by e.sequence limit $4::int) n on true
     where s.stream_id = '${SECURITY_STREAM}' order by n.sequence`,
    [sequence, operations, webhookId, atMost],
  );
  return { head: rows[0]?.head ?? sequence, events: rows.filter(({ eventId }) => eventId !== null) };
}

type Held = Pick<Lease, 'lease' | 'webhookId' | 'streamId'>;
const HELD = 'c.webhook_id = $1::uuid and c.stream_id = $2::uuid and c.lease = $3::uuid';
const isHeld = (rows: readonly object[]): boolean => rows.length > 0;
const FREE = `lease = null, leased_until = '-infinity'`;

/** Advances the cursor after a delivery. False if another server holds the lease by now. */
export const recordDelivered = async (
  db: Db,
  { lease, webhookId, streamId }: Held,
  sequence: number,
  leaseMs: number,
): Promise<boolean> =>
  isHeld(
    await db.query(
      `with moved as (
         update log.webhook_cursor c set sequence = $4::int, attempts = 0, failing_since = null,
           leased_until = clock_timestamp() + $5::int * interval '1 ms' where ${HELD} returning webhook_id),
       well as (
         update log.webhook_state t set delivered_at = clock_timestamp(), failing_since = null, last_failure = null
         from moved where t.webhook_id = moved.webhook_id
           and (t.failing_since is not null or t.delivered_at is null or t.delivered_at < clock_timestamp() - interval '1 s'))
       select from moved`,
      [webhookId, streamId, lease, sequence, leaseMs],
    ),
  );

/** Releases a lease after everything up to a sequence was delivered or skipped. Other streams of the webhook then take precedence. */
export const releaseLease = async (db: Db, { lease, webhookId, streamId }: Held, sequence: number): Promise<void> => {
  await db.query(
    `update log.webhook_cursor c set sequence = greatest(sequence, $4::int), next_attempt_at = clock_timestamp(), ${FREE}
     where ${HELD}`,
    [webhookId, streamId, lease, sequence],
  );
};

export interface Failure {
  /** The id of the commit or event, and its number in the stream. */
  readonly message: { readonly id: string; readonly sequence: number };
  readonly said: string;
  readonly waitMs: number;
  /** The maximum number of attempts for one commit while others get through. */
  readonly attempts: number;
  readonly suspendAfterMs: number;
  /** The receiver answered that it is gone for good. */
  readonly isGone: boolean;
}

/**
 * Records a failed delivery. The commit is retried; it becomes a dead letter after too many attempts while others got through; and the
 * webhook is suspended if nothing got through for too long.
 */
export async function recordFailure(
  db: Db,
  { lease, webhookId, streamId }: Held,
  { message, said, waitMs, attempts, suspendAfterMs, isGone }: Failure,
): Promise<{ readonly isSuspended: boolean; readonly isGivenUp: boolean }> {
  const [became] = await db.query<{ isSuspended: boolean; isGivenUp: boolean }>(
    `with failed as (
       update log.webhook_cursor c set attempts = case when g.up then 0 else c.attempts + 1 end,
         sequence = case when g.up then $4::int else c.sequence end,
         failing_since = case when g.up then null else coalesce(c.failing_since, clock_timestamp()) end,
         next_attempt_at = case when g.up then '-infinity' else clock_timestamp() + $7::int * interval '1 ms' end,
         ${FREE}
       from (
         select c.webhook_id, c.attempts + 1 as attempts, c.attempts + 1 >= $8::int and t.delivered_at > c.failing_since as up
         from log.webhook_cursor c join log.webhook_state t using (webhook_id) where ${HELD}) g
       where c.webhook_id = g.webhook_id and ${HELD}
       returning c.webhook_id, c.stream_id, g.attempts, coalesce(g.up, false) as up),
     dead as (
       insert into log.dead_letter (webhook_id, stream_id, sequence, change_set_id, attempts, last_failure, given_up_at)
       select webhook_id, stream_id, $4::int, $5::uuid, attempts, $6, clock_timestamp() from failed where up
       on conflict (webhook_id, stream_id, sequence) do update
         set attempts = excluded.attempts, last_failure = excluded.last_failure, given_up_at = excluded.given_up_at)
     update log.webhook_state t set last_failure = $6, failing_since = coalesce(t.failing_since, clock_timestamp()),
       suspended_at = case when $10::boolean or t.failing_since < clock_timestamp() - $9::bigint * interval '1 ms'
         then clock_timestamp() end
     from failed where t.webhook_id = failed.webhook_id and t.suspended_at is null
     returning t.suspended_at is not null as is_suspended, failed.up as is_given_up`,
    [webhookId, streamId, lease, message.sequence, message.id, said, waitMs, attempts, suspendAfterMs, isGone],
  );
  return became ?? { isSuspended: false, isGivenUp: false };
}

/** Delivery figures over all webhooks. */
export interface Deliveries {
  /** Commits not yet delivered to enabled webhooks. */
  readonly waiting: number;
  /** Commits that were given up. */
  readonly deadLetters: number;
  /** Enabled webhooks that are suspended because nothing got through. */
  readonly suspended: number;
}

export async function deliveries(db: Db): Promise<Deliveries> {
  const [found] = await db.query<Deliveries>(
    `select (select coalesce(sum(s.sequence - coalesce(c.sequence, 0)), 0)
         from public.webhooks w join log.webhook_state t using (webhook_id) join log.told_stream s on ${IS_TOLD_OF}
         left join log.webhook_cursor c on c.webhook_id = w.webhook_id and c.stream_id = s.stream_id
         where w.enabled_since is not null and t.suspended_at is null)::float8 as waiting,
       (select count(*) from log.dead_letter)::float8 as dead_letters,
       (select count(*) from public.webhooks w join log.webhook_state t using (webhook_id)
         where w.enabled_since is not null and t.suspended_at is not null)::float8 as suspended`,
  );
  return found!;
}
