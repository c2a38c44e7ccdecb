/** Requests the pack of a workflow: everything in it as of an instant, for those from whom nothing in it is hidden. */
import { v7 as uuidv7 } from 'uuid';
import { lastChanges } from '../database/log/change-log';
import { insertPackRequest, MAX_UNFINISHED, unfinishedPacks } from '../database/delivery/packs';
import { busy, DomainError, notFound } from '../versioning/errors';
import type { Viewer } from '../versioning/model';
import { canSeeReferenceLog } from '../versioning/seeing';
import type { Caller, Command } from './commit';
import { commitToStream, type StreamCommitDone } from './commit-to-stream';

/** The suggested delay before another request, in seconds; making a pack takes a minute or two. */
const RETRY_AFTER = 60;

export function requireFullVisibility(viewer: Viewer): void {
  if (!canSeeReferenceLog(viewer))
    throw new DomainError('FORBIDDEN', 'Packs are for Auditors and Administrators. Ask one of them.', {
      requiredRoles: ['AUDITOR', 'ADMIN'],
    });
}

export interface RequestPack extends Command {
  /** An instant at or before which no later commit can be stamped; the workflow's last commit if omitted. */
  readonly at?: Date | null;
}

export const requestPack = (caller: Caller, streamId: string, input: RequestPack): Promise<StreamCommitDone> =>
  commitToStream(
    caller,
    'requestPack',
    streamId,
    { ...input, streamId } as RequestPack,
    async ({ tx, now, viewer }) => {
      requireFullVisibility(viewer);
      const [last] = await lastChanges(tx, [streamId]);
      if ((await unfinishedPacks(tx)) >= MAX_UNFINISHED)
        throw busy(
          `${MAX_UNFINISHED} packs are waiting already. Ask again when some of them are finished.`,
          RETRY_AFTER,
        );
      if (!last) throw notFound('A commit of the workflow');
      const packId = uuidv7();
      const { userId: requestedBy } = viewer;
      insertPackRequest(tx, { packId, streamId, asOf: input.at ?? last.committedAt, requestedBy, requestedAt: now });
      return packId;
    },
  );
