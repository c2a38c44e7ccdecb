import { Kind, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { Hold } from './hold';
import { weigh, type Prices, type Weighing, type Weight } from './weigh';

export interface OperationLimits {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxCost: number;
}

const counted = new WeakSet<DocumentNode>();

/** The measures of a document that do not depend on the operation; documents are cached, so each is measured once. */
function holdDocument(document: DocumentNode, { maxAliases, maxDirectives }: OperationLimits, hold: Hold): void {
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

type Operation = Parameters<typeof weigh> extends [...infer Asked, Weighing] ? Asked : never;

/** The number of weights cached per operation; beyond it, the operation is weighed on each request. */
const MAX_WEIGHTS = 100;
const weights = new WeakMap<Prices, WeakMap<OperationDefinitionNode, Map<string, Weight>>>();

/**
 * The cache key of an operation's weight: the numbers among its variables, and which variables are given. Null if a variable is a list, an
 * object or a long text, for which there is no short key.
 */
function formOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Operation[3],
  { charactersPerPoint }: Prices,
): string | null {
  let form = '';
  for (const { variable } of variableDefinitions) {
    const value = variables[variable.name.value] ?? null;
    if (typeof value === 'number') form += `${value} `;
    else if (value === null) form += 'null ';
    else if (typeof value === 'boolean') form += 'flag ';
    else if (typeof value === 'string' && value.length < charactersPerPoint) form += 'text ';
    else return null;
  }
  return form;
}

/** Caches weights by document and cache key. */
function weightOf(limits: Weighing, ...asked: Operation): Weight {
  const [, , operation, variables] = asked;
  const { prices } = limits;
  const form = formOf(operation, variables, prices);
  if (form === null) return weigh(...asked, limits);
  let ofAll = weights.get(prices);
  if (!ofAll) weights.set(prices, (ofAll = new WeakMap<OperationDefinitionNode, Map<string, Weight>>()));
  let known = ofAll.get(operation);
  if (!known) ofAll.set(operation, (known = new Map<string, Weight>()));
  let weight = known.get(form);
  if (weight) return weight;
  weight = weigh(...asked, limits);
  if (known.size < MAX_WEIGHTS) known.set(form, weight);
  return weight;
}

/** Refuses an operation that exceeds a limit; returns its cost. */
export function limitOperation(limits: OperationLimits & Weighing, ...operation: Operation): number {
  const { hold } = limits;
  holdDocument(operation[1], limits, hold);
  const { depth, fields, cost, costliest } = weightOf(limits, ...operation);
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
