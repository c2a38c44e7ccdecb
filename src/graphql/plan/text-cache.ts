/**
 * Caches the JSON texts of lists. A cached text is never trusted by itself: the request's statement reads the viewer and their rights as
 * always, together with a fingerprint of the rows that the text was made from. Only if the fingerprint is the same are the rows skipped. So
 * an approved version costs no more than finding it, and rows that were changed, in whatever way, are read again.
 */
import { LRUCache } from 'lru-cache';
import type { TextRow } from '../../database/connection/statements';
import type { Write } from './compile';
import type { Run } from './run';
import type { Statement } from './statement';

/** A piece of an answer, with the number of field changes in it. */
interface Piece {
  readonly text: string;
  readonly fieldChanges: number;
}

/** The pieces made from the rows of a list, one for each place in the answer. */
interface CachedList {
  readonly print: string;
  readonly pieces: readonly Piece[];
}

let places = 0;

/** A place in the answers to an operation whose text is cached, as a number of pieces. */
export abstract class CacheSlot {
  readonly id = places++;
  constructor(readonly size: number) {}
}

/** The maximum number of cached characters, at most two bytes each; a piece has some ten thousand. */
const MAX_CHARACTERS = 2 ** 25;
/**
 * The maximum age. The fingerprint does not cover the register, nor decisions carried from elsewhere; if a superuser forges these while
 * triggers are off, the forgery stays unnoticed for no longer than this.
 */
export const MAX_CACHED_MS = 60_000;
/** Requests with longer variables are not cached. */
const MAX_KEY = 2_000;

/** A server's cached texts (LRU). */
export class TextCache {
  readonly #lists = new LRUCache<string, CachedList>({
    maxSize: MAX_CHARACTERS,
    ttl: MAX_CACHED_MS,
    ttlResolution: 1_000,
    sizeCalculation: ({ pieces }, key) => pieces.reduce((size, { text }) => size + text.length, key.length + 1),
  });

  get = (key: string): CachedList | undefined => this.#lists.get(key);

  keep(key: string, { print, pieces }: CachedList): void {
    // Flattens the string; otherwise V8 would retain all the parts that it was concatenated from.
    const flat = ({ text, fieldChanges }: Piece) => ({ text: Buffer.from(text).toString(), fieldChanges });
    this.#lists.set(key, { print, pieces: pieces.map(flat) });
  }
}

/** The cached texts of one request. */
export class RunCache {
  readonly #found = new Map<CacheSlot, CachedList | undefined>();
  readonly #made = new Map<CacheSlot, { readonly print: string; readonly pieces: Piece[] }>();
  #variables: string | undefined;

  constructor(
    private readonly kept: TextCache,
    private readonly variables: Record<string, unknown>,
  ) {}

  /** The cache key: the place in the operation, and the request's variables. */
  key(place: CacheSlot): string | null {
    this.#variables ??= JSON.stringify(this.variables);
    return this.#variables.length > MAX_KEY ? null : `${place.id} ${this.#variables}`;
  }

  /** The same result for the whole request, because the text that is written must be the one whose fingerprint the statement checked. */
  find(place: CacheSlot): CachedList | undefined {
    if (this.#found.has(place)) return this.#found.get(place);
    const key = this.key(place);
    const found = key === null ? undefined : this.kept.get(key);
    this.#found.set(place, found);
    return found;
  }

  /** Caches a list once all its pieces are there. */
  note(place: CacheSlot, print: string, n: number, piece: Piece): void {
    let made = this.#made.get(place);
    if (!made) this.#made.set(place, (made = { print, pieces: [] }));
    made.pieces[n] = piece;
    if (Object.keys(made.pieces).length < place.size) return;
    const key = this.key(place);
    if (key !== null) this.kept.keep(key, made);
  }
}

/** A list whose text is cached: the rows of one object, read by the statement that reads the object. */
export class CachedRows extends CacheSlot {
  #print = -1;
  readonly #alias: string;

  /**
   * Reads the fingerprint beside the object, so that it is known before the list is read.
   * @param size the number of pieces made from the rows
   * @param print an expression for the fingerprint; null if nothing is to be cached
   */
  constructor(
    private readonly statement: Statement,
    size: number,
    print: () => string,
  ) {
    super(size);
    this.#alias = statement.alias();
    statement.keepings.push(this);
    statement.join(() =>
      this.#isUsed ? `left join lateral (select ${print()} as print offset 0) ${this.#alias} on true` : '',
    );
  }

  get #isUsed(): boolean {
    return this.#print >= 0;
  }

  /** Declares that the text follows from the rows of the fingerprint. Returns the condition under which the rows are read. */
  use(): string {
    const print = `${this.#alias}.print`;
    this.#print = this.statement.as(null, () => this.statement.place(print));
    return `${print} is distinct from ${this.statement.parameter((run) => run.kept.find(this)?.print ?? '')}`;
  }

  /** Whether the rows can be skipped if their fingerprint is unchanged. */
  isKnown = (run: Run): boolean => this.#isUsed && run.kept.find(this) !== undefined;

  /** Whether it is unchanged, according to a row that was read without them. */
  isSame = (run: Run, row: TextRow): boolean => run.kept.find(this)?.print === row[this.#print];

  /** Writes a piece of the answer, or takes it from the cache. */
  piece(n: number, write: Write): Write {
    return (run, rows, from, to) => {
      const print = this.#isUsed ? rows[from]![this.#print]! : null;
      if (print === null) return write(run, rows, from, to);
      return cachedPiece(run, this, n, print) ?? writePiece(run, this, n, print, () => write(run, rows, from, to));
    };
  }
}

/** A cached piece; null if its fingerprint differs. */
export function cachedPiece(run: Run, place: CacheSlot, n: number, print: string): string | null {
  const found = run.kept.find(place);
  if (found?.print !== print) return null;
  const { text, fieldChanges } = found.pieces[n]!;
  run.showFieldChanges(fieldChanges);
  return text;
}

/** Writes a piece and caches it. */
export function writePiece(run: Run, place: CacheSlot, n: number, print: string, write: () => string): string {
  const { hidden, shown } = run;
  const before = shown.fieldChanges;
  const text = write();
  // Not cached if anything was hidden, since others may see it.
  if (run.hidden === hidden) run.kept.note(place, print, n, { text, fieldChanges: shown.fieldChanges - before });
  return text;
}
