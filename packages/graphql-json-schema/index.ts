/**
 * GraphQL types as JSON Schema (2020-12): the accepted values of an input type, and the response of a selection. Named types and fragments
 * become components of the same name, with the descriptions of the schema.
 */
import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isScalarType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export type JsonSchema = Readonly<Record<string, unknown>>;

const scalars: Readonly<Record<string, JsonSchema>> = {
  String: { type: 'string' },
  ID: { type: 'string' },
  Boolean: { type: 'boolean' },
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number' },
  UUID: { type: 'string', format: 'uuid' },
  Date: { type: 'string', format: 'date' },
  DateTime: { type: 'string', format: 'date-time' },
  JSONObject: { type: 'object' },
  JSON: {},
};

const orNull = (schema: JsonSchema): JsonSchema =>
  typeof schema.type === 'string'
    ? { ...schema, type: [schema.type, 'null'] }
    : Object.keys(schema).length > 0
      ? { anyOf: [...((schema.anyOf as JsonSchema[] | undefined) ?? [schema]), { type: 'null' }] }
      : schema;

const described = (schema: JsonSchema, description: string | null | undefined): JsonSchema =>
  description ? { ...schema, description } : schema;

type Parent = GraphQLObjectType | GraphQLInterfaceType;

export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {};

  /** @param taken schemas of what scalars accept, by name, where that is more than they return */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly taken: Readonly<Record<string, JsonSchema>> = {},
  ) {}

  /** The schema of the values a scalar accepts. */
  ofInputScalar = (name: string): JsonSchema => this.taken[name] ?? scalars[name]!;

  /** The schema of an object of input fields. */
  ofInputFields(fields: readonly GraphQLInputField[]): JsonSchema {
    const required = fields.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);
    return {
      type: 'object',
      properties: Object.fromEntries(
        fields.map(({ name, type, description }) => [name, described(this.ofInput(type), description)]),
      ),
      ...(required.length > 0 && { required: required.map(({ name }) => name) }),
      additionalProperties: false,
    };
  }

  private ofInput(type: GraphQLInputType): JsonSchema {
    if (!isNonNullType(type)) return orNull(this.ofSetInput(type));
    return this.ofSetInput(type.ofType);
  }

  private ofSetInput(type: Exclude<GraphQLInputType, { ofType: never }>): JsonSchema {
    if (isNonNullType(type)) return this.ofInput(type);
    if (isListType(type)) return { type: 'array', items: this.ofInput(type.ofType) };
    if (isScalarType(type)) return this.ofInputScalar(type.name);
    if (!isInputObjectType(type)) return this.ofLeaf(type);
    const fields = Object.values(type.getFields());
    // The path already says which one it is.
    if (type.isOneOf) return { anyOf: fields.map((field) => this.ofSetInput(getNullableType(field.type))) };
    return this.component(type.name, () => described(this.ofInputFields(fields), type.description));
  }

  /** The schema of a document's response at a path in its data. */
  ofAnswer(document: DocumentNode, path: readonly string[]): JsonSchema {
    const fragments = new Map<string, FragmentDefinitionNode>();
    let operation!: OperationDefinitionNode;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
      else if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
    let parent = this.schema.getRootType(operation.operation) as Parent;
    let { selectionSet } = operation;
    for (const name of path) {
      const node = selectionSet.selections.find(
        (selection): selection is FieldNode => selection.kind === Kind.FIELD && selection.name.value === name,
      )!;
      parent = getNullableType(parent.getFields()[name]!.type) as Parent;
      selectionSet = node.selectionSet!;
    }
    return this.ofSelection(parent, selectionSet, fragments);
  }

  private ofSelection(
    parent: Parent,
    { selections }: SelectionSetNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): JsonSchema {
    const spread = selections
      .filter((selection): selection is FragmentSpreadNode => selection.kind === Kind.FRAGMENT_SPREAD)
      .map(({ name }) => {
        const { typeCondition, selectionSet } = fragments.get(name.value)!;
        const on = typeFromAST(this.schema, typeCondition) as Parent;
        return this.component(name.value, () => this.ofSelection(on, selectionSet, fragments));
      });
    const nodes = selections.filter((selection): selection is FieldNode => selection.kind === Kind.FIELD);
    if (nodes.length === 0 && spread.length === 1) return spread[0]!;
    const properties = nodes.map((node): [string, JsonSchema] => {
      const { type, description } = parent.getFields()[node.name.value]!;
      return [node.name.value, described(this.ofOutput(type, node.selectionSet, fragments), description)];
    });
    const own = {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: properties.map(([name]) => name),
    };
    return spread.length > 0 ? { allOf: [...spread, own] } : own;
  }

  private ofOutput(
    type: GraphQLOutputType,
    selectionSet: SelectionSetNode | undefined,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): JsonSchema {
    const set = getNullableType(type);
    const schema = isListType(set)
      ? { type: 'array', items: this.ofOutput(set.ofType, selectionSet, fragments) }
      : isLeafType(set)
        ? this.ofLeaf(set)
        : this.ofSelection(set as Parent, selectionSet!, fragments);
    return isNonNullType(type) ? schema : orNull(schema);
  }

  private ofLeaf(type: GraphQLNamedType): JsonSchema {
    if (!isEnumType(type)) return scalars[type.name]!;
    const values = type.getValues().map(({ name }) => name);
    return this.component(type.name, () => described({ type: 'string', enum: values }, type.description));
  }

  private component(name: string, make: () => JsonSchema): JsonSchema {
    if (!(name in this.components)) {
      this.components[name] = {}; // reserves its place before its references
      this.components[name] = make();
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}
