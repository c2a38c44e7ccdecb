/** Rows of versions, and what is joined to them. */
import type { TextRow } from '../../database/connection/statements';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { Compiler, Thing } from './compile';
import { PlanAborted } from './plan-errors';
import { isDeletedIn } from './past';
import type { Run } from './run';
import { joined, named, type Parameter, type Rows } from './statement';

/** A version's row; its phase's own row is joined only if something in it is selected. */
export function withDetail(rows: Rows, phase: PhaseDeclaration): Rows {
  let detail: Rows | undefined;
  return {
    statement: rows.statement,
    sql: (expression) => {
      if (!expression.includes('@.')) return rows.sql(expression);
      detail ??= joined(rows.statement, phase.version.table, 'version_id', rows.sql('$.version_id'));
      return detail.sql(expression.replaceAll('@.', '$.'));
    },
  };
}

/** The version that was in force when this one was started. */
export const baseOf = ({ rows, level }: Thing): Thing => ({
  rows: joined(rows.statement, 'phase_version', 'version_id', rows.sql('$.base_version_id')),
  level,
});

/** The version of the same record with a given number. */
export function versionNumbered({ rows }: Thing, number: Parameter): Rows {
  const { statement } = rows;
  const alias = statement.alias();
  const record = rows.sql('$.master_record_id');
  const given = statement.parameter(number);
  statement.join(
    () =>
      `left join phase_version ${alias} on ${alias}.master_record_id = ${record} and ${alias}.version_number = ${given}`,
  );
  return named(statement, alias);
}

/** Gives up if there is no such version, or the viewer may not see it. */
export function requireVisible(compiler: Compiler, version: Thing): (run: Run, row: TextRow) => void {
  compiler.needsActorToday();
  const columns = ['$.version_id', isDeletedIn(version.rows.statement), '$.stream_id'];
  const [found, isDeleted, stream] = columns.map((column) => compiler.place(version, column));
  return (run, row) => {
    if (row[found!] === null || (row[isDeleted!] === 't' && !run.seesDeleted(row[stream!]!)))
      throw new PlanAborted('a version that is not there');
  };
}
