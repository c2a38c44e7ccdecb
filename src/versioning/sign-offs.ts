/** Signatures on a version: which are required, who gives them, and whether one that was given still counts. */
import type { Signatory } from './fitness';
import { barOf, undecidedStatuses, type Bar } from './independence';
import type { JsonObject, VersionHeader } from './model';
import type { FullPhase, SignOffDeclaration } from './phase';

/** What may be recorded about a signature: it is given, refused, or delegated. */
export const givenSignOffStatuses = ['PENDING', 'SIGNED', 'REJECTED'] as const;
/** The state of a signature. */
export const signOffStatuses = [...givenSignOffStatuses, 'OUTDATED'] as const;
export type SignOffStatus = (typeof signOffStatuses)[number];

/** The latest entry about a signature; PENDING means that it was delegated, or taken back from a delegate. */
export interface GivenSignOff {
  readonly signOffRole: string;
  readonly signOffStatus: (typeof givenSignOffStatuses)[number];
  readonly signOffUserId: number;
  /** Who delegated it; null if it is the signer's own. */
  readonly delegatedFromId: number | null;
  readonly delegationReason: string | null;
  readonly signedContentHash: string | null;
}

/** The people whom a workflow names for its signatures. */
export type Signatories = Readonly<Record<Signatory, number | null>>;

export interface SignOffState<Given extends GivenSignOff = GivenSignOff> {
  readonly declared: SignOffDeclaration;
  readonly status: SignOffStatus;
  /** The person whose signature it is, and the one who gives it: the same person, or their delegate. Null if the workflow names nobody. */
  readonly principalId: number | null;
  readonly signerId: number | null;
  /** Why the given signature does not count (its giver has worked on the version since); null if it may count. */
  readonly bar: Bar | null;
  /** Why the person who is to give it may not. */
  readonly signerBar: Bar | null;
  /** The names on it: of those who signed, or else of those who are to sign. `insteadOfId` is null without a delegation. */
  readonly named: { readonly userId: number | null; readonly insteadOfId: number | null };
  /** The latest entry. */
  readonly given: Given | undefined;
}

/** What the states of a version's signatures are computed from. */
export interface SignOffBasis<Given extends GivenSignOff> {
  readonly content: JsonObject;
  readonly version: Pick<VersionHeader, 'contentHash' | 'status' | 'submittedBy'>;
  readonly editors: readonly number[];
  readonly signatories: Signatories;
  readonly given: readonly Given[];
}

/** The signatures that a version with this content requires, in the order its phase declares, and their states. */
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
      // A delegation ends with the assignment of the person who made it.
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

/** A signature counts only for the content it was given to, and only as long as its giver does not work on the version. */
function statusOf(given: GivenSignOff | undefined, contentHash: string, bar: Bar | null): SignOffStatus {
  if (!given || given.signOffStatus === 'PENDING') return 'PENDING';
  if (bar) return 'OUTDATED';
  return given.signedContentHash === contentHash ? given.signOffStatus : 'OUTDATED';
}
