/** Operations made from the schema: valid ones, with the ids of earlier answers so that they get deep, and spoilt ones. */
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { creditCardWorkflow, liquidityWorkflow } from '../../src/demo/content/people';
import type { Random } from './random';

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const KEPT = 300;

/** What earlier answers named, by the name of the field; old ones make room for new ones. */
export class Harvest {
  readonly #values = new Map<string, unknown[]>();
  /** Versions as they were last seen, with the revision that a writer must name. */
  readonly #revisions = new Map<string, number>();

  constructor(private readonly random: Random) {}

  gather(value: unknown): void {
    if (Array.isArray(value)) value.forEach((entry) => this.gather(entry));
    else if (typeof value === 'object' && value !== null) {
      const answer = value as Record<string, unknown>;
      for (const [name, entry] of Object.entries(answer))
        if (typeof entry === 'object') this.gather(entry);
        else if (/id$|key$|cursor$|at$|hash$/i.test(name)) this.#keep(name, entry);
      if (typeof answer.versionId === 'string' && typeof answer.revision === 'number') {
        this.#revisions.delete(answer.versionId);
        this.#revisions.set(answer.versionId, answer.revision);
        const [oldest] = this.#revisions.keys();
        if (this.#revisions.size > KEPT) this.#revisions.delete(oldest!);
      }
    }
  }

  #keep(name: string, value: unknown): void {
    const known = this.#values.get(name) ?? [];
    if (known.length < KEPT) known.push(value);
    else known[this.random.below(KEPT)] = value;
    this.#values.set(name, known);
  }

