/**
 * A normalised client cache: it stores every field of every object under the object's id, whichever query returned it, and shows it
 * wherever the object appears. This one never overwrites: a field that arrives with another value is a contradiction.
 */
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
type Answered = Readonly<Record<string, unknown>>;

interface Request {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
}

/** Each text is read once. */
const documents = new Map<string, DocumentNode>();
function documentOf(query: string): DocumentNode {
  let document = documents.get(query);
  if (!document) documents.set(query, (document = parse(query, { noLocation: true })));
  return document;
}

export class Cache {
  /** Objects by id, and values without an id by their path; each with its fields and their arguments. */
  readonly records = new Map<string, Map<string, string>>();
  readonly contradictions = new Set<string>();

  /** @param idOf the id that an object is kept under */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly idOf = (id: string): string => id,
  ) {}

  /** @param root the key of the root fields, which belong to no object */
  keep(query: string, variables: Variables, data: unknown, root: string): void {
    const document = documentOf(query);
    const operation = document.definitions.find(
      (node): node is OperationDefinitionNode => node.kind === 'OperationDefinition',
    )!;
    const fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === 'FragmentDefinition' ? [[node.name.value, node]] : [])),
    );
    this.keepObject({ fragments, variables }, [operation.selectionSet], data as Answered, 'Query', root);
  }

  /** The selected fields of an object of a type, by response name. */
  private fieldsOf(request: Request, sets: readonly SelectionSetNode[], typeName: string): Map<string, FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const applies = (condition: string | undefined): boolean => {
      const type = condition === undefined ? undefined : this.schema.getType(condition);
      if (!type || type.name === typeName) return true;
      return isAbstractType(type) && this.schema.isSubType(type, this.schema.getType(typeName) as never);
    };
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const node of selections)
        if (node.kind === 'Field') {
          const name = node.alias?.value ?? node.name.value;
          fields.set(name, [...(fields.get(name) ?? []), node]);
        } else {
          const fragment = node.kind === 'FragmentSpread' ? request.fragments.get(node.name.value)! : node;
          if (applies(fragment.typeCondition?.name.value)) collect(fragment.selectionSet);
        }
    };
    sets.forEach(collect);
    return fields;
  }

  /** @returns what it is kept under */
  private keepObject(
    request: Request,
    sets: readonly SelectionSetNode[],
    data: Answered,
    type: string,
    place: string,
  ): string {
    const fields = this.fieldsOf(request, sets, type);
    const idName = [...fields].find(([, [node]]) => node!.name.value === 'id')?.[0];
    const declared = this.schema.getType(type);
    const isNode = isObjectType(declared) && declared.getInterfaces().some(({ name }) => name === 'Node');
    const record = isNode && idName ? this.idOf(data[idName] as string) : place;
    for (const [name, nodes] of fields) {
      const [node] = nodes as [FieldNode];
      if (node.name.value.startsWith('__') || node.name.value === 'id') continue;
      const args = node.arguments!.map(
        (argument) => [argument.name.value, valueFromASTUntyped(argument.value, request.variables)] as const,
      );
      const field = `${node.name.value}${args.length > 0 ? JSON.stringify(Object.fromEntries(args)) : ''}`;
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      const { type: kind } = (declared as GraphQLObjectType).getFields()[node.name.value]!;
      this.note(record, field, this.valueOf(request, below, data[name], getNamedType(kind).name, `${record}.${field}`));
    }
    return record;
  }

  /** A plain value as it is; an object as what it is kept under. */
  private valueOf(
    request: Request,
    below: readonly SelectionSetNode[],
    value: unknown,
    type: string,
    place: string,
  ): unknown {
    if (below.length === 0 || value === null || value === undefined) return value ?? null;
    if (Array.isArray(value))
      return value.map((entry, index) => this.valueOf(request, below, entry, type, `${place}[${index}]`));
    const of = isInterfaceType(this.schema.getType(type)) ? (value as { __typename: string }).__typename : type;
    return this.keepObject(request, below, value as Answered, of, place);
  }

  private note(record: string, field: string, value: unknown): void {
    let fields = this.records.get(record);
    if (!fields) this.records.set(record, (fields = new Map()));
    const text = JSON.stringify(value);
    const kept = fields.get(field);
    if (kept === undefined) fields.set(field, text);
    else if (kept !== text) this.contradictions.add(`${record}.${field}: ${kept} or ${text}`);
  }
}
