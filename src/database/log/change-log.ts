/** Reads the commit log. */
import type { Db } from '../connection/database';
import { BY_KEY, type Conditions, type Filter, type FilteredList, type PagedList } from '../connection/pages';
import type { ChangeSetRow, RowChangeRow } from '../connection/rows';
import { readBy } from '../connection/statements';
import { isThereToday } from '../versions/versions';

const columns = `c.change_set_id, c.stream_id, c.sequence, c.committed_at, c.actor_id, c.origin, c.operation, c.reason, c.request_id,
  c.occurred_at, c.operator, c.version_ids, encode(c.previous_hash, 'hex') as previous_hash, encode(c.hash, 'hex') as hash`;

export const changeSetsById = readBy<ChangeSetRow>(
  `select ${columns} from change_set c where c.change_set_id = any($1::uuid[])`,
);

/** The commits of a stream (a workflow, or the reference data), newest first. */
export const changesOfStream = {
  name: 'changes',
  select: columns,
  from: 'change_set c',
  ofParent: 'c.stream_id = p.parent',
  key: 'c.sequence',
  keyType: 'int',
  newestFirst: true,
  orders: { SEQUENCE: BY_KEY },
} as const satisfies PagedList;

/** The commits that touched a version, newest first. */
export const changesOfVersion = {
  ...changesOfStream,
  name: 'changes-of-version',
  ofParent:
    'c.stream_id = (select v.stream_id from phase_version v where v.version_id = p.parent) and c.version_ids @> array[p.parent]',
} as const satisfies PagedList;

/** @param showsDeleted whether deleted versions count; they are hidden from viewers who may not see them */
export const touchingPhases = (phases: readonly string[], showsDeleted: boolean): Filter => ({
  sql: `c.version_ids && array(select v.version_id from phase_version v where v.stream_id = c.stream_id
    and v.phase::text = any($1::text[])${showsDeleted ? '' : ` and ${isThereToday('v')}`})`,
  parameters: [phases],
});

/** Whether a commit is among those that {@link touchingPhases} lets through. */
export const touchesPhases = async (
  db: Db,
  { streamId, sequence }: { readonly streamId: string; readonly sequence: number },
  phases: readonly string[],
  showsDeleted: boolean,
): Promise<boolean> =>
  (
    await db.query(
      `select from change_set c where ${touchingPhases(phases, showsDeleted).sql} and c.stream_id = $2 and c.sequence = $3`,
      [phases, streamId, sequence],
    )
  ).length > 0;

/** @param showsDeleted as above */
export const changeConditions = (showsDeleted: boolean) =>
  ({
    actorIds: 'c.actor_id = any($1::int[])',
    operations: 'c.operation = any($1::text[])',
    origins: 'c.origin = any($1::text[])',
    tables: `exists (select from row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence
      and r.table_name = any($1::text[])${showsDeleted ? '' : ` and (r.version_id is null or ${isThereToday('r')})`})`,
    since: 'c.committed_at >= $1::timestamptz',
    until: 'c.committed_at < $1::timestamptz',
    fromSequence: 'c.sequence >= $1::int',
    toSequence: 'c.sequence <= $1::int',
  }) as const satisfies Conditions;

export const changeSetsBySequence = async (
  db: Db,
  places: readonly { readonly streamId: string; readonly sequence: number }[],
): Promise<ChangeSetRow[]> =>
  db.query<ChangeSetRow>(
    `select ${columns} from unnest($1::uuid[], $2::int[]) p(stream_id, sequence)
     join change_set c on c.stream_id = p.stream_id and c.sequence = p.sequence`,
    [places.map(({ streamId }) => streamId), places.map(({ sequence }) => sequence)],
  );

/** The sequence of a stream's last commit at an instant; 0 if there was none. */
export const sequencesAt = (
  db: Db,
  places: readonly { readonly streamId: string; readonly at: Date }[],
): Promise<{ streamId: string; at: Date; sequence: number }[]> =>
  db.query(
    `select p.stream_id, p.at, coalesce((select c.sequence from change_set c where c.stream_id = p.stream_id and c.committed_at <= p.at
       order by c.committed_at desc limit 1), 0) as sequence
     from unnest($1::uuid[], $2::timestamptz[]) p(stream_id, at)`,
    [places.map(({ streamId }) => streamId), places.map(({ at }) => at)],
  );

/** The last commit of a stream, reduced to what tells a poller that there is news. Reading it does not count as reading the log. */
export interface LastChange {
  readonly streamId: string;
  readonly sequence: number;
  readonly committedAt: Date;
}

export const lastChanges = readBy<LastChange>(
  `select s.stream_id, c.sequence, c.committed_at from unnest($1::uuid[]) s(stream_id) cross join lateral (
     select sequence, committed_at from change_set c where c.stream_id = s.stream_id order by sequence desc limit 1) c`,
);

