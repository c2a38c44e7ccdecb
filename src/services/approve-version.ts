import { updateHeader } from '../database/versions/version-writes';
import type { VersionHeader } from '../versioning/model';
import { changeVersion, type VersionCommand } from './change-version';
import { inFlight } from '../in-flight';
import { currentVersion } from './start-draft';

/**
 * Brings a version into force and supersedes the previous one at the same instant. Two approvals of sibling drafts cannot both win: they
 * take the lock on the stream's head one after the other, the second finds that its base is no longer current, and the database's exclusion
 * constraint would refuse it as well.
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
