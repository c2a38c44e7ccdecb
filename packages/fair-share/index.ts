export interface Bounds {
  /** How many there are at once. */
  readonly size: number;
  /** How many of them one key has at most. */
  readonly each: number;
  /** How many of one key wait at most. */
  readonly waiting: number;
  readonly patienceMs: number;
  /** What those are told who are too many, or have waited too long. */
  readonly refusal: () => Error;
}

type Start = () => void;

/**
 * A bounded share of something: so many at once, of them so many for one key. Who has to wait holds nothing meanwhile; keys take
 * turns, whatever each has waiting; and nobody waits for long, or behind too many.
 */
export class Share<Key> {
  #taken = 0;
  readonly #takenBy = new Map<Key, number>();
  /** Whose turn was longest ago comes first. */
  readonly #lines = new Map<Key, Start[]>();

  constructor(readonly bounds: Bounds) {}

  /** Does something when it is the key's turn. */
  async run<T>(key: Key, work: () => Promise<T>, patienceMs = this.bounds.patienceMs): Promise<T> {
    if (this.#hasRoomFor(key)) this.#take(key);
    else await this.#turn(key, patienceMs);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  /** How many wait. */
  get waiting(): number {
    return [...this.#lines.values()].reduce((sum, line) => sum + line.length, 0);
  }

  #hasRoomFor(key: Key): boolean {
    return this.#taken < this.bounds.size && (this.#takenBy.get(key) ?? 0) < this.bounds.each;
  }

  #take(key: Key): void {
    this.#taken++;
    this.#takenBy.set(key, (this.#takenBy.get(key) ?? 0) + 1);
  }

  #turn(key: Key, patienceMs: number): Promise<void> {
    const line = this.#lines.get(key) ?? [];
    if (line.length >= this.bounds.waiting) throw this.bounds.refusal();
    this.#lines.set(key, line);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.splice(line.indexOf(start), 1);
        if (line.length === 0) this.#lines.delete(key);
        reject(this.bounds.refusal());
      }, patienceMs);
      const start = () => {
        clearTimeout(timer);
        this.#take(key);
        resolve();
      };
      line.push(start);
    });
  }

  #leave(key: Key): void {
    this.#taken--;
    const taken = this.#takenBy.get(key)! - 1;
    if (taken === 0) this.#takenBy.delete(key);
    else this.#takenBy.set(key, taken);
    for (const [next, line] of this.#lines) {
      if (this.#taken >= this.bounds.size) return;
      if (!this.#hasRoomFor(next)) continue;
      line.shift()!();
      this.#lines.delete(next);
      if (line.length > 0) this.#lines.set(next, line); // behind all others
    }
  }
}
