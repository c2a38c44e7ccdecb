/** Between parsing and executing: what an operation carries can be kept, it asks for no more than it may, and is paid for. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Context } from '../graphql/context';
import type { Budget, BudgetHeaders } from './budget';
import { asGraphQLError, errorCodes } from './error-codes';
import { checkDocument, checkVariables } from './input-guard';
import { badRequest } from './refusals';
import { operationHold, weigh, type Limits } from './limits';

export type Charge = (
  operation: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly operation: OperationDefinitionNode;
  },
  variables: Record<string, unknown>,
  context: Context,
) => Promise<BudgetHeaders>;

/**
 * Refuses what cannot be kept or asks for more than it may, and has it paid for; answers what is told of that.
 * @param cost what an operation costs, unless it is refused
 */
const charged =
  (budget: Budget, cost: (...operation: Parameters<typeof weigh>) => number): Charge =>
  async ({ schema, document, operation }, variables, context) => {
    checkDocument(document);
    checkVariables(variables);
    const points = cost(schema, document, operation, variables);
    return { 'x-operation-cost': String(points), ...(await budget.spend(context.userId, points)) };
  };

/** The same of what clients ask, outside of Apollo Server. */
export const chargeOf = (limits: Limits, budget: Budget): Charge => charged(budget, operationHold(limits));

/** @param own documents of this program itself: how much they ask for was thought of, so that is only paid for */
export function guard(limits: Limits, budget: Budget, own: ReadonlySet<string>): ApolloServerPlugin<Context> {
  const charge = chargeOf(limits, budget);
  const chargeOwn = charged(budget, (...operation) => weigh(...operation).cost);
  return {
    requestDidStart: () => {
      let headers: BudgetHeaders = {};
      return Promise.resolve({
        async didResolveOperation({ schema, document, operation, request, contextValue: context }) {
          if (operation?.operation === 'subscription')
            throw asGraphQLError(
              badRequest('A subscription is told as it happens: send it with Accept: text/event-stream.'),
            );
          if (!operation) return; // which one is meant is for the execution to refuse
          try {
            const given = [{ schema, document, operation }, request.variables ?? {}, context] as const;
            headers = context.charged ?? (await (own.has(request.query!) ? chargeOwn : charge)(...given));
          } catch (error) {
            // Whoever may not ask at all is told that, and nothing else.
            throw asGraphQLError(
              await context.identify().then(
                () => error,
                (refusal: unknown) => refusal,
              ),
            );
          }
        },
        willSendResponse({ response }) {
          // Who may not ask is told no more than that, also where it was weighed before it was known.
          if (response.http.status === errorCodes.UNAUTHENTICATED) return Promise.resolve();
          for (const [name, value] of Object.entries(headers)) response.http.headers.set(name, value);
          return Promise.resolve();
        },
      });
    },
  };
}
