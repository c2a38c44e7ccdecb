/** Packs: requested by a mutation, made by whichever server is free, and downloaded from /files. */
import { packById, packsOf, type PackRow } from '../../database/delivery/packs';
import { workflowOf } from '../../database/register/people';
import { requireFullVisibility, requestPack } from '../../services/request-pack';
import { notFound } from '../../versioning/errors';
import { ChangeSet } from '../change-log/types';
import type { Context } from '../context';
import { a, resolved, inputType, mutations, objectType, optional, queries, type Given } from '../declare';
import { at as readAt } from '../version/as-of-args';
import { commandInput } from '../version/command-inputs';
import { workflowArgs } from '../workflow/workflow-args';
import { AuditorPack } from './types';

type WorkflowArgs = Given<typeof workflowArgs>;

async function workflowIdOf({ db, viewer }: Context, { cycleId, reportId }: WorkflowArgs): Promise<string> {
  requireFullVisibility(viewer);
  const found = await workflowOf(db, cycleId, reportId, viewer.userId);
  if (!found) throw notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);
  return found.workflow.workflowId;
}

queries({
  packs: resolved(
    'The requested packs of a workflow (requestPack), the latest 100, latest first; poll to follow their progress. For auditors and administrators; FORBIDDEN to others. Always the present state, also under @asOf.',
    () => [AuditorPack],
    workflowArgs,
    async (_, context, args) => packsOf(context.db, await workflowIdOf(context, args)),
  ),
});

const requestInput = {
  ...commandInput,
  ...workflowArgs,
  at: optional.instant('The instant; if omitted, the state that the last commit before this one left.'),
};
type RequestPack = Given<typeof requestInput>;
const RequestPackInput = inputType<RequestPack>('RequestPackInput', 'The workflow to export.', requestInput);

interface Payload {
  readonly pack: PackRow;
  readonly changeSet: unknown;
}
const PackPayload = objectType<Payload>('PackPayload', 'The result of requesting a pack.', {
  pack: a.of('The pack, which is being made: `packs` shows its progress.', () => AuditorPack),
  changeSet: a.of('The commit that requested it, in the log of the workflow.', () => ChangeSet),
});

mutations({
  requestPack: resolved(
    'Requests the pack of a workflow: papers, workbooks, data, the log and a verifier, as one archive (docs/files.md). It is made asynchronously by any server, and kept for some days. For auditors and administrators; FORBIDDEN to others.',
    () => PackPayload,
    { input: a.of<RequestPack>('The request.', () => RequestPackInput) },
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
