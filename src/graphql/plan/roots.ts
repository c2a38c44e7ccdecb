/**
 * The roots of planned operations: a statement reads, in one snapshot, the viewer, their assignment to the workflow, and the data. Cached
 * rights are used only after a check (rights.ts).
 */
import type { FieldNode } from 'graphql';
import { phases } from '../../phases';
import { isUuid } from '../../uuid';
import type { PhaseDeclaration } from '../../versioning/phase';
import { fromGlobalId } from '../global-id';
import { aboutCaller, type Root } from './caller';
import type { Compiler } from './compile';
import { PlanAborted, NotPlanned } from './plan-errors';
import { levelOf } from './list';
import { registered, registerRoot, reviewQueueRoot, workflowsRoot } from './list-roots';
import { rootOf, type Beginning, type Instant } from './root';
import type { Run } from './run';
import { below, type AnyField } from './selections';
import { tables, workflowSources } from './sources';
import { named, type Statement } from './statement';

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

/** The keys of global ids that all have one type and are of the present. */
export function keysOf(ids: readonly string[]): { typeName: string; keys: string[] } | null {
  const parts = ids.map(fromGlobalId);
  const typeName = parts[0]?.typeName;
  const keys = parts.flatMap((part) =>
    part && part.typeName === typeName && part.at === null && isUuid(part.key) ? [part.key] : [],
  );
  return typeName !== undefined && keys.length === ids.length ? { typeName, keys } : null;
}

/** What a shape contains about a root field besides its variables: the type of the requested object. */
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
    if (found?.typeName !== typeName || found.keys.length > MAX_NODES) throw new PlanAborted('other nodes');
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

/** The viewer. */
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
      if (!answered[0] || !callerIn(answered[0]).isActive) throw new PlanAborted('nobody asks');
      return write(run, answered, 0, 1);
    },
  };
}

/**
 * Compiles a root field.
 * @param isAllOfThePast whether the whole operation is read as of an instant
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
    case 'reviewQueue':
      if (instant) throw new NotPlanned('many things of the past');
      return (field.name === 'workflows' ? workflowsRoot : reviewQueueRoot)(compiler, field, nodes);
    case 'users':
    case 'lobs':
    case 'cycles':
    case 'reports':
      if (instant) throw new NotPlanned('many things of the past');
      return registerRoot(compiler, field, nodes, registered[field.name]);
    default:
      throw new NotPlanned(`Query.${field.name}`);
  }
}
