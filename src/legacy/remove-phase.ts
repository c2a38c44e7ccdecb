/** Removes everything that an import brought into a phase, within the caller's transaction and as a commit of the import. */
import type { Json } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import type { OwnerSession } from './session';

/** The kinds of ids that a phase's rows brought. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  PLANNING: ['attribute'],
  REQUEST_INFO: ['test_case', 'evidence', 'source_evidence', 'document'],
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

/** Removes a phase's versions, items and decisions, except for the given ids; returns the number of versions. */
export async function removeVersions(
  session: OwnerSession,
  streamId: string,
  phase: PhaseDeclaration,
  kept: Readonly<Record<'versions' | 'items' | 'decisions', readonly Json[]>>,
): Promise<number> {
  const remove = (table: string, column: string, ids: readonly Json[]) =>
    session.query(
      `delete from public.${table} where version_id in (select version_id from phase_version where stream_id = $1 and phase = $2::"Phase")
         and ${column} not in (select unnest($3::uuid[])) returning version_id`,
      [streamId, phase.key, ids],
    );
  if ('item' in phase) await remove(phase.item.table, 'item_id', kept.items);
  await remove('item_decision', 'decision_id', kept.decisions);
  for (const table of [phase.version.table, 'test_report_signoffs', 'version_editor'])
    await remove(table, 'version_id', kept.versions);
  return (await remove('phase_version', 'version_id', kept.versions)).length;
}

/** @param kept a pattern for the keys of source rows that stay because they cannot be imported again */
export async function removePhase(
  session: OwnerSession,
  streamId: string,
  phase: PhaseDeclaration,
  kept = '^$',
): Promise<TakenOut> {
  const ofPhase = [streamId, phase.key];
  const versions = await removeVersions(session, streamId, phase, { versions: [], items: [], decisions: [] });
  await session.query(deleteFrom('quarantine'), [...ofPhase, kept]);
  const rows = await session.query(deleteFrom('source_row'), [...ofPhase, kept]);
  await session.query('delete from legacy.id_map where workflow_id = $1 and kind = any($2)', [
    streamId,
    kinds[phase.key] ?? [],
  ]);
  await session.query('delete from legacy.placed where workflow_id = $1 and phase = $2::"Phase"', ofPhase);
  return { versions, sourceRows: rows.length };
}
