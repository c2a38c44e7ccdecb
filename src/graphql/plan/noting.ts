/** What is noted of what was compiled, beside what it is compiled to: what its answer depends on. */
import { Selections } from './selections';
import type { Reads } from './sources';

export class Noting extends Selections {
  /** Whether something asks how the viewer stands to the workflow that it is of. */
  asksStanding = false;

  /** What is read besides rows of the list that is looked through. */
  #besides = new Set<Reads>();

  protected reads = (what: Reads): unknown => this.#besides.add(what);

  protected readsDetail(expression: string): void {
    if (expression.includes('@.')) this.reads('other');
  }

  /** What is read besides the rows of a list, in what is compiled for it. */
  readsIn(compile: () => void): ReadonlySet<Reads> {
    const outside = this.#besides;
    this.#besides = new Set<Reads>();
    try {
      compile();
      return this.#besides;
    } finally {
      this.#besides = new Set([...outside, ...this.#besides]);
    }
  }

  asksToday(): void {
    this.asksStanding = true;
    this.readsToday();
  }

  /** Takes note that something depends on what holds today. */
  readsToday = (): unknown => this.reads('today');
}
