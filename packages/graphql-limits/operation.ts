import { Kind, visit, type DocumentNode } from 'graphql';
import type { Hold } from './hold';
import { weigh, type Weighing } from './weigh';

export interface OperationLimits {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxRootFields: number;
  readonly maxCost: number;
}

const counted = new WeakSet<DocumentNode>();

/** What does not depend on which operation is meant; documents are cached, so each is counted once. */
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

/** Refuses an operation that asks for more than it may; answers what it costs. */
export function holdOperation(limits: OperationLimits & Weighing, ...operation: Operation): number {
  const { hold } = limits;
  holdDocument(operation[1], limits, hold);
  const { depth, fields, cost, costliest } = weigh(...operation, limits);
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
