/**
 * The loaders of one request. Whatever a query's size, each kind of thing is fetched in one statement per level: by id, by a
 * page of a parent, or by a phase's own table (one statement for each phase that occurs).
 */
import DataLoader from 'dataloader';
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
  type ItemComparison,
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
  type RecordedVersion,
} from '../../database/versions';
import { fullPhaseOf, phaseOf } from '../../phases';
import { groupBy } from '../../group-by';
import type { FormsByItem } from '../../versioning/blame';
import { contentOf } from '../../versioning/content';
import type { CountField } from '../../versioning/fields';
import type { FieldChange } from '../../versioning/diff';
import { textChange, type TextDiff } from '../../versioning/text-diff';
import type { Work } from '../../offload/heavy-work';
import { NO_STANDING, type JsonObject, type Viewer } from '../../versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../versioning/phase';
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
import type { RowChange } from '../change-log/types';

/** By id: null where there is none. */
function byId<K extends string | number, Row extends object, Made extends object = Row>(
  load: (ids: readonly K[]) => Promise<Row[]>,
  idOf: (row: Row) => K,
  make: (row: Row) => Made,
) {
  return new DataLoader<K, Made | null>(async (ids) => {
    const rows = new Map((await load(ids)).map((row) => [idOf(row), make(row)]));
    return ids.map((id) => rows.get(id) ?? null);
  });
}

const numberKey = ({ masterRecordId, versionNumber }: { masterRecordId: string; versionNumber: number }): string =>
  `${masterRecordId} ${versionNumber}`;

/** By foreign key: all rows that belong to the key, in the order they came. */
function byForeignKey<K extends string, Row extends object>(
  load: (keys: readonly K[]) => Promise<Row[]>,
  keyOf: (row: Row) => K,
) {
  return new DataLoader<K, Row[]>(async (keys) => {
    const groups = new Map<K, Row[]>(keys.map((key) => [key, []]));
    for (const row of await load(keys)) groups.get(keyOf(row))?.push(row);
    return keys.map((key) => groups.get(key)!);
  });
}

/** By a key within a phase: each phase that occurs is one statement on its own tables. */
const withinPhase = <K extends object, V>(
  load: (phase: PhaseDeclaration, keys: readonly K[]) => Promise<readonly V[]>,
  cacheKeyFn: (key: K) => string,
) => within(phaseOf, load, cacheKeyFn);

/** The same, for what only phases with items have. */
const withinFullPhase = <K extends object, V>(
  load: (phase: FullPhase, keys: readonly K[]) => Promise<readonly V[]>,
  cacheKeyFn: (key: K) => string,
) => within(fullPhaseOf, load, cacheKeyFn);

function within<P, K extends object, V>(
  declared: (phase: string) => P,
  load: (phase: P, keys: readonly K[]) => Promise<readonly V[]>,
  cacheKeyFn: (key: K) => string,
) {
  return new DataLoader<K & { phase: string }, V, string>(
    async (keys) => {
      const indexes = new Map<string, number[]>();
      keys.forEach(({ phase }, index) => {
        const ofPhase = indexes.get(phase);
        if (ofPhase) ofPhase.push(index);
        else indexes.set(phase, [index]);
      });
      const results = new Array<V>(keys.length);
      await Promise.all(
        [...indexes].map(async ([phase, positions]) => {
          const loaded = await load(
            declared(phase),
            positions.map((position) => keys[position]!),
          );
          positions.forEach((position, i) => (results[position] = loaded[i]!));
        }),
      );
      return results;
    },
    { cacheKeyFn: (key) => `${key.phase} ${cacheKeyFn(key)}` },
  );
}

/** What an optional reference points at. */
export const maybe = <K, V>(loader: DataLoader<K, V>, key: K | null): Promise<V> | null =>
  key === null ? null : loader.load(key);

