/** Verification: recomputes a stream's chain value by value and compares it with its head, its checkpoints and the live rows. */
import type { Db } from '../database/connection/database';
import { clockOf, commitsOf, readHash, readHead, liveRowsOf, type ReadHead } from '../database/log/log-reader';
import { ChainVerifier, imageDigest, rowKey, type ChainFault } from '../versioning/verification';
import { archiveOf, withImages, type ArchiveRecord } from './archives';
import type { CheckpointHeads } from './checkpoints';
import type { CommitStamp, RememberedChain, VerifiedChains } from './verified-chains';

export interface Verification {
  readonly valid: boolean;
  readonly changeSetsChecked: number;
  readonly headHash: string | null;
  readonly firstBrokenSequence: number | null;
  readonly problem: string | null;
  /**
   * Set if images were archived and their file is unavailable: the archive, and the last commit whose hash could therefore not be
   * recomputed. The links of such commits and the succession of their row images were checked by the remaining digests.
   */
  readonly archived?: { readonly sequence: number; readonly archive: ArchiveRecord };
}

export interface VerifyOptions {
  /** Heads of this stream recorded outside the database. */
  readonly checkpointHeads?: CheckpointHeads;
  readonly onCommit?: () => void;
  /** A cache of verified chains, which is used and updated. */
  readonly verified?: VerifiedChains;
  /** A verified file with the archived images of the stream. */
  readonly archive?: string;
}

/** The result if nothing could be checked. */
export const unverified = (problem: string): Verification => ({
  valid: false,
  changeSetsChecked: 0,
  headHash: null,
  firstBrokenSequence: null,
  problem,
});

/**
 * Verifies one stream.
 * @param tx a transaction with one snapshot, so that concurrent commits are not taken for faults
 */
export async function verifyStream(tx: Db, streamId: string, options: VerifyOptions = {}): Promise<Verification> {
  const { verified } = options;
  let verifier = new ChainVerifier();
  let archive: ArchiveRecord | undefined;
  const archiveFault = async (): Promise<ChainFault | null> => {
    archive = verifier.archived > 0 ? await archiveOf(tx, streamId) : undefined;
    return verifier.archived > (archive?.sequence ?? 0)
      ? fault(verifier.archived, `What commit ${verifier.archived} changed is not there, and was not archived.`)
      : null;
  };
  const verify = async (before?: RememberedChain): Promise<ChainFault | null> => {
    const commits = [...(before?.commits ?? [])];
    verifier = new ChainVerifier(before?.end);
    const fault = (await firstFault(tx, streamId, verifier, commits, options)) ?? (await archiveFault());
    // What cannot be cached is recomputed next time.
    if (!fault) await verified?.keep(tx, streamId, { end: verifier, commits }, before).catch(() => undefined);
    // A fault is reported as if nothing had been cached: with the number of right commits before it.
    return fault && before ? verify() : fault;
  };
  const found = await Promise.resolve(verified?.stillRight(tx, streamId)).then(verify).catch(unreadable);
  verified?.found.set(streamId, { sequence: verifier.sequence, isRight: found === null });
  return {
    valid: found === null,
    changeSetsChecked: verifier.sequence,
    headHash: verifier.hash,
    firstBrokenSequence: found?.sequence ?? null,
    problem: found?.problem ?? null,
    ...(archive && { archived: { sequence: verifier.archived, archive } }),
  };
}

/** The result of a whole chain's verification, restricted to its commits up to one of them. A fault without a position counts for all. */
export async function upTo(tx: Db, streamId: string, whole: Verification, last: number): Promise<Verification> {
  const { firstBrokenSequence, changeSetsChecked, headHash, archived } = whole;
  const isBroken = !whole.valid && (firstBrokenSequence === null || firstBrokenSequence <= last);
  const checked = Math.min(changeSetsChecked, last);
  return {
    valid: !isBroken,
    changeSetsChecked: checked,
    headHash: checked === changeSetsChecked ? headHash : await readHash(tx, streamId, checked),
    firstBrokenSequence: isBroken ? firstBrokenSequence : null,
    problem: isBroken ? whole.problem : null,
    ...(archived && { archived: { ...archived, sequence: Math.min(archived.sequence, last) } }),
  };
}

