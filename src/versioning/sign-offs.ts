/** Signatures on a version: which are asked for, who gives them, and whether one that was given still stands. */
import type { Signatory } from './fitness';
import { barOf, undecidedStatuses, type Bar } from './independence';
import type { JsonObject, VersionHeader } from './model';
import type { FullPhase, SignOffDeclaration } from './phase';

/** What is done about a signature: it is given, refused, or somebody else's to give. */
export const givenSignOffStatuses = ['PENDING', 'SIGNED', 'REJECTED'] as const;
/** How a signature stands. */
export const signOffStatuses = [...givenSignOffStatuses, 'OUTDATED'] as const;
export type SignOffStatus = (typeof signOffStatuses)[number];

/** What was last done about a signature; PENDING: it was delegated, or taken back from a delegate. */
export interface GivenSignOff {
  readonly signOffRole: string;
  readonly signOffStatus: (typeof givenSignOffStatuses)[number];
  readonly signOffUserId: number;
  /** Who delegated it; null where it is the signer's own. */
  readonly delegatedFromId: number | null;
  readonly delegationReason: string | null;
  readonly signedContentHash: string | null;
}

/** The people that a workflow names for its signatures. */
export type Signatories = Readonly<Record<Signatory, number | null>>;

export interface SignOffState<Given extends GivenSignOff = GivenSignOff> {
  readonly declared: SignOffDeclaration;
  readonly status: SignOffStatus;
  /** Whose signature it is, and who gives it: the same person, or their delegate. Null where the workflow names nobody. */
  readonly principalId: number | null;
  readonly signerId: number | null;
  /** Why the signature that was given does not count: its giver has worked on the version since; null if it may count. */
  readonly bar: Bar | null;
  /** Why the one who is to give it may not. */
  readonly signerBar: Bar | null;
  /** Whose names it carries: of those who signed, or else of those who are to. `insteadOfId` is null where nobody delegated. */
  readonly named: { readonly userId: number | null; readonly insteadOfId: number | null };
  /** What was last done about it. */
  readonly given: Given | undefined;
}

/** What the signatures of a version are judged by. */
export interface SignOffBasis<Given extends GivenSignOff> {
  readonly content: JsonObject;
  readonly version: Pick<VersionHeader, 'contentHash' | 'status' | 'submittedBy'>;
  readonly editors: readonly number[];
  readonly signatories: Signatories;
  readonly given: readonly Given[];
}

/** The signatures that a version with this content takes, in the order of its phase, and how they stand. */
export function signOffStates<Given extends GivenSignOff>(
  { signOffs = [] }: FullPhase,
  { content, version, editors, signatories, given: all }: SignOffBasis<Given>,
): SignOffState<Given>[] {
  const barOfPerson = (userId: number | null): Bar | null =>
    undecidedStatuses.includes(version.status) ? barOf({ editors, submittedBy: version.submittedBy }, userId) : null;
  return signOffs
    .filter(({ onlyIf }) => onlyIf === undefined || content[onlyIf] === true)
    .map((declared) => {
      const given = all.find(({ signOffRole }) => signOffRole === declared.role);
      const principalId = signatories[declared.person];
      // A delegation ends with the assignment of the one who made it.
      const isDelegated = given?.delegatedFromId != null && given.delegatedFromId === principalId;
      const signerId = isDelegated ? given.signOffUserId : principalId;
      const bar = given && given.signOffStatus !== 'PENDING' ? barOfPerson(given.signOffUserId) : null;
      const status = statusOf(given, version.contentHash, bar);
      const named =
        status === 'PENDING'
          ? { userId: signerId, insteadOfId: isDelegated ? principalId : null }
          : { userId: given!.signOffUserId, insteadOfId: given!.delegatedFromId };
      return { declared, given, principalId, signerId, status, bar, signerBar: barOfPerson(signerId), named };
    });
}

/** A signature holds for the content it was given to and for no other, and as long as its giver stays out of the work. */
function statusOf(given: GivenSignOff | undefined, contentHash: string, bar: Bar | null): SignOffStatus {
  if (!given || given.signOffStatus === 'PENDING') return 'PENDING';
  if (bar) return 'OUTDATED';
  return given.signedContentHash === contentHash ? given.signOffStatus : 'OUTDATED';
}
