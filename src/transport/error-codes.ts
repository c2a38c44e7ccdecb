/**
 * Where the domain's refusals become GraphQL errors, once. Everything else is an internal error: the caller gets an id to
 * quote, the detail goes to the log.
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, type DomainErrorCode } from '../versioning/errors';

/** The HTTP status where the error is the whole answer; within an answer's `errors` it stays 200, as the specification has it. */
export const errorCodes = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  STALE_BASE: 409,
  INVALID_TRANSITION: 409,
  FOUR_EYES: 403,
  ITEMS_UNDECIDED: 409,
  PREREQUISITE_MISSING: 409,
  SIGN_OFFS_MISSING: 409,
  REAUTHENTICATION_REQUIRED: 401,
  IDEMPOTENCY_MISMATCH: 409,
  BUSY: 503,
  AS_OF_UNSETTLED: 503,
} as const satisfies Record<DomainErrorCode, number>;

/** A refusal as a GraphQL error with its HTTP status; anything else as it is. */
export const asGraphQLError = (error: unknown): unknown =>
  error instanceof DomainError
    ? new GraphQLError(error.message, {
        extensions: { code: error.code, ...error.details, http: { status: errorCodes[error.code] } },
        originalError: error, // by which the formatter knows that it is a refusal
      })
    : error;

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** Codes that graphql-js and Apollo Server give to requests that are wrong in themselves; their messages are safe to show. */
const requestErrors = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'UNAUTHENTICATED',
]);

function domainError(error: unknown): DomainError | undefined {
  for (
    let cause = error;
    cause instanceof Error;
    cause = cause instanceof GraphQLError ? cause.originalError : undefined
  )
    if (cause instanceof DomainError) return cause;
  return undefined;
}

/**
 * Makes the formatter of a server's errors.
 * @param report gets what callers do not: the error behind an internal one, with the id they were given
 */
export const errorFormatter =
  (report: (error: unknown, errorId: string) => void) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { message, locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const refusal = domainError(error);
    if (refusal) return { message: refusal.message, ...place, extensions: { code: refusal.code, ...refusal.details } };
    const code = formatted.extensions?.code;
    if (typeof code === 'string' && requestErrors.has(code)) return { message, ...place, extensions: { code } };
    const errorId = crypto.randomUUID();
    report(error, errorId);
    return {
      message: `Something went wrong on our side. Quote ${errorId} when you report it.`,
      ...place,
      extensions: { code: INTERNAL, errorId },
    };
  };
