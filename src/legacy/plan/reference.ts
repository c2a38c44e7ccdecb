/** Plans people, lines of business, cycles, reports and workflows: the data that the phases' rows refer to. */
import { REFERENCE_STREAM } from '../../database/register/people';
import { cycleStatus } from '../../versioning/cycle';
import { isBlank, nameKey } from '../../versioning/identity';
import { idOf, isPersonId, NOBODY } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, merged, quarantined, type NewRow, type Unit } from '../unit';
import { roles } from '../words';
import { workflowIds, workflowKey, type LegacyWorkflow, type People } from './workflow';

const inReference = { stream_id: REFERENCE_STREAM };

type Planned = Pick<Unit, 'rows' | 'ids' | 'sources'>;

const unit = (key: string, occurredAt: string | null, reason: string, planned: Planned): Unit => ({
  key,
  actor: null,
  occurredAt,
  reason,
  ...planned,
});

const unitOf = (row: SourceRow, planned: Planned): Unit =>
  unit(`${row.table}:${row.key}`, row.instant('created_at'), `Imported from ${row.table} ${row.key}.`, planned);

/** A readable name; if the row has none, one is made from its id. */
function nameOf(row: SourceRow, column: string, otherwise: string): string {
  const given = row.text(column);
  const name = given === null || isBlank(given) ? null : given;
  if (name === null) row.note('NAME_MISSING', `${column} is empty; it is called ${otherwise} here.`, column);
  return name ?? otherwise;
}

export function planUser(row: SourceRow, people: People): Unit {
  const legacyId = row.integer('user_id')!;
  if (!isPersonId(legacyId)) {
    const refusal = {
      code: 'IMPOSSIBLE_PERSON',
      reason: `user_id ${legacyId} is nobody's id: it would become somebody else's here.`,
    };
    return unitOf(row, { rows: [], ids: [], sources: [quarantined(row, refusal)] });
  }
  const userId = people.userId(legacyId);
  const ids = [{ kind: 'user', legacyId: String(legacyId), newId: String(userId) } as const];
  if (people.isMapped(legacyId)) {
    row.note('MAPPED_BY_HAND', `Mapped to user ${userId}: first_name, last_name, role and is_active are theirs here.`);
    return unitOf(row, { rows: [], ids, sources: [merged(row, { table: 'users', id: null })] });
  }
  const role = row.meaning('role', roles, null);
  const name = [row.text('first_name'), row.text('last_name')]
    .filter((part) => part !== null)
    .join(' ')
    .trim();
  if (isBlank(name))
    row.note('NAME_MISSING', 'first_name and last_name are empty; the person is called after their id here.');
  const user = {
    user_id: userId,
    name: isBlank(name) ? `User (legacy ${legacyId})` : name,
    is_active: row.flag('is_active'),
    ...inReference,
  };
  people.know(legacyId, { name: user.name, isActive: user.is_active, roles: role === null ? [] : [role] });
  return unitOf(row, {
    rows: [
      ['users', [user]],
      ['user_roles', role === null ? [] : [{ user_id: userId, role, ...inReference }]],
    ],
    ids,
    sources: [imported(row, { table: 'users', id: null })],
  });
}

/** A person who is named but has no row in the old system. */
export function planUnknownPerson(legacyId: number, people: People): Unit {
  const userId = people.userId(legacyId);
  const name = legacyId === NOBODY ? 'Unknown (legacy)' : `Unknown (legacy ${legacyId})`;
  const isMapped = people.isMapped(legacyId);
  return unit(
    `person:${legacyId}`,
    null,
    isMapped ? 'Mapped by hand.' : 'Named in the old system, which has no row of them.',
    {
      rows: isMapped ? [] : [['users', [{ user_id: userId, name, is_active: false, ...inReference }]]],
      ids: [{ kind: 'user', legacyId: String(legacyId), newId: String(userId) }],
      sources: [],
    },
  );
}

/** Existing names that must stay unique and were not imported. */
export interface Existing {
  readonly lobs: ReadonlyMap<string, string>;
  readonly reportNumbers: ReadonlySet<string>;
  readonly cycleNames: ReadonlySet<string>;
}

/** A name or number that is still free; if it is taken, the id is appended. */
function free(taken: Set<string>, name: string, legacyId: number, onTaken: (name: string) => void): string {
  const found = taken.has(nameKey(name)) ? `${name} (legacy ${legacyId})` : name;
  if (found !== name) onTaken(found);
  taken.add(nameKey(found));
  return found;
}

/** The id of each line of business; those with the same name become one. */
export function planLobs(rows: readonly SourceRow[], existing: Existing): { units: Unit[]; ids: Map<number, string> } {
  const byName = new Map([...existing.lobs].map(([name, id]) => [nameKey(name), id]));
  const ids = new Map<number, string>();
  const units = rows.map((row) => {
    const legacyId = row.integer('lob_id')!;
    const name = nameOf(row, 'lob_name', `Line of business (legacy ${legacyId})`);
    const known = byName.get(nameKey(name));
    const lobId = known ?? idOf('lob', legacyId);
    ids.set(legacyId, lobId);
    byName.set(nameKey(name), lobId);
    if (known)
      row.note(
        'SAME_NAME',
        `A line of business is called ${name} already; this one is taken for the same.`,
        'lob_name',
      );
    const target = { table: 'lobs', id: lobId };
    return unitOf(row, {
      rows: [['lobs', known ? [] : [{ lob_id: lobId, name, ...inReference }]]],
      ids: [{ kind: 'lob', legacyId: String(legacyId), newId: lobId }],
      sources: [known ? merged(row, target) : imported(row, target)],
    });
  });
  return { units, ids };
}

