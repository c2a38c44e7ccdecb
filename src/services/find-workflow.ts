import { workflowOf } from '../database/people';
import type { Db } from '../database/database';
import { notFound } from '../versioning/errors';
import type { Viewer } from '../versioning/model';
import { canSeeWorkflow } from '../versioning/policy';

/** The stream of the workflow of a report in a cycle; to those who may not see it, it does not exist. */
export async function visibleWorkflow(
  tx: Db,
  { cycleId, reportId }: { readonly cycleId: string; readonly reportId: string },
  viewer: Viewer,
): Promise<{ streamId: string }> {
  const found = await workflowOf(tx, cycleId, reportId, viewer.userId);
  if (!found || !canSeeWorkflow(viewer, found.standing))
    throw notFound(`The workflow of report ${reportId} in cycle ${cycleId}`);
  return { streamId: found.workflow.workflowId };
}
