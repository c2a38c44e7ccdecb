/** Reading requests and writing answers, without a framework: everything one would add is Apollo Server's already. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { readBytes } from '../../packages/exact-json';
import { parseJsonBody } from './json';
import { badRequest, RequestRefusal } from './refusals';
import type { RequestNote } from './request-log';

/** A request to the API. */
export interface ApiRequest {
  readonly request: IncomingMessage;
  readonly pathname: string;
  /** What follows the path, with its question mark. */
  readonly search: string;
  /** To find it by in the log of commits and in other logs. */
  readonly requestId: string;
  /** What the log of requests tells of it. */
  readonly note: RequestNote;
  /** Takes a place among what is being answered, until it is, in somebody's name; refuses if there is none. */
  readonly admit: (userId: number) => void;
}

/** How much may be sent at once. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxJsonValues: number;
}

/** Refuses what a path does not take. */
export function demandMethod({ method }: IncomingMessage, allowed: readonly string[]): void {
  const allow = allowed.join(', ');
  if (!allowed.includes(method!))
    throw new RequestRefusal('METHOD_NOT_ALLOWED', `This path takes ${allow}.`, { allowed }, { allow });
}

/** What was sent, as it was sent: nothing unpacks a body, so nobody's memory is filled by a small one. */
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
    // A connection that ended is all that can go wrong with what is sent.
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
  // A batch would have one status for operations that fare differently: told "429", a client repeats what was done.
  if (Array.isArray(body)) throw badRequest('Send one operation per request; it may ask for several fields at once.');
  return body;
}

/** What was sent, as JSON; refuses other media types, which pages could send without being asked about. */
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

/** What Node's parser could not make a request of, by its code, in words. Everything else is no HTTP. */
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
    message: 'The request did not come in within the time that is waited for one.',
  }),
};
const noHttp = () => ({ status: '400 Bad Request', code: 'BAD_REQUEST', message: 'This is no HTTP request.' });

/**
 * Answers, on the bare connection, what never became a request.
 * @param previous the last answer on this connection: what is being sent must not be written into
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
  // Closed in order, so that a client that is still sending reads the answer; and soon, for it may go on sending.
  socket.end(`HTTP/1.1 ${[status, ...head].join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), 1000).unref();
}

export const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
};
