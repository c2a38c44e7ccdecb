/** What waits for a decision of the viewer: the part of their work that is to judge what others did. */
import { REVIEW_QUEUE } from '../../database/review-queue';
import { phases } from '../../phases';
import { decidingAsks } from '../../versioning/work';
import { connectComputed, connectionArgs } from '../connection';
import { answered, optional, queries } from '../declare';
import { PhaseEnum } from '../enums';
import { waitingWork } from '../work/work';
import { PhaseVersionConnection } from './types';

const deciding = new Set(decidingAsks(phases));

queries({
  reviewQueue: answered(
    'Versions that wait for a decision the viewer may take (approve, reject, decide items, sign, review a record), oldest submission first. Empty in the past, when nothing can be done.',
    () => PhaseVersionConnection,
    {
      ...connectionArgs,
      phases: optional.of<string[]>('Only versions of these phases.', () => [PhaseEnum]),
    },
    async (_, context, { phases: ofPhases, ...page }) =>
      connectComputed(
        REVIEW_QUEUE,
        (await waitingWork(context)).filter(
          ({ ask, phase }) => deciding.has(ask) && (ofPhases?.includes(phase) ?? true),
        ),
        ({ version }) => version.versionId,
        page,
        ({ version }) => version,
      ),
  ),
});
