import { itemsOfVersions } from '../database/items';
import type { Db } from '../database/database';
import { approvalOf, type ItemRow } from '../database/rows';
import { carryItems, correctHashes, putItems, removeItems, withHash } from '../database/item-writes';
import { contentNow, updateContent } from '../database/version-writes';
import { contentOf } from '../versioning/content';
import { sameJson } from '../versioning/diff';
import { badInput } from '../versioning/errors';
import { fallbacks, neverCarried } from '../versioning/fields';
import {
  merge,
  resolutionKey,
  type Mergeable,
  type MergeConflict,
  type Merged,
  type Resolution,
} from '../versioning/merge';
import type { JsonObject } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { changeVersion, hashable, type Change, type VersionCommand } from './change-version';
import type { Caller, Committed, Written } from './commit';
import { demandConsistent } from './phase-input';
import { currentVersion } from './start-draft';

export interface RebaseVersion extends VersionCommand {
  readonly resolutions?: readonly Resolution[] | null;
  readonly dryRun?: boolean | null;
}

export interface Rebased {
  /** Null where nothing was written: conflicts are left, or it was only tried. */
  readonly committed: Committed | null;
  readonly conflicts: readonly MergeConflict[];
  /** What it would take from the version in force without a question; none once it is written, where a diff says it. */
  readonly incoming: readonly MergeConflict[];
}

/** Leaves the transaction without a trace. */
class NotWritten extends Error {
  constructor(readonly merged: Pick<Merged, 'conflicts' | 'incoming'>) {
    super('nothing was written');
  }
}

/**
 * Merges what came into force since a draft was started into the draft, three-way; its base becomes the version in force.
 * While conflicts are left, nothing is written and they are the answer.
 */
export async function rebaseVersion(caller: Caller, input: RebaseVersion): Promise<Rebased> {
  try {
    return { committed: await rebase(caller, input), conflicts: [], incoming: [] };
  } catch (error) {
    if (error instanceof NotWritten) return { committed: null, ...error.merged };
    throw error;
  }
}

const rebase = changeVersion<RebaseVersion>('rebaseVersion', 'REBASE', { work: rebaseDraft });

async function rebaseDraft(change: Change<RebaseVersion>): Promise<Written> {
  const {
    tx,
    stamps,
    input: { resolutions, dryRun },
    version,
    phase,
    update,
  } = change;
  const current = (await currentVersion(tx, version.masterRecordId))!;
  const [base, ours, theirs] = [
    await side(tx, phase, version.baseVersionId, true),
    await side(tx, phase, version.versionId, false),
    await side(tx, phase, current.versionId, true),
  ];
  refuseTwice(resolutions ?? []);
  const merged = merge(base, ours, theirs, resolutions ?? []);
  if (merged.unused.length > 0)
    throw badInput('A resolution names something that is no conflict. Ask with dryRun which there are.', {
      unused: merged.unused.map(({ itemKey, path }) => ({ itemKey: itemKey ?? null, path })),
    });
  if (merged.conflicts.length === 0) demandConsistent(phase, { ...ours.content, ...merged.content }, contradiction);
  if (merged.conflicts.length > 0 || dryRun)
    throw new NotWritten({ conflicts: merged.conflicts, incoming: merged.incoming });

  const { versionId } = version;
  updateContent(tx, phase, versionId, merged.content, stamps);
  const changed = [...merged.items];
  // What is now as it is in the version in force comes from there, with its approval; the rest is a new form of ours.
  const asTheirs = [...theirs.items.keys()].filter((key) => comesFromThere(key, merged.items, { base, ours, theirs }));
  const leaving = new Set([...changed.flatMap(([key, content]) => (content === null ? [key] : [])), ...asTheirs]);
  if (leaving.size > 0) removeItems(tx, phase, versionId, [...leaving]);
  if (asTheirs.length > 0)
    carryItems(
      tx,
      phase,
      version,
      asTheirs.map((key) => {
        const { row } = theirs.items.get(key)!;
        return { itemId: row.itemId, decisionId: approvalOf(row) };
      }),
    );
  const mixed = changed.flatMap(([itemKey, content]) =>
    content && !leaving.has(itemKey)
      ? [
          withHash(phase, {
            itemKey,
            label: labelOf(phase, content, ours.items.get(itemKey)!),
            content,
            mergedFromItemId: theirs.items.get(itemKey)!.row.itemId,
          }),
        ]
      : [],
  );
  putItems(
    tx,
    phase,
    version,
    mixed,
    stamps,
    new Map([...ours.items].map(([itemKey, { row }]) => [itemKey, row.itemHash])),
  );
  const { content, doubtful } = await hashable(tx, version);
  correctHashes(tx, phase, doubtful);
  return update({ baseVersionId: current.versionId }, { phase, content });
}

/**
 * Whether an item is now as it is in the version in force, and does not stand for that already: nobody touched it since the
 * base, and it has the approval it has there.
 */
function comesFromThere(
  key: string,
  changed: ReadonlyMap<string, JsonObject | null>,
  { base, ours, theirs }: { base: Side; ours: Side; theirs: Side },
): boolean {
  const [mine, their] = [ours.items.get(key), theirs.items.get(key)!];
  const content = changed.has(key) ? changed.get(key) : mine?.content;
  if (!content || !sameJson(content, their.content)) return false;
  const isUntouched = !changed.has(key) && sameJson(content, base.items.get(key)?.content);
  return !(isUntouched && approvalOf(mine!.row) === approvalOf(their.row));
}

interface Side extends Mergeable {
  readonly items: ReadonlyMap<string, { label: string; content: ReturnType<typeof contentOf>; row: ItemRow }>;
}

/** One side of the merge. Of a version that was in force, the items that were: rejected ones never were. */
async function side(tx: Db, phase: FullPhase, versionId: string | null, inForce: boolean): Promise<Side> {
  if (versionId === null) return { content: mergeable(phase, fallbacks(phase.version.fields)), items: new Map() };
  const rows = await itemsOfVersions(tx, phase, [versionId]);
  const kept =
    inForce && phase.item.reviewed === 'BY_DECISIONS' ? rows.filter((row) => approvalOf(row) !== null) : rows;
  return {
    content: mergeable(phase, await contentNow(tx, phase, versionId)),
    items: new Map(
      kept.map((row) => [row.itemKey, { label: row.label, content: contentOf(phase.item.fields, row), row }]),
    ),
  };
}

/** Without what is said of one version only: a draft keeps its own waiver, and gets nobody else's. */
function mergeable({ version: { fields } }: FullPhase, content: JsonObject): JsonObject {
  const own = neverCarried(fields);
  return Object.fromEntries(Object.entries(content).filter(([name]) => !Object.hasOwn(own, name)));
}

/** Field by field, two contents that make sense can become one that does not. */
const contradiction = (problem: string): string =>
  `Merged with the version in force, the draft would contradict itself: ${problem} Change the draft first.`;

/** What a merged item is called now: as its content says, where that decides. */
const labelOf = ({ item }: FullPhase, content: JsonObject, ours: { readonly label: string }): string =>
  typeof item.label === 'function' ? item.label(content) : ours.label;

function refuseTwice(resolutions: readonly Resolution[]): void {
  const keys = resolutions.map(resolutionKey);
  if (new Set(keys).size < keys.length)
    throw badInput('A conflict is resolved twice in this request. Resolve each once.');
}
