/**
 * Who wants to hear when what waits for them changes. A commit is looked at once for all of them: it concerns whoever its workflow names,
 * or named once; and everybody, where it is one to the register, since that says who is who. What then waits for them, they read
 * themselves. So a follower begins with what waits now, and who was away misses nothing.
 */
import type { Db } from './database';
import { Feed } from './feed';
import { REFERENCE_STREAM } from './people';
import { namedIn } from './work';

/** Nobody is told more often, in milliseconds: many commits in a row are one change to what waits. */
const TOLD_EVERY_MS = 1000;

/** Up to where the log of a stream goes. */
export interface StreamHead {
  readonly streamId: string;
  readonly sequence: number;
}

/** All logs, by where they stand. */
export const headsOfAll = (db: Db): Promise<StreamHead[]> => db.query('select stream_id, sequence from log.stream', []);

/** What a following is to the one who looks whether there is news. */
type Followed = Pick<WorkFollowing<unknown>, 'concern' | 'wake'> & { end(): unknown };

export class WorkFollowers {
  readonly #followers = new Map<number, Set<Followed>>();
  /** Where the logs stood when they were looked at last; null where nobody followed. */
  #known: ReadonlyMap<string, number> | null = null;

  constructor(private readonly db: Db) {}

  get size(): number {
    return [...this.#followers.values()].reduce((sum, those) => sum + those.size, 0);
  }

  /** @param told what is made of each change */
  follow<T>(userId: number, told: () => T): WorkFollowing<T> {
    const following: WorkFollowing<T> = new WorkFollowing(told, () => {
      const those = this.#followers.get(userId);
      those?.delete(following);
      if (those?.size === 0) this.#followers.delete(userId);
      if (this.#followers.size === 0) this.#known = null;
    });
    this.#followers.set(userId, (this.#followers.get(userId) ?? new Set()).add(following));
    return following;
  }

  /** Wakes those whom commits concern that are new; each of them reads what waits later than these heads were read. */
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

export class WorkFollowing<T> extends Feed<T> {
  /** What waits now is told first. */
  private isConcerned = true;
  private hasBegun = false;
  private toldAt = -Infinity;

  constructor(
    private readonly told: () => T,
    leave: () => void,
  ) {
    super(leave);
  }

  concern(): void {
    this.isConcerned = true;
  }

  /** It was looked where the logs stand. */
  wake(): void {
    this.hasBegun = true;
    this.answer();
  }

  protected take(): { readonly value: T } | null {
    const now = performance.now();
    if (!this.hasBegun || !this.isConcerned || now - this.toldAt < TOLD_EVERY_MS) return null;
    this.isConcerned = false;
    this.toldAt = now;
    return { value: this.told() };
  }
}
