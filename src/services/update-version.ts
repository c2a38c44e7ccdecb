import { contentNow, updateContent } from '../database/version-writes';
import { demandRestricted, writing } from '../versioning/policy';
import { changeContent, type VersionCommand } from './change-version';
import { contentChanges, demandConsistent, fieldsSent, type ContentInput } from './phase-input';

export interface UpdateVersion extends VersionCommand {
  readonly content: ContentInput;
}

/** Changes a draft's own content fields; fields left out stay as they are. */
export const updateVersion = changeContent<UpdateVersion>(
  'updateVersion',
  (phase, { content }) => (phase.versioning === 'FULL' ? writing(phase, fieldsSent(phase, content)) : 'EDIT'),
  async ({ tx, stamps, input, version: { versionId }, facts, phase }) => {
    const changes = contentChanges(phase, input.content);
    const before = await contentNow(tx, phase, versionId);
    demandRestricted(facts, phase, before, changes, input.reason);
    demandConsistent(phase, { ...before, ...changes });
    await updateContent(tx, phase, versionId, changes, stamps);
  },
);
