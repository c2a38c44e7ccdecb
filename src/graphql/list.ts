/**
 * Filters and orders of lists: each list takes a `filter`, whose members are its conditions, and an `orderBy`, whose fields are its orders.
 */
import type { Conditions, Filter, Order } from '../database/connection/pages';
import { a, inputType, optional, type Given, type Value, type Values } from './declare';
import { enumOf } from './enums';

export const OrderDirectionEnum = enumOf('OrderDirection', ['ASC', 'DESC'], 'ASC: ascending. DESC: descending.');

export interface OrderBy {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

type Chosen = Readonly<Record<string, unknown>>;

/** A list's filters and orders; for a computed list, the caller applies the conditions. */
interface Choice {
  readonly orders: Readonly<Record<string, unknown>>;
  readonly filters: Conditions;
}

/**
 * The `filter` and `orderBy` arguments of a list.
 * @param entries the entries' name in the plural, e.g. `people`
 * @param members for each condition of the list, its description and the value it takes; further members are left to the caller
 */
export function choiceArgs<L extends Choice, Members extends Values & { readonly [K in keyof L['filters']]: Value }>(
  name: string,
  entries: string,
  list: L,
  members: Members,
) {
  const FieldEnum = enumOf(`${name}OrderField`, Object.keys(list.orders), `What ${entries} can be ordered by.`);
  const Filter = inputType<Given<Members>>(
    `${name}Filter`,
    `Selects ${entries}; all given conditions must hold.`,
    members,
  );
  const Order = inputType<OrderBy>(`${name}Order`, `The order of ${entries}.`, {
    field: a.of('The sort field; equal entries have a stable order.', () => FieldEnum),
    direction: a.of('The direction.', () => OrderDirectionEnum),
  });
  return {
    filter: optional.of<Partial<Given<Members>>>(`Only these ${entries}; all if left out.`, () => Filter),
    orderBy: optional.of<OrderBy>('The order; a cursor is valid only in the order it was made in.', () => Order),
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
