/** Answers about how a version came to be as it is: blame, and what changed since the viewer looked. */
import { Arg, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { itemList } from '../../database/items';
import { pagesOf } from '../../database/pages';
import type { ItemRow } from '../../database/rows';
import { phaseOf } from '../../phases';
import { originsOf } from '../../versioning/blame';
import { badInput } from '../../versioning/errors';
import { pointer } from '../../versioning/diff';
import type { Json, VersionHeader } from '../../versioning/model';
import { Context } from '../context';
import { readIn } from '../as-of';
import { VersionDiff, type Compared } from '../diff/types';
import { User } from '../people/types';
import { DateTimeScalar, JSONScalar, UUIDScalar } from '../scalars';
import { seesDeleted, visibleVersion } from '../visibility';
import { PhaseVersion } from './types';

@ObjectType({ description: 'Who last set a field of an item.' })
export class FieldBlame {
  setInVersionId!: string;
  setById!: number | null;
  @Field({ description: 'RFC 6901 JSON Pointer into the item’s content.' }) path!: string;
  @Field(() => JSONScalar, { nullable: true, description: 'The value it has.' }) value!: Json;
  @Field(() => DateTimeScalar, { description: 'When it was set to that.' }) setAt!: Date;
}

@ObjectType({ description: 'Who last set each field of an item.' })
export class ItemBlame {
  @Field(() => UUIDScalar, { description: 'The item.' }) itemKey!: string;
  @Field({ description: 'What a person would call it.' }) label!: string;
  @Field(() => [FieldBlame], { description: 'Its fields, in their order.' }) fields!: FieldBlame[];
}

/** So many items are answered for at once; ask for the others by their keys. */
const MAX_BLAMED = 1000;

@Resolver(() => PhaseVersion)
export class BlameResolver {
  @FieldResolver(() => [ItemBlame], {
    nullable: true,
    description:
      'For each item and field, the version and the person that last set it, followed through carrying forward, restoring and rebasing (a field that a rebase took from the version in force is of who set it there), also within one draft’s edits; all items (at most 1,000), or those asked for. Null only with an error.',
  })
  async blame(
    @Root() { phase: key, versionId, streamId }: VersionHeader,
    @Arg('itemKeys', () => [UUIDScalar], { nullable: true, description: 'Only these items.' })
    itemKeys: string[] | null,
    @Ctx() context: Context,
  ): Promise<ItemBlame[]> {
    const { db, past, loaders } = context;
    const phase = phaseOf(key);
    if (phase.versioning !== 'FULL') return [];
    const filters = itemKeys ? [{ sql: 'i.item_key = any($1::uuid[])', parameters: [itemKeys] }] : [];
    const request = { limit: MAX_BLAMED, cursor: null, backwards: false };
    const { rows, hasMore } = (await pagesOf<ItemRow>(past ?? db, itemList(phase), [versionId], request, filters)).get(
      versionId,
    )!;
    if (hasMore)
      throw badInput(`A version with more than ${MAX_BLAMED} items is asked about item by item: give itemKeys.`);
    const forms = await Promise.all(rows.map(({ itemId }) => loaders.forms.load({ phase: key, itemId })));
    // Forms of versions that the viewer may not see count for the version that carried them on.
    const showsDeleted = await seesDeleted(context, streamId);
    return rows.map(({ itemId, itemKey, label }, i) => ({
      itemKey,
      label,
      fields: originsOf(phase.item.fields, forms[i]!, itemId, {
        counts: ({ isDeleted }) => showsDeleted || !isDeleted,
      }).map(({ field, value, form }) => ({
        path: pointer(field),
        value,
        setAt: form.committedAt,
        setById: form.actorId,
        setInVersionId: form.versionId,
      })),
    }));
  }
}

@Resolver(() => PhaseVersion)
export class ReviewResolver {
  @FieldResolver(() => VersionDiff, {
    nullable: true,
    description:
      'What changed in this version since the viewer last decided on it or on its record, held against the version they decided on as it was then; null if there is none they may see, and on versions before that one, where nothing is newer.',
  })
  async changesSinceMyReview(@Root() to: VersionHeader, @Ctx() context: Context): Promise<Compared | null> {
    const review = await context.loaders.lastReview.load({
      masterRecordId: to.masterRecordId,
      seesDeleted: await seesDeleted(context, to.streamId),
    });
    if (!review) return null;
    const reviewed = await context.loaders.version.load(review.versionId);
    // What came before the version they decided on is no change since.
    if (!reviewed || reviewed.versionNumber > to.versionNumber) return null;
    const fromContext = context.asOf(review.decidedAt);
    await fromContext.settle(to.streamId);
    const from = await visibleVersion(fromContext, await fromContext.loaders.version.load(review.versionId));
    return from && { from: readIn(fromContext, from), to, fromContext };
  }
}

@Resolver(() => FieldBlame)
export class FieldBlameResolver {
  @FieldResolver(() => PhaseVersion, { description: 'The version in which it was set.' })
  setInVersion(@Root() { setInVersionId }: FieldBlame, @Ctx() { loaders }: Context) {
    return loaders.version.load(setInVersionId);
  }

  @FieldResolver(() => User, {
    description:
      'Who set it; where it was written outside the API, which names nobody, who started the version (`changes` tells the origin).',
  })
  async setBy(@Root() { setById, setInVersionId }: FieldBlame, @Ctx() { loaders }: Context) {
    return loaders.user.load(setById ?? (await loaders.version.load(setInVersionId))!.createdBy);
  }
}
