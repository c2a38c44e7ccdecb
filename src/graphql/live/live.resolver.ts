/** Subscriptions to commits, delivered once each in the order of their log. */
import { lastChanges, touchesPhases } from '../../database/log/change-log';
import { visibleWorkflow } from '../../services/find-workflow';
import { badInput, notFound } from '../../versioning/errors';
import { ChangeSet } from '../change-log/types';
import type { Context } from '../context';
import { a, optional, subscriptions, streamed, type Updates } from '../declare';
import { PhaseEnum } from '../enums';
import { PhaseVersion } from '../version/types';
import { canSeeStream, seesDeleted, versionById } from '../visibility';
import { fingerprintOf, workArgs, workFor, workPage } from '../work/list';
import { WorkEntryConnection } from '../work/types';
import { workflowArgs } from '../workflow/workflow-args';

const afterSequence = optional.int(
  'The last commit already received (`ChangeSet.sequence`): the subscription continues after it, without a gap. If omitted, it begins with the next commit.',
);

/** Follows a stream from the client's position. For each commit, the viewer and their rights are read anew. */
async function follow(
  context: Context,
  streamId: string,
  after: number | null | undefined,
  tell: (context: Context, sequence: number) => Promise<unknown>,
): Promise<Updates> {
  const [head] = await lastChanges(context.db, [streamId]);
  const last = head?.sequence ?? 0;
  if (after != null && (after < 0 || after > last))
    throw badInput(
      `There is no commit ${after}: the last one is ${last}. Give the sequence of the last that you have.`,
    );
  return context.followers!.follow(
    streamId,
    after ?? last,
    ({ sequence }) =>
      (now) =>
        tell(now, sequence),
  );
}

subscriptions({
  workflowChanged: streamed(
    'Every commit to a workflow, on any server and by any path, in order and exactly once. It ends with NOT_FOUND if the viewer may no longer see the workflow, and with UNAUTHENTICATED when the token has expired; continue with `afterSequence`. Following a log is recorded as a read of it when it begins.',
    () => ChangeSet,
    {
      ...workflowArgs,
      phases: optional.of<string[]>('Only commits that touch versions of these phases.', () => [PhaseEnum]),
      afterSequence,
    },
    async (context, args) => {
      const { streamId } = await visibleWorkflow(context.db, args, context);
      await context.recordRead(streamId, 'Subscription.workflowChanged');
      return follow(context, streamId, args.afterSequence, async (now, sequence) => {
        if (!(await canSeeStream(now, streamId)))
          throw notFound(`The workflow of report ${args.reportId} in cycle ${args.cycleId}`);
        const place = { streamId, sequence };
        if (args.phases && !(await touchesPhases(now.db, place, args.phases, await seesDeleted(now, streamId))))
          return null;
        return now.loaders.changeSetBySequence.load(place);
      });
    },
  ),
  myWorkChanged: streamed(
    'What waits for the viewer (`myWork`), as it is when the subscription begins and after each commit that changed it, by anybody and by any path; at most once a second. Nothing is missed while disconnected: just subscribe again. What begins at an instant of valid time, without a commit, is delivered with the next one. It ends with UNAUTHENTICATED when the token has expired.',
    () => WorkEntryConnection,
    workArgs,
    ({ followers, userId }, { filter, ...page }) => {
      let shown = '';
      return Promise.resolve(
        followers!.followWork(userId, () => async (now) => {
          const work = await workFor(now, filter);
          const print = fingerprintOf(work);
          if (print === shown) return null;
          shown = print;
          return workPage(work, page);
        }),
      );
    },
  ),
  versionChanged: streamed(
    'A version, as it is after each commit that touches it; if further commits followed in the meantime, the version is delivered as they left it. It ends with NOT_FOUND if the viewer may no longer see the version, and with UNAUTHENTICATED when the token has expired.',
    () => PhaseVersion,
    { versionId: a.uuid('The version.'), afterSequence },
    async (context, { versionId, afterSequence: after }) => {
      const visible = async (now: Context) => {
        const version = await versionById(now, versionId);
        if (!version) throw notFound(`Version ${versionId}`);
        return version;
      };
      const { streamId } = await visible(context);
      return follow(context, streamId, after, async (now, sequence) => {
        const version = await visible(now);
        const commit = await now.loaders.changeSetBySequence.load({ streamId, sequence });
        return commit?.versionIds.includes(versionId) ? version : null;
      });
    },
  ),
});
