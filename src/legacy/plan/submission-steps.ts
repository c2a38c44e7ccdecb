/** Plans the versions of a test case's record: the request, the submissions, and the decisions on them. */
import type { JsonObject } from '../../versioning/model';
import { idOf, keptId } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, type MappedId } from '../unit';
import { verdicts } from '../words';
import type { Step } from './chain';
import { gather } from './items';
import type { PhaseSource } from './workflow';

export const CASES = 'cycle_report_test_cases';
export const EVIDENCE = 'cycle_report_test_cases_evidence';
const DOCUMENTS = 'cycle_report_test_cases_document_submissions';
export const SOURCE_EVIDENCE = 'cycle_report_request_info_testcase_source_evidence';
export const DECISIONS = 'cycle_report_request_info_tester_decisions';

/** The submission tables: the number column, the submitter, and the document id. */
export const submissions: Readonly<
  Record<string, { readonly number: string; readonly by: string; readonly document: (row: SourceRow) => MappedId }>
> = {
  [DOCUMENTS]: {
    number: 'submission_number',
    by: 'data_owner_id',
    document: (row) => ({
      kind: 'document',
      legacyId: row.key,
      newId: keptId(DOCUMENTS, row.text('submission_id') ?? row.key),
    }),
  },
  [EVIDENCE]: {
    number: 'version_number',
    by: 'data_owner_id',
    document: ({ key }) => ({ kind: 'evidence', legacyId: key, newId: idOf('evidence', key) }),
  },
  [SOURCE_EVIDENCE]: {
    number: 'version_number',
    by: 'submitted_by',
    document: ({ key }) => ({ kind: 'source_evidence', legacyId: key, newId: idOf('source_evidence', key) }),
  },
};

const documentVersionId = (row: SourceRow): string => idOf(`${row.table}_version`, row.key);

export function requestStep({ people, beganAt }: PhaseSource, row: SourceRow, documentId: string): Step {
  return {
    key: `${CASES}:${row.key}`,
    versionId: idOf('test_case_version', row.key),
    at: row.instant('assigned_at') ?? row.instant('created_at') ?? beganAt,
    by: people.first(row, ['assigned_by', 'created_by', 'updated_by']),
    content: {
      documentId,
      documentVersion: 1,
      submissionType: 'TEST_CASE',
      submissionStatus: 'REVISION_REQUESTED',
      documentMetadata: gather(row, [
        'test_case_number',
        'test_case_name',
        'description',
        'expected_outcome',
        'test_type',
        'query_text',
        'sample_id',
        'attribute_id',
        'attribute_name',
        'lob_id',
        'data_owner_id',
        'submission_deadline',
      ]),
      reviewNotes: row.text('special_instructions'),
      replacesSubmissionId: null,
      revisionType: null,
      revisionReason: null,
    },
    reason: `Imported from ${CASES} ${row.key}: what was asked for.`,
    ids: [{ kind: 'test_case', legacyId: row.key, newId: documentId }],
    sources: [imported(row, { table: 'document_submissions', id: idOf('test_case_version', row.key) })],
  };
}

export function submissionStep({ people, beganAt }: PhaseSource, row: SourceRow, before: Step | undefined): Step {
  const versionId = documentVersionId(row);
  const { number: numberColumn, by: byColumn, document } = submissions[row.table]!;
  const id = document(row);
  const at = row.instant('submitted_at') ?? row.instant('created_at') ?? beganAt;
  const by = people.first(row, [byColumn, 'created_by', 'updated_by']);
  const number = row.integer(numberColumn) ?? 1;
  if (number < 1)
    row.note('NUMBER_CHANGED', `It says that it is version ${number}; it is version 1 here.`, numberColumn);
  return {
    key: `${row.table}:${row.key}`,
    versionId,
    at,
    by,
    content: {
      documentId: id.newId,
      documentVersion: Math.max(1, number),
      submissionStatus: 'PENDING_REVIEW',
      reviewNotes: null,
      submissionType: row.text('document_type') ?? row.text('evidence_type') ?? 'DOCUMENT',
      documentMetadata: gather(
        row,
        [
          'evidence_type',
          'original_filename',
          'stored_filename',
          'file_path',
          'file_size_bytes',
          'file_hash',
          'mime_type',
          'query_text',
          'query_parameters',
          'rfi_data_source_id',
          'planning_data_source_id',
          'submission_notes',
          'document_name',
          'document_path',
          'document_size',
          'document_hash',
          'data_source_id',
          'query_result_sample',
          'query_validation_id',
        ],
        ['query_parameters', 'query_result_sample'],
      ),
      replacesSubmissionId: before?.versionId ?? null,
      revisionType: row.flag('is_revision') ? 'REVISION' : null,
      revisionReason: row.text('revision_reason'),
    },
    submitted: { at, by },
    reason: `Imported from ${row.table} ${row.key}.`,
    ids: [id],
    sources: [imported(row, { table: 'document_submissions', id: versionId })],
  };
}

