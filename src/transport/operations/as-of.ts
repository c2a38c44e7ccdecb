/** `@asOf` on an operation: everything is read as of that instant, and the answer states it. */
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { getDirectiveValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { asOfDirective } from '../../graphql/as-of';
import type { Context } from '../../graphql/context';
import { variablesOf } from '../../graphql/variables';
import { badInput } from '../../versioning/errors';
import { refusedAnswer } from '../errors/answers';
import { asGraphQLError, type errorFormatter } from '../errors/error-codes';

type Resolved = GraphQLRequestContextDidResolveOperation<Context>;

function instantOf(operation: OperationDefinitionNode, variables: Record<string, unknown>): Date | undefined {
  try {
    return getDirectiveValues(asOfDirective, operation, variables)?.at as Date | undefined;
  } catch {
    throw badInput('@asOf takes an instant, not null. Leave the directive out to read the present.');
  }
}

/** Switches the request to the instant that the operation names, if any. */
export function enterPast(
  { schema, operation }: { readonly schema: GraphQLSchema; readonly operation?: OperationDefinitionNode | undefined },
  variables: Record<string, unknown>,
  context: Context,
): void {
  if (!operation?.directives?.length) return;
  // Execution reports invalid variables.
  const coerced = variablesOf(schema, operation, variables);
  if (!coerced) return;
  try {
    const at = instantOf(operation, coerced);
    if (at) context.enterPast(at);
  } catch (error) {
    throw asGraphQLError(error);
  }
}

/** The `extensions` of an answer about the past. */
export const extensionsOf = ({ past }: Context): Record<string, string> | null =>
  past && { asOf: past.at.toISOString(), ...(past.isRecorded() && { asOfBasis: 'RECORDED' }) };

const resolve = ({ request, contextValue, ...known }: Resolved): void =>
  enterPast(known, request.variables ?? {}, contextValue);

/** Registered after the plugin for plans, which closes streams itself: only resolvers need the reference stream closed. */
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
