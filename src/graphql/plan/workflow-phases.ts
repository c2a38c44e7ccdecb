/**
 * The phases of a workflow, written from the workflow's own row. For several phases, the versions in force, histories and records are each
 * read in one go.
 */
import type { FieldNode, SelectionSetNode } from 'graphql';
import type { TextRow } from '../../database/connection/statements';
import { inForce } from '../../database/versions/versions';
import { phaseOf, phases } from '../../phases';
import type { PhaseDeclaration } from '../../versioning/phase';
import { encode } from '../connection';
import type { Compiler, Thing, Write } from './compile';
import { NotPlanned } from './plan-errors';
import { List } from './list';
import { conditionsOf, historyOf, recordsOf, type Listed } from './lists';
import { inForceThen } from './past';
import { pageAsked, pageOf, PageWriter } from './pages';
import type { Run, Segment } from './run';
import { below, type AnyField } from './selections';
import { phaseSources } from './sources';
import { subquery, type Rows, type Statement } from './statement';

/** The field `phases` or `workflowPhase` of a workflow. */
export function phasesOf(compiler: Compiler, field: AnyField, nodes: readonly FieldNode[], thing: Thing): Write {
  const sets = below(nodes);
  const { phase: asked } = compiler.argumentsOf(field, nodes[0]!);
  if (asked !== undefined) return phaseOfWorkflow(compiler, phaseOf(asked as string), thing, sets);
  const together = allPhases(compiler, thing);
  const writes = phases.map((phase) => phaseOfWorkflow(compiler, phase, thing, sets, together));
  return (run, rows, from, to) => `[${writes.map((write) => write(run, rows, from, to)).join(',')}]`;
}

type Reader = (phase: PhaseDeclaration, field: AnyField, nodes: readonly FieldNode[]) => Write;

/** How a phase's versions are read. */
type Readers = (compiler: Compiler, thing: Thing) => { readonly current: Reader; readonly list: Reader };

export function phaseOfWorkflow(
  compiler: Compiler,
  phase: PhaseDeclaration,
  thing: Thing,
  sets: readonly SelectionSetNode[],
  readers: Readers = onePhase,
): Write {
  const type = compiler.typeNamed('WorkflowPhase');
  const { current, list } = readers(compiler, thing);
  return compiler.fields(type, sets, (field, nodes) => {
    switch (field.name) {
      case 'current':
        compiler.holdPresent(field, nodes);
        return phase.versioning === 'FULL' ? current(phase, field, nodes) : () => 'null';
      case 'history':
        return list(phase, field, nodes);
      case 'records':
        compiler.holdPresent(field, nodes);
        return list(phase, field, nodes);
      default:
        return compiler.field(type, phaseSources(phase), field, nodes, thing);
    }
  });
}

const listedOf = (compiler: Compiler, phase: PhaseDeclaration, { name }: AnyField): Listed =>
  name === 'records' ? recordsOf(compiler, phase) : historyOf(compiler, phase, '$.workflow_id');

const onePhase: Readers = (compiler, thing) => ({
  // A workflow has one record of a drafted phase.
  current: (phase, _, nodes) =>
    compiler.current(
      `v.stream_id = $.workflow_id and v.phase = '${phase.key}' and ${inForce}`,
      thing,
      phase,
      below(nodes),
    ),
  list: (phase, field, nodes) => compiler.connection(field, nodes, listedOf(compiler, phase, field), thing),
});

function allPhases(compiler: Compiler, thing: Thing): Readers {
  const inForceOf = new Map<FieldNode, InForce>();
  const lists = new Map<FieldNode, ListOfPhases>();
  const once = <L>(known: Map<FieldNode, L>, [node]: readonly FieldNode[], make: () => L): L => {
    const list = known.get(node!) ?? make();
    known.set(node!, list);
    return list;
  };
  return () => ({
    current: (phase, _, nodes) =>
      once(inForceOf, nodes, () => new InForce(compiler, thing)).of(phase, (its) =>
        compiler.version(phase, its, below(nodes)),
      ),
    list: (phase, field, nodes) =>
      once(lists, nodes, () => new ListOfPhases(compiler, thing, field, nodes)).of(
        phase,
        listedOf(compiler, phase, field),
      ),
  });
}

/** Versions of several phases of a workflow, grouped by phase. */
abstract class VersionsOfPhases extends List {
  protected phase = -1;
  protected readonly phases: PhaseDeclaration[] = [];

  constructor(compiler: Compiler, thing: Thing) {
    super(compiler, thing, '$.workflow_id');
    thing.level.lists.push(this);
  }

  /** The rows of one phase. */
  protected ofPhase({ key }: PhaseDeclaration, { rows, from, to }: Segment): Segment {
    let first = from;
    while (first < to && rows[first]![this.phase] !== key) first++;
    let last = first;
    while (last < to && rows[last]![this.phase] === key) last++;
    return { rows, from: first, to: last };
  }

  /** Reads rows in the order of their phases. */
  protected readByPhase(statement: Statement, body: (selected: string) => string): Thing {
    const rows: Rows = subquery(statement, 'v', body);
    const phase = rows.sql('$.phase');
    this.phase = statement.place(phase);
    statement.orderBy(phase);
    return { rows, level: this.level, phases: this.phases };
  }
}

/** The versions in force in a workflow's phases, at most one per drafted phase. */
class InForce extends VersionsOfPhases {
  readonly #made: { readonly make: (its: Thing) => Write; write?: Write }[] = [];

