/** The server: health, the GraphQL endpoint, the playground's pages. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as HttpOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';
import type { Logger } from 'pino';
import sirv from 'sirv';
import type { Database } from '../database/database';
import { Context } from '../graphql/context';
import { makeSchema } from '../graphql/schema';
import type { Checkpoints } from '../proof/checkpoints';
import { authenticator, challengeTo, type TokenRules } from './authenticate';
import { asOf } from './as-of';
import { Budget } from './budget';
import { asAnswer, asGraphQLError, errorCodes, errorFormatter } from './error-codes';
import { guard } from './guard';
import { apiHeaders, crossOrigin, playgroundHeaders } from './headers';
import { parseBody, requestIdOf, send } from './http';
import { holdText, type Limits } from './limits';
import { RequestRefusal } from './refusals';
import { noteRefusals, statusOf } from './status';
import { TrustedDocuments } from './trusted-documents';

export interface ServerOptions extends Limits {
  readonly db: Database;
  /** Which tokens are accepted. */
  readonly tokens: TokenRules;
  /** How old a sign-in may be for what is signed; 0 does not ask. */
  readonly reauthenticationSeconds: number;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  /** 0: without a limit. */
  readonly costPerMinute: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** Whose pages may ask, besides our own. */
  readonly corsOrigins: readonly string[];
  /** The manifest of the only documents that are executed, if there is one. */
  readonly trustedDocuments?: string | undefined;
  readonly introspection: boolean;
  readonly playground: boolean;
  readonly checkpoints?: Checkpoints | null;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  /** Finishes what is being answered, then closes. */
  stop(): Promise<void>;
}

/** The text of the operation, wherever the request carries it. */
const operationText = (body: unknown, search: string): string => {
  const text = (body as { query?: unknown } | null | undefined)?.query ?? new URLSearchParams(search).get('query');
  return typeof text === 'string' ? text : '';
};

/** Nobody holds a connection by sending slowly, or nothing; a proxy in front keeps its own longer than its 60 seconds. */
const connectionLimits = (requestTimeout: number): HttpOptions => ({
  requestTimeout,
  headersTimeout: Math.min(requestTimeout, 10_000),
  connectionsCheckingInterval: Math.min(requestTimeout, 5_000),
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
});

/**
 * Documents that have been parsed and checked, up to a million characters of them: a thousand ordinary operations. Apollo
 * Server's own measure is their JSON, which leaves out the tokens that they carry along, most of what they weigh.
 */
const parsedDocuments = () =>
  new InMemoryLRUCache<DocumentNode>({
    maxSize: 2 ** 20,
    sizeCalculation: ({ loc }) => loc?.source.body.length ?? 2 ** 20,
  });

/** Starts the server; resolves when it listens. */
export async function startServer({
  db,
  tokens,
  reauthenticationSeconds,
  host,
  port,
  maxBodyBytes,
  playground,
  checkpoints = null,
  logger,
  costPerMinute,
  requestTimeoutMs,
  corsOrigins,
  trustedDocuments,
  introspection,
  ...limits
}: ServerOptions): Promise<RunningServer> {
  const authenticate = authenticator(db, tokens, logger);
  const budget = new Budget(costPerMinute);
  const trusted = trustedDocuments === undefined ? null : TrustedDocuments.read(trustedDocuments);
  const allowOrigins = corsOrigins.length > 0 ? crossOrigin(corsOrigins) : null;
  const http: Server = createServer(connectionLimits(requestTimeoutMs), (request, response) => {
    apiHeaders(request, response, () => undefined);
    void answer(request, response).catch((error: unknown) => {
      if (error instanceof RequestRefusal) {
        const { status, body, headers } = asAnswer(error);
        return send(response, status, body, headers);
      }
      logger.error({ err: error, url: request.url }, 'request failed');
      send(response, 500, {
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      });
    });
  });
  const apollo = new ApolloServer<Context>({
    schema: makeSchema(),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection, // or its suggestions would tell name by name
    persistedQueries: false,
    documentStore: parsedDocuments(),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    stringifyResult: JSON.stringify, // Apollo's own indents
    formatError: errorFormatter((err, errorId) => logger.error({ err, errorId }, 'internal error')),
    // Cache control instruments every field and nothing here may be cached by others.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http }),
      guard(limits, budget),
      asOf,
      noteRefusals,
    ],
  });
  await apollo.start();

  const pages = path.join(__dirname, '..', 'playground');
  const servePlayground =
    playground && existsSync(pages)
      ? sirv(pages, {
          etag: true,
          setHeaders: (response, file) => {
            response.setHeader(
              'cache-control',
              file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
            );
          },
        })
      : null;

  async function graphql(request: IncomingMessage, response: ServerResponse, query: string): Promise<void> {
    allowOrigins?.(request, response, () => undefined);
    if (response.writableEnded) return; // a browser asked first whether it may
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    response.setHeader('cache-control', 'no-store');
    const sent = await parseBody(request, maxBodyBytes);
    const body = request.method === 'POST' && trusted ? trusted.inBody(sent) : sent;
    const search = request.method === 'GET' && trusted ? trusted.inSearch(query) : query;
    holdText(operationText(body, search), limits);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method!.toUpperCase(), headers, search, body },
      context: async () => {
        try {
          const identity = await authenticate(request.headers.authorization);
          await budget.admit(identity.viewer.userId);
          return new Context(db, identity, requestId, reauthenticationSeconds, checkpoints);
        } catch (error) {
          throw asGraphQLError(error);
        }
      },
    });
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.statusCode = statusOf(result);
    if (response.statusCode === errorCodes.UNAUTHENTICATED)
      response.setHeader('www-authenticate', challengeTo(request.headers.authorization));
    if (result.body.kind === 'complete') return void response.end(result.body.string);
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [pathname = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const search = query && `?${query}`;
    switch (pathname) {
      case '/graphql':
        return graphql(request, response, search);
      case '/health/live':
        return send(response, 200, { status: 'alive' });
      case '/health/ready':
        return db.query('select 1').then(
          () => send(response, 200, { status: 'ready' }),
          () => send(response, errorCodes.BUSY, { status: 'the database does not answer' }),
        );
      case '/':
        return send(response, 302, '', { location: '/playground/' });
      case '/playground':
        return send(response, 308, '', { location: '/playground/' });
    }
    const notFound = () =>
      send(response, 404, 'There is nothing here. The API is at /graphql, the playground at /playground.\n');
    if (!servePlayground || !pathname.startsWith('/playground/')) return notFound();
    request.url = pathname.slice('/playground'.length);
    playgroundHeaders(request, response, () => undefined);
    servePlayground(request, response, notFound);
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const { port: actualPort } = http.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    stop: () => apollo.stop(),
  };
}
