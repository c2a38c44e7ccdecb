/**
 * Who wants to hear of commits: one look at the heads of the streams that are followed, a few times a second, however many
 * follow them. The log itself is what is told: whatever path a commit took, it is there, in its order, once, and whoever comes
 * back says after which one. A notification by the database would reach us sooner, at a price: while it is sent, all commits of
 * the whole database wait for each other.
 */
import type { Logger } from 'pino';
import { lastChanges } from './change-log';
import type { Db } from './database';
import { Feed } from './feed';
import { Outage } from './outage';
import { Presences } from './presences';
import { headsOfAll, WorkFollowers, type StreamHead, type WorkFollowing } from './work-followers';

/** How often it is looked, in milliseconds. */
const LOOK_EVERY = 200;

/** A commit, by its place in the log. */
export interface LogPlace {
  readonly streamId: string;
  readonly sequence: number;
}

/** What a following is to the one who looks whether there is news. */
type Followed = Pick<Following<unknown>, 'streamId' | 'reach'> & { end(): unknown };

export class LogFollowers {
  private readonly followers = new Map<string, Set<Followed>>();
  private readonly work: WorkFollowers;
  /** Who has which version open. */
  readonly presences: Presences;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private readonly outage: Outage;

  constructor(
    private readonly db: Db,
    logger: Pick<Logger, 'warn' | 'info'>,
  ) {
    this.work = new WorkFollowers(db);
    this.presences = new Presences(db, logger);
    this.outage = new Outage(logger, {
      begins: 'it cannot be looked whether there are commits to tell of; it is tried until it can',
      ends: 'commits are told of again',
    });
  }

  /**
   * The commits of a stream behind a sequence, from the next one on, without an end.
   * @param told what is made of each
   */
  follow<T>(streamId: string, after: number, told: (place: LogPlace) => T): Following<T> {
    const following: Following<T> = new Following(streamId, after, told, () => this.leave(following));
    if (this.isClosed) return following.end();
    const those = this.followers.get(streamId) ?? new Set();
    this.followers.set(streamId, those.add(following));
    this.begin();
    return following;
  }

  /**
   * What waits for a person: now, and whenever commits may have changed it.
   * @param told what is made of each change
   */
  followWork<T>(userId: number, told: () => T): WorkFollowing<T> {
    const following = this.work.follow(userId, told);
    if (this.isClosed) return following.end();
    this.begin();
    return following;
  }

  /** How many follow. */
  get size(): number {
    return this.ofLogs + this.presences.size;
  }

  private get ofLogs(): number {
    return [...this.followers.values()].reduce((sum, those) => sum + those.size, this.work.size);
  }

  /** Ends all followings: their last commit was told, and nobody is present here any more. */
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

  /** Where the logs stand that are followed, or all of them: what waits for somebody can begin in any. */
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
      // A stream that was never written to has no head, and nothing to tell.
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

/** Tells the commits of a stream one after the other. What is not asked for yet is not kept, since the log has it. */
export class Following<T> extends Feed<T> {
  private head = 0;

  constructor(
    readonly streamId: string,
    private sequence: number,
    private readonly told: (place: LogPlace) => T,
    leave: () => void,
  ) {
    super(leave);
  }

  /** The stream has commits up to here. */
  reach(head: number): void {
    this.head = Math.max(this.head, head);
    this.answer();
  }

  protected take(): { readonly value: T } | null {
    if (this.sequence >= this.head) return null;
    const { streamId } = this;
    return { value: this.told({ streamId, sequence: ++this.sequence }) };
  }
}