/** The columns of an image that may point at another version's rows, and the table each points into. */
const pointers = `values ('parent_version_id', 'phase_version'), ('carried_from_item_id', r.table_name), ('merged_from_item_id', r.table_name), ('carried_decision_id', 'item_decision')`;

/** SQL for an image without the references to deleted versions and their rows. */
const withoutDeleted = (image: string): string => `${image} - array(
    select k.key from (${pointers}) k(key, table_name)
    join row_change o on o.stream_id = r.stream_id and o.table_name = k.table_name and o.row_id = ${image} ->> k.key
    where not ${isThereToday('o')})`;

const rowColumns = (showsDeleted: boolean): string =>
  `r.ordinal, r.table_name, r.row_id, r.operation::text, r.version_id, ${['r.before', 'r.after']
    .map((image) => (showsDeleted ? image : `${withoutDeleted(image)} as ${image.slice(2)}`))
    .join(', ')}, ${archivedIn}`;

/** Always read from the present, at whatever instant the log is read: the location of the images is not part of the past. */
const archivedIn = `case when coalesce(r.before_digest, r.after_digest) is not null then (
    select a.file from public.log_archives a where a.workflow_id = r.stream_id) end as archived_in`;

/** The orders and filters for the rows that a commit changed. */
export const rowChangeChoice = {
  orders: { ORDINAL: BY_KEY },
  filters: {
    tables: 'r.table_name = any($1::text[])',
    operations: 'r.operation::text = any($1::text[])',
    versionIds: 'r.version_id = any($1::uuid[])',
  },
} as const;

/**
 * The rows that a commit changed, in the order in which they changed.
 * @param showsDeleted whether rows of deleted versions are shown
 */
export const rowChangeList = (showsDeleted: boolean): FilteredList => ({
  name: 'row-changes',
  select: `p.parent as change_set_id, ${rowColumns(showsDeleted)}`,
  from: 'row_change r',
  ofParent:
    '(r.stream_id, r.sequence) = (select c.stream_id, c.sequence from change_set c where c.change_set_id = p.parent)',
  key: 'r.ordinal',
  keyType: 'int',
  newestFirst: false,
  ...rowChangeChoice,
});

/** For viewers who may not see deleted versions: the log hides a deleted version's rows just as the version itself is hidden. */
export const ofVisibleVersions: Filter = {
  sql: `r.version_id is null or ${isThereToday('r')}`,
  parameters: [],
};

/** Row changes by commit and ordinal, as far as the viewer may see them. */
export const rowChangesAt = (
  db: Db,
  places: readonly { changeSetId: string; ordinal: number }[],
  showsDeleted: boolean,
): Promise<RowChangeRow[]> =>
  db.query<RowChangeRow>(
    `select c.change_set_id, ${rowColumns(showsDeleted)}
     from unnest($1::uuid[], $2::int[]) k(change_set_id, ordinal)
     cross join lateral (select * from change_set s where s.change_set_id = k.change_set_id offset 0) c
     cross join lateral (
       select * from row_change x where x.stream_id = c.stream_id and x.sequence = c.sequence and x.ordinal = k.ordinal offset 0
     ) r
     ${showsDeleted ? '' : `where ${ofVisibleVersions.sql}`}`,
    [places.map(({ changeSetId }) => changeSetId), places.map(({ ordinal }) => ordinal)],
  );

/** The last commit seen so far in each stream. */
export type SeenCommits = ReadonlyMap<string, number>;

/** Counts the commits since then by origin, reading only streams that have news. */
export async function commitsSince(
  db: Db,
  seen: SeenCommits | null,
): Promise<{ readonly counts: ReadonlyMap<string, number>; readonly seen: SeenCommits }> {
  const rows = await db.query<{ streamId: string; head: number; origin: string | null; total: number }>(
    `select s.stream_id, s.sequence as head, c.origin, coalesce(c.total, 0) as total
     from log.stream s left join unnest($1::uuid[], $2::int[]) k(stream_id, sequence) using (stream_id)
     left join lateral (select origin, count(*)::int as total from change_set c
       where $3 and c.stream_id = s.stream_id and c.sequence > coalesce(k.sequence, 0) and c.sequence <= s.sequence group by 1) c on true
     where s.sequence is distinct from k.sequence`,
    [[...(seen?.keys() ?? [])], [...(seen?.values() ?? [])], seen !== null],
  );
  const counts = new Map<string, number>();
  const heads = new Map(seen);
  for (const { streamId, head, origin, total } of rows) {
    heads.set(streamId, head);
    if (origin !== null) counts.set(origin, (counts.get(origin) ?? 0) + total);
  }
  return { counts, seen: heads };
}
