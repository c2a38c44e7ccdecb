/**
 * Delivers commits and security events to webhooks, as long as the server runs. It polls for due deliveries a few times a second; LISTEN/NOTIFY would be
 * faster, but it serializes commits (see LogFollowers). All state that must survive this process is in the database. Delivery is
 * at-least-once: if the process dies after a delivery and before recording it, the message is sent again with the same id.
 */
import type { BlockList } from 'node:net';
import { v4 as newLease } from 'uuid';
import type { Logger } from 'pino';
import { Outage } from '../outage';
import { Poller } from '../database/delivery/poller';
import type { Db } from '../database/connection/statements';
import {
  beginCursors,
  deliveries,
  releaseLease,
  nextCommits,
  nextSecurityEvents,
  recordDelivered,
  recordFailure,
  claimDue,
  type Deliveries,
  type Lease,
} from '../database/delivery/webhook-queue';
import { numberReads, SECURITY_STREAM } from '../database/delivery/security-events';
import { headersOf, messageOfCommit, messageOfEvent, type Message } from './message';
import { Sender, type Outcome } from './post';
import { SCHEDULE, waitAfter, type Schedule } from './schedule';

export interface DelivererOptions {
  /** Private networks that may be reached. */
  readonly networks: BlockList;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  readonly schedule?: Schedule;
  /**
   * The poll interval; the interval if no webhook is enabled; the time-out for a receiver; and the lease, after which a dead server's
   * deliveries are taken over.
   */
  readonly pollEveryMs?: number;
  readonly idlePollEveryMs?: number;
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
}

/** The maximum number of streams delivered concurrently, and of commits delivered in one stream before its lease is released. */
const AT_ONCE = 16;
const IN_A_ROW = 20;

export class Deliverer {
  /** The outcomes of deliveries since this server started. */
  readonly outcomes = new Map<Outcome, number>();
  private readonly sender: Sender;
  private readonly schedule: Schedule;
  private readonly pollEveryMs: number;
  private readonly idlePollEveryMs: number;
  private readonly leaseMs: number;
  private readonly delivering = new Set<Promise<void>>();
  private readonly rounds: Poller;
  /** The counts of webhooks and streams for which cursors exist. */
  private begun = '';

  constructor(
    private readonly db: Db,
    private readonly options: DelivererOptions,
  ) {
    const { networks, schedule = SCHEDULE, timeoutMs = 10_000, leaseMs = 30_000 } = options;
    const { pollEveryMs = 500, idlePollEveryMs = 60_000 } = options;
    this.sender = new Sender(networks, timeoutMs);
    this.schedule = schedule;
    this.pollEveryMs = pollEveryMs;
    this.idlePollEveryMs = idlePollEveryMs;
    this.leaseMs = leaseMs;
    const outage = new Outage(options.logger, {
      begins: 'due webhook deliveries cannot be read',
      ends: 'webhooks are delivered again',
    });
    this.rounds = new Poller(() => this.look(), outage, pollEveryMs);
  }

  start(): this {
    this.rounds.start();
    return this;
  }

  /** Resolves when deliveries in flight have been answered. Other servers take over the rest at once. */
  async stop(): Promise<void> {
    await this.rounds.stop();
    await Promise.all(this.delivering);
    this.sender.close();
  }

  /**
   * Polls now. A server calls this after its own commits to the register, which may add or enable the first webhook. Commits by others are
   * noticed within a minute, and those servers deliver until then.
   */
  wake(): void {
    this.rounds.wake();
  }

  /** Delivery figures over all servers. */
  figures(): Promise<Deliveries> {
    return deliveries(this.db);
  }

  /** Leases what is due; polls less often while no webhook is enabled. */
  private async look(): Promise<number> {
    const free = AT_ONCE - this.delivering.size;
    if (free <= 0) return this.pollEveryMs;
    const since = performance.now();
    const { leases, told, webhooks, streams, readsWait } = await claimDue(this.db, newLease(), free, this.leaseMs);
    const counts = `${webhooks} ${streams}`;
    if (webhooks > 0 && counts !== this.begun) {
      await beginCursors(this.db);
      this.begun = counts;
      this.wake();
    }
    if (readsWait) {
      await numberReads(this.db);
      this.wake();
    }
    for (const lease of leases) {
      const delivery: Promise<void> = this.deliver(lease, since)
        // Another lease delivers it after this one expires.
        .catch((err: unknown) =>
          this.options.logger.warn({ err, webhookId: lease.webhookId }, 'a delivery was not noted'),
        )
        .finally(() => {
          this.delivering.delete(delivery);
          this.wake(); // more may be due
        });
      this.delivering.add(delivery);
    }
    return told > 0 ? this.pollEveryMs : this.idlePollEveryMs;
  }

  /** @param since when the lease was requested; it expires no earlier than the lease time after that */
  private async deliver(lease: Lease, since: number): Promise<void> {
    const { head, messages } = await this.next(lease);
    let last = lease.sequence;
    let heldSince = since;
    for (const message of messages) {
      // Two servers must never send at the same time: a message is answered or timed out before the lease expires.
      if (this.rounds.isStopping || performance.now() - heldSince > this.leaseMs - this.sender.timeoutMs - MARGIN_MS)
        break;
      const { outcome, said } = await this.send(lease, message);
      if (outcome !== 'delivered') return this.fail(lease, message, outcome, said, last);
      heldSince = performance.now();
      if (!(await again(() => recordDelivered(this.db, lease, message.sequence, this.leaseMs)))) return;
      last = message.sequence;
    }
    const isAll = messages.length < IN_A_ROW && last === (messages.at(-1)?.sequence ?? last);
    await again(() => releaseLease(this.db, lease, isAll ? head : last));
  }

  /** The next messages of a stream, and its head. */
  private async next(lease: Lease): Promise<{ readonly head: number; readonly messages: readonly Message[] }> {
    if (lease.streamId === SECURITY_STREAM) {
      const { head, events } = await nextSecurityEvents(this.db, lease, IN_A_ROW);
      return { head, messages: events.map(messageOfEvent) };
    }
    const { head, commits } = await nextCommits(this.db, lease, IN_A_ROW);
    return { head, messages: commits.map((commit) => messageOfCommit(commit, lease)) };
  }

  private async send(lease: Lease, { id, body }: Message) {
    const headers = headersOf(id, body, lease.secrets, new Date());
    const answer = await this.sender.post({ url: lease.url, body, headers });
    this.outcomes.set(answer.outcome, (this.outcomes.get(answer.outcome) ?? 0) + 1);
    return answer;
  }

  private async fail(lease: Lease, message: Message, outcome: Outcome, said: string, last: number): Promise<void> {
    const { webhookId } = lease;
    const failures = last === lease.sequence ? lease.attempts + 1 : 1;
    const { isSuspended, isGivenUp } = await again(() =>
      recordFailure(this.db, lease, {
        ...this.schedule,
        message,
        said,
        waitMs: waitAfter(failures, this.schedule),
        isGone: outcome === 'gone',
      }),
    );
    const { id } = message;
    if (isSuspended)
      this.options.logger.warn({ webhookId, said }, 'a webhook is sent nothing any more, since nothing got through');
    if (isGivenUp) this.options.logger.warn({ webhookId, id, said }, 'a message is not told to a webhook');
  }
}

/** Allows for the round trip of taking the lease. */
const MARGIN_MS = 1_000;

/** Retries recording an outcome if a connection is lost; recording it twice has no further effect. */
async function again<T>(note: () => Promise<T>, tries = 3): Promise<T> {
  try {
    return await note();
  } catch (error) {
    if (tries === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return again(note, tries - 1);
  }
}
