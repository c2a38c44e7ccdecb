import { updateContent } from '../database/versions/version-writes';
import { requireOnlyRestricted, writing } from '../versioning/policy';
import { changeContent, type VersionCommand } from './change-version';
import { contentChanges, requireConsistent, fieldsSent, type ContentInput } from './phase-input';

export interface UpdateVersion extends VersionCommand {
  readonly content: ContentInput;
}

/** Changes a draft's own content fields; omitted fields stay as they are. */
export const updateVersion = changeContent<UpdateVersion, void>(
  'updateVersion',
  (phase, { content }) => (phase.versioning === 'FULL' ? writing(phase, fieldsSent(phase, content)) : 'EDIT'),
  {
    look: () => Promise.resolve(),
    work: ({ tx, stamps, input, version: { versionId }, facts, phase }, _, before) => {
      const changes = contentChanges(phase, input.content);
      requireOnlyRestricted(facts, phase, before, changes, input.reason);
      const after = { ...before, ...changes };
      requireConsistent(phase, after);
      updateContent(tx, phase, versionId, changes, stamps);
      return after;
    },
  },
);
