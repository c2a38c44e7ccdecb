/** How many of something each person has open at this server; no more than so many. */
export class Places {
  readonly #taken = new Map<number, number>();

  constructor(private readonly most: number) {}

  /** Takes one more place; answers how to give it back, or null where a person has all of theirs. */
  take(userId: number): (() => void) | null {
    const count = this.#taken.get(userId) ?? 0;
    if (count >= this.most) return null;
    this.#taken.set(userId, count + 1);
    return () => {
      const left = this.#taken.get(userId)! - 1;
      if (left > 0) this.#taken.set(userId, left);
      else this.#taken.delete(userId);
    };
  }
}
