/**
 * Answers operations by plans, after Apollo Server has parsed, validated, weighed and charged them, and before it would execute them. A
 * plan answers only if everything is in order; otherwise the operation is executed as if there were no plan.
 */
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type FormattedExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Database } from '../../database/connection/database';
import type { Context } from '../../graphql/context';
import { PlanAborted } from '../../graphql/plan/plan-errors';
import { PlanCaches } from '../../graphql/plan/rights-cache';
import { PhasesOfVersions, PlannedOperation } from '../../graphql/plan/operation';
import { readsViewer } from '../../graphql/version/command-inputs';
import { isRefusal, type errorFormatter } from '../errors/error-codes';
import { refusedAnswer, singleAnswer } from '../errors/answers';
import { MAX_WEIGHT, weightOf } from './parsed-documents';

/** Data that is JSON text already. */
class JsonText {
  constructor(readonly json: string) {}
}

export function stringifyResult(result: FormattedExecutionResult): string {
  const { data, ...others } = result;
  if (!(data instanceof JsonText)) return JSON.stringify(result);
  const rest = JSON.stringify(others);
  return `{"data":${data.json}${rest === '{}' ? '' : `,${rest.slice(1, -1)}`}}`;
}

/** The maximum number of cached Accept headers. */
const MAX_ACCEPTED = 100;

/** An operation that Apollo Server has parsed and validated. */
export interface KnownOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The plans of a server. */
export class ReadPlans {
  /** Weak, so that they live as long as the documents that Apollo Server caches. */
  readonly #operations = new WeakMap<OperationDefinitionNode, PlannedOperation>();
  readonly #phases = new PhasesOfVersions();
  readonly #kept: PlanCaches;
  /** Operations that a plan has answered, by text and name; the cache is as large as Apollo Server's. */
  readonly #answered = new LRUCache<string, Map<string | null, KnownOperation>>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (_, text) => weightOf(text),
  });
  /** Texts of operations that are a single commit, with the same limit. */
  readonly #committing = new LRUCache<string, true>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: (_, text) => weightOf(text),
  });
  readonly #contentTypes = new Map<string, string>();

  constructor(db: Database) {
    this.#kept = new PlanCaches(db);
  }

  /** Whether its plan or its commit reads the viewer. */
  identifies = (text: string): boolean => this.#answered.has(text) || this.#committing.has(text);

  known = (text: string, operationName: string | null): KnownOperation | undefined =>
    this.#answered.get(text)?.get(operationName);

  async answer(
    { schema, document, operation }: KnownOperation,
    variables: Record<string, unknown>,
    context: Context,
  ): Promise<string | null> {
    let planned = this.#operations.get(operation);
    if (!planned) {
      planned = new PlannedOperation(schema, document, operation, this.#phases, this.#kept);
      this.#operations.set(operation, planned);
    }
    return planned.answer(context, variables);
  }

  noteAnswer(text: string, operationName: string | null, known: KnownOperation): void {
    let ofText = this.#answered.get(text);
    if (!ofText) this.#answered.set(text, (ofText = new Map<string | null, KnownOperation>()));
    ofText.set(operationName, known);
  }

  noteCommitting(text: string): void {
    if (!this.#committing.has(text)) this.#committing.set(text, true);
  }

  /** The content type that Apollo Server chose for an Accept header. */
  contentTypeFor = (accept = ''): string | undefined => this.#contentTypes.get(accept);

  noteContentType(accept = '', contentType: string | undefined): void {
    if (contentType !== undefined && this.#contentTypes.size < MAX_ACCEPTED)
      this.#contentTypes.set(accept, contentType);
  }
}

/** Giving up is not a failure. */
export function noteFailure(error: unknown, logger: Logger): void {
  if (!(error instanceof PlanAborted || error instanceof GraphQLError || isRefusal(error)))
    logger.error({ err: error }, 'a plan failed, and the resolvers answered');
}

/** People who may not use the API are told that and nothing else, even if something else failed before the viewer was read. */
export const refuseUnidentified = (formatError: ReturnType<typeof errorFormatter>): ApolloServerPlugin<Context> => ({
  requestDidStart: () => {
    let refused: ReturnType<typeof refusedAnswer> | null = null;
    return Promise.resolve({
      async didEncounterErrors({ contextValue: context }) {
        await context.identify().catch((error: unknown) => (refused = refusedAnswer(error, formatError)));
      },
      // Hooks of the same name run concurrently, so what the others read must be set synchronously.
      willSendResponse({ response }) {
        if (refused) {
          response.http.status = refused.http.status;
          response.body = refused.body;
        }
        return Promise.resolve();
      },
    });
  },
});

export const answerByPlan = (
  plans: ReadPlans,
  formatError: ReturnType<typeof errorFormatter>,
  logger: Logger,
): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      async responseForOperation({ schema, document, operation, request, source, contextValue: context }) {
        // Only answers over HTTP may be text, since the facade reads the data.
        if (request.http && operation && !context.isGivenUp) {
          const known = { schema, document, operation };
          const json = await plans.answer(known, request.variables ?? {}, context).catch((error: unknown) => {
            noteFailure(error, logger);
            return null;
          });
          if (json !== null) {
            plans.noteAnswer(source, request.operationName ?? null, known);
            return singleAnswer({ data: new JsonText(json) as never });
          }
        }
        if (operation && readsViewer(operation)) {
          plans.noteCommitting(source);
          return null;
        }
        try {
          await context.identify();
          return null;
        } catch (error) {
          return refusedAnswer(error, formatError);
        }
      },
    }),
});
