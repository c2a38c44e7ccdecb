/**
 * Maps the domain's refusals to GraphQL errors. Every other error is internal: the caller gets an id to quote, and the details go to the
 * log.
 */
import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, type DomainErrorCode } from '../../versioning/errors';
import { requestCodes, RequestRefusal } from './refusals';

/** The HTTP status if the error is the whole answer; within an answer's `errors` the status stays 200, as the specification says. */
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
  CYCLE_CLOSED: 409,
  REAUTHENTICATION_REQUIRED: 401,
  IDEMPOTENCY_MISMATCH: 409,
  LIMIT_EXCEEDED: requestCodes.LIMIT_EXCEEDED,
  BUSY: 503,
  AS_OF_UNSETTLED: 503,
  ARCHIVED: 410,
} as const satisfies Record<DomainErrorCode, number>;

export type Refusal = DomainError | RequestRefusal;
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof DomainError || error instanceof RequestRefusal;

/** The public part of a refusal. */
const publicPart = ({ code, message, details }: Refusal) => ({ message, extensions: { code, ...details } });

const statusOf = (refusal: Refusal) =>
  refusal instanceof DomainError ? errorCodes[refusal.code] : requestCodes[refusal.code];
const headersOf = (refusal: Refusal): Readonly<Record<string, string>> =>
  refusal instanceof RequestRefusal ? refusal.headers : retryAfter([refusal.details]);

/**
 * A refusal as the answer to a request that GraphQL never saw; as a GraphQL answer if the client accepts those, so that it can show the
 * message and not only the status.
 */
export const asAnswer = (refusal: Refusal, accept = '') => ({
  status: statusOf(refusal),
  headers: {
    ...(accept.includes(GRAPHQL_RESPONSE) && { 'content-type': `${GRAPHQL_RESPONSE}; charset=utf-8` }),
    ...headersOf(refusal),
  },
  body: { errors: [publicPart(refusal)] },
});

/** The media type in which the HTTP status is that of GraphQL. */
const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** The Retry-After header, from the details of refusals: the longest of the times. */
export function retryAfter(
  details: readonly (Readonly<Record<string, unknown>> | undefined)[],
): Record<string, string> {
  const seconds = details.map((each) => each?.retryAfterSeconds).filter((each) => typeof each === 'number');
  return seconds.length > 0 ? { 'retry-after': String(Math.max(...seconds)) } : {};
}

/** A refusal as a GraphQL error with its HTTP status; any other error unchanged. */
export function asGraphQLError(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const http = { status: statusOf(error), headers: new HeaderMap(Object.entries(headersOf(error))) };
  const { message, extensions } = publicPart(error);
  return new GraphQLError(message, { originalError: error, extensions: { ...extensions, http } });
}

export const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** The HTTP status for an error code if the error is the whole answer; unknown codes are internal errors. */
export const statusOfCode = (code: string): number =>
  code in errorCodes
    ? errorCodes[code as DomainErrorCode]
    : code in requestCodes
      ? requestCodes[code as keyof typeof requestCodes]
      : 500;

/** The codes of graphql-js and Apollo Server for invalid requests; their messages are safe to show. */
const requestErrors = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNAUTHENTICATED',
]);

/** Every code that a caller may get, except for internal errors. */
export const publicCodes: ReadonlySet<string> = new Set([
  ...Object.keys(errorCodes),
  ...Object.keys(requestCodes),
  ...requestErrors,
]);

/** The refusal that an error is, or that it was made from. */
export function refusalBehind(error: unknown): Refusal | undefined {
  for (
    let cause = error;
    cause instanceof Error;
    cause = cause instanceof GraphQLError ? cause.originalError : undefined
  )
    if (isRefusal(cause)) return cause;
  return undefined;
}

/**
 * Whether graphql-js (or Apollo Server, for a persisted query) reports an invalid request without a code: an error about the operation as a
 * whole or a location in it. Errors in serializing the answer have a path and no location.
 */
function isOfRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  let cause = error;
  while (cause.originalError instanceof GraphQLError) cause = cause.originalError;
  return !cause.originalError && (error.path === undefined || cause.nodes !== undefined);
}

/**
 * The code that callers get for an error.
 * @param given the code it has already, if it does not come from here
 */
export function codeOf(
  error: unknown,
  given = error instanceof GraphQLError ? error.extensions.code : undefined,
): string {
  const refusal = refusalBehind(error);
  if (refusal) return refusal.code;
  if (typeof given === 'string' && requestErrors.has(given)) return given;
  return (given === undefined || given === INTERNAL) && isOfRequest(error) ? 'BAD_USER_INPUT' : INTERNAL;
}

/**
 * Makes the error formatter of a server.
 * @param report receives what callers do not see: the cause of an internal error, with the id they were given
 */
export const errorFormatter =
  (report: (error: unknown, errorId: string) => void) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { message, locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const refusal = refusalBehind(error);
    if (refusal) return { ...publicPart(refusal), ...place };
    const code = codeOf(error, formatted.extensions?.code);
    if (code !== INTERNAL) return { message, ...place, extensions: { code } };
    const errorId = crypto.randomUUID();
    report(error, errorId);
    return {
      message: `Something went wrong on our side. Quote ${errorId} when you report it.`,
      ...place,
      extensions: { code: INTERNAL, errorId },
    };
  };
