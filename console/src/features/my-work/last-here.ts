/**
 * Where somebody was last: kept in this browser, for each person. A visit is over when nothing was looked at for half an hour, so a
 * reload does not make what moved look as if it had been seen.
 */

/** How far each workflow had come when it was looked at, by the number of its last commit. */
export interface Look {
  readonly at: string;
  readonly heads: Readonly<Record<string, number>>;
}
export interface Visits {
  readonly here: Look;
  /** How the visit before this one ended; null in the first. */
  readonly before: Look | null;
}

const PAUSE_MS = 30 * 60_000;

/** @param now when they were looked at, in milliseconds */
export function looked(kept: Visits | null, heads: Look['heads'], now: number): Visits {
  // A workflow that is not among those that are read any more has been seen as far as it was.
  const here = { at: new Date(now).toISOString(), heads: { ...kept?.here.heads, ...heads } };
  if (!kept) return { here, before: null };
  return { here, before: now - Date.parse(kept.here.at) > PAUSE_MS ? kept.here : kept.before };
}
