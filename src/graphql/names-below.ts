import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/** The names of all fields selected below, through fragments: a superset, for it includes what a directive skips and other types' fields. */
export function namesBelow({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): Set<string> {
  const names = new Set<string>();
  const spread = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        if (!spread.has(name)) collect(fragments[name]?.selectionSet);
        spread.add(name);
      } else {
        if (selection.kind === Kind.FIELD) names.add(selection.name.value);
        collect(selection.selectionSet);
      }
    }
  };
  for (const node of fieldNodes) collect(node.selectionSet);
  return names;
}
