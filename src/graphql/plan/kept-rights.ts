/**
 * What somebody may see, kept with the commits that it follows from: who they are and what they are assigned to changes only by commits
 * to the reference data and to the workflow. Where both logs stand as they did, it is what it was. What refuses somebody is never kept.
 */
import { LRUCache } from 'lru-cache';
import type { Db } from '../../database/database';
import { REFERENCE_STREAM } from '../../database/people';
import { StreamHeads } from '../../database/stream-heads';
import type { StandingFacts } from '../../versioning/rules';
import { KEPT_MS, KeptTexts, type KeptForRun, type Place } from './kept';

/** Who asks, and how they stand to a workflow. */
export type Standing = Pick<StandingFacts, 'viewer' | 'assignment'>;

/** How somebody stands to a workflow that they see, as its log and that of the reference data stood. */
export interface HeldStanding extends Standing {
  readonly streamId: string;
  readonly heads: string;
}

/** What they see at a place of an operation, and how far, if it is of the past. */
export interface HeldRights {
  readonly standings: readonly HeldStanding[];
  readonly horizon: string | null;
}

/** So much is kept at most, and no longer than the texts that are shown for it. */
const MAX_KEPT = 20_000;

/** The heads of both logs in one text. */
export const together = (heads: readonly (string | null)[]): string => heads.map(String).join(' ');

/** What the persons of a server may see. */
export class KeptRights {
  readonly #kept = new LRUCache<string, HeldRights>({ max: MAX_KEPT });
  readonly #heads: StreamHeads;

  constructor(db: Db) {
    this.#heads = new StreamHeads(db);
  }

  get = (key: string): HeldRights | undefined => this.#kept.get(key);

  keep(key: string, held: HeldRights, ms: number): void {
    if (ms > 0) this.#kept.set(key, held, { ttl: Math.min(ms, KEPT_MS) });
  }

  /** Whether nothing was committed since that they follow from. */
  async stand({ standings }: HeldRights): Promise<boolean> {
    const all = await Promise.all(standings.map(({ streamId }) => this.#heads.of(REFERENCE_STREAM, streamId)));
    return standings.every(({ heads }, n) => together(all[n]!) === heads);
  }
}

/** What one request knows of kept rights: those of who asks, by their place in an operation and by all that the request gives to that. */
export class RightsForRun {
  constructor(
    private readonly kept: KeptRights,
    private readonly userId: number,
    private readonly texts: KeptForRun,
  ) {}

  #key(place: Place): string | null {
    const key = this.texts.key(place);
    return key && `${this.userId} ${key}`;
  }

  /** Those that were kept; whether they hold still is for the statement to say that goes without them. */
  known(place: Place): HeldRights | null {
    const key = this.#key(place);
    return key === null ? null : (this.kept.get(key) ?? null);
  }

  /** Those that hold still; null where nothing is known, or something was committed since. */
  async holding(place: Place): Promise<HeldRights | null> {
    const held = this.known(place);
    return held && (await this.kept.stand(held)) ? held : null;
  }

  /** @param ms for how long */
  keep(place: Place, held: HeldRights, ms: number): void {
    const key = this.#key(place);
    if (key !== null) this.kept.keep(key, held, ms);
  }
}

/** What a server keeps of what it was asked. */
export class Kept {
  readonly texts = new KeptTexts();
  readonly rights: KeptRights;

  constructor(db: Db) {
    this.rights = new KeptRights(db);
  }
}
