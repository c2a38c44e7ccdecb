/**
 * Where a planned operation begins: a statement that reads, in one snapshot, who asks and how they stand to the workflow, and
 * what they ask for. Nothing about rights is kept from one request to the next.
 */
import type { FieldNode } from 'graphql';
import type { TextRow } from '../../database/statements';
import { phases } from '../../phases';
import { isUuid } from '../../uuid';
import type { PhaseDeclaration } from '../../versioning/phase';
import { fromGlobalId } from '../global-id';
import { aboutCaller, assignmentOf, statementsOf, type Answer, type Root } from './caller';
import type { AnyField, Compiler, Thing, Write } from './compile';
import { GiveUp, NotPlanned } from './given-up';
import { KeptOfPast } from './kept-past';
import { levelOf, placeLists, type OwnList } from './list';
import { enterPast, isDeletedIn } from './past';
import { reviewQueueRoot, workflowsRoot } from './list-roots';
import type { Run } from './run';
import { below } from './selection';
import { tables, workflowSources } from './sources';
import { joined, named, type Statement } from './statement';

/** What is found by the arguments of a root field. */
interface Beginning {
  /** Joins the workflow `w`, and the object itself, to the caller, as both are today; answers what the object is called. */
  join(statement: Statement): string;
  /** Where the objects are one of many: which of them. */
  readonly order?: string;
  /** The table of the object. */
  readonly table: string;
  readonly key: string;
  /** Whether it is shown only to those who may see what is deleted, if it is. */
  readonly canBeDeleted: boolean;
  write(thing: Thing): Write;
}

/** At which instant something is read. */
type Instant = (run: Run) => Date;

/** @param instant null for the present */
function rootOf(
  compiler: Compiler,
  { join, order, table, key, canBeDeleted, write }: Beginning,
  instant: Instant | null,
): Root {
  if (instant && order) throw new NotPlanned('many objects of the past');
  const { statement, userId, callerIn } = aboutCaller(instant !== null);
  const today = named(statement, join(statement));
  const workflow = statement.place('w.workflow_id');
  const assignmentIn = assignmentOf(userId, (sql) => statement.place(sql));
  const isThere = instant && enterPast(statement);
  const rows = instant ? joined(statement, table, key, today.sql(`$.${key}`)) : today;
  const found = statement.place(rows.sql(`$.${key}`));
  const isDeleted = canBeDeleted && statement.place(rows.sql(isDeletedIn(statement)));
  const number = order && statement.place(order);
  if (order) statement.orderBy(order);
  const level = levelOf(!order);
  let writeObject: Write = () => '';
  const own: OwnList[] = [];
  const reads = compiler.readsIn(() => {
    writeObject = write({ rows, level });
    placeLists(level, own);
  });
  const kept = instant && !canBeDeleted && !reads.has('today') ? new KeptOfPast(join) : null;

  /** Answers whose log the object is in. */
  const hold = (run: Run, row: TextRow): string => {
    const streamId = row[workflow]!;
    if (streamId === null) throw new GiveUp('nothing there');
    run.holdRights(streamId, callerIn(row), assignmentIn(row));
    return streamId;
  };
  const object: Write = (run, answered, from, to) => {
    const row = answered[from]!;
    const streamId = hold(run, row);
    if (row[found] === null) throw new GiveUp('nothing there');
    if (isDeleted !== false && row[isDeleted] === 't' && !run.seesDeleted(streamId)) throw new GiveUp('deleted');
    return writeObject(run, answered, from, to);
  };
  /** Reads what is asked for; a stream that is not closed yet is closed first, unless its workflow is hidden from who asks. */
  const begin = async (run: Run): Promise<readonly TextRow[]> => {
    const answered = await run.read(statement);
    if (answered.length === 0) throw new GiveUp('nobody asks, or for nothing');
    if (!isThere || isThere(run, answered[0]!)) return answered;
    const streamId = hold(run, answered[0]!);
    await run.context.asOf(run.at!).closeStreams(streamId);
    const again = await run.read(statement);
    if (!isThere(run, again[0]!)) throw new GiveUp('not closed');
    return again;
  };
  const answer: Answer = async (given) => {
    const run = instant ? given.asOf(instant(given)) : given;
    const before = await kept?.find(run);
    if (before != null) return before;
    const answered = await begin(run);
    await run.complete(own, answered);
    const one = () => object(run, answered, 0, answered.length);
    if (!number) return kept ? kept.write(run, one) : one();
    const objects: string[] = [];
    for (let from = 0, to = 1; from < answered.length; from = to++) {
      while (to < answered.length && answered[to]![number] === answered[from]![number]) to++;
      objects.push(object(run, answered, from, to));
    }
    return `[${objects.join(',')}]`;
  };
  return { statements: 1 + statementsOf(own), isPast: instant !== null, answer };
}

type Arguments = (run: Run) => Record<string, unknown>;

function workflowBeginning(
  compiler: Compiler,
  nodes: readonly FieldNode[],
  join: Beginning['join'],
  order?: string,
): Beginning {
  return {
    join,
    ...(order && { order }),
    table: 'workflows',
    key: 'workflow_id',
    canBeDeleted: false,
    write: (thing) => compiler.object(compiler.typeNamed('Workflow'), workflowSources, thing, below(nodes)),
  };
}

