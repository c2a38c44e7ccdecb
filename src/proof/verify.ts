/** Verification: a stream's chain is recomputed value by value, held against its head, its checkpoints and the live rows. */
import type { Db } from '../database/database';
import { clockOf, commitsOf, hashOf, headOf, liveRowsOf, type ReadHead } from '../database/log-reader';
import { ChainVerifier, imageDigest, rowKey, type ChainFault } from '../versioning/verification';
import type { NotedHeads } from './checkpoints';
import type { CommitStamp, RememberedChain, VerifiedChains } from './verified-chains';

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
  /** What was found right before and need not be recomputed; what is found right now is added. */
  readonly verified?: VerifiedChains;
}

/** What is said where nothing could be checked. */
export const unverified = (problem: string): Verification => ({
  valid: false,
  changeSetsChecked: 0,
  headHash: null,
  firstBrokenSequence: null,
  problem,
});

/**
 * Verifies one stream.
 * @param tx a transaction that sees one snapshot, so that commits made meanwhile are no faults
 */
export async function verifyStream(tx: Db, streamId: string, options: VerifyOptions = {}): Promise<Verification> {
  const { verified } = options;
  let verifier = new ChainVerifier();
  const verify = async (before?: RememberedChain): Promise<ChainFault | null> => {
    const commits = [...(before?.commits ?? [])];
    verifier = new ChainVerifier(before?.end);
    const fault = await firstFault(tx, streamId, verifier, commits, options);
    // What cannot be remembered is recomputed the next time.
    if (!fault) await verified?.keep(tx, streamId, { end: verifier, commits }, before).catch(() => undefined);
    // A fault is told as if nothing had been remembered: how many commits were right before the first that is not.
    return fault && before ? verify() : fault;
  };
  const fault = await Promise.resolve(verified?.stillRight(tx, streamId)).then(verify).catch(unreadable);
  verified?.found.set(streamId, { sequence: verifier.sequence, isRight: fault === null });
  return {
    valid: fault === null,
    changeSetsChecked: verifier.sequence,
    headHash: verifier.hash,
    firstBrokenSequence: fault?.sequence ?? null,
    problem: fault?.problem ?? null,
  };
}

/** What the verification of a whole chain says of its commits up to one of them. A fault that is nowhere is one of all. */
export async function upTo(tx: Db, streamId: string, whole: Verification, last: number): Promise<Verification> {
  const { firstBrokenSequence, changeSetsChecked, headHash } = whole;
  const isBroken = !whole.valid && (firstBrokenSequence === null || firstBrokenSequence <= last);
  const checked = Math.min(changeSetsChecked, last);
  return {
    valid: !isBroken,
    changeSetsChecked: checked,
    headHash: checked === changeSetsChecked ? headHash : await hashOf(tx, streamId, checked),
    firstBrokenSequence: isBroken ? firstBrokenSequence : null,
    problem: isBroken ? whole.problem : null,
  };
}

const fault = (sequence: number | null, problem: string): ChainFault => ({ sequence, problem });

const INSUFFICIENT_PRIVILEGE = '42501';

/** What may not be read proves nothing; that it may not is a fault, and no reason to say nothing of the rest. */
function unreadable(error: unknown): ChainFault {
  const { code, message } = error as { code?: string; message: string };
  if (code !== INSUFFICIENT_PRIVILEGE) throw error;
  return fault(null, `It cannot be read as a whole: ${message}.`);
}

async function firstFault(
  tx: Db,
  streamId: string,
  verifier: ChainVerifier,
  commits: CommitStamp[],
  { noted, onCommit }: VerifyOptions,
): Promise<ChainFault | null> {
  const now = await clockOf(tx);
  const checkpoints = new AgainstCheckpoints(noted);
  const stampFault = (commit: CommitStamp) => checkpoints.fault(commit) ?? futureFault(commit, now);
  for (const commit of commits) {
    const found = stampFault(commit);
    if (found) return found;
  }
  for await (const commit of commitsOf(tx, streamId, verifier.sequence || undefined)) {
    if (commit.hash === '')
      return fault(
        Math.min(commit.sequence, verifier.sequence + 1),
        `There are rows of a commit ${commit.sequence}, but no such commit.`,
      );
    const found = verifier.add(commit) ?? stampFault(commit);
    if (found) return found;
    const { sequence, hash, committedAt } = commit;
    commits.push({ sequence, hash, committedAt });
    onCommit?.();
  }
  const head = await headOf(tx, streamId);
  if (!head && verifier.sequence > 0) return fault(1, 'The chain has no head.');
  return (
    (head && verifier.end(head)) ??
    (head && headFault(head, verifier.sequence + 1, now)) ??
    checkpoints.cut(verifier.sequence) ??
    (await wrongRow(tx, streamId, verifier))
  );
}

