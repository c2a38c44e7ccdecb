/**
 * Caches the verification of chains, so that the next verification recomputes only what is new. The cache trusts nothing: the database
 * hashes every row of the log again, and a chain is not recomputed only if all fingerprints are the same as when it was. A change in an old
 * commit is found just as it was by the first verification. Live rows, heads and checkpoints are read every time.
 */
import type { Db } from '../database/connection/database';
import { fingerprintsOf } from '../database/log/log-reader';
import type { ChainEnd, ReadCommit } from '../versioning/verification';

/** The part of a commit that checkpoints and clocks are compared with. */
export type CommitStamp = Pick<ReadCommit, 'sequence' | 'hash' | 'committedAt'>;

interface VerifiedChain {
  readonly end: ChainEnd;
  readonly commits: readonly CommitStamp[];
}

/** With the fingerprints of everything that it was computed from. */
export interface RememberedChain extends VerifiedChain {
  readonly prints: readonly string[];
}

/** The maximum number of cached commits and rows, a few hundred bytes each. */
const MAX_ENTRIES = 200_000;

const sizeOf = ({ end, commits }: VerifiedChain): number => end.images.size + commits.length;

export class VerifiedChains {
  /** The last result for each chain: up to which commit it is right, and whether that is all of it. */
  readonly found = new Map<string, { readonly sequence: number; readonly isRight: boolean }>();
  /** In the order of use, least recently used first. */
  readonly #chains = new Map<string, RememberedChain>();

  /** The cached chain, if the log still contains exactly what was verified. */
  async stillRight(tx: Db, streamId: string): Promise<RememberedChain | undefined> {
    const chain = this.#chains.get(streamId);
    if (!chain) return undefined;
    const prints = chain.prints.values();
    for await (const print of fingerprintsOf(tx, streamId, chain.commits.length)) {
      if (print === prints.next().value) continue;
      this.#chains.delete(streamId);
      return undefined;
    }
    return chain;
  }

  /**
   * Caches a chain that was verified in this snapshot.
   * @param before the cached chain that it extends
   */
  async keep(tx: Db, streamId: string, { end, commits }: VerifiedChain, before?: RememberedChain): Promise<void> {
    let prints: string[] = [];
    if (before?.commits.length === commits.length) prints = [...before.prints];
    else for await (const print of fingerprintsOf(tx, streamId, commits.length)) prints.push(print);
    this.#chains.delete(streamId);
    const { sequence, hash, committedAt, images, archived } = end;
    this.#chains.set(streamId, { end: { sequence, hash, committedAt, images, archived }, commits, prints });
    let entries = 0;
    for (const chain of this.#chains.values()) entries += sizeOf(chain);
    for (const [oldest, chain] of this.#chains) {
      if (entries <= MAX_ENTRIES) return;
      this.#chains.delete(oldest);
      entries -= sizeOf(chain);
    }
  }
}
