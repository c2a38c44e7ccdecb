/** Starting a draft: the next number of its record, the content of its parent, and the items that are carried forward. */
import { v5 as uuidv5 } from 'uuid';
import type { Db } from '../database/database';
import { itemsToCarry } from '../database/items';
import { approvalOf, type ItemRow } from '../database/rows';
import { carryItems, insertContent, insertDraft } from '../database/version-writes';
import { currentByRecord } from '../database/versions';
import { fallbacks, neverCarried } from '../versioning/fields';
import type { JsonObject, VersionHeader } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';

export const carryForwards = ['APPROVED_ITEMS', 'ALL_ITEMS', 'NONE'] as const;
export type CarryForward = (typeof carryForwards)[number];

/** What a draft may take over; ALL_UNDECIDED leaves even approvals behind. */
type Carry = CarryForward | 'ALL_UNDECIDED';

/** A workflow has one record of each fully versioned phase; its id follows from both. */
export const recordOfPhase = (streamId: string, phase: FullPhase): string => uuidv5(phase.key, streamId);

export const currentVersion = async (tx: Db, masterRecordId: string): Promise<VersionHeader | null> =>
  (await currentByRecord(tx, [masterRecordId]))[0] ?? null;

export interface DraftStart {
  readonly versionId: string;
  readonly streamId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly phase: FullPhase;
  /** The version in force, which approval will need to be in force still. */
  readonly base: VersionHeader | null;
  readonly parent: VersionHeader | null;
  readonly carry: Carry;
  /** Content fields that differ from the parent's. */
  readonly content: JsonObject;
  readonly createdBy: number;
  readonly createdAt: Date;
}

export interface DraftStarted {
  readonly versionId: string;
  readonly streamId: string;
  readonly masterRecordId: string;
}

type Carriable = Pick<ItemRow, 'itemId' | 'decidedAs' | 'decisionId' | 'decisionBar'>;

/** Which items go along. Where items are not reviewed one by one, those of an approved version count as approved. */
function carried(
  phase: FullPhase,
  parent: VersionHeader,
  carry: Carry,
  items: readonly Carriable[],
): readonly Carriable[] {
  if (carry !== 'APPROVED_ITEMS') return carry === 'NONE' ? [] : items;
  if (phase.item.reviewed !== 'BY_DECISIONS')
    return parent.status === 'APPROVED' || parent.status === 'SUPERSEDED' ? items : [];
  return items.filter((item) => approvalOf(item) !== null);
}

export async function startDraft(tx: Db, start: DraftStart): Promise<DraftStarted> {
  const { phase, base, parent, streamId, versionId } = start;
  const masterRecordId = recordOfPhase(streamId, phase);
  await insertDraft(tx, phase, {
    versionId,
    streamId,
    masterRecordId,
    cycleId: start.cycleId,
    reportId: start.reportId,
    parentVersionId: parent?.versionId ?? null,
    baseVersionId: base?.versionId ?? null,
    createdBy: start.createdBy,
    createdAt: start.createdAt,
  });
  const inheritsFrom = start.carry === 'NONE' ? null : parent;
  const { fields } = phase.version;
  const content = { ...(inheritsFrom ? neverCarried(fields) : fallbacks(fields)), ...start.content };
  const saysAnything = !inheritsFrom || Object.keys(start.content).length > 0;
  await insertContent(
    tx,
    phase,
    { versionId, streamId },
    content,
    inheritsFrom?.versionId ?? null,
    saysAnything ? { actor: start.createdBy, instant: start.createdAt } : null,
  );

  if (inheritsFrom) {
    const items = carried(phase, inheritsFrom, start.carry, await itemsToCarry(tx, phase, inheritsFrom.versionId));
    await carryItems(
      tx,
      phase,
      { versionId, streamId },
      // Only an approval goes along, and only as a reference to where it was given; everything else starts undecided.
      items.map((item) => ({
        itemId: item.itemId,
        decisionId: start.carry === 'ALL_UNDECIDED' ? null : approvalOf(item),
      })),
    );
  }
  return { versionId, streamId, masterRecordId };
}
