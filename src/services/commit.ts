/**
 * One mutation, one transaction, one change set. The stream's head is locked before anything is decided, so what the rules
 * see cannot change before it is written; the head's stamp is "now" for everything the mutation does.
 */
import { v7 as uuidv7 } from 'uuid';
import { hashOf } from '../versioning/content';
import { DomainError } from '../versioning/errors';
import type { Identity, Json, VersionHeader, Viewer, WorkflowAssignment } from '../versioning/model';
import type { Database, Db, Tx } from '../database/database';
import { isOutcomeUnknown, outcomeUnknown } from '../database/postgres-errors';
import type { Stamps } from '../database/version-writes';
import { inFlight } from '../in-flight';
import { activePerson } from './active-person';
import { knownPlaces, type KnownPlace } from './known-places';

/** Who calls, from where. */
export interface Caller extends Identity {
  readonly db: Database;
  readonly requestId: string;
  /** How old a sign-in may be for what is signed; 0 where it is not asked. */
  readonly reauthenticationSeconds: number;
  /** Is told of each commit that was made, when it is one: for the log of requests. */
  noteCommit?(streamId: string, sequence: number): void;
  /** Makes the ids of new versions; UUIDs v7 unless told otherwise (the demo's versions have the same ids everywhere). */
  readonly newVersionId?: (phase: string) => string;
}

export const newVersionId = (caller: Caller, phase: string): string => caller.newVersionId?.(phase) ?? uuidv7();

/** What every mutation's input may hold. */
export interface Command {
  readonly reason?: string | null;
  /** A retry with the same key and input returns the first answer instead of doing the work twice. */
  readonly idempotencyKey?: string | null;
}

export interface Committed {
  readonly versionId: string;
  readonly changeSetId: string;
  /** What the answer would read again, where the commit left it so; whoever is answered once more reads what is there now. */
  readonly left?: {
    readonly version: VersionHeader;
    /** How the caller stood to the workflow when they acted. */
    readonly assignment: WorkflowAssignment;
    /** Whether that is how they stand to it still. */
    readonly isStanding: boolean;
  };
}

export interface OpenCommit {
  readonly tx: Tx;
  /** The commit's stamp. */
  readonly now: Date;
  /** Who acts, as they are known now that the stream is locked: whoever waited for it may have lost a role meanwhile. */
  readonly viewer: Viewer;
  /** Who and when, as rows are stamped with it. */
  readonly stamps: Stamps;
}

/** What a mutation is about: where it writes, and how the caller stands to that. */
interface Place extends KnownPlace {
  readonly assignment: WorkflowAssignment;
}

/** The version that the answer is about. */
export interface Written {
  readonly versionId: string;
  /** As it is left, which is known when the commit is. */
  readonly version: Promise<VersionHeader>;
}

export interface Mutation<Found extends Place, Seen> {
  /** What its input names, by which the caller finds it again. */
  readonly about: string;
  /**
   * Finds what it is about, and refuses callers who may not see that. It is asked to learn which stream to write to, unless the caller
   * has found that before, and under its lock in any case, because what was found and how the caller stands to it may have changed in
   * between. Under the lock it is not known yet who the caller is, so it reads before it waits for that.
   */
  readonly find: (db: Db, viewer: Promise<Viewer>) => Promise<Found>;
  /**
   * Reads what else is looked at, under the lock as well, by what never changes of what was found before: so that it is all asked at
   * once. What it refuses is refused when `work` waits for it.
   */
  readonly look: (tx: Db, before: KnownPlace) => Promise<Seen>;
  /** Decides and writes. It waits for no answer to what it writes, so that the commit goes along with it. */
  readonly work: (commit: OpenCommit, found: Found, seen: Promise<Seen>) => Promise<Written>;
}

/** Runs a mutation: in two packets, if it reads nothing between what it looks at and what it writes. */
export async function commit<Found extends Place, Seen>(
  from: Caller,
  operation: string,
  input: Command,
  { about, find, look, work }: Mutation<Found, Seen>,
): Promise<Committed> {
  const { db, viewer: caller, requestId } = from;
  const places = knownPlaces(db, caller.userId);
  const before = places.get(about) ?? (await find(db, Promise.resolve(caller)));
  const { streamId } = before;
  const repeatable = repeatableBy(caller.userId, operation, input);
  const done = db
    .writeTo(streamId, async (tx) => {
      const opening = openCommit(tx, { viewer: caller, requestId }, operation, streamId, input.reason);
      const person = inFlight(activePerson(tx, caller.userId));
      const finding = inFlight(find(tx, person));
      const answering = repeatable && inFlight(earlierAnswer(tx, repeatable));
      const looking = inFlight(look(tx, before));
      const now = await opening;
      const viewer = await person;
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
      // What is recorded can change how the caller stands to the workflow.
      return { ...committed, left: { version, assignment, isStanding: version.versioningType === 'FULL' } };
    });
  return answerOf(db, repeatable, done);
}

/**
 * Locks the stream's head and says who does what and why; returns the commit's stamp. From here to the end of the
 * transaction nobody's roles, activity or assignments change: whoever changes them waits, as we wait for them.
 */
export async function openCommit(
  tx: Tx,
  { viewer, requestId }: Pick<Caller, 'viewer' | 'requestId'>,
  operation: string,
  streamId: string,
  reason: string | null = null,
): Promise<Date> {
  const [opened] = await tx.query<{ now: Date }>('select log.open($1, $2, $3, $4, $5) as now', [
    streamId,
    viewer.userId,
    operation,
    reason,
    requestId,
  ]);
  return opened!.now;
}

/** A commit as it was sealed. */
export interface Sealed {
  readonly changeSetId: string;
  readonly sequence: number;
}

/** Seals what was written to the stream. */
export async function sealCommit(tx: Tx, streamId: string): Promise<Sealed> {
  const [sealed] = await tx.query<Sealed>('select change_set_id, sequence::int from log.commit($1)', [streamId]);
  return sealed!;
}

/** How long a key is remembered. */
const KEPT = `interval '30 days'`;

/** Leaves the transaction of a request that was answered before, with that answer: nothing was written, so there is nothing to seal. */
export class Replay<Answer> extends Error {
  constructor(readonly answer: Answer) {
    super('replayed');
  }
}

/** What came of a commit: its answer, or the one that was given before. */
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

/** What a repeated request is known by. */
interface Repeatable {
  readonly actorId: number;
  readonly operation: string;
  readonly key: string;
  readonly inputHash: string;
}

/** Null where the request has no key. */
export function repeatableBy(actorId: number, operation: string, input: Command): Repeatable | null {
  if (input.idempotencyKey == null) return null;
  return {
    actorId,
    operation,
    key: input.idempotencyKey,
    inputHash: hashOf(JSON.parse(JSON.stringify(input)) as Json),
  };
}

/** Seals, and remembers for which key, if there is one. */
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

/** An answer that was given before, or would have been: by now it must be as safe as it had to be then. */
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