const fault = (sequence: number | null, problem: string): ChainFault => ({ sequence, problem });

const INSUFFICIENT_PRIVILEGE = '42501';

/** Rows that cannot be read prove nothing. That is reported as a fault, and other streams are still verified. */
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
  { checkpointHeads, onCommit, archive }: VerifyOptions,
): Promise<ChainFault | null> {
  const now = await clockOf(tx);
  const checkpoints = new AgainstCheckpoints(checkpointHeads);
  const stampFault = (commit: CommitStamp) => checkpoints.fault(commit) ?? futureFault(commit, now);
  for (const commit of commits) {
    const found = stampFault(commit);
    if (found) return found;
  }
  const read = commitsOf(tx, streamId, verifier.sequence || undefined);
  for await (const commit of archive === undefined ? read : withImages(read, archive)) {
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
  const head = await readHead(tx, streamId);
  if (!head && verifier.sequence > 0) return fault(1, 'The chain has no head.');
  return (
    (head && verifier.end(head)) ??
    (head && headFault(head, verifier.sequence + 1, now)) ??
    checkpoints.cut(verifier.sequence) ??
    (await wrongRow(tx, streamId, verifier))
  );
}

/** Faults of a head, where `next` is the first sequence that does not exist yet. */
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

/** Stamps grow by at least a millisecond even if two commits fall into one, so the last may be slightly ahead of the clock. */
const AHEAD_MS = 1_000;
/** A commit is stamped when it is opened and recorded when it is done; no commit takes this long. */
const LONGEST_COMMIT_MS = 3_600_000;

const isFuture = (instant: string | null, now: string): boolean =>
  instant !== null && !(Date.parse(instant) <= Date.parse(now) + AHEAD_MS); // also true for an unparsable date

const futureFault = ({ sequence, committedAt }: CommitStamp, now: string): ChainFault | null =>
  isFuture(committedAt, now)
    ? fault(sequence, `Commit ${sequence} is stamped ${committedAt}, which has not come.`)
    : null;

/** Compares a chain, commit by commit in order, with its checkpoints. */
export class AgainstCheckpoints {
  /** When a checkpoint recorded the chain to end before the next commit. */
  #endedBefore: string | null = null;

  constructor(private readonly checkpointHeads: CheckpointHeads = new Map()) {}

  /** Whether a commit differs from the recorded one, or has a stamp that the checkpoints rule out. */
  fault({ sequence, hash, committedAt }: CommitStamp): ChainFault | null {
    const head = this.checkpointHeads.get(sequence);
    if (head && head.hash !== hash)
      return fault(
        sequence,
        `Commit ${sequence}, or one before it, is not the one that a checkpoint recorded: the chain was rewritten.`,
      );
    const stamped = `Commit ${sequence} is stamped ${committedAt}`;
    if (head?.notedAt != null && isFuture(committedAt, head.notedAt))
      return fault(sequence, `${stamped}, and a checkpoint recorded it at ${head.notedAt} already.`);
    const endedBefore = this.#endedBefore;
    this.#endedBefore = head?.notedAt ?? endedBefore;
    return endedBefore !== null && Date.parse(committedAt) < Date.parse(endedBefore) - LONGEST_COMMIT_MS
      ? fault(sequence, `${stamped}, and was not there when a checkpoint was written at ${endedBefore}.`)
      : null;
  }

  /** Whether a chain that was read to its end is shorter than a checkpoint says. */
  cut(end: number): ChainFault | null {
    let last = 0;
    for (const sequence of this.checkpointHeads.keys()) last = Math.max(last, sequence);
    return last > end
      ? fault(end + 1, `A checkpoint recorded commit ${last}; the chain ends at ${end}: its tail was cut.`)
      : null;
  }
}

/** Of the live rows that differ from the log, the one with the earliest commit; rows without a commit come last. */
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
