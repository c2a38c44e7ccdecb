/**
 * Subscriptions as server-sent events, as the protocol of graphql-sse has it (distinct connections). What a client has not read yet
 * is not kept here: the next commit is looked at when the last one has left, since the log has them all. Who the client is and what
 * they may see and spend is judged anew for each.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { LogFollowers } from '../database/log-followers';
import type { Context } from '../graphql/context';
import type { News } from '../graphql/declare';
import { plainRequest, type PlainRequest } from './at-once';
import type { errorFormatter } from './error-codes';
import type { Charge } from './guard';
import type { ApiRequest } from './http';
import type { Measures } from './measures';
import { CLIENT_NAME_HEADER } from './metrics-endpoint';
import { badRequest, limitExceeded } from './refusals';

/** As often as proxies and clients want to see that the connection lives, in milliseconds. */
const HEARTBEAT_EVERY = 12_000;
/** A client that takes nothing for so long is gone, in milliseconds. */
const MAX_STALL = 30_000;
/** How many subscriptions one person may have at this server. */
const MAX_OPEN = 100;

interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly followers: LogFollowers;
  readonly contextOf: (request: ApiRequest) => Promise<Context>;
  readonly charge: Charge;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly measures: Measures | null;
  /** Whether a refusal may name what there is instead. */
  readonly introspection: boolean;
}

interface Subscription extends PlainRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/**
 * Whether a request is answered as events: of those that take nothing else, and of subscriptions. Some clients name all that they
 * know with every operation.
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
    return false; // what is wrong with it is told to those who ask for JSON
  }
}

export function liveEndpoint({
  schema,
  followers,
  contextOf,
  charge,
  formatError,
  measures,
  introspection,
}: LiveOptions) {
  const open = new Map<number, number>();

  const formatted = (error: unknown) =>
    formatError(error instanceof GraphQLError ? error.toJSON() : { message: String(error) }, error);
  const refused = (errors: readonly unknown[]): ExecutionResult => ({ errors: errors.map(formatted) as never });

  /** What was asked for, or what is wrong with it. */
  function read(request: PlainRequest): Subscription | readonly GraphQLError[] {
    let document: DocumentNode;
    try {
      document = parse(request.query);
    } catch (error) {
      return [withCode(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')];
    }
    const errors = validate(schema, document);
    if (errors.length > 0)
      return errors.map((error) =>
        withCode(introspection ? error : withoutSuggestion(error), 'GRAPHQL_VALIDATION_FAILED'),
      );
    const operation = getOperationAST(document, request.operationName);
    if (operation?.operation !== 'subscription')
      throw badRequest(
        'Only a subscription is answered as text/event-stream. Send queries and mutations with Accept: application/json.',
      );
    return { ...request, document, operation };
  }

  /** Each answer in its turn, the last one perhaps a refusal. */
  async function* answers(api: ApiRequest, asked: Subscription, news: News): AsyncGenerator<ExecutionResult> {
    const { document, operation, variables } = asked;
    try {
      for await (const tell of news) {
        const contextValue = await contextOf(api);
        await charge({ schema, document, operation }, variables, contextValue);
        const rootValue = await tell(contextValue);
        if (rootValue === null) continue;
        const result = await execute({
          schema,
          document,
          rootValue,
          contextValue,
          variableValues: variables,
          operationName: asked.operationName,
        });
        yield result.errors ? { ...result, errors: result.errors.map(formatted) as never } : result;
      }
    } catch (error) {
      yield refused([error]);
    }
  }

  return async function subscribe(api: ApiRequest, body: unknown, response: ServerResponse): Promise<void> {
    const request = plainRequest(body);
    if (api.request.method !== 'POST' || !request)
      throw badRequest(
        'Send a subscription by POST, as JSON with `query`, and `variables` and `operationName` if need be.',
      );
    const context = await contextOf(api);
    const asked = read(request);
    if ('length' in asked) {
      api.note.noteOutcome((asked[0]!.extensions.code as string | undefined) ?? 'BAD_USER_INPUT');
      return tellAll(response, [refused(asked)]);
    }
    api.note.noteOperation(asked.operation);
    const headers = await charge({ schema, ...asked }, asked.variables, context);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    measures?.noteUses({ schema, ...asked }, asked.variables, api.request.headers[CLIENT_NAME_HEADER]);

    const { userId } = context;
    const count = open.get(userId) ?? 0;
    if (count >= MAX_OPEN)
      throw limitExceeded(
        'open subscriptions',
        MAX_OPEN,
        count + 1,
        'End some, or follow a workflow instead of its versions.',
      );
    open.set(userId, count + 1);
    try {
      context.followers = followers;
      const { document, variables, operationName } = asked;
      const source = await createSourceEventStream(schema, document, undefined, context, variables, operationName);
      if (!(Symbol.asyncIterator in source)) return await tellAll(response, [refused(source.errors ?? [])]);
      const news = source as News & { return(): unknown };
      response.once('close', () => void news.return());
      if (response.destroyed) news.return();
      await tellAll(response, answers(api, asked, news));
    } finally {
      const left = open.get(userId)! - 1;
      if (left > 0) open.set(userId, left);
      else open.delete(userId);
    }
  };
}

// Both as Apollo Server says it.
const withoutSuggestion = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message.replace(/ ?Did you mean.*\?$/s, ''), error);
const withCode = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  });

/** Sends answers as events, each when the one before has left. */
async function tellAll(
  response: ServerResponse,
  answers: Iterable<ExecutionResult> | AsyncIterable<ExecutionResult>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  // Some browsers take no notice of headers alone.
  response.write(':\n\n');
  const heartbeat = setInterval(() => !response.writableNeedDrain && response.write(':\n\n'), HEARTBEAT_EVERY);
  try {
    for await (const answer of answers) await write(response, `event: next\ndata: ${JSON.stringify(answer)}\n\n`);
    await write(response, 'event: complete\ndata:\n\n');
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await once(response, 'drain', { signal: AbortSignal.timeout(MAX_STALL) }).catch(() => response.destroy());
}
