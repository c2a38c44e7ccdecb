/**
 * How many requests are being answered at once. What is scarce has bounded queues of its own, but a server that has less of a processor
 * than is asked of it gets to none of them in time. So who is too many is told at once, before anything is asked of the database, and
 * whoever is let in is answered while they still wait for it.
 */
import { busy } from '../versioning/errors';

export const REQUESTS_AT_ONCE = 512;

/** Lets so many in, of one person half of them at most, and gives each a way to leave, once. */
export class Admission {
  #inside = 0;
  readonly #insideOf = new Map<number, number>();

  constructor(private readonly size: number = REQUESTS_AT_ONCE) {}

  enter(userId: number): () => void {
    const ofPerson = this.#insideOf.get(userId) ?? 0;
    if (this.#inside >= this.size || ofPerson >= Math.ceil(this.size / 2))
      throw busy('The server has too much to do at the moment. Try again in a few seconds.', 2);
    this.#inside++;
    this.#insideOf.set(userId, ofPerson + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside--;
      const left = this.#insideOf.get(userId)! - 1;
      if (left === 0) this.#insideOf.delete(userId);
      else this.#insideOf.set(userId, left);
    };
  }
}
