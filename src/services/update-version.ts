import { contentNow, rehash, updateContent } from '../database/version-writes';
import { demandRestricted, writing } from '../versioning/policy';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';
import { contentChanges, demandConsistent, fieldsSent, type ContentInput } from './phase-input';

export interface UpdateVersion extends VersionCommand {
  readonly content: ContentInput;
}

/** Changes a draft's own content fields; fields left out stay as they are. */
export const updateVersion = (caller: Caller, input: UpdateVersion): Promise<Committed> =>
  changeVersion(
    caller,
    'updateVersion',
    (phase) => (phase.versioning === 'FULL' ? writing(phase, fieldsSent(phase, input.content)) : 'EDIT'),
    input,
    async ({ tx, now, viewer, version: { versionId }, facts, update }) => {
      const { phase } = facts;
      const changes = contentChanges(phase, input.content);
      const before = await contentNow(tx, phase, versionId);
      demandRestricted(facts, phase, before, changes, input.reason);
      demandConsistent(phase, { ...before, ...changes });
      await updateContent(tx, phase, versionId, changes, { actor: viewer.userId, instant: now });
      await update({ contentHash: await rehash(tx, phase, versionId) });
    },
  );
