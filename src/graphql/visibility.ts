/** Whether the viewer may know of a thing: asked on every path to it, so that what is hidden does not exist. */
import { streamsOfVersions } from '../database/as-of-reader';
import type { ItemRow, WorkflowRow } from '../database/rows';
import { DomainError } from '../versioning/errors';
import type { VersionHeader } from '../versioning/model';
import { canSeeDeleted, canSeeWorkflow } from '../versioning/seeing';
import type { Context } from './context';
import type { Marked } from './objects';

export async function canSeeStream({ viewer, loaders }: Context, streamId: string): Promise<boolean> {
  return canSeeWorkflow(viewer, await loaders.assignment.load(streamId));
}

/** In the past, makes streams readable; those that the viewer may not see are left alone, so that not even waiting tells of them. */
export async function closeVisibleStreams(context: Context, streamIds: readonly string[]): Promise<void> {
  const seen = await Promise.all(streamIds.map((id) => canSeeStream(context, id)));
  await context.closeStreams(...streamIds.filter((_, i) => seen[i]));
}

/** The version if there is one that the viewer may see; in the past, once its stream is closed. */
export async function versionById(context: Context, versionId: string): Promise<Marked<VersionHeader> | null> {
  if (context.past) await closeVisibleStreams(context, await streamsOfVersions(context.db, [versionId]));
  return visibleVersion(context, await context.loaders.version.load(versionId));
}

/** The version if the viewer may see it, else null. */
export async function visibleVersion<V extends VersionHeader>(context: Context, version: V | null): Promise<V | null> {
  if (!version) return null;
  const { viewer, loaders, past } = context;
  const assignment = await loaders.assignment.load(version.streamId);
  if (!canSeeWorkflow(viewer, assignment)) return null;
  if (canSeeDeleted(viewer, assignment)) return version;
  // What is gone today was deleted with it.
  const isDeletedToday = past && (await loaders.isDeletedToday.load(version.versionId)) !== false;
  return version.isDeleted || isDeletedToday ? null : version;
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
  return canSeeDeleted(viewer, await loaders.assignment.load(streamId));
}

/** For those who may not see the deleted version it was made in, a decision is hidden with it. */
export async function showsDecision(context: Context, { isDecisionDeleted, streamId }: ItemRow): Promise<boolean> {
  return !isDecisionDeleted || seesDeleted(context, streamId);
}

export async function visibleWorkflow<W extends WorkflowRow>(context: Context, workflow: W | null): Promise<W | null> {
  return workflow && (await canSeeStream(context, workflow.workflowId)) ? workflow : null;
}

/** Refuses what is not for everybody; `toWhom` says who answers instead. */
export function demandThat(may: boolean, toWhom: string): void {
  if (!may) throw new DomainError('FORBIDDEN', toWhom);
}
