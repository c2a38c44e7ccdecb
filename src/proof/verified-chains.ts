/**
 * What a process remembers of chains that it found right, so that the next verification recomputes what came since. It believes
 * nothing for having seen it: the database hashes every row of the log again, and only where all of them are as they were when
 * they were recomputed, they need not be recomputed once more. What is changed in an old commit is found by the next
 * verification as it is by the first. Live rows, heads and checkpoints are read anew each time.
 */
import type { Db } from '../database/database';
import { printsOf } from '../database/log-reader';
import type { ChainEnd, ReadCommit } from '../versioning/verification';

/** What checkpoints and clocks are held against. */
export type CommitStamp = Pick<ReadCommit, 'sequence' | 'hash' | 'committedAt'>;

interface VerifiedChain {
  readonly end: ChainEnd;
  readonly commits: readonly CommitStamp[];
}

/** With the prints of all that it was computed from. */
export interface RememberedChain extends VerifiedChain {
  readonly prints: readonly string[];
}

/** How many commits and rows are remembered in all, in some hundred bytes each. */
const MAX_ENTRIES = 200_000;

const sizeOf = ({ end, commits }: VerifiedChain): number => end.images.size + commits.length;

export class VerifiedChains {
  /** What the last verification of each chain found: up to which commit it is right, and whether that is all of it. */
  readonly found = new Map<string, { readonly sequence: number; readonly isRight: boolean }>();
  /** Whichever was not asked for the longest comes first. */
  readonly #chains = new Map<string, RememberedChain>();

  /** The chain as it was when it was found right, if the log still holds exactly that. */
  async stillRight(tx: Db, streamId: string): Promise<RememberedChain | undefined> {
    const chain = this.#chains.get(streamId);
    if (!chain) return undefined;
    const prints = chain.prints.values();
    for await (const print of printsOf(tx, streamId, chain.commits.length)) {
      if (print === prints.next().value) continue;
      this.#chains.delete(streamId);
      return undefined;
    }
    return chain;
  }

  /**
   * Remembers a chain that was found right in this very snapshot.
   * @param before what it was found to begin with
   */
  async keep(tx: Db, streamId: string, { end, commits }: VerifiedChain, before?: RememberedChain): Promise<void> {
    let prints: string[] = [];
    if (before?.commits.length === commits.length) prints = [...before.prints];
    else for await (const print of printsOf(tx, streamId, commits.length)) prints.push(print);
    this.#chains.delete(streamId);
    const { sequence, hash, committedAt, images } = end;
    this.#chains.set(streamId, { end: { sequence, hash, committedAt, images }, commits, prints });
    let entries = 0;
    for (const chain of this.#chains.values()) entries += sizeOf(chain);
    for (const [oldest, chain] of this.#chains) {
      if (entries <= MAX_ENTRIES) return;
      this.#chains.delete(oldest);
      entries -= sizeOf(chain);
    }
  }
}
