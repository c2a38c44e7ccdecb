/**
 * Admission control: limits the number of requests answered at the same time. Scarce resources have bounded queues of their own, but an
 * overloaded server would reach none of them in time. So excess requests are refused immediately, before any database access, and admitted
 * ones are answered while their clients still wait.
 */
import { busy } from '../../versioning/errors';
import { Slots } from './slots';

const REQUESTS_AT_ONCE = 512;

/** Admits a limited number of requests, at most half of them from one person. Returns a function that releases the place, once. */
export class Admission {
  #inside = 0;
  readonly #places: Slots;

  constructor(private readonly size: number = REQUESTS_AT_ONCE) {
    this.#places = new Slots(Math.ceil(size / 2));
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
