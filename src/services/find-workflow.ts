import { workflowOf } from '../database/register/people';
import type { Db } from '../database/connection/database';
import { notFound } from '../versioning/errors';
import type { WorkflowAssignment, Viewer } from '../versioning/model';
import { canSeeWorkflow } from '../versioning/seeing';

/** The name of a workflow in a mutation's input, for `Mutation.about`. */
export const workflowNamed = ({ cycleId, reportId }: { readonly cycleId: string; readonly reportId: string }): string =>
  `${cycleId} ${reportId}`;

/**
 * The workflow of a report in a cycle, and the viewer's assignment to it. To viewers who may not see it, it does not exist.
 * @param asking the viewer as read under the lock, if that read is still in flight
 */
export async function visibleWorkflow(
  db: Db,
  { cycleId, reportId }: { readonly cycleId: string; readonly reportId: string },
  asker: { readonly userId: number; readonly viewer: Viewer },
  asking: Viewer | Promise<Viewer> = asker.viewer,
): Promise<{ streamId: string; assignment: WorkflowAssignment }> {
  const found = await workflowOf(db, cycleId, reportId, asker.userId);
  if (!found || !canSeeWorkflow(await asking, found.assignment))
    throw notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);
  return { streamId: found.workflow.workflowId, assignment: found.assignment };
}
