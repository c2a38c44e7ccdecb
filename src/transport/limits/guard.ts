/** Between parsing and execution: checks that the input can be stored unchanged, enforces the limits, and charges the cost. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Context } from '../../graphql/context';
import type { Budget, BudgetHeaders } from './budget';
import { asGraphQLError, errorCodes } from '../errors/error-codes';
import { checkDocument, checkVariables } from './input-guard';
import { badRequest } from '../errors/refusals';
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
 * Checks an operation and charges its cost; returns the rate-limit headers.
 * @param cost the cost of an operation, unless it is refused
 */
const charged =
  (budget: Budget, cost: (...operation: Parameters<typeof weigh>) => number): Charge =>
  async ({ schema, document, operation }, variables, context) => {
    checkDocument(document);
    checkVariables(variables);
    const points = cost(schema, document, operation, variables);
    return { 'x-operation-cost': String(points), ...(await budget.spend(context.userId, points)) };
  };

/** The same for clients' operations outside of Apollo Server. */
export const chargeOf = (limits: Limits, budget: Budget): Charge => charged(budget, operationHold(limits));

/** @param own the program's own documents, which are charged without applying limits */
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
              badRequest('A subscription is answered as events: send it with Accept: text/event-stream.'),
            );
          if (!operation) return; // execution refuses an ambiguous operation
          try {
            const given = [{ schema, document, operation }, request.variables ?? {}, context] as const;
            headers = context.charged ?? (await (own.has(request.query!) ? chargeOwn : charge)(...given));
          } catch (error) {
            // A caller who may not use the API learns only that.
            throw asGraphQLError(
              await context.identify().then(
                () => error,
                (refusal: unknown) => refusal,
              ),
            );
          }
        },
        willSendResponse({ response }) {
          // A caller who may not use the API gets no rate-limit headers, even if the operation was weighed before that was known.
          if (response.http.status === errorCodes.UNAUTHENTICATED) return Promise.resolve();
          for (const [name, value] of Object.entries(headers)) response.http.headers.set(name, value);
          return Promise.resolve();
        },
      });
    },
  };
}
