/**
 * How many requests are being answered at once. What is scarce has bounded queues of its own, but a server that has less of a processor
 * than is asked of it gets to none of them in time. So who is too many is told at once, before anything is asked of the database, and
 * whoever is let in is answered while they still wait for it.
 */
import { busy } from '../versioning/errors';
import { Places } from './places';

export const REQUESTS_AT_ONCE = 512;

/** Lets so many in, of one person half of them at most, and gives each a way to leave, once. */
export class Admission {
  #inside = 0;
  readonly #places: Places;

  constructor(private readonly size: number = REQUESTS_AT_ONCE) {
    this.#places = new Places(Math.ceil(size / 2));
  }

  enter(userId: number): () => void {
    const leave = this.#inside < this.size ? this.#places.take(userId) : null;
    if (!leave) throw busy('The server has too much to do at the moment. Try again in a few seconds.', 2);
    this.#inside++;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside--;
      leave();
    };
  }
}
