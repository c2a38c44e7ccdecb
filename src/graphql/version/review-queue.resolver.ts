/** What waits for the viewer. */
import { decisionFactsFrom } from '../../database/facts';
import { queuedVersions, REVIEW_QUEUE } from '../../database/review-queue';
import { phaseOf } from '../../phases';
import { awaitsDecision } from '../../versioning/policy';
import { connectComputed, connectionArgs } from '../connection';
import type { Context } from '../context';
import { answered, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
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
        REVIEW_QUEUE,
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
  const { db, loaders, viewer, past } = context;
  if (past) return [];
  const queued = await queuedVersions(db, viewer.userId, phases);
  const assignments = await loaders.assignment.loadMany(queued.map(({ streamId }) => streamId));
  return queued
    .filter(({ phase, facts }, i) => {
      const assignment = assignments[i]!;
      if (assignment instanceof Error) throw assignment;
      return awaitsDecision(decisionFactsFrom(phaseOf(phase), facts, { viewer, assignment }));
    })
    .map(asVersion);
}
