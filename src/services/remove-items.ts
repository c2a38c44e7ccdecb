import { removeItems as remove } from '../database/version-writes';
import { badInput } from '../versioning/errors';
import { changeContent, type VersionCommand } from './change-version';
import { demandItems } from './phase-input';

export interface RemoveItems extends VersionCommand {
  readonly itemKeys: readonly string[];
}

/** Removes items from a draft; a key the version does not have is refused, and then nothing is removed. */
export const removeItems = changeContent<RemoveItems>(
  'removeItems',
  'EDIT',
  async ({ tx, input: { itemKeys }, version, phase }) => {
    const keys = [...new Set(itemKeys)];
    if (keys.length === 0) throw badInput('`itemKeys` is empty: name at least one item.');
    await demandItems(tx, phase, version.versionId, keys);
    await remove(tx, phase, version.versionId, keys);
  },
);
