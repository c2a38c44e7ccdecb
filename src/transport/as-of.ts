/** `@asOf` on an operation: all of it is read at that instant, and the answer says at which. */
import type { ApolloServerPlugin } from '@apollo/server';
import { getDirectiveValues, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { asOfDirective } from '../graphql/as-of';
import type { Context } from '../graphql/context';
import { badInput } from '../versioning/errors';
import { asGraphQLError } from './error-codes';

function instantOf(operation: OperationDefinitionNode, variables: Record<string, unknown>): Date | undefined {
  try {
    return getDirectiveValues(asOfDirective, operation, variables)?.at as Date | undefined;
  } catch {
    throw badInput('@asOf takes an instant, not null. Leave the directive out to read the present.');
  }
}

export const asOf: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      async didResolveOperation({ schema, operation, request, contextValue }) {
        if (!operation?.directives?.length) return;
        // Variables that do not fit are reported by the execution itself.
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
        if (!coerced) return;
        try {
          const at = instantOf(operation, coerced);
          if (!at) return;
          contextValue.enterPast(at);
          await contextValue.closeStreams();
        } catch (error) {
          throw asGraphQLError(error);
        }
      },
      willSendResponse({ response, contextValue: { past } }) {
        if (past && response.body.kind === 'single')
          response.body.singleResult.extensions = {
            ...response.body.singleResult.extensions,
            asOf: past.at.toISOString(),
            ...(past.isRecorded() && { asOfBasis: 'RECORDED' }),
          };
        return Promise.resolve();
      },
    }),
};
