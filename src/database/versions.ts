/** Reading versions: headers, content, history, and what the rules look at. */
import { contentOf } from '../versioning/content';
import { contentFields, columnName } from '../versioning/fields';
import type { JsonObject, VersionHeader, VersionStatus } from '../versioning/model';
import type { PhaseDeclaration } from '../versioning/phase';
import type { Db } from './database';
import type { Filter, PagedList } from './pages';

export const versionsById = (db: Db, ids: readonly string[]): Promise<VersionHeader[]> =>
  db.query<VersionHeader>(`select v.* from phase_version v where v.version_id = any($1::uuid[])`, [ids]);

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

export const notDeleted: Filter = { sql: 'not v.is_deleted', parameters: [] };
export const inStatuses = (statuses: readonly VersionStatus[]): Filter => ({
  sql: 'v.status::text = any($1::text[])',
  parameters: [statuses],
});

/** In force: approved and not superseded, or the latest of an audit-only record. */
const inForce = 'v.effective_from is not null and v.effective_to is null';

export const currentByRecord = (db: Db, masterRecordIds: readonly string[]): Promise<VersionHeader[]> =>
  db.query<VersionHeader>(`select v.* from phase_version v where v.master_record_id = any($1::uuid[]) and ${inForce}`, [
    masterRecordIds,
  ]);

export const versionsByNumber = (
  db: Db,
  keys: readonly { masterRecordId: string; versionNumber: number }[],
): Promise<VersionHeader[]> =>
  db.query<VersionHeader>(
    `select v.* from unnest($1::uuid[], $2::int[]) k(record, number)
     join phase_version v on v.master_record_id = k.record and v.version_number = k.number`,
    [keys.map((key) => key.masterRecordId), keys.map((key) => key.versionNumber)],
  );

/** A version's own content: every field of the declaration, null where unset. */
export async function contentByVersion(
  db: Db,
  phase: PhaseDeclaration,
  versionIds: readonly string[],
): Promise<Map<string, JsonObject>> {
  const columns = contentFields(phase.version.fields).map(([name]) => `d.${columnName(name)} as "${name}"`);
  const rows = await db.query<JsonObject & { versionId: string }>(
    `select d.version_id as "versionId"${columns.map((column) => `, ${column}`).join('')} from ${phase.version.table} d where d.version_id = any($1::uuid[])`,
    [versionIds],
  );
  const found = new Map(rows.map((row) => [row.versionId, row]));
  return new Map(versionIds.map((id) => [id, contentOf(phase.version.fields, found.get(id) ?? {})]));
}

/** What the rules ask of a version besides its header and its items. */
export interface VersionCircumstances {
  readonly versionId: string;
  readonly hasEdited: boolean;
  readonly currentVersionId: string | null;
}

export const circumstances = (db: Db, versionIds: readonly string[], userId: number): Promise<VersionCircumstances[]> =>
  db.query<VersionCircumstances>(
    `select o.version_id,
       exists (select from version_editor e where e.version_id = o.version_id and e.user_id = $2) as has_edited,
       (select v.version_id from phase_version v where v.master_record_id = o.master_record_id and ${inForce}) as current_version_id
     from phase_version o where o.version_id = any($1::uuid[])`,
    [versionIds, userId],
  );

/** How far each phase of a workflow has come: which statuses its undeleted versions are in. */
export interface PhaseState {
  readonly workflowId: string;
  readonly phase: string;
  readonly statuses: readonly VersionStatus[];
}

export const phaseStates = (db: Db, workflowIds: readonly string[]): Promise<PhaseState[]> =>
  db.query<PhaseState>(
    `select v.stream_id as workflow_id, v.phase::text, array_agg(distinct v.status::text) as statuses
     from phase_version v where v.stream_id = any($1::uuid[]) and not v.is_deleted group by 1, 2`,
    [workflowIds],
  );
