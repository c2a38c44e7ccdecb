import { contentByVersion } from '../database/versions';
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
    const changes = contentChanges(phase, input.content);
    const before = (await contentByVersion(tx, phase, [version.versionId])).get(version.versionId);
    await updateContent(tx, phase, version.versionId, { ...before, ...changes });
    await update({ contentHash: await rehash(tx, phase, version.versionId) });
  });
