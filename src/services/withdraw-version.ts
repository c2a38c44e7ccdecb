import { changeVersion, type VersionCommand } from './change-version';
import type { Caller, Committed } from './commit';

/** Takes a submitted version back to draft. Decisions made so far stay and count again for items that do not change. */
export const withdrawVersion = (caller: Caller, input: VersionCommand): Promise<Committed> =>
  changeVersion(caller, 'withdrawVersion', 'WITHDRAW', input, ({ update }) =>
    update({ status: 'DRAFT', submittedAt: null, submittedBy: null }),
  );
