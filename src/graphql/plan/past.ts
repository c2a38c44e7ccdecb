/**
 * How plans read the past. The statement that reads the viewer also finds, in the same snapshot, the streams' positions at the instant, and
 * whether a later commit can still be stamped there. The data is read within that horizon on the views of schema `past`, after these were
 * told the horizon. If a stream is not closed yet, nothing is read, and the stream is closed first. Rights are those of today: `public` is
 * always the present.
 */
import { headsAt } from '../../database/log/as-of-reader';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { TextRow } from '../../database/connection/statements';
import { isThereToday } from '../../database/versions/versions';
import type { PhaseDeclaration } from '../../versioning/phase';
import { pastSupplement } from '../context';
import { PlanAborted } from './plan-errors';
import type { Run } from './run';
import { Statement, type Horizon } from './statement';

/** Whether a version is hidden from viewers who may not see deleted ones; what is deleted today is hidden in the past too. */
export const isDeletedIn = ({ horizon }: Statement): string =>
  horizon ? `($.is_deleted or not ${isThereToday('$')})` : '$.is_deleted';

/** A statement that determines its own horizon. */
export const pastStatement = (): Statement =>
  new Statement({ reference: 'h.reference', workflowId: 'w.workflow_id', sequence: 'h.sequence' });

/** The horizon found by the statement above, as parameters of a statement below it; only those that are used. */
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

/** A statement with the same horizon as the one above it. */
export function statementBelow(above: Statement): Statement {
  const statement = new Statement();
  if (above.horizon) statement.horizon = new GivenHorizon(statement);
  return statement;
}

/** The versions `v` in force in drafted phases of a workflow, at the horizon. */
export const inForceThen = ({ workflowId, sequence }: Horizon, phases: readonly PhaseDeclaration[]): string =>
  `past.in_force(${workflowId}, ${sequence}, array[${phases.map(({ key }) => `'${key}'`).join(', ')}]::public."Phase"[]) v`;

const SEEN = `h.is_closed and not h.is_recorded and h.horizon is not null`;

/** The positions of the workflow `w` and the reference stream at the request's instant. */
function headsThen(statement: Statement): string {
  const at = `${statement.parameter((run) => run.at)}::timestamptz`;
  return headsAt(`array['${REFERENCE_STREAM}', w.workflow_id]::uuid[]`, at, pastSupplement);
}

const HORIZON = 'json_object_agg(s.stream_id, s.sequence order by s.stream_id)::text';

/**
 * Joins the horizon of the workflow `w` without reading anything within it, so that it can be used in the present. Returns the positions of
 * the streams, in the form of `Run.horizon`; null if they are not closed, or another system's recording would have to be read.
 */
export function joinHorizon(statement: Statement): (row: TextRow) => string | null {
  const heads = headsThen(statement);
  statement.join(
    () => `left join lateral (select case when every(s.is_closed) and not bool_or(s.is_recorded) then ${HORIZON} end as horizon
      from (${heads}) s where w.workflow_id is not null) h on true`,
  );
  const horizon = statement.place('h.horizon');
  return (row) => row[horizon]!;
}

/** Joins the horizon of the workflow `w`; everything that follows is read within it. Returns how to enter it. */
export function enterPast(statement: Statement): (run: Run, row: TextRow) => boolean {
  const heads = headsThen(statement);
  // The setting applies to this statement.
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
    if (row[isRecorded!] === 't') throw new PlanAborted('recorded elsewhere');
    if (row[isClosed!] !== 't') return false;
    const [streams, reference, workflowId, sequence] = seen.map((place) => row[place]!);
    run.horizon = { streams: streams!, reference: reference!, workflowId: workflowId!, sequence: sequence! };
    return true;
  };
}
