/** Reads versions: headers, content, history, and the conditions that rules use. */
import { auditOnlyPhases } from '../../phases';
import { columnFields, columnName } from '../../versioning/fields';
import { undecidedStatuses } from '../../versioning/independence';
import type { VersionHeader, VersionStatus } from '../../versioning/model';
import type { AuditOnlyPhase, PhaseDeclaration } from '../../versioning/phase';
import type { Db } from '../connection/database';
import type { Filter, PagedList } from '../connection/pages';
import { readBy } from '../connection/statements';

export const versionsById = readBy<VersionHeader>(
  'select v.* from phase_version v where v.version_id = any($1::uuid[])',
);

/** All versions of a record, newest first. */
export const historyList: PagedList = {
  name: 'history',
  select: 'v.*',
  from: 'phase_version v',
  ofParent: 'v.master_record_id = p.parent',
  key: 'v.version_number',
  keyType: 'int',
  newestFirst: true,
};

/** The versions of all records of a phase in a workflow, newest first. */
export const historyOfPhase: PagedList = {
  ...historyList,
  name: 'phase-history',
  ofParent: 'v.stream_id = p.parent',
  // Commits of a workflow have distinct instants, but one commit may create several versions.
  key: `to_char(v.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSMS') || v.version_id`,
  keyType: 'text',
};

/**
 * Whether a version exists today, not deleted, whichever instant is read: what is hidden today is hidden in the past too. `public` is
 * always the present.
 */
export const isThereToday = (version: string): string =>
  `exists (select from public.phase_version t where t.version_id = ${version}.version_id and not t.is_deleted)`;

/**
 * Whether lists show a version: not if it is deleted at the instant that is read, nor, for viewers who may not see it, if it is deleted
 * today.
 */
const isShown = (version: string, alsoToday: boolean): string =>
  `not ${version}.is_deleted${alsoToday ? ` and ${isThereToday(version)}` : ''}`;

/**
 * The latest version of each record of a phase in a workflow, newest records first.
 * @param hidesToday whether versions deleted today are left out when the past is read
 */
export const recordList = (hidesToday: boolean): PagedList => ({
  name: 'records',
  select: 'v.*',
  from: 'phase_version v',
  ofParent: `v.stream_id = p.parent and ${isShown('v', hidesToday)} and not exists (
    select from phase_version later where later.master_record_id = v.master_record_id
      and later.version_number > v.version_number and ${isShown('later', hidesToday)})`,
  key: 'v.master_record_id',
  keyType: 'uuid',
  newestFirst: true,
});

export const ofPhase = (phase: PhaseDeclaration): Filter => ({
  sql: 'v.phase = $1::"Phase"',
  parameters: [phase.key],
});

export const notDeleted: Filter = { sql: 'not v.is_deleted', parameters: [] };
/** For viewers who may not see what is deleted today, in the past either. */
export const notDeletedToday: Filter = { sql: isThereToday('v'), parameters: [] };
export const inStatuses = (statuses: readonly VersionStatus[]): Filter => ({
  sql: 'v.status::text = any($1::text[])',
  parameters: [statuses],
});

/** In force: approved and not superseded, or the latest of an audit-only record. */
export const isInForce = (version: string): string =>
  `${version}.effective_from is not null and ${version}.effective_to is null`;
export const inForce = isInForce('v');

export const currentByRecord = readBy<VersionHeader>(
  `select v.* from phase_version v where v.master_record_id = any($1::uuid[]) and ${inForce}`,
);

export const versionsByNumber = (
  db: Db,
  keys: readonly { masterRecordId: string; versionNumber: number }[],
): Promise<VersionHeader[]> =>
  db.query<VersionHeader>(
    `select v.* from unnest($1::uuid[], $2::int[]) k(record, number)
     join phase_version v on v.master_record_id = k.record and v.version_number = k.number`,
    [keys.map((key) => key.masterRecordId), keys.map((key) => key.versionNumber)],
  );

/** A row of a phase's own version table by field name: content, stamps, and the fields given with the change. */
export type DetailRow = Readonly<Record<string, unknown>> & { readonly versionId: string };

const detailColumns = ({ version }: PhaseDeclaration): string =>
  columnFields(version.fields)
    .map(([name]) => `, d.${columnName(name)} as "${name}"`)
    .join('');

export const detailsByVersion = (
  db: Db,
  phase: PhaseDeclaration,
  versionIds: readonly string[],
): Promise<DetailRow[]> =>
  db.query<DetailRow>(
    `select d.version_id as "versionId"${detailColumns(phase)} from ${phase.version.table} d where d.version_id = any($1::uuid[])`,
    [versionIds],
  );

/** All versions of records of a phase, oldest first, with who created each and when. */
export type RecordedVersion = DetailRow &
  Pick<VersionHeader, 'masterRecordId' | 'versionNumber' | 'createdAt' | 'createdBy'>;

export const versionsOfRecords = (
  db: Db,
  phase: PhaseDeclaration,
  masterRecordIds: readonly string[],
): Promise<RecordedVersion[]> =>
  db.query<RecordedVersion>(
    `select v.master_record_id, v.version_number, v.created_at, v.created_by, d.version_id as "versionId"${detailColumns(phase)}
     from phase_version v join ${phase.version.table} d using (version_id)
     where v.master_record_id = any($1::uuid[]) order by v.version_number`,
    [masterRecordIds],
  );

/** Whether another record states that it replaced this one. That is permanent, whatever becomes of the other record. */
export const tookThePlaceOf = ({ version, replaces }: AuditOnlyPhase, record: string): string =>
  replaces === undefined
    ? 'false'
    : `exists (select from phase_version old join ${version.table} n on n.${columnName(replaces)} = old.version_id
     join phase_version taker on taker.version_id = n.version_id
     where old.master_record_id = ${record} and taker.master_record_id <> old.master_record_id)`;