  of(phase: PhaseDeclaration, make: (its: Thing) => Write): Write {
    this.phases.push(phase);
    const made: { readonly make: typeof make; write?: Write } = { make };
    this.#made.push(made);
    return (run, above, start, end) => {
      const { rows, from, to } = this.ofPhase(phase, this.segment(run, above, start, end));
      return from === to ? 'null' : made.write!(run, rows, from, to);
    };
  }

  protected read(statement: Statement, parent: string): void {
    const from = statement.horizon
      ? inForceThen(statement.horizon, [...new Set(this.phases)])
      : `phase_version v where v.stream_id = ${parent} and v.versioning_type = 'FULL' and ${inForce}`;
    const its = this.readByPhase(statement, (selected) => `select ${selected} from ${from}`);
    for (const made of this.#made) made.write = made.make(its);
  }
}

interface OneOfPhases {
  readonly listed: Listed;
  readonly pages: PageWriter;
  /** The position of its entries' keys. */
  key: number;
}

/** The page of a list for each phase. */
class ListOfPhases extends VersionsOfPhases {
  readonly #of: OneOfPhases[] = [];

  constructor(
    compiler: Compiler,
    thing: Thing,
    private readonly field: AnyField,
    private readonly nodes: readonly FieldNode[],
  ) {
    super(compiler, thing);
    if (thing.rows.statement.isPast) throw new NotPlanned('lists of all phases in the past');
  }

  of(phase: PhaseDeclaration, listed: Listed): Write {
    const { compiler, field, nodes } = this;
    if (pageAsked(compiler, field, nodes[0]!, listed.list, listed.max).cursor !== null)
      throw new NotPlanned('a page of one phase, of all phases');
    const own: OneOfPhases = {
      listed,
      pages: new PageWriter(
        compiler,
        field,
        nodes,
        this.#shown(listed, () => own.key),
      ),
      key: -1,
    };
    this.phases.push(phase);
    this.#of.push(own);
    return (run, above, start, end) => {
      const segment = this.ofPhase(phase, this.segment(run, above, start, end));
      return own.pages.write(pageOf(run, segment, own.key, this.#requestOf(run)), above[start]!);
    };
  }

  #shown = (listed: Listed, key: () => number): ConstructorParameters<typeof PageWriter>[3] => ({
    cursor: ({ rows, spans }, entry) => encode(listed.list, rows[spans[entry]![0]]![key()]!),
    totalCount: () => {
      const { rows, level } = this.thing;
      const where = this.#where(rows.statement, rows.sql('$.workflow_id'), listed);
      level.width++;
      const place = rows.statement.place(`(select count(*) from ${listed.list.from} where ${where})`);
      return (_, parentRow: TextRow) => parentRow[place]!;
    },
  });

  #requestOf = (run: Run) => run.page(this.field, this.nodes[0]!, this.#of[0]!.listed.list, this.#of[0]!.listed.max);

  #where = (statement: Statement, parent: string, { list, filters }: Listed): string =>
    [
      list.ofParent.replaceAll('p.parent', parent),
      ...conditionsOf(this.compiler, statement, this.field, this.nodes[0]!, filters),
    ]
      .map((condition) => `(${condition})`)
      .join(' and ');

  protected read(statement: Statement, parent: string): void {
    const { listed } = this.#of[0]!;
    const { backwards } = pageAsked(this.compiler, this.field, this.nodes[0]!, listed.list, listed.max);
    const direction = listed.list.newestFirst === backwards ? 'asc' : 'desc';
    // All keys of one phase are of one type; the column of the other type is null.
    const keys = [...new Map(this.#of.map((own) => [own.listed.list.key, own.listed.list])).values()];
    const keyOf = ({ key }: Listed['list']) => {
      const its = this.phases.filter((_, i) => this.#of[i]!.listed.list.key === key);
      return `case when v.phase in (${its.map((phase) => `'${phase.key}'`).join(', ')}) then ${key} end`;
    };
    const order = keys.map((list) => (keys.length === 1 ? list.key : keyOf(list)));
    const limit = statement.parameter(
      (run) => this.#requestOf(run).limit + (this.#of.some(({ pages }) => pages.asksMore) ? 1 : 0),
    );
    const where = this.#where(statement, parent, { ...listed, filters: this.#filtersOfAll(listed) });
    const its = this.readByPhase(
      statement,
      (
        selected,
      ) => `select ${selected} from unnest('{${this.phases.map(({ key }) => key).join(',')}}'::"Phase"[]) k(phase)
        cross join lateral (select v.* from ${listed.list.from} where v.phase = k.phase and ${where}
          order by ${order.map((key) => `${key} ${direction}`).join(', ')} limit ${limit}::int) v`,
    );
    for (const key of order) statement.orderBy(`${its.rows.sql(key)} ${direction}`);
    for (const [i, own] of this.#of.entries()) {
      own.key = statement.place(its.rows.sql(own.listed.list.key));
      const phase = this.phases[i]!;
      own.pages.writeNodes((sets) => this.compiler.version(phase, its, sets));
    }
  }

  /** All filters but the first, which selects the phase; here the rows are told apart by phase. */
  #filtersOfAll =
    ({ filters }: Listed): Listed['filters'] =>
    (args, userId) =>
      filters(args, userId).slice(1);
}
