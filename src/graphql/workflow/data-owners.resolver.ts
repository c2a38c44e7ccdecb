import { dataOwnersAt } from '../../database/register/people';
import { ownershipPhase } from '../../phases';
import { visibleWorkflow } from '../../services/find-workflow';
import { resolved, optional, queries } from '../declare';
import { asVersion } from '../objects';
import { phaseTypeOf } from '../phase/types';
import { at } from '../version/as-of-args';
import { workflowArgs } from './workflow-args';

queries({
  dataOwners: resolved(
    'Who owned what data, as recorded by `knownAt` (transaction time), for the business instant `validAt` (valid time). NOT_FOUND if there is no such workflow the viewer may see.',
    () => [phaseTypeOf(ownershipPhase.key)],
    {
      ...workflowArgs,
      validAt: optional.instant('The instant in the business, past or future; `knownAt` if omitted.'),
      knownAt: optional.instant('The instant up to which data was recorded; now if omitted.'),
    },
    async (_, context, { validAt, knownAt, ...named }) => {
      const { streamId: workflowId } = await visibleWorkflow(context.db, named, context);
      await context.closeStreams(workflowId);
      return at(context, knownAt, [workflowId], async ({ past, db: today }) =>
        (await dataOwnersAt(past ?? today, workflowId, validAt ?? past?.at ?? null)).map(asVersion),
      );
    },
  ),
});
