import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { changesOfVersion } from '../../database/change-log';
import { inReviewStatuses, itemList, matching } from '../../database/items';
import type { Filter } from '../../database/pages';
import type { ItemRow } from '../../database/rows';
import { historyList } from '../../database/versions';
import { itemOf, phaseOf } from '../../phases';
import { approvalStatusOf } from '../../versioning/approval-status';
import { contentOf } from '../../versioning/content';
import { badInput, notFound } from '../../versioning/errors';
import type { ItemReviewStatus, VersionHeader } from '../../versioning/model';
import { approvalRequirements, availableActions } from '../../versioning/policy';
import { ChangeSetConnection } from '../change-log/types';
import { connect, connectComputed, ConnectionArgs, MAX_ITEMS_PAGE } from '../connection';
import { Context } from '../context';
import { factsOf } from '../facts';
import { maybe } from '../loaders/loaders';
import { VersionDiff } from '../diff/types';
import { ApprovalStatusEnum, ItemReviewStatusEnum, VersionActionEnum } from '../enums';
import { Node } from '../node';
import { asChangeSet, asDecision, asItem, asVersion, type DecisionOfItem } from '../objects';
import { Cycle, Report, User } from '../people/types';
import { DateTimeScalar, JSONObjectScalar, UUIDScalar } from '../scalars';
import { showsDecision, versionById, visibleVersion } from '../visibility';
import { AsOfArgs, at } from './as-of-args';
import { HistoryArgs, historyFilters } from './history-args';
import { nodesById } from './nodes';
import {
  ApprovalRequirement,
  ItemDecision,
  PhaseVersion,
  PhaseVersionConnection,
  VersionItem,
  VersionItemConnection,
} from './types';

@ArgsType()
class ItemsArgs extends ConnectionArgs {
  @Field(() => [ItemReviewStatusEnum], { nullable: true, description: 'Only items in these review states.' })
  reviewStatus?: ItemReviewStatus[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'Only items with this text in their label or texts, whatever the case; at most 200 characters.',
  })
  search?: string | null;
}

const MAX_NODES = 100;

@Resolver(() => PhaseVersion)
export class PhaseVersionResolver {
  @Query(() => PhaseVersion, {
    nullable: true,
    description: 'A version by its id; null if there is none the viewer may see.',
  })
  phaseVersion(
    @Arg('versionId', () => UUIDScalar, { description: 'The version.' }) versionId: string,
    @Args(() => AsOfArgs) { asOf }: AsOfArgs,
    @Ctx() context: Context,
  ) {
    return at(context, asOf, [], (then) => versionById(then, versionId));
  }

  @Query(() => Node, {
    nullable: true,
    description:
      'Any object by its global id, as of the instant that the id carries, if it does; null if there is none the viewer may see.',
  })
  async node(@Arg('id', () => ID, { description: 'The global id.' }) id: string, @Ctx() context: Context) {
    return (await nodesById(context, [id]))[0];
  }

  @Query(() => [Node], {
    nullable: 'items',
    description:
      'Objects by their global ids, at most 100, in the order asked, each as of the instant that its id carries, if it does; null for each the viewer may not see, and for one that is refused.',
  })
  nodes(
    @Arg('ids', () => [ID], { description: 'The global ids.' }) ids: string[],
    @Args(() => AsOfArgs) { asOf }: AsOfArgs,
    @Ctx() context: Context,
  ) {
    if (ids.length > MAX_NODES)
      throw badInput(`At most ${MAX_NODES} nodes can be asked for at once; you asked for ${ids.length}.`, {
        max: MAX_NODES,
      });
    return at(context, asOf, [], (then) => nodesById(then, ids));
  }

  @FieldResolver(() => Cycle, { description: 'The cycle of its workflow.' })
  cycle(@Root() { cycleId }: VersionHeader, @Ctx() { loaders }: Context) {
    return loaders.cycle.load(cycleId);
  }

  @FieldResolver(() => Report, { description: 'The report of its workflow.' })
  report(@Root() { reportId }: VersionHeader, @Ctx() { loaders }: Context) {
    return loaders.report.load(reportId);
  }

  @FieldResolver(() => ApprovalStatusEnum, { description: 'How its approval stands.' })
  approvalStatus(@Root() version: VersionHeader): string {
    return approvalStatusOf(version);
  }

