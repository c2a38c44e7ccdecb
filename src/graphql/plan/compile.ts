/**
 * Compiles a selection into statements and writers. Selections are collected for each concrete type, as in graphql-js; each row reads only
 * the expressions that are selected; and for each object there is a function that writes it as JSON from the texts of its row.
 */
import { isNonNullType, type FieldNode, type GraphQLObjectType, type SelectionSetNode } from 'graphql';
import type { TextRow } from '../../database/connection/statements';
import type { FullPhase, PhaseDeclaration } from '../../versioning/phase';
import { globalId } from '../global-id';
import { Comparison } from './comparison';
import { PlanAborted, NotPlanned } from './plan-errors';
import { jsonOf, kindOf } from './json';
import type { Lists } from './list';
import { Connection, historyOf, itemsOf, type Listed } from './lists';
import { noItems, Testers } from './small-lists';
import { inForceThen, isDeletedIn } from './past';
import type { Run } from './run';
import { below, type AnyField } from './selections';
import { ruledWriter } from './ruled';
import { tables, type Source, type Sources } from './sources';
import { joined, subquery, type Rows } from './statement';
import { withDetail } from './version-rows';
import { itemSources, versionSources } from './version-sources';
import { valueWriter } from './value';
import { DependencyTracker } from './dependency-tracker';
import { phaseOfWorkflow, phasesOf } from './workflow-phases';

/** Writes an object from its rows: the first is its own, the others belong to the lists in it. */
export type Write = (run: Run, rows: readonly TextRow[], from: number, to: number) => string;

/** Everything that occurs equally often: an object, or all objects of a list, and whatever is joined to them. */
export interface Level {
  /** Whether there is at most one. */
  readonly isOne: boolean;
  readonly lists: Lists;
  /** The number of columns read for each. */
  width: number;
}

/** What an object is written from. */
export interface Thing {
  readonly rows: Rows;
  readonly level: Level;
  /** The possible phases, for versions that may be of several. */
  readonly phases?: readonly PhaseDeclaration[];
}

const constant =
  (json: string): Write =>
  () =>
    json;

/** Writes null, or gives up if the field is non-null. */
const ifGiven =
  (place: number, isRequired: boolean, write: Write): Write =>
  (run, rows, from, to) => {
    if (rows[from]![place] !== null) return write(run, rows, from, to);
    if (isRequired) throw new PlanAborted('null where there must be something');
    return 'null';
  };

export class Compiler extends DependencyTracker {
  /** Rows joined so far, by the rows they are joined to. */
  readonly #joined = new WeakMap<Rows, Map<string, Rows>>();

  /** Writes an object field by field. */
  fields(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    field: (field: AnyField, nodes: readonly FieldNode[]) => Write,
  ): Write {
    const keys: string[] = [];
    const writes: Write[] = [];
    for (const [name, nodes] of this.collect(type, sets)) {
      keys.push(`${keys.length === 0 ? '{' : ','}"${name}":`);
      const asked = nodes[0]!.name.value;
      writes.push(asked === '__typename' ? constant(`"${type.name}"`) : field(type.getFields()[asked]!, nodes));
    }
    if (keys.length === 0) return constant('{}');
    return (run, rows, from, to) => {
      let text = '';
      for (let i = 0; i < keys.length; i++) text += keys[i]! + writes[i]!(run, rows, from, to);
      return `${text}}`;
    };
  }

  object(
    type: GraphQLObjectType,
    sources: Sources,
    thing: Thing,
    sets: readonly SelectionSetNode[],
    phase?: PhaseDeclaration,
  ): Write {
    return this.fields(type, sets, (field, nodes) => this.field(type, sources, field, nodes, thing, phase));
  }

  /** Writes a field according to the declared sources of its type. */
  field(
    type: GraphQLObjectType,
    sources: Sources,
    field: AnyField,
    nodes: readonly FieldNode[],
    thing: Thing,
    phase?: PhaseDeclaration,
  ): Write {
    const source = Object.hasOwn(sources, field.name) ? sources[field.name] : undefined;
    if (!source) throw new NotPlanned(`${type.name}.${field.name}`);
    return this.#field(source, field, nodes, thing, phase);
  }

  /** Version rows joined with their phase's own table. */
  detailed = (phase: PhaseDeclaration, rows: Rows): Rows =>
    this.#once(rows, `detail of ${phase.key}`, () => withDetail(rows, phase));

  version(phase: PhaseDeclaration, its: Thing, sets: readonly SelectionSetNode[]): Write {
    const thing = { ...its, rows: this.detailed(phase, its.rows) };
    return this.object(this.typeNamed(phase.version.type), versionSources(phase), thing, sets, phase);
  }

  item = (phase: FullPhase, thing: Thing, sets: readonly SelectionSetNode[]): Write =>
    this.object(this.typeNamed(phase.item.type), itemSources(phase), thing, sets, phase);

  /** The position of an expression in the select list. */
  place({ rows, level }: Thing, expression: string): number {
    level.width++;
    this.readsDetail(expression);
    return rows.statement.place(rows.sql(expression));
  }

