import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Hold } from './hold';
import { InputCost, type InputPrices } from './input-cost';

export interface Prices extends InputPrices {
  /** The additional cost of a mutation field. */
  readonly mutation: number;
  /** The default and the maximum page size of a connection. */
  readonly defaultPage: number;
  readonly largestPage: number;
  /** The assumed length of a list without pages. */
  readonly assumedList: number;
}

export interface Weighing {
  readonly prices: Prices;
  readonly maxNesting: number;
  readonly hold: Hold;
}

export interface Weight {
  readonly depth: number;
  readonly fields: number;
  readonly cost: number;
  /** The path of the most expensive field. */
  readonly costliest: string;
}

/**
 * The depth, root fields and cost of a valid operation. A field costs 1, plus its arguments, plus its selection. The cost of a list is
 * multiplied by its page size, or by an assumed length if it has no pages.
 */
export function weigh(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  { prices, maxNesting, hold }: Weighing,
): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const values: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    values[variable.name.value] = variables[variable.name.value] ?? (defaultValue && valueFromASTUntyped(defaultValue));
  const known = new Map<string, Weight>();
  const input = new InputCost(values, prices);

  /** The number of requested entries: a connection's page size, or the length of a list of ids. */
  function sizeAsked({ args }: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
    const given = (name: string) => {
      const argument = node.arguments?.find((one) => one.name.value === name);
      return argument && valueFromASTUntyped(argument.value, values);
    };
    const takes = (name: string) => args.some((argument) => argument.name === name);
    if (takes('ids')) {
      const ids = given('ids');
      return Array.isArray(ids) ? ids.length : 1;
    }
    if (!takes('first')) return undefined;
    const size = [given('first'), given('last'), prices.defaultPage].find((one) => typeof one === 'number' && one >= 0);
    // A page size above every limit is refused by the list itself, whose message names its limit.
    return Math.min(size as number, prices.largestPage);
  }

  function weighField(parent: GraphQLCompositeType, node: FieldNode, page: number | undefined, above: number): Weight {
    const field = fieldOf(schema, parent, node.name.value);
    const type = field && getNamedType(field.type);
    const name = node.name.value;
    const given = input.of(node);
    if (!field || !node.selectionSet || !isCompositeType(type))
      return { depth: 1, fields: 1, cost: 1 + given, costliest: name };
    const asked = sizeAsked(field, node);
    const below = weighSelections(node.selectionSet, type, asked, above + 1);
    // Introspection is answered from memory, and graphql-js limits the nesting of its lists.
    const isList = isListType(getNullableType(field.type)) && !isIntrospectionType(type);
    const times = isList ? (asked ?? page ?? prices.assumedList) : 1;
    const own = typeof field.extensions.cost === 'number' ? field.extensions.cost : 1;
    const cost = own + given + times * below.cost;
    const isBelow = times * below.cost > cost / 2;
    return { depth: below.depth + 1, fields: 1, cost, costliest: isBelow ? `${name}.${below.costliest}` : name };
  }

  /** `page` is the page size if the selection is of a connection: it multiplies `edges` and `nodes`. */
  function weighSelections(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    page: number | undefined,
    above: number,
  ): Weight {
    hold('nesting', maxNesting, above, 'Nest less deeply.');
    let depth = 0;
    let fields = 0;
    let cost = 0;
    let heaviest: Weight | undefined;
    /** An object has one type, so of the selections for different types the most expensive counts. */
    const exclusive = new Map<string, number>();
    let mostExclusive = 0;
    for (const selection of selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? weighField(type, selection, page, above)
          : weighFragment(selection, type, page, above);
      depth = Math.max(depth, weight.depth);
      fields += weight.fields;
      if (!heaviest || weight.cost > heaviest.cost) heaviest = weight;
      const of = selection.kind === Kind.FIELD ? undefined : conditionOf(selection);
      if (of !== undefined && isAbstractType(type) && isObjectType(schema.getType(of)))
        exclusive.set(of, (exclusive.get(of) ?? 0) + weight.cost);
      else cost += weight.cost;
    }
    for (const own of exclusive.values()) mostExclusive = Math.max(mostExclusive, own);
    return { depth, fields, cost: cost + mostExclusive, costliest: heaviest?.costliest ?? '' };
  }

  type Fragment = Exclude<SelectionSetNode['selections'][number], FieldNode>;

  function conditionOf(fragment: Fragment): string | undefined {
    return fragment.kind === Kind.INLINE_FRAGMENT
      ? fragment.typeCondition?.name.value
      : fragments.get(fragment.name.value)!.typeCondition.name.value;
  }

  function weighFragment(
    fragment: Fragment,
    type: GraphQLCompositeType,
    page: number | undefined,
    above: number,
  ): Weight {
    const condition = conditionOf(fragment);
    const within = condition === undefined ? type : (schema.getType(condition) as GraphQLCompositeType);
    if (fragment.kind === Kind.INLINE_FRAGMENT) return weighSelections(fragment.selectionSet, within, page, above + 1);
    // Memoized: fragments that spread each other repeatedly would otherwise be visited once per path.
    const key = `${fragment.name.value} ${page}`;
    let weight = known.get(key);
    if (!weight) {
      weight = weighSelections(fragments.get(fragment.name.value)!.selectionSet, within, page, above + 1);
      known.set(key, weight);
    }
    return weight;
  }

  const weight = weighSelections(operation.selectionSet, schema.getRootType(operation.operation)!, undefined, 0);
  return operation.operation === OperationTypeNode.MUTATION
    ? { ...weight, cost: weight.cost + prices.mutation * weight.fields }
    : weight;
}

function fieldOf(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name && parent === schema.getQueryType()) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name && parent === schema.getQueryType()) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
