/** Assigns each old table to a phase and its planner. */
import { quarantined, imported, merged, unitOfSources, unitsTogether, type PlacedRow, type Unit } from '../unit';
import { isKept, type SourceRow } from '../source-row';
import { planDataOwners } from './data-owners';
import { planOthers } from './others';
import { planPlanning } from './planning';
import { planRequestInfo } from './request-info';
import { planObservations, planReport } from './single-version';
import { planTestExecution } from './test-execution';
import { planDataProfiling, planSampleSelection, planScoping } from './versions-with-items';
import { workflowKey, type PhasePlanner, type PhaseSource } from './workflow';

const planners = (lobs: ReadonlyMap<number, string>): Readonly<Record<string, PhasePlanner>> => ({
  PLANNING: planPlanning,
  DATA_PROFILING: planDataProfiling,
  SCOPING: planScoping,
  SAMPLE_SELECTION: planSampleSelection,
  DATA_OWNER_ID: planDataOwners(lobs),
  REQUEST_INFO: planRequestInfo,
  TEST_EXECUTION: planTestExecution,
  OBSERVATION_MANAGEMENT: planObservations,
  FINALIZE_TEST_REPORT: planReport,
});

/** The phase that a table's rows belong to, whatever phase they name. */
export const phaseOfTable: Readonly<Record<string, string>> = {
  cycle_report_planning_attributes: 'PLANNING',
  cycle_report_planning_data_sources: 'PLANNING',
  cycle_report_planning_pde_mappings: 'PLANNING',
  cycle_report_data_profiling_rule_versions: 'DATA_PROFILING',
  cycle_report_data_profiling_results: 'DATA_PROFILING',
  cycle_report_scoping_versions: 'SCOPING',
  cycle_report_sample_selection_versions: 'SAMPLE_SELECTION',
  cycle_report_sample_selection_samples: 'SAMPLE_SELECTION',
  cycle_report_data_owner_lob_mapping: 'DATA_OWNER_ID',
  cycle_report_test_cases: 'REQUEST_INFO',
  cycle_report_test_cases_document_submissions: 'REQUEST_INFO',
  cycle_report_test_cases_evidence: 'REQUEST_INFO',
  cycle_report_request_info_audit_logs: 'REQUEST_INFO',
  cycle_report_request_info_testcase_source_evidence: 'REQUEST_INFO',
  cycle_report_request_info_tester_decisions: 'REQUEST_INFO',
  cycle_report_rfi_data_sources: 'REQUEST_INFO',
  cycle_report_rfi_query_validations: 'REQUEST_INFO',
  cycle_report_test_execution_results: 'TEST_EXECUTION',
  cycle_report_test_execution_reviews: 'TEST_EXECUTION',
  cycle_report_test_execution_audit: 'TEST_EXECUTION',
  cycle_report_observation_mgmt_observation_records: 'OBSERVATION_MANAGEMENT',
  cycle_report_test_report_sections: 'FINALIZE_TEST_REPORT',
  cycle_report_test_report_generation: 'FINALIZE_TEST_REPORT',
};

/** The old system's row for a phase itself: who began it and when. It is represented here only by a commit. */
function planPhaseRow({ people, rows }: PhaseSource): Unit[] {
  return rows
    .filter(({ table }) => table === 'workflow_phases')
    .map((row) =>
      unitOfSources(`workflow_phases:${row.key}`, [imported(row)], {
        actor: people.optional(row.person('started_by')),
        occurredAt: row.instant('actual_start_date') ?? row.instant('created_at'),
        reason: `${row.text('phase_name') ?? 'A phase'}: ${row.text('status') ?? row.text('state') ?? 'no status'}.`,
      }),
    );
}

/** A repeated key: the same row again, or another row with the same key. */
function placeRepeated(row: SourceRow, original: string, first: SourceRow | undefined): PlacedRow {
  if (first?.rowHash !== row.rowHash)
    return quarantined(row, {
      code: 'DUPLICATE_KEY',
      reason: `The table has another row with the key ${original}, which says something else.`,
    });
  row.note('DUPLICATE_ROW', `The table has this row already, as ${original}.`);
  return merged(row, null);
}

/**
 * Separates rows that no planner should see: unreadable ones, those without a key, and repeated ones.
 * @param where names the workflow and phase of the rows
 * @param repeated by table and key, the original key of rows whose key was taken
 */
export function sortOut(
  where: string,
  rows: readonly SourceRow[],
  repeated: ReadonlyMap<string, string>,
): { readonly readable: SourceRow[]; readonly aside: Unit[] } {
  const byName = new Map(rows.filter(({ unreadable }) => !unreadable).map((row) => [row.name, row]));
  const readable: SourceRow[] = [];
  const aside: PlacedRow[] = [];
  for (const row of rows) {
    const original = repeated.get(row.name);
    if (row.unreadable) aside.push(quarantined(row, row.unreadable));
    else if (row.key.startsWith('#') && !isKept(row.table))
      aside.push(quarantined(row, { code: 'KEY_MISSING', reason: 'Its key is empty, so nothing can refer to it.' }));
    else if (original !== undefined) aside.push(placeRepeated(row, original, byName.get(`${row.table}:${original}`)));
    else readable.push(row);
  }
  return { readable, aside: unitsTogether(`${where}:aside`, aside) };
}

/** Plans a phase of a workflow: every row ends up in exactly one unit. Rows that may be kept and that no planner took are kept. */
export function planPhase(
  source: PhaseSource,
  repeated: ReadonlyMap<string, string>,
  lobs: ReadonlyMap<number, string>,
): Unit[] {
  const where = `${workflowKey(source.workflow)}:${source.phase.key}`;
  const isFirst = (row: SourceRow) => !isKept(row.table) || !(row.unreadable || repeated.has(row.name));
  const { readable, aside } = sortOut(where, source.rows.filter(isFirst), repeated);
  const left = { ...source, rows: readable };
  const units = [...planPhaseRow(left), ...planners(lobs)[source.phase.key]!(left), ...aside];
  const taken = new Set(units.flatMap(({ sources }) => sources.map((placed) => placed.source.name)));
  const rest = source.rows.filter((row) => isKept(row.table) && !taken.has(row.name));
  return [...units, ...planOthers(where, source.people, rest, repeated)];
}
