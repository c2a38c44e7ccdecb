import { rehash } from '../database/version-writes';
import { changeVersion } from './change-version';

/** Hands a draft to its approver and freezes it. Every hash is checked against its content, because now it is final. */
export const submitVersion = changeVersion(
  'submitVersion',
  'SUBMIT',
  async ({ tx, now, viewer, version, phase, update }) => {
    const contentHash = await rehash(tx, phase, version.versionId, true);
    await update({ status: 'PENDING_APPROVAL', submittedAt: now, submittedBy: viewer.userId, contentHash });
  },
);
