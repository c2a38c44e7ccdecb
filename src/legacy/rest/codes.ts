/** Maps refusals for the facade; their HTTP status is decided where GraphQL's is. */
import type { Codes } from '../../../packages/rest-facade';
import { INTERNAL, statusOfCode } from '../../transport/errors/error-codes';
import type { requestCodes } from '../../transport/errors/refusals';
import type { DomainErrorCode } from '../../versioning/errors';

const titles = {
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
  CYCLE_CLOSED: 'The cycle is closed',
  IDEMPOTENCY_MISMATCH: 'The idempotency key was used for something else',
  BUSY: 'Too much is going on',
  AS_OF_UNSETTLED: 'The past is not settled yet',
  ARCHIVED: 'That part of the past was archived',
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

export const PRECONDITION_FAILED = 412;

export const codes: Codes = {
  titles,
  /** A stale revision sent as If-Match gives 412. */
  statusOf: (code, details) =>
    code === 'CONFLICT' && 'actualRevision' in details ? PRECONDITION_FAILED : statusOfCode(code),
  internal: INTERNAL,
  renamed: { status: 'versionStatus' },
};
