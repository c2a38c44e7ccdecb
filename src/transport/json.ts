/**
 * JSON as clients send it, held against what programs make of it. A parser takes the last of two equal keys and the nearest
 * double of a number without a word; here the text itself decides, and what would be lost or altered is refused.
 */
import { setImmediate } from 'node:timers/promises';
import { Tokenizer, TokenType } from '@streamparser/json';
import { Share } from '../database/share';
import { badInput, busy } from '../versioning/errors';
import { isRefusal } from './error-codes';
import { demandKept } from './input-guard';
import { holdValues } from './limits';
import { badRequest } from './refusals';

/** Strict: bytes that are no UTF-8 would otherwise be stored as other characters than were meant. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** So much is looked at before the clock is. */
const SLICE = 2 ** 15;

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

/** Reads numbers and keys of a text, in the order in which they stand there; whether it is JSON is not its to say. */
class Reader extends Tokenizer {
  /** The keys of each object that is open, and null for each list. */
  readonly #open: (Set<string> | null)[] = [];
  #isKey = false;

  /** How many entries, keys and brackets were met. */
  #values = 0;

  constructor(
    private readonly where: string,
    private readonly maxValues: number,
  ) {
    super();
  }

  override parseNumber(literal: string): number {
    demandKept(literal, this.where);
    return 0;
  }

  override onToken = ({ token, value }: { token: TokenType; value: unknown }): void => {
    switch (token) {
      case TokenType.LEFT_BRACE:
        holdValues(this.maxValues, ++this.#values);
        this.#open.push(new Set());
        this.#isKey = true;
        return;
      case TokenType.LEFT_BRACKET:
        holdValues(this.maxValues, ++this.#values);
        this.#open.push(null);
        this.#isKey = false;
        return;
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        this.#open.pop();
        return;
      case TokenType.COLON:
        this.#isKey = false;
        return;
      case TokenType.COMMA:
        holdValues(this.maxValues, ++this.#values);
        this.#isKey = this.#open.at(-1) != null;
        return;
      case TokenType.STRING:
        if (this.#isKey) this.#meet(value as string);
    }
  };

  override onError = (error: Error): void => {
    throw error;
  };

  #meet(key: string): void {
    const keys = this.#open.at(-1)!;
    if (keys.has(key))
      throw badInput(
        `${this.where} has the key ${JSON.stringify(key.slice(0, 100))} twice in one object; only one of them could be kept. Send it once.`,
      );
    keys.add(key);
  }
}

/**
 * Parses what was sent, a slice at a time and then at once, when it is known to be no larger than it may be. What is no JSON
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
  const reader = new Reader(where, maxValues);
  try {
    if (bytes.length <= SLICE) reader.write(bytes);
    else await larger.run(sender, () => readInSlices(reader, bytes));
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw isRefusal(error) ? error : badRequest(`${where} is not valid JSON in UTF-8.`);
  }
}

async function readInSlices(reader: Reader, bytes: Uint8Array): Promise<void> {
  let began = performance.now();
  for (let start = 0; start < bytes.length; start += SLICE) {
    if (performance.now() - began > TURN) {
      await setImmediate();
      began = performance.now();
    }
    reader.write(bytes.subarray(start, start + SLICE));
  }
}
