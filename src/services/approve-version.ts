import { updateHeader } from '../database/version-writes';
import type { VersionHeader } from '../versioning/model';
import { changeVersion, type VersionCommand } from './change-version';
import { inFlight } from '../in-flight';
import { currentVersion } from './start-draft';

/**
 * Brings a version into force and supersedes the one before it at the same instant. Two approvals of sibling drafts cannot
 * both win: they take the stream's head in turn, the second finds its base no longer current, and the database's exclusion
 * constraint would refuse it all the same.
 */
export const approveVersion = changeVersion<VersionCommand, VersionHeader | null>('approveVersion', 'APPROVE', {
  look: (tx, { masterRecordId }) => currentVersion(tx, masterRecordId),
  work: ({ tx, now, viewer, input, update }, current) => {
    if (current) void inFlight(updateHeader(tx, current, { status: 'SUPERSEDED', effectiveTo: now }));
    return update({
      status: 'APPROVED',
      reviewedAt: now,
      reviewedBy: viewer.userId,
      approvalNotes: input.reason ?? null,
      effectiveFrom: now,
    });
  },
});
