import { usersById } from '../database/people';
import { insertSignOff } from '../database/sign-offs';
import { demandText } from '../versioning/reasons';
import { demandDelegate } from '../versioning/signing';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';

export interface DelegateSignOff extends VersionCommand {
  readonly role: string;
  readonly toUserId: number;
  readonly reason: string;
}

/** Lets somebody else give one's signature on a version, in their own name and one's own; to oneself, takes it back. */
export const delegateSignOff = (caller: Caller, input: DelegateSignOff): Promise<Committed> =>
  changeVersion(
    caller,
    'delegateSignOff',
    'DELEGATE_SIGN_OFF',
    input,
    async ({ tx, now, viewer, version, facts }) => {
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
    { signOffRole: input.role },
  );
