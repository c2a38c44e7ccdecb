/**
 * Keyset pagination for many parents in one statement. The limit is pushed down into a lateral join, so no list is fetched whole and cut in
 * JavaScript, and a page costs the same wherever it lies.
 */
import { groupBy } from '../../group-by';
import type { Db } from './database';
import { unprepared } from './statements';

export interface PageRequest {
  readonly limit: number;
  /** The key of the row after which the page starts (before which, if paging backwards). */
  readonly cursor: string | null;
  readonly backwards: boolean;
  /** The sort order; the order of the list's key if omitted. */
  readonly order?: Order;
}

/** A sort order by one value of a row; ties are broken by the list's key. */
export interface Order {
  readonly field: string;
  readonly descending: boolean;
  /** The sort value of the row that the cursor names. */
  readonly from?: string;
}

/** Something a list can be sorted by: an expression that is never null. */
export interface OrderField {
  readonly sql: string;
  readonly type: 'text' | 'bigint';
}

/** A sort order equal to that of the list's key, so a page costs the same as without one. */
export const BY_KEY = 'key';

/** A list that can be paged, written as SQL. `p.parent` stands for the parent's id. */
export interface PagedList {
  /** Part of its cursors, so that a cursor of another list is rejected. */
  readonly name: string;
  readonly select: string;
  readonly from: string;
  /** Joins the list to its parent, e.g. `v.master_record_id = p.parent`. */
  readonly ofParent: string;
  /** A unique, immutable column that gives the list its order. */
  readonly key: string;
  readonly keyType: 'int' | 'bigint' | 'uuid' | 'text';
  readonly newestFirst: boolean;
  readonly orders?: Readonly<Record<string, OrderField | typeof BY_KEY>>;
}

/** The filters of a list: conditions whose only parameter is the given value. */
export type Conditions = Readonly<Record<string, string>>;

export interface FilteredList extends PagedList {
  readonly orders: Readonly<Record<string, OrderField | typeof BY_KEY>>;
  readonly filters: Conditions;
}

/** The sort expression that precedes the list's key; null if the key alone gives the order. */
export function sortOf<Sort>(
  { orders }: { readonly orders?: Readonly<Record<string, Sort | typeof BY_KEY>> },
  order: Pick<Order, 'field'> | undefined,
): Sort | null {
  const by = order ? orders![order.field]! : BY_KEY;
  return by === BY_KEY ? null : by;
}

/** A further condition with its parameters; `$1` in it is its own first parameter. */
export interface Filter {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Whether clients choose it among others, which makes one statement for each combination. */
  readonly isChosen?: boolean;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

type Keyed<Row> = Row & { pageParent: string; pageKey: string | number; pageSort?: string };

/** Renumbers a filter's parameters to follow those of the statement that it joins. */
const numbered = (sql: string, offset: number): string =>
  sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`);

/** The statement's text; left unprepared if clients combined its filters. */
const textWith = (filters: readonly Filter[], sql: string): string =>
  filters.some(({ isChosen }) => isChosen) ? unprepared(sql) : sql;

export const combined = (filters: readonly Filter[], offset: number): { sql: string; parameters: unknown[] } => {
  const parameters: unknown[] = [];
  let sql = '';
  for (const filter of filters) {
    sql += ` and (${numbered(filter.sql, offset + parameters.length)})`;
    parameters.push(...filter.parameters);
  }
  return { sql, parameters };
};

export async function pagesOf<Row extends object>(
  db: Db,
  list: PagedList,
  parents: readonly string[],
  { limit, cursor, backwards, order }: PageRequest,
  filters: readonly Filter[] = [],
): Promise<Map<string, Page<Keyed<Row>>>> {
  const descending = (order ? order.descending : list.newestFirst) !== backwards;
  const direction = descending ? 'desc' : 'asc';
  const sort = sortOf(list, order);
  // Without a cursor the condition is omitted rather than tested for null, because a prepared statement has one generic plan for all
  // parameters.
  const paging: unknown[] = [limit + 1];
  let behindCursor = '';
  if (cursor !== null) {
    paging.push(cursor);
    const [place, here] = sort
      ? [`(${sort.sql}, ${list.key})`, `($3::${sort.type}, $4::${list.keyType})`]
      : [list.key, `$3::${list.keyType}`];
    if (sort) paging.splice(1, 0, order!.from);
    behindCursor = ` and ${place} ${descending ? '<' : '>'} ${here}`;
  }
  const condition = combined(filters, 1 + paging.length);
  const sorted = sort ? `, ${sort.sql} as page_sort` : '';
  const by = (row: string): string => (sort ? `${row}page_sort ${direction}, ` : '');
  const sql = `select p.parent as page_parent, r.*
     from unnest($1::uuid[]) p(parent) cross join lateral (
       select ${list.select}, ${list.key} as page_key${sorted} from ${list.from}
       where ${list.ofParent}${behindCursor}${condition.sql}
       order by ${by('')}${list.key} ${direction} limit $2) r
     order by p.parent, ${by('r.')}r.page_key ${direction}`;
  const rows = await db.query<Keyed<Row>>(sort ? unprepared(sql) : textWith(filters, sql), [
    parents,
    ...paging,
    ...condition.parameters,
  ]);
  const byParent = groupBy(rows, ({ pageParent }) => pageParent);
  const pages = new Map<string, Page<Keyed<Row>>>();
  for (const parent of parents) {
    const found = byParent.get(parent) ?? [];
    const kept = found.slice(0, limit);
    pages.set(parent, { rows: backwards ? kept.reverse() : kept, hasMore: found.length > limit });
  }
  return pages;
}

export async function countsOf(
  db: Db,
  list: PagedList,
  parents: readonly string[],
  filters: readonly Filter[] = [],
): Promise<Map<string, number>> {
  const condition = combined(filters, 1);
  const rows = await db.query<{ parent: string; total: number }>(
    textWith(
      filters,
      `select p.parent, r.total from unnest($1::uuid[]) p(parent) cross join lateral (
       select count(*)::int as total from ${list.from} where ${list.ofParent}${condition.sql}) r`,
    ),
    [parents, ...condition.parameters],
  );
  return new Map(rows.map(({ parent, total }) => [parent, total]));
}
