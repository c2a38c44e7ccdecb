import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { readsOfStream, type LogReadRow } from '../../database/change-log-reads';
import { REFERENCE_STREAM } from '../../database/people';
import { visibleWorkflow } from '../../services/find-workflow';
import { badInput, DomainError } from '../../versioning/errors';
import { canSeeLogReads } from '../../versioning/policy';
import { ConnectionArgs, connect } from '../connection';
import { Context } from '../context';
import { maybe } from '../loaders/loaders';
import { asLogRead } from '../objects';
import { User } from '../people/types';
import { UUIDScalar } from '../scalars';
import { Workflow } from '../workflow/types';
import { ChangeLogRead, ChangeLogReadConnection } from './types';

@ArgsType()
class ChangeLogReadsArgs extends ConnectionArgs {
  @Field(() => UUIDScalar, { nullable: true, description: 'The cycle; together with `reportId`, or neither.' })
  cycleId?: string | null;
  @Field(() => UUIDScalar, { nullable: true, description: 'The report; together with `cycleId`, or neither.' })
  reportId?: string | null;
}

/** The stream that is meant; without a workflow, that of the reference data. */
async function streamOf({ db, viewer }: Context, { cycleId, reportId }: ChangeLogReadsArgs): Promise<string> {
  if (cycleId == null && reportId == null) return REFERENCE_STREAM;
  if (cycleId == null || reportId == null)
    throw badInput('Give both cycleId and reportId for a workflow, or neither for the reference data.');
  return (await visibleWorkflow(db, { cycleId, reportId }, viewer)).streamId;
}

@Resolver(() => ChangeLogRead)
export class ChangeLogReadsResolver {
  @Query(() => ChangeLogReadConnection, {
    description:
      'Who read the change log of a workflow, or without one that of the reference data; newest first. For administrators and auditors; FORBIDDEN to others. It is about now, also under @asOf; reading it is not noted itself.',
  })
  async changeLogReads(@Args(() => ChangeLogReadsArgs) args: ChangeLogReadsArgs, @Ctx() context: Context) {
    if (!canSeeLogReads(context.viewer))
      throw new DomainError(
        'FORBIDDEN',
        'Who read the change log is for Administrators and Auditors. Ask one of them.',
      );
    const streamId = await streamOf(context, args);
    await context.settle(streamId);
    return connect(context.loaders, readsOfStream, streamId, args, { toNode: asLogRead });
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who read it. Null for a read outside the API; `origin` then says where.',
  })
  reader(@Root() { readerId }: LogReadRow, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, readerId);
  }

  @FieldResolver(() => Workflow, { nullable: true, description: 'Whose log; null for that of the reference data.' })
  workflow(@Root() { streamId }: LogReadRow, @Ctx() { loaders }: Context) {
    return streamId === REFERENCE_STREAM ? null : loaders.workflow.load(streamId);
  }
}