  #once(rows: Rows, key: string, make: () => Rows): Rows {
    let known = this.#joined.get(rows);
    if (!known) this.#joined.set(rows, (known = new Map<string, Rows>()));
    const made = known.get(key) ?? make();
    known.set(key, made);
    return made;
  }

  #field(source: Source, field: AnyField, nodes: readonly FieldNode[], thing: Thing, phase?: PhaseDeclaration): Write {
    const isRequired = isNonNullType(field.type);
    const sets = below(nodes);
    switch (source.is) {
      case 'column': {
        if (source.reads ?? /\bselect\b/.test(source.sql)) this.reads(source.reads ?? 'other');
        const place = this.place(thing, source.sql);
        const json = jsonOf[kindOf(field.type)];
        const write: Write = (_, rows, from) => json(rows[from]![place]!);
        return this.#unless(source.unless, thing, ifGiven(place, isRequired, write));
      }
      case 'computed': {
        const places = source.of.map((expression) => this.place(thing, expression));
        const { json } = source;
        return (_, rows, from) => {
          const row = rows[from]!;
          return json(places.map((place) => row[place]!));
        };
      }
      case 'made': {
        const places = source.of.map((expression) => this.place(thing, expression));
        if (source.asksStanding) this.needsActorToday();
        this.reads('other');
        const write = valueWriter(this, field, nodes);
        return (run, rows, from) => {
          const row = rows[from]!;
          return write(
            source.make(
              places.map((place) => row[place]!),
              run,
            ),
          );
        };
      }
      case 'ruled':
        this.reads('other');
        return ruledWriter(this, source, field, nodes, thing, phase!);
      case 'id': {
        if (source.lasts && thing.rows.statement.horizon) throw new NotPlanned('an id that may be of all instants');
        const places = source.of.map((expression) => this.place(thing, expression));
        return (run, rows, from) =>
          `"${globalId(source.type, places.map((place) => rows[from]![place]).join('-'), run.at)}"`;
      }
      case 'one': {
        this.reads('reference');
        const { table, key, sources } = tables[source.type]!;
        const found = this.#joinedTo(thing.rows, table, key, source.key);
        const its = { rows: found, level: thing.level };
        const write = this.object(this.typeNamed(source.type), sources, its, sets);
        return this.#unless(source.unless, thing, ifGiven(this.place(its, `$.${key}`), isRequired, write));
      }
      case 'version': {
        this.reads(source.isOfRecord ? 'record' : 'other');
        const found = this.#joinedTo(thing.rows, 'phase_version', 'version_id', source.key);
        const its = { rows: found, level: thing.level };
        const write = this.version(phase!, its, sets);
        const shown = source.hides ? this.#unless(isDeletedIn(found.statement), its, write) : write;
        return ifGiven(this.place(its, '$.version_id'), isRequired, shown);
      }
      case 'here': {
        const write = this.object(this.typeNamed(source.type), source.sources, thing, sets, phase);
        const given = ifGiven(this.place(thing, source.given), isRequired, write);
        return this.#unless(source.unless, thing, given);
      }
      case 'current':
        this.reads('other');
        this.holdPresent(field, nodes);
        return this.current(source.where, thing, phase!, sets);
      case 'list':
        this.reads('other');
        if (source.list === 'history') return this.connection(field, nodes, historyOf(this, phase!), thing);
        if (phase!.versioning === 'FULL') return this.connection(field, nodes, itemsOf(this, phase!), thing);
        return noItems(this, field, nodes);
      case 'diff':
        this.reads('other');
        if (phase!.versioning !== 'FULL') throw new NotPlanned('a difference without items');
        return new Comparison(this, phase!, field, nodes, thing).write;
      case 'phases':
        this.reads('other');
        return phasesOf(this, field, nodes, thing);
      case 'phase': {
        this.reads('other');
        const workflow = this.#joinedTo(thing.rows, 'workflows', 'workflow_id', '$.stream_id');
        return phaseOfWorkflow(this, phase!, { rows: workflow, level: thing.level }, sets);
      }
      case 'testers':
        this.reads('other');
        return new Testers(this, thing, sets).write;
    }
  }

  /** Hides a value from viewers who may not see deleted versions, if the expression holds. */
  #unless(expression: string | undefined, thing: Thing, write: Write): Write {
    if (expression === undefined || expression === 'false') return write;
    this.readsToday();
    const hidden = this.place(thing, expression);
    const stream = this.place(thing, '$.stream_id');
    return (run, rows, from, to) => {
      const row = rows[from]!;
      const seesDeleted = run.seesDeleted(row[stream]!); // gives up for another workflow's row
      if (row[hidden] !== 't') return write(run, rows, from, to);
      run.hidden++;
      return seesDeleted ? write(run, rows, from, to) : 'null';
    };
  }

  #joinedTo(rows: Rows, table: string, key: string, expression: string): Rows {
    this.readsDetail(expression);
    const value = rows.sql(expression);
    return this.#once(rows, `${table} ${value}`, () => joined(rows.statement, table, key, value));
  }

  /** Refuses to plan a field that has an instant of its own. */
  holdPresent(field: AnyField, nodes: readonly FieldNode[]): void {
    if (this.argumentsOf(field, nodes[0]!).asOf != null) throw new NotPlanned('at another instant');
  }

  /** Joins the version in force to the row it belongs to. */
  current(where: string, { rows, level }: Thing, phase: PhaseDeclaration, sets: readonly SelectionSetNode[]): Write {
    const { horizon } = rows.statement;
    // A workflow has one record of a drafted phase.
    const from =
      horizon && phase.versioning === 'FULL'
        ? inForceThen(horizon, [phase])
        : `phase_version v where ${where.replace(/\$\.\w+/g, (column) => rows.sql(column))}`;
    const found = this.#once(rows, from, () =>
      subquery(rows.statement, 'v', (selected) => `select ${selected} from ${from}`),
    );
    const its = { rows: found, level };
    return ifGiven(this.place(its, '$.version_id'), false, this.version(phase, its, sets));
  }

  connection(field: AnyField, nodes: readonly FieldNode[], listed: Listed, thing: Thing): Write {
    return new Connection(this, field, nodes, listed, thing).write;
  }
}
