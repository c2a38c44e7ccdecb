/** Which old table belongs to which phase, and who plans it. */
import { quarantined, imported, merged, unitOfSources, type PlacedRow, type Unit } from '../unit';
import type { SourceRow } from '../source-row';
import { planDataOwners } from './data-owners';
import { planPlanning } from './planning';
import { planRequestInfo } from './request-info';
import { planObservations, planReport } from './single-version';
import { planTestExecution } from './test-execution';
import { planDataProfiling, planSampleSelection, planScoping } from './versions-with-items';
import type { PhasePlanner, PhaseSource } from './workflow';

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

/** The phase that a table's rows are of, whatever phase they point at. */
export const phaseOfTable: Readonly<Record<string, string>> = {
  cycle_report_planning_attributes: 'PLANNING',
  cycle_report_data_profiling_rule_versions: 'DATA_PROFILING',
  cycle_report_scoping_versions: 'SCOPING',
  cycle_report_sample_selection_versions: 'SAMPLE_SELECTION',
  cycle_report_sample_selection_samples: 'SAMPLE_SELECTION',
  cycle_report_data_owner_lob_mapping: 'DATA_OWNER_ID',
  cycle_report_test_cases: 'REQUEST_INFO',
  cycle_report_test_cases_document_submissions: 'REQUEST_INFO',
  cycle_report_test_cases_evidence: 'REQUEST_INFO',
  cycle_report_request_info_audit_logs: 'REQUEST_INFO',
  cycle_report_test_execution_results: 'TEST_EXECUTION',
  cycle_report_test_execution_reviews: 'TEST_EXECUTION',
  cycle_report_test_execution_audit: 'TEST_EXECUTION',
  cycle_report_observation_mgmt_observation_records: 'OBSERVATION_MANAGEMENT',
  cycle_report_test_report_sections: 'FINALIZE_TEST_REPORT',
};

/** Why a row without a key cannot be placed. */
export const keyMissing = { code: 'KEY_MISSING', reason: 'Its key is empty, so nothing can refer to it.' };

/** The old system's own row of a phase: who began it and when. It has no counterpart here but its commit. */
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

/** A key that the table has already: the same row again, or another that says it is the same. */
export function planRepeated(rows: readonly SourceRow[], repeated: ReadonlyMap<string, string>): PlacedRow[] {
  const byKey = new Map(rows.map((row) => [`${row.table}:${row.key}`, row]));
  return rows.flatMap((row) => {
    const original = repeated.get(`${row.table}:${row.key}`);
    if (original === undefined) return [];
    if (byKey.get(`${row.table}:${original}`)?.rowHash !== row.rowHash)
      return [
        quarantined(row, {
          code: 'DUPLICATE_KEY',
          reason: `The table has another row with the key ${original}, which says something else.`,
        }),
      ];
    row.note('DUPLICATE_ROW', `The table has this row already, as ${original}.`);
    return [merged(row, null)];
  });
}

/**
 * Plans a phase of a workflow: every row of it is in exactly one unit.
 * @param repeated for rows whose key the table had already, that key; by table and key
 */
export function planPhase(
  source: PhaseSource,
  repeated: ReadonlyMap<string, string>,
  lobs: ReadonlyMap<number, string>,
): Unit[] {
  const unreadable = source.rows.flatMap((row) =>
    row.unreadable ? [quarantined(row, row.unreadable)] : row.key.startsWith('#') ? [quarantined(row, keyMissing)] : [],
  );
  const twice = planRepeated(
    source.rows.filter((row) => !row.unreadable),
    repeated,
  );
  const aside = new Set([...unreadable, ...twice].map((placed) => placed.source));
  const readable = { ...source, rows: source.rows.filter((row) => !aside.has(row)) };
  return [
    ...planPhaseRow(readable),
    ...planners(lobs)[source.phase.key]!(readable),
    ...[...unreadable, ...twice].map((placed) =>
      unitOfSources(`${placed.source.table}:${placed.source.key}`, [placed]),
    ),
  ];
}
