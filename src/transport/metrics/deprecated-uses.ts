/** The deprecated parts of the schema that an operation uses, as schema coordinates, to count who must be told before they are removed. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

interface Deprecable {
  readonly deprecationReason?: string | null;
}
const isDeprecated = (thing: Deprecable | null | undefined): boolean => thing?.deprecationReason != null;

/** The deprecated parts used by the text of a document. */
export function deprecatedIn(schema: GraphQLSchema, document: DocumentNode): string[] {
  const used = new Set<string>();
  const types = new TypeInfo(schema);
  const note = (thing: Deprecable | null | undefined, coordinate: () => string): void => {
    if (isDeprecated(thing)) used.add(coordinate());
  };
  const place = () => `${types.getParentType()!.name}.${types.getFieldDef()!.name}`;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () => note(types.getFieldDef(), place),
      Argument: () => note(types.getArgument(), () => `${place()}(${types.getArgument()!.name}:)`),
      ObjectField({ name }) {
        const type = getNamedType(types.getParentInputType());
        if (isInputObjectType(type)) note(type.getFields()[name.value], () => `${type.name}.${name.value}`);
      },
      EnumValue: () =>
        note(types.getEnumValue(), () => `${getNamedType(types.getInputType())!.name}.${types.getEnumValue()!.name}`),
    }),
  );
  return [...used];
}

/** The deprecated parts used by the variables of an operation, as sent. */
export function deprecatedInVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): string[] {
  const used = new Set<string>();
  const within = (type: GraphQLInputType | undefined, value: unknown): void => {
    if (!type || value === null || value === undefined) return;
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      for (const entry of Array.isArray(value) ? value : [value]) within(nullable.ofType, entry);
    } else if (isEnumType(nullable)) {
      if (typeof value === 'string' && isDeprecated(nullable.getValue(value))) used.add(`${nullable.name}.${value}`);
    } else if (isInputObjectType(nullable)) {
      for (const field of Object.values(nullable.getFields())) {
        const given = (value as Record<string, unknown>)[field.name];
        if (given !== undefined && isDeprecated(field)) used.add(`${nullable.name}.${field.name}`);
        within(field.type, given);
      }
    }
  };
  for (const { variable, type } of variableDefinitions)
    within(typeFromAST(schema, type as never) as GraphQLInputType | undefined, variables[variable.name.value]);
  return [...used];
}
