/** The breaking changes of a schema since its last release, except for removals whose announced date has come. */
import { BreakingChangeType, findBreakingChanges, type BreakingChange, type GraphQLSchema } from 'graphql';
import { elementsOf, membersOf, namedTypesOf, type Element } from './elements';

const DAY = /\b(\d{4}-\d{2}-\d{2})\b/;

/** The last day of a deprecated element; null if its reason names none. */
const lastDay = ({ deprecationReason }: Element): string | null => DAY.exec(deprecationReason ?? '')?.[1] ?? null;

/** How graphql-js names removals. */
const removed: Partial<Record<BreakingChangeType, RegExp>> = {
  [BreakingChangeType.FIELD_REMOVED]: /^(?<element>\w+\.\w+) was removed\.$/,
  [BreakingChangeType.ARG_REMOVED]: /^(?<field>\w+\.\w+) arg (?<arg>\w+) was removed\.$/,
  [BreakingChangeType.VALUE_REMOVED_FROM_ENUM]: /^(?<value>\w+) was removed from enum type (?<type>\w+)\.$/,
};

/** The name of a removed element, as in `elementsOf`; null for other kinds of change. */
function nameOf({ type, description }: BreakingChange): string | null {
  const named = removed[type]?.exec(description)?.groups;
  if (!named) return null;
  return named.element ?? (named.arg ? `${named.field}(${named.arg})` : `${named.type}.${named.value}`);
}

/**
 * The changes that break clients of the released schema.
 * @param today a calendar date, YYYY-MM-DD
 */
export function brokenSince(released: GraphQLSchema, schema: GraphQLSchema, today: string): BreakingChange[] {
  const elements = new Map(elementsOf(released).map((element) => [element.name, element]));
  const isDue = (name: string): boolean => {
    const until = lastDay(elements.get(name) ?? { name });
    return until !== null && until < today;
  };
  // A type may go together with the last element of that type.
  const used = new Set<string>();
  const use = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const member of membersOf(released, name)) use(member);
    for (const element of elements.values())
      if (element.name.startsWith(`${name}.`) && !isDue(element.name)) namedTypesOf(element).forEach(use);
  };
  for (const root of [released.getQueryType(), released.getMutationType(), released.getSubscriptionType()])
    if (root) use(root.name);
  return findBreakingChanges(released, schema).filter((change) => {
    if (change.type === BreakingChangeType.TYPE_REMOVED) {
      const [name] = change.description.split(' ');
      return used.has(name!);
    }
    const name = nameOf(change);
    return name === null || !isDue(name);
  });
}

/** Deprecated elements without an end date. */
export const undatedDeprecations = (schema: GraphQLSchema): string[] =>
  elementsOf(schema).flatMap((element) =>
    element.deprecationReason != null && lastDay(element) === null ? [element.name] : [],
  );
