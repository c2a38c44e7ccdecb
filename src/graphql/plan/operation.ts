/**
 * The plans of an operation, one for each shape of its variables. An operation is planned completely or not at all; resolvers answer
 * everything that is not planned, and define what is right.
 */
import {
  BREAK,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isScalarType,
  Kind,
  OperationTypeNode,
  print,
  typeFromAST,
  visit,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';
import type { Database } from '../../database/connection/database';
import { phases } from '../../phases';
import type { Context } from '../context';
import { holdsNodeIds } from '../node-ids';
import { variablesOf } from '../variables';
import { Compiler } from './compile';
import { PlanAborted, NotPlanned } from './plan-errors';
import type { Root } from './caller';
import type { PlanCaches } from './rights-cache';
import { compileRoot, keysOf, type Hint } from './roots';
import { Run } from './run';
import type { AnyField } from './selections';

interface Plan {
  /** The fields of the answer in order; a field selected twice is read once. */
  readonly fields: readonly { readonly key: string; readonly root: Root | null }[];
  readonly roots: readonly Root[];
}

/** The maximum number of shapes per operation; further ones are not planned. */
const MAX_SHAPES = 64;

/** The maximum number of statements per plan. Beyond that, resolvers take fewer, since they batch similar reads. */
const MAX_STATEMENTS = 8;

type Variables = Record<string, unknown>;

/**
 * The part of a value that statements depend on: whether it is given; for flags and enumerations, the value; for objects, the same of each
 * member.
 */
function shapeIn(type: GraphQLInputType, value: unknown, isMember = false): unknown {
  const named = getNullableType(type);
  if (value == null) return null;
  if (isEnumType(named) || (isScalarType(named) && named.name === 'Boolean')) return value;
  if (isInputObjectType(named))
    return Object.values(named.getFields()).map((field) =>
      shapeIn(field.type, (value as Record<string, unknown>)[field.name], true),
    );
  return isMember && isListType(named) && isEnumType(getNamedType(named)) ? value : true;
}

function shapeOf(schema: GraphQLSchema, operation: OperationDefinitionNode): (variables: Variables) => string {
  const shaping = (operation.variableDefinitions ?? []).map(({ variable, type }) => ({
    name: variable.name.value,
    type: typeFromAST(schema, type as TypeNode & { kind: Kind.NAMED_TYPE }) as GraphQLInputType,
  }));
  return (variables) => JSON.stringify(shaping.map(({ name, type }) => shapeIn(type, variables[name])));
}

/** The type of each object that a root field requests by id. */
type Hints = ReadonlyMap<string, Hint | null>;
const byId: readonly string[] = ['phaseVersion', 'node', 'nodes'];
const hintOf = (typeName: string | undefined): Hint | null => (typeName === undefined ? null : { typeName });
const shapeWith = (shape: string, hints: Hints): string =>
  `${shape} ${[...hints.values()].map((hint) => hint?.typeName).join(' ')}`;

const isFragment = (one: DefinitionNode): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION;

/** Whether a field of one of these names is selected anywhere. */
function selects(names: readonly string[], ...parts: readonly ASTNode[]): boolean {
  let found = false;
  for (const part of parts)
    visit(part, {
      Field: ({ name }) => {
        if (!names.includes(name.value)) return undefined;
        found = true;
        return BREAK;
      },
    });
  return found;
}

const withoutAlias = ({ alias: _, ...node }: FieldNode): FieldNode => node;

export class PlannedOperation {
  readonly #plans = new Map<string, Plan | null>();
  /** By shape: whether there is a plan for versions of any phase. */
  readonly #plannable = new Map<string, boolean>();
  /** Whether it may request objects by id, whose types have to be looked up first. */
  readonly #asksById: boolean;
  readonly #shape: (variables: Variables) => string;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly phasesOfVersions: PhasesOfVersions,
    private readonly kept: PlanCaches,
  ) {
    this.#shape = shapeOf(schema, operation);
    this.#asksById = selects(byId, operation, ...document.definitions.filter(isFragment));
    this.#fragments = new Map(
      document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment] as const),
    );
  }

  /**
   * The answer's data as JSON; null if there is no plan.
   * @throws GiveUp, or a database error, if the resolvers have to report what is wrong
   */
  async answer(context: Context, given: Variables): Promise<string | null> {
    const { operation, schema } = this;
    if (operation.operation !== OperationTypeNode.QUERY) return null;
    const variables = variablesOf(schema, operation, given);
    if (!variables || holdsNodeIds(variables)) return null;
    const hints = await this.#hints(variables, context);
    if (!hints) return null;
    const shape = shapeWith(this.#shape(variables), hints);
    let plan = this.#plans.get(shape);
    if (plan === undefined) {
      if (this.#plans.size >= MAX_SHAPES) return null;
      const compiler = new Compiler(schema, this.#fragments, variables);
      this.#plans.set(shape, (plan = this.#compile(compiler, hints, context)));
    }
    if (!plan) return null;
    const run = new Run(context, variables, this.kept);
    const texts = await Promise.all(plan.roots.map((root) => root.answer(run)));
    const { fields, roots } = plan;
    return `{${fields.map(({ key, root }) => `"${key}":${root ? texts[roots.indexOf(root)]! : '"Query"'}`).join(',')}}`;
  }

  #rootFields(compiler: Compiler): { key: string; field: AnyField | undefined; nodes: FieldNode[] }[] {
    const query = this.schema.getQueryType()!;
    return [...compiler.collect(query, [this.operation.selectionSet])].map(([key, nodes]) => ({
      key,
      nodes,
      field: query.getFields()[nodes[0]!.name.value],
    }));
  }

  /**
   * The types of the objects requested by id; null if there is no plan for any type, so that an operation that cannot be planned costs no
   * look-up.
   */
  async #hints(variables: Variables, context: Context): Promise<Hints | null> {
    const hints = new Map<string, Hint | null>();
    if (!this.#asksById) return hints;
    const compiler = new Compiler(this.schema, this.#fragments, variables);
    const versions = new Map<string, string>();
    for (const { key, field, nodes } of this.#rootFields(compiler)) {
      if (!field || !byId.includes(field.name)) continue;
      const { versionId, id, ids } = compiler.argumentsOf(field, nodes[0]!) as {
        versionId?: string;
        id?: string;
        ids?: string[];
      };
      if (versionId !== undefined) versions.set(key, versionId);
      else hints.set(key, hintOf(keysOf(ids ?? [id!])?.typeName));
    }
    if (versions.size > 0 && !this.#mayBePlanned(variables, context, hints, [...versions.keys()])) return null;
    for (const [key, versionId] of versions)
      hints.set(key, hintOf(await this.phasesOfVersions.of(context.db, versionId)));
    return hints;
  }

  /** Whether there is a plan for versions of any phase. */
  #mayBePlanned(variables: Variables, context: Context, hints: Hints, versions: readonly string[]): boolean {
    const shape = shapeWith(this.#shape(variables), hints);
    let known = this.#plannable.get(shape);
    if (known === undefined) {
      if (this.#plannable.size >= MAX_SHAPES) return false;
      known = phases.some(({ key: typeName }) => {
        const compiler = new Compiler(this.schema, this.#fragments, variables);
        const ofPhase = new Map([...hints, ...versions.map((version) => [version, { typeName }] as const)]);
        return this.#compile(compiler, ofPhase, context) !== null;
      });
      this.#plannable.set(shape, known);
    }
    return known;
  }

  #compile(compiler: Compiler, hints: Hints, { past }: Context): Plan | null {
    try {
      const known = new Map<string, Root>();
      const fields = this.#rootFields(compiler).map(({ key, field, nodes }) => {
        if (nodes[0]!.name.value === '__typename') return { key, root: null };
        if (!field) throw new NotPlanned('introspection');
        const asked = nodes.map((node) => print(withoutAlias(node))).join('\n');
        const root = known.get(asked) ?? compileRoot(compiler, field, nodes, hints.get(key) ?? null, past !== null);
        known.set(asked, root);
        return { key, root };
      });
      const roots = [...known.values()];
      const statements = roots.reduce((sum, root) => sum + root.statements, 0);
      return statements === 0 || statements > MAX_STATEMENTS ? null : { fields, roots };
    } catch (error) {
      if (error instanceof NotPlanned || error instanceof PlanAborted) return null;
      throw error;
    } finally {
      compiler.forgetVariables();
    }
  }
}

/** The maximum number of cached versions. */
const MAX_VERSIONS = 50_000;

/** Caches the phase of each version, which never changes. It reveals to nobody whether a version exists. */
export class PhasesOfVersions {
  readonly #known = new Map<string, string>();

  async of(db: Database, versionId: string): Promise<string | undefined> {
    const known = this.#known.get(versionId);
    if (known !== undefined) return known;
    const [row] = await db.query<{ phase: string }>('select phase from phase_version where version_id = $1', [
      versionId,
    ]);
    if (!row) return undefined;
    if (this.#known.size >= MAX_VERSIONS) this.#known.clear();
    this.#known.set(versionId, row.phase);
    return row.phase;
  }
}
