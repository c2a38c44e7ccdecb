/** Subscriptions as server-sent events, by the graphql-sse protocol (distinct connections mode). */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { getOperationAST, parse, type ExecutionResult } from 'graphql';
import { plainRequest, type PlainRequest } from '../operations/fast-path';
import type { ApiRequest } from '../http/http';
import { HEARTBEAT_EVERY_MS, type Live } from './live';
import { badRequest } from '../errors/refusals';
import type { RequestNote } from '../http/request-log';

/** A client that reads nothing for this many milliseconds is disconnected. */
const MAX_STALL_MS = 30_000;

interface Patience {
  readonly heartbeatMs: number;
  readonly stallMs: number;
}

/**
 * Whether to answer with events: to subscriptions, and to clients that accept nothing else. Some clients list every media type they know
 * with each operation.
 */
export function wantsEvents({ request }: ApiRequest, body: unknown): boolean {
  const { accept = '' } = request.headers;
  return /\btext\/event-stream\b/i.test(accept) && (!/json/i.test(accept) || isSubscription(plainRequest(body)));
}

function isSubscription(request: PlainRequest | null): boolean {
  if (!request?.query.includes('subscription')) return false;
  try {
    return getOperationAST(parse(request.query), request.operationName)?.operation === 'subscription';
  } catch {
    return false; // the error is reported as JSON
  }
}

export type LiveEvents = ReturnType<typeof liveEvents>;

export const liveEvents =
  (live: Live, patience: Patience = { heartbeatMs: HEARTBEAT_EVERY_MS, stallMs: MAX_STALL_MS }) =>
  async (api: ApiRequest, body: unknown, response: ServerResponse): Promise<void> => {
    const request = plainRequest(body);
    if (api.request.method !== 'POST' || !request)
      throw badRequest(
        'Send a subscription by POST, as JSON with `query`, and `variables` and `operationName` if need be.',
      );
    const begun = await live.begin(api, request);
    const telling = { response, note: api.note, ...patience };
    if ('errors' in begun) return sendEvents(telling, [{ errors: begun.errors.map(live.formatted) as never }]);
    const { headers, answers } = begun;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.once('close', () => void answers.return());
    if (response.destroyed) void answers.return();
    await sendEvents(telling, answers);
  };

interface EventSink extends Patience {
  readonly response: ServerResponse;
  readonly note: Pick<RequestNote, 'noteStalled'>;
}

/** Sends answers as events, waiting for each to be flushed before the next (backpressure). */
async function sendEvents(
  { response, heartbeatMs, ...waiting }: EventSink,
  answers: Iterable<ExecutionResult> | AsyncIterable<ExecutionResult>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  // Some browsers do not react to headers alone.
  response.write(':\n\n');
  const heartbeat = setInterval(() => !response.writableNeedDrain && response.write(':\n\n'), heartbeatMs);
  try {
    for await (const answer of answers) await write(`event: next\ndata: ${JSON.stringify(answer)}\n\n`);
    await write('event: complete\ndata:\n\n');
  } finally {
    clearInterval(heartbeat);
    response.end();
  }

  async function write(text: string): Promise<void> {
    if (response.destroyed || response.write(text)) return;
    const { note, stallMs } = waiting;
    const settled = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(stallMs), settled.signal]);
    try {
      await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
    } catch {
      note.noteStalled();
      response.destroy();
    } finally {
      settled.abort();
    }
  }
}
