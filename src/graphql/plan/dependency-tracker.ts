/** Tracks what a compiled selection depends on. */
import { Selections } from './selections';
import type { Reads } from './sources';

export class DependencyTracker extends Selections {
  /** Whether anything depends on the viewer's assignment to its workflow. */
  needsActor = false;

  /** What is read apart from the rows of the list being examined. */
  #besides = new Set<Reads>();

  protected reads = (what: Reads): unknown => this.#besides.add(what);

  protected readsDetail(expression: string): void {
    if (expression.includes('@.')) this.reads('other');
  }

  /** What is read apart from the rows of a list, while compiling its selection. */
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

  needsActorToday(): void {
    this.needsActor = true;
    this.readsToday();
  }

  /** Notes that something depends on the present state. */
  readsToday = (): unknown => this.reads('today');
}
