/**
 * Independence: whoever edited or submitted a version neither decides on it nor signs it. A decision or signature is a fact about a moment;
 * whether it counts is determined when an approval relies on it, by who has edited or submitted the version by then. Otherwise somebody
 * could sign, change what was signed and change it back, or submit it themselves.
 */
import type { VersionStatus } from './model';

/** Why a person's decision or signature does not count. */
export type Bar = 'EDITED' | 'SUBMITTED';

/** Who worked on a version. */
export interface Involvement {
  readonly editors: readonly number[];
  readonly submittedBy: number | null;
}

/** What bars a person from deciding on a version, or makes their earlier decision invalid; null if nothing does. */
export function barOf({ editors, submittedBy }: Involvement, userId: number | null): Bar | null {
  if (userId === null) return null;
  if (editors.includes(userId)) return 'EDITED';
  return submittedBy === userId ? 'SUBMITTED' : null;
}

/** Statuses in which no approval or rejection has relied on the decisions yet. Once one has, they count for good. */
export const undecidedStatuses: readonly VersionStatus[] = ['DRAFT', 'PENDING_APPROVAL'];

/** Statuses in which no approval has relied on the decisions, so that barred ones are not carried forward. */
export const unapprovedStatuses: readonly VersionStatus[] = [...undecidedStatuses, 'REJECTED'];

const pastTense: Record<Bar, string> = { EDITED: 'edited', SUBMITTED: 'submitted' };

/** "edited this version": a clause to follow a person's name. */
export const barredBy = (bar: Bar): string => `${pastTense[bar]} this version`;

/** Why a person's decision or signature does not count (any more). */
export const notCounting = (bar: Bar): string =>
  `Whoever gave it has ${pastTense[bar]} this version, and only others may decide on it. Somebody else has to.`;
