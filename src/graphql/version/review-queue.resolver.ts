/** What waits for the viewer. */
import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql';
import { waitingVersions } from '../../database/versions';
import type { VersionHeader } from '../../versioning/model';
import { awaitsDecision } from '../../versioning/policy';
import { connectComputed, ConnectionArgs } from '../connection';
import { Context } from '../context';
import { PhaseEnum } from '../enums';
import { factsOf } from '../facts';
import { asVersion } from '../objects';
import { PhaseVersionConnection } from './types';

@ArgsType()
class ReviewQueueArgs extends ConnectionArgs {
  @Field(() => [PhaseEnum], { nullable: true, description: 'Only versions of these phases.' })
  phases?: string[] | null;
}

@Resolver()
export class ReviewQueueResolver {
  @Query(() => PhaseVersionConnection, {
    description:
      'Versions that wait for a decision the viewer may take (approve, reject, decide items, sign, review a record), oldest submission first. Empty in the past, when nothing can be done.',
  })
  async reviewQueue(@Args(() => ReviewQueueArgs) { phases, ...page }: ReviewQueueArgs, @Ctx() context: Context) {
    return connectComputed(
      'review-queue',
      await waitingFor(context, phases ?? null),
      ({ versionId }) => versionId,
      page,
      (version) => version,
    );
  }
}

/**
 * The rules say what a person may do, and they alone: so whatever waits in the person's workflows is held against them. That
 * is as many statements for much as for little, and as many versions as people have submitted and nobody has decided yet.
 */
async function waitingFor(context: Context, phases: readonly string[] | null): Promise<VersionHeader[]> {
  if (context.past) return [];
  const waiting = (await waitingVersions(context.db, context.viewer.userId, phases)).map(asVersion);
  const facts = await Promise.all(waiting.map((version) => factsOf(context, version)));
  return waiting.filter((_, i) => awaitsDecision(facts[i]!));
}
