/** The items of a version, and the decisions on them. */
import { inReviewStatuses, itemList, matching } from '../../database/items';
import type { Filter } from '../../database/pages';
import { itemOf, phaseOf } from '../../phases';
import { contentOf } from '../../versioning/content';
import type { ItemReviewStatus } from '../../versioning/model';
import { connect, connectComputed, connectionArgs, MAX_ITEMS_PAGE } from '../connection';
import type { Context } from '../context';
import { answered, answers, optional, pointedAt } from '../declare';
import { ItemReviewStatusEnum } from '../enums';
import { asDecision, asItem } from '../objects';
import { User } from '../people/types';
import { JSONObjectScalar } from '../scalars';
import { showsDecision, visibleVersion } from '../visibility';
import { ItemDecision, PhaseVersion, VersionItem, VersionItemConnection } from './types';

answers(PhaseVersion, {
  items: answered(
    'Its items, in the order they were added; audit-only versions have none. At most 1,000 a page (other connections: 100). `search` looks in labels and texts.',
    () => VersionItemConnection,
    {
      ...connectionArgs,
      reviewStatus: optional.of<ItemReviewStatus[]>('Only items in these review states.', () => [ItemReviewStatusEnum]),
      search: optional.text(
        'Only items with this text in their label or texts, whatever the case; at most 200 characters.',
      ),
    },
    ({ phase, versionId }, { loaders }, args) => {
      const declared = phaseOf(phase);
      if (declared.versioning === 'AUDIT_ONLY')
        return connectComputed('items', [], String, args, asItem, MAX_ITEMS_PAGE);
      const filters: Filter[] = [];
      if (args.reviewStatus) filters.push(inReviewStatuses(declared, args.reviewStatus));
      if (args.search) filters.push(matching(declared, args.search));
      return connect(loaders, itemList(declared), versionId, args, { filters, max: MAX_ITEMS_PAGE, toNode: asItem });
    },
  ),
});

async function versionOfItem(context: Context, phase: string, itemId: string | null) {
  const versionId = itemId && (await context.loaders.versionOfItem.load({ phase, itemId }));
  return versionId ? visibleVersion(context, await context.loaders.version.load(versionId)) : null;
}

answers(VersionItem, {
  carriedFromItem: answered(
    'The item it was carried forward from; null where that was removed since.',
    optional(() => VersionItem),
    async ({ phase, carriedFromItemId }, context) => {
      if (carriedFromItemId === null) return null;
      const item = await context.loaders.item.load({ phase, itemId: carriedFromItemId });
      const version = item && (await visibleVersion(context, await context.loaders.version.load(item.versionId)));
      return version && item;
    },
  ),
  carriedFromVersion: answered(
    'The version it was carried forward from, also where the item was removed there since.',
    optional(() => PhaseVersion),
    ({ phase, carriedFromItemId }, context) => versionOfItem(context, phase, carriedFromItemId),
  ),
  mergedFromVersion: answered(
    'The version whose changes a rebase last merged into this item; `blame` says which fields came from there. Null where none was merged in this version.',
    optional(() => PhaseVersion),
    ({ phase, mergedFromItemId }, context) => versionOfItem(context, phase, mergedFromItemId),
  ),
  decision: answered(
    'The latest decision made in this version, else, for a carried item whose content is unchanged, the approval it was given then; null while undecided. Decisions are never copied. reviewStatus and the phases’ own status fields derive from it, as long as it counts.',
    optional(() => ItemDecision),
    async (item, context) => ((await showsDecision(context, item)) ? asDecision(item) : null),
  ),
  content: answered(
    'The item’s own fields, for clients that treat all phases alike.',
    () => JSONObjectScalar,
    (item) => contentOf(itemOf(item.phase).fields, item),
  ),
});

answers(ItemDecision, {
  decidedBy: pointedAt('Who decided.', () => User, 'user', 'decidedBy'),
  decidedInVersion: pointedAt(
    'The version in which it was decided: this one, or the one the item was carried from.',
    () => PhaseVersion,
    'version',
    'decidedInVersionId',
  ),
});
