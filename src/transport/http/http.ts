/** Reads requests and writes answers without a framework, because Apollo Server already does what one would add. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { readBytes } from '../../../packages/exact-json';
import { parseJsonBody } from './json';
import { badRequest, RequestRefusal } from '../errors/refusals';
import type { RequestNote } from './request-log';

/** A request to the API. */
export interface ApiRequest {
  readonly request: IncomingMessage;
  readonly pathname: string;
  /** The query string, with its question mark. */
  readonly search: string;
  /** Identifies the request in the commit log and other logs. */
  readonly requestId: string;
  /** Collects the entry of the request log. */
  readonly note: RequestNote;
  /** Takes a place in admission control on behalf of a person until the request is answered; refuses if there is none. */
  readonly admit: (userId: number) => void;
}

/** The limits of a body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxJsonValues: number;
}

/** Refuses methods that a path does not support. */
export function requireMethod({ method }: IncomingMessage, allowed: readonly string[]): void {
  const allow = allowed.join(', ');
  if (!allowed.includes(method!))
    throw new RequestRefusal('METHOD_NOT_ALLOWED', `This path takes ${allow}.`, { allowed }, { allow });
}

/** The body as sent. Compressed bodies are refused, so that a small one cannot expand to fill the memory. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (encoding.toLowerCase() !== 'identity')
    throw new RequestRefusal(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as it is, without Content-Encoding.',
      {},
      { 'accept-encoding': 'identity' },
    );
  const bytes = await readBytes(request, limit).catch(() => {
    // The only possible error is a closed connection.
    throw badRequest('The request was cut off.');
  });
  if (bytes) return bytes;
  throw new RequestRefusal(
    'PAYLOAD_TOO_LARGE',
    `The request is larger than ${limit} bytes. Send fewer items at once.`,
    { measure: 'bytes', limit },
  );
}

/** The body of a POST as JSON. */
export async function parseBody(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  const body = await parseJson(
    request,
    await readBody(request, limits.maxBodyBytes),
    /^application\/(json|graphql\+json)\b/i,
    limits,
  );
  // A batch would have one status for several operations: on 429, a client would repeat those that succeeded.
  if (Array.isArray(body)) throw badRequest('Send one operation per request; it may ask for several fields at once.');
  return body;
}

/** Parses a body as JSON; refuses other media types, which cross-site pages could send without a preflight. */
export function parseJson(
  { headers }: IncomingMessage,
  bytes: Buffer,
  accepted: RegExp,
  { maxJsonValues }: BodyLimits,
): Promise<unknown> {
  if (!accepted.test(headers['content-type'] ?? ''))
    throw new RequestRefusal('UNSUPPORTED_MEDIA_TYPE', 'Send the request as Content-Type: application/json.');
  return parseJsonBody(bytes, 'The body', maxJsonValues, headers.authorization);
}

export function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

/** Errors of Node's HTTP parser by code; everything else is not HTTP. */
const unreadable = {
  HPE_HEADER_OVERFLOW: (limit: number) => ({
    status: '431 Request Header Fields Too Large',
    code: 'PAYLOAD_TOO_LARGE',
    message: `The address and the headers are larger than ${limit} bytes. Send the operation by POST.`,
    measure: 'bytes of headers',
    limit,
  }),
  ERR_HTTP_REQUEST_TIMEOUT: () => ({
    status: '408 Request Timeout',
    code: 'BAD_REQUEST',
    message: 'The request did not arrive in time.',
  }),
};
const noHttp = () => ({ status: '400 Bad Request', code: 'BAD_REQUEST', message: 'This is not an HTTP request.' });

/**
 * Answers on the raw connection what never became a request.
 * @param previous the last answer on this connection, which must not be written into while it is being sent
 */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  previous: ServerResponse | undefined,
  maxHeaderSize: number,
): void {
  const isAnswering = previous?.headersSent === true && !previous.writableFinished;
  if (!socket.writable || isAnswering) return void socket.destroy(error);
  const say =
    error.code !== undefined && error.code in unreadable ? unreadable[error.code as keyof typeof unreadable] : noHttp;
  const { status, message, ...extensions } = say(maxHeaderSize);
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  const head = [
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // Closed gracefully, so that a client that is still sending can read the answer; destroyed soon after, since it may never stop.
  socket.end(`HTTP/1.1 ${[status, ...head].join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), 1000).unref();
}

export const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
};
