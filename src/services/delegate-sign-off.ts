import { usersById } from '../database/register/people';
import { insertSignOff } from '../database/versions/sign-offs';
import type { Viewer } from '../versioning/model';
import { requireText } from '../versioning/reasons';
import { requireDelegate } from '../versioning/signing';
import { asItIs, changeVersion, type VersionCommand } from './change-version';

export interface DelegateSignOff extends VersionCommand {
  readonly role: string;
  readonly toUserId: number;
  readonly reason: string;
}

/**
 * Delegates one's signature on a version to somebody else, who signs in their own name on one's behalf; delegating to oneself takes it
 * back.
 */
export const delegateSignOff = changeVersion<DelegateSignOff, Viewer[]>('delegateSignOff', 'DELEGATE_SIGN_OFF', {
  about: ({ role }) => ({ signOffRole: role }),
  look: (tx, _, { toUserId }) => usersById(tx, [toUserId]),
  work: ({ tx, now, viewer, input, version, facts }, [person]) => {
    const { role, toUserId } = input;
    const reason = requireText('Say in `reason` why somebody else signs.', 'reason', input.reason);
    requireDelegate(facts, { toUserId, person });
    const { userId } = viewer;
    insertSignOff(tx, version, {
      signOffRole: role,
      signOffUserId: toUserId,
      signOffStatus: 'PENDING',
      signOffDate: now,
      signOffComments: null,
      meaning: null,
      signedContentHash: null,
      delegatedFromId: toUserId === userId ? null : userId,
      delegationReason: reason,
    });
    return asItIs(version);
  },
});
