import { hashFirst } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import { newVersionId, type Caller, type Committed } from './commit';
import { currentVersion, startDraft } from './start-draft';

/** Starts a new draft with the content and all items of an older version, undecided: what was decided then was decided then. */
export const restoreVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'restoreVersion', 'RESTORE', input, async ({ tx, now, version, facts: { phase } }) => {
    const { versionId } = await startDraft(tx, {
      ...version,
      versionId: newVersionId(caller, phase.key),
      phase,
      base: await currentVersion(tx, version.masterRecordId),
      parent: version,
      carry: 'ALL_UNDECIDED',
      content: {},
      createdBy: caller.viewer.userId,
      createdAt: now,
    });
    await hashFirst(tx, phase, versionId);
    return versionId;
  });
