/**
 * The last visit of each person, kept in this browser. A visit ends after half an hour without activity, so that a reload does not mark
 * news as seen.
 */

/** The sequence of each workflow's last commit when it was seen. */
export interface Look {
  readonly at: string;
  readonly heads: Readonly<Record<string, number>>;
}
export interface Visits {
  readonly here: Look;
  /** The end of the previous visit; null on the first. */
  readonly before: Look | null;
}

const PAUSE_MS = 30 * 60_000;

/** @param now when the heads were read, in milliseconds */
export function looked(kept: Visits | null, heads: Look['heads'], now: number): Visits {
  // Workflows that are no longer listed keep their last seen commit.
  const here = { at: new Date(now).toISOString(), heads: { ...kept?.here.heads, ...heads } };
  if (!kept) return { here, before: null };
  return { here, before: now - Date.parse(kept.here.at) > PAUSE_MS ? kept.here : kept.before };
}