/** Marks where a verdict violates today's rules; it is imported unchanged. */
function markVerdict(
  row: SourceRow,
  submission: Step,
  verdict: { readonly status: string | null; readonly by: number; readonly at: string },
  columns: { readonly by: string; readonly at: string; readonly notes: string },
): void {
  if (verdict.at < submission.at)
    row.note('TIMES_OUT_OF_ORDER', 'It was decided before it was submitted; the times are kept.', columns.at);
  if (verdict.by === submission.by)
    row.note('SELF_REVIEWED', 'Who handed it in decided on it: today somebody else is asked for.', columns.by);
  if (verdict.status !== 'ACCEPTED' && row.text(columns.notes) === null)
    row.note(
      'REASON_MISSING',
      'It was not accepted, and nothing says why: today a reason is asked for.',
      columns.notes,
    );
}

/** A tester's decision on a submission, if it is a row of its own. */
export function decisionStep({ people, beganAt }: PhaseSource, row: SourceRow, submission: Step): Step {
  const status = row.meaning('decision', verdicts, null);
  const by = people.first(row, ['decided_by']);
  const at = row.instant('decision_date') ?? row.instant('created_at') ?? beganAt;
  const versionId = documentVersionId(row);
  markVerdict(row, submission, { status, by, at }, { by: 'decided_by', at: 'decision_date', notes: 'decision_notes' });
  return {
    key: `${DECISIONS}:${row.key}`,
    versionId,
    at,
    by,
    content: {
      ...submission.content,
      submissionStatus: status ?? 'PENDING_REVIEW',
      reviewNotes: row.text('decision_notes'),
      ...({ revisionType: null, revisionReason: null } satisfies JsonObject),
    },
    submitted: submission.submitted,
    reviewed: { at, by },
    reason: `Imported from ${DECISIONS} ${row.key}.`,
    sources: [imported(row, { table: 'document_submissions', id: versionId })],
  };
}

/** The tester's verdict on a submission, or the result of its validation. */
export function verdictStep({ people, beganAt }: PhaseSource, row: SourceRow, submission: Step): Step | null {
  const decided = row.meaning('tester_decision', verdicts, null);
  const status = decided ?? row.meaning('validation_status', verdicts, null);
  if (status === null) return null;
  const [byColumn, atColumn, notes] = decided
    ? ['decided_by', 'decided_at', 'tester_notes']
    : ['validated_by', 'validated_at', 'validation_notes'];
  const by = people.first(row, [byColumn]);
  let at = row.instant(atColumn);
  if (at === null) {
    at = row.instant('updated_at') ?? row.instant('created_at') ?? beganAt;
    row.note('DECISION_TIME_MISSING', `${atColumn} is empty; ${at} is taken for it.`, atColumn);
  }
  markVerdict(row, submission, { status, by, at }, { by: byColumn, at: atColumn, notes });
  return {
    key: `${row.table}:${row.key}:verdict`,
    versionId: idOf(`${row.table}_verdict`, row.key),
    at,
    by,
    content: {
      ...submission.content,
      submissionStatus: status,
      reviewNotes: row.text(notes),
      ...({ revisionType: null, revisionReason: null } satisfies JsonObject),
    },
    submitted: submission.submitted,
    reviewed: { at, by },
    reason: `Imported from ${row.table} ${row.key}: the verdict.`,
    sources: [],
    about: submission.sources[0]!,
  };
}
