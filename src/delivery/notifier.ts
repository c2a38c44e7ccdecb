/**
 * Notifies people by mail or chat of the work that waits for them, at the times they chose. A notification shows what their work list shows
 * when it is sent, with the rights they have at that moment. The server that holds the lease of the rule sends it. Delivery is
 * at-least-once: if a server dies before recording that a message was sent, the message is sent again with the same id.
 */
import { v4 as newLease } from 'uuid';
import type { Logger } from 'pino';
import type { Db } from '../database/connection/database';
import {
  namesOfWorkflows,
  recordNotice,
  recordNoticeFailure,
  postponeNotice,
  claimDueNotices,
  type NoticeLease,
} from '../database/delivery/notices';
import { Outage } from '../outage';
import { Poller } from '../database/delivery/poller';
import type { Context } from '../graphql/context';
import { waitingWork } from '../graphql/work/work';
import { nextAt, quietAt } from '../versioning/calendar';
import { isOfOthers, sinceOf } from '../versioning/work';
import type { Mailer } from './mail';
import { chatBody, noticeOf, type NoticeEntry } from './notice';
import type { Answer, Sender } from './post';
import { waitAfter, type Schedule } from './schedule';

export interface NotifierOptions {
  /** Opens a context to read a person's work with their rights. */
  readonly open: (userId: number, requestId: string) => Promise<{ readonly context: Context }>;
  /** Null if no mail server is configured; servers that have one send the mails then. */
  readonly mailer: Mailer | null;
  readonly sender: Sender;
  readonly publicUrl: string | undefined;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  readonly schedule?: Schedule;
  /** The longest interval between polls. */
  readonly pollEveryMs?: number;
  readonly leaseMs?: number;
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** A message is given up after about a day, or when the next one is due; a rule is suspended if nothing got through for three days. */
export const NOTICE_SCHEDULE: Schedule = {
  firstWaitMs: 60 * SECOND,
  longestWaitMs: 3_600 * SECOND,
  attempts: 30,
  suspendAfterMs: 3 * DAY,
};
const AT_ONCE = 8;

export class Notifier {
  private readonly rounds: Poller;
  private readonly schedule: Schedule;
  private readonly pollEveryMs: number;
  private readonly leaseMs: number;

  constructor(
    private readonly db: Db,
    private readonly options: NotifierOptions,
  ) {
    const { schedule = NOTICE_SCHEDULE, pollEveryMs = 60 * SECOND, leaseMs = 120 * SECOND, logger } = options;
    this.schedule = schedule;
    this.pollEveryMs = pollEveryMs;
    this.leaseMs = leaseMs;
    const outage = new Outage(logger, {
      begins: 'due notifications cannot be read',
      ends: 'notifications are sent again',
    });
    this.rounds = new Poller(() => this.look(), outage, SECOND);
  }

  start(): this {
    this.rounds.start();
    return this;
  }

  wake(): void {
    this.rounds.wake();
  }

  /** Resolves when messages in flight have been answered. */
  async stop(): Promise<void> {
    await this.rounds.stop();
    this.options.mailer?.close();
    this.options.sender.close();
  }

  private async look(): Promise<number> {
    const channels = this.options.mailer ? (['EMAIL', 'CHAT'] as const) : (['CHAT'] as const);
    const { leaseMs } = this;
    const { taken, dueInMs } = await claimDueNotices(this.db, newLease(), { channels, atMost: AT_ONCE, leaseMs });
    await Promise.all(
      taken.map((lease) =>
        // Another lease sends it after this one expires.
        this.tell(lease).catch((err: unknown) =>
          this.options.logger.warn({ err, ruleId: lease.ruleId }, 'a notification could not be sent'),
        ),
      ),
    );
    if (taken.length > 0) return 0;
    return dueInMs === null ? this.pollEveryMs : Math.min(this.pollEveryMs, Math.max(dueInMs, 50));
  }

  private async tell(lease: NoticeLease): Promise<void> {
    const now = new Date();
    const quietUntil = quietAt(lease, now);
    if (quietUntil) return void (await postponeNotice(this.db, lease, quietUntil));
    const entries = await this.entriesFor(lease, now);
    const next = nextAt(lease, now);
    if (entries.length === 0) return void (await recordNotice(this.db, lease, { nextAt: next, isSent: false }));
    const { outcome, said } = await this.send(lease, entries, now);
    if (outcome === 'delivered') return void (await recordNotice(this.db, lease, { nextAt: next, isSent: true }));
    const failures = lease.attempts + 1;
    const waitMs = waitAfter(failures, this.schedule);
    const isOver =
      outcome === 'refused' ||
      outcome === 'gone' ||
      failures >= this.schedule.attempts ||
      next.getTime() <= now.getTime() + waitMs;
    const { suspendAfterMs } = this.schedule;
    const failure = { said, waitMs, nextAt: isOver ? next : null, suspendAfterMs };
    const { isSuspended } = await recordNoticeFailure(this.db, lease, failure);
    const { ruleId, userId } = lease;
    if (isOver || isSuspended)
      this.options.logger.warn({ ruleId, userId, said, isSuspended }, 'a notification was given up');
  }

  /** The entries of the person's work list that the rule selects. */
  private async entriesFor(rule: NoticeLease, now: Date): Promise<NoticeEntry[]> {
    const { userId, ruleId, asks, waitingDays, dueDays } = rule;
    const { context } = await this.options.open(userId, `notice-${ruleId}`);
    const work = await waitingWork(context);
    const places = await namesOfWorkflows(this.db, [...new Set(work.map(({ version }) => version.streamId))]);
    const placeOf = new Map(places.map((place) => [place.workflowId, place]));
    return work.flatMap(({ ask, asked, phase, version }) => {
      const { report, cycle, endDate } = placeOf.get(version.streamId)!;
      const since = sinceOf(version);
      const isAsked = asks.length > 0 ? asks.includes(ask) : !isOfOthers(ask);
      const hasWaited = waitingDays === null || now.getTime() - since.getTime() >= waitingDays * DAY;
      const isDue = dueDays === null || (endDate !== null && Date.parse(endDate) - now.getTime() <= dueDays * DAY);
      if (!isAsked || !hasWaited || !isDue) return [];
      const { versionId, versionNumber } = version;
      const others = isOfOthers(ask) ? asked.of.map(({ name }) => name) : null;
      return [{ ask: asked.ask, others, phase, versionId, versionNumber, report, cycle, since }];
    });
  }

  private async send(lease: NoticeLease, entries: readonly NoticeEntry[], now: Date): Promise<Answer> {
    const { mailer, sender, publicUrl } = this.options;
    const notice = noticeOf(entries, now, publicUrl);
    const { channel, address, ruleId, nextAt: due } = lease;
    if (channel === 'EMAIL') return mailer!.send(address, `${ruleId}.${due.getTime()}`, notice);
    return sender.post({ url: address, body: chatBody(notice), headers: {} });
  }
}
