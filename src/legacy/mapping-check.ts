/**
 * Checks whether the new tables say the same about an old column as the old row. It knows the old system's vocabulary and nothing of the
 * planners, so that it is independent of the code it checks.
 */
import canonicalize from 'canonicalize';
import { parseLiteral } from './literals';
import type { Finding } from './source-row';
import { legacyTable } from './tables';
import { instantIn } from './zones';

/** Old ids that are one thing here: people and lines of business mapped to the same target. */
export interface SameIds {
  readonly user: ReadonlyMap<number, string>;
  readonly lob: ReadonlyMap<number, string>;
}

type Cells = Readonly<Record<string, unknown>>;

/** Old words with the same meaning as the last of each line. */
const synonyms: readonly (readonly string[])[] = [
  ['accepted', 'valid', 'validated', 'approved'],
  ['declined', 'invalid', 'rejected'],
  ['needs_revision', 'revision_required', 'revision_requested', 'requires_resubmission', 'requires_revision'],
  ['override', 'modified'],
  ['pending_review', 'in_review', 'under_review', 'submitted', 'pending_approval'],
  ['archived', 'superseded'],
  ['ai', 'llm'],
  ['carry_forward', 'carryforward', 'carried_forward'],
  ['active', 'changed', 'confirmed', 'assigned'],
  ['removed', 'inactive', 'unassigned'],
  ['very_high', 'critical'],
  ['major', 'high'],
  ['moderate', 'medium'],
  ['minor', 'informational', 'low'],
  ['test_manager', 'tester'],
  ['report_owner_executive', 'report_executive', 'report_owner'],
  ['data_provider', 'data_owner'],
  ['cdo', 'data_executive'],
  ['administrator', 'admin'],
];
const meanings = new Map(synonyms.flatMap((line) => line.map((word) => [word, line.at(-1)!] as const)));

/** Items have no such intermediate status: a section or sample to be revised is rejected. */
const asDecision = (word: string): string => (word === 'requires_revision' ? 'rejected' : word);

const WORDS =
  /^(status|version_status|assignment_status|sample_source|severity|role|tester_decision|report_owner_decision|review_status|execution_status|test_result|validation_status)$/;

/** Columns derived from other rows: they are shown, but were not taken over from this row. */
const derived = new Set([
  'cycle_report_test_cases.status',
  'cycle_report_test_cases_evidence.is_current',
  'cycle_report_test_cases_document_submissions.is_current',
  'cycle_report_request_info_testcase_source_evidence.is_current',
]);

/** The columns from which a value was taken if its own column is empty. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'cycle_report_sample_selection_versions.approval_notes': ['rejection_reason', 'report_owner_feedback'],
  'cycle_report_test_cases_evidence.tester_decision': ['validation_status'],
  'cycle_report_test_cases_evidence.tester_notes': ['validation_notes'],
  'cycle_report_test_cases_evidence.decided_by': ['validated_by'],
  'cycle_report_test_cases_evidence.decided_at': ['validated_at'],
  'cycle_report_test_cases_evidence.data_owner_id': ['created_by', 'updated_by'],
  'cycle_report_test_cases_evidence.submitted_at': ['created_at'],
  'cycle_report_request_info_testcase_source_evidence.submitted_by': ['created_by', 'updated_by'],
  'cycle_report_request_info_testcase_source_evidence.submitted_at': ['created_at'],
  'cycle_report_test_execution_results.completed_at': ['updated_at', 'created_at'],
  'cycle_report_test_execution_results.executed_by': ['created_by', 'updated_by'],
  'cycle_report_test_execution_results.test_result': ['execution_status'],
  'cycle_report_test_execution_reviews.review_notes': ['reviewer_comments'],
  'cycle_report_test_execution_reviews.reviewed_by': ['created_by', 'updated_by'],
  'cycle_report_test_execution_reviews.reviewed_at': ['created_at'],
  'cycle_report_test_report_sections.markdown_content': ['content_text', 'section_content'],
  'cycle_report_test_report_sections.section_title': ['section_name'],
  'cycle_report_test_report_sections.report_owner_approved': ['executive_approved'],
  'cycle_report_test_report_sections.report_owner_approved_by': ['executive_approved_by'],
  'cycle_report_test_report_sections.report_owner_approved_at': ['executive_approved_at', 'updated_at'],
  'cycle_report_test_report_sections.report_owner_notes': ['executive_notes'],
};
/** Default values if the old row has none. */
const defaults: Readonly<Record<string, unknown>> = {
  'test_cycles.status': 'UNKNOWN',
  'cycle_report_planning_attributes.status': 'pending',
  'cycle_report_sample_selection_samples.sample_data': '{}',
  'cycle_report_data_owner_lob_mapping.assignment_status': 'unassigned',
  'cycle_report_test_cases_document_submissions.validation_status': 'pending',
  'cycle_report_test_cases_evidence.version_number': 1,
  'cycle_report_request_info_testcase_source_evidence.validation_status': 'pending',
  'cycle_report_request_info_testcase_source_evidence.version_number': 1,
  'cycle_report_test_execution_results.execution_status': 'completed',
  'cycle_report_test_execution_reviews.review_status': 'reviewed',
  'cycle_report_observation_mgmt_observation_records.severity': 'MEDIUM',
  'cycle_report_observation_mgmt_observation_records.observation_type': 'OBSERVATION',
  'cycle_report_test_report_sections.section_order': 0,
};

