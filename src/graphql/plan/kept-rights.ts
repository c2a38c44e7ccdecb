/**
 * What somebody may see, kept with the commits that it follows from: who they are and what they are assigned to changes only by commits
 * to the reference data and to the workflow. Where both logs stand as they did, it is what it was. What refuses somebody is never kept.
 */
import { LRUCache } from 'lru-cache';
import type { Db } from '../../database/database';
import { ownershipTurnsIn, REFERENCE_STREAM } from '../../database/people';
import type { TextRow } from '../../database/statements';
import { headOf, StreamHeads } from '../../database/stream-heads';
import { KEPT_MS, KeptTexts, type KeptForRun, type Place } from './kept';

/** That somebody saw a workflow, as the logs stood, and how far an instant of the past reaches. */
export interface HeldRights {
  readonly streamId: string;
  readonly heads: string;
  readonly horizon: string;
}

/** With which commits rights hold that were read, for how long, and when they were asked, by a clock that only goes on. */
export interface RightsRead {
  readonly heads: string;
  /** In how many milliseconds a time ends for which somebody owns data, or one begins; null where none does. */
  readonly endsIn: string | null;
  readonly since: number;
}

/** So much is kept at most, and no longer than the texts that are shown for it. */
const MAX_KEPT = 20_000;

const together = (heads: readonly (string | null)[]): string => heads.map(String).join(' ');

/** What the persons of a server may see. */
export class KeptRights {
  readonly #kept = new LRUCache<string, HeldRights>({ max: MAX_KEPT });
  readonly #heads: StreamHeads;

  constructor(db: Db) {
    this.#heads = new StreamHeads(db);
  }

  get = (key: string): HeldRights | undefined => this.#kept.get(key);

  keep(key: string, held: HeldRights, { since, endsIn }: RightsRead): void {
    const left = Math.min(KEPT_MS, Number(endsIn ?? KEPT_MS)) - Math.ceil(performance.now() - since);
    if (left > 0) this.#kept.set(key, held, { ttl: left });
  }

  /** Whether nothing was committed since that they follow from. */
  async stand({ streamId, heads }: HeldRights): Promise<boolean> {
    return together(await this.#heads.of(REFERENCE_STREAM, streamId)) === heads;
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

  /** Those that hold still; null where nothing is known, or something was committed since. */
  async find(place: Place): Promise<HeldRights | null> {
    const key = this.#key(place);
    const held = key && this.kept.get(key);
    return held && (await this.kept.stand(held)) ? held : null;
  }

  keep(place: Place, held: HeldRights, read: RightsRead): void {
    const key = this.#key(place);
    if (key !== null) this.kept.keep(key, held, read);
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

/** Reads, beside the rights of a person to a workflow `w`, with which commits and for how long they hold. */
export function headsBeside(userId: string, place: (sql: string) => number) {
  const heads = [`'${REFERENCE_STREAM}'`, 'w.workflow_id'].map((stream) => place(headOf(stream)));
  const endsIn = place(ownershipTurnsIn(userId));
  return (row: TextRow): Omit<RightsRead, 'since'> => ({
    heads: together(heads.map((head) => row[head]!)),
    endsIn: row[endsIn]!,
  });
}
