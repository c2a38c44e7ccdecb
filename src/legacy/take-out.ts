/** Takes everything out again that an import brought of a phase; in the caller's transaction, as an import's commit. */
import type { PhaseDeclaration } from '../versioning/phase';
import type { OwnerSession } from './session';

/** The kinds of ids that a phase's rows brought. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  PLANNING: ['attribute'],
  REQUEST_INFO: ['test_case', 'evidence', 'document'],
  TEST_EXECUTION: ['execution', 'review'],
  OBSERVATION_MANAGEMENT: ['observation'],
  FINALIZE_TEST_REPORT: ['section'],
};

export interface TakenOut {
  readonly versions: number;
  readonly sourceRows: number;
}

const deleteFrom = (table: 'quarantine' | 'source_row') =>
  `delete from legacy.${table} where stream_id = $1 and phase = $2::"Phase" and source_key !~ $3 returning source_key`;

/** @param kept a pattern of keys of source rows that stay: those that cannot be brought again */
export async function takeOut(
  session: OwnerSession,
  streamId: string,
  phase: PhaseDeclaration,
  kept = '^$',
): Promise<TakenOut> {
  const ofPhase = [streamId, phase.key];
  const tables = [
    ...('item' in phase ? [phase.item.table] : []),
    ...[phase.version.table, 'test_report_signoffs', 'item_decision', 'version_editor'],
  ];
  for (const table of tables)
    await session.query(
      `delete from public.${table} where version_id in (select version_id from phase_version where stream_id = $1 and phase = $2::"Phase")`,
      ofPhase,
    );
  const versions = await session.query(
    'delete from phase_version where stream_id = $1 and phase = $2::"Phase" returning version_id',
    ofPhase,
  );
  await session.query(deleteFrom('quarantine'), [...ofPhase, kept]);
  const rows = await session.query(deleteFrom('source_row'), [...ofPhase, kept]);
  await session.query('delete from legacy.id_map where workflow_id = $1 and kind = any($2)', [
    streamId,
    kinds[phase.key] ?? [],
  ]);
  await session.query('delete from legacy.placed where workflow_id = $1 and phase = $2::"Phase"', ofPhase);
  return { versions: versions.length, sourceRows: rows.length };
}