/** Columns that mean something only with a decision, and the column that has the decision. */
const verdicts: readonly (readonly [columns: RegExp, decision: string])[] = [
  [/^cycle_report_test_cases_evidence\.(tester_notes|decided_by|decided_at)$/, 'tester_decision'],
  [
    /^cycle_report_(test_cases_document_submissions|request_info_testcase_source_evidence)\.(validation_notes|validated_by|validated_at)$/,
    'validation_status',
  ],
  [
    /^cycle_report_(sample_selection_samples|observation_mgmt_observation_records)\.report_owner_(decision_.+|comments)$/,
    'report_owner_decision',
  ],
  [/^cycle_report_test_report_sections\.report_owner_(approved_by|approved_at|notes)$/, 'report_owner_approved'],
];
const isUndecided = (name: string, row: Cells, findings: readonly Finding[]): boolean =>
  verdicts.some(
    ([columns, decision]) =>
      columns.test(name) &&
      (isEmpty(row[decision]) || word(String(row[decision])) === 'pending' || isExplained(findings, decision)),
  );

/** A cell without a known decision counts as empty. */
const DECISION = /^(tester_decision|report_owner_decision)$/;

/** Attributes were parts of a plan: approved, rejected or undecided. */
const asAttributeStatus: Readonly<Record<string, string>> = {
  assigned: 'approved',
  superseded: 'approved',
  draft: 'pending',
  pending_approval: 'pending',
};

const versions = /^cycle_report_(data_profiling_rule|scoping|sample_selection)_versions$/;

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '' || value === false;

/** Normalizes structured text: equal values compare equal however they are written. */
const structure = (text: string): string => {
  const { value } = parseLiteral(text);
  const isWrapped =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).join() === 'value';
  return canonicalize(isWrapped ? value.value : value)!;
};

const word = (text: string): string => {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return meanings.get(plain) ?? plain;
};

const attributeStatus = (text: string): string => asAttributeStatus[word(text)] ?? word(text);

const idsOf = (column: string): keyof SameIds | null =>
  /(^|_)(by|by_id|owner_id|tester_id)$/.test(column) ? 'user' : column === 'lob_id' ? 'lob' : null;

/** The instant of a text; without a time zone, in that of the source. */
function milliseconds(text: string, zone: string): number {
  const time = text.length === 10 ? `${text}T00:00:00` : text;
  return /(Z|[+-]\d\d(:?\d\d)?)$/i.test(time.slice(10)) ? Date.parse(time) : instantIn(zone, Date.parse(`${time}Z`));
}

