/**
 * What is so now, asked once for all who want to know it in the same moment: while one question is under way, those who come wait for
 * the next one, since it may have been answered before what they know of was so.
 */
export class Latest<T> {
  #asking: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  read(): Promise<T> {
    return (this.#next ??= this.#asking.then(() => {
      this.#next = undefined;
      const asked = this.ask();
      this.#asking = asked.catch(() => undefined);
      return asked;
    }));
  }
}
