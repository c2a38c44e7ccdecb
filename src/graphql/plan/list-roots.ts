/** Planned roots that are lists: the workflows that a viewer sees, their review queue, and the register. */
import type { FieldNode, SelectionSetNode } from 'graphql';
import { decisionFactsFrom } from '../../database/versions/facts';
import { isSeenBy } from '../../database/register/people';
import { cycleList, lobList, reportList, userList } from '../../database/register/register';
import { queuedFrom, queueFacts, queueOrder, REVIEW_QUEUE } from '../../database/versions/review-queue';
import { orderedWorkflows } from '../../database/versions/workflow-conditions';
import type { TextRow } from '../../database/connection/statements';
import type { DecisionFactsRow } from '../../database/versions/version-facts';
import { phaseOf, phases } from '../../phases';
import { awaitsDecision, decidersOf } from '../../versioning/policy';
import { connectComputed, encode, MAX_PAGE, type ConnectionArgs } from '../connection';
import { filtersOf } from '../list';
import { ofSelection } from '../workflow/workflow-args';
import { workflowFilters } from '../workflow/workflow-choice';
import { aboutCaller, assignmentOf, statementsOf, type Root } from './caller';
import type { Compiler, Thing, Write } from './compile';
import { PlanAborted } from './plan-errors';
import { levelOf, placeLists, type OwnList } from './list';
import type { Listed } from './lists';
import { pageAsked, pageOf, PageWriter, type Page } from './pages';
import type { Run } from './run';
import { tables, workflowSources } from './sources';
import { joined, named, Statement, subquery } from './statement';
import type { AnyField } from './selections';

const QUEUE = { name: REVIEW_QUEUE, keyType: 'uuid' } as const;

/** Runs a statement about the viewer; gives up if they may not use the API. */
async function readFor(run: Run, { statement, callerIn }: ReturnType<typeof aboutCaller>): Promise<readonly TextRow[]> {
  const answered = await run.read(statement);
  if (!answered[0] || !callerIn(answered[0]).isActive) throw new PlanAborted('nobody asks');
  return answered;
}

/** A root that is a single list, read together with the viewer. */
function connectionRoot(
  compiler: Compiler,
  field: AnyField,
  nodes: readonly FieldNode[],
  caller: ReturnType<typeof aboutCaller>,
  listed: Listed,
): Root {
  const level = levelOf(true);
  const write = compiler.connection(field, nodes, listed, { rows: named(caller.statement, 'caller'), level });
  const own: OwnList[] = [];
  placeLists(level, own);
  return {
    statements: 1 + statementsOf(own),
    isPast: false,
    answer: async (run) => {
      const answered = await readFor(run, caller);
      await run.complete(own, answered);
      return write(run, answered, 0, answered.length);
    },
  };
}

/** The workflows that the viewer sees. Their assignment to each is read only if something depends on it. */
export function workflowsRoot(compiler: Compiler, field: AnyField, nodes: readonly FieldNode[]): Root {
  const caller = aboutCaller(false);
  const { statement, userId, callerIn } = caller;
  const things: { readonly thing: Thing; hold?: (run: Run, row: TextRow) => void }[] = [];
  const listed: Listed = {
    list: { ...orderedWorkflows, ofParent: isSeenBy('p.parent') },
    max: MAX_PAGE,
    parent: '$.user_id',
    row: 'w',
    from: () => orderedWorkflows.from,
    filters: (args, viewerId) => {
      const chosen = args as unknown as Parameters<typeof ofSelection>[0] & Parameters<typeof workflowFilters>[0];
      return [...ofSelection(chosen), ...workflowFilters(chosen, viewerId ?? 0, null)];
    },
    write: (thing, sets) => {
      const held: (typeof things)[number] = { thing };
      things.push(held);
      const write = compiler.object(compiler.typeNamed('Workflow'), workflowSources, thing, sets);
      return (run, rows, from, to) => {
        held.hold?.(run, rows[from]!);
        return write(run, rows, from, to);
      };
    },
  };
  const root = connectionRoot(compiler, field, nodes, caller, listed);
  if (compiler.needsActor)
    for (const held of things) {
      const place = (sql: string) => statement.place(held.thing.rows.sql(sql));
      const assignmentIn = assignmentOf(userId, place);
      const id = place('$.workflow_id');
      held.hold = (run, row) => run.holdRights(row[id]!, callerIn(row), assignmentIn(row));
    }
  return root;
}

/** The register's lists, by the fields that show them. */
export const registered = {
  users: { type: 'User', row: 'u', list: userList },
  lobs: { type: 'Lob', row: 'l', list: lobList },
  cycles: { type: 'Cycle', row: 'c', list: cycleList },
  reports: { type: 'Report', row: 'r', list: reportList },
} as const;

