import { existingHashes, removeItems as remove } from '../database/versions/item-writes';
import { fullPhaseOf } from '../phases';
import { badInput } from '../versioning/errors';
import { changeContent, type VersionCommand } from './change-version';
import { requireItems } from './phase-input';

export interface RemoveItems extends VersionCommand {
  readonly itemKeys: readonly string[];
}

/** Removes items from a draft. If one key is unknown, nothing is removed. */
export const removeItems = changeContent<RemoveItems, Map<string, string>>('removeItems', 'EDIT', {
  look: async (tx, { phase, versionId }, { itemKeys }) => existingHashes(tx, fullPhaseOf(phase), versionId, itemKeys),
  work: ({ tx, input: { itemKeys }, version, phase }, existing) => {
    const keys = [...new Set(itemKeys)];
    if (keys.length === 0) throw badInput('`itemKeys` is empty: name at least one item.');
    requireItems(keys, existing);
    remove(tx, phase, version.versionId, keys);
  },
});
