/** What is found in a log file, and how far it was read. */
export interface Verdict {
  /** The first thing that is wrong; null where it verifies. */
  readonly fault: { readonly sequence: number | null; readonly problem: string } | null;
  /** How many commits were found right. */
  readonly commits: number;
  readonly head: string | null;
  readonly committedAt: string | null;
  /** Whose log it says it is; null where it is none. */
  readonly streamId: string | null;
}
export type Told = { read: number; commits: number } | { verdict: Verdict } | { failed: string };

/** The stream of the reference data. */
export const REFERENCE = '00000000-0000-0000-0000-000000000000';
