/**
 * Every way the domain can refuse. A refusal has a stable code, a sentence that tells a person what to do, and data for programs;
 * transport/errors/error-codes.ts turns it into a GraphQL error.
 */

export type DomainErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'STALE_BASE'
  | 'INVALID_TRANSITION'
  | 'FOUR_EYES'
  | 'ITEMS_UNDECIDED'
  | 'PREREQUISITE_MISSING'
  | 'SIGN_OFFS_MISSING'
  | 'CYCLE_CLOSED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'IDEMPOTENCY_MISMATCH'
  | 'AS_OF_UNSETTLED'
  | 'ARCHIVED'
  | 'BUSY'
  | 'LIMIT_EXCEEDED';

export class DomainError extends Error {
  constructor(
    readonly code: DomainErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The thing does not exist, or the viewer may not know that it does. */
export const notFound = (what: string) => new DomainError('NOT_FOUND', `${what} was not found.`);

/** Invalid input; `problem` says what to write instead. */
export const badInput = (problem: string, details: Record<string, unknown> = {}) =>
  new DomainError('BAD_USER_INPUT', problem, details);

/** The version acted on is no longer its record's latest. */
export const notTheLatest = (number: number, latest: { versionId: string; versionNumber: number }) =>
  new DomainError(
    'CONFLICT',
    `Version ${number} is no longer the latest of its record: version ${latest.versionNumber} (${latest.versionId}) is. Read that, then repeat.`,
    { latestVersionId: latest.versionId, latestVersionNumber: latest.versionNumber },
  );

/** The answer would exceed a limit; `hint` says what to request instead. */
export const tooLarge = (measure: string, limit: number, actual: number, hint: string) =>
  new DomainError('LIMIT_EXCEEDED', `The limit of ${measure} is ${limit}; this has ${actual}. ${hint}`, {
    measure,
    limit,
    actual,
  });

/** A temporary refusal: the same request may succeed later; `problem` says why not now. */
export const busy = (problem: string, retryAfterSeconds: number) =>
  new DomainError('BUSY', problem, { retryable: true, retryAfterSeconds });

/** The request needs images that were archived to a file, which `problem` names. */
export const archived = (problem: string) =>
  new DomainError(
    'ARCHIVED',
    `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. Ask an operator to bring it back (npm run restore-archive), or for a later instant.`,
  );

/** Somebody changed the version, or something else, since the caller read it. */
export const staleRevision = (expected: number, actual: number, what = 'The version') =>
  new DomainError(
    'CONFLICT',
    `${what} has changed since you read it (you saw revision ${expected}, it is now ${actual}). Read it again, then repeat.`,
    { expectedRevision: expected, actualRevision: actual },
  );
