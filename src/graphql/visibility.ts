/** Whether the viewer may know of a thing: asked on every path to it, so that what is hidden does not exist. */
import type { WorkflowRow } from '../database/rows';
import type { VersionHeader } from '../versioning/model';
import { canSeeDeleted, canSeeWorkflow } from '../versioning/policy';
import type { Context } from './context';

export async function canSeeStream({ viewer, loaders }: Context, streamId: string): Promise<boolean> {
  return canSeeWorkflow(viewer, await loaders.standing.load(streamId));
}

/** The version if the viewer may see it, else null. */
export async function visibleVersion<V extends VersionHeader>(context: Context, version: V | null): Promise<V | null> {
  if (!version) return null;
  const { viewer, loaders, past } = context;
  const standing = await loaders.standing.load(version.streamId);
  if (!canSeeWorkflow(viewer, standing)) return null;
  if (canSeeDeleted(viewer, standing)) return version;
  const isDeleted = version.isDeleted || (past && (await loaders.isDeletedToday.load(version.versionId)));
  return isDeleted ? null : version;
}

export async function visibleVersions<V extends VersionHeader>(
  context: Context,
  versions: readonly (V | null | Error)[],
): Promise<V[]> {
  const found = versions.map((version) => (version instanceof Error ? null : version));
  const seen = await Promise.all(found.map((version) => visibleVersion(context, version)));
  return seen.filter((version) => version !== null);
}

/** Whether, among what belongs to the versions of a workflow that the viewer sees, they may see what belongs to deleted ones. */
export async function seesDeleted({ viewer, loaders }: Context, streamId: string): Promise<boolean> {
  return canSeeDeleted(viewer, await loaders.standing.load(streamId));
}

export async function visibleWorkflow<W extends WorkflowRow>(context: Context, workflow: W | null): Promise<W | null> {
  return workflow && (await canSeeStream(context, workflow.workflowId)) ? workflow : null;
}
