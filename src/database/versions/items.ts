/**
 * Items of any phase, each with the decision that counts for it: the latest one made in its version on exactly this content, else the one
 * it was carried forward with. The SQL is derived from the phase's declaration; no phase is known by name.
 */
import { groupBy } from '../../group-by';
import { columnName, type CountField } from '../../versioning/fields';
import { undecidedStatuses, unapprovedStatuses } from '../../versioning/independence';
import type { ItemReviewStatus, Json, VersionStatus } from '../../versioning/model';
import type { ItemDeclaration, FullPhase } from '../../versioning/phase';
import type { Db } from '../connection/database';
import type { Filter, PagedList } from '../connection/pages';
import type { ItemRow } from '../connection/rows';
import { quote } from '../connection/statements';
import { barredAs, isThereToday } from './versions';

/**
 * A decision counts only for the content it was made on, and while the person who made it is independent. A latest decision of PENDING
 * revokes the one before. `public` is always the present, so what is deleted today is hidden from readers of the past as well.
 */
const decisionJoins = (statuses: readonly VersionStatus[]): readonly (readonly [alias: string, source: string])[] => [
  [
    'made',
    `select d.* from item_decision d
    where d.version_id = i.version_id and d.item_key = i.item_key and d.item_hash = i.item_hash and i.item_hash <> ''
    order by d.decided_at desc limit 1`,
  ],
  [
    'carried',
    `select d.* from item_decision d
    where made.decision_id is null and d.decision_id = i.carried_decision_id and d.item_hash = i.item_hash offset 0`,
  ],
  ['origin', `select o.is_deleted from public.phase_version o where o.version_id = carried.version_id offset 0`],
  ['giver', `select ${barredAs('own', 'coalesce(made.decided_by, carried.decided_by)', statuses)} as bar offset 0`],
];

const mentions = (sql: string, alias: string): boolean => new RegExp(`\\b${alias}\\.`).test(sql);

const reviewStatus = ({ reviewed }: ItemDeclaration): string =>
  reviewed === 'BY_DECISIONS'
    ? `case when giver.bar is null then coalesce(made.status, carried.status)::text end`
    : `case i.${columnName(reviewed.byField)}::text ${Object.entries(reviewed.statuses)
        .map(([value, status]) => `when ${quote(value)} then ${quote(status)}`)
        .join(' ')} end`;

export const reviewStatusOrPending = (item: ItemDeclaration): string => `coalesce(${reviewStatus(item)}, 'PENDING')`;

const withOwnVersion = ({ item }: FullPhase): string =>
  `${item.table} i join phase_version own on own.version_id = i.version_id`;

/**
 * SQL that reads items with the joins that are needed.
 * @param read the expressions that will be selected
 * @param statuses the version statuses in which a decision stops counting once its maker works on the version
 * @param items an SQL source of the items, with their own versions if those are needed
 */
export function itemSource(
  phase: FullPhase,
  read: string,
  statuses: readonly VersionStatus[] = undecidedStatuses,
  items?: string,
): string {
  let needed = read;
  let joins = '';
  for (const [alias, source] of decisionJoins(statuses).toReversed())
    if (mentions(needed, alias)) {
      joins = ` left join lateral (${source}) ${alias} on true${joins}`;
      needed += source;
    }
  return `${items ?? (mentions(needed, 'own') ? withOwnVersion(phase) : `${phase.item.table} i`)}${joins}`;
}

/** Expressions for everything about an item that is not a column of its own table, over the joins of `itemSource`. */
export function itemExpressions({ key, item }: FullPhase) {
  const isDecided = item.reviewed === 'BY_DECISIONS';
  const whereDecided = (value: string, type: string) =>
    isDecided ? `case when coalesce(made.status, carried.status) <> 'PENDING' then ${value} end` : `null::${type}`;
  const decided = (column: string, type: string) => whereDecided(`coalesce(made.${column}, carried.${column})`, type);
  return {
    phase: quote(key),
    reviewStatus: reviewStatusOrPending(item),
    decisionId: decided('decision_id', 'uuid'),
    decidedAs: `(${decided('status', 'text')})::text`,
    decidedBy: decided('decided_by', 'int'),
    decidedAt: decided('decided_at', 'timestamptz'),
    decisionNotes: decided('notes', 'text'),
    decidedInVersionId: decided('version_id', 'uuid'),
    decisionBar: whereDecided('giver.bar', 'text'),
    isDecisionDeleted: isDecided ? 'carried.decision_id is not null and coalesce(origin.is_deleted, true)' : 'false',
  };
}

const itemColumns = (phase: FullPhase): string =>
  ['i.*', ...Object.entries(itemExpressions(phase)).map(([name, sql]) => `${sql} as ${columnName(name)}`)].join(', ');

