/** Objects by global id: one loader for each type, and the same visibility as on every other path. */
import { streamsOfChangeSets, streamsOfItems, streamsOfMetrics } from '../../database/past';
import { REFERENCE_STREAM } from '../../database/people';
import { fullPhases, phaseOf, phases } from '../../phases';
import { canSeeLogReads, canSeeReferenceLog } from '../../versioning/policy';
import type { Context } from '../context';
import { fromGlobalId, globalId } from '../global-id';
import type { Node } from '../node';
import { signOffsOf } from './sign-offs';
import { canSeeStream, settleVisible, versionById, visibleVersion, visibleWorkflow } from '../visibility';

type Fetch = (context: Context, key: string) => Promise<Node | null>;

const fetchers: Record<string, Fetch> = {
  User: async ({ loaders }, key) => loaders.user.load(Number(key)),
  Lob: async ({ loaders }, key) => loaders.lob.load(key),
  Cycle: async ({ loaders }, key) => loaders.cycle.load(key),
  Report: async ({ loaders }, key) => loaders.report.load(key),
  Workflow: async (context, key) => {
    await settleVisible(context, [key]);
    return visibleWorkflow(context, await context.loaders.workflow.load(key));
  },
  VersioningMetric: async (context, key) => {
    if (context.past) await settleVisible(context, await streamsOfMetrics(context.db, [key]));
    const metric = await context.loaders.metric.load(key);
    return metric && (await canSeeStream(context, metric.streamId)) ? metric : null;
  },
  ChangeLogRead: async ({ loaders, viewer }, key) => (canSeeLogReads(viewer) ? loaders.logRead.load(key) : null),
  ChangeSet: async (context, key) => {
    if (context.past) await settleVisible(context, await streamsOfChangeSets(context.db, [key]));
    const changeSet = await context.loaders.changeSet.load(key);
    if (!changeSet) return null;
    const visible =
      changeSet.streamId === REFERENCE_STREAM
        ? canSeeReferenceLog(context.viewer)
        : await canSeeStream(context, changeSet.streamId);
    if (!visible) return null;
    await context.noteRead(changeSet.streamId, 'Query.node');
    return changeSet;
  },
};
for (const { key: phase, version } of phases)
  fetchers[version.type] = async (context, key) => {
    const found = await versionById(context, key);
    return found?.phase === phase ? found : null;
  };
for (const { key: phase, item } of fullPhases)
  fetchers[item.type] = async (context, key) => {
    if (context.past) await settleVisible(context, await streamsOfItems(context.db, item.table, [key]));
    const found = await context.loaders.item.load({ phase, itemId: key });
    return found && (await visibleVersion(context, await context.loaders.version.load(found.versionId))) ? found : null;
  };

fetchers.TestReportSignOff = async (context, key) => {
  const version = await versionById(context, key.slice(0, 36));
  if (!version || phaseOf(version.phase).versioning !== 'FULL') return null;
  const id = globalId('TestReportSignOff', key);
  return (await signOffsOf(context, version)).find((signOff) => signOff.id === id) ?? null;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INT = /^\d{1,9}$/;
/** How the key of a type looks, where it is no UUID. */
const keys: Record<string, RegExp> = {
  User: INT,
  ChangeLogRead: /^\d{1,18}$/,
  TestReportSignOff: new RegExp(`${UUID.source.slice(0, -1)}-[a-z_]+$`),
};

export async function nodesById(context: Context, ids: readonly string[]): Promise<(Node | null)[]> {
  await context.settle();
  return Promise.all(
    ids.map(async (id) => {
      const parts = fromGlobalId(id);
      const fetcher = parts && Object.hasOwn(fetchers, parts.typeName) ? fetchers[parts.typeName] : undefined;
      if (!parts || !fetcher || !(keys[parts.typeName] ?? UUID).test(parts.key)) return null;
      return fetcher(context, parts.key);
    }),
  );
}
