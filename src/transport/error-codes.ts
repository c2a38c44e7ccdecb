/**
 * Where the domain's refusals become GraphQL errors, once. Everything else is an internal error: the caller gets an id to
 * quote, the detail goes to the log.
 */
import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, type DomainErrorCode } from '../versioning/errors';
import { requestCodes, RequestRefusal } from './refusals';

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
  CYCLE_CLOSED: 409,
  REAUTHENTICATION_REQUIRED: 401,
  IDEMPOTENCY_MISMATCH: 409,
  LIMIT_EXCEEDED: requestCodes.LIMIT_EXCEEDED,
  BUSY: 503,
  AS_OF_UNSETTLED: 503,
} as const satisfies Record<DomainErrorCode, number>;

export type Refusal = DomainError | RequestRefusal;
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof DomainError || error instanceof RequestRefusal;

/** What a caller is told of a refusal. */
const publicPart = ({ code, message, details }: Refusal) => ({ message, extensions: { code, ...details } });

const statusOf = (refusal: Refusal) =>
  refusal instanceof DomainError ? errorCodes[refusal.code] : requestCodes[refusal.code];
const headersOf = (refusal: Refusal): Readonly<Record<string, string>> =>
  refusal instanceof RequestRefusal ? refusal.headers : retryAfter([refusal.details]);

/**
 * A refusal as the answer to a request that GraphQL never saw, as an answer of GraphQL where the client knows those: then
 * it shows what was said, not only the status.
 */
export const asAnswer = (refusal: Refusal, accept = '') => ({
  status: statusOf(refusal),
  headers: {
    ...(accept.includes(GRAPHQL_RESPONSE) && { 'content-type': `${GRAPHQL_RESPONSE}; charset=utf-8` }),
    ...headersOf(refusal),
  },
  body: { errors: [publicPart(refusal)] },
});

/** The media type of answers in which the HTTP status is GraphQL's own. */
const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** The header that says when to ask again, if any of the refusals does, by their details: the longest of the times. */
export function retryAfter(
  details: readonly (Readonly<Record<string, unknown>> | undefined)[],
): Record<string, string> {
  const seconds = details.map((each) => each?.retryAfterSeconds).filter((each) => typeof each === 'number');
  return seconds.length > 0 ? { 'retry-after': String(Math.max(...seconds)) } : {};
}

/** A refusal as a GraphQL error with its HTTP status; anything else as it is. */
export function asGraphQLError(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const http = { status: statusOf(error), headers: new HeaderMap(Object.entries(headersOf(error))) };
  const { message, extensions } = publicPart(error);
  return new GraphQLError(message, { originalError: error, extensions: { ...extensions, http } });
}

export const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** The HTTP status of an error that is the whole answer, by its code; what has none broke on our side. */
export const statusOfCode = (code: string): number =>
  code in errorCodes
    ? errorCodes[code as DomainErrorCode]
    : code in requestCodes
      ? requestCodes[code as keyof typeof requestCodes]
      : 500;

/** Codes that graphql-js and Apollo Server give to requests that are wrong in themselves; their messages are safe to show. */
const requestErrors = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNAUTHENTICATED',
]);

/** Every code that a caller may meet, but for what breaks on our side. */
export const publicCodes: ReadonlySet<string> = new Set([
  ...Object.keys(errorCodes),
  ...Object.keys(requestCodes),
  ...requestErrors,
]);

function refusalBehind(error: unknown): Refusal | undefined {
  for (
    let cause = error;
    cause instanceof Error;
    cause = cause instanceof GraphQLError ? cause.originalError : undefined
  )
    if (isRefusal(cause)) return cause;
  return undefined;
}

/**
 * Whether graphql-js (or Apollo Server, in a persisted query) found fault with the request, and has no code for it: with the
 * operation as a whole, or with a place in it. What it cannot put into the answer it reports as well, at a field and at no place of the request.
 */
function isOfRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  let cause = error;
  while (cause.originalError instanceof GraphQLError) cause = cause.originalError;
  return !cause.originalError && (error.path === undefined || cause.nodes !== undefined);
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
    const refusal = refusalBehind(error);
    if (refusal) return { ...publicPart(refusal), ...place };
    const code = formatted.extensions?.code;
    if (typeof code === 'string' && requestErrors.has(code)) return { message, ...place, extensions: { code } };
    if ((code === undefined || code === INTERNAL) && isOfRequest(error))
      return { message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
    const errorId = crypto.randomUUID();
    report(error, errorId);
    return {
      message: `Something went wrong on our side. Quote ${errorId} when you report it.`,
      ...place,
      extensions: { code: INTERNAL, errorId },
    };
  };
