/**
 * The loaders of one request. Whatever a query's size, each kind of thing is fetched in one statement per level: by id, by a
 * page of a parent, or by a phase's own table (one statement for each phase that occurs).
 */
import DataLoader from 'dataloader';
import type { TextDiff } from '../../../packages/bounded-diff';
import { logReadsById } from '../../database/change-log-reads';
import { changeSetsById, rowChangesAt } from '../../database/change-log';
import type { Db } from '../../database/database';
import {
  comparedItems,
  countedItems,
  itemCounts,
  itemsById,
  itemImages,
  versionsOfItems,
  itemsByKey,
  itemsOfVersions,
  type ItemImage,
} from '../../database/items';
import { metricsById, phaseMetrics } from '../../database/metrics';
import { countsOf, pagesOf, type Filter, type Page, type PagedList, type PageRequest } from '../../database/pages';
import {
  cyclesById,
  lobsById,
  reportsById,
  standings,
  testersByWorkflow,
  usersById,
  workflowsById,
} from '../../database/people';
import { signOffsByVersion } from '../../database/sign-offs';
import {
  circumstances,
  currentByRecord,
  detailsByVersion,
  lastReviews,
  phaseStates,
  replacedRecords,
  versionsById,
  versionsByNumber,
  versionsOfRecords,
  type DetailRow,
} from '../../database/versions';
import { fullPhaseOf, phaseOf } from '../../phases';
import { groupBy } from '../../group-by';
import type { FormsByItem } from '../../versioning/blame';
import { contentOf } from '../../versioning/content';
import type { CountField } from '../../versioning/fields';
import type { FieldChange } from '../../versioning/diff';
import { textChange } from '../../versioning/text-change';
import type { Work } from '../../offload/heavy-work';
import { NO_STANDING, type JsonObject, type Viewer } from '../../versioning/model';
import type { AuditOnlyPhase } from '../../versioning/phase';
import {
  asChangeSet,
  asCycle,
  asItem,
  asLogRead,
  asLob,
  asMetric,
  asReport,
  asRowChange,
  asUser,
  asVersion,
  asWorkflow,
} from '../objects';
import {
  allOfEach,
  byForeignKey,
  byId,
  byKey,
  described,
  oneOfEach,
  within,
  withinFullPhase,
  withinPhase,
} from './makers';

/** What an optional reference points at. */
export const maybe = <K, V>(loader: DataLoader<K, V>, key: K | null): Promise<V> | null =>
  key === null ? null : loader.load(key);

interface RowPlace {
  readonly changeSetId: string;
  readonly ordinal: number;
}
interface NumberKey {
  readonly masterRecordId: string;
  readonly versionNumber: number;
}
interface ItemPlace {
  readonly versionId: string;
  readonly itemKey: string;
}
interface VersionPair {
  readonly fromId: string;
  readonly toId: string;
}
const rowPlace = ({ changeSetId, ordinal }: RowPlace): string => `${changeSetId} ${ordinal}`;
const numberKey = ({ masterRecordId, versionNumber }: NumberKey): string => `${masterRecordId} ${versionNumber}`;
const itemPlace = ({ versionId, itemKey }: ItemPlace): string => `${versionId} ${itemKey}`;
const ofRecord = ({ masterRecordId }: Pick<NumberKey, 'masterRecordId'>): string => masterRecordId;

export type Loaders = ReturnType<typeof makeLoaders>;

/**
 * @param db where things are read: the present, or the past
 * @param today the present: rights are judged by it, whatever is read
 */
