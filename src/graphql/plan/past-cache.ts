/**
 * Caches answers about the past together with their horizon. Nothing changes within a horizon, so if the streams have the same positions at
 * the instant, the answer is the same. A small statement checks that, together with the viewer and their rights; if nothing was committed
 * since it was last checked for the same person, even that is skipped. Answers that also depend on today (deleted versions, available
 * actions) are not cached.
 */
import { aboutCaller } from './caller';
import { cachedPiece, writePiece, CacheSlot } from './text-cache';
import { joinHorizon } from './past';
import { Rights } from './rights';
import type { Run } from './run';
import { named, type Statement } from './statement';

export class CachedPast extends CacheSlot {
  readonly #ask: (run: Run) => Promise<string | null>;

  /**
   * @param join joins the workflow `w` to the caller
   * @param rights where the viewer's rights are cached when the object is read
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
    const horizonIn = joinHorizon(statement);
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

  /** The cached answer, if the horizon is the same. */
  async find(run: Run): Promise<string | null> {
    if (!run.kept.find(this)) return null;
    const horizon = (await run.rights.holding(this.rights))?.horizon ?? (await this.#ask(run));
    return horizon === null ? null : cachedPiece(run, this, 0, horizon);
  }

  write = (run: Run, object: () => string): string => writePiece(run, this, 0, run.horizon!.streams, object);
}
