/**
 * How much one operation may ask for. A text is measured before it is parsed (a parser descends as deep as it is told to,
 * and takes as long), a document when it is known which operation is meant with which variables. Whatever is refused is
 * refused with the measure, its limit and what was asked for.
 */
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import * as limits from '../../packages/graphql-limits';
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
const MAX_NESTING = 64;

/** How long the text of an operation may be: it is read by itself several times, while variables are read once. */
const MAX_OPERATION_LENGTH = 2 ** 20;

const hold: limits.Hold = (measure, limit, actual, hint) => {
  if (actual > limit) throw limitExceeded(measure, limit, actual, hint);
};

const weighing = {
  maxNesting: MAX_NESTING,
  hold,
  prices: {
    mutation: 100, // a transaction
    arguments: { search: 100, filter: 100 }, // every entry of a list may have to be looked at
    charactersPerPoint: 1_000,
    defaultPage: DEFAULT_PAGE,
    largestPage: MAX_ITEMS_PAGE,
    assumedList: ASSUMED_LIST,
  },
};

/** How many values a JSON text may hold: each takes room and time that its few characters do not tell of. */
export const holdValues = (limit: number, values: number): void =>
  hold('values', limit, values, 'Send fewer items at once, or fewer keys and entries in them.');

export const holdNesting = (levels: number): void => hold('nesting', MAX_NESTING, levels, 'Nest less deeply.');

/** What is no GraphQL is the parser's to refuse. */
export const holdText = (text: string, { maxTokens }: Pick<Limits, 'maxTokens'>): void =>
  limits.holdText(text, { maxCharacters: MAX_OPERATION_LENGTH, maxTokens, maxNesting: MAX_NESTING }, hold);

type Operation = [GraphQLSchema, DocumentNode, OperationDefinitionNode, Readonly<Record<string, unknown>>];

export const weigh = (...operation: Operation): limits.Weight => limits.weigh(...operation, weighing);

/** Refuses an operation that asks for more than it may; answers what it costs. */
export function operationHold(most: Limits): (...operation: Operation) => number {
  const held = { ...most, ...weighing };
  return (...operation) => limits.holdOperation(held, ...operation);
}
