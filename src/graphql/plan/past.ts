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
import type { PhaseDeclaration } from '../../versioning/phase';
import { pastSupplement } from '../context';
import { GiveUp } from './given-up';
import type { Run } from './run';
import { Statement, type Horizon } from './statement';

/** Whether a version is hidden from those who may not see what is deleted; what is deleted today is hidden in the past as well. */
export const isDeletedIn = ({ horizon }: Statement): string =>
  horizon ? `($.is_deleted or not ${isThereToday('$')})` : '$.is_deleted';

/** A statement that finds out itself how far it sees. */
export const pastStatement = (): Statement =>
  new Statement({ reference: 'h.reference', workflowId: 'w.workflow_id', sequence: 'h.sequence' });

/** What the statement above has found out, as parameters of one below it; only those that are used. */
class GivenHorizon implements Horizon {
  readonly #given = new Map<keyof Horizon, string>();

  constructor(private readonly statement: Statement) {}

  #parameter(part: keyof Horizon, type: string): string {
    let given = this.#given.get(part);
    if (!given) this.#given.set(part, (given = `${this.statement.parameter((run) => run.horizon![part])}::${type}`));
    return given;
  }
  get reference(): string {
    return this.#parameter('reference', 'int');
  }
  get workflowId(): string {
    return this.#parameter('workflowId', 'uuid');
  }
  get sequence(): string {
    return this.#parameter('sequence', 'int');
  }
}

/** A statement that sees as far as the one above it. */
export function statementBelow(above: Statement): Statement {
  const statement = new Statement();
  if (above.horizon) statement.horizon = new GivenHorizon(statement);
  return statement;
}

/** Where the versions `v` in force of drafted phases of a workflow are read. */
export const inForceThen = ({ workflowId, sequence }: Horizon, phases: readonly PhaseDeclaration[]): string =>
  `past.in_force(${workflowId}, ${sequence}, array[${phases.map(({ key }) => `'${key}'`).join(', ')}]::public."Phase"[]) v`;

const SEEN = `h.is_closed and not h.is_recorded and h.horizon is not null`;

/** How far the streams of the workflow `w` and of the reference data had come at the instant of a request. */
function headsThen(statement: Statement): string {
  const at = `${statement.parameter((run) => run.at)}::timestamptz`;
  return headsAt(`array['${REFERENCE_STREAM}', w.workflow_id]::uuid[]`, at, pastSupplement);
}

const HORIZON = 'json_object_agg(s.stream_id, s.sequence order by s.stream_id)::text';

/**
 * Joins the horizon of the workflow `w`, and reads nothing within it, so this can be asked where the present is read. Answers how far
 * it is seen, as `Run.horizon` has the streams; null where that is not settled, or something is recorded elsewhere.
 */
export function lookAtPast(statement: Statement): (row: TextRow) => string | null {
  const heads = headsThen(statement);
  statement.join(
    () => `left join lateral (select case when every(s.is_closed) and not bool_or(s.is_recorded) then ${HORIZON} end as horizon
      from (${heads}) s where w.workflow_id is not null) h on true`,
  );
  const horizon = statement.place('h.horizon');
  return (row) => row[horizon]!;
}

/** Joins the horizon of the workflow `w`, and has everything that follows read within it. Answers how it is entered. */
export function enterPast(statement: Statement): (run: Run, row: TextRow) => boolean {
  const heads = headsThen(statement);
  // The setting holds for this statement.
  statement.join(
    () => `left join lateral (select every(s.is_closed) as is_closed, bool_or(s.is_recorded) as is_recorded,
      set_config('phaseledger.horizon', ${HORIZON}, true) as horizon,
      max(s.sequence) filter (where s.stream_id <> w.workflow_id) as reference, max(s.sequence) filter (where s.stream_id = w.workflow_id) as sequence
      from (${heads}) s where w.workflow_id is not null) h on true`,
  );
  const [isClosed, isRecorded, ...seen] = [
    'h.is_closed',
    'h.is_recorded',
    'h.horizon',
    'h.reference',
    'w.workflow_id',
    'h.sequence',
  ].map((sql) => statement.place(sql));
  statement.enter(SEEN);
  return (run, row) => {
    if (row[isRecorded!] === 't') throw new GiveUp('recorded elsewhere');
    if (row[isClosed!] !== 't') return false;
    const [streams, reference, workflowId, sequence] = seen.map((place) => row[place]!);
    run.horizon = { streams: streams!, reference: reference!, workflowId: workflowId!, sequence: sequence! };
    return true;
  };
}