/** Those of the records that another record replaced. */
export async function replacedRecords(
  db: Db,
  phase: AuditOnlyPhase,
  masterRecordIds: readonly string[],
): Promise<Set<string>> {
  if (!phase.replaces) return new Set();
  const rows = await db.query<{ record: string }>(
    `select r.record from unnest($1::uuid[]) r(record) where ${tookThePlaceOf(phase, 'r.record')}`,
    [masterRecordIds],
  );
  return new Set(rows.map(({ record }) => record));
}

/** A record, and the instant at which its current round began, if it did. A person's decisions before that instant are looked for. */
export interface Round {
  readonly masterRecordId: string;
  readonly began: Date | null;
}

/**
 * A person's last decision on a record before its round, or within it if there is none before: on an item of one of its versions or on a
 * version, among the versions that they may see.
 */
export interface LastReview extends Round {
  readonly versionId: string;
  readonly decidedAt: Date;
  /** The number of the latest version they ever decided on. */
  readonly latestNumber: number;
}

export const lastReviews = (
  db: Db,
  rounds: readonly (Round & { seesDeleted: boolean })[],
  userId: number,
): Promise<LastReview[]> =>
  db.query<LastReview>(
    `select distinct on (k.n) v.master_record_id, k.began, v.version_id, r.decided_at, max(v.version_number) over (partition by k.n) as latest_number
     from unnest($1::uuid[], $3::boolean[], $4::timestamptz[]) with ordinality k(record, sees_deleted, began, n)
     join phase_version v on v.master_record_id = k.record and (k.sees_deleted or ${isThereToday('v')}) cross join lateral (
       select v.reviewed_at as decided_at where v.reviewed_by = $2
       union all select d.decided_at from item_decision d where d.version_id = v.version_id and d.decided_by = $2) r
     order by k.n, coalesce(r.decided_at < k.began, true) desc, r.decided_at desc, v.version_number desc`,
    [
      rounds.map(({ masterRecordId }) => masterRecordId),
      userId,
      rounds.map(({ seesDeleted }) => seesDeleted),
      rounds.map(({ began }) => began),
    ],
  );

/** `barOf` of src/versioning/independence.ts for sets: the bar of a person in a version with one of these statuses. */
export const barredAs = (version: string, person: string, statuses = undecidedStatuses): string => `case
    when ${version}.status not in (${statuses.map((status) => `'${status}'`).join(', ')}) then null
    when exists (select from version_editor e where e.version_id = ${version}.version_id and e.user_id = ${person}) then 'EDITED'
    when ${version}.submitted_by = ${person} then 'SUBMITTED' end`;

/** The progress of a phase in a workflow: the statuses of its undeleted versions, and whether a record waits. */
export interface PhaseState {
  readonly phase: string;
  readonly statuses: readonly VersionStatus[];
  readonly isWaiting: boolean;
}

/** The phases whose records can wait, and the condition for it on a row `d` of their details. */
export const recordsThatWait = auditOnlyPhases.flatMap((phase) => {
  const { waits, version } = phase;
  if (!waits) return [];
  const isValue = waits.value === null ? ' is null' : `::text = '${waits.value}'`;
  return [{ phase, table: version.table, condition: `d.${columnName(waits.field)}${isValue}` }];
});

/** Whether a version `v` is the latest of a record that waits for somebody, as its phase declares. */
export const isWaiting = ((): string => {
  const ofPhase = recordsThatWait.map(({ phase, table, condition }) => {
    const untaken = phase.replaces ? ` and not ${tookThePlaceOf(phase, 'v.master_record_id')}` : '';
    return `when '${phase.key}' then exists (select from ${table} d where d.version_id = v.version_id and ${condition}${untaken})`;
  });
  return ofPhase.length === 0
    ? 'false'
    : `v.status = 'RECORDED' and case v.phase::text ${ofPhase.join(' ')} else false end`;
})();

/** Whether a version `v` waits for somebody, for a decision or as its phase declares; and since when. */
export const waits = `(v.status = 'PENDING_APPROVAL' or ${isWaiting})`;
export const waitsSince = 'coalesce(v.submitted_at, v.created_at)';

/** The states of all phases of a workflow, as a subquery. */
const statesIn = (workflow: string): string => `
    select v.phase::text, array_agg(distinct v.status::text) as statuses, bool_or(${isWaiting}) as "isWaiting"
    from phase_version v where v.stream_id = ${workflow} and not v.is_deleted group by 1`;

/** The same as one JSON value. */
export const phaseStatesIn = (workflow: string): string => `(select json_agg(s) from (${statesIn(workflow)}) s)`;

export const phaseStates = readBy<PhaseState & { readonly workflowId: string }>(
  `select w.workflow_id, s.* from unnest($1::uuid[]) w(workflow_id) cross join lateral (${statesIn('w.workflow_id')}) s`,
);

/** The counts over a workflow's undeleted versions `v`, and the condition of each. */
export const workflowCounts = {
  versions: 'true',
  inForce,
  drafts: `v.status = 'DRAFT'`,
  waiting: waits,
} as const;
export type WorkflowCounts = Readonly<Record<keyof typeof workflowCounts, number>>;

export const countsOfWorkflows = readBy<WorkflowCounts & { readonly workflowId: string }>(
  `select w.workflow_id, ${Object.entries(workflowCounts)
    .map(([name, condition]) => `(count(v.version_id) filter (where ${condition}))::int as "${name}"`)
    .join(', ')}
   from unnest($1::uuid[]) w(workflow_id) left join phase_version v on v.stream_id = w.workflow_id and not v.is_deleted group by 1`,
);
