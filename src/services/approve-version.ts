import { updateHeader } from '../database/version-writes';
import { DomainError } from '../versioning/errors';
import { changeVersion } from './change-version';
import { currentVersion } from './start-draft';

/**
 * Brings a version into force and supersedes the one before it at the same instant. Two approvals of sibling drafts cannot
 * both win: they take the stream's head in turn, the second finds its base no longer current, and the database's exclusion
 * constraint would refuse it all the same.
 */
export const approveVersion = changeVersion(
  'approveVersion',
  'APPROVE',
  async ({ tx, now, viewer, input, version, update }) => {
    const current = await currentVersion(tx, version.masterRecordId);
    if (current && !(await updateHeader(tx, current, { status: 'SUPERSEDED', effectiveTo: now })))
      throw new DomainError('CONFLICT', 'The version in force has just been changed. Read it again, then repeat.');
    await update({
      status: 'APPROVED',
      reviewedAt: now,
      reviewedBy: viewer.userId,
      approvalNotes: input.reason ?? null,
      effectiveFrom: now,
    });
  },
);
