/** Answers given without executing an operation. */
import { HeaderMap, type GraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { asGraphQLError, type errorFormatter } from './error-codes';

type Answer = Pick<GraphQLResponse, 'http' | 'body'>;

export const singleAnswer = (singleResult: FormattedExecutionResult, status?: number): Answer => ({
  http: { status, headers: new HeaderMap() },
  body: { kind: 'single', singleResult },
});

/** The answer for a request that is refused as a whole, as if that had been known from the start. */
export function refusedAnswer(error: unknown, formatError: ReturnType<typeof errorFormatter>): Answer {
  const refusal = asGraphQLError(error);
  const { message, extensions } = refusal as GraphQLError;
  const { status } = (extensions?.http ?? {}) as { status?: number };
  const formatted: GraphQLFormattedError = formatError({ message, extensions }, refusal);
  return singleAnswer({ errors: [formatted] }, status ?? 500);
}
