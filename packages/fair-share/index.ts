export interface Bounds {
  /** The number of slots. */
  readonly size: number;
  /** The maximum number of slots for one key. */
  readonly each: number;
  /** The maximum queue length for one key. */
  readonly waiting: number;
  readonly patienceMs: number;
  /** The error for those who exceed the queue or its time-out. */
  readonly refusal: () => Error;
}

type Start = () => void;

/**
 * A bounded number of slots with a limit for each key. Waiting tasks hold no resources. Keys are served round-robin however many tasks each
 * has queued, and both the length of a queue and the time in it are bounded.
 */
export class Share<Key> {
  #taken = 0;
  readonly #takenBy = new Map<Key, number>();
  /** The key served longest ago comes first. */
  readonly #lines = new Map<Key, Start[]>();

  constructor(readonly bounds: Bounds) {}

  /** Runs a task in a slot when it is the key's turn. */
  async run<T>(key: Key, work: () => Promise<T>, patienceMs = this.bounds.patienceMs): Promise<T> {
    if (this.#hasRoomFor(key)) this.#take(key);
    else await this.#turn(key, patienceMs);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  /** The number of waiting tasks. */
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
      if (line.length > 0) this.#lines.set(next, line); // to the end of the queue
    }
  }
}
