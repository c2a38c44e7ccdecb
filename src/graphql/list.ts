/**
 * Filters and orders of lists: each list takes a `filter`, whose members are its conditions, and an `orderBy`, whose fields are its orders.
 */
import type { Conditions, Filter, Order } from '../database/pages';
import { a, inputType, optional, type Given, type Value, type Values } from './declare';
import { enumOf } from './enums';

export const OrderDirectionEnum = enumOf(
  'OrderDirection',
  ['ASC', 'DESC'],
  'ASC: from small to large, from A to Z. DESC: back.',
);

export interface OrderBy {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

type Chosen = Readonly<Record<string, unknown>>;

/**
 * The `filter` argument of a list.
 * @param entries the entries' name in the plural, e.g. `people`
 * @param words for each condition of the list, its description and the value it takes
 * @param further additional members, from which the caller makes conditions
 */
export function filterArg<C extends Conditions>(
  name: string,
  entries: string,
  words: { readonly [K in keyof C]: Value },
  further: Values = {},
) {
  const Input = inputType<Chosen>(
    `${name}Filter`,
    `Which ${entries} are meant: those for which all that is given holds.`,
    { ...words, ...further },
  );
  return { filter: optional.of<Chosen>(`Only these ${entries}; all if left out.`, () => Input) };
}

/** A list's filters and orders; for a computed list, the caller applies the conditions. */
interface Choice {
  readonly orders: Readonly<Record<string, unknown>>;
  readonly filters: Conditions;
}

/** The `filter` and `orderBy` arguments of a list. */
export function choiceArgs<L extends Choice>(
  name: string,
  entries: string,
  list: L,
  words: { readonly [K in keyof L['filters']]: Value },
  further: Values = {},
) {
  const FieldEnum = enumOf(`${name}OrderField`, Object.keys(list.orders), `What ${entries} can be ordered by.`);
  const Input = inputType<OrderBy>(`${name}Order`, `The order of ${entries}.`, {
    field: a.of('By what; those that are equal in it keep one order among themselves.', () => FieldEnum),
    direction: a.of('In which direction.', () => OrderDirectionEnum),
  });
  return {
    ...filterArg<L['filters']>(name, entries, words, further),
    orderBy: optional.of<OrderBy>('In which order; a cursor goes on in the order it was made in.', () => Input),
  };
}

/** The given filter as SQL conditions; members without a condition are left to the caller. */
export const filtersOf = (conditions: Conditions, filter: Chosen | null | undefined): Filter[] =>
  Object.entries(filter ?? {}).flatMap(([member, value]) =>
    value == null || !Object.hasOwn(conditions, member)
      ? []
      : { sql: conditions[member]!, parameters: [value], isChosen: true },
  );

/** The requested order, if any. */
export const orderOf = (orderBy: OrderBy | null | undefined): Pick<Order, 'field' | 'descending'> | undefined =>
  orderBy ? { field: orderBy.field, descending: orderBy.direction === 'DESC' } : undefined;

/** The requested filters and order, in the form that pages take. */
export const chosen = (
  list: Choice,
  { filter, orderBy }: Given<ReturnType<typeof choiceArgs>>,
): { readonly filters: Filter[]; readonly order?: Pick<Order, 'field' | 'descending'> } => ({
  filters: filtersOf(list.filters, filter),
  order: orderOf(orderBy),
});
