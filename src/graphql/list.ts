/**
 * Lists that clients narrow down and put in order: each takes a `filter`, whose members are the list's conditions, and an
 * `orderBy`, whose fields are what it can be ordered by.
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
 * The argument by which clients say which entries of a list are meant.
 * @param entries what they are called, in the plural, e.g. `people`
 * @param words what each condition of the list is, for the manual, and what it takes
 * @param further what else it takes, of which the caller makes conditions
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

/** What clients can choose by; of a list that is computed, its conditions are the caller's. */
interface Choice {
  readonly orders: Readonly<Record<string, unknown>>;
  readonly filters: Conditions;
}

/** The arguments by which clients choose among the entries of a list, and put them in order. */
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

/** What was asked for, as conditions; what the list has no condition for is the caller's. */
export const filtersOf = (conditions: Conditions, filter: Chosen | null | undefined): Filter[] =>
  Object.entries(filter ?? {}).flatMap(([member, value]) =>
    value == null || !Object.hasOwn(conditions, member)
      ? []
      : { sql: conditions[member]!, parameters: [value], isChosen: true },
  );

/** The order that was asked for, if one was. */
export const orderOf = (orderBy: OrderBy | null | undefined): Pick<Order, 'field' | 'descending'> | undefined =>
  orderBy ? { field: orderBy.field, descending: orderBy.direction === 'DESC' } : undefined;

/** What was chosen, as the list's pages take it. */
export const chosen = (
  list: Choice,
  { filter, orderBy }: Given<ReturnType<typeof choiceArgs>>,
): { readonly filters: Filter[]; readonly order?: Pick<Order, 'field' | 'descending'> } => ({
  filters: filtersOf(list.filters, filter),
  order: orderOf(orderBy),
});
