/** Signatures on a version: which are asked for, who gives them, and whether one that was given still stands. */
import type { JsonObject } from './model';
import type { FullPhase, SignOffDeclaration } from './phase';

export const signOffStatuses = ['PENDING', 'SIGNED', 'REJECTED', 'OUTDATED'] as const;
export type SignOffStatus = (typeof signOffStatuses)[number];

/** What was last done about a signature; PENDING: it was delegated, or taken back from a delegate. */
export interface GivenSignOff {
  readonly signOffRole: string;
  readonly signOffStatus: 'PENDING' | 'SIGNED' | 'REJECTED';
  readonly signOffUserId: number;
  /** Who delegated it; null where it is the signer's own. */
  readonly delegatedFromId: number | null;
  readonly delegationReason: string | null;
  readonly signedContentHash: string | null;
}

/** The people that a workflow names for its signatures. */
export type Signatories = Readonly<Record<SignOffDeclaration['person'], number | null>>;

export interface SignOffState<Given extends GivenSignOff = GivenSignOff> {
  readonly declared: SignOffDeclaration;
  readonly status: SignOffStatus;
  /** Whose signature it is, and who gives it: the same person, or their delegate. Null where the workflow names nobody. */
  readonly principalId: number | null;
  readonly signerId: number | null;
  /** Whose names it carries: of those who signed, or else of those who are to. `insteadOfId` is null where nobody delegated. */
  readonly named: { readonly userId: number | null; readonly insteadOfId: number | null };
  /** What was last done about it. */
  readonly given: Given | undefined;
}

/** The signatures that a version with this content takes, in the order of its phase, and how they stand. */
export function signOffStates<Given extends GivenSignOff>(
  { signOffs = [] }: FullPhase,
  content: JsonObject,
  contentHash: string,
  signatories: Signatories,
  all: readonly Given[],
): SignOffState<Given>[] {
  return signOffs
    .filter(({ onlyIf }) => onlyIf === undefined || content[onlyIf] === true)
    .map((declared) => {
      const given = all.find(({ signOffRole }) => signOffRole === declared.role);
      const principalId = signatories[declared.person];
      // A delegation ends with the assignment of the one who made it.
      const isDelegated = given?.delegatedFromId != null && given.delegatedFromId === principalId;
      const signerId = isDelegated ? given.signOffUserId : principalId;
      const status = statusOf(given, contentHash);
      const named =
        status === 'PENDING'
          ? { userId: signerId, insteadOfId: isDelegated ? principalId : null }
          : { userId: given!.signOffUserId, insteadOfId: given!.delegatedFromId };
      return { declared, given, principalId, signerId, status, named };
    });
}

/** A signature holds for the content it was given to, and for no other. */
function statusOf(given: GivenSignOff | undefined, contentHash: string): SignOffStatus {
  if (!given || given.signOffStatus === 'PENDING') return 'PENDING';
  return given.signedContentHash === contentHash ? given.signOffStatus : 'OUTDATED';
}
