/** Refusals of requests as such, before the domain is involved. */
import { tooLarge } from '../../versioning/errors';

/** Each code with its HTTP status. */
export const requestCodes = {
  BAD_REQUEST: 400,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  PRECONDITION_REQUIRED: 428,
  LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
  DOCUMENT_NOT_TRUSTED: 403,
} as const;

export class RequestRefusal extends Error {
  constructor(
    readonly code: keyof typeof requestCodes,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

export const badRequest = (message: string) => new RequestRefusal('BAD_REQUEST', message);

/** An operation exceeds a limit: refused before anything is done, with the same message as for an answer that is too large. */
export function limitExceeded(...asked: Parameters<typeof tooLarge>): RequestRefusal {
  const { message, details } = tooLarge(...asked);
  return new RequestRefusal('LIMIT_EXCEEDED', message, details);
}
