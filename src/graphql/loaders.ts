/**
 * The loaders of one request. Whatever a query's size, each kind of object takes one statement per level: by id, by page of a parent, or by
 * a phase's own table (one statement for each phase that occurs).
 */
import DataLoader from 'dataloader';
import type { TextDiff } from '../../packages/bounded-diff';
import { AsOfReader } from '../database/log/as-of-reader';
import {
  allWithin,
  byForeignKey,
  byId,
  byParts,
  described,
  itself,
  oneWithin,
  within,
} from '../database/connection/batching';
import * as log from '../database/log/change-log';
import { logReadsById } from '../database/log/change-log-reads';
import type { Db } from '../database/connection/database';
import { factReaders } from '../database/versions/facts';
import { facetsOf, type ItemFacet } from '../database/versions/item-facets';
import * as items from '../database/versions/items';
import { metricsById, phaseMetrics } from '../database/figures/metrics';
import {
  countsOf,
  pagesOf,
  type Filter,
  type Page,
  type PagedList,
  type PageRequest,
} from '../database/connection/pages';
import * as people from '../database/register/people';
import { registerRevisions, type Registered } from '../database/register/register';
import * as versions from '../database/versions/versions';
import { deadLettersOf } from '../database/register/webhooks';
import * as work from '../database/versions/work';
import { groupBy } from '../group-by';
import type { BackgroundWork } from '../offload/heavy-work';
import { fullPhaseOf, phaseOf } from '../phases';
import type { CountField } from '../versioning/fields';
import type { FieldChange } from '../versioning/diff';
import { NO_ASSIGNMENT, type Viewer } from '../versioning/model';
import { textChange } from '../versioning/text-change';
import * as objects from './objects';

/** Loads an optional reference. */
export const maybe = <K, V>(loader: DataLoader<K, V>, key: K | null): Promise<V> | null =>
  key === null ? null : loader.load(key);

interface RowKey {
  readonly changeSetId: string;
  readonly ordinal: number;
}
interface ChainKey {
  readonly streamId: string;
  readonly sequence: number;
}
interface InstantKey {
  readonly streamId: string;
  readonly at: Date;
}
interface NumberKey {
  readonly masterRecordId: string;
  readonly versionNumber: number;
}
interface ItemKey {
  readonly versionId: string;
  readonly itemKey: string;
}
interface VersionPair {
  readonly fromId: string;
  readonly toId: string;
}
const rowKey = ({ changeSetId, ordinal }: RowKey): string => `${changeSetId} ${ordinal}`;
const numberKey = ({ masterRecordId, versionNumber }: NumberKey): string => `${masterRecordId} ${versionNumber}`;
const itemKeyText = ({ versionId, itemKey }: ItemKey): string => `${versionId} ${itemKey}`;
const ofRound = ({ masterRecordId, began }: versions.Round): string => `${masterRecordId} ${began?.getTime() ?? ''}`;

export type Loaders = ReturnType<typeof makeLoaders>;

/**
 * @param db where objects are read: the present, or the past
 * @param today the present, by which rights are always decided
 */
