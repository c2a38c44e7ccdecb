/**
 * Translates PostgreSQL errors into domain errors. The rules in the migrations raise codes of their own (PL…). They are a second line of
 * defence: a caller meets them only if two people act at the same moment, or if a rule of the service was bypassed.
 */
import { isNativeError } from 'node:util/types';
import { cycleClosed } from '../../versioning/cycle';
import { archived, busy, DomainError, type DomainErrorCode } from '../../versioning/errors';

interface PostgresError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
}

export const isPostgresError = (error: unknown): error is PostgresError =>
  isNativeError(error) && 'severity' in error && typeof (error as { code?: unknown }).code === 'string';

/** A deadlock, a serialization failure or a lock time-out. */
const CONTENDED = /^(40P01|40001|55P03)$/;
export const isRetryable = (error: unknown): boolean => isPostgresError(error) && CONTENDED.test(error.code);

/**
 * A cached plan changed its result type, because a migration added a column to a table of which all columns are read. Nothing was done.
 * This connection is of no further use, but another one works. (PostgreSQL has no error code of its own for this, so the routine is
 * compared.)
 */
export const isStale = (error: unknown): boolean =>
  isPostgresError(error) &&
  error.code === '0A000' &&
  (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';

const somebodyElse = 'Somebody else changed this at the same moment. Read it again, then repeat.';

const later = 'Try again in a few seconds; if the problem persists, tell an Administrator.';
const unreachable = busy(`The database cannot be reached at the moment. ${later}`, 5);

/** Faults of the database, by code. They are not the caller's, and the same request may succeed later. */
const faults: readonly (readonly [RegExp, DomainError])[] = [
  [/^53/, busy(`The database has no room for this at the moment. Nothing was done. ${later}`, 10)], // disk, memory or connections exhausted
  [/^(08...|57P0[1-5]|25P03)$/, unreachable], // lost, ended by an operator or for being idle, starting up, shutting down
  [/^25006$/, busy(`The database takes no changes at the moment. Nothing was done. ${later}`, 5)], // a standby, or set to read-only
];

/** The codes that Node and OpenSSL give for an untrusted TLS connection: an expired certificate, an unknown issuer, another host's name. */
const UNTRUSTED =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_C|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERR_TLS_|ERR_SSL_|EPROTO$)/;

/** The errors that Node and pg give for a connection that failed or was lost. */
const isConnectionFailure = (error: unknown): boolean =>
  isNativeError(error) &&
  (/^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_DESTROYED)$/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  ) ||
    UNTRUSTED.test((error as NodeJS.ErrnoException).code ?? '') ||
    /^Connection terminated|^The server does not support SSL|^There was an error establishing an SSL|^timeout exceeded when trying to connect|is not queryable$|^Cannot use a pool after/.test(
      error.message,
    ));

/** Whether the connection failed or was lost. A COMMIT that ended so may still have succeeded. */
export const isLost = (error: unknown): boolean =>
  isPostgresError(error) ? /^(FATAL|PANIC)$/.test(error.severity) : isConnectionFailure(error);

/** The error that callers get if the database cannot answer; undefined for all other errors. */
export const faultIn = (error: unknown): DomainError | undefined =>
  (isPostgresError(error) ? faults.find(([codes]) => codes.test(error.code))?.[1] : undefined) ??
  (isLost(error) ? unreachable : undefined);

/** The outcome of a COMMIT is unknown. */
export const outcomeUnknown = (isRepeatable: boolean): DomainError =>
  new DomainError(
    'BUSY',
    `The connection to the database was lost during the commit, so it may or may not have been done. ${
      isRepeatable
        ? 'Send it again with the same idempotencyKey: it will be done only once.'
        : 'Read the current state before you send it again. With an idempotencyKey, you could simply repeat the request.'
    }`,
    { retryable: isRepeatable, retryAfterSeconds: 5, outcome: 'UNKNOWN' },
  );
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof DomainError && error.details.outcome === 'UNKNOWN';

const refused = (code: DomainErrorCode) => (message: string) =>
  new DomainError(code, `The database refused this: ${message}.`);
const conflict = () => new DomainError('CONFLICT', somebodyElse);
const tooBusy = () =>
  busy('Others are changing this, and the wait was too long. Nothing was done; try again in a few seconds.', 2);
const unstorable = () =>
  new DomainError('BAD_USER_INPUT', 'A value cannot be stored: it is too large, too deep or not valid Unicode text.');

/** Refusals by PostgreSQL error code. Those of our own rules keep their message. */
const refusals: readonly (readonly [codes: RegExp, meaning: (message: string) => DomainError])[] = [
  [/^PL00[345]$/, refused('INVALID_TRANSITION')],
  [/^PL006$/, refused('FOUR_EYES')],
  [/^PL007$/, refused('STALE_BASE')],
  [/^PL008$/, (message) => new DomainError('CONFLICT', `${message}.`)],
  [/^PL009$/, refused('FORBIDDEN')],
  [/^PL010$/, refused('SIGN_OFFS_MISSING')],
  [/^PL011$/, refused('BAD_USER_INPUT')],
  [/^PL012$/, conflict],
  [/^PL013$/, () => cycleClosed('nothing new begins')],
  [/^PL014$/, archived],
  [/^23P01$|^23505$/, conflict], // two versions in force, or a duplicate number or key
  [/^23001$|^23503$/, conflict], // a referenced row was to be deleted, or a referenced row is gone (PostgreSQL 18 uses two codes)
  [CONTENDED, tooBusy],
  [/^57014$/, () => busy('The database took too long to answer. Ask for less, or try again later.', 5)],
  // A check constraint. The service checks first, with a better message; this keeps whatever slips through from being an internal error.
  [/^23514$/, () => new DomainError('BAD_USER_INPUT', 'These values contradict each other or are out of range.')],
  [/^22P0[25]$/, unstorable], // text that PostgreSQL does not accept as JSON or UUID
  [/^220(03|07|08|09)$/, unstorable], // numbers out of range, and instants outside PostgreSQL's range of years
  [/^540(00|01|23)$/, unstorable], // an index row or a JSON value that is too large
];

/** The domain error for a PostgreSQL error. An error that is not a refusal is returned unchanged and becomes an internal error. */
export function fromPostgres(error: unknown): unknown {
  const fault = faultIn(error);
  if (fault || !isPostgresError(error)) return fault ?? error;
  return refusals.find(([codes]) => codes.test(error.code))?.[1](error.message) ?? error;
}
