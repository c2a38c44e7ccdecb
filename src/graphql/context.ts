import DataLoader from 'dataloader';
import type { OperationDefinitionNode } from 'graphql';
import { noteReads, type LogRead } from '../database/change-log-reads';
import type { Database } from '../database/database';
import type { LogFollowers } from '../database/log-followers';
import { AsOfReader, type Supplement } from '../database/as-of-reader';
import { extensions } from '../extensions';
import type { Checkpoints } from '../proof/checkpoints';
import type { Caller } from '../services/commit';
import type { BackgroundWork } from '../offload/heavy-work';
import { badInput, tooLarge } from '../versioning/errors';
import type { TokenHolder, Viewer } from '../versioning/model';
import { makeLoaders, type Loaders } from './loaders';

/** One at most: its views stand in front of those of the past. */
export const [pastSupplement = null]: readonly (Supplement | null)[] = extensions.map(({ supplement }) => supplement);

/** Making an answer of so many takes about a fifth of a second, in which nobody else is answered. */
export const MAX_FIELD_CHANGES = 20_000;

/** What becomes known of a request while it is answered. */
export interface Noted extends Pick<Required<Caller>, 'noteCommit'> {
  noteOperation(operation: OperationDefinitionNode): void;
  /** `ok`, or the code of the first error. */
  noteOutcome(outcome: string): void;
}

/** What every resolver gets: who asks, the loaders of this request, and, in the past, the instant it is read at. */
export class Context implements Caller {
  readonly userId: number;
  readonly authenticatedAt: Date | null;
  /** Made when something is first loaded: a planned operation loads nothing. */
  private made: Loaders | null = null;
  /** What was paid for the operation already, as it is told in headers. */
  charged: Readonly<Record<string, string>> | null = null;
  /** Through which commits are followed; only where something is told as it happens. */
  followers: LogFollowers | null = null;
  /** What the log of requests is told of this one. */
  note: Noted | null = null;
  /** Who wants to know at once that this request has written to a stream. */
  onCommit: ((streamId: string) => void) | null = null;
  /** Whether a plan has tried to answer it already. */
  isGivenUp = false;
  /** Set where everything is read as it stood at an instant. */
  past: AsOfReader | null = null;
  /** Each log is noted once in a request; those that are read in the same moment, in one statement. */
  private reads = new DataLoader<LogRead, true, string>(
    async (reads) => {
      await noteReads(this.db.atPrimary(), reads, { readerId: this.userId, requestId: this.requestId });
      return reads.map(() => true);
    },
    { cacheKeyFn: ({ streamId }) => streamId },
  );
  /** How many changes of fields the answer has so far, at whatever instant they are read. */
  private fieldChanges = { shown: 0 };
  // Apollo Server copies the context, which private members would not survive.
  private instants = new Map<number, Context>();

  constructor(
    readonly db: Database,
    private readonly bearer: TokenHolder,
    readonly requestId: string,
    readonly reauthenticationSeconds: number,
    readonly work: BackgroundWork,
    /** Counts what only the answer shows to have been asked for: it is given, and the requests after it are fewer. */
    readonly owe: (cost: number) => void,
    /** Where the heads of the log are noted outside the database, if they are. */
    readonly checkpoints: Checkpoints | null = null,
    private known: Viewer | null = null,
  ) {
    this.userId = bearer.userId;
    this.authenticatedAt = bearer.authenticatedAt;
  }

  /** Who asks. A planned operation reads that together with what it answers; for everything else it is read before. */
  get viewer(): Viewer {
    if (!this.known) throw new Error('It was not read yet who the viewer is.');
    return this.known;
  }

  /** Reads who asks, and refuses those who may not. */
  async identify(): Promise<void> {
    this.known ??= await this.bearer.person();
  }

  get loaders(): Loaders {
    return (this.made ??= makeLoaders(this.past ?? this.db, this.db, this.viewer, this.work));
  }

  noteCommit(streamId: string, sequence: number): void {
    this.note?.noteCommit(streamId, sequence);
    this.onCommit?.(streamId);
  }

  /** What was loaded before a mutation is not true after it; fields of the next root mutation read anew. */
  forget(): void {
    this.instants.clear();
    this.made = null;
  }

  /** From now on everything is read as it stood at an instant. */
  enterPast(at: Date): void {
    this.past = new AsOfReader(this.db, at, pastSupplement);
    this.forget();
  }

  /** The same request at an earlier instant; refuses one that is later than this one. */
  asOf(at: Date): Context {
    if (this.past && at > this.past.at)
      throw badInput(
        `${at.toISOString()} is later than ${this.past.at.toISOString()}, at which all of this is read. Ask for an earlier instant.`,
      );
    if (this.past?.at.getTime() === at.getTime()) return this;
    let context = this.instants.get(at.getTime());
    if (!context) {
      context = this.now();
      context.enterPast(at);
      context.instants = this.instants;
      this.instants.set(at.getTime(), context);
    }
    return context;
  }

  /** Refuses what would make the answer longer than an answer may be: each change is an object of its own. */
  holdFieldChanges(more: number): void {
    this.fieldChanges.shown += more;
    if (this.fieldChanges.shown > MAX_FIELD_CHANGES)
      throw tooLarge(
        'field changes in an answer',
        MAX_FIELD_CHANGES,
        this.fieldChanges.shown,
        'Ask for `patch`, which has them all as one value, or for fewer items.',
      );
  }

  /** The same request in the present. */
  now(): Context {
    const { db, bearer, requestId, reauthenticationSeconds, work, owe, checkpoints, known } = this;
    const context = new Context(db, bearer, requestId, reauthenticationSeconds, work, owe, checkpoints, known);
    context.note = this.note;
    context.onCommit = this.onCommit;
    context.reads = this.reads;
    context.fieldChanges = this.fieldChanges;
    return context;
  }

  /** Notes that the viewer reads the log of a stream, before it is read: what cannot be noted is not read. */
  async noteRead(streamId: string, field: string): Promise<void> {
    await this.reads.load({ streamId, field });
  }

  /** In the past, a stream is read only when no commit can change it any more at that instant. */
  async closeStreams(...streamIds: readonly string[]): Promise<void> {
    await this.past?.closeStreams(streamIds);
  }
}