  @FieldResolver(() => User, { description: 'Who started it.' })
  createdBy(@Root() { createdBy }: VersionHeader, @Ctx() { loaders }: Context) {
    return loaders.user.load(createdBy);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who submitted it.' })
  submittedBy(@Root() { submittedBy }: VersionHeader, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, submittedBy);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who approved or rejected it.' })
  reviewedBy(@Root() { reviewedBy }: VersionHeader, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, reviewedBy);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who deleted it.' })
  deletedBy(@Root() { deletedBy }: VersionHeader, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, deletedBy);
  }

  @FieldResolver(() => PhaseVersion, { nullable: true, description: 'Where the content came from.' })
  async parent(@Root() { parentVersionId }: VersionHeader, @Ctx() context: Context) {
    return parentVersionId === null
      ? null
      : visibleVersion(context, await context.loaders.version.load(parentVersionId));
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description:
      'The record’s current version when this draft was started or last rebased; approval needs it to be current still.',
  })
  base(@Root() { baseVersionId }: VersionHeader, @Ctx() { loaders }: Context) {
    return maybe(loaders.version, baseVersionId);
  }

  @FieldResolver(() => JSONObjectScalar, {
    description: 'The version’s own content fields, for clients that treat all phases alike.',
  })
  content(@Root() { phase, versionId }: VersionHeader, @Ctx() { loaders }: Context) {
    return loaders.content({ phase, versionId });
  }

  @FieldResolver(() => [VersionActionEnum], { description: 'What the viewer may do now; nothing, in the past.' })
  async availableActions(@Root() version: VersionHeader, @Ctx() context: Context) {
    if (context.past) return [];
    return availableActions(await factsOf(context, version));
  }

  @FieldResolver(() => [ApprovalRequirement], {
    description: 'Why this version can or cannot be approved, rule by rule.',
  })
  async approvalRequirements(@Root() version: VersionHeader, @Ctx() context: Context) {
    return approvalRequirements(await factsOf(context, version));
  }

  @FieldResolver(() => VersionItemConnection, {
    description:
      'Its items, in the order they were added; audit-only versions have none. At most 1,000 a page (other connections: 100). `search` looks in labels and texts.',
  })
  items(
    @Root() { phase, versionId }: VersionHeader,
    @Args(() => ItemsArgs) args: ItemsArgs,
    @Ctx() { loaders }: Context,
  ) {
    const declared = phaseOf(phase);
    if (declared.versioning === 'AUDIT_ONLY') return connectComputed('items', [], String, args, asItem, MAX_ITEMS_PAGE);
    const filters: Filter[] = [];
    if (args.reviewStatus) filters.push(inReviewStatuses(declared, args.reviewStatus));
    if (args.search) filters.push(matching(declared, args.search));
    return connect(loaders, itemList(declared), versionId, args, { filters, max: MAX_ITEMS_PAGE, toNode: asItem });
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description:
      'The record’s approved (or, for audit-only phases, latest) version, now or at an instant; with asOf, it and everything below it as of then.',
  })
  current(
    @Root() { masterRecordId, streamId }: VersionHeader,
    @Args(() => AsOfArgs) { asOf }: AsOfArgs,
    @Ctx() context: Context,
  ) {
    return at(context, asOf, [streamId], ({ loaders }) => loaders.currentOfRecord.load(masterRecordId));
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description:
      'This version, its content and its items as they stood at an instant, and everything below as of then; null if it did not exist yet.',
  })
  asOf(
    @Root() { versionId, streamId }: VersionHeader,
    @Arg('at', () => DateTimeScalar, { description: 'The instant; BAD_USER_INPUT if it has not come yet.' })
    instant: Date,
    @Ctx() context: Context,
  ) {
    return at(context, instant, [streamId], async (then) =>
      visibleVersion(then, await then.loaders.version.load(versionId)),
    );
  }

  @FieldResolver(() => PhaseVersionConnection, { description: 'All versions of the record, newest first.' })
  async history(
    @Root() { masterRecordId, streamId }: VersionHeader,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() context: Context,
  ) {
    const filters = await historyFilters(context, streamId, args);
    return connect(context.loaders, historyList, masterRecordId, args, { filters, toNode: asVersion });
  }

  @FieldResolver(() => VersionDiff, {
    nullable: true,
    description:
      'What changed between two version numbers of this record; `to` defaults to this version. Null only with an error: NOT_FOUND for a number the viewer may not see.',
  })
  async diff(
    @Root() version: VersionHeader,
    @Arg('from', () => Int, { description: 'The number of the version to compare from.' }) from: number,
    @Arg('to', () => Int, { nullable: true, description: 'The number of the version to compare to.' })
    to: number | null,
    @Ctx() context: Context,
  ) {
    const numbered = async (versionNumber: number) => {
      const found = await visibleVersion(
        context,
        await context.loaders.versionByNumber.load({ masterRecordId: version.masterRecordId, versionNumber }),
      );
      if (!found) throw notFound(`Version ${versionNumber} of this record`);
      return found;
    };
    const [a, b] = await Promise.all([numbered(from), to == null ? version : numbered(to)]);
    return { from: a, to: b };
  }

  @FieldResolver(() => ChangeSetConnection, { description: 'The commits that touched this version, newest first.' })
  async changes(
    @Root() { versionId, streamId }: VersionHeader,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: Context,
  ) {
    await context.noteRead(streamId, 'PhaseVersion.changes');
    return connect(context.loaders, changesOfVersion, versionId, args, { toNode: asChangeSet });
  }
}

