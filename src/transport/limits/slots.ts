/** Limits the number of places that each person takes on this server. */
export class Slots {
  readonly #taken = new Map<number, number>();

  constructor(private readonly most: number) {}

  /** Takes a place; returns the function that releases it, or null if the person has none left. */
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
