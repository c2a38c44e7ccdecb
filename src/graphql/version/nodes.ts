/** Objects by global id: one fetcher for each type, with the same visibility as on every other path. */
import { ID as IdType } from 'type-graphql';
import { streamsOfChangeSets, streamsOfItems, streamsOfMetrics } from '../../database/log/as-of-reader';
import { REFERENCE_STREAM } from '../../database/register/people';
import type { ChangeSetRow, ItemRow } from '../../database/connection/rows';
import { fullPhaseOf, fullPhases, phaseOf, phases } from '../../phases';
import { UUID } from '../../uuid';
import type { FullPhase } from '../../versioning/phase';
import { badInput } from '../../versioning/errors';
import { canSeeLogReads, canSeeReferenceLog } from '../../versioning/seeing';
import { readIn } from '../as-of';
import type { Context } from '../context';
import { a, resolved, optional, queries } from '../declare';
import { fromGlobalId } from '../global-id';
import { Node } from '../node';
import { asDecision, asWorkflowPhase, type Marked, type Node as AnyNode } from '../objects';
import { asOfArgs, at } from './as-of-args';
import { signOffsOf } from './sign-offs';
import {
  canSeeStream,
  seesDeleted,
  closeVisibleStreams,
  showsDecision,
  versionById,
  visibleVersion,
  visibleWorkflow,
} from '../visibility';

/** The pattern of a type's keys, and how an object is fetched by the groups of the pattern. */
interface Kind {
  readonly key: RegExp;
  readonly fetch: (context: Context, ...parts: string[]) => Promise<AnyNode | null>;
}

const ID = `(${UUID})`;
const NUMBER = '(0|[1-9][0-9]{0,8})';
const kind = (key: string, fetch: (context: Context, ...parts: never[]) => Promise<AnyNode | null>): Kind => ({
  key: new RegExp(`^${key}$`),
  fetch: fetch as Kind['fetch'],
});

async function workflowById(context: Context, workflowId: string) {
  await closeVisibleStreams(context, [workflowId]);
  return visibleWorkflow(context, await context.loaders.workflow.load(workflowId));
}

async function changeSetById(context: Context, changeSetId: string): Promise<Marked<ChangeSetRow> | null> {
  if (context.past) await closeVisibleStreams(context, await streamsOfChangeSets(context.db, [changeSetId]));
  const changeSet = await context.loaders.changeSet.load(changeSetId);
  if (!changeSet) return null;
  const visible =
    changeSet.streamId === REFERENCE_STREAM
      ? canSeeReferenceLog(context.viewer)
      : await canSeeStream(context, changeSet.streamId);
  if (!visible) return null;
  await context.recordRead(changeSet.streamId, 'Query.node');
  return changeSet;
}

async function itemById(context: Context, { key: phase, item }: FullPhase, itemId: string) {
  if (context.past) await closeVisibleStreams(context, await streamsOfItems(context.db, item.table, [itemId]));
  const found: Marked<ItemRow> | null = await context.loaders.item.load({ phase, itemId });
  return found && (await visibleVersion(context, await context.loaders.version.load(found.versionId))) ? found : null;
}

