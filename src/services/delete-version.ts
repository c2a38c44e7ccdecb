import { requireText } from '../versioning/reasons';
import { changeVersion } from './change-version';

/** Marks a draft or a rejected version as deleted. Its number stays used, and it can be restored. */
export const deleteVersion = changeVersion('deleteVersion', 'DELETE', {
  work: ({ now, viewer, input, update }) => {
    requireText('A deletion needs a reason: say in `reason` why the version is deleted.', 'reason', input.reason);
    return update({ isDeleted: true, deletedAt: now, deletedBy: viewer.userId });
  },
});

/** Restores a deleted version as it was. */
export const undeleteVersion = changeVersion('undeleteVersion', 'UNDELETE', {
  work: ({ update }) => update({ isDeleted: false, deletedAt: null, deletedBy: null }),
});