export function planReports(
  rows: readonly SourceRow[],
  lobs: ReadonlyMap<number, string>,
  people: People,
  existing: Existing,
): Unit[] {
  const taken = new Set([...existing.reportNumbers].map(nameKey));
  return rows.map((row) => {
    const legacyId = row.integer('id')!;
    const number = free(taken, nameOf(row, 'report_number', `LEGACY-${legacyId}`), legacyId, (found) =>
      row.note('SAME_NUMBER', `A report has this number already; here it is ${found}.`, 'report_number'),
    );
    const lob = row.integer('lob_id');
    if (lob !== null && !lobs.has(lob))
      row.note('LOB_MISSING', `Line of business ${lob} is not there; the report has none.`, 'lob_id');
    people.noteUnfit(row, row.person('report_owner_id'), 'REPORT_OWNER', 'report_owner_id');
    const reportId = idOf('report', legacyId);
    const report: NewRow = {
      report_id: reportId,
      name: nameOf(row, 'report_name', number),
      number,
      lob_id: lob === null ? null : (lobs.get(lob) ?? null),
      owner_id: people.optional(row.person('report_owner_id')),
      ...inReference,
    };
    return unitOf(row, {
      rows: [['reports', [report]]],
      ids: [{ kind: 'report', legacyId: String(legacyId), newId: reportId }],
      sources: [imported(row, { table: 'reports', id: reportId })],
    });
  });
}

export function planCycles(rows: readonly SourceRow[], existing: Existing): Unit[] {
  const taken = new Set([...existing.cycleNames].map(nameKey));
  return rows.map((row) => {
    const legacyId = row.integer('cycle_id')!;
    const cycleId = idOf('cycle', legacyId);
    const name = free(taken, nameOf(row, 'cycle_name', `Cycle (legacy ${legacyId})`), legacyId, (found) =>
      row.note('SAME_NAME', `A cycle is called that already; here it is ${found}.`, 'cycle_name'),
    );
    const [from, to] = [row.date('start_date'), row.date('end_date')];
    if (from !== null && to !== null && to < from)
      row.note('ENDS_BEFORE_START', `It ends on ${to}, before it starts on ${from}; it is kept so.`, 'end_date');
    const cycle: NewRow = {
      cycle_id: cycleId,
      name,
      start_date: from,
      end_date: to,
      cycle_status: cycleStatus(row.text('status')?.toUpperCase() ?? 'UNKNOWN'),
      ...inReference,
    };
    return unitOf(row, {
      rows: [['cycles', [cycle]]],
      ids: [{ kind: 'cycle', legacyId: String(legacyId), newId: cycleId }],
      sources: [imported(row, { table: 'cycles', id: cycleId })],
    });
  });
}

/** The deciders of a workflow, by old id, according to its cycle and report. */
export interface Deciders {
  readonly reportOwner: number | null;
  readonly testExecutive: number | null;
}

/**
 * A workflow, with its cycle and report if the old system has no rows for them.
 * @param row null if only other rows mention it
 */
export function planWorkflow(
  workflow: LegacyWorkflow,
  row: SourceRow | null,
  { reportOwner, testExecutive }: Deciders,
  missing: { readonly cycle: boolean; readonly report: boolean },
  people: People,
): Unit {
  const { streamId: workflowId, cycleId, reportId } = workflowIds(workflow);
  const key = workflowKey(workflow);
  const tester = row?.person('tester_id') ?? null;
  const cycle: NewRow = {
    cycle_id: cycleId,
    name: `Unknown cycle (legacy ${workflow.cycle})`,
    start_date: null,
    end_date: null,
    cycle_status: 'UNKNOWN',
    ...inReference,
  };
  const report: NewRow = {
    report_id: reportId,
    name: `Unknown report (legacy ${workflow.report})`,
    number: `LEGACY-${workflow.report}`,
    lob_id: null,
    owner_id: null,
    ...inReference,
  };
  people.noteUnfit(row, tester, 'TESTER', 'tester_id');
  people.noteUnfit(row, reportOwner, 'REPORT_OWNER', 'report_id');
  people.noteUnfit(row, testExecutive, 'TEST_EXECUTIVE', 'cycle_id');
  if (missing.cycle)
    row?.note('CYCLE_MISSING', `Cycle ${workflow.cycle} has no row; an unknown one stands for it.`, 'cycle_id');
  if (missing.report)
    row?.note('REPORT_MISSING', `Report ${workflow.report} has no row; an unknown one stands for it.`, 'report_id');
  return unit(`workflow:${key}`, row?.instant('created_at') ?? null, `Imported from cycle_reports ${key}.`, {
    rows: [
      ['cycles', missing.cycle ? [cycle] : []],
      ['reports', missing.report ? [report] : []],
      [
        'workflows',
        [
          {
            workflow_id: workflowId,
            cycle_id: cycleId,
            report_id: reportId,
            test_lead_id: null,
            report_owner_id: people.optional(reportOwner),
            test_executive_id: people.optional(testExecutive),
            ...inReference,
          },
        ],
      ],
      [
        'workflow_testers',
        tester === null ? [] : [{ workflow_id: workflowId, user_id: people.userId(tester), ...inReference }],
      ],
    ],
    ids: [
      { kind: 'workflow', legacyId: key, newId: workflowId },
      ...(missing.cycle ? [{ kind: 'cycle', legacyId: String(workflow.cycle), newId: cycleId } as const] : []),
      ...(missing.report ? [{ kind: 'report', legacyId: String(workflow.report), newId: reportId } as const] : []),
    ],
    sources: row ? [imported(row, { table: 'workflows', id: workflowId })] : [],
  });
}
