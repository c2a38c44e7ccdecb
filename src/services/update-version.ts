import { rehash, updateContent } from '../database/version-writes';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { contentChanges, type ContentInput } from './phase-input';

export interface UpdateVersion extends VersionCommand {
  readonly content: ContentInput;
}

/** Changes a draft's own content fields; fields left out stay as they are. */
export const updateVersion = (caller: Caller, input: UpdateVersion): Promise<Committed> =>
  changeVersion(caller, 'updateVersion', 'EDIT', input, async ({ tx, version, facts: { phase }, update }) => {
    await updateContent(tx, phase, version.versionId, contentChanges(phase, input.content));
    await update({ contentHash: await rehash(tx, phase, version.versionId) });
  });