/** A register list, which everybody may see. */
export function registerRoot(
  compiler: Compiler,
  field: AnyField,
  nodes: readonly FieldNode[],
  { type, row, list }: (typeof registered)[keyof typeof registered],
): Root {
  const { sources } = tables[type]!;
  const listed: Listed = {
    list,
    max: MAX_PAGE,
    parent: '$.user_id',
    row,
    from: () => list.from,
    filters: ({ filter }) => filtersOf(list.filters, filter as Record<string, unknown> | null | undefined),
    write: (thing, sets) => compiler.object(compiler.typeNamed(type), sources, thing, sets),
  };
  return connectionRoot(compiler, field, nodes, aboutCaller(false), listed);
}

/**
 * Reads the waiting versions in the viewer's workflows with the facts for the rules, and returns the ids of those that wait for the viewer.
 */
function queueOf(field: AnyField, node: FieldNode): (run: Run) => Promise<string[]> {
  const about = aboutCaller(false);
  const { statement, userId, callerIn } = about;
  const ofPhases = statement.parameter((run) => run.argumentsOf(field, node).phases ?? null);
  const queued = subquery(statement, 'v', (selected) => `select ${selected} from ${queuedFrom(userId, ofPhases)}`);
  const place = (sql: string) => statement.place(queued.sql(sql));
  const [id, stream, phase, facts] = ['v.version_id', 'v.stream_id', 'v.phase', queueFacts].map(place);
  const assignmentIn = assignmentOf(userId, place);
  statement.orderBy(...queueOrder.map((sql) => queued.sql(sql)));
  return async (run) => {
    const answered = await readFor(run, about);
    const caller = callerIn(answered[0]!);
    const waiting = answered.filter((row) => {
      if (row[id!] === null) return false;
      run.holdRights(row[stream!]!, caller, assignmentIn(row));
      const read = JSON.parse(row[facts!]!) as DecisionFactsRow;
      return awaitsDecision(decisionFactsFrom(phaseOf(row[phase!]!), read, run.actorIn(row[stream!]!)));
    });
    return waiting.map((row) => row[id!]!);
  };
}

/** The review queue. Only the versions on the page are read in full. */
export function reviewQueueRoot(compiler: Compiler, field: AnyField, nodes: readonly FieldNode[]): Root {
  const node = nodes[0]!;
  pageAsked(compiler, field, node, QUEUE, MAX_PAGE);
  const queue = queueOf(field, node);
  const statement = new Statement();
  const ids = statement.parameter((_, parents) => parents);
  statement.join(() => `unnest(${ids}::uuid[]) with ordinality p(parent, n)`);
  statement.orderBy('p.n');
  const key = statement.place('p.parent');
  const decided = phases.filter((phase) => decidersOf(phase).length > 0);
  const thing: Thing = {
    rows: joined(statement, 'phase_version', 'version_id', 'p.parent'),
    level: levelOf(false),
    phases: decided,
  };
  const pages = new PageWriter(compiler, field, nodes, {
    cursor: ({ rows, spans }, entry) => encode(QUEUE, rows[spans[entry]![0]]![key]!),
    totalCount: () => (page) => String(page.total),
  });
  const phase = compiler.place(thing, '$.phase');
  pages.writeNodes((sets) => ofAnyPhase(compiler, thing, phase, sets));
  const own: OwnList[] = [];
  placeLists(thing.level, own);
  return {
    statements: 2 + statementsOf(own),
    isPast: false,
    answer: async (run) => {
      const waiting = await queue(run);
      const args = run.argumentsOf(field, node) as unknown as ConnectionArgs;
      const { nodes: shown, pageInfo } = connectComputed(QUEUE.name, waiting, String, args, (id) => id);
      const rows = shown.length > 0 ? await run.read(statement, shown) : [];
      await run.complete(own, rows);
      const request = run.page(field, node, QUEUE, MAX_PAGE);
      const page: Page = {
        ...pageOf(run, { rows, from: 0, to: rows.length }, key, { ...request, limit: MAX_PAGE, backwards: false }),
        request,
        hasMore: request.backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage,
        total: waiting.length,
      };
      return pages.write(page, []);
    },
  };
}

/** Writes versions of several phases, each according to its phase. */
function ofAnyPhase(compiler: Compiler, thing: Thing, phase: number, sets: readonly SelectionSetNode[]): Write {
  const writes = new Map(thing.phases!.map((one) => [one.key, compiler.version(one, thing, sets)]));
  return (run, rows, from, to) => {
    const write = writes.get(rows[from]![phase] ?? '');
    if (!write) throw new PlanAborted('a version that is gone');
    return write(run, rows, from, to);
  };
}
