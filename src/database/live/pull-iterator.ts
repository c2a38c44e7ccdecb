/** An async iterator that produces each value on demand and buffers nothing. */
export abstract class PullIterator<T> implements AsyncIterableIterator<T> {
  #isOver = false;
  #waiting: ((result: IteratorResult<T>) => void) | null = null;

  /** @param leave called when the iterator ends, at least once */
  constructor(private readonly leave: () => void) {}

  /** Takes the next value, if there is one; a value that was taken counts as delivered. */
  protected abstract take(): { readonly value: T } | null;

  /** Resolves the pending `next()`, if a value is available. */
  protected answer(): void {
    if (!this.#waiting) return;
    const taken = this.#isOver ? null : this.take();
    if (!this.#isOver && !taken) return;
    const answer = this.#waiting;
    this.#waiting = null;
    answer(taken ? { done: false, value: taken.value } : { done: true, value: undefined });
  }

  end(): this {
    this.#isOver = true;
    this.leave();
    this.answer();
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.answer();
    });
  }

  /** Also resolves a pending `next()`, which a generator's `return` would not do. */
  return(): Promise<IteratorResult<T>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
