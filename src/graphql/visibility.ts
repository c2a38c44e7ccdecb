/** Visibility: whether the viewer may know of a thing. It is checked on every path, so that what is hidden does not exist. */
import { streamsOfVersions } from '../database/log/as-of-reader';
import type { ItemRow, WorkflowRow } from '../database/connection/rows';
import { DomainError } from '../versioning/errors';
import type { VersionHeader } from '../versioning/model';
import { canSeeDeleted, canSeeWorkflow } from '../versioning/seeing';
import type { Context } from './context';
import type { Marked } from './objects';

export async function canSeeStream({ viewer, loaders }: Context, streamId: string): Promise<boolean> {
  return canSeeWorkflow(viewer, await loaders.assignment.load(streamId));
}

/** When reading the past, closes streams. Those that the viewer may not see are skipped, so that not even the waiting time reveals them. */
export async function closeVisibleStreams(context: Context, streamIds: readonly string[]): Promise<void> {
  const seen = await Promise.all(streamIds.map((id) => canSeeStream(context, id)));
  await context.closeStreams(...streamIds.filter((_, i) => seen[i]));
}

/** The version, if it exists and the viewer may see it; in the past, after its stream was closed. */
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
  // A row that is gone today was deleted too.
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

/** Whether the viewer may see what belongs to deleted versions of a workflow. */
export async function seesDeleted({ viewer, loaders }: Context, streamId: string): Promise<boolean> {
  return canSeeDeleted(viewer, await loaders.assignment.load(streamId));
}

/** A decision is hidden together with the deleted version that it was made in. */
export async function showsDecision(context: Context, { isDecisionDeleted, streamId }: ItemRow): Promise<boolean> {
  return !isDecisionDeleted || seesDeleted(context, streamId);
}

export async function visibleWorkflow<W extends WorkflowRow>(context: Context, workflow: W | null): Promise<W | null> {
  return workflow && (await canSeeStream(context, workflow.workflowId)) ? workflow : null;
}

/** Refuses access; `toWhom` says who may do it. */
export function requireThat(may: boolean, toWhom: string): void {
  if (!may) throw new DomainError('FORBIDDEN', toWhom);
}
