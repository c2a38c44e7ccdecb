/** Signatures in the API: one entry for each signature that the approval requires, whether or not anything was done about it. */
import { signOffsOf as signOffStatesOf } from '../../database/versions/facts';
import type { SignOffRow } from '../../database/versions/sign-offs';
import { fullPhases } from '../../phases';
import type { VersionHeader } from '../../versioning/model';
import { notCounting, type Bar } from '../../versioning/independence';
import { listed } from '../../versioning/rules';
import { signOffStatuses, type SignOffStatus } from '../../versioning/sign-offs';
import type { Context } from '../context';
import { a, addFields, optional } from '../declare';
import { enumOf } from '../enums';
import { nodeType } from '../node';
import type { Marked } from '../objects';
import { toUser } from '../people/types';

export const SignOffStatusEnum = enumOf(
  'SignOffStatus',
  signOffStatuses,
  'The state of a signature. OUTDATED: it no longer counts, because the version’s content is not the content that was signed, or because its giver has edited or submitted the version since.',
);

/** The names of all phases' signatures. */
export const signatureNames = listed(
  [...new Set(fullPhases.flatMap(({ signOffs = [] }) => signOffs.map(({ role }) => role)))],
  'or',
);

/** A required signature and its state. */
interface ShownSignOff extends Omit<SignOffRow, 'versionId' | 'signOffStatus' | 'signOffUserId' | 'signOffDate'> {
  readonly signOffStatus: SignOffStatus;
  readonly signOffUserId: number | null;
  readonly signOffDate: Date | null;
  readonly countsForApproval: boolean;
  readonly notCountedBecause: string | null;
}

export const TestReportSignOff = nodeType<ShownSignOff>(
  'TestReportSignOff',
  'A signature that the approval of a test report requires.',
  {
    signOffRole: a.text(`Whose signature it is: ${signatureNames}.`),
    signOffStatus: a.of('Its state.', () => SignOffStatusEnum),
    countsForApproval: a.flag(
      'Whether it counts for the approval: it is SIGNED, on this content, by somebody independent.',
    ),
    notCountedBecause: optional.text(
      'Why a signature that was given does not count (any more), in a sentence; null if it does.',
    ),
    signOffDate: optional.instant('When it was signed or refused.'),
    signOffComments: optional.text('What the signer said.'),
    delegationReason: optional.text('Why it was delegated, or taken back.'),
    meaning: optional.text('What the signature stands for, e.g. review, approval.'),
    signerName: optional.text('The printed name of the signer at that time.'),
    delegatedFromName: optional.text(
      'The printed name of the person on whose behalf they signed, at that time; null without a delegation.',
    ),
    signedContentHash: optional.text('The contentHash that was signed.'),
  },
);

addFields(TestReportSignOff, {
  signOffUser: toUser.optional('Who has signed, or who is to sign: a delegate where there is one.', 'signOffUserId'),
  delegatedFrom: toUser.optional('Whose signature it is, if they delegated it.', 'delegatedFromId'),
});

const nothingDone: Omit<
  SignOffRow,
  'versionId' | 'signOffRole' | 'signOffStatus' | 'signOffUserId' | 'signOffDate' | 'delegatedFromId'
> = {
  signOffComments: null,
  delegatedFromName: null,
  delegationReason: null,
  meaning: null,
  signerName: null,
  signedContentHash: null,
};

function whyNotCounted(status: SignOffStatus, bar: Bar | null): string | null {
  if (bar) return notCounting(bar);
  if (status === 'OUTDATED') return 'The version’s content has changed since it was signed. It has to be signed again.';
  return status === 'REJECTED' ? 'It is a refusal to sign.' : null;
}

/** The signatures that a version requires, in the order its phase declares. */
export async function signOffsOf({ loaders }: Context, version: VersionHeader): Promise<Marked<ShownSignOff>[]> {
  return (await signOffStatesOf(version, loaders)).map(({ declared, status, bar, named, given: done }) => ({
    ...nothingDone,
    ...done,
    __typename: 'TestReportSignOff',
    nodeKey: `${version.versionId}-${declared.role}`,
    signOffRole: declared.role,
    signOffStatus: status,
    countsForApproval: status === 'SIGNED',
    notCountedBecause: whyNotCounted(status, bar),
    signOffUserId: named.userId,
    delegatedFromId: named.insteadOfId,
    signOffDate: status === 'PENDING' ? null : done!.signOffDate,
  }));
}
