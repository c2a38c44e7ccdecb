/**
 * Random read operations: fields of all types, fragments on interfaces and types, aliases, directives, variables, pages, ids of
 * everything there is, and arguments that are refused. Half of them ask only for what has a source in src/graphql/plan.
 */
import {
  getNamedType,
  GraphQLError,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
} from 'graphql';
import { workflowCounts } from '../../src/database/versions/versions';
import { fromGlobalId } from '../../src/graphql/global-id';
import { phaseSources, tables, workflowSources } from '../../src/graphql/plan/sources';
import { itemSources, versionSources } from '../../src/graphql/plan/version-sources';
import { fullPhases, phases } from '../../src/phases';
import { schema } from '../access/selection';
import type { Random } from '../fuzz/random';

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What can be asked for by name: found before, by somebody who sees everything. */
export interface Known {
  readonly workflows: readonly { readonly cycleId: string; readonly reportId: string }[];
  readonly versionIds: readonly string[];
  readonly nodeIds: readonly string[];
  readonly cursors: readonly string[];
  readonly instants: readonly string[];
}

type Owner = GraphQLObjectType | GraphQLInterfaceType;
type AnyField = GraphQLField<unknown, unknown>;

/** The fields of each type that have a source. */
const sourced = new Map<string, ReadonlySet<string>>([
  ...Object.entries(tables).map(([type, { sources }]) => [type, new Set(Object.keys(sources))] as const),
  ...phases.map((phase) => [phase.version.type, new Set(Object.keys(versionSources(phase)))] as const),
  ...fullPhases.map((phase) => [phase.item.type, new Set(Object.keys(itemSources(phase)))] as const),
  ['Workflow', new Set(Object.keys(workflowSources))],
  ['LastChange', new Set(['sequence', 'committedAt'])],
  ['WorkflowCounts', new Set(Object.keys(workflowCounts))],
  ['ItemChange', new Set(['itemKey', 'label', 'kind', 'fields'])],
  ['FieldChange', new Set(['path', 'kind', 'before', 'after'])],
  ['WorkflowPhase', new Set([...Object.keys(phaseSources(phases[0]!)), 'current', 'history', 'records'])],
  ['PhaseVersion', common(phases.map((phase) => Object.keys(versionSources(phase))))],
  ['VersionItem', common(fullPhases.map((phase) => Object.keys(itemSources(phase))))],
]);

/** What a plan can begin with by its id. */
const begins: ReadonlySet<string> = new Set(['Workflow', ...phases.map(({ version }) => version.type)]);

function common([first, ...others]: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(first!.filter((name) => others.every((names) => names.includes(name))));
}

/** Which root fields are asked for most. */
const ROOTS = [
  'workflow',
  'workflow',
  'workflow',
  'phaseVersion',
  'phaseVersion',
  'node',
  'nodes',
  'viewer',
  'workflows',
  'workflows',
  'reviewQueue',
  'users',
  'lobs',
  'cycles',
  'reports',
];
/** Of which lists a plan knows the filters and the orders. */
const CHOSEN: ReadonlySet<string> = new Set(['workflows', 'users', 'lobs', 'cycles', 'reports']);
/** Those of them that a plan answers at an instant of their own. */
const BEGIN_AT: ReadonlySet<string> = new Set(['workflow', 'phaseVersion']);
/** Who read the log is more with each time that the log is asked for; and something waits longer each time. */
const GROWING: readonly string[] = ['changeLogReads', 'oldestWaitingHours', 'checkedAt'];
/** Whatever is read below them is counted up to the moment of asking: two answers are alike only as of an instant. */
const COUNTED_UNTIL_ASKED: ReadonlySet<string> = new Set(['figures']);
const UNKNOWN = '0194d2a0-5c00-7000-8000-00000000dead';

export class Operations {
  #names = 0;
  #declared: string[] = [];
  #variables: Record<string, unknown> = {};
  #fragments: string[] = [];
  /** Whether only what has a source is asked for. */
  #isSourced = false;

  constructor(
    private readonly random: Random,
    private readonly known: Known,
  ) {}

  /** @param instant at which all of it is read; if none is given, chance decides */
  next(instant: string | null = null): Operation {
    for (;;) {
      const operation = this.#operation(instant);
      if (isValid(operation.query)) return operation;
    }
  }

