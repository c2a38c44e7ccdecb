/** Refusals as problem details (RFC 9457). What they say and which status they have is decided where GraphQL's are. */
import type { GraphQLFormattedError } from 'graphql';
import type { DomainErrorCode } from '../../versioning/errors';
import { INTERNAL, statusOfCode } from '../error-codes';
import type { requestCodes } from '../refusals';

/** What each code is about, whatever the case; what is particular to a case is in `detail`. */
export const titles: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'The request does not say who is asking',
  REAUTHENTICATION_REQUIRED: 'The sign-in is too long ago for this',
  FORBIDDEN: 'You are not among those who may do this',
  FOUR_EYES: 'Somebody else has to decide',
  NOT_FOUND: 'There is no such thing that you may see',
  BAD_USER_INPUT: 'The input is wrong in itself',
  CONFLICT: 'Somebody changed it since you read it',
  STALE_BASE: 'Another version came into force since',
  INVALID_TRANSITION: 'The version is not in a state for this',
  ITEMS_UNDECIDED: 'Items are undecided',
  PREREQUISITE_MISSING: 'The phase is not open yet',
  SIGN_OFFS_MISSING: 'Signatures are missing',
  IDEMPOTENCY_MISMATCH: 'The idempotency key was used for something else',
  BUSY: 'Too much is going on',
  AS_OF_UNSETTLED: 'The past is not settled yet',
  BAD_REQUEST: 'The request cannot be read',
  METHOD_NOT_ALLOWED: 'The path takes other methods',
  PAYLOAD_TOO_LARGE: 'The request is too large',
  UNSUPPORTED_MEDIA_TYPE: 'The request is not in JSON',
  PRECONDITION_REQUIRED: 'The request does not say which revision it is about',
  LIMIT_EXCEEDED: 'The request asks for too much at once',
  RATE_LIMITED: 'You have asked for too much within a minute',
  DOCUMENT_NOT_TRUSTED: 'The document is not one of the manifest',
  [INTERNAL]: 'Something went wrong on our side',
} satisfies Record<DomainErrorCode | keyof typeof requestCodes | typeof INTERNAL, string>;

export const typeOf = (code: string): string => `/problems/${code.toLowerCase().replaceAll('_', '-')}`;

/** A refusal's details whose names problem details use for something else. */
const renamed: Readonly<Record<string, string>> = { status: 'versionStatus' };

export const PRECONDITION_FAILED = 412;

/** The HTTP status of a refusal; a revision that was sent as If-Match and is not the version's any more is 412. */
const statusOf = (code: string, details: Readonly<Record<string, unknown>>): number =>
  code === 'CONFLICT' && 'actualRevision' in details ? PRECONDITION_FAILED : statusOfCode(code);

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly [detail: string]: unknown;
}

/** A path as a reference may be written, whatever was sent in its place. */
const asReference = (pathname: string): string =>
  pathname.replace(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/gi, encodeURIComponent);

export function problemOf({ message, extensions }: GraphQLFormattedError, pathname: string): Problem {
  const { code: given, ...details } = extensions ?? {};
  const code = typeof given === 'string' && given in titles ? given : INTERNAL;
  const problem = {
    type: typeOf(code),
    title: titles[code]!,
    status: statusOf(code, details),
    detail: message,
    instance: asReference(pathname),
    code,
  };
  const more = Object.fromEntries(Object.entries(details).map(([name, value]) => [renamed[name] ?? name, value]));
  return { ...problem, ...more, ...problem };
}
