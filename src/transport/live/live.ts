/**
 * Subscriptions, independent of the transport. Nothing is buffered for slow clients: the next commit is read from the log after the last
 * one was sent. The client's identity, rights and rate limit are checked again for each commit.
 */
import type { IncomingMessage } from 'node:http';
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
import type { LogSubscriptions } from '../../database/live/log-subscriptions';
import type { Context } from '../../graphql/context';
import type { Updates } from '../../graphql/declare';
import type { PlainRequest } from '../operations/fast-path';
import type { errorFormatter } from '../errors/error-codes';
import type { Charge } from '../limits/guard';
import type { Measures } from '../metrics/measures';
import { CLIENT_NAME_HEADER } from '../metrics/metrics-endpoint';
import { Slots } from '../limits/slots';
import { badRequest, limitExceeded } from '../errors/refusals';
import type { RequestNote } from '../http/request-log';

/** How often proxies and clients expect a sign of life, in milliseconds. */
export const HEARTBEAT_EVERY_MS = 12_000;
/** The maximum number of subscriptions per person on this server. */
export const MAX_OPEN = 100;

/** The client's request, used to authenticate again for each commit. */
export interface Asking {
  readonly request: Pick<IncomingMessage, 'headers'>;
  readonly requestId: string;
  readonly note: RequestNote;
}

export interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly followers: LogSubscriptions;
  readonly contextOf: (asking: Asking) => Promise<Context>;
  readonly charge: Charge;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly measures: Measures | null;
  /** Whether errors may suggest existing names. */
  readonly introspection: boolean;
}

interface Subscription extends PlainRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** A started subscription, or the errors in it. */
export type Begun =
  | { readonly errors: readonly Error[] }
  | {
      readonly headers: Readonly<Record<string, string>>;
      readonly document: DocumentNode;
      readonly answers: EventStream;
    };

export type Live = ReturnType<typeof liveOperations>;

export function liveOperations({
  schema,
  followers,
  contextOf,
  charge,
  formatError,
  measures,
  introspection,
}: LiveOptions) {
  const places = new Slots(MAX_OPEN);

  const formatted = (error: unknown) =>
    formatError(error instanceof GraphQLError ? error.toJSON() : { message: String(error) }, error);

  /** The parsed subscription, or the errors in it. */
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
        'Only subscriptions are answered as events. Send queries and mutations by POST, with Accept: application/json.',
      );
    return { ...request, document, operation };
  }

  /** The answers in order; the last one may be a refusal. */
  async function* answers(asking: Asking, asked: Subscription, news: Updates): AsyncGenerator<ExecutionResult> {
    const { document, operation, variables } = asked;
    try {
      for await (const tell of news) {
        const contextValue = await contextOf(asking);
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
        for (const error of result.errors ?? []) asking.note.noteError(error);
        yield result.errors ? { ...result, errors: result.errors.map(formatted) as never } : result;
      }
    } catch (error) {
      asking.note.noteError(error);
      yield { errors: [formatted(error) as never] };
    }
  }

  /** Takes a place for one more subscription of a person; returns the function that releases it. */
  function takePlace(userId: number): () => void {
    const leave = places.take(userId);
    if (leave) return leave;
    throw limitExceeded(
      'open subscriptions',
      MAX_OPEN,
      MAX_OPEN + 1,
      'Close some, or follow a workflow instead of its versions.',
    );
  }

  /** Starts a subscription. Throws if the client may not use the API, or exceeds its limits. */
  async function begin(asking: Asking, request: PlainRequest): Promise<Begun> {
    const context = await contextOf(asking);
    const asked = read(request);
    if ('length' in asked) {
      asking.note.noteError(asked[0]);
      return { errors: asked };
    }
    asking.note.noteOperation(asked.operation);
    const { document, variables, operationName } = asked;
    const headers = await charge({ schema, ...asked }, variables, context);
    const clientName = asking.request.headers[CLIENT_NAME_HEADER];
    measures?.noteUses({ schema, ...asked }, variables, clientName);
    const leave = takePlace(context.userId);
    try {
      context.followers = followers;
      const source = await createSourceEventStream(schema, document, undefined, context, variables, operationName);
      if (!(Symbol.asyncIterator in source)) {
        leave();
        for (const error of source.errors ?? []) asking.note.noteError(error);
        return { errors: source.errors ?? [] };
      }
      const news = source as Updates & { return(): unknown };
      return { headers, document, answers: new EventStream(answers(asking, asked, news), news, leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }
  return { begin, formatted };
}

/** The answers to one subscriber. Ending it also resolves a pending `next()`, which a generator alone would not do. */
export class EventStream implements AsyncGenerator<ExecutionResult, undefined> {
  #isOver = false;

  constructor(
    private readonly answers: AsyncGenerator<ExecutionResult>,
    private readonly news: { return(): unknown },
    private leave: () => void,
  ) {}

  /** Registers what to do at the end. */
  onEnd(done: () => void): void {
    const { leave } = this;
    this.leave = () => {
      leave();
      done();
    };
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    const result = await this.answers.next();
    if (result.done) this.#end();
    return result.done ? { done: true, value: undefined } : result;
  }

  return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<never> {
    this.#end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.news.return();
    this.leave();
  }
}

// Both mimic Apollo Server.
const withoutSuggestion = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message.replace(/ ?Did you mean.*\?$/s, ''), error);
const withCode = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  });
