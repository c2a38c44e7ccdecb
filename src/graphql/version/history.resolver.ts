/** The history of a version: blame, and what changed since the viewer's last review. */
import { itemList, type ItemImage } from '../../database/versions/items';
import { pagesOf } from '../../database/connection/pages';
import type { ItemRow } from '../../database/connection/rows';
import { phaseOf } from '../../phases';
import { originsOf, type FieldOrigin } from '../../versioning/blame';
import { badInput } from '../../versioning/errors';
import { pointer } from '../../versioning/diff';
import type { VersionHeader } from '../../versioning/model';
import { readIn } from '../as-of';
import type { Context } from '../context';
import { a, resolved, addFields, objectType, optional } from '../declare';
import { VersionDiff, type Compared } from '../diff/types';
import { User } from '../people/types';
import { seesDeleted, visibleVersion } from '../visibility';
import { PhaseVersion, toVersion } from './types';

const blameOf = ({ field, value, form }: FieldOrigin<ItemImage>) => ({
  path: pointer(field),
  value,
  setAt: form.committedAt,
  setById: form.actorId,
  setInVersionId: form.versionId,
});
type Blamed = ReturnType<typeof blameOf>;

export const FieldBlame = objectType<Blamed>('FieldBlame', 'Who last set a field of an item.', {
  path: a.text('RFC 6901 JSON Pointer into the item’s content.'),
  value: optional.json('Its value.'),
  setAt: a.instant('When it was set to this value.'),
});

addFields(FieldBlame, {
  setInVersion: toVersion('The version in which it was set.', 'setInVersionId'),
  setBy: resolved(
    'Who set it; for a write outside the API, which names nobody, who started the version (`changes` shows the origin).',
    () => User,
    async ({ setById, setInVersionId }, { loaders }) =>
      loaders.user.load(setById ?? (await loaders.version.load(setInVersionId))!.createdBy),
  ),
});

export const ItemBlame = objectType<{ itemKey: string; label: string; fields: Blamed[] }>(
  'ItemBlame',
  'Who last set each field of an item.',
  {
    itemKey: a.uuid('The item.'),
    label: a.text('Its label.'),
    fields: a.of('Its fields, in their order.', () => [FieldBlame]),
  },
);

/** The maximum number of items per answer; others can be requested by key. */
const MAX_BLAMED = 1000;

async function blame(
  { phase: key, versionId, streamId }: VersionHeader,
  context: Context,
  { itemKeys }: { readonly itemKeys?: readonly string[] | null },
) {
  const { db, past, loaders } = context;
  const phase = phaseOf(key);
  if (phase.versioning !== 'FULL') return [];
  const filters = itemKeys ? [{ sql: 'i.item_key = any($1::uuid[])', parameters: [itemKeys] }] : [];
  const request = { limit: MAX_BLAMED, cursor: null, backwards: false };
  const pages = await pagesOf<ItemRow>(past ?? db, itemList(phase), [versionId], request, filters);
  const { rows, hasMore } = pages.get(versionId)!;
  if (hasMore)
    throw badInput(`A version with more than ${MAX_BLAMED} items is asked about item by item: give itemKeys.`);
  const forms = await Promise.all(rows.map(({ itemId }) => loaders.forms.load({ phase: key, itemId })));
  // Changes in versions that the viewer may not see are attributed to the version that carried them on.
  const showsDeleted = await seesDeleted(context, streamId);
  const counts = ({ isDeleted }: ItemImage) => showsDeleted || !isDeleted;
  return rows.map(({ itemId, itemKey, label }, i) => ({
    itemKey,
    label,
    fields: originsOf(phase.item.fields, forms[i]!, itemId, { counts }).map(blameOf),
  }));
}

async function changesSinceMyReview(to: VersionHeader, context: Context): Promise<Compared | null> {
  const review = await context.loaders.lastReview.load({
    masterRecordId: to.masterRecordId,
    // For a record, each version is a round of its own: something was submitted, or a review was recorded.
    began: to.versioningType === 'FULL' ? to.submittedAt : to.createdAt,
    seesDeleted: await seesDeleted(context, to.streamId),
  });
  // What preceded the version they decided on is not a change since.
  if (!review || review.latestNumber > to.versionNumber) return null;
  const fromContext = context.asOf(review.decidedAt);
  await fromContext.closeStreams(to.streamId);
  const from = await visibleVersion(fromContext, await fromContext.loaders.version.load(review.versionId));
  return from && { from: readIn(fromContext, from), to, fromContext };
}

addFields(PhaseVersion, {
  blame: resolved(
    'For each item and field, the version and the person that last set it, traced through carrying forward, restoring and rebasing (a field that a rebase took from the version in force is attributed to whoever set it there), also within one draft’s edits; all items (at most 1,000), or the requested ones. Null only with an error.',
    optional(() => [ItemBlame]),
    { itemKeys: optional.uuids('Only these items.') },
    blame,
  ),
  changesSinceMyReview: resolved(
    'What changed in this version since the viewer last decided on it, or on its record in an earlier round, compared with the version they decided on, as it was then. A round begins with the submission of the version; decisions made within it do not shorten the comparison. Null if there is no such version that they may see, and for versions older than the latest one they decided on.',
    optional(() => VersionDiff),
    changesSinceMyReview,
  ),
});
