/**
 * JSON as clients send it, held against what programs make of it. A parser takes the last of two equal keys and the nearest
 * double of a number without a word; here the text itself decides, and what would be lost or altered is refused.
 */
import { setImmediate } from 'node:timers/promises';
import { Share } from '../database/share';
import { badInput, busy } from '../versioning/errors';
import { isRefusal } from './error-codes';
import { demandKept } from './input-guard';
import { holdValues } from './limits';
import { badRequest } from './refusals';

/** Strict: bytes that are no UTF-8 would otherwise be stored as other characters than were meant. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** So many characters are read before the clock is looked at. */
const SLICE = 2 ** 14;

/** So long, in milliseconds, before others get their turn: an answer takes a dozen turns, and waits in each of them. */
const TURN = 2;

/** What is larger is looked at one at a time, and its senders take turns: between two slices are those who sent little. */
const larger = new Share<string>({
  size: 1,
  each: 1,
  waiting: 100,
  patienceMs: 20_000,
  refusal: () => busy('Many large requests are being read. Try again in a few seconds, or send less at once.', 2),
});

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

  /** @param where how a message calls the text */
  constructor(
    private readonly text: string,
    private readonly where: string,
    private readonly maxValues: number,
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
    demandKept(literal, this.where);
  }

  #count(): void {
    holdValues(this.maxValues, ++this.#values);
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
    if (!this.#isKey) return;
    this.#isKey = false;
    const written = this.text.slice(start, end);
    const key = written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
    const keys = this.#open.at(-1)!;
    if (keys.has(key))
      throw badInput(
        `${this.where} has the key ${JSON.stringify(key.slice(0, 100))} twice in one object; only one of them could be kept. Send it once.`,
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

/**
 * Parses what was sent at once, after it was read in turns and is known to be no larger than it may be. What is no JSON
 * in UTF-8 is BAD_REQUEST; what would not be kept as it was sent is BAD_USER_INPUT.
 * @param where how a message calls the text
 * @param sender who takes turns with others, where it is large
 */
export async function parseStrictly(
  bytes: Uint8Array,
  where: string,
  maxValues: number,
  sender = '',
): Promise<unknown> {
  try {
    const text = utf8.decode(bytes);
    const reader = new Reader(text, where, maxValues);
    if (reader.readTo(SLICE)) await larger.run(sender, () => readInTurns(reader));
    return JSON.parse(text);
  } catch (error) {
    throw isRefusal(error) ? error : badRequest(`${where} is not valid JSON in UTF-8.`);
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
