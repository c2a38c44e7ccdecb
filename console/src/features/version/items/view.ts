/**
 * Searching, filtering, sorting and grouping the items of a version. All items are in the browser, so typing sends no requests. The
 * semantics equal the server's, because actions on "all that match" run on the server with the same filter.
 */
import { locale } from '#text/words';
import type { VersionItemFilter } from '../../../generated/graphql';
import type { Json } from '../../../parts/value';
import { cellOf, choiceOf, isEmpty, textsIn, type Column, type Item } from './columns';
import { gathered } from './gathered';
import type { Condition, Where } from './where';

export interface View {
  readonly q: string;
  readonly where: Where;
  /** A column name; a minus in front reverses the order. */
  readonly sort: string | undefined;
  readonly group: string | undefined;
}

/** Normalizes texts for comparison: case-insensitive and by canonical composition. */
const comparable = (text: string): string => text.normalize('NFKC').toUpperCase();
const holds = (value: Json | undefined, sought: string): boolean =>
  textsIn(value).some((text) => comparable(text).includes(sought));

/** Compares numbers numerically, and dates and instants chronologically. */
function compare(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [Date.parse(choiceOf(a)), Date.parse(choiceOf(b))];
  return Number.isNaN(x) || Number.isNaN(y) ? 0 : x - y;
}

function satisfies(value: Json | undefined, condition: Condition): boolean {
  const { in: values, contains, atLeast, atMost, isNull } = condition;
  if (isNull !== undefined && isNull !== isEmpty(value)) return false;
  if (values !== undefined && !values.some((one) => one === value)) return false;
  if (contains !== undefined && !holds(value, comparable(contains))) return false;
  if (atLeast !== undefined && (isEmpty(value) || compare(value, atLeast) < 0)) return false;
  return atMost === undefined || (!isEmpty(value) && compare(value, atMost) <= 0);
}

/** Whether an item matches the filter. */
export function matching<T extends Item>(items: readonly T[], columns: readonly Column[], view: View): T[] {
  const sought = comparable(view.q);
  const conditions = columns.flatMap((column) => {
    const condition = view.where[column.name];
    return condition ? [{ column, condition }] : [];
  });
  const searched = columns.filter(({ field, name }) => field !== undefined || name === 'label');
  return items.filter(
    (item) =>
      conditions.every(({ column, condition }) => satisfies(cellOf(item, column), condition)) &&
      (sought === '' || searched.some((column) => holds(cellOf(item, column), sought))),
  );
}

/** The same filter as input for the API. */
export function asFilter({ q, where }: View): VersionItemFilter {
  const fields = Object.entries(where).map(([field, condition]) => ({ field, ...condition }));
  return { ...(q && { search: q }), ...(fields.length > 0 && { fields }) } as VersionItemFilter;
}

/** Orders enumerations by declaration and texts case-insensitively; missing values come last. */
function byColumn(column: Column, descending: boolean) {
  const places = new Map(column.constants.map(({ value }, index) => [value, index]));
  const collator = new Intl.Collator(locale, { numeric: true });
  return (a: Item, b: Item): number => {
    const [x, y] = [cellOf(a, column), cellOf(b, column)];
    if (isEmpty(x) || isEmpty(y)) return Number(isEmpty(x)) - Number(isEmpty(y));
    const [i, j] = [places.get(choiceOf(x)), places.get(choiceOf(y))];
    const order =
      i !== undefined && j !== undefined
        ? i - j
        : typeof x === 'number' && typeof y === 'number'
          ? x - y
          : collator.compare(choiceOf(x), choiceOf(y));
    return descending ? -order : order;
  };
}

/** Sorts items as requested; by default in the order they were added. */
export function sorted<T extends Item>(items: readonly T[], columns: readonly Column[], sort: string | undefined): T[] {
  const descending = sort?.startsWith('-') ?? false;
  const column = columns.find(({ name }) => name === (descending ? sort!.slice(1) : sort));
  return column ? [...items].sort(byColumn(column, descending)) : [...items];
}

/** A line of the table: an item or a group header. */
export type Line<T extends Item> =
  { readonly item: T } | { readonly group: string; readonly value: Json | undefined; readonly size: number };

/** Groups items by the values of a column; collapsed groups have a header only. */
export function grouped<T extends Item>(
  items: readonly T[],
  column: Column | undefined,
  closed: ReadonlySet<string>,
): Line<T>[] {
  if (!column) return items.map((item) => ({ item }));
  const groups = gathered(items, (item) => choiceOf(cellOf(item, column)));
  const inOrder = [...groups].sort(([, [a]], [, [b]]) => byColumn(column, false)(a!, b!));
  return inOrder.flatMap(([group, those]): Line<T>[] => [
    { group, value: cellOf(those[0]!, column), size: those.length },
    ...(closed.has(group) ? [] : those.map((item) => ({ item }))),
  ]);
}

/** The values of a column, most frequent first, among the items that match all other filters; missing values count as one. */
export function valuesOf(
  items: readonly Item[],
  columns: readonly Column[],
  column: Column,
  view: View,
): { value: Json | undefined; count: number }[] {
  const { [column.name]: _, ...others } = view.where;
  const found = matching(items, columns, { ...view, where: others });
  return [...gathered(found, (item) => choiceOf(cellOf(item, column))).values()]
    .map((those) => ({ value: cellOf(those[0]!, column), count: those.length }))
    .sort((a, b) => b.count - a.count);
}
