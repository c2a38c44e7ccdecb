import { v7 as uuidv7 } from 'uuid';
import { rehash, setFirstHash } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { startDraft } from './start-draft';

/** Starts a new draft from a rejected version with all its items; what was rejected comes back undecided. */
export const reviseVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'reviseVersion', 'REVISE', input, async ({ tx, now, version, facts: { phase } }) => {
    const { versionId } = await startDraft(tx, {
      ...version,
      versionId: caller.newVersionId?.(phase.key) ?? uuidv7(),
      phase,
      parent: version,
      carry: 'ALL_ITEMS',
      content: {},
      createdBy: caller.viewer.userId,
      createdAt: now,
    });
    await setFirstHash(tx, versionId, await rehash(tx, phase, versionId));
    return versionId;
  });
