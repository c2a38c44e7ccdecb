/**
 * What the database's refusals mean to a person. The rules in the migrations raise their own codes (PL…); they are a second
 * line, so a caller meets them only when two people act at the same moment, or when a rule of the code was passed by.
 */
import { busy, DomainError } from '../versioning/errors';

const retryable = new Set(['40P01', '40001', '55P03']);

interface PostgresError extends Error {
  readonly code: string;
  readonly constraint?: string;
}

const isPostgresError = (error: unknown): error is PostgresError =>
  error instanceof Error && 'severity' in error && typeof (error as { code?: unknown }).code === 'string';

export const isRetryable = (error: unknown): boolean => isPostgresError(error) && retryable.has(error.code);

const somebodyElse = 'Somebody else changed this at the same moment. Read it again, then repeat.';

const unreachable = busy('The database cannot be reached at the moment. Try again later.', 5);

const isConnectionFailure = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/.test((error as NodeJS.ErrnoException).code ?? '') ||
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message));

/** The error as the domain says it; what is not a refusal is returned as it is and becomes an internal error. */
export function fromPostgres(error: unknown): unknown {
  if (!isPostgresError(error)) return isConnectionFailure(error) ? unreachable : error;
  switch (error.code) {
    case 'PL003':
    case 'PL004':
    case 'PL005':
      return new DomainError('INVALID_TRANSITION', `The database refused this: ${error.message}.`);
    case 'PL006':
      return new DomainError('FOUR_EYES', `The database refused this: ${error.message}.`);
    case 'PL007':
      return new DomainError('STALE_BASE', `The database refused this: ${error.message}.`);
    case 'PL008':
      return new DomainError('CONFLICT', `${error.message}.`);
    case 'PL009':
      return new DomainError('FORBIDDEN', `The database refused this: ${error.message}.`);
    case 'PL010':
      return new DomainError('SIGN_OFFS_MISSING', `The database refused this: ${error.message}.`);
    case 'PL011':
      return new DomainError('BAD_USER_INPUT', `The database refused this: ${error.message}.`);
    case '23P01': // exclusion: two versions in force
    case '23505': // unique: the same number or key twice
      return new DomainError('CONFLICT', somebodyElse);
    case '40P01':
    case '40001':
    case '55P03':
      return busy(
        'Others are changing this, and it has been waited for. Nothing was done; try again in a few seconds.',
        2,
      );
    case '57P01': // the server is being stopped, or has no connection to spare
    case '57P02':
    case '57P03':
    case '53300':
      return unreachable;
    case '57014':
      return busy('The database took too long to answer. Ask for less, or try again later.', 5);
    case '23001': // PostgreSQL 18 and later tell a key that restricts apart
    case '23503': // something else points at what was to go, or what was pointed at went
      return new DomainError('CONFLICT', somebodyElse);
    case '23514': // a check: the service looks first and says it better; this keeps what slips through from being a failure
      return new DomainError('BAD_USER_INPUT', 'These values contradict each other or are out of range.');
    case '22P02': // text that is no JSON or UUID to PostgreSQL
    case '22P05':
    case '22003':
    case '22007': // instants outside the years that PostgreSQL knows
    case '22008':
    case '22009':
    case '54000': // index row or JSON too large
    case '54001':
    case '54023':
      return new DomainError(
        'BAD_USER_INPUT',
        'A value cannot be stored: it is too large, too deep or not valid Unicode text.',
      );
    default:
      return error;
  }
}
