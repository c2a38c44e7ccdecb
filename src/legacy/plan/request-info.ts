/**
 * Plans what data owners submitted. A test case is one record: it begins with the request, and every piece of evidence and every verdict is
 * its next version.
 */
import { groupBy } from '../../group-by';
import { idOf } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, unitOfSources, type Unit } from '../unit';
import { planChain, type Step } from './chain';
import {
  CASES,
  DECISIONS,
  decisionStep,
  EVIDENCE,
  requestStep,
  SOURCE_EVIDENCE,
  submissions,
  submissionStep,
  verdictStep,
} from './submission-steps';
import { rowsOf, type PhaseSource } from './workflow';

const AUDIT = 'cycle_report_request_info_audit_logs';

/** In order of submission: by number, and by time between the two tables. */
function inOrder(rows: readonly SourceRow[], number: string): SourceRow[] {
  return [...rows].sort(
    (a, b) =>
      (a.integer(number) ?? Infinity) - (b.integer(number) ?? Infinity) ||
      (a.instant('submitted_at') ?? '').localeCompare(b.instant('submitted_at') ?? '') ||
      Number(a.key) - Number(b.key),
  );
}

function interleave(a: SourceRow[], b: SourceRow[]): SourceRow[] {
  const [first, second] = [[...a], [...b]];
  const all: SourceRow[] = [];
  const at = (row: SourceRow | undefined) => row?.instant('submitted_at') ?? '';
  while (first.length > 0 || second.length > 0)
    all.push((second.length === 0 || (first.length > 0 && at(first[0]) <= at(second[0])) ? first : second).shift()!);
  return all;
}

/** The testers' decisions by what they decided on: source evidence, or evidence if there is no source evidence with that number. */
function decisionsOn(handedIn: readonly SourceRow[], rows: readonly SourceRow[]): Map<SourceRow, SourceRow[]> {
  const decisions = new Map<SourceRow, SourceRow[]>();
  for (const decision of inOrder(
    rows.filter(({ table }) => table === DECISIONS),
    'id',
  )) {
    const evidence = decision.text('evidence_id');
    const on =
      handedIn.find(({ table, key }) => table === SOURCE_EVIDENCE && key === evidence) ??
      handedIn.find(({ table, key }) => table === EVIDENCE && key === evidence);
    if (on) decisions.set(on, [...(decisions.get(on) ?? []), decision]);
    else
      decision.note(
        'EVIDENCE_MISSING',
        `Evidence ${evidence ?? '(none)'} of its test case is not there.`,
        'evidence_id',
      );
  }
  return decisions;
}

function planCase(source: PhaseSource, testCase: number | null, rows: readonly SourceRow[]): Unit[] {
  const [request] = rows.filter(({ table }) => table === CASES);
  const handedIn = Object.entries(submissions)
    .map(([table, { number }]) =>
      inOrder(
        rows.filter((row) => row.table === table),
        number,
      ),
    )
    .reduce(interleave);
  const decisions = decisionsOn(handedIn, rows);
  if (!request)
    for (const row of handedIn)
      row.note(
        'TEST_CASE_MISSING',
        `Test case ${testCase ?? '(none)'}, which it belongs to, is not there.`,
        'test_case_id',
      );
  if (!request && handedIn.length === 0) return [];
  const name = testCase === null ? `none:${handedIn[0]!.table}:${handedIn[0]!.key}` : String(testCase);
  const steps = request ? [requestStep(source, request, idOf('test_case', name))] : [];
  let before: Step | undefined;
  for (const row of handedIn) {
    const submission = submissionStep(source, row, before);
    const decided = (decisions.get(row) ?? []).map((decision) => decisionStep(source, decision, submission));
    if (decided.length > 0)
      row.note(
        'DECIDED_ELSEWHERE',
        'A decision of its own says what became of it, instead of validation_status, validation_notes, validated_by and validated_at.',
      );
    const verdict = decided.length > 0 ? null : verdictStep(source, row, submission);
    steps.push(submission, ...decided, ...(verdict ? [verdict] : []));
    before = submission;
  }
  return planChain(source, idOf('test_case_record', name), steps);
}

export function planRequestInfo(source: PhaseSource): Unit[] {
  const cases = groupBy(
    [CASES, ...Object.keys(submissions), DECISIONS].flatMap((table) => rowsOf(source, table)),
    (row) => {
      const testCase = row.integer(row.table === CASES ? 'id' : 'test_case_id');
      // Rows without a test case are records of their own.
      return testCase === null ? `${row.table}:${row.key}` : String(testCase);
    },
  );
  const logs = rowsOf(source, AUDIT).map((row) =>
    unitOfSources(`${AUDIT}:${row.key}`, [imported(row)], {
      actor: source.people.optional(row.person('performed_by')),
      occurredAt: row.instant('performed_at') ?? row.instant('created_at'),
      reason: row.text('action') ?? 'An entry of the audit log.',
    }),
  );
  const records = [...cases].flatMap(([name, rows]) =>
    planCase(source, /^-?\d+$/.test(name) ? Number(name) : null, rows),
  );
  return [...records, ...logs];
}
