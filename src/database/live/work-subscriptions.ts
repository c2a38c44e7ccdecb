/**
 * Wakes subscribers when the work that waits for them may have changed. Each commit is examined once for all subscribers. It concerns the
 * people whom its workflow names or ever named; a commit to the reference data concerns everybody, because it decides who is who. Each
 * subscriber then reads their own list, so a new subscription begins with the current state and a client that was away misses nothing.
 */
import type { Db } from '../connection/database';
import { PullIterator } from './pull-iterator';
import { REFERENCE_STREAM } from '../register/people';
import { namedIn } from '../versions/work';

/** The minimum interval between notifications, in milliseconds: a burst of commits counts as one change. */
const DELIVERED_EVERY_MS = 1000;

/** The last sequence of a stream. */
export interface StreamHead {
  readonly streamId: string;
  readonly sequence: number;
}

/** The heads of all streams. */
export const headsOfAll = (db: Db): Promise<StreamHead[]> => db.query('select stream_id, sequence from log.stream', []);

/** The part of a subscription that the poller uses. */
type Followed = Pick<WorkSubscription<unknown>, 'concern' | 'wake'> & { end(): unknown };

export class WorkSubscriptions {
  readonly #followers = new Map<number, Set<Followed>>();
  /** The heads at the last poll; null while nobody subscribes. */
  #known: ReadonlyMap<string, number> | null = null;

  constructor(private readonly db: Db) {}

  get size(): number {
    return [...this.#followers.values()].reduce((sum, those) => sum + those.size, 0);
  }

  /** @param toValue makes the value that is delivered for each change */
  follow<T>(userId: number, toValue: () => T): WorkSubscription<T> {
    const following: WorkSubscription<T> = new WorkSubscription(toValue, () => {
      const those = this.#followers.get(userId);
      those?.delete(following);
      if (those?.size === 0) this.#followers.delete(userId);
      if (this.#followers.size === 0) this.#known = null;
    });
    this.#followers.set(userId, (this.#followers.get(userId) ?? new Set()).add(following));
    return following;
  }

  /** Wakes the people whom new commits concern. Each reads their list after these heads were read, so no commit is missed. */
  async look(heads: readonly StreamHead[]): Promise<void> {
    const known = this.#known;
    const moved = known
      ? heads.flatMap(({ streamId, sequence }) => (sequence > (known.get(streamId) ?? 0) ? [streamId] : []))
      : [];
    const concerned = moved.length === 0 ? [] : await this.#concernedBy(moved);
    this.#known = new Map(heads.map(({ streamId, sequence }) => [streamId, sequence]));
    for (const userId of concerned) for (const following of this.#followers.get(userId) ?? []) following.concern();
    for (const those of this.#followers.values()) for (const following of those) following.wake();
  }

  end(): void {
    for (const those of this.#followers.values()) for (const following of those) following.end();
  }

  async #concernedBy(streamIds: readonly string[]): Promise<Iterable<number>> {
    if (streamIds.includes(REFERENCE_STREAM)) return this.#followers.keys();
    return (await namedIn(this.db, streamIds)).map(({ userId }) => userId);
  }
}

export class WorkSubscription<T> extends PullIterator<T> {
  /** A subscription begins with the current state. */
  private isConcerned = true;
  private hasBegun = false;
  private deliveredAt = -Infinity;

  constructor(
    private readonly toValue: () => T,
    leave: () => void,
  ) {
    super(leave);
  }

  concern(): void {
    this.isConcerned = true;
  }

  /** The heads have been read. */
  wake(): void {
    this.hasBegun = true;
    this.answer();
  }

  protected take(): { readonly value: T } | null {
    const now = performance.now();
    if (!this.hasBegun || !this.isConcerned || now - this.deliveredAt < DELIVERED_EVERY_MS) return null;
    this.isConcerned = false;
    this.deliveredAt = now;
    return { value: this.toValue() };
  }
}
