import DataLoader from 'dataloader';
import type { OperationDefinitionNode } from 'graphql';
import { recordReads, type LogRead } from '../database/log/change-log-reads';
import type { Database } from '../database/connection/database';
import type { LogSubscriptions } from '../database/live/log-subscriptions';
import { AsOfReader, type Supplement } from '../database/log/as-of-reader';
import { extensions } from '../extensions';
import type { Checkpoints } from '../proof/checkpoints';
import type { Caller } from '../services/commit';
import type { BackgroundWork } from '../offload/heavy-work';
import { badInput, tooLarge } from '../versioning/errors';
import type { TokenHolder, Viewer } from '../versioning/model';
import { makeLoaders, type Loaders } from './loaders';

/** One at most, because its views take precedence over those of the past. */
export const [pastSupplement = null]: readonly (Supplement | null)[] = extensions.map(({ supplement }) => supplement);

/** An answer with this many changes takes about a fifth of a second of the event loop. */
export const MAX_FIELD_CHANGES = 20_000;

/** What becomes known about a request while it is answered. */
export interface RequestObserver extends Pick<Required<Caller>, 'noteCommit'> {
  noteOperation(operation: OperationDefinitionNode): void;
  /** `ok`, or the code of the first error. */
  noteOutcome(outcome: string): void;
  noteError(error: unknown): void;
}

/** The context of all resolvers: the viewer, the request's loaders, and, for reads of the past, the instant. */
export class Context implements Caller {
  readonly userId: number;
  readonly authenticatedAt: Date | null;
  /** Made on first use, since a planned operation uses no loader. */
  private made: Loaders | null = null;
  /** The rate-limit headers, if the operation was charged already. */
  charged: Readonly<Record<string, string>> | null = null;
  /** Follows commits; set for subscriptions only. */
  followers: LogSubscriptions | null = null;
  /** Collects what the request log records about this request. */
  note: RequestObserver | null = null;
  /** Called at once when this request has committed to a stream. */
  onCommit: ((streamId: string) => void) | null = null;
  /** Whether a plan was tried and gave up. */
  isGivenUp = false;
  /** Set when everything is read as of an instant. */
  past: AsOfReader | null = null;
  /** Records each read of a log once per request; reads in the same tick share one statement. */
  private reads = new DataLoader<LogRead, true, string>(
    async (reads) => {
      await recordReads(this.db.atPrimary(), reads, { readerId: this.userId, requestId: this.requestId });
      return reads.map(() => true);
    },
    { cacheKeyFn: ({ streamId }) => streamId },
  );
  /** The number of field changes in the answer so far, over all instants. */
  private fieldChanges = { shown: 0 };
  // TypeScript-private, because Apollo Server copies the context, which private (#) members would not survive.
  private instants = new Map<number, Context>();

  constructor(
    readonly db: Database,
    private readonly bearer: TokenHolder,
    readonly requestId: string,
    readonly reauthenticationSeconds: number,
    readonly work: BackgroundWork,
    /** Charges cost that is known only from the answer: the answer is given, and later requests have less left. */
    readonly owe: (cost: number) => void,
    /** The checkpoints outside the database, if there are any. */
    readonly checkpoints: Checkpoints | null = null,
    /** The folder of archives, whose files may be there. */
    readonly archives: string | null = null,
    private known: Viewer | null = null,
  ) {
    this.userId = bearer.userId;
    this.authenticatedAt = bearer.authenticatedAt;
  }

  /** The viewer. Plans and commits read them together with their data; everything else reads them first. */
  get viewer(): Viewer {
    if (!this.known) throw new Error('The viewer has not been read yet.');
    return this.known;
  }

  get isIdentified(): boolean {
    return this.known !== null;
  }

  noteViewer(viewer: Viewer): void {
    this.known = viewer;
  }

  /** Reads the viewer, and refuses people who may not use the API. */
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

  /** Drops everything loaded, since a mutation may have changed it; the next root mutation reads anew. */
  forget(): void {
    this.instants.clear();
    this.made = null;
  }

  /** From now on everything is read as of an instant. */
  enterPast(at: Date): void {
    this.past = new AsOfReader(this.db, at, pastSupplement);
    this.forget();
  }

  /** The same request at an earlier instant; refuses one later than the current instant. */
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

  /** Limits the answer to a maximum number of field changes, because each is an object of its own. */
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
    const { db, bearer, requestId, reauthenticationSeconds, work, owe, checkpoints, archives, known } = this;
    const context = new Context(
      db,
      bearer,
      requestId,
      reauthenticationSeconds,
      work,
      owe,
      checkpoints,
      archives,
      known,
    );
    context.note = this.note;
    context.onCommit = this.onCommit;
    context.reads = this.reads;
    context.fieldChanges = this.fieldChanges;
    return context;
  }

  /** Records that the viewer reads a stream's log, before it is read: a read that cannot be recorded does not happen. */
  async recordRead(streamId: string, field: string): Promise<void> {
    await this.reads.load({ streamId, field });
  }

  /** When reading the past, closes streams so that no later commit can change what is read. */
  async closeStreams(...streamIds: readonly string[]): Promise<void> {
    await this.past?.closeStreams(streamIds);
  }
}