export function makeLoaders(db: Db, today: Db, viewer: Viewer, aside: BackgroundWork) {
  const at = db instanceof AsOfReader ? db.at : null;
  return {
    ...factReaders(db),
    user: byId(db, people.usersById, 'userId', objects.asUser),
    workflow: byId(db, people.workflowsById, 'workflowId', objects.asWorkflow),
    cycle: byId(db, people.cyclesById, 'cycleId', objects.asCycle),
    report: byId(db, people.reportsById, 'reportId', objects.asReport),
    lob: byId(db, people.lobsById, 'lobId', objects.asLob),
    revision: described((kind: Registered['kind']) =>
      byId(
        db,
        (_, ids: readonly string[]) => registerRevisions(db, kind, ids),
        'id',
        ({ revision }) => revision,
      ),
    ),
    deadLetters: byForeignKey(today, deadLettersOf, 'webhookId'),
    testers: byForeignKey(db, people.testersByWorkflow, 'workflowId'),
    metric: byId(db, metricsById, 'metricId', objects.asMetric),
    metrics: byForeignKey(db, phaseMetrics, 'workflowId'),
    changeSet: byId(db, log.changeSetsById, 'changeSetId', objects.asChangeSet),
    changeSetBySequence: byParts(
      ({ streamId, sequence }: ChainKey) => `${streamId} ${sequence}`,
      (places: readonly ChainKey[]) => log.changeSetsBySequence(db, places),
      objects.asChangeSet,
    ),
    /** The position of a stream at an instant. */
    moment: byParts(
      ({ streamId, at: then }: InstantKey) => `${streamId} ${then.getTime()}`,
      (places: readonly InstantKey[]) => log.sequencesAt(db, places),
      ({ streamId, sequence }) => ({ streamId, sequence }),
    ),
    lastChange: byId(db, log.lastChanges, 'streamId', itself),
    workflowCounts: byId(db, versions.countsOfWorkflows, 'workflowId', itself),

    /** A row that a commit changed. */
    rowChange: described((showsDeleted: boolean) =>
      byParts(rowKey, (places: readonly RowKey[]) => log.rowChangesAt(db, places, showsDeleted), objects.asRowChange),
    ),

    /** A record of who read the log; always in the present. */
    logRead: byId(today, logReadsById, 'readId', objects.asLogRead),

    /** The version of a record on which the viewer last decided before a round, among those they may see, and when. */
    lastReview: byParts(
      ofRound,
      (rounds: readonly (versions.Round & { seesDeleted: boolean })[]) =>
        versions.lastReviews(db, rounds, viewer.userId),
      itself,
    ),
    /** Whether a version is deleted or gone today, whichever instant is read: what is hidden today is hidden in the past too. */
    isDeletedToday: byId(today, versions.versionsById, 'versionId', ({ isDeleted }) => isDeleted),
    /** The viewer's assignment to a workflow. */
    assignment: new DataLoader(async (ids: readonly string[]) => {
      const found = await people.assignmentsOf(today, ids, viewer.userId);
      return ids.map((id) => found.get(id) ?? NO_ASSIGNMENT);
    }),

    /** The people in a workflow who may be asked for work. */
    people: byForeignKey(db, (_, ids) => work.peopleIn(db, ids, at), 'workflowId'),
    /** A version in relation to others. */
    lineage: byId(
      db,
      (_, ids: readonly string[]) => work.lineages(db, ids, at),
      'versionId',
      ({ lineage }) => lineage,
    ),

    version: byId(db, versions.versionsById, 'versionId', objects.asVersion),
    currentOfRecord: byId(db, versions.currentByRecord, 'masterRecordId', objects.asVersion),
    versionByNumber: byParts(
      numberKey,
      (keys: readonly NumberKey[]) => versions.versionsByNumber(db, keys),
      objects.asVersion,
    ),
    /** All versions of a record, oldest first. */
    versionsOfRecord: allWithin(db, phaseOf, ['masterRecordId', 'masterRecordId'], versions.versionsOfRecords, itself),

    item: oneWithin(db, fullPhaseOf, 'itemId', items.itemsById, (row) => row && objects.asItem(row)),
    itemByKey: within(fullPhaseOf, itemKeyText, async (phase, keys: readonly ItemKey[]) => {
      const found = new Map(
        (await items.itemsByKey(db, phase, keys)).map((row) => [itemKeyText(row), objects.asItem(row)]),
      );
      return keys.map((key) => found.get(itemKeyText(key)) ?? null);
    }),
    /** All items of a version with all columns. */
    itemsOfVersion: allWithin(db, fullPhaseOf, ['versionId', 'versionId'], items.itemsOfVersions, itself),
    /** The images of an item, and of everything it was carried or merged from. */
    forms: allWithin(db, fullPhaseOf, ['itemId', 'startedFrom'], items.itemImages, (images) =>
      groupBy(images, ({ itemId }) => itemId),
    ),
    /** The version that an item is in, or was in before it was removed. */
    versionOfItem: oneWithin(db, fullPhaseOf, 'itemId', items.versionsOfItems, (row) => row && row.versionId),
    comparison: within(
      fullPhaseOf,
      ({ fromId, toId }: VersionPair) => `${fromId} ${toId}`,
      (phase, pairs) => items.comparedItems(db, phase, pairs),
    ),
    /** The diff of a changed text; null if the change is not in a long text. */
    textDiff: new DataLoader(async (changes: readonly FieldChange[]): Promise<(TextDiff | null)[]> => {
      const texts = changes.map(textChange);
      const compared = texts.filter((text) => text !== null);
      const diffs = (await aside.textDiffs.of(viewer.userId, compared)).values();
      return texts.map((text) => text && diffs.next().value!);
    }),

    /** Facet counts over the filtered items. */
    itemFacets: described(
      (phase: string, names: readonly string[], counted: readonly string[], filters: readonly Filter[]) =>
        new DataLoader(async (versionIds: readonly string[]): Promise<ItemFacet[][]> => {
          const found = await facetsOf(db, fullPhaseOf(phase), versionIds, names, counted, filters);
          return versionIds.map((versionId) => found.get(versionId)!);
        }),
    ),

    /** The value of one of a phase's declared count fields. */
    countField: described((field: CountField) =>
      oneWithin(
        db,
        fullPhaseOf,
        'versionId',
        (_, phase, ids) => items.countedItems(db, phase, field, ids),
        (row) => row?.total ?? 0,
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
