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
  REAUTHENTICATION_REQUIRED: 401,
  IDEMPOTENCY_MISMATCH: 409,
  BUSY: 503,
  AS_OF_UNSETTLED: 503,
} as const satisfies Record<DomainErrorCode, number>;

type Refusal = DomainError | RequestRefusal;
const isRefusal = (error: unknown): error is Refusal => error instanceof DomainError || error instanceof RequestRefusal;

/** What a caller is told of a refusal. */
const publicPart = ({ code, message, details }: Refusal) => ({ message, extensions: { code, ...details } });

/** A refusal as the answer to a request that GraphQL never saw. */
export const asAnswer = (refusal: RequestRefusal) => ({
  status: requestCodes[refusal.code],
  headers: refusal.headers,
  body: { errors: [publicPart(refusal)] },
});

/** A refusal as a GraphQL error with its HTTP status; anything else as it is. */
export function asGraphQLError(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const status = error instanceof DomainError ? errorCodes[error.code] : requestCodes[error.code];
  const headers = new HeaderMap(error instanceof RequestRefusal ? Object.entries(error.headers) : []);
  const { message, extensions } = publicPart(error);
  return new GraphQLError(message, { originalError: error, extensions: { ...extensions, http: { status, headers } } });
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
  'PERSISTED_QUERY_NOT_SUPPORTED',
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
    const errorId = crypto.randomUUID();
    report(error, errorId);
    return {
      message: `Something went wrong on our side. Quote ${errorId} when you report it.`,
      ...place,
      extensions: { code: INTERNAL, errorId },
    };
  };
