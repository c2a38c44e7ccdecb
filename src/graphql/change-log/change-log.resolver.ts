import { Args, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { changesOfStream, ofVisibleVersions, rowChangeList } from '../../database/change-log';
import { REFERENCE_STREAM } from '../../database/people';
import type { ChangeSetRow } from '../../database/rows';
import { DomainError } from '../../versioning/errors';
import { canSeeReferenceLog } from '../../versioning/policy';
import { ConnectionArgs, connect } from '../connection';
import { Context } from '../context';
import { CHANGES } from '../lasting';
import { maybe } from '../loaders/loaders';
import { asChangeSet, asRowChange } from '../objects';
import { User } from '../people/types';
import { PhaseVersion } from '../version/types';
import { seesDeleted, visibleVersions } from '../visibility';
import { Workflow } from '../workflow/types';
import { ChangeSet, ChangeSetConnection, RowChangeConnection } from './types';

@Resolver(() => ChangeSet)
export class ChangeSetResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description:
      'Who did it. Null for a write made outside the API; `origin` then names the database role, and `operator` the login of the machine if it was a command of this product.',
  })
  actor(@Root() { actorId }: ChangeSetRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, actorId);
  }

  @FieldResolver(() => Workflow, {
    nullable: true,
    description:
      'Null in the chain of the reference data (users, roles, LOBs, cycles, reports, people’s assignments to workflows).',
  })
  workflow(@Root() { streamId }: ChangeSetRow, @Ctx() { loaders }: Context) {
    return streamId === REFERENCE_STREAM ? null : loaders.workflow.load(streamId);
  }

  @Extensions(CHANGES)
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Why, in the words of the one who did it; hidden with the versions it touched where the viewer may see none of them.',
  })
  async reason(@Root() { reason, streamId, versionIds }: ChangeSetRow, @Ctx() context: Context) {
    if (reason === null || versionIds.length === 0 || (await seesDeleted(context, streamId))) return reason;
    const seen = await visibleVersions(context, await context.loaders.version.loadMany([...versionIds]));
    return seen.length > 0 ? reason : null;
  }

  @FieldResolver(() => [PhaseVersion], { description: 'The versions it touched.' })
  async versions(@Root() { versionIds }: ChangeSetRow, @Ctx() context: Context) {
    const versions = await context.loaders.version.loadMany([...versionIds]);
    return visibleVersions(context, versions);
  }

  @FieldResolver(() => RowChangeConnection, { description: 'The rows it changed, in the order they were changed.' })
  async rowChanges(
    @Root() { changeSetId, streamId }: ChangeSetRow,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: Context,
  ) {
    await context.noteRead(streamId, 'ChangeSet.rowChanges');
    const showsDeleted = await seesDeleted(context, streamId);
    return connect(context.loaders, rowChangeList(showsDeleted), changeSetId, args, {
      filters: showsDeleted ? [] : [ofVisibleVersions],
      toNode: asRowChange,
    });
  }
}

@Resolver()
export class ReferenceLogResolver {
  @Query(() => ChangeSetConnection, {
    description:
      'The commits of the reference data, newest first. For administrators and auditors; FORBIDDEN to others.',
  })
  async referenceChanges(@Args(() => ConnectionArgs) args: ConnectionArgs, @Ctx() context: Context) {
    if (!canSeeReferenceLog(context.viewer))
      throw new DomainError(
        'FORBIDDEN',
        'The log of the reference data names everybody’s roles and assignments. Ask an Administrator or an Auditor.',
      );
    await context.noteRead(REFERENCE_STREAM, 'Query.referenceChanges');
    return connect(context.loaders, changesOfStream, REFERENCE_STREAM, args, { toNode: asChangeSet });
  }
}
