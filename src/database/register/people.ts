/** People, reference data and assignments: who people are, and what they are in a workflow. */
import { fullPhases, ownershipPhase } from '../../phases';
import { CLOSED } from '../../versioning/cycle';
import { columnName } from '../../versioning/fields';
import { signatories, type Position } from '../../versioning/fitness';
import type { WorkflowAssignment, VersionHeader, Viewer } from '../../versioning/model';
import { widelySeeing } from '../../versioning/seeing';
import type { Db } from '../connection/database';
import type { Filter, FilteredList, OrderField } from '../connection/pages';
import type { CycleRow, LobRow, ReportRow, WorkflowRow } from '../connection/rows';
import { isLatest } from '../versions/sign-offs';
import { readBy } from '../connection/statements';

/** The stream of the reference data in the commit log. */
export const REFERENCE_STREAM = '00000000-0000-0000-0000-000000000000';

export const rolesOf = (user: string, userRoles = 'user_roles'): string =>
  `array(select r.role::text from ${userRoles} r where r.user_id = ${user}.user_id order by r.role)`;

export const userColumns = `u.user_id, u.name, u.is_active, ${rolesOf('u')} as roles`;
export const lobColumns = 'l.lob_id, l.name';
export const cycleColumns = 'c.cycle_id, c.name, c.start_date, c.end_date, c.cycle_status';
export const reportColumns = 'r.report_id, r.name, r.number, r.lob_id, r.owner_id';

export const usersById = readBy<Viewer, number>(`select ${userColumns} from users u where u.user_id = any($1::int[])`);

export const testersByWorkflow = readBy<{ workflowId: string; userId: number }>(
  'select workflow_id, user_id from workflow_testers where workflow_id = any($1::uuid[]) order by user_id',
);

const workflowColumns =
  'w.workflow_id, w.cycle_id, w.report_id, w.test_lead_id, w.report_owner_id, w.test_executive_id';

export const workflowsById = readBy<WorkflowRow>(
  `select ${workflowColumns} from workflows w where w.workflow_id = any($1::uuid[])`,
);

/**
 * The table of the versions that say who owns data, and the columns of an assignment `d` for the owner, the line of business and the
 * period.
 */
const assignments = ownershipPhase.version.table;
const owns = {
  owner: `d.${columnName(ownershipPhase.ownership.owner)}`,
  lob: `d.${columnName(ownershipPhase.ownership.lob)}`,
  from: `d.${columnName(ownershipPhase.ownership.from)}`,
  to: `d.${columnName(ownershipPhase.ownership.to)}`,
};

/** The present, from wherever it is read: access is always decided by it. */
const PRESENT = 'public.';
/** Includes what was recorded at this very instant. */
const NOW = 'greatest(clock_timestamp(), v.effective_from)';

/** Whether an assignment `d`, recorded by a version `v`, holds at an instant of valid time, given as an expression. */
const holds = (at: string): string => `v.status = 'RECORDED' and tstzrange(${owns.from}, ${owns.to}) @> ${at}`;

/** The assignments that hold at an instant of valid time. */
export const assignmentsAt = (schema: string, at: string): string =>
  `${schema}${assignments} d join ${schema}phase_version v using (version_id) where ${holds(at)}`;
export const ownerColumn = owns.owner;

/** All assignments of a workflow, past and future ones included. */
export const assignmentsEverOf = (workflow: string): string =>
  `${assignments} d join phase_version v using (version_id) where v.stream_id = ${workflow}`;

/**
 * The assignments by which a person owns data of a workflow's report. Valid time decides, so an assignment that ends next month holds until
 * then.
 */
const ownedBy = (person: string, schema = PRESENT, at = NOW): string =>
  `${assignmentsAt(schema, at)} and ${owns.owner} = ${person}`;

