/**
 * Subscriptions over a WebSocket, by the graphql-ws protocol (graphql-transport-ws): many on one connection. Over HTTP/1, browsers open
 * only six connections to a server, and each subscription as server-sent events takes one. The client authenticates once, when the
 * connection begins (`connectionParams`), and its rights are checked again for each commit, as everywhere.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import type { Refused } from '../../delivery/refusal-recorder';
import type { TrustedDocuments } from '../../../packages/trusted-documents';
import { plainRequest, type PlainRequest } from '../operations/fast-path';
import { INTERNAL, isRefusal } from '../errors/error-codes';
import { limitText, type Limits } from '../limits/limits';
import { HEARTBEAT_EVERY_MS, MAX_OPEN, type Asking, type Live, type EventStream } from './live';
import { Slots } from '../limits/slots';
import { badRequest } from '../errors/refusals';
import { RequestNote } from '../http/request-log';

/** A subscription is an operation and a few ids. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** The time-out for authentication on a new connection, in milliseconds. */
const MAX_UNKNOWN_MS = 3_000;
/** How long a client may take to close when the server stops, in milliseconds. */
const MAX_GOODBYE_MS = 1_000;

/** Close codes that graphql-ws lacks. For what can be retried, none of its fatal ones is used. */
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;
/** The status of a request that was upgraded to a WebSocket. */
const SWITCHED = 101;

interface LiveSocketOptions {
  readonly schema: GraphQLSchema;
  readonly live: Live;
  /** Authenticates the client; throws a refusal. */
  readonly identify: (asking: Asking) => Promise<number>;
  readonly trusted: TrustedDocuments | null;
  readonly limits: Limits;
  readonly logger: Logger;
  /** Records what is refused. */
  readonly record: (refused: Refused) => void;
  /** How often clients are pinged; one that has not answered by the next ping is disconnected. */
  readonly heartbeatMs?: number;
}

/** The state of an authenticated connection. */
type Known = {
  readonly headers: IncomingHttpHeaders;
  readonly leave: () => void;
};

export interface LiveSocket {
  /** Completes all subscriptions, then closes the connections. */
  close(): Promise<void>;
}

export function liveSocket(
  http: Server,
  { schema, live, identify, trusted, limits, logger, record, heartbeatMs = HEARTBEAT_EVERY_MS }: LiveSocketOptions,
): LiveSocket {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const connections = new Slots(MAX_OPEN);

  function asking(headers: IncomingHttpHeaders): Asking {
    const requestId = randomUUID();
    return { request: { headers }, requestId, note: new RequestNote(requestId, 'WS', '/graphql', record) };
  }
  /** Logs one line for each subscription when it ends, and for each refused connection. */
  const log = ({ note }: Asking, refused?: unknown) => {
    if (refused !== undefined) note.noteError(refused);
    logger.info(note.line(SWITCHED, true), 'request');
  };

  /** The operation in a message. */
  function read(payload: object): PlainRequest {
    const body = trusted ? trusted.inBody(payload) : payload;
    const { query, operationName, variables } = body as Partial<PlainRequest>;
    const request = plainRequest({ query, operationName, variables });
    if (!request) throw badRequest('Send a subscription as `query`, and `variables` and `operationName` if need be.');
    limitText(request.query, limits);
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
            socket.close(FORBIDDEN, `LIMIT_EXCEEDED: a person may have at most ${MAX_OPEN} connections. Close some.`);
            return false;
          }
          // The connection may have been closed during authentication.
          if (socket.readyState === WebSocket.OPEN) Object.assign(extra, { headers, leave } satisfies Known);
          else leave();
          return true;
        } catch (error) {
          if (!isRefusal(error)) logger.error({ err: error }, 'a connection could not be opened');
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
      subscribe: ({ contextValue }) => contextValue as EventStream,
      // Errors are formatted already, as everywhere else.
      onNext: (_context, _id, _payload, _args, result) => result,
      onError: (_context, _id, _payload, errors) => errors.map(live.formatted),
      onClose: ({ extra }) => extra.leave?.(),
    },
    sockets,
    heartbeatMs,
  );

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [pathname] = (request.url ?? '').split('?');
    if (pathname !== '/graphql')
      return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
      // ws closes a connection that sends invalid or oversized messages; that is not an error to print.
      opened.removeAllListeners('error').on('error', () => undefined);
    });
  });

  return {
    close: async () => {
      // Lets ended subscriptions send their completion first.
      await new Promise((resolve) => setImmediate(resolve));
      const closed = [...sockets.clients].map(
        (client) => new Promise<void>((resolve) => void client.once('close', () => resolve())),
      );
      for (const client of sockets.clients) client.close(1001, 'The server is shutting down. Connect again.');
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
