/**
 * Subscriptions over a WebSocket, as the protocol of graphql-ws has it (graphql-transport-ws): many on one connection. Browsers keep
 * six connections to a server over HTTP/1, of which each subscription as server-sent events takes one. Who asks is said once, when the
 * connection begins (`connectionParams`), and is judged anew for each commit, as it is everywhere else.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import type { TrustedDocuments } from '../../packages/trusted-documents';
import { plainRequest, type PlainRequest } from './at-once';
import { INTERNAL, isRefusal } from './error-codes';
import { holdText, type Limits } from './limits';
import { HEARTBEAT_EVERY_MS, MAX_OPEN, type Asking, type Live, type Telling } from './live';
import { Places } from './places';
import { badRequest } from './refusals';
import { RequestNote } from './request-log';

/** A subscription is an operation and a few ids. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long a connection may stay without saying who it is of, in milliseconds. */
const MAX_UNKNOWN_MS = 3_000;
/** How long a client may take to say goodbye when the server stops, in milliseconds. */
const MAX_GOODBYE_MS = 1_000;

/** Reasons that a connection is closed with, where graphql-ws has none. What can be tried again is none of its fatal ones. */
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;
/** The status of a request that became a WebSocket. */
const SWITCHED = 101;

interface LiveSocketOptions {
  readonly schema: GraphQLSchema;
  readonly live: Live;
  /** Finds out who asks; refuses who may not. */
  readonly identify: (asking: Asking) => Promise<number>;
  readonly trusted: TrustedDocuments | null;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** What is known of a connection since it said whose it is. */
type Known = {
  readonly headers: IncomingHttpHeaders;
  readonly leave: () => void;
};

export interface LiveSocket {
  /** Lets everybody hear that this was all, then ends the connections. */
  close(): Promise<void>;
}

export function liveSocket(
  http: Server,
  { schema, live, identify, trusted, limits, logger }: LiveSocketOptions,
): LiveSocket {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const connections = new Places(MAX_OPEN);

  function asking(headers: IncomingHttpHeaders): Asking {
    const requestId = randomUUID();
    return { request: { headers }, requestId, note: new RequestNote(requestId, 'WS', '/graphql') };
  }
  /** One line for each subscription when it has ended, and for each connection that is not let in. */
  const log = ({ note }: Asking, refused?: unknown) => {
    if (refused !== undefined) note.noteOutcome(isRefusal(refused) ? refused.code : INTERNAL);
    logger.info(note.line(SWITCHED, true), 'request');
  };

  /** The operation that a message carries. */
  function read(payload: object): PlainRequest {
    const body = trusted ? trusted.inBody(payload) : payload;
    const { query, operationName, variables } = body as Partial<PlainRequest>;
    const request = plainRequest({ query, operationName, variables });
    if (!request) throw badRequest('Send a subscription as `query`, and `variables` and `operationName` if need be.');
    holdText(request.query, limits);
    return request;
  }

  useServer<Record<string, unknown>, Known>(
    {
      connectionInitWaitTimeout: MAX_UNKNOWN_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const { socket, request } = extra;
        const token = connectionParams?.authorization ?? connectionParams?.Authorization;
        const headers = { ...request.headers, authorization: typeof token === 'string' ? token : undefined };
        const asks = asking(headers);
        try {
          const leave = connections.take(await identify(asks));
          if (!leave) {
            socket.close(FORBIDDEN, `LIMIT_EXCEEDED: a person has ${MAX_OPEN} connections at most. End some.`);
            return false;
          }
          // It may have ended while it was looked whose it is.
          if (socket.readyState === WebSocket.OPEN) Object.assign(extra, { headers, leave } satisfies Known);
          else leave();
          return true;
        } catch (error) {
          if (!isRefusal(error)) logger.error({ err: error }, 'a connection could not be begun');
          log(asks, error);
          const code = isRefusal(error) ? error.code : INTERNAL;
          socket.close(code === 'UNAUTHENTICATED' ? FORBIDDEN : TRY_AGAIN_LATER, code);
          return false;
        }
      },
      onSubscribe: async ({ extra }, _, payload) => {
        const asks = asking(extra.headers!);
        try {
          const begun = await live.begin(asks, read(payload));
          if ('errors' in begun) {
            log(asks);
            return begun.errors.map(asGraphQL);
          }
          const { document, answers } = begun;
          answers.onEnd(() => log(asks));
          return { schema, document, operationName: payload.operationName, contextValue: answers };
        } catch (error) {
          log(asks, error);
          return [asGraphQL(error)];
        }
      },
      subscribe: ({ contextValue }) => contextValue as Telling,
      // What is wrong was put into words already, as everywhere else.
      onNext: (_context, _id, _payload, _args, result) => result,
      onError: (_context, _id, _payload, errors) => errors.map(live.formatted),
      onClose: ({ extra }) => extra.leave?.(),
    },
    sockets,
    HEARTBEAT_EVERY_MS,
  );

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [pathname] = (request.url ?? '').split('?');
    if (pathname !== '/graphql')
      return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
      // A client that sends what is no message, or too much, is closed for it by ws itself; it is no fault of ours to be printed.
      opened.removeAllListeners('error').on('error', () => undefined);
    });
  });

  return {
    close: async () => {
      // What has been told to end says so first.
      await new Promise((resolve) => setImmediate(resolve));
      const closed = [...sockets.clients].map(
        (client) => new Promise<void>((resolve) => void client.once('close', () => resolve())),
      );
      for (const client of sockets.clients) client.close(1001, 'The server stops. Connect again.');
      const late = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, MAX_GOODBYE_MS);
      await Promise.all(closed);
      clearTimeout(late);
    },
  };
}

const asGraphQL = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('It was refused.', { originalError: error instanceof Error ? error : new Error(String(error)) });
