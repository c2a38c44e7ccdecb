/**
 * How much one operation may ask for. A text is measured before it is parsed (a parser descends as deep as it is told to,
 * and takes as long), a document when it is known which operation is meant with which variables. Whatever is refused is
 * refused with the measure, its limit and what was asked for.
 */
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
  Lexer,
  OperationTypeNode,
  SchemaMetaFieldDef,
  Source,
  TokenKind,
  TypeMetaFieldDef,
  valueFromASTUntyped,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ASSUMED_LIST, DEFAULT_PAGE, MAX_ITEMS_PAGE } from '../graphql/connection';
import { limitExceeded } from './refusals';

export interface Limits {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxCost: number;
}

/** How deep brackets, fragments in fragments, and JSON may be nested: far more than anybody needs, far less than a stack holds. */
export const MAX_NESTING = 64;

/** What a field of Mutation costs besides what is read from its payload: a transaction. */
const MUTATION_COST = 100;

const hold = (measure: string, limit: number, actual: number, hint: string): void => {
  if (actual > limit) throw limitExceeded(measure, limit, actual, hint);
};

export const holdNesting = (levels: number): void => hold('nesting', MAX_NESTING, levels, 'Nest less deeply.');

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R];

/** Measures a text with the lexer that the parser will use, which needs no stack; what is no GraphQL is the parser's to refuse. */
export function holdText(text: string, { maxTokens }: Pick<Limits, 'maxTokens'>): void {
  const lexer = new Lexer(new Source(text));
  const next = () => {
    try {
      return lexer.advance().kind;
    } catch {
      return TokenKind.EOF;
    }
  };
  let tokens = 0;
  let nesting = 0;
  for (let kind = next(); kind !== TokenKind.EOF; kind = next()) {
    hold('tokens', maxTokens, ++tokens, 'Send long lists and texts as variables, or ask in several requests.');
    if (OPENING.includes(kind)) holdNesting(++nesting);
    else if (CLOSING.includes(kind)) nesting--;
  }
}

const counted = new WeakSet<DocumentNode>();

/** What does not depend on which operation is meant; documents are cached, so each is counted once. */
function holdDocument(document: DocumentNode, { maxAliases, maxDirectives }: Limits): void {
  if (counted.has(document)) return;
  let aliases = 0;
  let directives = 0;
  visit(document, {
    [Kind.FIELD]: ({ alias }) => {
      if (alias) aliases++;
    },
    [Kind.DIRECTIVE]: () => {
      directives++;
    },
  });
  hold('aliases', maxAliases, aliases, 'Ask for the same field less often in one operation.');
  hold('directives', maxDirectives, directives, 'Use fewer directives.');
  counted.add(document);
}

interface Weight {
  readonly depth: number;
  readonly fields: number;
  readonly cost: number;
}

/**
 * Depth, root fields and cost of an operation; validation has refused what is no operation of the schema. A field costs 1
 * and what is below it; a list costs as much as it may have entries: its page where it is one, else an assumed number.
 */
export function weigh(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const values: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    values[variable.name.value] = variables[variable.name.value] ?? (defaultValue && valueFromASTUntyped(defaultValue));
  const known = new Map<string, Weight>();

  /** How many entries are asked for: of a connection by its page's size, of a list of objects by naming each. */
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
    const size = [given('first'), given('last'), DEFAULT_PAGE].find((one) => typeof one === 'number' && one >= 0);
    // A larger page than there is anywhere is refused by the list itself, which says how large it may be.
    return Math.min(size as number, MAX_ITEMS_PAGE);
  }

  function weighField(parent: GraphQLCompositeType, node: FieldNode, page: number | undefined, above: number): Weight {
    const field = fieldOf(schema, parent, node.name.value);
    const type = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(type)) return { depth: 1, fields: 1, cost: 1 };
    const asked = sizeAsked(field, node);
    const below = weighSelections(node.selectionSet, type, asked, above + 1);
    // Introspection is answered from memory, and graphql-js keeps its lists from being nested.
    const isList = isListType(getNullableType(field.type)) && !isIntrospectionType(type);
    const times = isList ? (asked ?? page ?? ASSUMED_LIST) : 1;
    const own = typeof field.extensions.cost === 'number' ? field.extensions.cost : 1;
    return { depth: below.depth + 1, fields: 1, cost: own + times * below.cost };
  }

  /** `page` is the size of the connection that the selection is of, if it is: it counts for `edges` and `nodes`. */
  function weighSelections(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    page: number | undefined,
    above: number,
  ): Weight {
    holdNesting(above);
    let depth = 0;
    let fields = 0;
    let cost = 0;
    /** An object has one type: of what is asked of different ones, the most expensive counts. */
    const exclusive = new Map<string, number>();
    for (const selection of selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? weighField(type, selection, page, above)
          : weighFragment(selection, type, page, above);
      depth = Math.max(depth, weight.depth);
      fields += weight.fields;
      const of = selection.kind === Kind.FIELD ? undefined : conditionOf(selection);
      if (of !== undefined && isAbstractType(type) && isObjectType(schema.getType(of)))
        exclusive.set(of, (exclusive.get(of) ?? 0) + weight.cost);
      else cost += weight.cost;
    }
    return { depth, fields, cost: cost + Math.max(0, ...exclusive.values()) };
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
    // Fragments that spread each other twice would otherwise be walked as often as there are ways to them.
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
    ? { ...weight, cost: weight.cost + MUTATION_COST * weight.fields }
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

/** Refuses an operation that asks for more than it may; answers what it costs. */
export function holdOperation(limits: Limits, ...operation: Parameters<typeof weigh>): number {
  holdDocument(operation[1], limits);
  const { depth, fields, cost } = weigh(...operation);
  hold('depth', limits.maxDepth, depth, 'Ask for what lies deeper in a request of its own.');
  hold('rootFields', limits.maxRootFields, fields, 'Ask in several requests.');
  hold('cost', limits.maxCost, cost, 'Ask for smaller pages (`first`), or for fewer lists within lists.');
  return cost;
}