const kinds: Record<string, Kind> = {
  User: kind(NUMBER, ({ loaders }, userId: string) => loaders.user.load(Number(userId))),
  Lob: kind(ID, ({ loaders }, lobId: string) => loaders.lob.load(lobId)),
  Cycle: kind(ID, ({ loaders }, cycleId: string) => loaders.cycle.load(cycleId)),
  Report: kind(ID, ({ loaders }, reportId: string) => loaders.report.load(reportId)),
  Workflow: kind(ID, workflowById),
  VersioningMetric: kind(ID, async (context, metricId: string) => {
    if (context.past) await closeVisibleStreams(context, await streamsOfMetrics(context.db, [metricId]));
    const metric = await context.loaders.metric.load(metricId);
    return metric && (await canSeeStream(context, metric.streamId)) ? metric : null;
  }),
  ChangeLogRead: kind('([0-9]{1,18})', async ({ loaders, viewer }, readId: string) =>
    canSeeLogReads(viewer) ? loaders.logRead.load(readId) : null,
  ),
  ChangeSet: kind(ID, changeSetById),
  RowChange: kind(`${ID}-${NUMBER}`, async (context, changeSetId: string, ordinal: string) => {
    const changeSet = await changeSetById(context, changeSetId);
    if (!changeSet) return null;
    const rows = context.loaders.rowChange(await seesDeleted(context, changeSet.streamId));
    return rows.load({ changeSetId, ordinal: Number(ordinal) });
  }),
  TestReportSignOff: kind(`${ID}-([a-z_]+)`, async (context, versionId: string, role: string) => {
    const version = await versionById(context, versionId);
    if (!version || phaseOf(version.phase).versioning !== 'FULL') return null;
    return (await signOffsOf(context, version)).find(({ signOffRole }) => signOffRole === role) ?? null;
  }),
  WorkflowPhase: kind(
    `${ID}-(${phases.map(({ key }) => key).join('|')})`,
    async (context, id: string, phase: string) =>
      (await workflowById(context, id)) ? asWorkflowPhase(id, phase) : null,
  ),
  ItemDecision: kind(
    `${ID}-${ID}-(${fullPhases.map(({ key }) => key).join('|')})`,
    async (context, itemId: string, decisionId: string, phase: string) => {
      const item = await itemById(context, fullPhaseOf(phase), itemId);
      return item?.decisionId === decisionId && (await showsDecision(context, item)) ? asDecision(item) : null;
    },
  ),
};
for (const { key: phase, version } of phases)
  kinds[version.type] = kind(ID, async (context, versionId: string) => {
    const found = await versionById(context, versionId);
    return found?.phase === phase ? found : null;
  });
for (const phase of fullPhases)
  kinds[phase.item.type] = kind(ID, (context, itemId: string) => itemById(context, phase, itemId));

/** @throws refusals, such as for an instant that has not come yet */
async function nodeById(context: Context, id: string): Promise<AnyNode | null> {
  const parts = fromGlobalId(id);
  const { key, fetch } = (parts && Object.hasOwn(kinds, parts.typeName) && kinds[parts.typeName]) || {};
  const found = key?.exec(parts!.key);
  if (!found) return null;
  const then = parts!.at ? context.asOf(parts!.at) : context;
  await then.closeStreams();
  const node = await fetch!(then, ...found.slice(1));
  // An object requested by an id is returned under that id.
  return readIn(then, node?.lasts && parts!.at ? { ...node, lasts: false } : node);
}

/** The objects in the order of the ids, with an error in place of a refused one. */
const nodesById = (context: Context, ids: readonly string[]): Promise<(AnyNode | null | Error)[]> =>
  Promise.all(ids.map((id) => nodeById(context, id).catch((error: Error) => error)));

const MAX_NODES = 100;

queries({
  node: resolved(
    'Any object by its global id, as of the instant in the id, if there is one; null if there is none the viewer may see.',
    optional(() => Node),
    { id: a.of<string>('The global id.', () => IdType) },
    async (_, context, { id }) => (await nodesById(context, [id]))[0],
  ),
  nodes: resolved(
    'Objects by their global ids, at most 100, in the order of the ids, each as of the instant in its id, if there is one; null for each that the viewer may not see, or that is refused.',
    { type: () => [Node], nullable: 'items' },
    { ids: a.of<string[]>('The global ids.', () => [IdType]), ...asOfArgs },
    (_, context, { ids, asOf }) => {
      if (ids.length > MAX_NODES)
        throw badInput(`At most ${MAX_NODES} nodes can be asked for at once; you asked for ${ids.length}.`, {
          max: MAX_NODES,
        });
      return at(context, asOf, [], (then) => nodesById(then, ids));
    },
  ),
});