function versionBeginning(
  compiler: Compiler,
  nodes: readonly FieldNode[],
  phase: PhaseDeclaration,
  join: (statement: Statement) => string,
  order?: string,
): Beginning {
  return {
    join: (statement) => {
      const id = join(statement);
      const version = statement.alias(); // `v` is a version of a list
      statement.join(
        () =>
          `left join public.phase_version ${version} on ${version}.version_id = ${id} and ${version}.phase = '${phase.key}' left join public.workflows w on w.workflow_id = ${version}.stream_id`,
      );
      return version;
    },
    ...(order && { order }),
    table: 'phase_version',
    key: 'version_id',
    canBeDeleted: true,
    write: (thing) => compiler.version(phase, thing, below(nodes)),
  };
}

/** The keys of ids that are all of one type, and of the present. */
export function keysOf(ids: readonly string[]): { typeName: string; keys: string[] } | null {
  const parts = ids.map(fromGlobalId);
  const typeName = parts[0]?.typeName;
  const keys = parts.flatMap((part) =>
    part && part.typeName === typeName && part.at === null && isUuid(part.key) ? [part.key] : [],
  );
  return typeName !== undefined && keys.length === ids.length ? { typeName, keys } : null;
}

/** What a shape says of a root field besides what its variables do: the type of what is asked for. */
export interface Hint {
  readonly typeName: string;
}

const MAX_NODES = 100;

function nodesBeginning(
  compiler: Compiler,
  nodes: readonly FieldNode[],
  args: Arguments,
  typeName: string,
  isList: boolean,
): Beginning {
  const keys = (run: Run): readonly string[] => {
    const { id, ids } = args(run) as { id?: string; ids?: string[] };
    const found = keysOf(ids ?? [id!]);
    if (found?.typeName !== typeName || found.keys.length > MAX_NODES) throw new GiveUp('other nodes');
    return found.keys;
  };
  const join = (statement: Statement): string => {
    const value = statement.parameter(keys);
    statement.join(() => `cross join unnest(${value}::uuid[]) with ordinality asked(id, n)`);
    return 'asked.id';
  };
  const order = isList ? 'asked.n' : undefined;
  if (typeName === 'Workflow')
    return workflowBeginning(
      compiler,
      nodes,
      (statement) => {
        const id = join(statement);
        statement.join(() => `left join public.workflows w on w.workflow_id = ${id}`);
        return 'w';
      },
      order,
    );
  const phase = phases.find(({ version }) => version.type === typeName);
  if (!phase) throw new NotPlanned(`nodes of type ${typeName}`);
  return versionBeginning(compiler, nodes, phase, join, order);
}

/** The person who asks. */
function viewerRoot(compiler: Compiler, nodes: readonly FieldNode[]): Root {
  const { statement, callerIn } = aboutCaller(false);
  const rows = named(statement, 'caller');
  const write = compiler.object(
    compiler.typeNamed('User'),
    tables.User!.sources,
    { rows, level: levelOf(true) },
    below(nodes),
  );
  return {
    statements: 1,
    isPast: false,
    answer: async (run) => {
      const answered = await run.read(statement);
      if (!answered[0] || !callerIn(answered[0]).isActive) throw new GiveUp('nobody asks');
      return write(run, answered, 0, 1);
    },
  };
}

/**
 * A root field.
 * @param isAllOfThePast whether the whole operation is read at an instant
 */
export function compileRoot(
  compiler: Compiler,
  field: AnyField,
  nodes: readonly FieldNode[],
  hint: Hint | null,
  isAllOfThePast: boolean,
): Root {
  const node = nodes[0]!;
  const args: Arguments = (run) => run.argumentsOf(field, node);
  const isPast = isAllOfThePast || compiler.argumentsOf(field, node).asOf != null;
  const instant: Instant | null = isPast
    ? (run) => (args(run).asOf as Date | null | undefined) ?? run.context.past!.at
    : null;
  switch (field.name) {
    case 'viewer':
      if (instant) throw new NotPlanned('who somebody was');
      return viewerRoot(compiler, nodes);
    case 'workflow':
      return rootOf(
        compiler,
        workflowBeginning(compiler, nodes, (statement) => {
          const cycle = statement.parameter((run) => args(run).cycleId);
          const report = statement.parameter((run) => args(run).reportId);
          statement.join(() => `left join public.workflows w on w.cycle_id = ${cycle} and w.report_id = ${report}`);
          return 'w';
        }),
        instant,
      );
    case 'phaseVersion': {
      const phase = phases.find(({ key }) => key === hint?.typeName);
      if (!phase) throw new NotPlanned('a version that is not there');
      return rootOf(
        compiler,
        versionBeginning(compiler, nodes, phase, (statement) => statement.parameter((run) => args(run).versionId)),
        instant,
      );
    }
    case 'node':
    case 'nodes':
      if (!hint) throw new NotPlanned('nodes of several types');
      return rootOf(compiler, nodesBeginning(compiler, nodes, args, hint.typeName, field.name === 'nodes'), instant);
    case 'workflows':
    case 'reviewQueue': {
      if (instant) throw new NotPlanned('many things of the past');
      const { filter, orderBy } = compiler.argumentsOf(field, node);
      if (filter != null || orderBy != null) throw new NotPlanned('a choice among many');
      return (field.name === 'workflows' ? workflowsRoot : reviewQueueRoot)(compiler, field, nodes);
    }
    default:
      throw new NotPlanned(`Query.${field.name}`);
  }
}
