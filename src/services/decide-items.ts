import { itemFilters, itemKeysOf, type ItemFilter } from '../database/versions/item-filter';
import { existingHashes, insertDecisions } from '../database/versions/item-writes';
import { fullPhaseOf } from '../phases';
import { badInput, DomainError } from '../versioning/errors';
import type { ItemReviewStatus } from '../versioning/model';
import { requireText } from '../versioning/reasons';
import type { FullPhase } from '../versioning/phase';
import { canSeeDeleted } from '../versioning/seeing';
import { changeVersion, type Change, type VersionCommand } from './change-version';
import { requireItems } from './phase-input';

interface Decision {
  readonly status: ItemReviewStatus;
  readonly notes?: string | null;
}

/** The same decision on all items that match a filter. */
export interface DecisionOnMatching extends Decision {
  readonly filter: ItemFilter;
  /** The number of matching items that the caller saw. */
  readonly expectedCount: number;
}

export interface DecideItems extends VersionCommand {
  readonly decisions?: readonly (Decision & { readonly itemKey: string })[] | null;
  readonly matching?: DecisionOnMatching | null;
}

/** The review statuses that the phase knows. */
function knownStatuses(phase: FullPhase): string[] {
  for (const field of Object.values(phase.item.fields))
    if (field.source === 'decision' && field.enumeration) return Object.keys(field.enumeration.words);
  return [];
}

/** Decisions that send work back. */
const refusals: readonly ItemReviewStatus[] = ['REJECTED', 'MODIFIED'];

function requireKnown(phase: FullPhase, decisions: readonly (Decision & { readonly itemKey?: string })[]): void {
  const known = knownStatuses(phase);
  const foreign = decisions.find(({ status }) => !known.includes(status));
  if (foreign)
    throw badInput(`${phase.title} does not have the decision ${foreign.status}. Use one of ${known.join(', ')}.`, {
      ...(foreign.itemKey && { itemKey: foreign.itemKey }),
      allowed: known,
    });
}

/** The notes of a refused item: its own, or else the reason of the whole request. */
function notesOf({ status, notes }: Decision, place: string, reason: string | null | undefined): string | null {
  if (!refusals.includes(status)) return notes ?? null;
  return requireText(
    `To reject an item, or to send it back, takes a reason: say in \`notes\` of ${place} what has to change, or in \`reason\` for all of them.`,
    'notes',
    notes,
    reason,
  );
}

/** The keys that match the filter under the lock; there must be as many as the caller saw. */
async function matchingKeys(
  { tx, version, phase, facts: { viewer, assignment } }: Change<DecideItems>,
  { filter, expectedCount }: DecisionOnMatching,
): Promise<string[]> {
  const filters = itemFilters(phase, filter, canSeeDeleted(viewer, assignment));
  const keys = await itemKeysOf(tx, phase, version.versionId, filters);
  if (keys.length !== expectedCount)
    throw new DomainError(
      'CONFLICT',
      `The filter finds ${keys.length} items now, and you expected ${expectedCount}. Review them, then repeat with their number.`,
      { expectedCount, actualCount: keys.length },
    );
  if (keys.length === 0) throw badInput('The filter finds no items, so there is nothing to decide.');
  return keys;
}

/**
 * Decides items of a submitted version, one by one or all that match a filter. The latest decision on an item counts, and PENDING revokes
 * it. Rejecting or sending back needs notes.
 */
export const decideItems = changeVersion<DecideItems, Map<string, string>>('decideItems', 'DECIDE_ITEMS', {
  look: async (tx, { phase, versionId }, { decisions }) =>
    decisions
      ? existingHashes(
          tx,
          fullPhaseOf(phase),
          versionId,
          decisions.map(({ itemKey }) => itemKey),
        )
      : new Map(),
  work: async (change, existing) => {
    const { tx, stamps, input, version, phase, update } = change;
    const { decisions, matching, reason } = input;
    if (matching ? decisions : !decisions) throw badInput('Send `decisions` or `matching`, one of them.');
    if (matching) {
      requireKnown(phase, [matching]);
      const notes = notesOf(matching, '`matching`', reason);
      const keys = await matchingKeys(change, matching);
      insertDecisions(
        tx,
        phase,
        version,
        keys.map((itemKey) => ({ itemKey, status: matching.status, notes })),
        stamps,
      );
      return update({});
    }
    const single = decisions!;
    if (single.length === 0) throw badInput('`decisions` is empty: decide at least one item.');
    requireKnown(phase, single);
    const explained = single.map(({ itemKey, ...decision }) => ({
      itemKey,
      status: decision.status,
      notes: notesOf(decision, `item ${itemKey}`, reason),
    }));
    const keys = new Set(single.map(({ itemKey }) => itemKey));
    if (keys.size < single.length) throw badInput('An item is decided twice in this request. Decide each item once.');
    requireItems([...keys], existing);
    insertDecisions(tx, phase, version, explained, stamps);
    return update({});
  },
});
