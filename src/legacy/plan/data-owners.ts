/** Plans who owned which data: each mapping of an attribute and a line of business becomes an assignment, and so does its predecessor. */
import { idOf } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, unitOfSources, type Unit } from '../unit';
import { assignmentStatuses } from '../words';
import { gather } from './items';
import { later, millisecondAfter, rowsOf, versionRows, type PhaseSource } from './workflow';

const TABLE = 'cycle_report_data_owner_lob_mapping';

/** Not PRIMARY: there can be one primary owner for each line of business, but here there is one for each attribute. */
const ASSIGNMENT_TYPE = 'ATTRIBUTE';

function planMapping(source: PhaseSource, row: SourceRow, lobs: ReadonlyMap<number, string>): Unit[] {
  const { people } = source;
  const owner = row.person('data_owner_id');
  const createdAt = row.instant('created_at') ?? row.instant('assigned_by_data_executive_at') ?? source.beganAt;
  const assignedAt = row.instant('assigned_by_data_executive_at') ?? createdAt;
  const by = people.first(row, ['data_executive_id', 'created_by_id', 'updated_by_id']);
  const key = `${TABLE}:${row.key}`;
  if (owner === null) {
    row.note('NOBODY_ASSIGNED', 'Nobody is assigned, so there is no assignment; the row is kept.', 'data_owner_id');
    return [unitOfSources(key, [imported(row)], { actor: by, occurredAt: createdAt })];
  }
  const status = row.meaning('assignment_status', assignmentStatuses, 'INACTIVE');
  const lob = row.integer('lob_id');
  if (lob !== null && !lobs.has(lob))
    row.note('LOB_MISSING', `Line of business ${lob} is not there; the assignment is for the whole report.`, 'lob_id');
  const validFrom = assignedAt;
  if (status === 'ACTIVE') people.noteUnfit(row, owner, 'DATA_OWNER', 'data_owner_id');
  const ended = status === 'INACTIVE' ? later(row.instant('updated_at') ?? validFrom, validFrom) : null;
  const common = {
    lobId: lob === null ? null : (lobs.get(lob) ?? null),
    assignmentType: ASSIGNMENT_TYPE,
    changeMetadata: gather(row, [
      'attribute_id',
      'sample_id',
      'assignment_rationale',
      'data_owner_acknowledged',
      'data_owner_acknowledged_at',
      'data_owner_response_notes',
    ]),
  };
  const record = (what: string) => ({
    versionId: idOf('assignment_version', `${row.key}:${what}`),
    masterRecordId: idOf('assignment', `${row.key}:${what}`),
    number: 1,
    status: 'RECORDED',
    parentId: null,
    baseId: null,
  });
  const previous = row.person('previous_data_owner_id');
  const [before, now] = [record('previous'), record('current')];
  const placed = imported(row, { table: 'data_owner_assignments', id: now.versionId });
  const units: Unit[] = [];
  if (previous !== null) {
    const content = {
      ...common,
      dataOwnerId: people.userId(previous),
      assignmentStatus: 'TRANSFERRED',
      validFrom: createdAt,
      validTo: later(validFrom, createdAt),
      previousAssignmentId: null,
      changeReason: row.text('change_reason'),
    };
    const facts = { ...before, createdAt, createdBy: by, inForceFrom: createdAt };
    units.push({
      key: `${key}:previous`,
      actor: by,
      occurredAt: createdAt,
      reason: `Imported from ${TABLE} ${row.key}: the owner before.`,
      rows: versionRows(source, facts, content),
      ids: [],
      sources: [],
      about: placed,
    });
  }
  const content = {
    ...common,
    dataOwnerId: people.userId(owner),
    assignmentStatus: status,
    validFrom,
    validTo: ended,
    previousAssignmentId: previous === null ? null : before.versionId,
    changeReason: row.text('change_reason'),
  };
  const recordedAt = previous === null ? assignedAt : later(assignedAt, millisecondAfter(createdAt));
  const facts = { ...now, createdAt: assignedAt, createdBy: by, inForceFrom: recordedAt };
  units.push({
    key,
    actor: by,
    occurredAt: assignedAt,
    reason: `Imported from ${TABLE} ${row.key}.`,
    rows: versionRows(source, facts, content),
    ids: [],
    sources: [placed],
  });
  return units;
}

export const planDataOwners =
  (lobs: ReadonlyMap<number, string>) =>
  (source: PhaseSource): Unit[] =>
    rowsOf(source, TABLE).flatMap((row) => planMapping(source, row, lobs));
