import { putItems as write } from '../database/version-writes';
import { changeContent, type VersionCommand } from './change-version';
import { itemsToPut, type ItemsInput } from './phase-input';

export interface PutItems extends VersionCommand {
  readonly items: ItemsInput;
}

/** Adds items to a draft, or replaces those whose itemKey is given. */
export const putItems = changeContent<PutItems>(
  'putItems',
  'EDIT',
  async ({ tx, stamps, input: { items }, version, phase }) => {
    await write(tx, phase, version, await itemsToPut(tx, phase, version, items), stamps);
  },
);