@Resolver(() => VersionItem)
export class VersionItemResolver {
  @FieldResolver(() => VersionItem, {
    nullable: true,
    description: 'The item it was carried forward from; null where that was removed since.',
  })
  async carriedFromItem(@Root() { phase, carriedFromItemId }: ItemRow, @Ctx() context: Context) {
    if (carriedFromItemId === null) return null;
    const item = await context.loaders.item.load({ phase, itemId: carriedFromItemId });
    return item && (await isVisible(context, item.versionId)) ? item : null;
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description: 'The version it was carried forward from, also where the item was removed there since.',
  })
  carriedFromVersion(@Root() { phase, carriedFromItemId }: ItemRow, @Ctx() context: Context) {
    return versionOfItem(context, phase, carriedFromItemId);
  }

  @FieldResolver(() => PhaseVersion, {
    nullable: true,
    description:
      'The version whose changes a rebase last merged into this item; `blame` says which fields came from there. Null where none was merged in this version.',
  })
  mergedFromVersion(@Root() { phase, mergedFromItemId }: ItemRow, @Ctx() context: Context) {
    return versionOfItem(context, phase, mergedFromItemId);
  }

  @FieldResolver(() => ItemDecision, {
    nullable: true,
    description:
      'The latest decision made in this version, else, for a carried item whose content is unchanged, the approval it was given then; null while undecided. Decisions are never copied. reviewStatus and the phases’ own status fields derive from it, as long as it counts.',
  })
  async decision(@Root() item: ItemRow, @Ctx() context: Context) {
    return (await showsDecision(context, item)) ? asDecision(item) : null;
  }

  @FieldResolver(() => JSONObjectScalar, {
    description: 'The item’s own fields, for clients that treat all phases alike.',
  })
  content(@Root() item: ItemRow) {
    return contentOf(itemOf(item.phase).fields, item);
  }
}

async function versionOfItem(context: Context, phase: string, itemId: string | null) {
  const versionId = itemId && (await context.loaders.versionOfItem.load({ phase, itemId }));
  return versionId ? visibleVersion(context, await context.loaders.version.load(versionId)) : null;
}

const isVisible = async (context: Context, versionId: string): Promise<boolean> =>
  (await visibleVersion(context, await context.loaders.version.load(versionId))) !== null;

@Resolver(() => ItemDecision)
export class ItemDecisionResolver {
  @FieldResolver(() => User)
  decidedBy(@Root() { decidedBy }: DecisionOfItem, @Ctx() { loaders }: Context) {
    return loaders.user.load(decidedBy);
  }

  @FieldResolver(() => PhaseVersion)
  decidedInVersion(@Root() { decidedInVersionId }: DecisionOfItem, @Ctx() { loaders }: Context) {
    return loaders.version.load(decidedInVersionId);
  }
}
