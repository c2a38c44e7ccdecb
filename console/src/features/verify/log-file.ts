/** The result of verifying a log file, and the progress. */
export interface Verdict {
  /** The first fault; null if the file verifies. */
  readonly fault: { readonly sequence: number | null; readonly problem: string } | null;
  /** The number of verified commits. */
  readonly commits: number;
  readonly head: string | null;
  readonly committedAt: string | null;
  /** The log that the file claims to be; null if it is not a log file. */
  readonly streamId: string | null;
}
export type Progress = { read: number; commits: number } | { verdict: Verdict } | { failed: string };

/** The stream of the reference data. */
export const REFERENCE = '00000000-0000-0000-0000-000000000000';
