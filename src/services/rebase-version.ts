import { itemsOfVersions } from '../database/versions/items';
import type { Db } from '../database/connection/database';
import { approvalOf, type ItemRow } from '../database/connection/rows';
import { carryItems, correctHashes, putItems, removeItems, withHash } from '../database/versions/item-writes';
import { contentNow, updateContent } from '../database/versions/version-writes';
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
import { requireConsistent } from './phase-input';
import { currentVersion } from './start-draft';

export interface RebaseVersion extends VersionCommand {
  readonly resolutions?: readonly Resolution[] | null;
  readonly dryRun?: boolean | null;
}

export interface Rebased {
  /** Null if nothing was written: conflicts remain, or it was a dry run. */
  readonly committed: Committed | null;
  readonly conflicts: readonly MergeConflict[];
  /** The changes from the version in force that merge without conflict; empty once written, when a diff shows them. */
  readonly incoming: readonly MergeConflict[];
}

/** Rolls the transaction back without a trace. */
class NotWritten extends Error {
  constructor(readonly merged: Pick<Merged, 'conflicts' | 'incoming'>) {
    super('nothing was written');
  }
}

/**
 * Three-way merge of what came into force since a draft was started; the draft's base becomes the version in force. If conflicts remain,
 * nothing is written, and the answer lists them.
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
    throw badInput('A resolution names something that is not a conflict. Use dryRun to list the conflicts.', {
      unused: merged.unused.map(({ itemKey, path }) => ({ itemKey: itemKey ?? null, path })),
    });
  if (merged.conflicts.length === 0) requireConsistent(phase, { ...ours.content, ...merged.content }, contradiction);
  if (merged.conflicts.length > 0 || dryRun)
    throw new NotWritten({ conflicts: merged.conflicts, incoming: merged.incoming });

  const { versionId } = version;
  updateContent(tx, phase, versionId, merged.content, stamps);
  const changed = [...merged.items];
  // An item that now equals the one in the version in force is carried from there with its approval; any other is our own changed item.
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
          withHash({
            itemKey,
            label: labelOf(phase, content, ours.items.get(itemKey)!),
            content: contentOf(phase.item.fields, content),
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
 * Whether an item now equals the one in the version in force and is not already carried from it, untouched since the base, with the same
 * approval.
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

/** One side of the merge. For a version that was in force, without its rejected items, which never were. */
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

/** Leaves out fields that belong to one version only: a draft keeps its own waiver, and never gets another's. */
function mergeable({ version: { fields } }: FullPhase, content: JsonObject): JsonObject {
  const own = neverCarried(fields);
  return Object.fromEntries(Object.entries(content).filter(([name]) => !Object.hasOwn(own, name)));
}

/** Merging field by field can combine two consistent contents into an inconsistent one. */
const contradiction = (problem: string): string =>
  `Merged with the version in force, the draft would contradict itself: ${problem} Change the draft first.`;

/** The label of a merged item, recomputed if it follows from the content. */
const labelOf = ({ item }: FullPhase, content: JsonObject, ours: { readonly label: string }): string =>
  typeof item.label === 'function' ? item.label(content) : ours.label;

function refuseTwice(resolutions: readonly Resolution[]): void {
  const keys = resolutions.map(resolutionKey);
  if (new Set(keys).size < keys.length)
    throw badInput('A conflict is resolved twice in this request. Resolve each once.');
}
