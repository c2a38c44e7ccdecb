/**
 * One mutation, one transaction, one change set. The stream's head is locked before anything is decided, so what the rules see cannot
 * change before it is written; the head's stamp is "now" for everything the mutation does.
 */
import { v7 as uuidv7 } from 'uuid';
import { hashOf } from '../versioning/content';
import { DomainError } from '../versioning/errors';
import type { Identity, Json, VersionHeader, Viewer, WorkflowAssignment } from '../versioning/model';
import type { Database, Db, Tx } from '../database/connection/database';
import { isOutcomeUnknown, outcomeUnknown } from '../database/connection/postgres-errors';
import type { Stamps } from '../database/versions/version-writes';
import { inFlight } from '../in-flight';
import { activePerson } from './active-person';
import { knownTargets, type KnownTarget } from './known-targets';

/** Who calls, and through which connection and request. */
export interface Caller extends Identity {
  readonly userId: number;
  readonly db: Database;
  readonly requestId: string;
  /** The maximum age of a sign-in for signing; 0 if it is not checked. */
  readonly reauthenticationSeconds: number;
  /** Reads the viewer, if they may not be known yet. */
  identify?(): Promise<void>;
  /** Called with the viewer as read under the lock. */
  noteViewer?(viewer: Viewer): void;
  /** Called for each commit made, for the request log. */
  noteCommit?(streamId: string, sequence: number): void;
  /** Generates the ids of new versions: UUIDv7 by default (the demo uses fixed ids). */
  readonly newVersionId?: (phase: string) => string;
}

export const newVersionId = (caller: Caller, phase: string): string => caller.newVersionId?.(phase) ?? uuidv7();

/** The input that every mutation accepts. */
export interface Command {
  readonly reason?: string | null;
  /** A retry with the same key and input returns the first answer instead of doing the work again. */
  readonly idempotencyKey?: string | null;
}

export interface Committed {
  readonly versionId: string;
  readonly changeSetId: string;
  /** The state that the answer needs, as the commit left it; a replayed request reads the current state instead. */
  readonly left?: {
    readonly version: VersionHeader;
    /** The caller's assignment to the workflow when they acted. */
    readonly assignment: WorkflowAssignment;
    /** Whether the commit cannot have changed that assignment. */
    readonly keepsAssignment: boolean;
  };
}

export interface OpenCommit {
  readonly tx: Tx;
  /** The commit's stamp. */
  readonly now: Date;
  /** The actor, read again after the stream was locked: they may have lost a role while waiting. */
  readonly viewer: Viewer;
  /** The actor and the instant, which rows are stamped with. */
  readonly stamps: Stamps;
}

/** Where a mutation writes, and the caller's assignment there. */
interface Target extends KnownTarget {
  readonly assignment: WorkflowAssignment;
}

/** The version that the answer is about. */
export interface Written {
  readonly versionId: string;
  /** Its final state, known when the commit is. */
  readonly version: Promise<VersionHeader>;
}

export interface Mutation<Found extends Target, Seen> {
  /** The part of the input that names it, under which the caller's place is cached. */
  readonly about: string;
  /**
   * Finds what the mutation is about, and refuses callers who may not see it. It runs before the lock, to learn which stream to write to,
   * unless that is cached for the caller; and it always runs under the lock, because what it finds and the caller's assignment may have
   * changed in between. Under the lock it gets the viewer as a promise, so that it can read in the same batch.
   */
  readonly find: (db: Db, viewer: Promise<Viewer>) => Promise<Found>;
  /**
   * Reads whatever else is needed, also under the lock, using only the immutable place found before, so that all reads go in one batch. A
   * refusal takes effect when `work` awaits it.
   */
  readonly readFacts: (tx: Db, before: KnownTarget) => Promise<Seen>;
  /** Decides and writes. It does not wait for the results of its writes, so that COMMIT goes in the same batch. */
  readonly work: (commit: OpenCommit, found: Found, seen: Promise<Seen>) => Promise<Written>;
}

/** Runs a mutation: in two batches of statements, if `work` reads nothing further before it writes. */
export async function commit<Found extends Target, Seen>(
  from: Caller,
  operation: string,
  input: Command,
  { about, find, readFacts, work }: Mutation<Found, Seen>,
): Promise<Committed> {
  const { db, userId, requestId } = from;
  const places = knownTargets(db, userId);
  const before = places.get(about) ?? (await findTarget(from, find));
  const { streamId } = before;
  const repeatable = repeatableBy(userId, operation, input);
  const done = db
    .writeTo(streamId, async (tx) => {
      const opening = openCommit(tx, { userId, requestId }, operation, streamId, input.reason);
      const person = inFlight(activePerson(tx, userId));
      const finding = inFlight(find(tx, person));
      const answering = repeatable && inFlight(earlierAnswer(tx, repeatable));
      const looking = inFlight(readFacts(tx, before));
      const now = await opening;
      const viewer = await person;
      from.noteViewer?.(viewer);
      const found = await finding;
      places.keep(about, found);
      const earlier = await answering;
      if (earlier) throw new Replay(earlier);
      const stamps = { actor: viewer.userId, instant: now };
      const written = await work({ tx, now, viewer, stamps }, found, looking);
      const sealing = sealAnswer(tx, streamId, repeatable, written, now);
      void inFlight(written.version);
      return { written, sealing: inFlight(sealing), assignment: found.assignment };
    })
    .then(async ({ written, sealing, assignment }): Promise<Committed> => {
      const version = await written.version;
      const { changeSetId, sequence } = await sealing;
      from.noteCommit?.(streamId, sequence);
      places.keep(version.versionId, { streamId, version });
      const committed = { versionId: written.versionId, changeSetId };
      // Recording a version can change the caller's assignment.
      return { ...committed, left: { version, assignment, keepsAssignment: version.versioningType === 'FULL' } };
    });
  return answerOf(db, repeatable, done);
}

