import type { ChangedItem, ItemComparison } from '../../database/versions/items';
import type { ItemRow } from '../../database/connection/rows';
import { itemOf, phaseOf } from '../../phases';
import { contentOf } from '../../versioning/content';
import {
  changeKinds,
  fieldChanges,
  patchOf,
  pointer,
  sameJson,
  type ChangeKind,
  type FieldChange as AnyFieldChange,
  type PatchOperation,
} from '../../versioning/diff';
import { nameKey } from '../../versioning/identity';
import type { JsonObject, VersionHeader } from '../../versioning/model';
import { readIn } from '../as-of';
import { connectComputed, connectionArgs, MAX_ITEMS_PAGE, type ComputedOrders } from '../connection';
import type { Context } from '../context';
import { resolved, addFields, optional, type Given } from '../declare';
import { ChangeKindEnum } from '../enums';
import { choiceArgs, orderOf } from '../list';
import { JSONScalar } from '../scalars';
import { VersionItem } from '../version/types';
import { DiffSummary, FieldChange, ItemChange, ItemChangeConnection, VersionDiff, type Compared } from './types';

const itemOrders = {
  LABEL: { type: 'text', of: ({ label }) => label },
  KIND: { type: 'bigint', of: ({ kind }) => changeKinds.indexOf(kind) },
} as const satisfies ComputedOrders<ChangedItem>;

const itemArgs = choiceArgs(
  'ItemChange',
  'items',
  { orders: itemOrders, filters: {} },
  {
    kinds: optional.of<ChangeKind[]>('With one of these kinds of change.', () => [ChangeKindEnum]),
    itemKeys: optional.uuids('With one of these keys.'),
    search: optional.text('Whose label contains this, ignoring case.'),
  },
);

/** A predicate for the items that a filter selects. */
function isAmong(filter: Given<typeof itemArgs>['filter']): (item: ChangedItem) => boolean {
  const { kinds, itemKeys, search } = filter ?? {};
  const keys = itemKeys && new Set(itemKeys);
  const text = search == null ? '' : nameKey(search);
  return ({ itemKey, kind, label }) =>
    (kinds?.includes(kind) ?? true) && (keys?.has(itemKey) ?? true) && nameKey(label).includes(text);
}

const versionContent = ({ loaders }: Context, { phase, versionId }: VersionHeader): Promise<JsonObject> =>
  loaders.content({ phase, versionId });

const itemIn = ({ loaders }: Context, { phase, versionId }: VersionHeader, itemKey: string): Promise<ItemRow | null> =>
  loaders.itemByKey.load({ phase, versionId, itemKey });

const itemContent = (row: ItemRow | null): JsonObject => (row ? contentOf(itemOf(row.phase).fields, row) : {});

function changesBetween(context: Context, before: JsonObject, after: JsonObject): AnyFieldChange[] {
  const changes = fieldChanges(before, after);
  context.holdFieldChanges(changes.length);
  return changes;
}

const noItems: ItemComparison = { changed: [], unchanged: 0 };

function comparison(context: Context, { from, to, fromContext }: Compared): Promise<ItemComparison> | ItemComparison {
  if (phaseOf(from.phase).versioning !== 'FULL') return noItems;
  return fromContext
    ? comparedAcross(fromContext, from, context, to)
    : context.loaders.comparison.load({ phase: from.phase, fromId: from.versionId, toId: to.versionId });
}

/** The same order as in the database. */
function byLabel(a: ChangedItem, b: ChangedItem): number {
  if (a.label !== b.label) return a.label < b.label ? -1 : 1;
  return a.itemKey < b.itemKey ? -1 : 1;
}

/** Compares versions at two different instants, which a single statement cannot read. */
async function comparedAcross(
  then: Context,
  from: VersionHeader,
  now: Context,
  to: VersionHeader,
): Promise<ItemComparison> {
  const contents = async ({ loaders }: Context, { phase, versionId }: VersionHeader) =>
    new Map((await loaders.itemsOfVersion.load({ phase, versionId })).map((row) => [row.itemKey, row]));
  const [before, after] = await Promise.all([contents(then, from), contents(now, to)]);
  const changed: ChangedItem[] = [];
  for (const itemKey of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(itemKey), after.get(itemKey)];
    const { label } = (b ?? a)!;
    if (!a) changed.push({ itemKey, label, kind: 'ADDED' });
    else if (!b) changed.push({ itemKey, label, kind: 'REMOVED' });
    else if (!sameJson(itemContent(a), itemContent(b))) changed.push({ itemKey, label, kind: 'CHANGED' });
  }
  const unchanged = after.size - changed.filter(({ kind }) => kind !== 'REMOVED').length;
  return { changed: changed.sort(byLabel), unchanged };
}

