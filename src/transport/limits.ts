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
  type ValueNode,
} from 'graphql';
import { ASSUMED_LIST, DEFAULT_PAGE, MAX_ITEMS_PAGE } from '../graphql/connection';
import { limitExceeded } from './refusals';

export interface Limits {
  readonly maxJsonValues: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxCost: number;
}

/** How deep brackets, fragments in fragments, and JSON may be nested: far more than anybody needs, far less than a stack holds. */
export const MAX_NESTING = 64;

/** How long the text of an operation may be: it is read by itself several times, while variables are read once. */
export const MAX_OPERATION_LENGTH = 2 ** 20;

/** What a field of Mutation costs besides what is read from its payload: a transaction. */
const MUTATION_COST = 100;

/** What looking for a text costs: every item of a version may have to be looked at. */
const SEARCH_COST = 100;

/** So many characters of an argument cost a point. */
const CHARACTERS_PER_POINT = 1_000;

const hold = (measure: string, limit: number, actual: number, hint: string): void => {
  if (actual > limit) throw limitExceeded(measure, limit, actual, hint);
};

/** How many values a JSON text may hold: each takes room and time that its few characters do not tell of. */
export const holdValues = (limit: number, values: number): void =>
  hold('values', limit, values, 'Send fewer items at once, or fewer keys and entries in them.');

export const holdNesting = (levels: number): void => hold('nesting', MAX_NESTING, levels, 'Nest less deeply.');

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R];

/** Measures a text with the lexer that the parser will use, which needs no stack; what is no GraphQL is the parser's to refuse. */
export function holdText(text: string, { maxTokens }: Pick<Limits, 'maxTokens'>): void {
  hold('characters of an operation', MAX_OPERATION_LENGTH, text.length, 'Send long lists and texts as variables.');
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
  /** The way to the field that costs most. */
  readonly costliest: string;
}

/** What the arguments of fields cost: a point for each entry of a list, and for each thousand characters. */
class InputCost {
  /** A variable may be given to many fields, and is measured once. */
  readonly #known = new Map<string, number>();

  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  of(field: FieldNode): number {
    let cost = 0;
    for (const { name, value } of field.arguments ?? []) {
      cost += this.#ofLiteral(value);
      if (name.value === 'search') cost += SEARCH_COST;
    }
    return cost;
  }

  #ofLiteral(node: ValueNode): number {
    switch (node.kind) {
      case Kind.VARIABLE: {
        const name = node.name.value;
        let cost = this.#known.get(name);
        if (cost === undefined) this.#known.set(name, (cost = this.#ofValue(this.values[name])));
        return cost;
      }
      case Kind.LIST:
        return node.values.reduce((sum, entry) => sum + this.#ofLiteral(entry), node.values.length);
      case Kind.OBJECT:
        return node.fields.reduce((sum, { value }) => sum + this.#ofLiteral(value), 0);
      default:
        return 'value' in node ? this.#ofValue(node.value) : 0;
    }
  }

  #ofValue(value: unknown): number {
    if (typeof value === 'string') return Math.floor(value.length / CHARACTERS_PER_POINT);
    if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + this.#ofValue(entry), value.length);
    if (typeof value !== 'object' || value === null) return 0;
    let keys = 0;
    let cost = 0;
    for (const [key, entry] of Object.entries(value)) {
      keys += key.length;
      cost += this.#ofValue(entry);
    }
    return cost + Math.floor(keys / CHARACTERS_PER_POINT);
  }
}

/**
 * Depth, root fields and cost of an operation; validation has refused what is no operation of the schema. A field costs 1,
 * what it is given and what is below it; a list costs as much as it may have entries: its page where it is one, else an
 * assumed number.
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
  const input = new InputCost(values);

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
    const name = node.name.value;
    const given = input.of(node);
    if (!field || !node.selectionSet || !isCompositeType(type))
      return { depth: 1, fields: 1, cost: 1 + given, costliest: name };
    const asked = sizeAsked(field, node);
    const below = weighSelections(node.selectionSet, type, asked, above + 1);
    // Introspection is answered from memory, and graphql-js keeps its lists from being nested.
    const isList = isListType(getNullableType(field.type)) && !isIntrospectionType(type);
    const times = isList ? (asked ?? page ?? ASSUMED_LIST) : 1;
    const own = typeof field.extensions.cost === 'number' ? field.extensions.cost : 1;
    const cost = own + given + times * below.cost;
    const isBelow = times * below.cost > cost / 2;
    return { depth: below.depth + 1, fields: 1, cost, costliest: isBelow ? `${name}.${below.costliest}` : name };
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
    let heaviest: Weight | undefined;
    /** An object has one type: of what is asked of different ones, the most expensive counts. */
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
  const { depth, fields, cost, costliest } = weigh(...operation);
  hold('depth', limits.maxDepth, depth, 'Ask for what lies deeper in a request of its own.');
  hold('rootFields', limits.maxRootFields, fields, 'Ask in several requests.');
  hold(
    'cost',
    limits.maxCost,
    cost,
    `\`${costliest}\` costs most. Ask for smaller pages (\`first\`), for fewer lists within lists, or send less at once.`,
  );
  return cost;
}
