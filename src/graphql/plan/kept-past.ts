/**
 * What was answered of the past, kept together with its horizon. Within a horizon nothing changes any more, so where the streams
 * have come as far at the instant as they had, the answer is the one that was given: a small statement finds that out, together with
 * who asks and what they may see; and where nothing was committed since that was found out for the same person, not even that is asked
 * again. What depends on today as well (what is deleted, what a person may do) is not kept.
 */
import { aboutCaller } from './caller';
import { known, noted, Place } from './kept';
import { lookAtPast } from './past';
import { Rights } from './rights';
import type { Run } from './run';
import { named, type Statement } from './statement';

export class KeptOfPast extends Place {
  readonly #ask: (run: Run) => Promise<string | null>;

  /**
   * @param join joins the workflow `w` to the caller
   * @param rights what is known of who asks is kept where the object is read
   */
  constructor(
    join: (statement: Statement) => string,
    private readonly rights: Rights,
  ) {
    super(1);
    const caller = aboutCaller(false);
    const { statement } = caller;
    named(statement, join(statement));
    const asked = new Rights(caller);
    const horizonIn = lookAtPast(statement);
    this.#ask = async (run) => {
      const since = performance.now();
      const rows = await run.read(statement);
      const [row] = rows;
      if (!row || asked.streamIn(row) === null) return null;
      asked.hold(run, row);
      const horizon = horizonIn(row);
      if (horizon !== null) asked.keep(run, rows, since, horizon, rights);
      return horizon;
    };
  }

  /** The object as it was written before, if the horizon is the same. */
  async find(run: Run): Promise<string | null> {
    if (!run.kept.find(this)) return null;
    const horizon = (await run.rights.holding(this.rights))?.horizon ?? (await this.#ask(run));
    return horizon === null ? null : known(run, this, 0, horizon);
  }

  write = (run: Run, object: () => string): string => noted(run, this, 0, run.horizon!.streams, object);
}
