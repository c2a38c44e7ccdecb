/** Signatures on a version: which are asked for, and whether one that was given still stands. */
import type { JsonObject } from './model';
import type { FullPhase, SignOffDeclaration } from './phase';

export const signOffStatuses = ['PENDING', 'SIGNED', 'REJECTED', 'OUTDATED'] as const;
export type SignOffStatus = (typeof signOffStatuses)[number];

/** What was last done about a signature; null where nothing was done yet. */
export interface GivenSignOff {
  readonly signOffRole: string;
  readonly signOffStatus: 'PENDING' | 'SIGNED' | 'REJECTED';
  readonly signedContentHash: string | null;
}

/** The signatures that a version with this content takes. */
export const neededSignOffs = ({ signOffs = [] }: FullPhase, content: JsonObject): readonly SignOffDeclaration[] =>
  signOffs.filter(({ onlyIf }) => onlyIf === undefined || content[onlyIf] === true);

/** A signature holds for the content it was given to, and for no other. */
export function signOffStatus(given: GivenSignOff | undefined, contentHash: string): SignOffStatus {
  if (!given) return 'PENDING';
  return given.signOffStatus === 'SIGNED' && given.signedContentHash !== contentHash ? 'OUTDATED' : given.signOffStatus;
}

export const missingSignOffs = (
  phase: FullPhase,
  content: JsonObject,
  contentHash: string,
  given: readonly GivenSignOff[],
): SignOffDeclaration[] =>
  neededSignOffs(phase, content).filter(
    ({ role }) =>
      signOffStatus(
        given.find(({ signOffRole }) => signOffRole === role),
        contentHash,
      ) !== 'SIGNED',
  );
