/**
 * The limits of an operation. The text is measured before it is parsed (a parser recurses as deep as its input demands, and takes as long),
 * the document once the operation and variables are known. A refusal states the measure, its limit and the actual value.
 */
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import * as limits from '../../../packages/graphql-limits';
import { ASSUMED_LIST, DEFAULT_PAGE, MAX_ITEMS_PAGE } from '../../graphql/connection';
import { limitExceeded } from '../errors/refusals';

export interface Limits {
  readonly maxJsonValues: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxCost: number;
}

/** The maximum nesting of brackets, fragments and JSON: far more than needed, far less than the stack holds. */
const MAX_NESTING = 64;

/** The maximum length of an operation's text, which is scanned several times, while variables are read once. */
const MAX_OPERATION_LENGTH = 2 ** 20;

const hold: limits.Hold = (measure, limit, actual, hint) => {
  if (actual > limit) throw limitExceeded(measure, limit, actual, hint);
};

const weighing = {
  maxNesting: MAX_NESTING,
  hold,
  prices: {
    mutation: 100, // a transaction
    arguments: { search: 100, filter: 100 }, // every entry of a list may have to be examined
    charactersPerPoint: 1_000,
    defaultPage: DEFAULT_PAGE,
    largestPage: MAX_ITEMS_PAGE,
    assumedList: ASSUMED_LIST,
  },
};

/** The maximum number of values in a JSON text: each costs memory and time out of proportion to its few characters. */
export const limitValues = (limit: number, values: number): void =>
  hold('values', limit, values, 'Send fewer items at once, or fewer keys and entries in them.');

export const limitNesting = (levels: number): void => hold('nesting', MAX_NESTING, levels, 'Nest less deeply.');

/** Invalid GraphQL is left to the parser to refuse. */
export const limitText = (text: string, { maxTokens }: Pick<Limits, 'maxTokens'>): void =>
  limits.holdText(text, { maxCharacters: MAX_OPERATION_LENGTH, maxTokens, maxNesting: MAX_NESTING }, hold);

type Operation = [GraphQLSchema, DocumentNode, OperationDefinitionNode, Readonly<Record<string, unknown>>];

export const weigh = (...operation: Operation): limits.Weight => limits.weigh(...operation, weighing);

/** Refuses an operation that exceeds the limits; returns its cost. */
export function operationHold(most: Limits): (...operation: Operation) => number {
  const held = { ...most, ...weighing };
  return (...operation) => limits.holdOperation(held, ...operation);
}
