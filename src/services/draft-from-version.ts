import { hashFirst } from '../database/version-writes';
import { changeVersion } from './change-version';
import { newVersionId } from './commit';
import { currentVersion, startDraft, type DraftStart } from './start-draft';

/** Starts a new draft on today's version in force, with the content and all items of another one. */
const draftFrom = (operation: string, action: 'REVISE' | 'RESTORE', carry: DraftStart['carry']) =>
  changeVersion(operation, action, async ({ caller, tx, now, viewer, version, phase }) => {
    const { versionId } = await startDraft(tx, {
      ...version,
      phase,
      carry,
      content: {},
      parent: version,
      versionId: newVersionId(caller, phase.key),
      base: await currentVersion(tx, version.masterRecordId),
      createdBy: viewer.userId,
      createdAt: now,
    });
    await hashFirst(tx, phase, versionId);
    return versionId;
  });

/** From a rejected version: its approvals are carried, and what was rejected comes back undecided. */
export const reviseVersion = draftFrom('reviseVersion', 'REVISE', 'ALL_ITEMS');

/** From an older version, undecided: what was decided then was decided then. */
export const restoreVersion = draftFrom('restoreVersion', 'RESTORE', 'ALL_UNDECIDED');
