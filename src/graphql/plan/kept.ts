/**
 * Texts of lists that were written once, kept for whoever asks the same again. Nothing of a request is believed for having been
 * answered: its statement reads who asks and what they may see as ever, and of the rows that the text was made from it reads their
 * print. Only where that is the same, the rows themselves are not read. So what is approved costs no more than finding it, and what
 * was changed, by whatever way, is read again.
 */
import { LRUCache } from 'lru-cache';
import type { TextRow } from '../../database/statements';
import type { Write } from './compile';
import type { Run } from './run';
import type { Statement } from './statement';

/** A piece of an answer, and how many changes of fields it shows. */
interface Piece {
  readonly text: string;
  readonly fieldChanges: number;
}

/** What was made from the rows of a list, one piece for each place in the answer. */
interface KeptList {
  readonly print: string;
  readonly pieces: readonly Piece[];
}

let places = 0;

/** A place in the answers to an operation whose text is kept, in so many pieces. */
export abstract class Place {
  readonly id = places++;
  constructor(readonly size: number) {}
}

/** So many characters are kept in all, of at most two bytes each; a piece of an answer has some ten thousand. */
const MAX_CHARACTERS = 2 ** 25;
/**
 * So long something is kept at most. A print does not show what is forged in the register, or in a decision that was carried, where
 * no trigger hears of it, which takes a superuser: that is hidden no longer than this.
 */
export const KEPT_MS = 60_000;
/** Of what is asked by longer variables nothing is kept. */
const MAX_KEY = 2_000;

/** The texts of a server: whichever was not asked for the longest is forgotten first. */
export class KeptTexts {
  readonly #lists = new LRUCache<string, KeptList>({
    maxSize: MAX_CHARACTERS,
    ttl: KEPT_MS,
    ttlResolution: 1_000,
    sizeCalculation: ({ pieces }, key) => pieces.reduce((size, { text }) => size + text.length, key.length + 1),
  });

  get = (key: string): KeptList | undefined => this.#lists.get(key);

  keep(key: string, { print, pieces }: KeptList): void {
    // A text that was put together piece by piece keeps all of them, until it is written once.
    const flat = ({ text, fieldChanges }: Piece) => ({ text: Buffer.from(text).toString(), fieldChanges });
    this.#lists.set(key, { print, pieces: pieces.map(flat) });
  }
}

/** What one request knows of kept texts. */
export class KeptForRun {
  readonly #found = new Map<Place, KeptList | undefined>();
  readonly #made = new Map<Place, { readonly print: string; readonly pieces: Piece[] }>();
  #variables: string | undefined;

  constructor(
    private readonly kept: KeptTexts,
    private readonly variables: Record<string, unknown>,
  ) {}

  /** What is kept is told apart by its place in an operation, and by all that the request gives to that. */
  key(place: Place): string | null {
    this.#variables ??= JSON.stringify(this.variables);
    return this.#variables.length > MAX_KEY ? null : `${place.id} ${this.#variables}`;
  }

  /** The same for the whole request: what its statement asked about is what is written. */
  find(place: Place): KeptList | undefined {
    if (this.#found.has(place)) return this.#found.get(place);
    const key = this.key(place);
    const found = key === null ? undefined : this.kept.get(key);
    this.#found.set(place, found);
    return found;
  }

  /** Keeps a list when all its pieces are there. */
  note(place: Place, print: string, n: number, piece: Piece): void {
    let made = this.#made.get(place);
    if (!made) this.#made.set(place, (made = { print, pieces: [] }));
    made.pieces[n] = piece;
    if (Object.keys(made.pieces).length < place.size) return;
    const key = this.key(place);
    if (key !== null) this.kept.keep(key, made);
  }
}

/** A list whose text is kept: the rows of one object, read by the statement that reads the object. */
export class Keeping extends Place {
  #print = -1;
  readonly #alias: string;

  /**
   * Reads the print beside the object, so it is there before the list is read.
   * @param size how many pieces of the answer are made from the rows
   * @param print an expression; null where nothing is to be kept
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

  /** Says that the text follows from what the print is of. Answers the condition on which the rows are read. */
  use(): string {
    const print = `${this.#alias}.print`;
    this.#print = this.statement.as(null, () => this.statement.place(print));
    return `${print} is distinct from ${this.statement.parameter((run) => run.kept.find(this)?.print ?? '')}`;
  }

  /** Whether the rows can be left out, if their print is still the same. */
  isKnown = (run: Run): boolean => this.#isUsed && run.kept.find(this) !== undefined;

  /** Whether it is, by a row that was read without them. */
  isSame = (run: Run, row: TextRow): boolean => run.kept.find(this)?.print === row[this.#print];

  /** Writes a piece of the answer, or takes it as it was written before. */
  piece(n: number, write: Write): Write {
    return (run, rows, from, to) => {
      const print = this.#isUsed ? rows[from]![this.#print]! : null;
      if (print === null) return write(run, rows, from, to);
      return known(run, this, n, print) ?? noted(run, this, n, print, () => write(run, rows, from, to));
    };
  }
}

/** A piece as it was written before; null if its print was another one. */
export function known(run: Run, place: Place, n: number, print: string): string | null {
  const found = run.kept.find(place);
  if (found?.print !== print) return null;
  const { text, fieldChanges } = found.pieces[n]!;
  run.showFieldChanges(fieldChanges);
  return text;
}

/** Writes a piece, and keeps it. */
export function noted(run: Run, place: Place, n: number, print: string, write: () => string): string {
  const { hidden, shown } = run;
  const before = shown.fieldChanges;
  const text = write();
  // What is hidden from one person is not hidden from all.
  if (run.hidden === hidden) run.kept.note(place, print, n, { text, fieldChanges: shown.fieldChanges - before });
  return text;
}