export function makeLoaders(db: Db, today: Db, viewer: Viewer, work: Work) {
  const detail = withinPhase('versionId', async (phase, ids) =>
    oneOfEach(ids, await detailsByVersion(db, phase, ids), ({ versionId }) => versionId).map(
      (row, index): DetailRow => row ?? { versionId: ids[index]! },
    ),
  );

  return {
    user: byId(db, usersById, 'userId', asUser),
    workflow: byId(db, workflowsById, 'workflowId', asWorkflow),
    cycle: byId(db, cyclesById, 'cycleId', asCycle),
    report: byId(db, reportsById, 'reportId', asReport),
    lob: byId(db, lobsById, 'lobId', asLob),
    testers: byForeignKey(db, testersByWorkflow, 'workflowId'),
    metric: byId(db, metricsById, 'metricId', asMetric),
    changeSet: byId(db, changeSetsById, 'changeSetId', asChangeSet),

    /** A row that a commit changed. */
    rowChange: described((showsDeleted: boolean) =>
      byKey(rowPlace, async (places: readonly RowPlace[]) =>
        oneOfEach(places.map(rowPlace), await rowChangesAt(db, places, showsDeleted), rowPlace).map(
          (row) => row && asRowChange(row),
        ),
      ),
    ),

    /** A note of who read the log: about now, whatever is read. */
    logRead: byId(today, logReadsById, 'readId', asLogRead),

    /** On which version of a record, of those they may see, the viewer decided last, and when. */
    lastReview: byKey(ofRecord, async (records: readonly { masterRecordId: string; seesDeleted: boolean }[]) =>
      oneOfEach(records.map(ofRecord), await lastReviews(db, records, viewer.userId), ofRecord),
    ),
    /** Whether a version is deleted or gone today, whenever it is read: what is hidden today is hidden in the past as well. */
    isDeletedToday: new DataLoader(async (ids: readonly string[]) =>
      oneOfEach(ids, await versionsById(today, ids), ({ versionId }) => versionId).map((row) => row?.isDeleted ?? true),
    ),
    /** How the viewer stands to a workflow. */
    standing: new DataLoader(async (ids: readonly string[]) => {
      const found = await standings(today, ids, viewer.userId);
      return ids.map((id) => found.get(id) ?? NO_STANDING);
    }),
    phaseStates: byForeignKey(db, phaseStates, 'workflowId'),
    metrics: byForeignKey(db, phaseMetrics, 'workflowId'),

    version: byId(db, versionsById, 'versionId', asVersion),
    currentOfRecord: byId(db, currentByRecord, 'masterRecordId', asVersion),
    versionByNumber: byKey(numberKey, async (keys: readonly NumberKey[]) =>
      oneOfEach(keys.map(numberKey), await versionsByNumber(db, keys), numberKey).map((row) => row && asVersion(row)),
    ),
    circumstances: byId(db, circumstances, 'versionId', (row) => row),
    /** The row of the phase's own version table. */
    detail,
    /** The version's own content. */
    content: async ({ phase, versionId }: { phase: string; versionId: string }): Promise<JsonObject> =>
      contentOf(phaseOf(phase).version.fields, await detail.load({ phase, versionId })),
    /** All versions of a record, oldest first. */
    versionsOfRecord: withinPhase('masterRecordId', async (phase, records) =>
      allOfEach(records, await versionsOfRecords(db, phase, records), ofRecord),
    ),
    /** Whether another record took this one's place. */
    isReplaced: withinPhase('masterRecordId', async (phase, records) => {
      const replaced = await replacedRecords(db, phase as AuditOnlyPhase, records);
      return records.map((record) => replaced.has(record));
    }),
    signOffs: byForeignKey(db, signOffsByVersion, 'versionId'),

    item: withinFullPhase('itemId', async (phase, ids) =>
      oneOfEach(ids, await itemsById(db, phase, ids), ({ itemId }) => itemId).map((row) => row && asItem(row)),
    ),
    itemByKey: within(fullPhaseOf, itemPlace, async (phase, keys: readonly ItemPlace[]) =>
      oneOfEach(keys.map(itemPlace), await itemsByKey(db, phase, keys), itemPlace).map((row) => row && asItem(row)),
    ),
    /** All items of a version, whole. */
    itemsOfVersion: withinFullPhase('versionId', async (phase, ids) =>
      allOfEach(ids, await itemsOfVersions(db, phase, ids), ({ versionId }) => versionId),
    ),
    itemCounts: withinFullPhase('versionId', async (phase, ids) =>
      oneOfEach(ids, await itemCounts(db, phase, ids), ({ versionId }) => versionId).map(
        (row, index) => row ?? { versionId: ids[index]!, total: 0, undecided: 0 },
      ),
    ),
    /** The forms of an item, and of all that it was carried or merged from. */
    forms: withinFullPhase('itemId', async (phase, ids) =>
      allOfEach(ids, await itemImages(db, phase, ids), ({ startedFrom }) => startedFrom).map(
        (images): FormsByItem<ItemImage> => groupBy(images, ({ itemId }) => itemId),
      ),
    ),
    /** The version that an item is in, or was in before it was removed. */
    versionOfItem: withinFullPhase('itemId', async (phase, ids) =>
      oneOfEach(ids, await versionsOfItems(db, phase, ids), ({ itemId }) => itemId).map((row) => row && row.versionId),
    ),
    comparison: within(
      fullPhaseOf,
      ({ fromId, toId }: VersionPair) => `${fromId} ${toId}`,
      (phase, pairs) => comparedItems(db, phase, pairs),
    ),
    /** The diff of a changed text; null where what changed is no long text. */
    textDiff: new DataLoader(async (changes: readonly FieldChange[]): Promise<(TextDiff | null)[]> => {
      const texts = changes.map(textChange);
      const compared = texts.filter((text) => text !== null);
      const diffs = (await work.textDiffs.of(viewer.userId, compared)).values();
      return texts.map((text) => text && diffs.next().value!);
    }),

    /** One of a phase's own count fields. */
    countField: described((field: CountField) =>
      withinFullPhase('versionId', async (phase, ids) =>
        oneOfEach(ids, await countedItems(db, phase, field, ids), ({ versionId }) => versionId).map(
          (row) => row?.total ?? 0,
        ),
      ),
    ),

    /** The same page of a list for many parents. */
    page: described(
      (list: PagedList, request: PageRequest, filters: readonly Filter[]) =>
        new DataLoader(async (parents: readonly string[]): Promise<Page<object>[]> => {
          const found = await pagesOf<object>(db, list, parents, request, filters);
          return parents.map((parent) => found.get(parent)!);
        }),
    ),
    count: described(
      (list: PagedList, filters: readonly Filter[]) =>
        new DataLoader(async (parents: readonly string[]): Promise<number[]> => {
          const found = await countsOf(db, list, parents, filters);
          return parents.map((parent) => found.get(parent) ?? 0);
        }),
    ),
  };
}
