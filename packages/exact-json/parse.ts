import { setImmediate } from 'node:timers/promises';
import { problemOfNumber } from './problems';

/** Options of reading a text. */
export interface Reading {
  /** What messages call the text. */
  readonly where: string;
  /** Called with the number of entries, keys and brackets met so far; throws if there are too many. */
  readonly onValue: (values: number) => void;
  /** The error for values that would be altered. */
  readonly inexact: (problem: string) => Error;
  /** The error for text that is not JSON in UTF-8. */
  readonly invalid: (problem: string) => Error;
  /** Schedules long texts, so that other requests are served in between. */
  readonly whenLong?: (read: () => Promise<void>) => Promise<void>;
}

/** Fatal mode: invalid UTF-8 would otherwise be stored as replacement characters. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The number of characters read between looks at the clock. */
const SLICE = 2 ** 14;

/** The time slice in milliseconds. It is short, because a response needs a dozen turns of the event loop and may wait in each. */
const TURN = 2;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Scans numbers and keys in document order, without checking that the text is JSON. It is our own scanner, because a tokenizer that creates
 * an object for each token is several times slower and blocks the event loop.
 */
class Reader {
  #at = 0;
  /** The keys of each open object; null for each open list. */
  readonly #open: (Set<string> | null)[] = [];
  #isKey = false;

  /** The number of entries, keys and brackets so far. */
  #values = 0;

  constructor(
    private readonly text: string,
    private readonly reading: Reading,
  ) {}

  /** Scans to a position or slightly beyond; returns whether there is more. */
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

/** The position of a string's closing quote, which follows an even number of backslashes; the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (before > start && text[before - 1] === '\\') before--;
    if ((quote - before) % 2 === 0) return quote;
  }
  return text.length;
}

/** Parses in one go, after the text was scanned in slices and its size was checked. */
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
