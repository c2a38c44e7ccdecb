/**
 * One mutation, one transaction, one change set. The stream's head is locked before anything is decided, so what the rules
 * see cannot change before it is written; the head's stamp is "now" for everything the mutation does.
 */
import { v7 as uuidv7 } from 'uuid';
import { hashOf } from '../versioning/content';
import { DomainError } from '../versioning/errors';
import type { Identity, Json, Viewer } from '../versioning/model';
import type { Database, Db } from '../database/database';
import { isOutcomeUnknown, outcomeUnknown } from '../database/postgres-errors';
import type { Stamps } from '../database/version-writes';
import { activePerson } from './active-person';

/** Who calls, from where. */
export interface Caller extends Identity {
  readonly db: Database;
  readonly requestId: string;
  /** How old a sign-in may be for what is signed; 0 where it is not asked. */
  readonly reauthenticationSeconds: number;
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
}

export interface OpenCommit {
  readonly tx: Db;
  /** The commit's stamp. */
  readonly now: Date;
  /** Who acts, as they are known now that the stream is locked: whoever waited for it may have lost a role meanwhile. */
  readonly viewer: Viewer;
  /** Who and when, as rows are stamped with it. */
  readonly stamps: Stamps;
}

/**
 * Runs a mutation.
 * @param find finds what it is about, and refuses callers who may not see that. It is asked twice: to learn which stream to
 *   write to, and again under its lock, because what it found and how the caller stands to it may have changed in between
 * @param work decides and writes; returns the id of the version that the mutation is about
 */
export async function commit<Found extends { readonly streamId: string }>(
  { db, viewer: caller, requestId }: Caller,
  operation: string,
  input: Command,
  find: (tx: Db, viewer: Viewer) => Promise<Found>,
  work: (commit: OpenCommit, found: Found) => Promise<string>,
): Promise<Committed> {
  const { streamId } = await find(db, caller);
  return db
    .writeTo(streamId, async (tx) => {
      const now = await openCommit(tx, { viewer: caller, requestId }, operation, streamId, input.reason);
      const viewer = await activePerson(tx, caller.userId);
      const found = await find(tx, viewer);
      const key = input.idempotencyKey;
      const inputHash = key ? hashOf(JSON.parse(JSON.stringify(input)) as Json) : '';
      if (key) {
        const earlier = await earlierAnswer(tx, viewer.userId, operation, key, inputHash, now);
        // Nothing was written, so there is nothing to seal: the transaction is left by undoing the opened commit.
        if (earlier) throw new Replay(earlier);
      }
      const stamps = { actor: viewer.userId, instant: now };
      const versionId = await work({ tx, now, viewer, stamps }, found);
      const committed = { versionId, changeSetId: await sealCommit(tx, streamId) };
      if (key) {
        await tx.query(`delete from log.idempotency_key where created_at < $1::timestamptz - ${KEPT}`, [now]);
        await tx.query(
          `insert into log.idempotency_key (actor_id, operation, key, input_hash, version_id, change_set_id, created_at)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [viewer.userId, operation, key, inputHash, versionId, committed.changeSetId, now],
        );
      }
      return committed;
    })
    .catch((error: unknown) => {
      if (error instanceof Replay) return error.answer;
      throw isOutcomeUnknown(error) && input.idempotencyKey ? outcomeUnknown(true) : error;
    });
}

/**
 * Locks the stream's head and says who does what and why; returns the commit's stamp. From here to the end of the
 * transaction nobody's roles, activity or assignments change: whoever changes them waits, as we wait for them.
 */
export async function openCommit(
  tx: Db,
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

/** Seals what was written to the stream; returns the change set's id. */
export async function sealCommit(tx: Db, streamId: string): Promise<string> {
  const [sealed] = await tx.query<{ changeSetId: string }>('select log.commit($1) as change_set_id', [streamId]);
  return sealed!.changeSetId;
}

/** How long a key is remembered. */
const KEPT = `interval '30 days'`;

class Replay extends Error {
  constructor(readonly answer: Committed) {
    super('replayed');
  }
}

async function earlierAnswer(
  tx: Db,
  actorId: number,
  operation: string,
  key: string,
  inputHash: string,
  now: Date,
): Promise<Committed | null> {
  const [earlier] = await tx.query<Committed & { inputHash: string }>(
    `select version_id, change_set_id, input_hash from log.idempotency_key
     where actor_id = $1 and operation = $2 and key = $3 and created_at >= $4::timestamptz - ${KEPT}`,
    [actorId, operation, key, now],
  );
  if (!earlier) return null;
  if (earlier.inputHash !== inputHash)
    throw new DomainError(
      'IDEMPOTENCY_MISMATCH',
      'This idempotencyKey was used before with other input. Use a new key for a new request.',
    );
  return { versionId: earlier.versionId, changeSetId: earlier.changeSetId };
}
