/** What waiting versions ask for and of whom, and the people of their workflows. */
import { auditOnlyPhases, ownershipPhase, phases } from '../../phases';
import type { VersionHeader, Viewer, WorkflowAssignment } from '../../versioning/model';
import { columnName } from '../../versioning/fields';
import { awaitedCommands, expectedOfOwners, waitingCondition, type Lineage, type Person } from '../../versioning/work';
import type { Db } from '../connection/database';
import {
  assignmentExpressions,
  assignmentFrom,
  assignmentsAt,
  assignmentsEverOf,
  ownerColumn,
  rolesOf,
  workflowsAssignedTo,
} from '../register/people';
import { decisionFactsExpression, type DecisionFactsRow } from './version-facts';

/** Since when a version has been in its state; `sinceOf` computes the same from a row. */
export const since = `coalesce(case v.status when 'REJECTED' then v.reviewed_at when 'PENDING_APPROVAL' then v.submitted_at end, v.created_at)`;

/** The instant of valid time: now, or the parameter. */
const validAt = (parameter: string): string =>
  `coalesce(${parameter}::timestamptz, greatest(clock_timestamp(), v.effective_from))`;

const isOutdone = `(v.status = 'REJECTED' and exists (select from phase_version o where o.master_record_id = v.master_record_id
  and o.version_number > v.version_number and not o.is_deleted))`;

const expecting = expectedOfOwners(phases).map(({ key }) => `'${key}'`);

/**
 * The owner of data according to the assignment that version `w` records, if they have not submitted anything that is expected of owners
 * yet.
 */
const expectedOf = (at: string): string =>
  expecting.length === 0
    ? 'null::int'
    : `case when w.phase = '${ownershipPhase.key}' then (select ${ownerColumn} from ${assignmentsAt('', at)} and d.version_id = w.version_id
        and not exists (select from phase_version h where h.stream_id = w.stream_id and h.phase in (${expecting.join(', ')}) and h.submitted_by = ${ownerColumn} and not h.is_deleted)) end`;

/** A version `v` in relation to others, as one JSON value. */
const lineage = (at: string): string => `json_build_object('isOutdone', ${isOutdone},
  'answersRejection', v.status = 'DRAFT' and exists (select from phase_version r where r.version_id = v.parent_version_id and r.status = 'REJECTED'),
  'expectedOf', (select ${expectedOf(at)} from (select v.*) w))`;

/** Versions in relation to others, optionally at an instant of valid time. */
export const lineages = (
  db: Db,
  versionIds: readonly string[],
  at: Date | null,
): Promise<{ versionId: string; lineage: Lineage }[]> =>
  db.query(
    `select v.version_id, ${lineage(validAt('$2'))} as lineage from phase_version v where v.version_id = any($1::uuid[])`,
    [versionIds, at],
  );

/** Whether a record `v` is in a state in which one of its phase's commands is awaited. */
const recordWaits = auditOnlyPhases.flatMap((phase) =>
  awaitedCommands(phase).flatMap((command) => {
    const where = waitingCondition(command);
    if (!where) return [`v.phase = '${phase.key}'`];
    const column = `d.${columnName(where.field)}`;
    const values = where.values.map((value) => (value === null ? `${column} is null` : `${column}::text = '${value}'`));
    return [
      `v.phase = '${phase.key}' and exists (select from ${phase.version.table} d where d.version_id = v.version_id and (${values.join(' or ')}))`,
    ];
  }),
);

/** Where the work is: the line of business, and the names of report and cycle in the form in which names are compared. */
export interface WorkflowNames {
  readonly lobId: string | null;
  readonly reportName: string;
  readonly names: string;
}
const place = `(select json_build_object('lobId', r.lob_id, 'reportName', log.name_key(r.name), 'names', log.name_key(concat_ws(' ', r.number, r.name, c.name)))
  from reports r, cycles c where r.report_id = v.report_id and c.cycle_id = v.cycle_id)`;

/** A waiting version, with the facts that tell whom it waits for. */
export type WaitingVersion = VersionHeader & {
  readonly facts: DecisionFactsRow;
  readonly lineage: Lineage;
  readonly place: WorkflowNames;
};

/**
 * Versions that wait for somebody in the workflows to which a person is assigned, longest wait first. The rules decide whether it is this
 * person, so the number of statements is constant.
 */
export const waitingVersions = (db: Db, userId: number): Promise<WaitingVersion[]> =>
  db.query(
    `select v.*, ${decisionFactsExpression('v', phases)} as facts, ${lineage(validAt('null'))} as lineage, ${place} as place
     from phase_version v where v.stream_id = any (array(${workflowsAssignedTo('$1')})) and not v.is_deleted and (
       v.status in ('DRAFT', 'PENDING_APPROVAL') or v.status = 'REJECTED' and not ${isOutdone}
       or v.status = 'RECORDED' and (${[...recordWaits, `v.phase = '${ownershipPhase.key}' and (select ${expectedOf(validAt('null'))} from (select v.*) w) is not null`].join(' or ')}))
     order by ${since}, v.version_id`,
    [userId],
  );

type PersonRow = Viewer & WorkflowAssignment & { readonly workflowId: string };

/** All active people who may act in workflows, with their assignments, optionally at an instant of valid time. */
export async function peopleIn(
  db: Db,
  workflowIds: readonly string[],
  at: Date | null,
): Promise<(Person & { readonly workflowId: string })[]> {
  const stands = Object.entries(assignmentExpressions('u.user_id', '', validAt('$2')))
    .map(([name, sql]) => `${sql} as ${columnName(name)}`)
    .join(', ');
  const rows = await db.query<PersonRow>(
    `select w.workflow_id, u.user_id, u.name, u.is_active, ${rolesOf('u')} as roles, ${stands}
     from workflows w cross join lateral (
       select unnest(array[w.test_lead_id, w.report_owner_id, w.test_executive_id]) as user_id
       union select t.user_id from workflow_testers t where t.workflow_id = w.workflow_id
       union select ${ownerColumn} from ${assignmentsAt('', validAt('$2'))} and v.stream_id = w.workflow_id
       union select s.sign_off_user_id from test_report_signoffs s where s.stream_id = w.workflow_id
       union select e.user_id from user_roles e where e.role = 'DATA_EXECUTIVE') p
     join users u on u.user_id = p.user_id and u.is_active
     where w.workflow_id = any($1::uuid[]) order by w.workflow_id, u.user_id`,
    [workflowIds, at],
  );
  return rows.map((row) => {
    const { workflowId, userId, name, isActive, roles } = row;
    return { workflowId, viewer: { userId, name, isActive, roles }, assignment: assignmentFrom(row) };
  });
}

/** Everybody whom workflows name or ever named: those whom a commit to them can concern. */
export const namedIn = (db: Db, workflowIds: readonly string[]): Promise<{ userId: number }[]> =>
  db.query(
    `select distinct p.user_id from workflows w cross join lateral (
       select unnest(array[w.test_lead_id, w.report_owner_id, w.test_executive_id]) as user_id
       union all select t.user_id from workflow_testers t where t.workflow_id = w.workflow_id
       union all select ${ownerColumn} from ${assignmentsEverOf('w.workflow_id')}
       union all select s.sign_off_user_id from test_report_signoffs s where s.stream_id = w.workflow_id) p
     where w.workflow_id = any($1::uuid[]) and p.user_id is not null`,
    [workflowIds],
  );