function isSame(table: string, column: string, there: unknown, here: unknown, same: SameIds, zone: string): boolean {
  if (isEmpty(there) || isEmpty(here)) return isEmpty(there) && isEmpty(here);
  const type = legacyTable.get(table)?.columns[column];
  const [a, b] = [String(there), String(here)];
  switch (type) {
    case 'integer': {
      const ids = idsOf(column);
      const known = ids && same[ids].get(Number(a));
      return Number(a) === Number(b) || (known !== null && known !== undefined && known === same[ids!].get(Number(b)));
    }
    case 'double precision':
      return Number(a) === Number(b);
    case 'timestamp':
    case 'timestamptz':
      return Math.abs(milliseconds(a, zone) - milliseconds(b, zone)) <= 1;
    case 'uuid':
      return a.toLowerCase() === b.toLowerCase();
    default:
      if (a === b) return true;
      if (`${table}.${column}` === 'cycle_report_planning_attributes.status')
        return attributeStatus(a) === attributeStatus(b);
      if (WORDS.test(column))
        return b.split(', ').some((each) => word(a) === word(each) || asDecision(word(a)) === asDecision(word(each)));
      return (
        structure(typeof there === 'object' ? JSON.stringify(there) : a) ===
        structure(typeof here === 'object' ? JSON.stringify(here) : b)
      );
  }
}

const isExplained = (findings: readonly Finding[], column: string): boolean =>
  findings.some(
    (finding) =>
      finding.column === column ||
      finding.code === 'REFUSED_BY_THE_DATABASE' ||
      (finding.column === undefined && new RegExp(`\\b${column}\\b`).test(finding.message)),
  );

/** A person's name is a single text here. */
const nameOf = (cells: Cells): string =>
  [cells.first_name, cells.last_name]
    .filter((part) => !isEmpty(part))
    .join(' ')
    .trim();

/** A row with its text columns as texts, because in JSON they may hold anything. */
const withTexts = (table: string, cells: Cells): Cells =>
  Object.fromEntries(
    Object.entries(cells).map(([column, value]) => [
      column,
      legacyTable.get(table)?.columns[column] === 'text' && value !== null && typeof value !== 'string'
        ? JSON.stringify(value)
        : value,
    ]),
  );

/** The mapped columns of a row that differ from the row without a finding that explains it. */
export function disagreements(
  table: string,
  cells: Cells,
  mapped: Cells,
  findings: readonly Finding[],
  same: SameIds,
  zone: string,
): string[] {
  const row = withTexts(table, cells);
  return Object.keys(mapped).filter((column) => {
    const name = `${table}.${column}`;
    if (derived.has(name) || isExplained(findings, column)) return false;
    if (table === 'users' && (column === 'first_name' || column === 'last_name'))
      return nameOf(row) !== nameOf(mapped) && nameOf(row) !== '';
    const [there, here] = [row, mapped].map((cells) =>
      DECISION.test(column) && word(String(cells[column])) === 'pending' ? null : cells[column],
    );
    if (isSame(table, column, there, here, same, zone)) return false;
    if (isUndecided(name, row, findings) && isEmpty(mapped[column])) return false;
    // The result was taken over if the run did not fail.
    if (
      name === 'cycle_report_test_execution_results.execution_status' &&
      !isEmpty(mapped.test_result) &&
      there !== 'failed'
    )
      return false;
    // A rejected version keeps its notes as the reason.
    if (
      versions.test(table) &&
      column === 'approval_notes' &&
      isEmpty(mapped[column]) &&
      word(String(row.version_status)) === 'rejected'
    )
      return false;
    if (!isEmpty(there) && !isUndecided(name, row, findings)) return true;
    const others =
      elsewhere[name] ??
      (versions.test(table) && column === 'created_by_id' ? ['submitted_by_id', 'updated_by_id'] : []);
    return !(
      isSame(table, column, defaults[name], mapped[column], same, zone) ||
      // No column of the row has the value.
      (others.length > 0 && others.every((other) => isEmpty(row[other]))) ||
      others.some(
        (other) => isSame(table, column, row[other], mapped[column], same, zone) || isExplained(findings, other),
      )
    );
  });
}
