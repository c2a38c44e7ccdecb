/**
 * How who asks stands to a workflow `w`: read by a statement about them, with the commits that it follows from; or known from an earlier
 * request, if the statement says that the logs stand as they did.
 */
import { ownershipTurnsIn, REFERENCE_STREAM } from '../../database/people';
import type { TextRow } from '../../database/statements';
import { headOf } from '../../database/stream-heads';
import { assignmentOf, type aboutCaller } from './caller';
import { GiveUp } from './given-up';
import { Place } from './kept';
import { together, type HeldStanding } from './kept-rights';
import type { Run } from './run';

export class Rights extends Place {
  readonly #workflow: number;
  readonly #heads: readonly number[];
  readonly #endsIn: number;
  readonly #callerIn: ReturnType<typeof aboutCaller>['callerIn'];
  readonly #assignmentIn: ReturnType<typeof assignmentOf>;

  constructor({ statement, userId, callerIn }: ReturnType<typeof aboutCaller>) {
    super(0);
    const place = (sql: string) => statement.place(sql);
    this.#workflow = place('w.workflow_id');
    this.#heads = [`'${REFERENCE_STREAM}'`, 'w.workflow_id'].map((stream) => place(headOf(stream)));
    this.#callerIn = callerIn;
    this.#assignmentIn = statement.as('rights', () => assignmentOf(userId, place));
    this.#endsIn = statement.as('rights', () => place(ownershipTurnsIn(userId)));
  }

  #headsIn = (row: TextRow): string => together(this.#heads.map((head) => row[head]!));

  /** Whose log it is in what a row says; null where there is nothing. */
  streamIn = (row: TextRow): string | null => row[this.#workflow]!;

  /** Takes note of what a row says; gives up where who asks may not see the workflow, or it is not there. */
  hold(run: Run, row: TextRow): string {
    const streamId = this.streamIn(row);
    if (streamId === null) throw new GiveUp('nothing there');
    if (!run.stands(streamId)) run.holdRights(streamId, this.#callerIn(row), this.#assignmentIn(row));
    return streamId;
  }

  /** Takes note of what is known of the workflows of rows that leave it out; whether that holds still, of all of them. */
  holdKnown(run: Run, rows: readonly TextRow[], known: readonly HeldStanding[]): boolean {
    const held = new Map(known.map((standing) => [standing.streamId, standing]));
    const holding = new Set<HeldStanding>();
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
   * Keeps what rows said.
   * @param since when they were asked for, by a clock that only goes on
   * @param place where it is found again
   */
  keep(run: Run, rows: readonly TextRow[], since: number, horizon: string | null = null, place: Place = this): void {
    const standings = new Map<string, HeldStanding>();
    let ms = Infinity;
    for (const row of rows) {
      const streamId = this.streamIn(row)!;
      if (standings.has(streamId)) continue;
      standings.set(streamId, { streamId, heads: this.#headsIn(row), ...run.standingIn(streamId) });
      ms = Math.min(ms, Number(row[this.#endsIn] ?? Infinity));
    }
    run.rights.keep(place, { standings: [...standings.values()], horizon }, ms - Math.ceil(performance.now() - since));
  }
}
