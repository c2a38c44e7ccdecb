/** Starts a draft: the next number of its record, the content of its parent, and the items carried forward. */
import { v5 as uuidv5 } from 'uuid';
import type { Db, Tx } from '../database/connection/database';
import { carryItems, correctHashes, doubtfulItems, putItems, type HashedItem } from '../database/versions/item-writes';
import { itemsToCarry, type CarriableRow } from '../database/versions/items';
import { approvalOf } from '../database/connection/rows';
import { contentNow, hashFirst, insertContent, insertDraft, type Stamps } from '../database/versions/version-writes';
import { currentByRecord } from '../database/versions/versions';
import { contentOf, versionHash } from '../versioning/content';
import { fallbacks, neverCarried } from '../versioning/fields';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { inFlight } from '../in-flight';
import type { Written } from './commit';

export const carryForwards = ['APPROVED_ITEMS', 'ALL_ITEMS', 'NONE'] as const;
export type CarryForward = (typeof carryForwards)[number];

/** What a draft may carry forward; ALL_UNDECIDED leaves approvals behind as well. */
type Carry = CarryForward | 'ALL_UNDECIDED';

/** A workflow has one record of each fully versioned phase; the record's id is derived from both. */
export const recordOfPhase = (streamId: string, phase: FullPhase): string => uuidv5(phase.key, streamId);

export const currentVersion = async (tx: Db, masterRecordId: string): Promise<VersionHeader | null> =>
  (await currentByRecord(tx, [masterRecordId]))[0] ?? null;

/** Everything a draft is made of. */
export interface DraftStart {
  readonly versionId: string;
  readonly streamId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: FullPhase;
  /** The version in force, which must still be in force at approval. */
  readonly base: VersionHeader | null;
  readonly parent: VersionHeader | null;
  readonly carry: Carry;
  /** What is carried forward from the parent; null if nothing is. */
  readonly origin: Origin | null;
  /** Content fields that differ from the parent's. */
  readonly content: JsonObject;
  /** Items in addition to the carried ones, or in place of them. */
  readonly items: readonly HashedItem[];
  readonly stamps: Stamps;
}

/** What a version offers to carry forward. */
export interface Origin {
  readonly content: JsonObject;
  readonly items: readonly CarriableRow[];
}

export async function originIn(db: Db, phase: FullPhase, versionId: string): Promise<Origin> {
  const [content, items] = await Promise.all([contentNow(db, phase, versionId), itemsToCarry(db, phase, versionId)]);
  return { content, items };
}

/** The part of it that is carried. If items are not reviewed one by one, those of an approved version count as approved. */
export const carriedFrom = (phase: FullPhase, parent: VersionHeader, carry: Carry, origin: Origin): Origin => ({
  ...origin,
  items: carriedItems(phase, parent, carry, origin.items),
});

function carriedItems(
  phase: FullPhase,
  parent: VersionHeader,
  carry: Carry,
  items: readonly CarriableRow[],
): readonly CarriableRow[] {
  if (carry !== 'APPROVED_ITEMS') return items;
  if (phase.item.reviewed !== 'BY_DECISIONS')
    return parent.status === 'APPROVED' || parent.status === 'SUPERSEDED' ? items : [];
  return items.filter((item) => approvalOf(item) !== null);
}

/** A draft's fields that do not come from its parent. */
const ownContent = ({ phase, origin, content }: Pick<DraftStart, 'phase' | 'origin' | 'content'>): JsonObject => {
  const { fields } = phase.version;
  return { ...(origin ? neverCarried(fields) : fallbacks(fields)), ...content };
};

/** A draft's initial content. */
export const firstContent = (start: Pick<DraftStart, 'phase' | 'origin' | 'content'>): JsonObject =>
  contentOf(start.phase.version.fields, { ...start.origin?.content, ...ownContent(start) });

/** The hash of a draft's initial content; null if the hash of a carried item was cleared because an edit bypassed the service. */
function firstHash(start: DraftStart): string | null {
  const hashes = new Map(start.origin?.items.map(({ itemKey, itemHash }) => [itemKey, itemHash]));
  for (const { itemKey, hash } of start.items) hashes.set(itemKey, hash);
  return [...hashes.values()].includes('') ? null : versionHash(firstContent(start), hashes);
}

/** Writes a complete draft under the next number of its record. */
export async function startDraft(tx: Tx, start: DraftStart): Promise<Written> {
  const { phase, base, parent, origin, streamId, versionId, stamps } = start;
  const place = { versionId, streamId };
  const contentHash = firstHash(start);
  const version = insertDraft(tx, phase, {
    ...place,
    masterRecordId: recordOfPhase(streamId, phase),
    cycleId: start.cycleId,
    reportId: start.reportId,
    parentVersionId: parent?.versionId ?? null,
    baseVersionId: base?.versionId ?? null,
    createdBy: stamps.actor,
    createdAt: stamps.instant,
    contentHash: contentHash ?? '',
  });
  const saysAnything = !origin || Object.keys(start.content).length > 0;
  const copied = origin && parent ? parent.versionId : null;
  insertContent(tx, phase, place, ownContent(start), copied, saysAnything ? stamps : null);
  const carried = origin?.items ?? [];
  carryItems(
    tx,
    phase,
    place,
    // Only an approval is carried forward, as a reference to where it was given; everything else starts undecided.
    carried.map((item) => ({
      itemId: item.itemId,
      decisionId: start.carry === 'ALL_UNDECIDED' ? null : approvalOf(item),
    })),
  );
  putItems(tx, phase, place, start.items, stamps, new Map(carried.map(({ itemKey, itemHash }) => [itemKey, itemHash])));
  if (contentHash !== null) return { versionId, version };
  void inFlight(version);
  correctHashes(tx, phase, await doubtfulItems(tx, phase, versionId));
  return { versionId, version: hashFirst(tx, versionId, { phase, content: firstContent(start) }) };
}
