/**
 * Some objects never change: a commit, an item of a version that came into force. Yet their links lead to what does, and a
 * client keeps the link with the object: under one id, the present would be shown the version as it was then. So such an
 * object has one id at all times where nothing is asked of it that leads to what changes, and elsewhere that of its instant.
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

/** All fields that are selected, whichever type they are for: what is not of a type is left out when it is looked at. */
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

/** Whether something selected of a type leads to an object that changes, or is a value that does. */
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

/** Those that last whenever what they hang on does. */
const keepsItsId = new Set(['RowChange', 'ItemDecision']);

/** An operation is looked through once, however long its answer is. */
const known = new WeakMap<OperationDefinitionNode, Map<string, boolean>>();

/** Whether what is asked of the object whose field is resolved leads to what changes. */
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
