import { rehash, removeItems as remove } from '../database/version-writes';
import { badInput } from '../versioning/errors';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { demandItems } from './phase-input';

export interface RemoveItems extends VersionCommand {
  readonly itemKeys: readonly string[];
}

/** Removes items from a draft; a key the version does not have is refused, and then nothing is removed. */
export const removeItems = (caller: Caller, input: RemoveItems): Promise<Committed> =>
  changeVersion(caller, 'removeItems', 'EDIT', input, async ({ tx, version, facts: { phase }, update }) => {
    const keys = [...new Set(input.itemKeys)];
    if (keys.length === 0) throw badInput('`itemKeys` is empty: name at least one item.');
    await demandItems(tx, phase, version.versionId, keys);
    await remove(tx, phase, version.versionId, keys);
    await update({ contentHash: await rehash(tx, phase, version.versionId) });
  });
