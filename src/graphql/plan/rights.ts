/**
 * The viewer's assignment to a workflow `w`: read by a statement together with the commits it follows from, or taken from an earlier
 * request if the statement confirms that the heads are the same.
 */
import { ownershipTurnsIn, REFERENCE_STREAM } from '../../database/register/people';
import type { TextRow } from '../../database/connection/statements';
import { headExpression } from '../../database/log/stream-heads';
import { assignmentOf, type aboutCaller } from './caller';
import { PlanAborted } from './plan-errors';
import { CacheSlot } from './text-cache';
import { together, type CachedActor } from './rights-cache';
import type { Run } from './run';

export class Rights extends CacheSlot {
  readonly #workflow: number;
  readonly #heads: readonly number[];
  readonly #endsIn: number;
  readonly #callerIn: ReturnType<typeof aboutCaller>['callerIn'];
  readonly #assignmentIn: ReturnType<typeof assignmentOf>;

  constructor({ statement, userId, callerIn }: ReturnType<typeof aboutCaller>) {
    super(0);
    const place = (sql: string) => statement.place(sql);
    this.#workflow = place('w.workflow_id');
    this.#heads = [`'${REFERENCE_STREAM}'`, 'w.workflow_id'].map((stream) => place(headExpression(stream)));
    this.#callerIn = callerIn;
    this.#assignmentIn = statement.as('rights', () => assignmentOf(userId, place));
    this.#endsIn = statement.as('rights', () => place(ownershipTurnsIn(userId)));
  }

  #headsIn = (row: TextRow): string => together(this.#heads.map((head) => row[head]!));

  /** The stream that a row belongs to; null if there is none. */
  streamIn = (row: TextRow): string | null => row[this.#workflow]!;

  /** Notes the assignment in a row; gives up if the viewer may not see the workflow, or it does not exist. */
  hold(run: Run, row: TextRow): string {
    const streamId = this.streamIn(row);
    if (streamId === null) throw new PlanAborted('nothing there');
    if (!run.hasActor(streamId)) run.holdRights(streamId, this.#callerIn(row), this.#assignmentIn(row));
    return streamId;
  }

  /** Notes the cached assignments for rows that omit them; returns whether all of them still hold. */
  holdKnown(run: Run, rows: readonly TextRow[], known: readonly CachedActor[]): boolean {
    const held = new Map(known.map((standing) => [standing.streamId, standing]));
    const holding = new Set<CachedActor>();
    for (let at = 0, last: string | null = null; at < rows.length; at++) {
      const streamId = this.streamIn(rows[at]!);
      if (at > 0 && streamId === last) continue;
      const standing = streamId === null ? undefined : held.get(streamId);
      if (standing?.heads !== this.#headsIn(rows[at]!)) return false;
      holding.add(standing);
      last = streamId;
    }
    for (const { streamId, viewer, assignment } of holding) run.holdRights(streamId, viewer, assignment);
    return rows.length > 0;
  }

  /**
   * Caches the assignments in rows.
   * @param since when they were requested, by a monotonic clock
   * @param place the place under which they are cached
   */
  keep(
    run: Run,
    rows: readonly TextRow[],
    since: number,
    horizon: string | null = null,
    place: CacheSlot = this,
  ): void {
    const standings = new Map<string, CachedActor>();
    let ms = Infinity;
    for (const row of rows) {
      const streamId = this.streamIn(row)!;
      if (standings.has(streamId)) continue;
      standings.set(streamId, { streamId, heads: this.#headsIn(row), ...run.actorIn(streamId) });
      ms = Math.min(ms, Number(row[this.#endsIn] ?? Infinity));
    }
    run.rights.keep(place, { actors: [...standings.values()], horizon }, ms - Math.ceil(performance.now() - since));
  }
}