/** The milliseconds until a person begins or ceases to own data of a workflow `w`, according to what is recorded now; null if never. */
export const ownershipTurnsIn = (
  person: string,
): string => `(select floor(1000 * extract(epoch from min(turn) - clock_timestamp()))
    from ${PRESENT}${assignments} d join ${PRESENT}phase_version v using (version_id) cross join unnest(array[${owns.from}, ${owns.to}]) turn
    where v.stream_id = w.workflow_id and v.status = 'RECORDED' and ${owns.owner} = ${person} and turn > clock_timestamp())`;

/**
 * Whether a signature `s` was delegated to a person by somebody whom the workflow `w` names, and the delegation is still the latest entry.
 */
const isSigning = (person: string, schema = PRESENT): string => `s.sign_off_user_id = ${person}
        and s.delegated_from_id in (w.test_lead_id, w.report_owner_id, w.test_executive_id) and ${isLatest('s', `${schema}test_report_signoffs`)}`;

/**
 * Expressions for a person's assignment to a workflow `w`.
 * @param schema the schema to read, with a trailing dot; empty for the one that everything else is read from
 * @param at the instant of valid time
 */
export const assignmentExpressions = (
  person: string,
  schema = PRESENT,
  at = NOW,
): Readonly<Record<keyof WorkflowAssignment, string>> => ({
  isDataOwner: `exists (select from ${ownedBy(person, schema, at)} and v.stream_id = w.workflow_id)`,
  isDelegate: `exists (select from ${schema}test_report_signoffs s where s.stream_id = w.workflow_id and ${isSigning(person, schema)})`,
  isTester: `exists (select from ${schema}workflow_testers t where t.workflow_id = w.workflow_id and t.user_id = ${person})`,
  isTestLead: `coalesce(w.test_lead_id = ${person}, false)`,
  isReportOwner: `coalesce(w.report_owner_id = ${person}, false)`,
  isTestExecutive: `coalesce(w.test_executive_id = ${person}, false)`,
  isCycleClosed: `exists (select from ${schema}cycles c where c.cycle_id = w.cycle_id and c.cycle_status = '${CLOSED}')`,
});

/** The same as select-list columns; the person is parameter n. */
export const assignmentColumns = (n: number): string =>
  Object.entries(assignmentExpressions(`$${n}`))
    .map(([name, sql]) => `${sql} as ${columnName(name)}`)
    .join(', ');

export const assignmentFrom = (row: WorkflowAssignment): WorkflowAssignment => {
  const { isTester, isTestLead, isReportOwner, isTestExecutive, isDataOwner, isDelegate, isCycleClosed } = row;
  return { isTester, isTestLead, isReportOwner, isTestExecutive, isDataOwner, isDelegate, isCycleClosed };
};

/** The workflow of a report in a cycle, and a person's assignment to it. */
export async function workflowOf(
  db: Db,
  cycleId: string,
  reportId: string,
  userId: number,
): Promise<{ workflow: WorkflowRow; assignment: WorkflowAssignment } | null> {
  const [row] = await db.query<WorkflowRow & WorkflowAssignment>(
    `select ${workflowColumns}, ${assignmentColumns(3)} from workflows w where w.cycle_id = $1 and w.report_id = $2`,
    [cycleId, reportId, userId],
  );
  return row ? { workflow: row, assignment: assignmentFrom(row) } : null;
}

/**
 * The workflows that a person is assigned to or signs in as a delegate. Each source is a branch of its own, so that each uses its own
 * index.
 */
export const workflowsAssignedTo = (person: string): string => `
    select w.workflow_id from public.workflows w where ${person} in (w.test_lead_id, w.report_owner_id, w.test_executive_id)
    union all select t.workflow_id from public.workflow_testers t where t.user_id = ${person}
    union all select v.stream_id from ${ownedBy(person)}
    union all select w.workflow_id from public.test_report_signoffs s join public.workflows w on w.workflow_id = s.stream_id where ${isSigning(person)}`;

/** A version, and a person's assignment to its workflow. */
export async function versionFor(
  db: Db,
  versionId: string,
  userId: number,
): Promise<{ version: VersionHeader; assignment: WorkflowAssignment } | null> {
  const [row] = await db.query<VersionHeader & WorkflowAssignment>(
    `select v.*, ${assignmentColumns(2)} from phase_version v join workflows w on w.workflow_id = v.stream_id
     where v.version_id = $1`,
    [versionId, userId],
  );
  return row ? { version: row, assignment: assignmentFrom(row) } : null;
}

