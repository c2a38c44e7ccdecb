import { usersById } from '../database/people';
import { insertSignOff } from '../database/sign-offs';
import { demandText } from '../versioning/reasons';
import { demandDelegate } from '../versioning/signing';
import { changeVersion, type VersionCommand } from './change-version';

export interface DelegateSignOff extends VersionCommand {
  readonly role: string;
  readonly toUserId: number;
  readonly reason: string;
}

/** Lets somebody else give one's signature on a version, in their own name and one's own; to oneself, takes it back. */
export const delegateSignOff = changeVersion<DelegateSignOff>(
  'delegateSignOff',
  'DELEGATE_SIGN_OFF',
  async ({ tx, now, viewer, input, version, facts }) => {
    const { role, toUserId } = input;
    const reason = demandText('Say in `reason` why somebody else signs.', 'reason', input.reason);
    const [person] = await usersById(tx, [toUserId]);
    demandDelegate(facts, { toUserId, person });
    const { userId } = viewer;
    await insertSignOff(tx, version, {
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
  },
  ({ role }) => ({ signOffRole: role }),
);