/** What is wrong with the head of a chain of which `next` is not made yet. */
function headFault({ isOpen, closedAt }: ReadHead, next: number, now: string): ChainFault | null {
  if (isOpen)
    return fault(
      next,
      `The head of the chain says that commit ${next} is being made; none is, or it could not be seen.`,
    );
  return isFuture(closedAt, now)
    ? fault(next, `The head of the chain says that nothing is committed before ${closedAt}, which has not come.`)
    : null;
}

/** Stamps grow by a millisecond even where two commits are made in one, so the last may be a little ahead of the clock. */
const AHEAD_MS = 1_000;
/** A commit is stamped when it is opened, and noted only when it is done. Nobody writes for so long. */
const LONGEST_COMMIT_MS = 3_600_000;

const isFuture = (instant: string | null, now: string): boolean =>
  instant !== null && !(Date.parse(instant) <= Date.parse(now) + AHEAD_MS); // also what is no date of ours

const futureFault = ({ sequence, committedAt }: CommitStamp, now: string): ChainFault | null =>
  isFuture(committedAt, now)
    ? fault(sequence, `Commit ${sequence} is stamped ${committedAt}, which has not come.`)
    : null;

/** Holds a chain, whose commits are taken in their order, against what was noted of it outside the database. */
export class AgainstCheckpoints {
  /** When the chain was noted to end before the next commit. */
  #endedBefore: string | null = null;

  constructor(private readonly noted: NotedHeads = new Map()) {}

  /** Whether a commit is not the one that was noted, or was made at another time than the notes allow. */
  fault({ sequence, hash, committedAt }: CommitStamp): ChainFault | null {
    const head = this.noted.get(sequence);
    if (head && head.hash !== hash)
      return fault(
        sequence,
        `Commit ${sequence}, or one before it, is not the one that a checkpoint noted: the chain was rewritten.`,
      );
    const stamped = `Commit ${sequence} is stamped ${committedAt}`;
    if (head?.notedAt != null && isFuture(committedAt, head.notedAt))
      return fault(sequence, `${stamped}, and a checkpoint noted it at ${head.notedAt} already.`);
    const endedBefore = this.#endedBefore;
    this.#endedBefore = head?.notedAt ?? endedBefore;
    return endedBefore !== null && Date.parse(committedAt) < Date.parse(endedBefore) - LONGEST_COMMIT_MS
      ? fault(sequence, `${stamped}, and was not there when a checkpoint was noted at ${endedBefore}.`)
      : null;
  }

  /** Whether a chain that was read to its end is shorter than it was once. */
  cut(end: number): ChainFault | null {
    let last = 0;
    for (const sequence of this.noted.keys()) last = Math.max(last, sequence);
    return last > end
      ? fault(end + 1, `A checkpoint noted commit ${last}; the chain ends at ${end}: its tail was cut.`)
      : null;
  }
}

/** Of the live rows that are not as the log says, the one whose commit is the earliest; those last that no commit knows. */
async function wrongRow(tx: Db, streamId: string, { images, sequence }: ChainVerifier): Promise<ChainFault | null> {
  let first: ChainFault | null = null;
  const found = (known: number | null | undefined, problem: string) => {
    if (first === null || (known ?? Infinity) < (first.sequence ?? Infinity)) first = fault(known ?? null, problem);
  };
  const seen = new Set<string>();
  for await (const row of liveRowsOf(tx, streamId)) {
    if (sequence === 0) return fault(1, 'There are rows, and no commit: the chain is gone.');
    const key = rowKey(row);
    const last = images.get(key);
    seen.add(key);
    if (!last?.digest) found(last?.sequence, `The row ${key} is there, and the log does not know it.`);
    else if (last.digest !== imageDigest(row.image))
      found(last.sequence, `The row ${key} is not as commit ${last.sequence} left it, and no later commit changed it.`);
  }
  for (const [key, last] of images)
    if (last.digest !== null && !seen.has(key))
      found(last.sequence, `The row ${key} is gone, and no commit since ${last.sequence} removed it.`);
  return first;
}
