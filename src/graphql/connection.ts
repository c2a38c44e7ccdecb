/** Relay connections over keyset pages: opaque cursors that stay valid when rows are added, and totals computed only on request. */
import {
  BY_KEY,
  sortOf,
  type Filter,
  type Order,
  type OrderField,
  type Page,
  type PagedList,
  type PageRequest,
} from '../database/connection/pages';
import { UUID } from '../uuid';
import { badInput } from '../versioning/errors';
import { a, objectType, optional, type Given, type TypeOf } from './declare';
import type { Loaders } from './loaders';

export const MAX_PAGE = 100;
export const MAX_ITEMS_PAGE = 1000;
export const DEFAULT_PAGE = 20;
/** The assumed length of a list without pages when the cost of an operation is estimated. */
export const ASSUMED_LIST = 10;

interface PagePosition {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}
export const PageInfo = objectType<PagePosition>('PageInfo', 'The position of a page in its list (Relay).', {
  hasNextPage: a.flag('Whether there is more after this page.'),
  hasPreviousPage: a.flag('Whether there is more before this page.'),
  startCursor: optional.text('The cursor of the first edge; null on an empty page.'),
  endCursor: optional.text('The cursor of the last edge; null on an empty page.'),
});

export const connectionArgs = {
  first: optional.int(
    'The number of entries from the start, or after `after`; 20 if neither `first` nor `last` is given.',
  ),
  after: optional.text('A cursor: the page starts after it.'),
  last: optional.int('The number of entries from the end, or before `before`.'),
  before: optional.text('A cursor: the page ends before it.'),
};
export type ConnectionArgs = Given<typeof connectionArgs>;

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PagePosition;
  readonly totalCount: number | Promise<number>;
}

/** The GraphQL types of a connection: `XConnection` and `XEdge`. */
export function connectionOf<T>(name: string, nodeType: () => TypeOf<T>): TypeOf<Connection<T>> {
  const EdgeType = objectType<Edge<T>>(`${name}Edge`, `A ${name} in a list.`, {
    node: a.of('The object itself.', nodeType),
    cursor: a.text('Marks its position in the list; opaque.'),
  });
  return objectType<Connection<T>>(`${name}Connection`, 'A page of a list (Relay).', {
    edges: a.of('The objects with their cursors.', () => [EdgeType]),
    nodes: a.of('The objects without cursors.', () => [nodeType()]),
    pageInfo: a.of('The position of the page.', () => PageInfo),
    totalCount: a.int('The total number under the same filters; counted only on request.'),
  });
}

type ChosenOrder = Pick<Order, 'field' | 'descending'>;
type SortType = Pick<OrderField, 'type'>;

/** How cursors identify the entries of a list. */
interface CursorKind extends Pick<PagedList, 'name' | 'keyType'> {
  readonly orders?: Readonly<Record<string, SortType | typeof BY_KEY>>;
}

/** @param sort the row's value in the sort order that the client chose */
export const encode = ({ name }: CursorKind, key: string | number, sort?: { field: string; value: string }): string =>
  Buffer.from(sort ? `${name}:${key}:${sort.field}:${sort.value}` : `${name}:${key}`).toString('base64url');

const keys: Record<PagedList['keyType'], RegExp> = {
  int: /^\d{1,9}$/,
  bigint: /^\d{1,18}$/,
  uuid: new RegExp(`^${UUID}$`),
  text: /^[0-9a-f-]{1,80}$/,
};
const sortValues = { text: /^[^\0]{0,1000}$/su, bigint: /^-?\d{1,18}$/ };

/** Where a page starts: the key of a row, and its value in the requested order. */
function decode(list: CursorKind, cursor: string, order?: Order): { key: string; from?: string } {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, name, key, , field, from] = /^([^:]*):([^:]*)(:(\w+):(.*))?$/s.exec(text) ?? [];
  const sort = sortOf(list, order);
  if (name !== list.name || !keys[list.keyType].test(key!) || field !== (sort ? order!.field : undefined))
    throw foreignCursor(cursor);
  if (sort && !sortValues[sort.type].test(from!)) throw foreignCursor(cursor);
  return { key: key!, from };
}

const foreignCursor = (cursor: string) =>
  badInput('This cursor is not one of this list. Use a cursor as it was returned, with the same list.', { cursor });

/** Parses the paging arguments; refuses sizes below 0 or above the maximum, and contradictions. */
export function pageRequest(
  args: Partial<ConnectionArgs>,
  list: CursorKind,
  max: number,
  order?: ChosenOrder,
): PageRequest {
  const { first, last, after, before } = args;
  if (first != null && last != null) throw badInput('Ask for `first` or for `last`, not both.');
  if (after != null && before != null) throw badInput('Ask for what is `after` or what is `before`, not both.');
  const backwards = last != null || (before != null && first == null);
  if (backwards && after != null) throw badInput('`last` goes with `before`, `first` with `after`.');
  if (!backwards && before != null) throw badInput('`last` goes with `before`, `first` with `after`.');
  const limit = (backwards ? last : first) ?? DEFAULT_PAGE;
  if (limit < 0 || limit > max) throw badInput(`A page has 0 to ${max} entries; you asked for ${limit}.`, { max });
  const cursor = backwards ? before : after;
  const start = cursor == null ? null : decode(list, cursor, order);
  return { limit, cursor: start?.key ?? null, backwards, order: order && { ...order, from: start?.from } };
}

