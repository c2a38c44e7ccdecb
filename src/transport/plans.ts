/**
 * Answers operations by their plans, when Apollo Server has parsed, checked, weighed and charged them, and before it would execute
 * them. A plan knows only what is well: in all other cases the operation is executed as if there were none.
 */
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type FormattedExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../graphql/context';
import { GiveUp } from '../graphql/plan/given-up';
import { PhasesOfVersions, PlannedOperation } from '../graphql/plan/operation';
import { isRefusal, type errorFormatter } from './error-codes';
import { refusedAnswer, singleAnswer } from './answers';

/** Data that is JSON already. */
class JsonText {
  constructor(readonly json: string) {}
}

export function stringifyResult(result: FormattedExecutionResult): string {
  const { data, ...others } = result;
  if (!(data instanceof JsonText)) return JSON.stringify(result);
  const rest = JSON.stringify(others);
  return `{"data":${data.json}${rest === '{}' ? '' : `,${rest.slice(1, -1)}`}}`;
}

/** How many texts are remembered, and how long they may be. */
const MAX_TEXTS = 1_000;
const MAX_TEXT_LENGTH = 20_000;

/** The plans of a server. */
export class ReadPlans {
  /** Beside the documents that Apollo Server keeps. */
  readonly #operations = new WeakMap<OperationDefinitionNode, PlannedOperation>();
  readonly #phases = new PhasesOfVersions();
  /** Texts of operations that a plan has answered before. */
  readonly #answered = new Set<string>();

  hasAnswered = (text: string): boolean => this.#answered.has(text);

  async answer(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Record<string, unknown>,
    context: Context,
  ): Promise<string | null> {
    let planned = this.#operations.get(operation);
    if (!planned) {
      planned = new PlannedOperation(schema, document, operation, this.#phases);
      this.#operations.set(operation, planned);
    }
    return planned.answer(context, variables);
  }

  noteAnswer(text: string): void {
    if (this.#answered.size >= MAX_TEXTS) this.#answered.clear();
    if (text.length <= MAX_TEXT_LENGTH) this.#answered.add(text);
  }
}

export const answerByPlan = (
  plans: ReadPlans,
  formatError: ReturnType<typeof errorFormatter>,
  logger: Logger,
): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      async responseForOperation({ schema, document, operation, request, source, contextValue: context }) {
        // Only answers over HTTP may be texts: the facade reads what it gets.
        if (request.http && operation) {
          try {
            const json = await plans.answer(schema, document, operation, request.variables ?? {}, context);
            if (json !== null) {
              plans.noteAnswer(source);
              return singleAnswer({ data: new JsonText(json) as never });
            }
          } catch (error) {
            if (!(error instanceof GiveUp || error instanceof GraphQLError || isRefusal(error)))
              logger.error({ err: error }, 'a plan failed, and the resolvers answered');
          }
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
