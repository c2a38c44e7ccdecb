/**
 * HTTP in, HTTP out: health, the GraphQL endpoint, the playground's pages. Plain node:http, because everything a framework
 * would add is either done by Apollo Server already or not needed.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { getDirectiveValues, getVariableValues, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import sirv from 'sirv';
import type { Database } from '../database/database';
import { asOfDirective } from '../graphql/as-of';
import { Context } from '../graphql/context';
import { makeSchema } from '../graphql/schema';
import type { Checkpoints } from '../proof/checkpoints';
import { badInput } from '../versioning/errors';
import { authenticator, type TokenRules } from './authenticate';
import { asGraphQLError, errorCodes, errorFormatter } from './error-codes';
import { checkDocument, checkVariables, MAX_DEPTH, nestingOf } from './input-guard';

export interface ServerOptions {
  readonly db: Database;
  /** Which tokens are accepted. */
  readonly tokens: TokenRules;
  /** How old a sign-in may be for what is signed; 0 does not ask. */
  readonly reauthenticationSeconds: number;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly playground: boolean;
  readonly checkpoints?: Checkpoints | null;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  /** Finishes what is being answered, then closes. */
  stop(): Promise<void>;
}

/** The playground's own needs: everything from here, styles also inline (its editor makes them as it goes). */
const PLAYGROUND_CSP =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A request that is refused before GraphQL sees it. */
class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const guard: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ document, request }) {
        try {
          checkDocument(document);
          checkVariables(request.variables);
        } catch (error) {
          throw asGraphQLError(error);
        }
        return Promise.resolve();
      },
    }),
};

function instantOf(operation: OperationDefinitionNode, variables: Record<string, unknown>): Date | undefined {
  try {
    return getDirectiveValues(asOfDirective, operation, variables)?.at as Date | undefined;
  } catch {
    throw badInput('@asOf takes an instant, not null. Leave the directive out to read the present.');
  }
}

/** `@asOf` on an operation: all of it is read at that instant, and the answer says at which. */
const asOf: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      async didResolveOperation({ schema, operation, request, contextValue }) {
        if (!operation) return;
        // Variables that do not fit are reported by the execution itself.
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
        if (!coerced) return;
        try {
          const at = instantOf(operation, coerced);
          if (!at) return;
          contextValue.enterPast(at);
          await contextValue.settle();
        } catch (error) {
          throw asGraphQLError(error);
        }
      },
      willSendResponse({ response, contextValue: { past } }) {
        if (past && response.body.kind === 'single')
          response.body.singleResult.extensions = {
            ...response.body.singleResult.extensions,
            asOf: past.at.toISOString(),
          };
        return Promise.resolve();
      },
    }),
};

/** Strict: bytes that are no UTF-8 would otherwise be stored as other characters than were meant. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // The rest is read and thrown away, so that the client is still listening when it is told.
      if (size <= limit) chunks.push(chunk);
      else if (size > 4 * limit) request.destroy();
    });
    request.on('end', () =>
      size <= limit
        ? resolve(Buffer.concat(chunks))
        : reject(
            new HttpRefusal(
              413,
              'PAYLOAD_TOO_LARGE',
              `The request is larger than ${limit} bytes. Send fewer items at once.`,
            ),
          ),
    );
    request.on('error', reject);
    request.on('aborted', () => reject(new HttpRefusal(400, 'BAD_REQUEST', 'The request was cut off.')));
  });
}

async function parseBody(request: IncomingMessage, limit: number): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  const bytes = await readBody(request, limit);
  if (!/^application\/(json|graphql\+json)\b/i.test(request.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'BAD_REQUEST', 'Send the request as Content-Type: application/json.');
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new HttpRefusal(400, 'BAD_REQUEST', 'The body is not valid JSON in UTF-8.');
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

/** The text of the operation, wherever the request carries it. */
const operationText = (body: unknown, search: string): string => {
  const text = (body as { query?: unknown } | null | undefined)?.query ?? new URLSearchParams(search).get('query');
  return typeof text === 'string' ? text : '';
};

/** A parser that descends as deep as a text tells it to can be made to run out of stack, so this is asked before. */
function refuseDeepNesting(text: string): void {
  if (nestingOf(text) > MAX_DEPTH)
    throw new HttpRefusal(400, 'BAD_USER_INPUT', `The operation is nested more than ${MAX_DEPTH} levels deep.`);
}

const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
};

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
}: ServerOptions): Promise<RunningServer> {
  const authenticate = authenticator(db, tokens, logger);
  const http: Server = createServer((request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    void answer(request, response).catch((error: unknown) => {
      if (error instanceof HttpRefusal)
        return send(response, error.status, { errors: [{ message: error.message, extensions: { code: error.code } }] });
      logger.error({ err: error, url: request.url }, 'request failed');
      send(response, 500, {
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      });
    });
  });
  const apollo = new ApolloServer<Context>({
    schema: makeSchema(),
    introspection: true,
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
      guard,
      asOf,
    ],
  });
  await apollo.start();

  const pages = path.join(__dirname, '..', 'playground');
  const servePlayground =
    playground && existsSync(pages)
      ? sirv(pages, {
          etag: true,
          setHeaders: (response, file) => {
            response.setHeader('content-security-policy', PLAYGROUND_CSP);
            response.setHeader(
              'cache-control',
              file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
            );
          },
        })
      : null;

  async function graphql(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    const body = await parseBody(request, maxBodyBytes);
    refuseDeepNesting(operationText(body, search));
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method!.toUpperCase(), headers, search, body },
      context: async () => {
        try {
          const identity = await authenticate(request.headers.authorization);
          return new Context(db, identity, requestId, reauthenticationSeconds, checkpoints);
        } catch (error) {
          throw asGraphQLError(error);
        }
      },
    });
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.statusCode = result.status ?? 200;
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
