import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/**
 * What the variables of an operation are; undefined where they do not fit, which the execution reports. It is known at the
 * first that does not, so the others are not looked at: each would cost an error, and there may be hundreds of thousands.
 */
export const variablesOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined =>
  getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 }).coerced;
