import { insertSignOff } from '../database/versions/sign-offs';
import { badInput } from '../versioning/errors';
import { requireText } from '../versioning/reasons';
import type { SignOffStatus } from '../versioning/sign-offs';
import { asItIs, changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { requireFreshAuthentication } from './fresh-authentication';

export interface SignOff extends VersionCommand {
  readonly role: string;
  readonly status: SignOffStatus;
  readonly meaning: string;
  readonly comments?: string | null;
}

/**
 * Signs a submitted version, or refuses to. The signature applies to the current content, by its hash, and includes the signer's name at
 * this time. The version's revision does not change, so that several people can sign concurrently.
 */
export const signOff = (caller: Caller, input: SignOff): Promise<Committed> =>
  sign(caller, { ...input, reason: input.reason ?? input.comments });

const sign = changeVersion<SignOff>('signOff', 'SIGN_OFF', {
  about: ({ role }) => ({ signOffRole: role }),
  work: ({ caller, tx, now, viewer, input, version, facts }) => {
    const { role, status, comments } = input;
    if (status !== 'SIGNED' && status !== 'REJECTED')
      throw badInput(`A signature is SIGNED or REJECTED, and cannot be made ${status}.`, { argument: 'status' });
    const meaning = requireText(
      'Say in `meaning` what the signature stands for, e.g. review, approval or responsibility.',
      'meaning',
      input.meaning,
    );
    if (status === 'REJECTED') requireText('Say in `comments` why you do not sign.', 'comments', comments);
    requireFreshAuthentication(caller);
    const { principalId, given } = facts.signOffs.find(({ declared }) => declared.role === role)!;
    const { userId } = viewer;
    insertSignOff(tx, version, {
      signOffRole: role,
      signOffUserId: userId,
      signOffStatus: status,
      signOffDate: now,
      signOffComments: comments ?? null,
      delegatedFromId: principalId === userId ? null : principalId,
      delegationReason: principalId === userId ? null : given!.delegationReason,
      meaning,
      signedContentHash: version.contentHash,
    });
    return asItIs(version);
  },
});
