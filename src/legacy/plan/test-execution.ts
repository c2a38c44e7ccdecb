/** Plans what was tested: each run is a request with its outcome, each review an answer of its own; the audit trail covers both. */
import { groupBy } from '../../group-by';
import type { JsonObject } from '../../versioning/model';
import { idOf } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, merged, type Unit } from '../unit';
import { planChain, type Step } from './chain';
import { gather } from './items';
import { later, rowsOf, type PhaseSource } from './workflow';

const RESULTS = 'cycle_report_test_execution_results';
const REVIEWS = 'cycle_report_test_execution_reviews';
const AUDIT = 'cycle_report_test_execution_audit';

const executionId = (legacyId: number | null): string | null =>
  legacyId === null ? null : idOf('execution', legacyId);

/** The audit trail of each execution, in order; entries are removed as they are placed. */
class Trail {
  readonly #left: Map<number | null, SourceRow[]>;

  constructor(rows: readonly SourceRow[]) {
    this.#left = groupBy(
      [...rows].sort(
        (a, b) =>
          (a.instant('performed_at') ?? '').localeCompare(b.instant('performed_at') ?? '') ||
          Number(a.key) - Number(b.key),
      ),
      (row) => row.integer('execution_id'),
    );
  }

  /** Takes the first remaining entry of an action, if there is one. */
  take(execution: number | null, actions: readonly string[]): SourceRow[] {
    const rows = this.#left.get(execution) ?? [];
    const found = rows.findIndex((row) => actions.includes(row.word('action') ?? ''));
    return found < 0 ? [] : rows.splice(found, 1);
  }

  rest(): SourceRow[] {
    return [...this.#left.values()].flat();
  }
}

const versionOf = (row: SourceRow, what: string): string => idOf(`${row.table}_${what}`, row.key);

const target = (id: string) => ({ table: 'test_execution_audit', id });

function planResult(source: PhaseSource, row: SourceRow, trail: Trail): Unit[] {
  const { people, beganAt } = source;
  const execution = row.integer('id');
  const at = row.instant('created_at') ?? row.instant('started_at') ?? beganAt;
  const by = people.first(row, ['executed_by', 'created_by', 'updated_by']);
  const asked: JsonObject = {
    testExecutionId: executionId(execution),
    actionType: row.text('test_type') ?? 'TEST',
    actionDetails: gather(
      row,
      [
        'test_case_id',
        'evidence_id',
        'evidence_version_number',
        'execution_number',
        'execution_method',
        'analysis_method',
        'sample_value',
        'extracted_value',
        'expected_value',
        'comparison_result',
        'variance_details',
        'llm_confidence_score',
        'started_at',
        'retry_count',
        'evidence_validation_status',
      ],
      ['variance_details'],
    ),
    requestedById: by,
    requestedAt: at,
    requestReason: row.text('execution_reason'),
    addresseeId: null,
    respondedById: null,
    respondedAt: null,
    responseStatus: null,
    responseNotes: null,
    impactOnTimeline: null,
  };
  const versions = { asked: versionOf(row, 'asked'), answered: versionOf(row, 'answered') };
  const steps: Step[] = [
    {
      key: `${RESULTS}:${row.key}`,
      versionId: versions.asked,
      at,
      by,
      content: asked,
      reason: `Imported from ${RESULTS} ${row.key}: the run began.`,
      ids: [{ kind: 'execution', legacyId: row.key, newId: executionId(execution)! }],
      sources: [
        imported(row, target(versions.asked)),
        ...trail.take(execution, ['created', 'started']).map((entry) => merged(entry, target(versions.asked))),
      ],
    },
  ];
  const outcome =
    row.word('execution_status') === 'failed'
      ? row.text('execution_status')
      : (row.text('test_result') ?? row.text('execution_status'));
  const isOver =
    row.has('completed_at') ||
    ['completed', 'failed', 'cancelled', 'timeout'].includes(row.word('execution_status') ?? '');
  if (isOver) {
    const startedAt = row.instant('started_at');
    const completedAt = row.instant('completed_at') ?? row.instant('updated_at') ?? at;
    if (completedAt < at || (startedAt !== null && completedAt < startedAt))
      row.note(
        'COMPLETED_BEFORE_START',
        'It was completed before it began, as the old system has it; the answer counts from the request on.',
        'completed_at',
      );
    const respondedAt = later(completedAt, at);
    steps.push({
      key: `${RESULTS}:${row.key}:outcome`,
      versionId: versions.answered,
      at: respondedAt,
      by,
      content: {
        ...asked,
        respondedById: by,
        respondedAt,
        responseStatus: outcome ?? 'completed',
        responseNotes: row.text('error_message') ?? row.text('execution_summary') ?? row.text('processing_notes'),
      },
      reason: `Imported from ${RESULTS} ${row.key}: its outcome.`,
      sources: trail
        .take(execution, ['completed', 'failed', 'cancelled', 'timeout'])
        .map((entry) => merged(entry, target(versions.answered))),
      about: steps[0]!.sources[0]!,
    });
  }
  return planChain(source, idOf('execution_record', row.key), steps);
}

