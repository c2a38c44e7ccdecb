import { demandText } from '../versioning/reasons';
import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';

/** Marks a draft or a rejected version as deleted; its number stays used, and it can be brought back. */
export const deleteVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'deleteVersion', 'DELETE', input, ({ now, viewer, update }) => {
    demandText('A deletion needs a reason: say in `reason` why the version goes.', 'reason', input.reason);
    return update({ isDeleted: true, deletedAt: now, deletedBy: viewer.userId });
  });

/** Brings a deleted version back as it was. */
export const undeleteVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'undeleteVersion', 'UNDELETE', input, ({ update }) =>
    update({ isDeleted: false, deletedAt: null, deletedBy: null }),
  );
