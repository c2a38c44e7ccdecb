import { requireText } from '../versioning/reasons';
import { changeVersion } from './change-version';

/** Rejects a submitted version for good. It stays as it was rejected; revising it starts a new draft. */
export const rejectVersion = changeVersion('rejectVersion', 'REJECT', {
  work: ({ now, viewer, input, update }) => {
    const reason = requireText(
      'A rejection needs a reason: say in `reason` what has to change.',
      'reason',
      input.reason,
    );
    return update({ status: 'REJECTED', reviewedAt: now, reviewedBy: viewer.userId, approvalNotes: reason });
  },
});
