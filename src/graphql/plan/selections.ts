/** Collects the selection for each concrete type, through fragments, aliases and directives, as graphql-js does. */
import {
  getDirectiveValues,
  getArgumentValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { holdsNodeIds } from '../node-ids';
import { NotPlanned } from './plan-errors';

export type AnyField = GraphQLField<unknown, unknown>;

/** The sub-selections of fields. */
export const below = (nodes: readonly FieldNode[]): SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

export class Selections {
  constructor(
    readonly schema: GraphQLSchema,
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private variables: Record<string, unknown>,
  ) {}

  /**
   * Drops the variables of the request that a shape was compiled for; everything that depends on them is the same for all requests of the
   * shape.
   */
  forgetVariables(): void {
    this.variables = {};
  }

  typeNamed = (name: string): GraphQLObjectType => this.schema.getType(name) as GraphQLObjectType;

  argumentsOf(field: AnyField, node: FieldNode): Record<string, unknown> {
    const given = getArgumentValues(field, node, this.variables);
    if (holdsNodeIds(given)) throw new NotPlanned('an id of an object in the place of a UUID');
    return given;
  }

  /** The selected fields of a concrete type, by response name. */
  collect(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    found = new Map<string, FieldNode[]>(),
    spread = new Set<string>(),
  ): Map<string, FieldNode[]> {
    for (const selection of sets.flatMap(({ selections }) => selections)) {
      if (getDirectiveValues(GraphQLSkipDirective, selection, this.variables)?.if === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, this.variables)?.if === false) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        found.set(name, [...(found.get(name) ?? []), selection]);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value)! : selection;
      if (this.#isFor(fragment.typeCondition?.name.value, type))
        this.collect(type, [fragment.selectionSet], found, spread);
    }
    return found;
  }

  #isFor(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined) return true;
    const named = this.schema.getType(condition) as GraphQLCompositeType;
    return named === type || (isAbstractType(named) && this.schema.isSubType(named, type));
  }

  namedType = (field: AnyField): GraphQLObjectType => getNamedType(field.type) as GraphQLObjectType;
}
