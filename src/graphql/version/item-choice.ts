/**
 * Filters and orders for a version's items. One filter type serves all phases, because items are requested on the interface that all
 * versions share: fields are named as in `itemFields` of the phase's configuration, and checked against it.
 */
import { Int } from 'type-graphql';
import type { ItemFacet } from '../../database/versions/item-facets';
import type { FieldCondition, ItemFilter } from '../../database/versions/item-filter';
import type { ItemOrder } from '../../database/versions/item-order';
import { a, inputType, objectType, optional } from '../declare';
import { enumOf, ItemReviewStatusEnum } from '../enums';
import { OrderDirectionEnum } from '../list';
import { JSONScalar } from '../scalars';

const ItemFieldCondition = inputType<FieldCondition>(
  'ItemFieldCondition',
  'Conditions on one field of an item; all given ones must hold. Values have the form in which the field shows them; people and other objects are given by id.',
  {
    field: a.text(
      'The field, by its name in the item’s type: itemKey, label, reviewStatus, or one of `itemFields` of the phase’s configuration that has one value.',
    ),
    equals: optional.json('Equal to this.'),
    in: optional.of('One of these.', () => [JSONScalar]),
    atLeast: optional.json('For numbers, dates and instants: greater than or equal to this.'),
    atMost: optional.json('For numbers, dates and instants: less than or equal to this.'),
    contains: optional.text('For texts, and anywhere in JSON: contains this, ignoring case; at most 200 characters.'),
    isNull: optional.flag('Whether it is null.'),
  },
);

export const VersionItemFilter = inputType<ItemFilter>(
  'VersionItemFilter',
  'Selects items; all given conditions must hold.',
  {
    itemKeys: optional.uuids('With one of these keys.'),
    reviewStatus: optional.of('In one of these review states.', () => [ItemReviewStatusEnum]),
    decidedBy: optional.of('With a decision by one of these people (userId), whether or not it counts.', () => [Int]),
    isChangedSinceBase: optional.flag(
      'Whether they differ from the version’s base, or are missing there. Without a base, all are new.',
    ),
    search: optional.text('With this text in their label or texts, ignoring case; at most 200 characters.'),
    fields: optional.of('Conditions on fields, all of which must hold; at most 20.', () => [ItemFieldCondition]),
  },
);

const NullPlacementEnum = enumOf('NullPlacement', ['FIRST', 'LAST'], 'The position of nulls in an order.');

export const VersionItemOrder = inputType<ItemOrder>('VersionItemOrder', 'The order of items.', {
  field: a.text(
    'The sort field, by its name in the item’s type; itemId is the order of addition. Constants sort in declaration order, people by number, texts by their first 200 characters, ignoring case; equal items by addition. DESC reverses all of that.',
  ),
  direction: a.of('The direction.', () => OrderDirectionEnum),
  nulls: optional.of(
    'The position of items without a value, in either direction; at the end if omitted.',
    () => NullPlacementEnum,
  ),
});

const ItemFacetValue = objectType<ItemFacet['values'][number]>(
  'ItemFacetValue',
  'A value of a field, and how many items have it.',
  {
    value: optional.json('The value, as a filter takes it; null for items that have none.'),
    count: a.int('How many items have it.'),
  },
);

export const ItemFacetType = objectType<ItemFacet>('ItemFacet', 'The number of items for each value of a field.', {
  field: a.text('The field.'),
  distinctCount: a.int('The number of distinct values, including null.'),
  values: a.of('The most frequent values first; at most 100.', () => [ItemFacetValue]),
});
