import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ChangedItem, ItemComparison } from '../../database/items';
import type { ItemRow } from '../../database/rows';
import { itemOf, phaseOf } from '../../phases';
import { contentOf } from '../../versioning/content';
import { fieldChanges, patchOf, pointer, sameJson, type ChangeKind, type PatchOperation } from '../../versioning/diff';
import type { JsonObject, VersionHeader } from '../../versioning/model';
import { connectComputed, ConnectionArgs } from '../connection';
import { Context } from '../context';
import { ChangeKindEnum } from '../enums';
import { JSONScalar } from '../scalars';
import { VersionItem } from '../version/types';
import { readIn } from '../as-of';
import { DiffSummary, FieldChange, ItemChange, ItemChangeConnection, VersionDiff, type Compared } from './types';

const versionContent = ({ loaders }: Context, { phase, versionId }: VersionHeader): Promise<JsonObject> =>
  loaders.content({ phase, versionId });

const itemIn = ({ loaders }: Context, { phase, versionId }: VersionHeader, itemKey: string): Promise<ItemRow | null> =>
  loaders.itemByKey.load({ phase, versionId, itemKey });

const itemContent = (row: ItemRow | null): JsonObject => (row ? contentOf(itemOf(row.phase).fields, row) : {});

/** Made once each, so that all that is asked about a change is asked about the same object. */
function changesBetween(context: Context, before: JsonObject, after: JsonObject): FieldChange[] {
  const changes = fieldChanges(before, after);
  context.holdFieldChanges(changes.length);
  return changes.map((change) => Object.assign(new FieldChange(), change));
}

const noItems: ItemComparison = { changed: [], unchanged: 0 };

function comparison(context: Context, { from, to, fromContext }: Compared): Promise<ItemComparison> | ItemComparison {
  if (phaseOf(from.phase).versioning !== 'FULL') return noItems;
  return fromContext
    ? comparedAcross(fromContext, from, context, to)
    : context.loaders.comparison.load({ phase: from.phase, fromId: from.versionId, toId: to.versionId });
}

/** As the database orders them. */
function byLabel(a: ChangedItem, b: ChangedItem): number {
  if (a.label !== b.label) return a.label < b.label ? -1 : 1;
  return a.itemKey < b.itemKey ? -1 : 1;
}

/** The same comparison between two instants, which no one statement can see. */
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

@Resolver(() => VersionDiff)
export class VersionDiffResolver {
  @FieldResolver(() => DiffSummary, { description: 'How much changed.' })
  async summary(@Root() diff: Compared, @Ctx() context: Context): Promise<DiffSummary> {
    const [{ changed, unchanged }, before, after] = await Promise.all([
      comparison(context, diff),
      versionContent(diff.fromContext ?? context, diff.from),
      versionContent(context, diff.to),
    ]);
    const count = (kind: ChangeKind) => changed.filter((item) => item.kind === kind).length;
    return {
      added: count('ADDED'),
      removed: count('REMOVED'),
      changed: count('CHANGED'),
      unchanged,
      fieldsChanged: fieldChanges(before, after).length,
    };
  }

  @FieldResolver(() => [FieldChange], { description: 'Changes of the version’s own content fields.' })
  async fields(@Root() { from, to, fromContext }: Compared, @Ctx() context: Context): Promise<FieldChange[]> {
    const [before, after] = await Promise.all([
      versionContent(fromContext ?? context, from),
      versionContent(context, to),
    ]);
    return changesBetween(context, before, after);
  }

  @FieldResolver(() => ItemChangeConnection, { description: 'The items that are not the same in both, by label.' })
  async items(
    @Root() diff: Compared,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('kinds', () => [ChangeKindEnum], { nullable: true, description: 'Only these kinds of change.' })
    kinds: ChangeKind[] | null,
    @Ctx() context: Context,
  ) {
    const { changed } = await comparison(context, diff);
    const wanted = kinds ? changed.filter(({ kind }) => kinds.includes(kind)) : changed;
    return connectComputed(
      'changed-items',
      wanted,
      (item) => item.itemKey,
      args,
      (item): ItemChange & Compared => ({ ...item, ...diff }),
    );
  }

  @FieldResolver(() => JSONScalar, {
    description:
      'The whole difference as an RFC 6902 JSON Patch that turns `from` into `to`, over the document {"content": {…the version’s content…}, "items": {itemKey: {…the item’s content…}}}.',
  })
  async patch(@Root() diff: Compared, @Ctx() context: Context): Promise<PatchOperation[]> {
    const { from, to, fromContext: then = context } = diff;
    const [{ changed }, before, after] = await Promise.all([
      comparison(context, diff),
      versionContent(then, from),
      versionContent(context, to),
    ]);
    const ofItem = async ({ itemKey, kind }: ChangedItem): Promise<PatchOperation[]> => {
      const path = pointer('items', itemKey);
      if (kind === 'REMOVED') return [{ op: 'remove', path }];
      if (kind === 'ADDED') return [{ op: 'add', path, value: itemContent(await itemIn(context, to, itemKey)) }];
      const [a, b] = await Promise.all([itemIn(then, from, itemKey), itemIn(context, to, itemKey)]);
      return patchOf(itemContent(a), itemContent(b), path);
    };
    const ofItems = await Promise.all(changed.map(ofItem));
    return [patchOf(before, after, '/content'), ...ofItems].flat();
  }
}

/** The text diff is made when it is asked for: most of those who ask what changed do not. */
@Resolver(() => FieldChange)
export class FieldChangeResolver {
  @FieldResolver(() => String, { nullable: true, description: 'For long text: a unified diff, which can be applied.' })
  async textDiff(@Root() change: FieldChange, @Ctx() { loaders }: Context): Promise<string | null> {
    return (await loaders.textDiff.load(change))?.text ?? null;
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether `textDiff` replaces more lines than it might: between texts with very much in common in another order, the shortest diff is not searched for to the end. The same texts always have the same diff.',
  })
  async isCoarse(@Root() change: FieldChange, @Ctx() { loaders }: Context): Promise<boolean> {
    return (await loaders.textDiff.load(change))?.isCoarse ?? false;
  }
}

@Resolver(() => ItemChange)
export class ItemChangeResolver {
  @FieldResolver(() => VersionItem, { nullable: true, description: 'The item in `from`; null if it was added.' })
  async before(@Root() { from, itemKey, fromContext }: ItemChange & Compared, @Ctx() context: Context) {
    return fromContext ? readIn(fromContext, await itemIn(fromContext, from, itemKey)) : itemIn(context, from, itemKey);
  }

  @FieldResolver(() => VersionItem, { nullable: true, description: 'The item in `to`; null if it was removed.' })
  after(@Root() { to, itemKey }: ItemChange, @Ctx() context: Context) {
    return itemIn(context, to, itemKey);
  }

  @FieldResolver(() => [FieldChange], { description: 'What changed in it, field by field.' })
  async fields(
    @Root() { from, to, itemKey, fromContext }: ItemChange & Compared,
    @Ctx() context: Context,
  ): Promise<FieldChange[]> {
    const [a, b] = await Promise.all([itemIn(fromContext ?? context, from, itemKey), itemIn(context, to, itemKey)]);
    return changesBetween(context, itemContent(a), itemContent(b));
  }
}
