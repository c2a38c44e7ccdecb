/** Verification: a stream's chain is recomputed value by value, held against its head, its checkpoints and the live rows. */
import type { Db } from '../database/database';
import { commitsOf, headOf, liveRowsOf } from '../database/log-reader';
import { ChainVerifier, imageDigest, rowKey, type ChainFault, type ReadCommit } from '../versioning/verification';
import type { NotedHeads } from './checkpoints';

export interface Verification {
  readonly valid: boolean;
  readonly changeSetsChecked: number;
  readonly headHash: string | null;
  readonly firstBrokenSequence: number | null;
  readonly problem: string | null;
}

export interface VerifyOptions {
  /** Heads of this stream as they were noted outside the database. */
  readonly noted?: NotedHeads;
  readonly onCommit?: () => void;
}

/** What is said where nothing could be checked. */
export const unverified = (problem: string): Verification => ({
  ...{ valid: false, changeSetsChecked: 0, headHash: null, firstBrokenSequence: null, problem },
});

/**
 * Verifies one stream.
 * @param tx a transaction that sees one snapshot, so that commits made meanwhile are no faults
 */
export async function verifyStream(tx: Db, streamId: string, options: VerifyOptions = {}): Promise<Verification> {
  const verifier = new ChainVerifier();
  const fault = await firstFault(tx, streamId, verifier, options);
  return {
    valid: fault === null,
    changeSetsChecked: verifier.sequence,
    headHash: verifier.hash,
    firstBrokenSequence: fault?.sequence ?? null,
    problem: fault?.problem ?? null,
  };
}

async function firstFault(
  tx: Db,
  streamId: string,
  verifier: ChainVerifier,
  { noted, onCommit }: VerifyOptions,
): Promise<ChainFault | null> {
  for await (const commit of commitsOf(tx, streamId)) {
    if (commit.hash === '')
      return {
        sequence: Math.min(commit.sequence, verifier.sequence + 1),
        problem: `There are rows of a commit ${commit.sequence}, but no such commit.`,
      };
    const fault = verifier.add(commit) ?? checkpointFault(commit, noted);
    if (fault) return fault;
    onCommit?.();
  }
  const head = await headOf(tx, streamId);
  if (!head && verifier.sequence > 0) return { sequence: 1, problem: 'The chain has no head.' };
  return (
    (head && verifier.end(head)) ??
    (head?.isOpen ? openHead(verifier.sequence + 1) : null) ??
    cutFault(verifier.sequence, noted) ??
    (await wrongRow(tx, streamId, verifier))
  );
}

const openHead = (sequence: number): ChainFault => ({
  sequence,
  problem: `The head of the chain says that commit ${sequence} is being made; none is, or it could not be seen.`,
});

/** Whether a commit is not the one that was noted outside the database. */
export function checkpointFault(
  { sequence, hash }: Pick<ReadCommit, 'sequence' | 'hash'>,
  noted: NotedHeads | undefined,
): ChainFault | null {
  const expected = noted?.get(sequence);
  return expected === undefined || expected === hash
    ? null
    : {
        sequence,
        problem: `Commit ${sequence}, or one before it, is not the one that a checkpoint noted: the chain was rewritten.`,
      };
}

/** Whether a chain that was read to its end is shorter than it was once. */
export function cutFault(end: number, noted: NotedHeads | undefined): ChainFault | null {
  let last = 0;
  for (const sequence of noted?.keys() ?? []) last = Math.max(last, sequence);
  return last > end
    ? { sequence: end + 1, problem: `A checkpoint noted commit ${last}; the chain ends at ${end}: its tail was cut.` }
    : null;
}

/** Of the live rows that are not as the log says, the one whose commit is the earliest; those last that no commit knows. */
async function wrongRow(tx: Db, streamId: string, { images, sequence }: ChainVerifier): Promise<ChainFault | null> {
  let first: ChainFault | null = null;
  const found = (fault: ChainFault) => {
    if (first === null || (fault.sequence ?? Infinity) < (first.sequence ?? Infinity)) first = fault;
  };
  const seen = new Set<string>();
  for await (const row of liveRowsOf(tx, streamId)) {
    if (sequence === 0) return { sequence: 1, problem: 'There are rows, and no commit: the chain is gone.' };
    const key = rowKey(row);
    const last = images.get(key);
    seen.add(key);
    if (!last?.digest)
      found({ sequence: last?.sequence ?? null, problem: `The row ${key} is there, and the log does not know it.` });
    else if (last.digest !== imageDigest(row.image))
      found({
        sequence: last.sequence,
        problem: `The row ${key} is not as commit ${last.sequence} left it, and no later commit changed it.`,
      });
  }
  for (const [key, last] of images)
    if (last.digest !== null && !seen.has(key))
      found({
        sequence: last.sequence,
        problem: `The row ${key} is gone, and no commit since ${last.sequence} removed it.`,
      });
  return first;
}
