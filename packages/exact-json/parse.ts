import { setImmediate } from 'node:timers/promises';
import { problemOfNumber } from './problems';

/** How a text is read. */
export interface Reading {
  /** How a message calls the text. */
  readonly where: string;
  /** Hears how many entries, keys and brackets were met so far, and throws where there are too many. */
  readonly onValue: (values: number) => void;
  /** What is thrown where something would not be kept as it was sent. */
  readonly inexact: (problem: string) => Error;
  /** What is thrown where it is no JSON in UTF-8. */
  readonly invalid: (problem: string) => Error;
  /** Reads what is long when it is its turn: others come up while it is read. */
  readonly whenLong?: (read: () => Promise<void>) => Promise<void>;
}

/** Strict: bytes that are no UTF-8 would otherwise be stored as other characters than were meant. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** So many characters are read before the clock is looked at. */
const SLICE = 2 ** 14;

/** So long, in milliseconds, before others get their turn: an answer takes a dozen turns, and waits in each of them. */
const TURN = 2;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads numbers and keys of a text, in the order in which they stand there; whether it is JSON is not its to say. Our own,
 * because a tokenizer that makes a value of each token takes several times as long, and everybody waits for it.
 */
class Reader {
  #at = 0;
  /** The keys of each object that is open, and null for each list. */
  readonly #open: (Set<string> | null)[] = [];
  #isKey = false;

  /** How many entries, keys and brackets were met. */
  #values = 0;

  constructor(
    private readonly text: string,
    private readonly reading: Reading,
  ) {}

  /** Reads on to a position, or a little further; whether there is more. */
  readTo(end: number): boolean {
    const stop = Math.min(end, this.text.length);
    while (this.#at < stop) this.#meet(this.text[this.#at++]!);
    return this.#at < this.text.length;
  }

  #meet(character: string): void {
    switch (character) {
      case '{':
        return this.#enter(new Set());
      case '[':
        return this.#enter(null);
      case '}':
      case ']':
        this.#open.pop();
        return;
      case ',':
        this.#count();
        this.#isKey = this.#open.at(-1) != null;
        return;
      case '"':
        return this.#meetString();
      default:
        if (character === '-' || (character >= '0' && character <= '9')) this.#meetNumber();
    }
  }

  #meetNumber(): void {
    NUMBER.lastIndex = this.#at - 1;
    const [literal] = NUMBER.exec(this.text) ?? [];
    if (literal === undefined) return;
    this.#at = NUMBER.lastIndex;
    const problem = problemOfNumber(literal, this.reading.where);
    if (problem !== null) throw this.reading.inexact(problem);
  }

  #count(): void {
    this.reading.onValue(++this.#values);
  }

  #enter(keys: Set<string> | null): void {
    this.#count();
    this.#open.push(keys);
    this.#isKey = keys !== null;
  }

  #meetString(): void {
    const start = this.#at;
    const end = endOfString(this.text, start);
    this.#at = end + 1;
    const keys = this.#open.at(-1);
    if (!this.#isKey || !keys) return;
    this.#isKey = false;
    const written = this.text.slice(start, end);
    const key = written.includes('\\') ? validly(() => JSON.parse(`"${written}"`) as string, this.reading) : written;
    if (keys.has(key))
      throw this.reading.inexact(
        `${this.reading.where} has the key ${JSON.stringify(key.slice(0, 100))} twice in one object; only one of them could be kept. Send it once.`,
      );
    keys.add(key);
  }
}

/** Where the quote stands that ends a string: before it is an even number of backslashes. Without one, the text's end. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (before > start && text[before - 1] === '\\') before--;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
}

/** Parses what was sent at once, after it was read in turns and is known to be no larger than it may be. */
export async function parseExactly(bytes: Uint8Array, reading: Reading): Promise<unknown> {
  const text = validly(() => utf8.decode(bytes), reading);
  const reader = new Reader(text, reading);
  const { whenLong = (read) => read() } = reading;
  if (reader.readTo(SLICE)) await whenLong(() => readInTurns(reader));
  return validly(() => JSON.parse(text) as unknown, reading);
}

function validly<T>(read: () => T, { where, invalid }: Reading): T {
  try {
    return read();
  } catch {
    throw invalid(`${where} is not valid JSON in UTF-8.`);
  }
}

async function readInTurns(reader: Reader): Promise<void> {
  let began = performance.now();
  for (let end = 2 * SLICE; reader.readTo(end); end += SLICE) {
    if (performance.now() - began < TURN) continue;
    await setImmediate();
    began = performance.now();
  }
}
