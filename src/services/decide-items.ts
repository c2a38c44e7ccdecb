import { existingHashes, insertDecisions } from '../database/item-writes';
import { fullPhaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import type { ItemReviewStatus } from '../versioning/model';
import { demandText } from '../versioning/reasons';
import type { FullPhase } from '../versioning/phase';
import { changeVersion, type VersionCommand } from './change-version';
import { demandItems } from './phase-input';

export interface DecideItems extends VersionCommand {
  readonly decisions: readonly {
    readonly itemKey: string;
    readonly status: ItemReviewStatus;
    readonly notes?: string | null;
  }[];
}

/** The review statuses a phase has a word for. */
function knownStatuses(phase: FullPhase): string[] {
  for (const field of Object.values(phase.item.fields))
    if (field.source === 'decision' && field.enumeration) return Object.keys(field.enumeration.words);
  return [];
}

/** Decisions that say no to somebody's work. */
const refusals: readonly ItemReviewStatus[] = ['REJECTED', 'MODIFIED'];

/** What a refused item is told: its own notes, or else the reason of the whole request. */
const reasonOf = (itemKey: string, notes: string | null | undefined, reason: string | null | undefined): string =>
  demandText(
    `To reject an item, or to send it back, takes a reason: say in \`notes\` of item ${itemKey} what has to change, or in \`reason\` for all of them.`,
    'notes',
    notes,
    reason,
  );

/**
 * Decides items of a submitted version; the latest decision on an item counts, and PENDING takes one back. What is rejected
 * or sent back is told why.
 */
export const decideItems = changeVersion<DecideItems, Map<string, string>>('decideItems', 'DECIDE_ITEMS', {
  look: async (tx, { phase, versionId }, { decisions }) =>
    existingHashes(
      tx,
      fullPhaseOf(phase),
      versionId,
      decisions.map(({ itemKey }) => itemKey),
    ),
  work: ({ tx, stamps, input, version, phase, update }, existing) => {
    const { decisions } = input;
    if (decisions.length === 0) throw badInput('`decisions` is empty: decide at least one item.');
    const known = knownStatuses(phase);
    const foreign = decisions.find(({ status }) => !known.includes(status));
    if (foreign)
      throw badInput(`${phase.title} does not know ${foreign.status}. Decide ${known.join(', ')}.`, {
        itemKey: foreign.itemKey,
        allowed: known,
      });
    const explained = decisions.map(({ itemKey, status, notes }) => ({
      itemKey,
      status,
      notes: refusals.includes(status) ? reasonOf(itemKey, notes, input.reason) : (notes ?? null),
    }));
    const keys = new Set(decisions.map(({ itemKey }) => itemKey));
    if (keys.size < decisions.length)
      throw badInput('An item is decided twice in this request. Decide each item once.');
    demandItems([...keys], existing);
    insertDecisions(tx, phase, version, explained, stamps);
    return update({});
  },
});
