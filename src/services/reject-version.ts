import { demandText } from '../versioning/reasons';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';

/** Rejects a submitted version for good: it stays as it was rejected, and revising it starts a new draft. */
export const rejectVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'rejectVersion', 'REJECT', input, async ({ now, viewer, update }) => {
    const reason = demandText(
      'A rejection needs a reason: say in `reason` what has to change.',
      'reason',
      input.reason,
    );
    await update({ status: 'REJECTED', reviewedAt: now, reviewedBy: viewer.userId, approvalNotes: reason });
  });
