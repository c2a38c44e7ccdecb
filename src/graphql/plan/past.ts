/**
 * How plans read the past. The statement that reads who asks finds, in the same snapshot, how far the streams had come at the
 * instant, and whether a later commit can still be stamped there. What is asked for is read within, on the views of schema `past`,
 * after these were told the horizon; where a stream is not closed yet, nothing is read, and it is closed first. Rights are those of
 * today: `public` is the present wherever it is read.
 */
import { headsAt } from '../../database/as-of-reader';
import { REFERENCE_STREAM } from '../../database/people';
import type { TextRow } from '../../database/statements';
import { isThereToday } from '../../database/versions';
import { pastSupplement } from '../context';
import { GiveUp } from './given-up';
import type { Run } from './run';
import type { Statement } from './statement';

/** Whether a version is hidden from those who may not see what is deleted; what is deleted today is hidden in the past as well. */
export const isDeletedIn = ({ isPast }: Statement): string =>
  isPast ? `($.is_deleted or not ${isThereToday('$')})` : '$.is_deleted';

const SEEN = `h.is_closed and not h.is_recorded and h.horizon is not null`;

/** Joins the horizon of the workflow `w`, and has everything that follows read within it. Answers how it is entered. */
export function enterPast(statement: Statement): (run: Run, row: TextRow) => boolean {
  const at = `${statement.parameter((run) => run.at)}::timestamptz`;
  const heads = headsAt(`array['${REFERENCE_STREAM}', w.workflow_id]::uuid[]`, at, pastSupplement);
  // The setting holds for this statement.
  statement.join(
    () => `left join lateral (select every(s.is_closed) as is_closed, bool_or(s.is_recorded) as is_recorded,
      set_config('phaseledger.horizon', json_object_agg(s.stream_id, s.sequence)::text, true) as horizon
      from (${heads}) s where w.workflow_id is not null) h on true`,
  );
  const [isClosed, isRecorded, horizon] = ['h.is_closed', 'h.is_recorded', 'h.horizon'].map((sql) =>
    statement.place(sql),
  );
  statement.enter(SEEN);
  return (run, row) => {
    if (row[isRecorded!] === 't') throw new GiveUp('recorded elsewhere');
    run.horizon = row[horizon!]!;
    return row[isClosed!] === 't';
  };
}
