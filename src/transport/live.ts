/**
 * Subscriptions, whichever way they are sent. What a client has not read yet is not kept here: the next commit is looked at when the
 * last one has left, since the log has them all. Who the client is and what they may see and spend is judged anew for each.
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
import type { LogFollowers } from '../database/log-followers';
import type { Context } from '../graphql/context';
import type { News } from '../graphql/declare';
import type { PlainRequest } from './at-once';
import type { errorFormatter } from './error-codes';
import type { Charge } from './guard';
import type { Measures } from './measures';
import { CLIENT_NAME_HEADER } from './metrics-endpoint';
import { Places } from './places';
import { badRequest, limitExceeded } from './refusals';
import type { RequestNote } from './request-log';

/** As often as proxies and clients want to see that the connection lives, in milliseconds. */
export const HEARTBEAT_EVERY_MS = 12_000;
/** How many subscriptions one person may have at this server. */
export const MAX_OPEN = 100;

/** Who asks, as each commit asks it anew. */
export interface Asking {
  readonly request: Pick<IncomingMessage, 'headers'>;
  readonly requestId: string;
  readonly note: RequestNote;
}

export interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly followers: LogFollowers;
  readonly contextOf: (asking: Asking) => Promise<Context>;
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

/** A subscription that has begun, or what is wrong with it. */
export type Begun =
  | { readonly errors: readonly Error[] }
  | { readonly headers: Readonly<Record<string, string>>; readonly document: DocumentNode; readonly answers: Telling };

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
  const places = new Places(MAX_OPEN);

  const formatted = (error: unknown) =>
    formatError(error instanceof GraphQLError ? error.toJSON() : { message: String(error) }, error);

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
        'Only a subscription is told as it happens. Send queries and mutations by POST, with Accept: application/json.',
      );
    return { ...request, document, operation };
  }

  /** Each answer in its turn, the last one perhaps a refusal. */
  async function* answers(asking: Asking, asked: Subscription, news: News): AsyncGenerator<ExecutionResult> {
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
        yield result.errors ? { ...result, errors: result.errors.map(formatted) as never } : result;
      }
    } catch (error) {
      yield { errors: [formatted(error) as never] };
    }
  }

  /** Takes the place of one more subscription of a person; answers how to give it back. */
  function takePlace(userId: number): () => void {
    const leave = places.take(userId);
    if (leave) return leave;
    throw limitExceeded(
      'open subscriptions',
      MAX_OPEN,
      MAX_OPEN + 1,
      'End some, or follow a workflow instead of its versions.',
    );
  }

  /** Begins what was asked for. Who may not ask at all, or not that much, is refused by an error. */
  async function begin(asking: Asking, request: PlainRequest): Promise<Begun> {
    const context = await contextOf(asking);
    const asked = read(request);
    if ('length' in asked) {
      asking.note.noteOutcome((asked[0]!.extensions.code as string | undefined) ?? 'BAD_USER_INPUT');
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
        return { errors: source.errors ?? [] };
      }
      const news = source as News & { return(): unknown };
      return { headers, document, answers: new Telling(answers(asking, asked, news), news, leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }
  return { begin, formatted };
}

/** What is told to one subscriber. Whoever ends it ends also what is being waited for, as a generator alone would not. */
export class Telling implements AsyncGenerator<ExecutionResult, undefined> {
  #isOver = false;

  constructor(
    private readonly answers: AsyncGenerator<ExecutionResult>,
    private readonly news: { return(): unknown },
    private leave: () => void,
  ) {}

  /** What is done when it has ended. */
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
