/**
 * Ids of immutable objects. Some objects never change: a commit, an item of a version that came into force. But they link to objects that
 * do, and client caches store links with the object: under a single id, a client in the present would be shown the linked version as it was
 * then. So such an object has the same id at all times only if the selection leads to nothing that changes; otherwise its id contains the
 * instant.
 */
import {
  getNamedType,
  isLeafType,
  isObjectType,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Marks a plain field whose value changes although its object does not. */
export const CHANGES = { changes: true };

type Fragments = GraphQLResolveInfo['fragments'];

/** All selected fields, for whatever type; fields that a type lacks are skipped later. */
function fieldsOf(fragments: Fragments, sets: readonly SelectionSetNode[]): FieldNode[] {
  return sets.flatMap(({ selections }) =>
    selections.flatMap((node) => {
      if (node.kind === 'Field') return node;
      const fragment = node.kind === 'FragmentSpread' ? fragments[node.name.value]! : node;
      return fieldsOf(fragments, [fragment.selectionSet]);
    }),
  );
}

const below = (fields: readonly FieldNode[]): SelectionSetNode[] =>
  fields.flatMap(({ selectionSet }) => selectionSet ?? []);

/** Whether a selection on a type leads to an object that changes, or contains a value that does. */
function leadsOn(fragments: Fragments, type: GraphQLNamedType, sets: readonly SelectionSetNode[]): boolean {
  if (!isObjectType(type)) return true;
  return fieldsOf(fragments, sets).some((node) => {
    const field = type.getFields()[node.name.value];
    if (!field) return false;
    if (isLeafType(getNamedType(field.type))) return field.extensions.changes === true;
    const next = getNamedType(field.type);
    return (isNode(next) && !keepsItsId.has(next.name)) || leadsOn(fragments, next, below([node]));
  });
}

const isNode = (type: GraphQLNamedType): boolean =>
  !isObjectType(type) || type.getInterfaces().some(({ name }) => name === 'Node');

/** Types whose objects are immutable whenever their parent is. */
const keepsItsId = new Set(['RowChange', 'ItemDecision']);

/** Results by operation, so that each operation is examined once, however long its answer is. */
const known = new WeakMap<OperationDefinitionNode, Map<string, boolean>>();

/** Whether the selection on the object being resolved leads to something that changes. */
export function leadsToChange(info: GraphQLResolveInfo): boolean {
  const names: string[] = [];
  for (let step = info.path.prev; step; step = step.prev) if (typeof step.key === 'string') names.unshift(step.key);
  let places = known.get(info.operation);
  if (!places) known.set(info.operation, (places = new Map<string, boolean>()));
  const place = `${info.parentType.name} ${names.join(' ')}`;
  let leads = places.get(place);
  if (leads === undefined) {
    const sets = names.reduce<SelectionSetNode[]>(
      (sets, name) => below(fieldsOf(info.fragments, sets).filter((node) => (node.alias ?? node.name).value === name)),
      [info.operation.selectionSet],
    );
    places.set(place, (leads = leadsOn(info.fragments, info.parentType, sets)));
  }
  return leads;
}