/** The contents of both versions, each at its instant. */
const contents = ({ from, to, fromContext }: Compared, context: Context) =>
  Promise.all([versionContent(fromContext ?? context, from), versionContent(context, to)]);

async function patch(diff: Compared, context: Context): Promise<PatchOperation[]> {
  const { from, to, fromContext: then = context } = diff;
  const ofVersions = contents(diff, context);
  const ofItem = async ({ itemKey, kind }: ChangedItem): Promise<PatchOperation[]> => {
    const path = pointer('items', itemKey);
    if (kind === 'REMOVED') return [{ op: 'remove', path }];
    if (kind === 'ADDED') return [{ op: 'add', path, value: itemContent(await itemIn(context, to, itemKey)) }];
    const [a, b] = await Promise.all([itemIn(then, from, itemKey), itemIn(context, to, itemKey)]);
    return patchOf(itemContent(a), itemContent(b), path);
  };
  // Items are requested as soon as their keys are known, in the same tick as a page of them, so that both share one statement.
  const ofItems = Promise.resolve(comparison(context, diff)).then(({ changed }) => Promise.all(changed.map(ofItem)));
  const [[before, after], operations] = await Promise.all([ofVersions, ofItems]);
  return [patchOf(before, after, '/content'), ...operations].flat();
}

addFields(VersionDiff, {
  summary: resolved(
    'How much changed.',
    () => DiffSummary,
    async (diff, context) => {
      const [{ changed, unchanged }, [before, after]] = await Promise.all([
        comparison(context, diff),
        contents(diff, context),
      ]);
      const count = (kind: ChangeKind) => changed.filter((item) => item.kind === kind).length;
      return {
        added: count('ADDED'),
        removed: count('REMOVED'),
        changed: count('CHANGED'),
        unchanged,
        fieldsChanged: fieldChanges(before, after).length,
      };
    },
  ),
  fields: resolved(
    'Changes of the version’s own content fields.',
    () => [FieldChange],
    async (diff, context) => changesBetween(context, ...(await contents(diff, context))),
  ),
  items: resolved(
    'The items that differ, by label. At most 1,000 per page, like the items themselves.',
    () => ItemChangeConnection,
    {
      ...connectionArgs,
      ...itemArgs,
      kinds: optional.of<ChangeKind[]>('Only these kinds of change.', () => [ChangeKindEnum]),
    },
    async (diff, context, { kinds, filter, orderBy, ...page }) => {
      const { changed } = await comparison(context, diff);
      const ofKinds = kinds ? changed.filter(({ kind }) => kinds.includes(kind)) : changed;
      const wanted = ofKinds.filter(isAmong(filter));
      return connectComputed(
        'changed-items',
        wanted,
        (item) => item.itemKey,
        page,
        (item) => ({ ...item, ...diff }),
        { max: MAX_ITEMS_PAGE, orders: itemOrders, order: orderOf(orderBy) },
      );
    },
  ),
  patch: resolved(
    'The whole difference as an RFC 6902 JSON Patch that turns `from` into `to`, over the document {"content": {…the version’s content…}, "items": {itemKey: {…the item’s content…}}}.',
    () => JSONScalar,
    patch,
  ),
});

/** The text diff is computed only on request, since most clients that ask what changed do not need it. */
addFields(FieldChange, {
  textDiff: resolved(
    'For long texts: a unified diff that can be applied.',
    optional(() => String),
    async (change, { loaders }) => (await loaders.textDiff.load(change))?.text ?? null,
  ),
  isCoarse: resolved(
    'Whether `textDiff` may replace more lines than necessary: for texts with much in common in a different order, the search for the shortest diff is cut short. The same texts always have the same diff.',
    () => Boolean,
    async (change, { loaders }) => (await loaders.textDiff.load(change))?.isCoarse ?? false,
  ),
});

addFields(ItemChange, {
  before: resolved(
    'The item in `from`; null if it was added.',
    optional(() => VersionItem),
    async ({ from, itemKey, fromContext }, context) => {
      const item = await itemIn(fromContext ?? context, from, itemKey);
      return fromContext ? readIn(fromContext, item) : item;
    },
  ),
  after: resolved(
    'The item in `to`; null if it was removed.',
    optional(() => VersionItem),
    ({ to, itemKey }, context) => itemIn(context, to, itemKey),
  ),
  fields: resolved(
    'What changed in it, field by field.',
    () => [FieldChange],
    async ({ from, to, itemKey, fromContext }, context) => {
      const [a, b] = await Promise.all([itemIn(fromContext ?? context, from, itemKey), itemIn(context, to, itemKey)]);
      return changesBetween(context, itemContent(a), itemContent(b));
    },
  ),
});
