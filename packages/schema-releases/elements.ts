/** Lists everything in a schema that can be deprecated, by name. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';

/** `Type.field`, `Type.field(argument)`, or `Enum.VALUE`. */
export interface Element {
  readonly name: string;
  readonly deprecationReason?: string | null;
  readonly type?: GraphQLType;
}

export function elementsOf(schema: GraphQLSchema): Element[] {
  const elements: Element[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        const name = `${type.name}.${field.name}`;
        elements.push({ ...field, name });
        for (const arg of field.args) elements.push({ ...arg, name: `${name}(${arg.name})` });
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        elements.push({ ...field, name: `${type.name}.${field.name}` });
    if (isEnumType(type))
      for (const value of type.getValues())
        elements.push({ name: `${type.name}.${value.name}`, deprecationReason: value.deprecationReason });
  }
  return elements;
}

/** The type of an element, if it has one. */
export const namedTypesOf = ({ type }: Element): string[] => (type ? [getNamedType(type).name] : []);

/** The members of a union and the implementations of an interface: using the one means using the others. */
export function membersOf(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name);
  return isUnionType(type) || isInterfaceType(type)
    ? schema.getPossibleTypes(type).map((possible) => possible.name)
    : [];
}
