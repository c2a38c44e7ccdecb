/**
 * The plans of an operation: one for each shape that its variables give it. An operation is planned whole, or not at all. The
 * resolvers remain what is right: whatever a plan does not answer, they do.
 */
import {
  getNullableType,
  getVariableValues,
  isEnumType,
  isScalarType,
  Kind,
  OperationTypeNode,
  print,
  typeFromAST,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';
import type { Database } from '../../database/database';
import type { Context } from '../context';
import { Compiler, type AnyField } from './compile';
import { GiveUp, NotPlanned } from './given-up';
import type { Root } from './caller';
import { compileRoot, keysOf, type Hint } from './roots';
import { Run } from './run';

interface Plan {
  /** The fields of the answer in their order; what is asked for twice is read once. */
  readonly fields: readonly { readonly key: string; readonly root: Root | null }[];
  readonly roots: readonly Root[];
}

/** An operation has so many shapes at most; further ones are not planned. */
const MAX_SHAPES = 64;

/** Statements that a plan may take: with more of them, the resolvers take fewer, since they read what is alike together. */
const MAX_STATEMENTS = 8;

type Variables = Record<string, unknown>;

/** What statements depend on: which values are given at all; of flags and enumerations, the values. */
function shapeOf(schema: GraphQLSchema, operation: OperationDefinitionNode): (variables: Variables) => string {
  const shaping = (operation.variableDefinitions ?? []).map(({ variable, type }) => {
    const given = typeFromAST(schema, type as TypeNode & { kind: Kind.NAMED_TYPE });
    const named = given && getNullableType(given);
    const isWhole = isEnumType(named) || (isScalarType(named) && named.name === 'Boolean');
    return { name: variable.name.value, isWhole };
  });
  return (variables) =>
    JSON.stringify(shaping.map(({ name, isWhole }) => (isWhole ? (variables[name] ?? null) : variables[name] != null)));
}

/** Root fields that take the id of something whose type their plan depends on. */
const BY_ID: ReadonlySet<string> = new Set(['phaseVersion', 'node', 'nodes']);
const NO_HINTS: ReadonlyMap<string, Hint | null> = new Map();

/** Whether one of these names is that of a field, wherever it stands. */
function namesField(document: DocumentNode, names: ReadonlySet<string>): boolean {
  let isNamed = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      isNamed ||= names.has(name.value);
    },
  });
  return isNamed;
}

const withoutAlias = ({ alias: _, ...node }: FieldNode): FieldNode => node;

export class PlannedOperation {
  readonly #plans = new Map<string, Plan | null>();
  readonly #shape: (variables: Variables) => string;
  /** Whether something may be asked for by its id, of whose type it is looked up first. */
  readonly #asksById: boolean;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly phasesOfVersions: PhasesOfVersions,
  ) {
    this.#shape = shapeOf(schema, operation);
    this.#asksById = namesField(document, BY_ID);
    this.#fragments = new Map(
      document.definitions.flatMap((one) =>
        one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
      ),
    );
  }

  /**
   * The data of the answer as JSON; null where there is no plan.
   * @throws GiveUp, or an error of the database, where the resolvers have to say what is wrong
   */
  async answer(context: Context, given: Variables): Promise<string | null> {
    const { operation, schema } = this;
    if (operation.operation !== OperationTypeNode.QUERY) return null;
    const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    if (!variables) return null;
    const compiler = () => new Compiler(schema, this.#fragments, variables);
    const hints = this.#asksById ? await this.#hints(compiler(), context.db) : NO_HINTS;
    const shape = `${this.#shape(variables)} ${[...hints.values()].map((hint) => hint?.typeName).join(' ')}`;
    let plan = this.#plans.get(shape);
    if (plan === undefined) {
      if (this.#plans.size >= MAX_SHAPES) return null;
      this.#plans.set(shape, (plan = this.#compile(compiler(), hints, context)));
    }
    if (!plan) return null;
    const run = new Run(context, variables);
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

  /** Of which type the objects are that are asked for by id. */
  async #hints(compiler: Compiler, db: Database): Promise<ReadonlyMap<string, Hint | null>> {
    const hints = new Map<string, Hint | null>();
    for (const { key, field, nodes } of this.#rootFields(compiler)) {
      if (!field || !BY_ID.has(field.name)) continue;
      const { versionId, id, ids } = compiler.argumentsOf(field, nodes[0]!) as {
        versionId?: string;
        id?: string;
        ids?: string[];
      };
      const typeName =
        versionId === undefined ? keysOf(ids ?? [id!])?.typeName : await this.phasesOfVersions.of(db, versionId);
      hints.set(key, typeName === undefined ? null : { typeName });
    }
    return hints;
  }

  #compile(compiler: Compiler, hints: ReadonlyMap<string, Hint | null>, { past, db }: Context): Plan | null {
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
      // A standby is behind: rights are asked elsewhere than what is read there.
      if (db.hasReplica && roots.some(({ isPast }) => isPast)) throw new NotPlanned('the past, on a standby');
      const statements = roots.reduce((sum, root) => sum + root.statements, 0);
      return statements === 0 || statements > MAX_STATEMENTS ? null : { fields, roots };
    } catch (error) {
      if (error instanceof NotPlanned || error instanceof GiveUp) return null;
      throw error;
    } finally {
      compiler.forgetVariables();
    }
  }
}

/** So many versions are remembered. */
const MAX_VERSIONS = 50_000;

/** Of which phase a version is never changes. That there is such a version is nobody's to learn here. */
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
