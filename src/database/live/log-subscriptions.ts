/**
 * Polls the log on behalf of subscribers. One query, a few times a second, reads the heads of all followed streams, however many
 * subscribers there are. Subscribers are then sent the commits from the log itself, so each commit arrives once and in order, whatever path
 * wrote it, and a client that reconnects resumes after the last one it saw. LISTEN/NOTIFY would be faster, but NOTIFY takes a lock at
 * commit that serializes all commits of the database.
 */
import type { Logger } from 'pino';
import { lastChanges } from '../log/change-log';
import type { Db } from '../connection/database';
import { PullIterator } from './pull-iterator';
import { Outage } from '../../outage';
import { Presences } from './presences';
import { headsOfAll, WorkSubscriptions, type StreamHead, type WorkSubscription } from './work-subscriptions';

/** The poll interval in milliseconds. */
const LOOK_EVERY = 200;

/** A commit's position in the log. */
export interface LogPosition {
  readonly streamId: string;
  readonly sequence: number;
}

/** The part of a subscription that the poller uses. */
type Followed = Pick<LogSubscription<unknown>, 'streamId' | 'reach'> & { end(): unknown };

export class LogSubscriptions {
  private readonly followers = new Map<string, Set<Followed>>();
  private readonly work: WorkSubscriptions;
  /** Who has which version open. */
  readonly presences: Presences;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private readonly outage: Outage;

  constructor(
    private readonly db: Db,
    logger: Pick<Logger, 'warn' | 'info'>,
  ) {
    this.work = new WorkSubscriptions(db);
    this.presences = new Presences(db, logger);
    this.outage = new Outage(logger, {
      begins: 'new commits cannot be read; trying again until they can',
      ends: 'commits are delivered again',
    });
  }

  /**
   * The commits of a stream after a sequence, without an end.
   * @param toValue maps each commit to the value that is delivered
   */
  follow<T>(streamId: string, after: number, toValue: (place: LogPosition) => T): LogSubscription<T> {
    const following: LogSubscription<T> = new LogSubscription(streamId, after, toValue, () => this.leave(following));
    if (this.isClosed) return following.end();
    const those = this.followers.get(streamId) ?? new Set();
    this.followers.set(streamId, those.add(following));
    this.begin();
    return following;
  }

  /**
   * What waits for a person: delivered at once, and again whenever commits may have changed it.
   * @param toValue makes the value that is delivered for each change
   */
  followWork<T>(userId: number, toValue: () => T): WorkSubscription<T> {
    const following = this.work.follow(userId, toValue);
    if (this.isClosed) return following.end();
    this.begin();
    return following;
  }

  /** The number of subscriptions. */
  get size(): number {
    return this.ofLogs + this.presences.size;
  }

  private get ofLogs(): number {
    return [...this.followers.values()].reduce((sum, those) => sum + those.size, this.work.size);
  }

  /** Ends all subscriptions and removes this server's presences. Nothing is delivered afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.timer) clearTimeout(this.timer);
    for (const those of this.followers.values()) for (const following of those) following.end();
    this.work.end();
    await this.presences.close();
  }

  private begin(): void {
    this.timer ??= setTimeout(() => void this.look(), 0);
  }

  /**
   * Reads the heads of the followed streams; of all streams if anybody follows their work, because a commit to any stream can add to it.
   */
  private heads(): Promise<readonly StreamHead[]> {
    return this.work.size > 0 ? headsOfAll(this.db) : lastChanges(this.db, [...this.followers.keys()]);
  }

  private leave(following: Followed): void {
    const those = this.followers.get(following.streamId);
    those?.delete(following);
    if (those?.size === 0) this.followers.delete(following.streamId);
  }

  private async look(): Promise<void> {
    try {
      // A stream that was never written to has no head and nothing to deliver.
      const heads = await this.heads();
      for (const { streamId, sequence } of heads)
        for (const following of this.followers.get(streamId) ?? []) following.reach(sequence);
      if (this.work.size > 0) await this.work.look(heads);
      this.outage.succeeded();
    } catch (err) {
      this.outage.failed(err);
    }
    const wait = this.outage.wait(LOOK_EVERY);
    this.timer = this.ofLogs > 0 && !this.isClosed ? setTimeout(() => void this.look(), wait) : null;
  }
}

/** Delivers the commits of a stream in order. It buffers nothing, because the log has every commit. */
class LogSubscription<T> extends PullIterator<T> {
  private head = 0;

  constructor(
    readonly streamId: string,
    private sequence: number,
    private readonly toValue: (place: LogPosition) => T,
    leave: () => void,
  ) {
    super(leave);
  }

  /** Notes that the stream has commits up to this sequence. */
  reach(head: number): void {
    this.head = Math.max(this.head, head);
    this.answer();
  }

  protected take(): { readonly value: T } | null {
    if (this.sequence >= this.head) return null;
    const { streamId } = this;
    return { value: this.toValue({ streamId, sequence: ++this.sequence }) };
  }
}
