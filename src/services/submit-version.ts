import { rehash } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';

/** Hands a draft to its approver and freezes it. Every hash is checked against its content, because now it is final. */
export const submitVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(
    caller,
    'submitVersion',
    'SUBMIT',
    input,
    async ({ tx, now, viewer, version, facts: { phase }, update }) => {
      const contentHash = await rehash(tx, phase, version.versionId, true);
      await update({ status: 'PENDING_APPROVAL', submittedAt: now, submittedBy: viewer.userId, contentHash });
    },
  );
