import { hashFirst } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import { newVersionId, type Caller, type Committed } from './commit';
import { currentVersion, startDraft } from './start-draft';

/** Starts a new draft from a rejected version with all its items; what was rejected comes back undecided. */
export const reviseVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'reviseVersion', 'REVISE', input, async ({ tx, now, version, facts: { phase } }) => {
    const { versionId } = await startDraft(tx, {
      ...version,
      versionId: newVersionId(caller, phase.key),
      phase,
      base: await currentVersion(tx, version.masterRecordId),
      parent: version,
      carry: 'ALL_ITEMS',
      content: {},
      createdBy: caller.viewer.userId,
      createdAt: now,
    });
    await hashFirst(tx, phase, versionId);
    return versionId;
  });