  one = (...names: string[]): unknown => {
    const known = names.flatMap((name) => this.#values.get(name) ?? []);
    return known.length > 0 ? this.random.of(known) : undefined;
  };

  version = (): { versionId: string; revision: number } | undefined => {
    if (this.#revisions.size === 0) return undefined;
    const [versionId, revision] = this.random.of([...this.#revisions]);
    return { versionId, revision };
  };
}

/** Fields that later requests can be made of. */
const TELLING = ['id', 'versionId', 'revision', 'itemId', 'itemKey', 'nodes', 'edges', 'cursor', 'version', 'current'];
/** Read the whole log, which grows as we go: asked less often. */
const HEAVY = ['verifyChangeLog', 'verifyReferenceLog', 'auditCoverage', 'refreshMetrics'];

export class Operations {
  readonly #queries: readonly GraphQLField<unknown, unknown>[];
  readonly #mutations: readonly GraphQLField<unknown, unknown>[];
  #declared: string[] = [];
  #variables: Record<string, unknown> = {};
  #names = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    private readonly harvest: Harvest,
  ) {
    this.#queries = Object.values(schema.getQueryType()!.getFields());
    this.#mutations = Object.values(schema.getMutationType()!.getFields());
  }

  query(): Operation {
    return this.#operation('query', this.#queries, () =>
      this.random.chance(0.15) ? ` @asOf(at: ${this.#literalOrVariable('DateTime!', this.#instant())})` : '',
    );
  }

  mutation = (): Operation => this.#operation('mutation', this.#mutations, () => '');

  /** An operation that something is wrong with. */
  spoilt(): Operation {
    const { query, variables } = this.random.chance(0.5) ? this.query() : this.mutation();
    const at = this.random.below(query.length);
    const to = at + this.random.below(12);
    const piece = query.slice(at, to);
    const replacement = this.random.of([
      () => '',
      () => piece + piece,
      () => this.random.text(),
      () =>
        this.random.of(['{', '}', '(', ')', '[', ']', '"', '"""', '!', '$', '@', '...', '#', '\u0000', '\ufeff', ':']),
      () => ` ...F `,
      () => ` ${this.random.of(['nonsense', '__typename', '__schema { types { name } }', 'id: viewer'])} `,
      () => ` @${this.random.of(['skip(if: 1)', 'include', 'asOf(at: null)', 'nothing'])} `,
    ])();
    return {
      query: query.slice(0, at) + replacement + query.slice(to),
      variables: this.random.chance(0.3) ? { ...variables, [this.random.text()]: this.random.json() } : variables,
    };
  }

  #operation(kind: string, roots: readonly GraphQLField<unknown, unknown>[], directive: () => string): Operation {
    this.#declared = [];
    this.#variables = {};
    this.#names = 0;
    const head = directive();
    const chosen = this.random
      .some(roots, kind === 'query' ? 1 + this.random.below(2) : 1)
      .map((field) => (HEAVY.includes(field.name) && this.random.chance(0.95) ? this.random.of(roots) : field));
    const fields = chosen.map((field) => this.#field(field, 3));
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    return { query: `${kind} Fuzz${declared}${head} { ${fields.join(' ')} }`, variables: this.#variables };
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const args = this.#arguments(field.args);
    // The same field with other arguments needs another name; without arguments it keeps its own, which is harvested.
    const alias = args ? `f${this.#names++}_${field.name}: ` : '';
    const directive = this.random.chance(0.02)
      ? ` @${this.random.of(['skip', 'include'])}(if: ${this.random.chance(0.5)})`
      : '';
    const below = isCompositeType(type) ? ` { ${this.#selection(type, depth - 1)} }` : '';
    return `${alias}${field.name}${args}${directive}${below}`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const parts = ['__typename'];
    if ('getFields' in type) {
      const fields = Object.values(type.getFields());
      const open = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
      const telling = open.filter(({ name }) => TELLING.includes(name) && this.random.chance(0.7));
      const chosen = new Set([...telling, ...this.random.some(open, 1 + this.random.below(3))]);
      for (const field of chosen) parts.push(this.#field(field, depth));
    }
    if (isAbstractType(type) && this.random.chance(0.4)) {
      const possible = this.random.of(this.schema.getPossibleTypes(type));
      // What types share by name they do not always share by type: only what is this type's own is asked for here.
      const shared = new Set(possible.getInterfaces().flatMap((one) => Object.keys(one.getFields())));
      const own = Object.values(possible.getFields()).filter(
        ({ name, type: of }) => !shared.has(name) && (depth > 0 || !isCompositeType(getNamedType(of))),
      );
      if (own.length > 0)
        parts.push(
          `... on ${possible.name} { ${this.random
            .some(own, 3)
            .map((field) => this.#field(field, depth))
            .join(' ')} }`,
        );
    }
    return parts.join(' ');
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args.filter((argument) => isRequiredArgument(argument) || this.random.chance(0.3));
    if (given.length === 0) return '';
    const place = this.#place();
    const written = given.map(
      (argument) =>
        `${argument.name}: ${this.#literalOrVariable(String(argument.type), this.#value(argument.type, argument.name, place), isEnumType(getNullableType(argument.type)))}`,
    );
    return `(${written.join(', ')})`;
  }

  /** A value in the text where that is simple, else as a variable. */
  #literalOrVariable(type: string, value: unknown, isName = false): string {
    if (typeof value !== 'object' && this.random.chance(0.5))
      return isName && typeof value === 'string' && /^[_A-Z]\w*$/i.test(value) ? value : JSON.stringify(value);
    const name = `v${this.#declared.length}`;
    this.#declared.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #place(): Record<string, unknown> {
    const { cycleId, reportId } = this.random.of([creditCardWorkflow, liquidityWorkflow]);
    const version = this.harvest.version();
    return { cycleId, reportId, versionId: version?.versionId, expectedRevision: version?.revision };
  }

  #value(type: GraphQLInputType, name: string, place: Record<string, unknown>): unknown {
    const nullable = getNullableType(type);
    if (!isNonNullType(type) && this.random.chance(0.08)) return null;
    if (this.random.chance(0.01)) return this.random.json();
    if (isListType(nullable)) return this.random.list(100_000, () => this.#value(nullable.ofType, name, this.#place()));
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const given = nullable.isOneOf
        ? [this.random.of(fields)]
        : fields.filter((field) => isRequiredInputField(field) || this.random.chance(0.4));
      return Object.fromEntries(given.map((field) => [field.name, this.#value(field.type, field.name, place)]));
    }
    if (isEnumType(nullable))
      return this.random.chance(0.02) ? this.random.text() : this.random.of(nullable.getValues()).name;
    if (this.random.chance(0.05)) return this.random.json();
    return this.#scalar(getNamedType(nullable).name, name, place);
  }

  #scalar(type: string, name: string, place: Record<string, unknown>): unknown {
    const { random, harvest } = this;
    if (place[name] !== undefined && random.chance(0.95)) return place[name];
    switch (type) {
      case 'UUID':
        return random.chance(0.1)
          ? random.uuid()
          : (harvest.one(name, 'versionId', 'itemId', 'itemKey') ?? random.uuid());
      case 'ID':
        return random.chance(0.1) ? random.text() : (harvest.one('id') ?? random.uuid());
      case 'Int':
        if (/userid$/i.test(name)) return 1 + random.below(10);
        return random.chance(0.15) ? random.number() : random.below(6);
      case 'Float':
        return random.number();
      case 'Boolean':
        return random.chance(0.5);
      case 'DateTime':
        return this.#instant();
      case 'Date':
        return random.of(['2026-10-01', '2026-12-31', '0001-01-01', '9999-12-31', random.text()]);
      case 'JSONObject':
        return { [random.text()]: random.json(), answer: random.below(100) };
      case 'JSON':
        return random.json();
      default:
        if (name === 'after' || name === 'before')
          return random.chance(0.8) ? (harvest.one('cursor', 'startCursor', 'endCursor') ?? '') : random.text();
        return random.chance(0.4) ? random.text() : `about ${random.below(1000)}`;
    }
  }

  #instant = (): unknown =>
    this.random.of([
      () => new Date(Date.now() - this.random.below(120_000)).toISOString(),
      () => this.harvest.one('committedAt', 'createdAt', 'submittedAt') ?? new Date().toISOString(),
      () => new Date(Date.now() + this.random.below(10_000)).toISOString(),
      () => '2025-02-01T00:00:00Z',
      () => this.random.text(),
    ])();
}
