/**
 * Filters and orders for a version's items. One filter type serves all phases, because items are requested on the interface that all
 * versions share: fields are named as in `itemFields` of the phase's configuration, and checked against it.
 */
import { Int } from 'type-graphql';
import type { ItemFacet } from '../../database/item-facets';
import type { FieldCondition, ItemFilter } from '../../database/item-filter';
import type { ItemOrder } from '../../database/item-order';
import { a, inputType, objectType, optional } from '../declare';
import { enumOf, ItemReviewStatusEnum } from '../enums';
import { OrderDirectionEnum } from '../list';
import { JSONScalar } from '../scalars';

const ItemFieldCondition = inputType<FieldCondition>(
  'ItemFieldCondition',
  'What is asked of one field of an item; all that is given holds. Values are written as the field shows them, people and other things by their ids.',
  {
    field: a.text(
      'The field, by its name in the item’s type: itemKey, label, reviewStatus, or one of `itemFields` of the phase’s configuration that has one value.',
    ),
    equals: optional.json('It is exactly this.'),
    in: optional.of('It is one of these.', () => [JSONScalar]),
    atLeast: optional.json('For numbers, dates and instants: it is this or more.'),
    atMost: optional.json('For numbers, dates and instants: it is this or less.'),
    contains: optional.text(
      'For texts, and for JSON, somewhere in it: this is in it, whatever the case; at most 200 characters.',
    ),
    isNull: optional.flag('Whether it is not there.'),
  },
);

export const VersionItemFilter = inputType<ItemFilter>(
  'VersionItemFilter',
  'Which items are meant: those for which all that is given holds.',
  {
    itemKeys: optional.uuids('Which have one of these keys.'),
    reviewStatus: optional.of('Which are in one of these review states.', () => [ItemReviewStatusEnum]),
    decidedBy: optional.of('Whose decision is one of these people’s (userId), whether or not it counts.', () => [Int]),
    isChangedSinceBase: optional.flag(
      'Which are not in the version’s base, or are otherwise there; with false, which are there as they are. Without a base, all are new.',
    ),
    search: optional.text('Which have this in their label or texts, whatever the case; at most 200 characters.'),
    fields: optional.of('Of whose fields all of this holds; at most 20.', () => [ItemFieldCondition]),
  },
);

const NullPlacementEnum = enumOf('NullPlacement', ['FIRST', 'LAST'], 'Where what has no value stands in an order.');

export const VersionItemOrder = inputType<ItemOrder>('VersionItemOrder', 'The order of items.', {
  field: a.text(
    'The field they are in the order of, by its name in the item’s type; itemId is the order they were added in. Constants are in the order they are declared in, people in that of their numbers, texts in that of their first 200 characters, whatever their case; those that are equal, as they were added. With DESC all of that the other way round.',
  ),
  direction: a.of('In which direction.', () => OrderDirectionEnum),
  nulls: optional.of(
    'Where those stand that have no value, in either direction; at the end if left out.',
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

export const ItemFacetType = objectType<ItemFacet>('ItemFacet', 'How many items have which value of a field.', {
  field: a.text('The field.'),
  distinctCount: a.int('How many different values there are, nothing being one of them.'),
  values: a.of('The values, the most frequent first; at most 100.', () => [ItemFacetValue]),
});
