/** Reads what the old system's version tables have in common. Irregularities are noted on the row. */
import type { JsonObject } from '../../versioning/model';
import { idOf, keptId } from '../ids';
import type { SourceRow } from '../source-row';
import type { PlacedRow } from '../unit';
import { versionStatuses, type OldStatus } from '../words';
import type { PlannedItem } from './items';
import { earlier, type PhaseSource } from './workflow';

/** A version of the old system; people are userIds of this one already. */
export interface OldVersion {
  readonly row: SourceRow;
  readonly versionId: string;
  readonly number: number | null;
  readonly status: OldStatus;
  readonly parentId: string | null;
  readonly createdAt: string;
  readonly createdBy: number;
  readonly submittedAt: string | null;
  readonly submittedBy: number | null;
  readonly reviewedAt: string | null;
  readonly reviewedBy: number | null;
  readonly notes: string | null;
  readonly updatedAt: string;
  readonly content: JsonObject;
  readonly items: readonly PlannedItem[];
  /** The other source rows that the version was made from. */
  readonly with: readonly PlacedRow[];
  /** What its row became, if not the version itself. */
  readonly target?: { readonly table: string; readonly id: string };
}

/** A version keeps its id, unless a version of another table has it. */
function versionIdOf(row: SourceRow): string {
  if (!row.isIdTaken) return keptId(row.table, row.key);
  row.note('ID_TAKEN', 'A version of another phase has this id; here it has another one.', 'version_id');
  return idOf(`${row.table}_version`, row.key);
}

/** Reads the common columns of a version row; null if it cannot be placed. */
export function readVersion(
  source: PhaseSource,
  row: SourceRow,
): Omit<OldVersion, 'content' | 'items' | 'with'> | null {
  const word = row.word('version_status');
  const status = word !== null && Object.hasOwn(versionStatuses, word) ? versionStatuses[word]! : null;
  if (status === null) return null;
  const { people } = source;
  const updatedAt = row.instant('updated_at') ?? row.instant('created_at') ?? source.beganAt;
  let createdAt = row.instant('created_at');
  if (createdAt === null) {
    createdAt = earlier(row.instant('submitted_at') ?? updatedAt, updatedAt);
    row.note('CREATION_TIME_MISSING', `It says not when it was created; ${createdAt} is taken for it.`, 'created_at');
  }
  const createdBy = people.first(row, ['created_by_id', 'submitted_by_id', 'updated_by_id']);
  let submittedAt = row.instant('submitted_at');
  let submittedBy = people.optional(row.person('submitted_by_id'));
  if (status === 'PENDING_APPROVAL') {
    for (const [column, isThere, instead] of [
      ['submitted_at', submittedAt !== null, 'the time of its last change'],
      ['submitted_by_id', submittedBy !== null, 'its creator'],
    ] as const)
      if (!isThere)
        row.note('SUBMISSION_INCOMPLETE', `It is pending and ${column} is empty; ${instead} is taken for it.`, column);
    submittedAt ??= updatedAt;
    submittedBy ??= createdBy;
  }
  if (status === 'DRAFT') {
    for (const column of ['submitted_at', 'submitted_by_id'])
      if (row.has(column))
        row.note('DRAFT_WITH_SUBMISSION', `It is a draft and ${column} is filled; it stays a draft.`, column);
    submittedAt = submittedBy = null;
  }
  return {
    row,
    versionId: versionIdOf(row),
    number: row.integer('version_number'),
    status,
    parentId: row.uuid('parent_version_id'),
    createdAt,
    createdBy,
    submittedAt,
    submittedBy,
    updatedAt,
    ...readReview(source, row, status, updatedAt),
  };
}

/** Notes a cell that has no place in a version of this status. */
function leave(row: SourceRow, status: OldStatus, ...columns: string[]): void {
  for (const column of columns)
    if (row.text(column) !== null)
      row.note(
        'NO_PLACE',
        `${column} is filled, and a version that is ${status} has no place for it; it is kept in the source row.`,
        column,
      );
}

/** Who decided, when, and what they said; the old system stored part of it for approvals only. */
function readReview({ people }: PhaseSource, row: SourceRow, status: OldStatus, updatedAt: string) {
  const approver = row.person('approved_by_id');
  const approvedAt = row.instant('approved_at');
  switch (status) {
    case 'APPROVED':
    case 'SUPERSEDED':
      leave(row, status, 'rejection_reason');
      return { reviewedAt: approvedAt, reviewedBy: people.optional(approver), notes: row.text('approval_notes') };
    case 'REJECTED': {
      if (!row.has('report_owner_reviewed_by_id'))
        row.note(
          'REJECTER_INFERRED',
          approver === null
            ? 'The old system did not keep who rejected it; whoever changed it last is taken for it.'
            : 'The old system kept who rejected it as its approver.',
        );
      leave(row, status, 'approved_by_id', 'approved_at');
      const by = row.person('report_owner_reviewed_by_id') ?? approver ?? row.person('updated_by_id');
      const at = row.instant('report_owner_reviewed_at') ?? approvedAt ?? updatedAt;
      return { reviewedAt: at, reviewedBy: people.optional(by), notes: reasonOf(row) };
    }
    default:
      leave(row, status, 'approved_by_id', 'approved_at', 'approval_notes', 'rejection_reason');
      return { reviewedAt: null, reviewedBy: null, notes: null };
  }
}

/** The reason for a rejection, from whichever column has it. */
function reasonOf(row: SourceRow): string | null {
  const columns = ['rejection_reason', 'report_owner_feedback', 'approval_notes'];
  const [said, ...more] = columns.filter((column) => row.text(column) !== null);
  if (said === undefined) row.note('REASON_MISSING', 'It says not why it was rejected.', 'rejection_reason');
  else if (said !== 'rejection_reason')
    row.note('REASON_ELSEWHERE', `Why it was rejected is said in ${said}.`, 'rejection_reason');
  leave(row, 'REJECTED', ...more.filter((column) => row.text(column) !== row.text(said!)));
  return said === undefined ? null : row.text(said);
}
