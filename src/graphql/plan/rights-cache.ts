/**
 * Caches what people may see, together with the commits it follows from. A person's roles and assignments change only through commits to
 * the reference stream and the workflow's stream; if both heads are the same, so are the rights. Refusals are never cached.
 */
import { LRUCache } from 'lru-cache';
import type { Db } from '../../database/connection/database';
import { REFERENCE_STREAM } from '../../database/register/people';
import { StreamHeads } from '../../database/log/stream-heads';
import type { ActorFacts } from '../../versioning/rules';
import { MAX_CACHED_MS, TextCache, type RunCache, type CacheSlot } from './text-cache';

/** The viewer, and their assignment to a workflow. */
export type Actor = Pick<ActorFacts, 'viewer' | 'assignment'>;

/** A viewer's assignment to a workflow that they see, with the heads of its stream and the reference stream. */
export interface CachedActor extends Actor {
  readonly streamId: string;
  readonly heads: string;
}

/** A viewer's rights at a place of an operation, and the horizon if it reads the past. */
export interface CachedRights {
  readonly actors: readonly CachedActor[];
  readonly horizon: string | null;
}

/** The maximum number of cached entries. */
const MAX_KEPT = 20_000;

/** Both heads as one text. */
export const together = (heads: readonly (string | null)[]): string => heads.map(String).join(' ');

/** The cached rights of everybody on a server. */
class RightsCache {
  readonly #kept = new LRUCache<string, CachedRights>({ max: MAX_KEPT });
  readonly #heads: StreamHeads;

  constructor(db: Db) {
    this.#heads = new StreamHeads(db);
  }

  get = (key: string): CachedRights | undefined => this.#kept.get(key);

  keep(key: string, held: CachedRights, ms: number): void {
    if (ms > 0) this.#kept.set(key, held, { ttl: Math.min(ms, MAX_CACHED_MS) });
  }

  /** Whether nothing was committed since to the streams they follow from. */
  async isCurrent({ actors }: CachedRights): Promise<boolean> {
    const all = await Promise.all(actors.map(({ streamId }) => this.#heads.of(REFERENCE_STREAM, streamId)));
    return actors.every(({ heads }, n) => together(all[n]!) === heads);
  }
}

/** The cached rights of one request's viewer, by place in the operation and the request's variables. */
export class RunRights {
  constructor(
    private readonly kept: RightsCache,
    private readonly userId: number,
    private readonly texts: RunCache,
  ) {}

  #key(place: CacheSlot): string | null {
    const key = this.texts.key(place);
    return key && `${this.userId} ${key}`;
  }

  /** The cached rights, unchecked: the statement that relies on them has to check them. */
  known(place: CacheSlot): CachedRights | null {
    const key = this.#key(place);
    return key === null ? null : (this.kept.get(key) ?? null);
  }

  /** The cached rights if they still hold; null if there are none, or something was committed since. */
  async holding(place: CacheSlot): Promise<CachedRights | null> {
    const held = this.known(place);
    return held && (await this.kept.isCurrent(held)) ? held : null;
  }

  /** @param ms how long to keep them */
  keep(place: CacheSlot, held: CachedRights, ms: number): void {
    const key = this.#key(place);
    if (key !== null) this.kept.keep(key, held, ms);
  }
}

/** The caches of a server. */
export class PlanCaches {
  readonly texts = new TextCache();
  readonly rights: RightsCache;

  constructor(db: Db) {
    this.rights = new RightsCache(db);
  }
}
