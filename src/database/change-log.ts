/** Reading the commit log. */
import type { Db } from './database';
import type { Filter, PagedList } from './pages';
import type { ChangeSetRow } from './rows';

const columns = `c.change_set_id, c.stream_id, c.sequence, c.committed_at, c.actor_id, c.origin, c.operation, c.reason, c.request_id,
  c.occurred_at, c.version_ids, encode(c.previous_hash, 'hex') as previous_hash, encode(c.hash, 'hex') as hash`;

export const changeSetsById = (db: Db, ids: readonly string[]): Promise<ChangeSetRow[]> =>
  db.query<ChangeSetRow>(`select ${columns} from change_set c where c.change_set_id = any($1::uuid[])`, [ids]);

/** The commits of a stream (a workflow, or the reference data), newest first. */
export const changesOfStream: PagedList = {
  name: 'changes',
  select: columns,
  from: 'change_set c',
  ofParent: 'c.stream_id = p.parent',
  key: 'c.sequence',
  keyType: 'int',
  newestFirst: true,
};

/** The commits that touched a version, newest first. */
export const changesOfVersion: PagedList = {
  ...changesOfStream,
  name: 'changes-of-version',
  ofParent:
    'c.stream_id = (select v.stream_id from phase_version v where v.version_id = p.parent) and c.version_ids @> array[p.parent]',
};

export const touchingPhases = (phases: readonly string[]): Filter => ({
  sql: 'c.version_ids && array(select v.version_id from phase_version v where v.stream_id = c.stream_id and v.phase::text = any($1::text[]))',
  parameters: [phases],
});
export const byActor = (userId: number): Filter => ({ sql: 'c.actor_id = $1::int', parameters: [userId] });
export const since = (instant: Date): Filter => ({ sql: 'c.committed_at >= $1::timestamptz', parameters: [instant] });
export const until = (instant: Date): Filter => ({ sql: 'c.committed_at < $1::timestamptz', parameters: [instant] });

/** The rows a commit changed, in the order they were changed. */
export const rowChangeList: PagedList = {
  name: 'row-changes',
  select: 'r.table_name, r.row_id, r.operation::text, r.version_id, r.before, r.after',
  from: 'change_set c join row_change r on r.stream_id = c.stream_id and r.sequence = c.sequence',
  ofParent: 'c.change_set_id = p.parent',
  key: 'r.ordinal',
  keyType: 'int',
  newestFirst: false,
};

/** For viewers who may not see deleted versions: what the log says of one is hidden as the version itself is. */
export const ofVisibleVersions: Filter = {
  sql: 'not exists (select from public.phase_version v where v.version_id = r.version_id and v.is_deleted)',
  parameters: [],
};
