import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/**
 * Coerces an operation's variables; undefined if they are invalid, which execution then reports. It stops at the first error, since a
 * request may contain hundreds of thousands.
 */
export const variablesOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined =>
  getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 }).coerced;