/** Something that was done and settled at once. */
function settledStep(row: SourceRow, key: string, at: string, by: number, said: JsonObject, what: string): Step {
  const versionId = versionOf(row, 'settled');
  return {
    key,
    versionId,
    at,
    by,
    content: {
      requestedById: by,
      requestedAt: at,
      requestReason: null,
      addresseeId: null,
      respondedById: by,
      respondedAt: at,
      responseNotes: null,
      impactOnTimeline: null,
      ...said,
    },
    reason: `Imported from ${row.table} ${row.key}: ${what}.`,
    sources: [imported(row, target(versionId))],
  };
}

function planReview(source: PhaseSource, row: SourceRow, known: ReadonlySet<number>, trail: Trail): Unit[] {
  const execution = row.integer('execution_id');
  const at = row.instant('reviewed_at') ?? row.instant('created_at') ?? source.beganAt;
  const by = source.people.first(row, ['reviewed_by', 'created_by', 'updated_by']);
  if (execution === null || !known.has(execution))
    row.note(
      'EXECUTION_MISSING',
      `Execution ${execution ?? '(none)'}, which it reviews, is not there.`,
      'execution_id',
    );
  const step = settledStep(
    row,
    `${REVIEWS}:${row.key}`,
    at,
    by,
    {
      testExecutionId: executionId(execution),
      actionType: 'REVIEW',
      responseStatus: row.text('review_status') ?? 'reviewed',
      responseNotes: row.text('review_notes') ?? row.text('reviewer_comments'),
      requestReason: row.text('retest_reason'),
      actionDetails: gather(
        row,
        [
          'accuracy_score',
          'completeness_score',
          'consistency_score',
          'overall_score',
          'review_criteria_used',
          'supporting_evidence',
          'requires_retest',
          'escalation_required',
          'escalation_reason',
          'escalation_level',
          'recommended_action',
        ],
        ['review_criteria_used', 'supporting_evidence'],
      ),
    },
    'a review',
  );
  const told = trail.take(execution, ['reviewed']).map((entry) => merged(entry, target(step.versionId)));
  const ids = [{ kind: 'review', legacyId: row.key, newId: idOf('review', row.key) } as const];
  return planChain(source, idOf('review', row.key), [{ ...step, ids, sources: [...step.sources, ...told] }]);
}

/** A trail entry that describes nothing else that exists. */
function planEntry(source: PhaseSource, row: SourceRow, known: ReadonlySet<number>): Unit[] {
  const execution = row.integer('execution_id');
  const at = row.instant('performed_at') ?? row.instant('created_at') ?? source.beganAt;
  const by = source.people.first(row, ['performed_by']);
  row.note(
    'ENTRY_ALONE',
    execution !== null && known.has(execution)
      ? 'Nothing else tells of what this entry of the audit trail says.'
      : `Execution ${execution ?? '(none)'}, which this entry of the audit trail tells of, is not there.`,
    'execution_id',
  );
  const said = {
    testExecutionId: executionId(execution),
    actionType: row.text('action') ?? 'ENTRY',
    actionDetails: row.object('action_details'),
    responseStatus: row.text('new_status') ?? 'recorded',
    requestReason: row.text('change_reason'),
  };
  return planChain(source, idOf('execution_entry', row.key), [
    settledStep(row, `${AUDIT}:${row.key}`, at, by, said, 'an entry of the audit trail'),
  ]);
}

export function planTestExecution(source: PhaseSource): Unit[] {
  const results = rowsOf(source, RESULTS).sort((a, b) => Number(a.key) - Number(b.key));
  const reviews = rowsOf(source, REVIEWS).sort(
    (a, b) =>
      (a.instant('reviewed_at') ?? '').localeCompare(b.instant('reviewed_at') ?? '') || Number(a.key) - Number(b.key),
  );
  const known = new Set(results.map((row) => row.integer('id')!));
  const trail = new Trail(rowsOf(source, AUDIT));
  return [
    ...results.flatMap((row) => planResult(source, row, trail)),
    ...reviews.flatMap((row) => planReview(source, row, known, trail)),
    ...trail.rest().flatMap((row) => planEntry(source, row, known)),
  ];
}
