import { changeVersion } from './change-version';

/** Returns a submitted version to draft. Decisions made so far stay, and count again for items that do not change. */
export const withdrawVersion = changeVersion('withdrawVersion', 'WITHDRAW', {
  work: ({ update }) => update({ status: 'DRAFT', submittedAt: null, submittedBy: null }),
});
