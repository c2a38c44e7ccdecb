/** The review queue: what waits for a decision by the viewer. */
import { decisionFactsFrom } from '../../database/versions/facts';
import { assignmentFrom } from '../../database/register/people';
import { queuedVersions, REVIEW_QUEUE } from '../../database/versions/review-queue';
import { phaseOf } from '../../phases';
import { awaitsDecision } from '../../versioning/policy';
import { connectComputed, connectionArgs } from '../connection';
import { resolved, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
import { asVersion } from '../objects';
import { PhaseVersionConnection } from './types';

queries({
  reviewQueue: resolved(
    'Versions that wait for a decision the viewer may make (approve, reject, decide items, sign, review a record), oldest submission first. Empty in the past, where nothing can be done.',
    () => PhaseVersionConnection,
    {
      ...connectionArgs,
      phases: optional.of<string[]>('Only versions of these phases.', () => [PhaseEnum]),
    },
    async (_, { db, viewer, past }, { phases: ofPhases, ...page }) => {
      const queued = past ? [] : await queuedVersions(db, viewer.userId, ofPhases ?? null);
      const waiting = queued.filter((version) =>
        awaitsDecision(
          decisionFactsFrom(phaseOf(version.phase), version.facts, { viewer, assignment: assignmentFrom(version) }),
        ),
      );
      return connectComputed(REVIEW_QUEUE, waiting, ({ versionId }) => versionId, page, asVersion);
    },
  ),
});