/** Whether the person of the first parameter is assigned to a workflow `w`, or signs there as a delegate. */
const isAssigned = `w.workflow_id = any (array(${workflowsAssignedTo('$1')}))`;

/** Whether a person sees a workflow `w`, by the rule of `canSeeWorkflow`. The parts that depend on the person alone are evaluated once. */
export const isSeenBy = (person: string): string => `(exists (select from public.user_roles r
    where r.user_id = ${person} and r.role in (${widelySeeing.map((role) => `'${role}'`).join(', ')}))
  or w.workflow_id = any (array(${workflowsAssignedTo(person)})))`;

/** An expression over a workflow's cycle `c` and report `r`. */
const ofPlace = (sql: string): string =>
  `(select ${sql} from cycles c, reports r where c.cycle_id = w.cycle_id and r.report_id = w.report_id)`;
const byPlace = (text: string): OrderField => ({ sql: ofPlace(`log.name_key(${text})`), type: 'text' });

/** Workflows newest first. The list has no parent, so its parent is a placeholder. */
export const workflowList = {
  name: 'workflows',
  select: workflowColumns,
  from: 'workflows w',
  ofParent: 'true',
  key: 'w.workflow_id',
  keyType: 'uuid',
  newestFirst: true,
  filters: {
    search: ofPlace(`position(log.name_key($1) in log.name_key(concat_ws(' ', r.number, r.name, c.name))) > 0`),
    workflowIds: 'w.workflow_id = any($1::uuid[])',
    cycleIds: 'w.cycle_id = any($1::uuid[])',
    reportIds: 'w.report_id = any($1::uuid[])',
    lobId: ofPlace('r.lob_id is not distinct from $1::uuid'),
    cycleStatus: ofPlace('log.name_key(c.cycle_status) = log.name_key($1)'),
    testerId: 'exists (select from workflow_testers t where t.workflow_id = w.workflow_id and t.user_id = $1::int)',
    testLeadId: 'w.test_lead_id = $1::int',
    reportOwnerId: 'w.report_owner_id = $1::int',
    testExecutiveId: 'w.test_executive_id = $1::int',
  },
  orders: {
    REPORT_NAME: byPlace('r.name'),
    REPORT_NUMBER: byPlace('r.number'),
    CYCLE_NAME: byPlace('c.name'),
    /** Workflows without any commit come first. */
    LAST_CHANGE: {
      sql: `coalesce((select (extract(epoch from s.committed_at) * 1000)::bigint from change_set s
        where s.stream_id = w.workflow_id order by s.sequence desc limit 1), 0)`,
      type: 'bigint',
    },
  },
} as const satisfies FilteredList;

/** The workflows that a person may see: those they are assigned to, or all of them. */
export const visibleWorkflowIds = async (
  db: Db,
  userId: number,
  seesAll: boolean,
  { cycleId = null, reportId = null }: { cycleId?: string | null; reportId?: string | null } = {},
): Promise<string[]> =>
  (
    await db.query<{ workflowId: string }>(
      `select w.workflow_id from workflows w
       where ($2 or ${isAssigned}) and ($3::uuid is null or w.cycle_id = $3) and ($4::uuid is null or w.report_id = $4)
       order by w.workflow_id`,
      [userId, seesAll, cycleId, reportId],
    )
  ).map(({ workflowId }) => workflowId);

export const assignedTo = (userId: number): Filter => ({ sql: isAssigned, parameters: [userId] });

export const among = (workflowIds: readonly string[]): Filter => ({
  sql: 'w.workflow_id = any($1::uuid[])',
  parameters: [workflowIds],
});

