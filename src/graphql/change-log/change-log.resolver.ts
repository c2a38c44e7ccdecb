import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { changesOfStream, ofVisibleVersions, rowChangeList } from '../../database/change-log';
import { REFERENCE_STREAM } from '../../database/people';
import type { ChangeSetRow } from '../../database/rows';
import { DomainError } from '../../versioning/errors';
import { canSeeDeleted, canSeeReferenceLog } from '../../versioning/policy';
import { ConnectionArgs, connect } from '../connection';
import { Context } from '../context';
import { maybe } from '../loaders/loaders';
import { asChangeSet, asRowChange } from '../objects';
import { User } from '../people/types';
import { PhaseVersion } from '../version/types';
import { visibleVersions } from '../visibility';
import { Workflow } from '../workflow/types';
import { ChangeSet, ChangeSetConnection, RowChangeConnection } from './types';

@Resolver(() => ChangeSet)
export class ChangeSetResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who did it. Null for a write made outside the API; `origin` then names the database role.',
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
    const { loaders, viewer } = context;
    await context.noteRead(streamId, 'ChangeSet.rowChanges');
    const seesDeleted = canSeeDeleted(viewer, await loaders.standing.load(streamId));
    return connect(loaders, rowChangeList, changeSetId, args, {
      filters: seesDeleted ? [] : [ofVisibleVersions],
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
