/**
 * What was answered of the past, kept together with its horizon. Within a horizon nothing changes any more, so where the streams
 * have come as far at the instant as they had, the answer is the one that was given: a small statement finds that out, together with
 * who asks and what they may see; and where nothing was committed since that was found out for the same person, not even that is asked
 * again. What depends on today as well (what is deleted, what a person may do) is not kept.
 */
import { aboutCaller, assignmentOf } from './caller';
import { known, noted, Place } from './kept';
import { headsBeside, type RightsRead } from './kept-rights';
import { lookAtPast } from './past';
import type { Run } from './run';
import { named, type Statement } from './statement';

export class KeptOfPast extends Place {
  readonly #ask: (run: Run) => Promise<string | null>;

  /** @param join joins the workflow `w` to the caller */
  constructor(join: (statement: Statement) => string) {
    super(1);
    const { statement, userId, callerIn } = aboutCaller(false);
    named(statement, join(statement));
    const workflow = statement.place('w.workflow_id');
    const assignmentIn = assignmentOf(userId, (sql) => statement.place(sql));
    const horizonIn = lookAtPast(statement);
    const besideIn = headsBeside(userId, (sql) => statement.place(sql));
    this.#ask = async (run) => {
      const since = performance.now();
      const [row] = await run.read(statement);
      const streamId = row?.[workflow];
      if (streamId == null) return null;
      run.holdRights(streamId, callerIn(row!), assignmentIn(row!));
      const horizon = horizonIn(row!);
      if (horizon !== null) this.allow(run, streamId, horizon, { ...besideIn(row!), since });
      return horizon;
    };
  }

  /** The object as it was written before, if the horizon is the same. */
  async find(run: Run): Promise<string | null> {
    if (!run.kept.find(this)) return null;
    const horizon = (await run.rights.find(this))?.horizon ?? (await this.#ask(run));
    return horizon === null ? null : known(run, this, 0, horizon);
  }

  /** Keeps that who asks may see the workflow, as far as it is seen. */
  allow(run: Run, streamId: string, horizon: string, read: RightsRead): void {
    run.rights.keep(this, { streamId, heads: read.heads, horizon }, read);
  }

  write = (run: Run, object: () => string): string => noted(run, this, 0, run.horizon!.streams, object);
}
