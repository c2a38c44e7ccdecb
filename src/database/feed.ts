/** What is told one after the other, each when it is asked for. What is not asked for yet is not kept here. */
export abstract class Feed<T> implements AsyncIterableIterator<T> {
  #isOver = false;
  #waiting: ((result: IteratorResult<T>) => void) | null = null;

  /** @param leave called when it ends, at least once */
  constructor(private readonly leave: () => void) {}

  /** What is to be told now, if there is something; with that it is told. */
  protected abstract take(): { readonly value: T } | null;

  /** Answers who waits for the next one, if it is there. */
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

  /** Ends what is being waited for, too, as a generator would not. */
  return(): Promise<IteratorResult<T>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
