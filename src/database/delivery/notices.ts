/**
 * Notification rules and when each is due next. The server that sends a message holds a lease on the rule, which expires by itself: each
 * message is sent by one server, and another takes over if that server dies.
 */
import type { Db, Tx } from '../connection/database';
import { REFERENCE_STREAM } from '../register/people';
import { insertRows } from '../connection/row-writes';
import type { Times } from '../../versioning/calendar';
import type { Ask } from '../../versioning/work';

export const noticeChannels = ['EMAIL', 'CHAT'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

/** What a person sets in a rule. */
export interface RuleSettings extends Times {
  readonly channel: NoticeChannel;
  readonly address: string;
  readonly asks: readonly Ask[];
  readonly waitingDays: number | null;
  readonly dueDays: number | null;
  readonly isEnabled: boolean;
}

export interface RuleRow extends RuleSettings {
  readonly ruleId: string;
  readonly nextAt: Date;
  readonly sentAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastFailure: string | null;
  readonly suspendedAt: Date | null;
}

/** The maximum number of rules per person. */
export const MAX_RULES = 10;

const columns = `r.rule_id, r.channel, r.zone, r.hour, r.weekday, coalesce(r.asks, '{}') as asks, r.waiting_days, r.due_days, r.quiet_from, r.quiet_until,
  r.enabled_since is not null as is_enabled, s.address, s.next_at, s.sent_at, s.failing_since, s.last_failure, s.suspended_at`;
const from = 'from notification_rules r join log.notice_state s using (rule_id)';

/** In order of creation. */
export const rulesOf = (db: Db, userId: number): Promise<RuleRow[]> =>
  db.query(`select ${columns} ${from} where r.user_id = $1 order by r.rule_id`, [userId]);

/** Writes a rule in the open commit and clears the failures of the previous one. */
export async function writeRule(
  tx: Tx,
  { ruleId, userId, isNew, now }: { ruleId: string; userId: number; isNew: boolean; now: Date },
  { address, isEnabled, ...said }: RuleSettings,
  nextAt: Date,
): Promise<void> {
  const row = { ruleId, userId, ...said, enabledSince: isEnabled ? now : null };
  if (isNew) {
    insertRows(tx, 'notification_rules', [{ ...row, streamId: REFERENCE_STREAM }]);
    insertRows(tx, 'log.notice_state', [{ ruleId, address, nextAt }]);
    return;
  }
  const { channel, zone, hour, weekday, asks, waitingDays, dueDays, quietFrom, quietUntil, enabledSince } = row;
  await tx.query(
    `update notification_rules set channel = $2, zone = $3, hour = $4::int, weekday = $5::int, asks = $6::text[], waiting_days = $7::int,
       due_days = $8::int, quiet_from = $9::int, quiet_until = $10::int,
       enabled_since = case when $11::timestamptz is null then null else coalesce(enabled_since, $11::timestamptz) end where rule_id = $1::uuid`,
    [ruleId, channel, zone, hour, weekday, asks, waitingDays, dueDays, quietFrom, quietUntil, enabledSince],
  );
  // Invalidates the lease of any server that is sending now.
  await tx.query(
    `update log.notice_state set address = $2, next_at = $3::timestamptz, attempts = 0, next_attempt_at = '-infinity', lease = null,
       leased_until = '-infinity', failing_since = null, last_failure = null, suspended_at = null where rule_id = $1::uuid`,
    [ruleId, address, nextAt],
  );
}

/** Also deletes the address, which is stored nowhere else. */
export async function deleteRule(tx: Tx, ruleId: string): Promise<void> {
  await tx.query('delete from notification_rules where rule_id = $1::uuid', [ruleId]);
  await tx.query('delete from log.notice_state where rule_id = $1::uuid', [ruleId]);
}

// ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A message that is due, leased to the server that sends it. */
export interface NoticeLease extends RuleRow {
  readonly lease: string;
  readonly userId: number;
  readonly attempts: number;
}

/** Leases the due rules that are free, and returns how long until the next one is due; null if there is none. */
export async function claimDueNotices(
  db: Db,
  lease: string,
  { channels, atMost, leaseMs }: { channels: readonly NoticeChannel[]; atMost: number; leaseMs: number },
): Promise<{ readonly taken: readonly NoticeLease[]; readonly dueInMs: number | null }> {
  const isTold = `r.enabled_since is not null and s.suspended_at is null and u.is_active and r.channel = any($3::text[])`;
  const rows = await db.query<NoticeLease & { readonly dueInMs: number | null }>(
    `with due as (
       select s.rule_id ${from} join users u using (user_id)
       where ${isTold} and greatest(s.next_at, s.next_attempt_at, s.leased_until) <= clock_timestamp()
       order by s.next_at, s.rule_id limit $2::int for update of s skip locked),
     taken as (
       update log.notice_state s set lease = $1::uuid, leased_until = clock_timestamp() + $4::int * interval '1 ms'
       from due where s.rule_id = due.rule_id returning s.rule_id, s.lease, s.attempts)
     select n.*, t.* from (
       select extract(epoch from min(greatest(s.next_at, s.next_attempt_at, s.leased_until)) - clock_timestamp())::float8 * 1000 as due_in_ms
       ${from} join users u using (user_id) where ${isTold}) n
     left join (select taken.lease, taken.attempts, r.user_id, ${columns} ${from} join taken using (rule_id)) t on true`,
    [lease, atMost, channels, leaseMs],
  );
  return { dueInMs: rows[0]!.dueInMs, taken: rows.filter(({ ruleId }) => ruleId !== null) };
}

type Held = Pick<NoticeLease, 'ruleId' | 'lease'>;
const HELD = 's.rule_id = $1::uuid and s.lease = $2::uuid';
const FREE = `lease = null, leased_until = '-infinity'`;

/** Completes a due rule: its message was sent, or there was nothing to say. */
export const recordNotice = (
  db: Db,
  { ruleId, lease }: Held,
  { nextAt, isSent }: { nextAt: Date; isSent: boolean },
): Promise<object[]> =>
  db.query(
    `update log.notice_state s set next_at = $3::timestamptz, attempts = 0, next_attempt_at = '-infinity', failing_since = null,
       last_failure = null, sent_at = case when $4::boolean then clock_timestamp() else sent_at end, ${FREE} where ${HELD}`,
    [ruleId, lease, nextAt, isSent],
  );

/** Defers sending until the given instant. */
export const postponeNotice = (db: Db, { ruleId, lease }: Held, until: Date): Promise<object[]> =>
  db.query(`update log.notice_state s set next_attempt_at = $3::timestamptz, ${FREE} where ${HELD}`, [
    ruleId,
    lease,
    until,
  ]);

/** Records a failed delivery: it is retried or given up, and the rule is suspended once nothing has got through for long enough. */
export async function recordNoticeFailure(
  db: Db,
  { ruleId, lease }: Held,
  failure: { said: string; waitMs: number; nextAt: Date | null; suspendAfterMs: number },
): Promise<{ readonly isSuspended: boolean }> {
  const { said, waitMs, nextAt, suspendAfterMs } = failure;
  const [noted] = await db.query<{ isSuspended: boolean }>(
    `update log.notice_state s set last_failure = $3, failing_since = coalesce(failing_since, clock_timestamp()),
       attempts = case when $5::timestamptz is null then attempts + 1 else 0 end, next_at = coalesce($5::timestamptz, next_at),
       next_attempt_at = case when $5::timestamptz is null then clock_timestamp() + $4::int * interval '1 ms' else '-infinity' end,
       suspended_at = case when failing_since < clock_timestamp() - $6::bigint * interval '1 ms' then clock_timestamp() end, ${FREE}
     where ${HELD} returning suspended_at is not null as is_suspended`,
    [ruleId, lease, said, waitMs, nextAt, suspendAfterMs],
  );
  return noted ?? { isSuspended: false };
}

export interface NamedWorkflow {
  readonly workflowId: string;
  readonly report: string;
  readonly cycle: string;
  /** The last day. */
  readonly endDate: string | null;
}

/** The names of workflows, and when their cycles end. */
export const namesOfWorkflows = (db: Db, workflowIds: readonly string[]): Promise<NamedWorkflow[]> =>
  db.query(
    `select w.workflow_id, r.name as report, c.name as cycle, c.end_date from workflows w join reports r using (report_id)
     join cycles c using (cycle_id) where w.workflow_id = any($1::uuid[])`,
    [workflowIds],
  );