function connectionFrom<T>(
  nodes: readonly T[],
  cursorOf: (index: number) => string,
  { cursor, backwards }: PageRequest,
  hasMore: boolean,
  countAll: () => number | Promise<number>,
): Connection<T> {
  const edges = nodes.map((node, index) => ({ node, cursor: cursorOf(index) }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: backwards ? cursor !== null : hasMore,
      hasPreviousPage: backwards ? hasMore : cursor !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    get totalCount() {
      return countAll();
    },
  };
}

/** The filters, order and mapping of a list. */
interface Shown<T> {
  readonly filters?: readonly Filter[];
  readonly max?: number;
  readonly order?: ChosenOrder;
  readonly toNode: (row: never) => T;
}

/** A page of a parent's list, batched with the same page of other parents. */
export async function connect<T>(
  loaders: Loaders,
  list: PagedList,
  parent: string,
  args: ConnectionArgs,
  { filters = [], max = MAX_PAGE, order, toNode }: Shown<T>,
): Promise<Connection<T>> {
  const request = pageRequest(args, list, max, order);
  const page = (await loaders.page(list, request, filters).load(parent)) as Page<{
    pageKey: string | number;
    pageSort?: string;
  }>;
  return connectionFrom(
    (page.rows as never[]).map(toNode),
    (index) => {
      const { pageKey, pageSort } = page.rows[index]!;
      return encode(list, pageKey, sortOf(list, order) ? { field: order!.field, value: pageSort! } : undefined);
    },
    request,
    page.hasMore,
    () => loaders.count(list, filters).load(parent),
  );
}

/** The orders of a computed list: a value of each entry, or the order of the keys. */
export type ComputedOrders<S> = Readonly<
  Record<string, (SortType & { of(entry: S): string | number }) | typeof BY_KEY>
>;

interface ComputedList<S> {
  readonly max?: number;
  /** Whether the keys ascend. Then a cursor marks a position, which remains when its entry is gone. */
  readonly ascends?: boolean;
  /** The type of the keys; UUIDs by default. */
  readonly keyType?: PagedList['keyType'];
  readonly orders?: ComputedOrders<S>;
  readonly order?: ChosenOrder;
}

/** An entry with its position in the list. */
interface Placed<S> {
  readonly entry: S;
  readonly key: string;
  readonly value: string | number;
}

/** Compares positions as the database does: by sort value, then by key. */
const compared = (a: Omit<Placed<never>, 'entry'>, b: Omit<Placed<never>, 'entry'>): number => {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
};

/** The entries of a list in the requested order, each with its position. */
function placedIn<S>(
  all: readonly S[],
  keyOf: (entry: S) => string,
  { orders, order }: Pick<ComputedList<S>, 'orders' | 'order'>,
): Placed<S>[] {
  const sort = sortOf({ orders }, order);
  const placed = all.map((entry): Placed<S> => ({ entry, key: keyOf(entry), value: sort ? sort.of(entry) : '' }));
  return order ? placed.sort((a, b) => (order.descending ? compared(b, a) : compared(a, b))) : placed;
}

/** The number of entries before a cursor's position; when paging forwards, including the cursor's own entry. */
function before<S>(
  placed: readonly Placed<S>[],
  { cursor, backwards, order }: PageRequest,
  isOrdered: boolean,
): number {
  const own = placed.findIndex(({ key }) => key === cursor);
  if (own >= 0) return backwards ? own : own + 1;
  if (!isOrdered) throw foreignCursor(cursor!);
  const isNumber = typeof placed[0]?.value === 'number';
  const mark = { key: cursor!, value: isNumber ? Number(order?.from) : (order?.from ?? '') };
  const next = placed.findIndex((one) => (order?.descending ? compared(mark, one) : compared(one, mark)) > 0);
  return next < 0 ? placed.length : next;
}

/** A page of a list that was computed as a whole (the items of a diff). */
export function connectComputed<S, T>(
  name: string,
  all: readonly S[],
  keyOf: (entry: S) => string,
  args: ConnectionArgs,
  toNode: (entry: S) => T,
  { max = MAX_PAGE, ascends = false, keyType = ascends ? 'text' : 'uuid', orders, order }: ComputedList<S> = {},
): Connection<T> {
  const kind: CursorKind = { name, keyType, orders };
  const request = pageRequest(args, kind, max, order);
  const { limit, cursor, backwards } = request;
  const placed = placedIn(all, keyOf, { orders, order });
  const start = cursor === null ? (backwards ? placed.length : 0) : before(placed, request, ascends || !!order);
  const page = backwards ? placed.slice(Math.max(0, start - limit), start) : placed.slice(start, start + limit);
  return connectionFrom(
    page.map(({ entry }) => toNode(entry)),
    (index) => {
      const { key, value } = page[index]!;
      return encode(kind, key, sortOf(kind, order) ? { field: order!.field, value: String(value) } : undefined);
    },
    request,
    backwards ? start > limit : start + limit < placed.length,
    () => placed.length,
  );
}
