/**
 * Work that takes long is done a bounded number at a time, and people take turns: whoever asks for much waits for themselves,
 * not for others, and is told so when too much of theirs is waiting.
 */
import { DomainError } from '../versioning/errors';

interface Line {
  isServed: boolean;
  readonly waiting: (() => void)[];
}

interface TurnOptions {
  /** What the work is, for those who are sent away. */
  readonly what: string;
  readonly atOnce: number;
  /** How much of one person may wait. */
  readonly waiting: number;
}

const RETRY_AFTER_SECONDS = 2;

export class Turns {
  /** The lines of all who wait or are served; who was served last is last. */
  readonly #lines = new Map<number, Line>();
  #atWork = 0;

  constructor(private readonly options: TurnOptions) {}

  /** Does the work when it is this person's turn. */
  async take<T>(person: number, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(person) ?? { isServed: false, waiting: [] };
    if (line.waiting.length >= this.options.waiting) throw tooMuch(this.options.what);
    await new Promise<void>((turn) => {
      line.waiting.push(turn);
      this.#lines.set(person, line);
      this.#serve();
    });
    try {
      return await work();
    } finally {
      this.#atWork--;
      line.isServed = false;
      this.#lines.delete(person);
      if (line.waiting.length > 0) this.#lines.set(person, line);
      this.#serve();
    }
  }

  #serve(): void {
    for (const line of this.#lines.values()) {
      if (this.#atWork >= this.options.atOnce) return;
      if (line.isServed) continue;
      this.#atWork++;
      line.isServed = true;
      line.waiting.shift()!();
    }
  }
}

/** Tells a client that it may ask for the same again. */
export const tooMuch = (what: string) =>
  new DomainError('BUSY', `Too much is going on for ${what}. Ask again in a moment, or for less at once.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
