/**
 * Rows without a counterpart here. Entries that say who did something and when become commits that say so; all others are kept unchanged,
 * many in one commit.
 */
import type { SourceRow } from '../source-row';
import { imported, kept, quarantined, unitOfSources, unitsTogether, type PlacedRow, type Unit } from '../unit';
import type { People } from './workflow';

interface LoggedAct {
  readonly by: readonly string[];
  readonly at: readonly string[];
  /** The columns that together say what was done. */
  readonly what: readonly string[];
}

const history: LoggedAct = {
  by: ['changed_by_user_id'],
  at: ['changed_at', 'created_at'],
  what: ['action', 'change_reason'],
};

/** Tables whose rows describe actions. */
const loggedActs: Readonly<Record<string, LoggedAct>> = {
  universal_assignments: {
    by: ['from_user_id', 'created_by_id'],
    at: ['assigned_at', 'created_at'],
    what: ['assignment_type', 'title'],
  },
  universal_assignment_history: history,
  universal_assignment_histories: history,
  audit_logs: { by: ['user_id'], at: ['timestamp', 'created_at'], what: ['action', 'table_name', 'record_id'] },
  rbac_permission_audit_logs: {
    by: ['performed_by'],
    at: ['performed_at', 'created_at'],
    what: ['action_type', 'target_type', 'target_id', 'reason'],
  },
};

function planAct(people: People, row: SourceRow, { by, at, what }: LoggedAct): Unit {
  const who = by.map((column) => row.person(column)).find((person) => person !== null) ?? null;
  return unitOfSources(row.name, [imported(row)], {
    actor: people.optional(who),
    occurredAt: at.map((column) => row.instant(column)).find((instant) => instant !== null) ?? null,
    reason: what.flatMap((column) => row.text(column) ?? []).join(' ') || `An entry of ${row.table}.`,
  });
}

/**
 * @param where names the workflow and phase of the rows
 * @param repeated by table and key, the original key of rows whose key was taken
 */
export function planOthers(
  where: string,
  people: People,
  rows: readonly SourceRow[],
  repeated: ReadonlyMap<string, string> = new Map(),
): Unit[] {
  const units: Unit[] = [];
  const together: PlacedRow[] = [];
  for (const row of rows) {
    const original = repeated.get(row.name);
    const deed = loggedActs[row.table];
    if (original !== undefined)
      row.note('KEY_REPEATED', `The table has another row with the key ${original}; both are kept.`);
    if (row.unreadable) together.push(quarantined(row, row.unreadable));
    else if (deed) units.push(planAct(people, row, deed));
    else together.push(kept(row));
  }
  return [...units, ...unitsTogether(where, together)];
}