  #operation(instant: string | null): Operation {
    const { random } = this;
    this.#names = 0;
    this.#declared = [];
    this.#variables = {};
    this.#fragments = [];
    this.#isSourced = random.chance(instant ? 0.95 : 0.75);
    const query = schema.getQueryType()!.getFields();
    const roots = Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => {
      const name =
        this.#isSourced || random.chance(0.7)
          ? random.of(instant ? [...BEGIN_AT] : ROOTS)
          : random.of(Object.keys(query).filter((name) => !GROWING.includes(name)));
      return this.#field(query[name]!, 5, 1);
    });
    if (random.chance(0.05)) roots.push('__typename');
    const at =
      instant !== null || random.chance(0.25)
        ? ` @asOf(at: ${this.#given('DateTime!', instant ?? random.of(this.known.instants))})`
        : '';
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    return {
      query: `query${declared}${at} { ${roots.join(' ')} } ${this.#fragments.join(' ')}`,
      variables: this.#variables,
    };
  }

  /** A value as a variable or as a literal. */
  #given(type: string, value: unknown, literal = JSON.stringify(value)): string {
    // Half a character cannot be written as a literal.
    if (this.random.chance(0.5) && !/\\ud[89a-f]/.test(literal)) return literal;
    const name = `v${this.#declared.length}`;
    this.#declared.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #directive(): string {
    if (!this.random.chance(0.08)) return '';
    return ` @${this.random.of(['include', 'skip'])}(if: ${this.#given('Boolean!', this.random.chance(0.5))})`;
  }

  /** @param aliased how often it has a name of its own */
  #field(field: AnyField, depth: number, aliased: number): string {
    const type = getNamedType(field.type);
    const args = this.#arguments(field);
    const alias = args || this.random.chance(aliased) ? `f${this.#names++}: ` : '';
    const below = isLeafType(type) ? '' : ` ${this.#selection(type as Owner, depth - 1)}`;
    return `${alias}${field.name}${args && `(${args})`}${this.#directive()}${below}`;
  }

  #selection(type: Owner, depth: number): string {
    const { random } = this;
    const parts: string[] = random.chance(0.2) ? ['__typename'] : [];
    const isOpen = (field: AnyField) => depth > 0 || isLeafType(getNamedType(field.type));
    const mayAsk = ({ name }: AnyField) =>
      !GROWING.includes(name) && (!this.#isSourced || (sourced.get(type.name)?.has(name) ?? true));
    const fields =
      'getFields' in type ? Object.values(type.getFields()).filter((field) => isOpen(field) && mayAsk(field)) : [];
    for (const field of random.some(fields, 1 + random.below(4))) parts.push(this.#field(field, depth, 0.1));
    if (depth > 0) parts.push(...this.#furtherDown(type, depth));
    if (isAbstractType(type))
      for (const one of random.some(schema.getPossibleTypes(type), random.below(4)))
        parts.push(this.#fragment(one, depth));
    else if (random.chance(0.1)) parts.push(this.#fragment(type, depth));
    return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
  }

  /** What leads on, since little is found near the roots. */
  #furtherDown(type: Owner, depth: number): string[] {
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    const names = [
      'workflowPhase',
      'current',
      'diff',
      'history',
      'items',
      'nodes',
      'edges',
      'node',
      'decision',
      'pageInfo',
    ];
    return names
      .filter(
        (name) =>
          fields[name] && (!['decision', 'diff'].includes(name) || this.random.chance(0.5)) && this.random.chance(0.5),
      )
      .map((name) => this.#field(fields[name]!, depth, 0.3));
  }

  #fragment(type: GraphQLObjectType | Owner, depth: number): string {
    const selection = this.#selection(type, depth - 1);
    if (this.random.chance(0.6)) return `... on ${type.name}${this.#directive()} ${selection}`;
    const name = `F${this.#names++}`;
    this.#fragments.push(`fragment ${name} on ${type.name} ${selection}`);
    return `...${name}${this.#directive()}`;
  }

  #arguments({ name, args }: AnyField): string {
    const { random, known } = this;
    const place = random.of(known.workflows);
    const given: string[] = [];
    const size = random.chance(0.005) ? random.of([-1, 0, 5000]) : 1 + random.below(6);
    const isBackwards = random.chance(0.25);
    for (const { name: argument, type } of args) {
      const add = (value: unknown, literal?: string) =>
        given.push(`${argument}: ${this.#given(String(type), value, literal)}`);
      const names = (values: readonly string[]) => add(values, `[${values.join(', ')}]`);
      const isRequired = type !== getNullableType(type);
      switch (argument) {
        case 'cycleId':
        case 'reportId':
          if (isRequired || random.chance(0.2)) add(random.chance(0.03) ? UNKNOWN : place[argument]);
          break;
        case 'phases':
          if (random.chance(0.15)) names(random.some(phases, 3).map(({ key }) => key));
          break;
        case 'phase':
          add(...enumerated(random.of(phases).key));
          break;
        case 'versionId':
          add(random.chance(0.03) ? UNKNOWN : random.of(known.versionIds));
          break;
        case 'userId':
        case 'sequence':
          if (isRequired) add(random.below(20));
          break;
        case 'lobId':
          if (isRequired) add(UNKNOWN);
          break;
        case 'id':
          add(random.chance(0.02) ? random.text() : random.of(this.#nodeIds));
          break;
        case 'ids':
          add(this.#ids());
          break;
        case 'first':
          if (!isBackwards && random.chance(0.8)) add(size);
          break;
        case 'last':
          if (isBackwards) add(size);
          break;
        case 'after':
        case 'before':
          if ((argument === 'before') === isBackwards && random.chance(0.04)) add(random.of(known.cursors));
          break;
        case 'statuses':
          if (random.chance(0.15)) names(random.some(['DRAFT', 'APPROVED', 'SUPERSEDED', 'RECORDED', 'REJECTED'], 2));
          break;
        case 'reviewStatus':
          if (random.chance(0.15)) names(random.some(['PENDING', 'APPROVED', 'REJECTED'], 2));
          break;
        case 'includeDeleted':
          if (random.chance(0.15)) add(random.chance(this.#isSourced ? 0.1 : 0.5));
          break;
        case 'search':
          if (random.chance(this.#isSourced ? 0.003 : 0.05)) add(random.chance(0.5) ? 'a' : '');
          break;
        case 'from':
        case 'to':
          if (isRequired || random.chance(0.4)) add(1 + random.below(4));
          break;
        case 'at':
          add(random.of(known.instants));
          break;
        case 'asOf':
          if (COUNTED_UNTIL_ASKED.has(name) || random.chance(BEGIN_AT.has(name) ? 0.2 : this.#isSourced ? 0.003 : 0.1))
            add(random.of(known.instants));
          break;
        case 'filter':
        case 'orderBy':
          if (CHOSEN.has(name) && random.chance(0.4)) {
            const value = this.#anyOf(type);
            add(value, this.#literal(type, value));
          }
          break;
        default:
          // What else has to be given is something that hardly ever is there.
          if (!isRequired) break;
          if (String(type) === 'UUID!') add(UNKNOWN);
          else if (String(type) === 'Int!') add(1 + random.below(9));
          else if (String(type) === '[String!]!') add(['label']);
          else if (String(type) === 'String!') add('a');
          else if (String(type) === 'DateTime!') add(random.of(known.instants));
          else if (isEnumType(getNullableType(type)))
            add(...enumerated(random.of((getNullableType(type) as GraphQLEnumType).getValues()).name));
          else throw new Error(`${name}(${argument}:) is not known`);
      }
    }
    return given.join(', ');
  }

  /** A value of an input type, of which some things may be found. */
  #anyOf(given: GraphQLInputType): unknown {
    const { random, known } = this;
    const type = getNullableType(given);
    if (isListType(type)) return Array.from({ length: 1 + random.below(2) }, () => this.#anyOf(type.ofType));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const optional = fields.filter((field) => !isNonNullType(field.type));
      const chosen = new Set([...fields.filter(({ type: of }) => isNonNullType(of)), ...random.some(optional, 2)]);
      return Object.fromEntries(
        fields.filter((field) => chosen.has(field)).map((field) => [field.name, this.#anyOf(field.type)]),
      );
    }
    if (isEnumType(type)) return random.of(type.getValues()).name;
    const place = random.of(known.workflows);
    const values: Readonly<Record<string, unknown>> = {
      Int: 1 + random.below(12),
      Boolean: random.chance(0.5),
      String: random.of(['a', 'e', 'ACTIVE', 'cc', '']),
      UUID: random.of([place.cycleId, place.reportId, UNKNOWN]),
      Date: random.of(['2026-10-01', '2025-01-01']),
      DateTime: random.of(known.instants),
      ID: random.of(known.nodeIds),
    };
    if (!(type.name in values)) throw new Error(`no value of type ${type.name} is known`);
    return values[type.name];
  }

  #literal(given: GraphQLInputType, value: unknown): string {
    const type = getNullableType(given);
    if (isListType(type))
      return `[${(value as unknown[]).map((entry) => this.#literal(type.ofType, entry)).join(', ')}]`;
    if (isInputObjectType(type))
      return `{ ${Object.entries(value as object)
        .map(([name, of]) => `${name}: ${this.#literal(type.getFields()[name]!.type, of)}`)
        .join(', ')} }`;
    return isEnumType(type) ? String(value) : JSON.stringify(value);
  }

  /** Ids of what a plan can begin with, or of whatever there is. */
  get #nodeIds(): readonly string[] {
    return this.#isSourced
      ? this.known.nodeIds.filter((id) => begins.has(fromGlobalId(id)!.typeName))
      : this.known.nodeIds;
  }

  /** Ids of one type, mostly. */
  #ids(): string[] {
    const { random } = this;
    const all = this.#nodeIds;
    const first = random.of(all);
    const alike = all.filter((id) => id.slice(0, 8) === first.slice(0, 8));
    return Array.from({ length: 1 + random.below(4) }, () => random.of(random.chance(0.95) ? alike : all));
  }
}

/** Whether it can be executed; a random text may hold what no literal can. */
function isValid(query: string): boolean {
  try {
    return validate(schema, parse(query)).length === 0;
  } catch (error) {
    if (error instanceof GraphQLError) return false;
    throw error;
  }
}

/** An enumeration's value is written without quotes. */
const enumerated = (value: string): [value: string, literal: string] => [value, value];