/** Finds the object of a mutation for a caller that has not loaded it. */
async function findTarget<Found extends Target>(from: Caller, find: Mutation<Found, never>['find']): Promise<Found> {
  await from.identify?.();
  return find(from.db, Promise.resolve(from.viewer));
}

/**
 * Locks the stream's head, records who does what and why, and returns the commit's stamp. Until the transaction ends, nobody's roles,
 * activity or assignments change: a change of these waits for this lock, and this waits for one that is under way.
 */
export async function openCommit(
  tx: Tx,
  { userId, requestId }: Pick<Caller, 'userId' | 'requestId'>,
  operation: string,
  streamId: string,
  reason: string | null = null,
): Promise<Date> {
  const [opened] = await tx.query<{ now: Date }>('select log.open($1, $2, $3, $4, $5) as now', [
    streamId,
    userId,
    operation,
    reason,
    requestId,
  ]);
  return opened!.now;
}

/** A sealed commit. */
export interface Sealed {
  readonly changeSetId: string;
  readonly sequence: number;
}

/** Seals what was written to the stream. */
export async function sealCommit(tx: Tx, streamId: string): Promise<Sealed> {
  const [sealed] = await tx.query<Sealed>('select change_set_id, sequence::int from log.commit($1)', [streamId]);
  return sealed!;
}

/** How long an idempotency key is kept. */
const KEPT = `interval '30 days'`;

/** Aborts the transaction of a request that was answered before, with that answer. Nothing was written, so there is nothing to seal. */
export class Replay<Answer> extends Error {
  constructor(readonly answer: Answer) {
    super('replayed');
  }
}

/** The answer of a commit, or the earlier one of a replayed request. */
export async function answerOf<Answer>(
  db: Database,
  repeatable: Repeatable | null,
  done: Promise<Answer>,
): Promise<Answer> {
  try {
    return await done;
  } catch (error) {
    if (error instanceof Replay) return confirmed(db, error.answer as Answer);
    throw isOutcomeUnknown(error) && repeatable ? outcomeUnknown(true) : error;
  }
}

/** What identifies a repeated request. */
interface Repeatable {
  readonly actorId: number;
  readonly operation: string;
  readonly key: string;
  readonly inputHash: string;
}

/** Null if the request has no key. */
export function repeatableBy(actorId: number, operation: string, input: Command): Repeatable | null {
  if (input.idempotencyKey == null) return null;
  return {
    actorId,
    operation,
    key: input.idempotencyKey,
    inputHash: hashOf(JSON.parse(JSON.stringify(input)) as Json),
  };
}

/** Seals the commit, and stores the answer under the idempotency key if there is one. */
export async function sealAnswer(
  tx: Tx,
  streamId: string,
  repeatable: Repeatable | null,
  { versionId }: Pick<Written, 'versionId'>,
  now: Date,
): Promise<Sealed> {
  if (!repeatable) return sealCommit(tx, streamId);
  const { actorId, operation, key, inputHash } = repeatable;
  tx.write(`delete from log.idempotency_key where created_at < $1::timestamptz - ${KEPT}`, [now]);
  const [sealed] = await tx.query<Sealed>(
    `with sealed as materialized (select change_set_id, sequence::int from log.commit($6)), kept as (
       insert into log.idempotency_key (actor_id, operation, key, input_hash, version_id, change_set_id, created_at)
       select $1::int, $2, $3, $4, $5::uuid, change_set_id, $7::timestamptz from sealed)
     select change_set_id, sequence from sealed`,
    [actorId, operation, key, inputHash, versionId, streamId, now],
  );
  return sealed!;
}

/** Returns an answer that was given before (or would have been), after making sure that its commit is as durable as an acknowledged one. */
export async function confirmed<Answer>(db: Database, answer: Answer): Promise<Answer> {
  try {
    await db.confirm();
    return answer;
  } catch (error) {
    throw isOutcomeUnknown(error) ? outcomeUnknown(true) : error;
  }
}

export async function earlierAnswer(
  tx: Tx,
  { actorId, operation, key, inputHash }: Repeatable,
): Promise<Committed | null> {
  const [earlier] = await tx.query<Committed & { inputHash: string }>(
    `select version_id, change_set_id, input_hash from log.idempotency_key
     where actor_id = $1 and operation = $2 and key = $3 and created_at >= clock_timestamp() - ${KEPT}`,
    [actorId, operation, key],
  );
  if (!earlier) return null;
  if (earlier.inputHash !== inputHash)
    throw new DomainError(
      'IDEMPOTENCY_MISMATCH',
      'This idempotencyKey was used before with other input. Use a new key for a new request.',
    );
  return { versionId: earlier.versionId, changeSetId: earlier.changeSetId };
}
