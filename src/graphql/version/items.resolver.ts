/** A version's items, and the decisions on them. */
import { facetsBy } from '../../database/versions/item-facets';
import { itemFilters, type ItemFilter } from '../../database/versions/item-filter';
import { itemOrder, type ItemOrder } from '../../database/versions/item-order';
import { matching } from '../../database/versions/item-search';
import { inReviewStatuses, itemList } from '../../database/versions/items';
import type { Filter } from '../../database/connection/pages';
import { itemOf, phaseOf } from '../../phases';
import { contentOf, itemHash } from '../../versioning/content';
import type { ItemReviewStatus, VersionHeader } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import { connect, connectComputed, connectionArgs, MAX_ITEMS_PAGE } from '../connection';
import type { Context } from '../context';
import { a, resolved, addFields, optional, type Given } from '../declare';
import { ItemReviewStatusEnum } from '../enums';
import { asDecision, asItem } from '../objects';
import { toUser } from '../people/types';
import { JSONObjectScalar } from '../scalars';
import { seesDeleted, showsDecision, visibleVersion } from '../visibility';
import { ItemFacetType, VersionItemFilter, VersionItemOrder } from './item-choice';
import { ItemDecision, PhaseVersion, toVersion, VersionItem, VersionItemConnection } from './types';

const filter = optional.of<ItemFilter>('Only these items; all if left out.', () => VersionItemFilter);
const itemArgs = {
  ...connectionArgs,
  reviewStatus: optional.of<ItemReviewStatus[]>('Only items in these review states.', () => [ItemReviewStatusEnum]),
  search: optional.text('Only items with this text in their label or texts, ignoring case; at most 200 characters.'),
  filter,
  orderBy: optional.of<ItemOrder>(
    'The order; a cursor is valid only in the order it was made in.',
    () => VersionItemOrder,
  ),
};

/** The requested choice of a version's items, limited to what the viewer may see. */
async function chosenOf(context: Context, phase: FullPhase, { streamId }: VersionHeader, args: Given<typeof itemArgs>) {
  const { reviewStatus, search, filter: asked, orderBy } = args;
  const showsHidden = asked || orderBy ? await seesDeleted(context, streamId) : false;
  const filters: Filter[] = [];
  if (reviewStatus) filters.push(inReviewStatuses(phase, reviewStatus));
  if (search) filters.push(matching(phase, search));
  filters.push(...itemFilters(phase, asked, showsHidden));
  const order = orderBy && itemOrder(phase, orderBy, showsHidden);
  const read = [...filters, ...(order ? [order.by] : [])].map(({ sql }) => sql).join(' ');
  const list = itemList(phase, read);
  return order
    ? {
        filters,
        list: { ...list, orders: { [order.name]: order.by } },
        order: { field: order.name, descending: orderBy.direction === 'DESC' },
      }
    : { filters, list };
}

addFields(PhaseVersion, {
  items: resolved(
    'Its items, in the order they were added unless another is requested; audit-only versions have none. At most 1,000 per page (other connections: 100). `search` looks in labels and texts.',
    () => VersionItemConnection,
    itemArgs,
    async (version, context, args) => {
      const declared = phaseOf(version.phase);
      if (declared.versioning === 'AUDIT_ONLY')
        return connectComputed('items', [], String, args, asItem, { max: MAX_ITEMS_PAGE });
      const { list, ...chosen } = await chosenOf(context, declared, version, args);
      return connect(context.loaders, list, version.versionId, args, {
        ...chosen,
        max: MAX_ITEMS_PAGE,
        toNode: asItem,
      });
    },
  ),
  itemFacets: resolved(
    'Counts of the selected items by the values of fields; empty for audit-only versions. To offer all values of a field, leave that field out of the filter.',
    () => [ItemFacetType],
    {
      fields: a.texts('The fields, by their names in the item’s type; at most 10, single-valued, and not prose.'),
      filter,
    },
    async (version, context, { fields, filter: asked }) => {
      const declared = phaseOf(version.phase);
      if (declared.versioning === 'AUDIT_ONLY') return [];
      const showsHidden = await seesDeleted(context, version.streamId);
      const { key } = declared;
      const counted = facetsBy(declared, fields, showsHidden);
      const filters = itemFilters(declared, asked, showsHidden);
      return context.loaders.itemFacets(key, fields, counted, filters).load(version.versionId);
    },
  ),
});

async function versionOfItem(context: Context, phase: string, itemId: string | null) {
  const versionId = itemId && (await context.loaders.versionOfItem.load({ phase, itemId }));
  return versionId ? visibleVersion(context, await context.loaders.version.load(versionId)) : null;
}

addFields(VersionItem, {
  contentHash: resolved(
    'SHA-256 of its content in hex; the version’s contentHash is computed from those of its items.',
    () => String,
    // The stored hash is empty if an edit bypassed the service.
    (row) => row.itemHash || itemHash(itemOf(row.phase).fields, row as unknown as Readonly<Record<string, unknown>>),
  ),
  carriedFromItem: resolved(
    'The item it was carried forward from; null if that has been removed since.',
    optional(() => VersionItem),
    async ({ phase, carriedFromItemId }, context) => {
      if (carriedFromItemId === null) return null;
      const item = await context.loaders.item.load({ phase, itemId: carriedFromItemId });
      const version = item && (await visibleVersion(context, await context.loaders.version.load(item.versionId)));
      return version && item;
    },
  ),
  carriedFromVersion: resolved(
    'The version it was carried forward from, even if the item has been removed there since.',
    optional(() => PhaseVersion),
    ({ phase, carriedFromItemId }, context) => versionOfItem(context, phase, carriedFromItemId),
  ),
  mergedFromVersion: resolved(
    'The version whose changes a rebase last merged into this item; `blame` shows which fields came from there. Null if none was merged in this version.',
    optional(() => PhaseVersion),
    ({ phase, mergedFromItemId }, context) => versionOfItem(context, phase, mergedFromItemId),
  ),
  decision: resolved(
    'The latest decision made in this version; otherwise, for a carried item with unchanged content, the approval it was carried with; null while undecided. Decisions are never copied. reviewStatus and the phases’ own status fields derive from it, as long as it counts.',
    optional(() => ItemDecision),
    async (item, context) => ((await showsDecision(context, item)) ? asDecision(item) : null),
  ),
  content: resolved(
    'The item’s own fields, for clients that treat all phases alike.',
    () => JSONObjectScalar,
    (item) => contentOf(itemOf(item.phase).fields, item),
  ),
});

addFields(ItemDecision, {
  decidedBy: toUser('Who decided.', 'decidedBy'),
  decidedInVersion: toVersion(
    'The version in which it was decided: this one, or the one the item was carried from.',
    'decidedInVersionId',
  ),
});