export async function assignmentsOf(
  db: Db,
  workflowIds: readonly string[],
  userId: number,
): Promise<Map<string, WorkflowAssignment>> {
  const rows = await db.query<WorkflowAssignment & { workflowId: string }>(
    `select w.workflow_id, ${assignmentColumns(2)} from workflows w where w.workflow_id = any($1::uuid[])`,
    [workflowIds, userId],
  );
  return new Map(rows.map((row) => [row.workflowId, assignmentFrom(row)]));
}

export const cyclesById = readBy<CycleRow>(`select ${cycleColumns} from cycles c where c.cycle_id = any($1::uuid[])`);

export const reportsById = readBy<ReportRow>(
  `select ${reportColumns} from reports r where r.report_id = any($1::uuid[])`,
);

export const lobsById = readBy<LobRow>(`select ${lobColumns} from lobs l where l.lob_id = any($1::uuid[])`);

/** The assignments recorded so far that hold at an instant of valid time, oldest first. */
export const dataOwnersAt = (db: Db, workflowId: string, validAt: Date | null): Promise<VersionHeader[]> =>
  db.query<VersionHeader>(
    `select v.* from phase_version v cross join lateral (
       select * from ${assignments} d where d.version_id = v.version_id offset 0) d
     where v.stream_id = $1 and v.status = 'RECORDED'
       and tstzrange(${owns.from}, ${owns.to}) @> coalesce($2::timestamptz, greatest(clock_timestamp(), v.effective_from))
     order by ${owns.from}, v.version_id`,
    [workflowId, validAt],
  );

/** For each signature of each phase, the position of its signer. */
const signerPositions = fullPhases.flatMap(({ key, signOffs = [] }) =>
  signOffs.map(({ role, person }) => `('${key}', '${role}', '${signatories[person]}')`),
);

/** A position that a person is named for, and where. */
export interface Naming {
  readonly position: Position;
  /** The workflow, or the report in the register. */
  readonly place: string;
  readonly placeId: string;
}

/**
 * Everything that names a person for a position: workflows, reports in the register, assignments of data that hold now or later, and
 * delegated signatures that are still to be given.
 */
export const namingsOf = (db: Db, userId: number): Promise<Naming[]> =>
  db.query<Naming>(
    `with places as (
       select w.*, r.number || ' ' || r.name || ' · ' || c.name as place
       from workflows w join reports r using (report_id) join cycles c using (cycle_id))
     select 'TESTER' as position, p.place, p.workflow_id as place_id from places p
       join workflow_testers t using (workflow_id) where t.user_id = $1
     union all select n.position, p.place, p.workflow_id from places p cross join lateral (values
         ('TEST_LEAD', p.test_lead_id), ('REPORT_OWNER', p.report_owner_id), ('TEST_EXECUTIVE', p.test_executive_id)) n(position, user_id)
       where n.user_id = $1
     union all select 'REPORT_OWNER', r.number || ' ' || r.name || ' (in the register)', r.report_id from reports r where r.owner_id = $1
     union all select distinct 'DATA_OWNER', p.place || coalesce(' · ' || l.name, ''), p.workflow_id from places p
       join phase_version v on v.stream_id = p.workflow_id and v.status = 'RECORDED'
       join ${assignments} d using (version_id) left join lobs l on l.lob_id = ${owns.lob}
       where ${owns.owner} = $1 and ${owns.to} is distinct from ${owns.from}
         and (${owns.to} is null or ${owns.to} > clock_timestamp())
     union all select signs.position, p.place || ' · the signature delegated by ' || s.delegated_from_name, p.workflow_id from places p
       join test_report_signoffs s on s.stream_id = p.workflow_id and s.sign_off_user_id = $1 and s.sign_off_status = 'PENDING'
         and s.delegated_from_id in (p.test_lead_id, p.report_owner_id, p.test_executive_id)
       join phase_version v using (version_id)
       join (values ${signerPositions.join()}) signs(phase, role, position) on signs.phase = v.phase::text and signs.role = s.sign_off_role
       where v.status in ('DRAFT', 'PENDING_APPROVAL') and not v.is_deleted and ${isLatest('s')}
     order by 2, 1`,
    [userId],
  );
