/**
 * Independence: who edited or submitted a version neither decides on it nor signs it. A decision or a signature is a fact about
 * a moment; whether it counts for an approval is asked when the approval relies on it, of who has edited or submitted the
 * version by then. Without this, somebody could sign, then change what was signed and change it back, or submit it themselves.
 */
import type { VersionStatus } from './model';

/** Why what a person decided or signed does not count. */
export type Bar = 'EDITED' | 'SUBMITTED';

/** Who worked on a version. */
export interface Involvement {
  readonly editors: readonly number[];
  readonly submittedBy: number | null;
}

/** What keeps a person from deciding on a version, or from having decided on it; null if nothing does. */
export function barOf({ editors, submittedBy }: Involvement, userId: number | null): Bar | null {
  if (userId === null) return null;
  if (editors.includes(userId)) return 'EDITED';
  return submittedBy === userId ? 'SUBMITTED' : null;
}

/** An approval or a rejection has relied on what was decided by then; after it, nothing stops counting any more. */
export const undecidedStatuses: readonly VersionStatus[] = ['DRAFT', 'PENDING_APPROVAL'];

/** No approval has relied yet on what was decided in a version of these, so what does not count is carried nowhere. */
export const unapprovedStatuses: readonly VersionStatus[] = [...undecidedStatuses, 'REJECTED'];

const deeds: Record<Bar, string> = { EDITED: 'edited', SUBMITTED: 'submitted' };

/** "edited this version": a clause that a person's name goes before. */
export const barredBy = (bar: Bar): string => `${deeds[bar]} this version`;

/** Why a decision or a signature of a person does not count (any more). */
export const notCounting = (bar: Bar): string =>
  `Whoever gave it has ${deeds[bar]} this version, and only others may decide on it. Somebody else has to.`;
