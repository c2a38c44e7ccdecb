/** `@asOf` on an operation: all of it is read at that instant, and the answer says at which. */
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { getDirectiveValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { asOfDirective } from '../graphql/as-of';
import type { Context } from '../graphql/context';
import { variablesOf } from '../graphql/variables';
import { badInput } from '../versioning/errors';
import { refusedAnswer } from './answers';
import { asGraphQLError, type errorFormatter } from './error-codes';

type Resolved = GraphQLRequestContextDidResolveOperation<Context>;

function instantOf(operation: OperationDefinitionNode, variables: Record<string, unknown>): Date | undefined {
  try {
    return getDirectiveValues(asOfDirective, operation, variables)?.at as Date | undefined;
  } catch {
    throw badInput('@asOf takes an instant, not null. Leave the directive out to read the present.');
  }
}

/** Has everything read at the instant that the operation names, if it does. */
export function enterPast(
  { schema, operation }: { readonly schema: GraphQLSchema; readonly operation?: OperationDefinitionNode | undefined },
  variables: Record<string, unknown>,
  context: Context,
): void {
  if (!operation?.directives?.length) return;
  // Variables that do not fit are reported by the execution itself.
  const coerced = variablesOf(schema, operation, variables);
  if (!coerced) return;
  try {
    const at = instantOf(operation, coerced);
    if (at) context.enterPast(at);
  } catch (error) {
    throw asGraphQLError(error);
  }
}

/** What an answer of the past says besides its data. */
export const extensionsOf = ({ past }: Context): Record<string, string> | null =>
  past && { asOf: past.at.toISOString(), ...(past.isRecorded() && { asOfBasis: 'RECORDED' }) };

const resolve = ({ request, contextValue, ...known }: Resolved): void =>
  enterPast(known, request.variables ?? {}, contextValue);

/** Stands behind what answers by plans, which looks at the streams itself: only the resolvers need that of the reference data closed. */
export const asOf = (formatError: ReturnType<typeof errorFormatter>): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: (resolved) => Promise.resolve(resolved).then(resolve),
      async responseForOperation({ contextValue }) {
        try {
          await contextValue.closeStreams();
          return null;
        } catch (error) {
          return refusedAnswer(error, formatError);
        }
      },
      willSendResponse({ response, contextValue }) {
        const extensions = extensionsOf(contextValue);
        if (extensions && response.body.kind === 'single')
          response.body.singleResult.extensions = { ...response.body.singleResult.extensions, ...extensions };
        return Promise.resolve();
      },
    }),
});