const wholeItems = (phase: FullPhase, ...source: [statuses?: readonly VersionStatus[], items?: string]): string =>
  `select ${itemColumns(phase)} from ${itemSource(phase, itemColumns(phase), ...source)}`;

/** Every item of a phase that somebody decided on, with the decision and its maker, whether or not the decision counts. */
export const itemsAsDecided = (phase: FullPhase): string => `
  select q.version_id, q.item_key, q.label, q.decided_as, q.decided_at, q.decided_by as giver_id, q.decision_notes
  from (${wholeItems(phase)}) q where q.decided_by is not null`;

/**
 * A version's items in the order in which they were added.
 * @param read further expressions that filters and orders use
 */
export const itemList = (phase: FullPhase, read = ''): PagedList => ({
  name: `items-${phase.key}`,
  select: itemColumns(phase),
  from: itemSource(phase, itemColumns(phase) + read),
  ofParent: 'i.version_id = p.parent',
  key: 'i.item_id',
  keyType: 'uuid',
  newestFirst: false,
});

export const inReviewStatuses = (phase: FullPhase, statuses: readonly ItemReviewStatus[]): Filter => ({
  sql: `${reviewStatusOrPending(phase.item)} = any($1::text[])`,
  parameters: [statuses],
});

export const itemsById = (db: Db, phase: FullPhase, ids: readonly string[]): Promise<ItemRow[]> =>
  db.query<ItemRow>(`${wholeItems(phase)} where i.item_id = any($1::uuid[])`, [ids]);

/** Reads items by version and key; each version is read once for all its keys. */
export function itemsByKey(
  db: Db,
  phase: FullPhase,
  wanted: readonly { versionId: string; itemKey: string }[],
): Promise<ItemRow[]> {
  const byVersion = groupBy(wanted, ({ versionId }) => versionId);
  const items = `unnest($1::uuid[], $2::text[]) k(version_id, item_keys)
     cross join lateral (select * from phase_version v where v.version_id = k.version_id offset 0) own
     cross join lateral (
       select * from ${phase.item.table} i where i.version_id = own.version_id and i.item_key = any(k.item_keys::uuid[]) offset 0) i`;
  return db.query<ItemRow>(wholeItems(phase, undecidedStatuses, items), [
    [...byVersion.keys()],
    [...byVersion.values()].map((ofVersion) => `{${ofVersion.map(({ itemKey }) => itemKey).join(',')}}`),
  ]);
}

/** The value of a phase's declared count field. */
export const countedItems = (
  db: Db,
  phase: FullPhase,
  field: CountField,
  versionIds: readonly string[],
): Promise<{ versionId: string; total: number }[]> =>
  db.query(
    `select i.version_id, count(*)::int as total from ${phase.item.table} i
     where i.version_id = any($1::uuid[])${field.where ? ` and i.${columnName(field.where)}` : ''} group by 1`,
    [versionIds],
  );

/** The columns of an item that carrying it forward needs. */
export type CarriableRow = Pick<
  ItemRow,
  'itemId' | 'itemKey' | 'itemHash' | 'decidedAs' | 'decisionId' | 'decisionBar'
>;

/** All items of a version, for carrying them forward. */
export const itemsToCarry = (db: Db, phase: FullPhase, versionId: string): Promise<CarriableRow[]> =>
  db.query(
    `select q.item_id, q.item_key, q.item_hash, q.decided_as, q.decision_id, q.decision_bar
     from (${wholeItems(phase, unapprovedStatuses)} where i.version_id = $1) q
     order by q.item_id`,
    [versionId],
  );

/** All items of versions with all columns. */
export const itemsOfVersions = (db: Db, phase: FullPhase, versionIds: readonly string[]): Promise<ItemRow[]> =>
  db.query<ItemRow>(`${wholeItems(phase)} where i.version_id = any($1::uuid[]) order by i.item_id`, [versionIds]);

/** An image of an item, or of one that it was carried or merged from, as a commit left it, with the version it belonged to. */
export interface ItemImage {
  readonly startedFrom: string;
  readonly itemId: string;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly createdAt: Date;
  readonly createdBy: number;
  /** Whether the version was deleted at that commit, or is today. */
  readonly isDeleted: boolean;
  readonly actorId: number | null;
  readonly committedAt: Date;
  readonly image: Readonly<Record<string, Json>>;
}

/**
 * Every image of items and of all their ancestors by carrying and merging, oldest first. The ancestry is read from the images too, because
 * an ancestor may have been removed. The lateral joins keep the join order independent of table statistics.
 */
