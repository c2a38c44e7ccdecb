/** What waits for the viewer. */
import { waitingVersions } from '../../database/versions';
import { awaitsDecision } from '../../versioning/policy';
import { connectComputed, connectionArgs } from '../connection';
import type { Context } from '../context';
import { answered, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
import { factsOf } from '../facts';
import { asVersion } from '../objects';
import { PhaseVersionConnection } from './types';

queries({
  reviewQueue: answered(
    'Versions that wait for a decision the viewer may take (approve, reject, decide items, sign, review a record), oldest submission first. Empty in the past, when nothing can be done.',
    () => PhaseVersionConnection,
    {
      ...connectionArgs,
      phases: optional.of<string[]>('Only versions of these phases.', () => [PhaseEnum]),
    },
    async (_, context, { phases, ...page }) =>
      connectComputed(
        'review-queue',
        await waitingFor(context, phases ?? null),
        ({ versionId }) => versionId,
        page,
        (version) => version,
      ),
  ),
});

/**
 * The rules say what a person may do, and they alone: so whatever waits in the person's workflows is held against them. That
 * is as many statements for much as for little, and as many versions as people have submitted and nobody has decided yet.
 */
async function waitingFor(context: Context, phases: readonly string[] | null): Promise<ReturnType<typeof asVersion>[]> {
  if (context.past) return [];
  const waiting = (await waitingVersions(context.db, context.viewer.userId, phases)).map(asVersion);
  const facts = await Promise.all(waiting.map((version) => factsOf(context, version)));
  return waiting.filter((_, i) => awaitsDecision(facts[i]!));
}
