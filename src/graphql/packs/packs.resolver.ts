/** Packs: requested by a mutation, made by whichever server is free, and downloaded from /files. */
import { packById, packsOf, type PackRow } from '../../database/packs';
import { workflowOf } from '../../database/people';
import { demandWholeSight, requestPack } from '../../services/request-pack';
import { notFound } from '../../versioning/errors';
import { ChangeSet } from '../change-log/types';
import type { Context } from '../context';
import { a, answered, inputType, mutations, objectType, optional, queries, type Given } from '../declare';
import { at as readAt } from '../version/as-of-args';
import { commandInput } from '../version/command-inputs';
import { workflowArgs } from '../workflow/workflow-args';
import { AuditorPack } from './types';

type Place = Given<typeof workflowArgs>;

async function workflowIdOf({ db, viewer }: Context, { cycleId, reportId }: Place): Promise<string> {
  demandWholeSight(viewer);
  const found = await workflowOf(db, cycleId, reportId, viewer.userId);
  if (!found) throw notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);
  return found.workflow.workflowId;
}

queries({
  packs: answered(
    'The packs of a workflow that were asked for (requestPack), the latest 100, the latest first; ask again to see how far they are. For auditors and administrators; FORBIDDEN to others. It is about now, also under @asOf.',
    () => [AuditorPack],
    workflowArgs,
    async (_, context, args) => packsOf(context.db, await workflowIdOf(context, args)),
  ),
});

const requestInput = {
  ...commandInput,
  ...workflowArgs,
  at: optional.instant('As of when; as the last commit before this one left it, if left out.'),
};
type RequestPack = Given<typeof requestInput>;
const RequestPackInput = inputType<RequestPack>('RequestPackInput', 'Which workflow is taken away.', requestInput);

interface Payload {
  readonly pack: PackRow;
  readonly changeSet: unknown;
}
const PackPayload = objectType<Payload>('PackPayload', 'What asking for a pack did.', {
  pack: a.of('The pack, which is made now: `packs` says how far it is.', () => AuditorPack),
  changeSet: a.of('The commit by which it was asked for, in the log of the workflow.', () => ChangeSet),
});

mutations({
  requestPack: answered(
    'Asks for the pack of a workflow: papers, workbooks, data, the log and a program that verifies them, as one archive (docs/files.md). It is made after the answer, by whichever server has time, and kept for some days. For auditors and administrators; FORBIDDEN to others.',
    () => PackPayload,
    { input: a.of<RequestPack>('What is asked for.', () => RequestPackInput) },
    async (_, context, { input: { cycleId, reportId, ...input } }) => {
      const workflowId = await workflowIdOf(context, { cycleId, reportId });
      if (input.at) {
        // Closes the stream at the instant, so that no later commit is stamped at or before it.
        const then = await readAt(context, input.at, [workflowId], ({ loaders }) => loaders.workflow.load(workflowId));
        if (!then)
          throw notFound(`The workflow of report ${reportId} in cycle ${cycleId} at ${input.at.toISOString()}`);
      }
      const { id, changeSetId } = await requestPack(context, workflowId, input);
      context.work.packAskedFor();
      context.forget();
      const [pack, changeSet] = await Promise.all([
        packById(context.db, id),
        context.loaders.changeSet.load(changeSetId),
      ]);
      return { pack, changeSet };
    },
  ),
});