export const itemImages = (db: Db, phase: FullPhase, itemIds: readonly string[]): Promise<ItemImage[]> =>
  db.query<ItemImage>(
    `with recursive line as (
       select i.item_id as started_from, i.item_id, i.stream_id from ${phase.item.table} i where i.item_id = any($1::uuid[])
       union
       select l.started_from, source.item_id, l.stream_id from line l cross join lateral (
         select from_id::uuid as item_id from row_form r
         cross join unnest(array[r.after ->> 'carried_from_item_id', r.after ->> 'merged_from_item_id']) from_id
         where r.stream_id = l.stream_id and r.table_name = $2 and r.row_id = l.item_id::text and from_id is not null
         offset 0) source)
     select l.started_from, l.item_id, r.version_id, v.version_number, v.created_at, v.created_by,
       v.is_deleted or not ${isThereToday('v')} as is_deleted, r.actor_id, r.committed_at, r.after as image
     from line l
     cross join lateral (select f.* from row_form f
       where f.stream_id = l.stream_id and f.table_name = $2 and f.row_id = l.item_id::text offset 0) r
     cross join lateral (select v.* from phase_version v where v.version_id = r.version_id offset 0) v
     order by l.started_from, r.sequence, r.ordinal`,
    [itemIds, phase.item.table],
  );

/** The versions that items are in, or were in before they were removed. */
export const versionsOfItems = (
  db: Db,
  phase: FullPhase,
  itemIds: readonly string[],
): Promise<{ itemId: string; versionId: string }[]> =>
  db.query(
    `select i.item_id, i.version_id from ${phase.item.table} i where i.item_id = any($1::uuid[])
     union all
     select r.row_id::uuid, r.version_id from row_change r
     where r.table_name = $2 and r.row_id = any($1::uuid[]::text[]) and r.operation = 'DELETE'`,
    [itemIds, phase.item.table],
  );

/** Items that differ between two versions. It reads only keys and labels, so that the cost is proportional to the change. */
export interface ChangedItem {
  readonly itemKey: string;
  readonly label: string;
  readonly kind: 'ADDED' | 'REMOVED' | 'CHANGED';
}
export interface ItemComparison {
  readonly changed: readonly ChangedItem[];
  readonly unchanged: number;
}

/** The items of two versions side by side, as `a` and `b`. */
export const comparedSides = ({ item }: FullPhase, from: string, to: string): string =>
  `(select * from ${item.table} where version_id = ${from}) a
         full join (select * from ${item.table} where version_id = ${to}) b using (item_key)`;

const aboutTheRow = `'{item_id,stream_id,version_id,item_key,label,item_hash,carried_from_item_id,merged_from_item_id,carried_decision_id}'::text[]`;

/**
 * SQL for the kind of change of an item; null if it is unchanged. If a hash is missing (an edit bypassed the service), the contents
 * themselves are compared.
 */
export const itemKind = `case when a.item_id is null then 'ADDED' when b.item_id is null then 'REMOVED'
                when a.item_hash <> '' and b.item_hash <> '' then case when a.item_hash <> b.item_hash then 'CHANGED' end
                when to_jsonb(a) - ${aboutTheRow} is distinct from to_jsonb(b) - ${aboutTheRow} then 'CHANGED' end`;
export const itemLabel = 'coalesce(b.label, a.label)';

/** Whether item `i` differs from the base of its own version, or is missing there. */
export const isChanged = ({ item }: FullPhase): string => `exists (
  select from (select i.*) b left join ${item.table} a on a.version_id = own.base_version_id and a.item_key = b.item_key
  where (${itemKind}) is not null)`;

export async function comparedItems(
  db: Db,
  phase: FullPhase,
  pairs: readonly { fromId: string; toId: string }[],
): Promise<ItemComparison[]> {
  const rows = await db.query<{ pair: number; changed: ChangedItem[] | null; unchanged: number }>(
    `select (p.n - 1)::int as pair, r.changed, r.unchanged from unnest($1::uuid[], $2::uuid[]) with ordinality p(from_id, to_id, n)
     cross join lateral (
       select count(*) filter (where c.kind is null)::int as unchanged,
         json_agg(json_build_object('itemKey', c.item_key, 'label', c.label, 'kind', c.kind) order by c.label, c.item_key) filter (where c.kind is not null) as changed
       from (
         select item_key, ${itemLabel} as label, ${itemKind} as kind
         from ${comparedSides(phase, 'p.from_id', 'p.to_id')}) c) r`,
    [pairs.map((pair) => pair.fromId), pairs.map((pair) => pair.toId)],
  );
  const comparisons = pairs.map((): ItemComparison => ({ changed: [], unchanged: 0 }));
  for (const { pair, changed, unchanged } of rows) comparisons[pair] = { changed: changed ?? [], unchanged };
  return comparisons;
}
