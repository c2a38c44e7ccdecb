import { putItems as write, rehash } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { itemsToPut, type ItemsInput } from './phase-input';

export interface PutItems extends VersionCommand {
  readonly items: ItemsInput;
}

/** Adds items to a draft, or replaces those whose itemKey is given. */
export const putItems = (caller: Caller, input: PutItems): Promise<Committed> =>
  changeVersion(caller, 'putItems', 'EDIT', input, async ({ tx, now, viewer, version, facts: { phase }, update }) => {
    const items = await itemsToPut(tx, phase, version, input.items);
    await write(tx, phase, version, items, { actor: viewer.userId, instant: now });
    await update({ contentHash: await rehash(tx, phase, version.versionId) });
  });