interface RowPlace {
  readonly changeSetId: string;
  readonly ordinal: number;
}
const rowPlace = ({ changeSetId, ordinal }: RowPlace): string => `${changeSetId} ${ordinal}`;

export type Loaders = ReturnType<typeof makeLoaders>;

/**
 * @param db where things are read: the present, or the past
 * @param today the present: rights are judged by it, whatever is read
 */
export function makeLoaders(db: Db, today: Db, viewer: Viewer, work: Work) {
  const pages = new Map<string, DataLoader<string, Page<object>>>();
  const counts = new Map<string, DataLoader<string, number>>();
  const rowChanges = new Map<boolean, DataLoader<RowPlace, RowChange | null, string>>();
  const countFields = new Map<CountField, DataLoader<{ phase: string; versionId: string }, number, string>>();

  /** The loader that a description stands for, made when it is first asked for. */
  const made = <K, L>(cache: Map<K, L>, key: K, make: () => L): L => {
    let loader = cache.get(key);
    if (!loader) cache.set(key, (loader = make()));
    return loader;
  };

  const detail = withinPhase(
    async (phase, keys: readonly { versionId: string }[]): Promise<DetailRow[]> => {
      const ids = keys.map(({ versionId }) => versionId);
      const rows = new Map((await detailsByVersion(db, phase, ids)).map((row) => [row.versionId, row]));
      return ids.map((versionId) => rows.get(versionId) ?? { versionId });
    },
    ({ versionId }) => versionId,
  );

  return {
    user: byId(
      (ids: readonly number[]) => usersById(db, ids),
      (user) => user.userId,
      asUser,
    ),
    workflow: byId(
      (ids: readonly string[]) => workflowsById(db, ids),
      (row) => row.workflowId,
      asWorkflow,
    ),
    cycle: byId(
      (ids: readonly string[]) => cyclesById(db, ids),
      (row) => row.cycleId,
      asCycle,
    ),
    report: byId(
      (ids: readonly string[]) => reportsById(db, ids),
      (row) => row.reportId,
      asReport,
    ),
    lob: byId(
      (ids: readonly string[]) => lobsById(db, ids),
      (row) => row.lobId,
      asLob,
    ),
    testers: byForeignKey(
      (ids: readonly string[]) => testersByWorkflow(db, ids),
      (row) => row.workflowId,
    ),
    metric: byId(
      (ids: readonly string[]) => metricsById(db, ids),
      (row) => row.metricId,
      asMetric,
    ),
    changeSet: byId(
      (ids: readonly string[]) => changeSetsById(db, ids),
      (row) => row.changeSetId,
      asChangeSet,
    ),

    /** A row that a commit changed. */
    rowChange: (showsDeleted: boolean) =>
      made(
        rowChanges,
        showsDeleted,
        () =>
          new DataLoader(
            async (places: readonly RowPlace[]) => {
              const rows = new Map(
                (await rowChangesAt(db, places, showsDeleted)).map((row) => [rowPlace(row), asRowChange(row)]),
              );
              return places.map((place) => rows.get(rowPlace(place)) ?? null);
            },
            { cacheKeyFn: rowPlace },
          ),
      ),

    /** A note of who read the log: about now, whatever is read. */
    logRead: byId(
      (ids: readonly string[]) => logReadsById(today, ids),
      (row) => row.readId,
      asLogRead,
    ),

    /** On which version of a record, of those they may see, the viewer decided last, and when. */
    lastReview: new DataLoader(
      async (records: readonly { masterRecordId: string; seesDeleted: boolean }[]) => {
        const rows = new Map((await lastReviews(db, records, viewer.userId)).map((row) => [row.masterRecordId, row]));
        return records.map(({ masterRecordId }) => rows.get(masterRecordId) ?? null);
      },
      { cacheKeyFn: ({ masterRecordId }) => masterRecordId },
    ),
    /** Whether a version is deleted or gone today, whenever it is read: what is hidden today is hidden in the past as well. */
    isDeletedToday: new DataLoader(async (ids: readonly string[]) => {
      const rows = new Map((await versionsById(today, ids)).map((row) => [row.versionId, row.isDeleted]));
      return ids.map((id) => rows.get(id) ?? true);
    }),
    /** How the viewer stands to a workflow. */
    standing: new DataLoader(async (ids: readonly string[]) => {
      const found = await standings(today, ids, viewer.userId);
      return ids.map((id) => found.get(id) ?? NO_STANDING);
    }),
    phaseStates: byForeignKey(
      (ids: readonly string[]) => phaseStates(db, ids),
      (row) => row.workflowId,
    ),

    metrics: byForeignKey(
      (ids: readonly string[]) => phaseMetrics(db, ids),
      (row) => row.workflowId,
    ),

    version: byId(
      (ids: readonly string[]) => versionsById(db, ids),
      (row) => row.versionId,
      asVersion,
    ),
    currentOfRecord: byId(
      (ids: readonly string[]) => currentByRecord(db, ids),
      (row) => row.masterRecordId,
      asVersion,
    ),
    versionByNumber: new DataLoader(
      async (keys: readonly { masterRecordId: string; versionNumber: number }[]) => {
        const rows = new Map((await versionsByNumber(db, keys)).map((row) => [numberKey(row), asVersion(row)]));
        return keys.map((key) => rows.get(numberKey(key)) ?? null);
      },
      { cacheKeyFn: numberKey },
    ),
    circumstances: byId(
      (ids: readonly string[]) => circumstances(db, ids),
      (row) => row.versionId,
      (row) => row,
    ),
    /** The row of the phase's own version table. */
    detail,
    /** The version's own content. */
    content: async ({ phase, versionId }: { phase: string; versionId: string }): Promise<JsonObject> =>
      contentOf(phaseOf(phase).version.fields, await detail.load({ phase, versionId })),
    /** All versions of a record, oldest first. */
    versionsOfRecord: withinPhase(
      async (phase, keys: readonly { masterRecordId: string }[]): Promise<RecordedVersion[][]> => {
        const records = keys.map(({ masterRecordId }) => masterRecordId);
        const rows = groupBy(await versionsOfRecords(db, phase, records), (row) => row.masterRecordId);
        return records.map((record) => rows.get(record) ?? []);
      },
      ({ masterRecordId }) => masterRecordId,
    ),
    /** Whether another record took this one's place. */
    isReplaced: withinPhase(
      async (phase, keys: readonly { masterRecordId: string }[]): Promise<boolean[]> => {
        const records = keys.map(({ masterRecordId }) => masterRecordId);
        const replaced = await replacedRecords(db, phase as AuditOnlyPhase, records);
        return records.map((record) => replaced.has(record));
      },
      ({ masterRecordId }) => masterRecordId,
    ),
    signOffs: byForeignKey(
      (ids: readonly string[]) => signOffsByVersion(db, ids),
      (row) => row.versionId,
    ),

    item: withinFullPhase(
      async (phase, keys: readonly { itemId: string }[]) => {
        const rows = new Map(
          (
            await itemsById(
              db,
              phase,
              keys.map(({ itemId }) => itemId),
            )
          ).map((row) => [row.itemId, asItem(row)]),
        );
        return keys.map(({ itemId }) => rows.get(itemId) ?? null);
      },
      ({ itemId }) => itemId,
    ),
    itemByKey: withinFullPhase(
      async (phase, keys: readonly { versionId: string; itemKey: string }[]) => {
        const rows = new Map(
          (await itemsByKey(db, phase, keys)).map((row) => [`${row.versionId} ${row.itemKey}`, asItem(row)]),
        );
        return keys.map(({ versionId, itemKey }) => rows.get(`${versionId} ${itemKey}`) ?? null);
      },
      ({ versionId, itemKey }) => `${versionId} ${itemKey}`,
    ),
    /** All items of a version, whole. */
    itemsOfVersion: withinFullPhase(
      async (phase, keys: readonly { versionId: string }[]) => {
        const ids = keys.map(({ versionId }) => versionId);
        const rows = groupBy(await itemsOfVersions(db, phase, ids), (row) => row.versionId);
        return ids.map((id) => rows.get(id) ?? []);
      },
      ({ versionId }) => versionId,
    ),
    itemCounts: withinFullPhase(
      async (phase, keys: readonly { versionId: string }[]) => {
        const rows = new Map(
          (
            await itemCounts(
              db,
              phase,
              keys.map(({ versionId }) => versionId),
            )
          ).map((row) => [row.versionId, row]),
        );
        return keys.map(({ versionId }) => rows.get(versionId) ?? { versionId, total: 0, undecided: 0 });
      },
      ({ versionId }) => versionId,
    ),
    /** The forms of an item, and of all that it was carried or merged from. */
    forms: withinFullPhase(
      async (phase, keys: readonly { itemId: string }[]): Promise<FormsByItem<ItemImage>[]> => {
        const ids = keys.map(({ itemId }) => itemId);
        const images = groupBy(await itemImages(db, phase, ids), ({ startedFrom }) => startedFrom);
        return ids.map((id) => groupBy(images.get(id) ?? [], ({ itemId }) => itemId));
      },
      ({ itemId }) => itemId,
    ),
    /** The version that an item is in, or was in before it was removed. */
    versionOfItem: withinFullPhase(
      async (phase, keys: readonly { itemId: string }[]): Promise<(string | null)[]> => {
        const ids = keys.map(({ itemId }) => itemId);
        const versions = new Map(
          (await versionsOfItems(db, phase, ids)).map(({ itemId, versionId }) => [itemId, versionId]),
        );
        return ids.map((itemId) => versions.get(itemId) ?? null);
      },
      ({ itemId }) => itemId,
    ),
    comparison: withinFullPhase(
      (phase, pairs: readonly { fromId: string; toId: string }[]): Promise<ItemComparison[]> =>
        comparedItems(db, phase, pairs),
      ({ fromId, toId }) => `${fromId} ${toId}`,
    ),
    /** The diff of a changed text; null where what changed is no long text. */
    textDiff: new DataLoader(async (changes: readonly FieldChange[]): Promise<(TextDiff | null)[]> => {
      const texts = changes.map(textChange);
      const diffs = (
        await work.textDiffs.of(
          viewer.userId,
          texts.filter((text) => text !== null),
        )
      ).values();
      return texts.map((text) => text && diffs.next().value!);
    }),

    /** One of a phase's own count fields. */
    countField: (field: CountField) =>
      made(countFields, field, () =>
        withinFullPhase(
          async (phase, keys: readonly { versionId: string }[]) => {
            const rows = new Map(
              (
                await countedItems(
                  db,
                  phase,
                  field,
                  keys.map(({ versionId }) => versionId),
                )
              ).map((row) => [row.versionId, row.total]),
            );
            return keys.map(({ versionId }) => rows.get(versionId) ?? 0);
          },
          ({ versionId }) => versionId,
        ),
      ),

    /** The same page of a list for many parents. */
    page: (list: PagedList, request: PageRequest, filters: readonly Filter[]) =>
      made(
        pages,
        JSON.stringify([list, request, filters]),
        () =>
          new DataLoader(async (parents: readonly string[]) => {
            const found = await pagesOf<object>(db, list, parents, request, filters);
            return parents.map((parent) => found.get(parent)!);
          }),
      ),
    count: (list: PagedList, filters: readonly Filter[]) =>
      made(
        counts,
        JSON.stringify([list, filters]),
        () =>
          new DataLoader(async (parents: readonly string[]) => {
            const found = await countsOf(db, list, parents, filters);
            return parents.map((parent) => found.get(parent) ?? 0);
          }),
      ),
  };
}
