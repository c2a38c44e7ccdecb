import { getNamedType, isObjectType, type FieldNode } from 'graphql';
import { below, type AnyField, type Selections } from './selections';

/** Writes the selected members of a plain value; members have the names of the fields. */
export function valueWriter(
  selections: Selections,
  { type }: AnyField,
  nodes: readonly FieldNode[],
): (value: unknown) => string {
  const made = getNamedType(type);
  if (!isObjectType(made)) return (value) => JSON.stringify(value ?? null);
  const members = [...selections.collect(made, below(nodes))].map(([key, asked]) => {
    const { value } = asked[0]!.name;
    if (value === '__typename') return { key, write: () => `"${made.name}"` };
    const write = valueWriter(selections, made.getFields()[value]!, asked);
    return { key, write: (whole: unknown) => write((whole as Record<string, unknown>)[value]) };
  });
  const one = (value: unknown): string =>
    value === null ? 'null' : `{${members.map(({ key, write }) => `"${key}":${write(value)}`).join(',')}}`;
  return (value) => (Array.isArray(value) ? `[${value.map(one).join(',')}]` : one(value));
}
