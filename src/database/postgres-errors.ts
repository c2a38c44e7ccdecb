/**
 * What the database's refusals mean to a person. The rules in the migrations raise their own codes (PL…); they are a second
 * line, so a caller meets them only when two people act at the same moment, or when a rule of the code was passed by.
 */
import { isNativeError } from 'node:util/types';
import { cycleClosed } from '../versioning/cycle';
import { busy, DomainError, type DomainErrorCode } from '../versioning/errors';

interface PostgresError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
}

const isPostgresError = (error: unknown): error is PostgresError =>
  isNativeError(error) && 'severity' in error && typeof (error as { code?: unknown }).code === 'string';

/** A deadlock, a serialization failure, a lock that was waited for in vain. */
const CONTENDED = /^(40P01|40001|55P03)$/;
export const isRetryable = (error: unknown): boolean => isPostgresError(error) && CONTENDED.test(error.code);

/**
 * What was prepared on a connection has other columns since: a migration has added one to a table of which all are read. Nothing was
 * done, and the connection is no more use, but another one is. (PostgreSQL has no code for it; this is where it says so.)
 */
export const isStale = (error: unknown): boolean =>
  isPostgresError(error) &&
  error.code === '0A000' &&
  (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';

const somebodyElse = 'Somebody else changed this at the same moment. Read it again, then repeat.';

const later = 'Try again in a few seconds; if it goes on, tell an Administrator.';
const unreachable = busy(`The database cannot be reached at the moment. ${later}`, 5);

/** What stands against the database itself, by its code: no fault of the caller's, and the same request may do later. */
const faults: readonly (readonly [RegExp, DomainError])[] = [
  [/^53/, busy(`The database has no room for this at the moment. Nothing was done. ${later}`, 10)], // disk, memory, connections
  [/^(08...|57P0[1-5]|25P03)$/, unreachable], // lost, ended by an operator or for being idle, starting, stopping
  [/^25006$/, busy(`The database takes no changes at the moment. Nothing was done. ${later}`, 5)], // a standby, or made read-only
];

/** What Node and OpenSSL say of a line that is not trusted: a certificate that ran out, of somebody else, for another name. */
const UNTRUSTED =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_C|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERR_TLS_|ERR_SSL_|EPROTO$)/;

/** What Node and pg say of a connection that is none, or none any more. */
const isConnectionFailure = (error: unknown): boolean =>
  isNativeError(error) &&
  (/^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_DESTROYED)$/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  ) ||
    UNTRUSTED.test((error as NodeJS.ErrnoException).code ?? '') ||
    /^Connection terminated|^The server does not support SSL|^There was an error establishing an SSL|^timeout exceeded when trying to connect|is not queryable$|^Cannot use a pool after/.test(
      error.message,
    ));

/** Whether the connection is none, or none any more; a COMMIT that ended so may have been done all the same. */
export const isLost = (error: unknown): boolean =>
  isPostgresError(error) ? /^(FATAL|PANIC)$/.test(error.severity) : isConnectionFailure(error);

/** What callers are told where the database cannot answer; undefined for everything else. */
export const faultIn = (error: unknown): DomainError | undefined =>
  (isPostgresError(error) ? faults.find(([codes]) => codes.test(error.code))?.[1] : undefined) ??
  (isLost(error) ? unreachable : undefined);

/** It is not known whether a transaction was committed. */
export const outcomeUnknown = (isRepeatable: boolean): DomainError =>
  new DomainError(
    'BUSY',
    `The connection to the database was lost while this was committed, so it may have been done or not. ${
      isRepeatable
        ? 'Send it again with the same idempotencyKey: it is done once.'
        : 'Read what is there before you send it again. With an idempotencyKey it could be repeated as it is.'
    }`,
    { retryable: isRepeatable, retryAfterSeconds: 5, outcome: 'UNKNOWN' },
  );
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof DomainError && error.details.outcome === 'UNKNOWN';

const refused = (code: DomainErrorCode) => (message: string) =>
  new DomainError(code, `The database refused this: ${message}.`);
const conflict = () => new DomainError('CONFLICT', somebodyElse);
const tooBusy = () =>
  busy('Others are changing this, and it has been waited for. Nothing was done; try again in a few seconds.', 2);
const unstorable = () =>
  new DomainError('BAD_USER_INPUT', 'A value cannot be stored: it is too large, too deep or not valid Unicode text.');

/** What refusals mean, by PostgreSQL's codes for them; those of our own rules say what they refuse. */
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
  [/^23P01$|^23505$/, conflict], // two versions in force, or the same number or key twice
  [/^23001$|^23503$/, conflict], // something points at what was to go, or what was pointed at went (PostgreSQL 18 has two codes)
  [CONTENDED, tooBusy],
  [/^57014$/, () => busy('The database took too long to answer. Ask for less, or try again later.', 5)],
  // A check: the service looks first and says it better; this keeps what slips through from being a failure.
  [/^23514$/, () => new DomainError('BAD_USER_INPUT', 'These values contradict each other or are out of range.')],
  [/^22P0[25]$/, unstorable], // text that is no JSON or UUID to PostgreSQL
  [/^220(03|07|08|09)$/, unstorable], // numbers out of range, and instants outside the years that PostgreSQL knows
  [/^540(00|01|23)$/, unstorable], // an index row or JSON that is too large
];

/** The error as the domain says it; what is not a refusal is returned as it is and becomes an internal error. */
export function fromPostgres(error: unknown): unknown {
  const fault = faultIn(error);
  if (fault || !isPostgresError(error)) return fault ?? error;
  return refusals.find(([codes]) => codes.test(error.code))?.[1](error.message) ?? error;
}
