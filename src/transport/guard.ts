/** Between parsing and executing: what an operation carries can be kept, it asks for no more than it may, and is paid for. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../graphql/context';
import type { Budget, BudgetHeaders } from './budget';
import { asGraphQLError, errorCodes } from './error-codes';
import { checkDocument, checkVariables } from './input-guard';
import { operationHold, weigh, type Limits } from './limits';

/** @param own documents of this program itself: how much they ask for was thought of, so that is only paid for */
export function guard(limits: Limits, budget: Budget, own: ReadonlySet<string>): ApolloServerPlugin<Context> {
  const hold = operationHold(limits);
  return {
    requestDidStart: () => {
      let headers: BudgetHeaders = {};
      return Promise.resolve({
        async didResolveOperation({ schema, document, operation, request, contextValue: context }) {
          if (!operation) return; // which one is meant is for the execution to refuse
          try {
            checkDocument(document);
            checkVariables(request.variables);
            const asked = [schema, document, operation, request.variables ?? {}] as const;
            const cost = own.has(request.query!) ? weigh(...asked).cost : hold(...asked);
            headers = { 'x-operation-cost': String(cost), ...(await budget.spend(context.userId, cost)) };
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
