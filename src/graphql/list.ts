/**
 * Lists that clients narrow down and put in order: each takes a `filter`, whose members are the list's conditions, and an
 * `orderBy`, whose fields are what it can be ordered by.
 */
import type { Filter, FilteredList, Order } from '../database/pages';
import { a, inputType, optional, type Given, type Value, type Values } from './declare';
import { enumOf } from './enums';

const OrderDirectionEnum = enumOf(
  'OrderDirection',
  ['ASC', 'DESC'],
  'ASC: from small to large, from A to Z. DESC: back.',
);

interface OrderBy {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Words and types for each condition of a list. */
type FilterWords<L extends FilteredList> = { readonly [K in keyof L['filters']]: Value };

/**
 * The arguments by which clients choose among the entries of a list.
 * @param name what an entry is called, e.g. `User`
 * @param entries what they are called, in the plural, e.g. `people`
 */
export function choiceArgs<L extends FilteredList>(name: string, entries: string, list: L, words: FilterWords<L>) {
  const FilterInput = inputType<Record<string, unknown>>(
    `${name}Filter`,
    `Which ${entries} are meant: those for which all that is given holds.`,
    words,
  );
  const FieldEnum = enumOf(`${name}OrderField`, Object.keys(list.orders), `What ${entries} can be ordered by.`);
  const OrderInput = inputType<OrderBy>(`${name}Order`, `The order of ${entries}.`, {
    field: a.of('By what; those that are equal in it keep one order among themselves.', () => FieldEnum),
    direction: a.of('In which direction.', () => OrderDirectionEnum),
  });
  return {
    filter: optional.of<Record<string, unknown>>(`Only these ${entries}; all if left out.`, () => FilterInput),
    orderBy: optional.of<OrderBy>('In which order; a cursor goes on in the order it was made in.', () => OrderInput),
  };
}

/** What was chosen, as the list's pages take it. */
export function chosen(
  list: FilteredList,
  { filter, orderBy }: Given<ReturnType<typeof choiceArgs>>,
): { readonly filters: Filter[]; readonly order?: Pick<Order, 'field' | 'descending'> } {
  const filters = Object.entries(filter ?? {}).flatMap(([member, value]) =>
    value == null ? [] : { sql: list.filters[member]!, parameters: [value] },
  );
  return { filters, order: orderBy ? { field: orderBy.field, descending: orderBy.direction === 'DESC' } : undefined };
}
