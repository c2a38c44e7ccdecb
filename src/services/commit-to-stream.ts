/**
 * A commit that concerns neither a version nor the administrators' register: something a person requests or sets for themself. It is
 * decided under the stream's lock, like changes of versions, and a retry with the same idempotency key has no further effect.
 */
import type { Tx } from '../database/connection/database';
import type { Viewer } from '../versioning/model';
import { activePerson } from './active-person';
import {
  answerOf,
  earlierAnswer,
  openCommit,
  repeatableBy,
  Replay,
  sealAnswer,
  type Caller,
  type Command,
} from './commit';

export interface StreamCommit {
  readonly tx: Tx;
  /** The commit's stamp. */
  readonly now: Date;
  /** The actor, read again after the stream was locked. */
  readonly viewer: Viewer;
}

/** What was written, and the commit that wrote it. */
export interface StreamCommitDone {
  readonly id: string;
  readonly changeSetId: string;
}

/** @param work decides and writes, and returns the id of what it wrote */
export async function commitToStream(
  caller: Caller,
  operation: string,
  streamId: string,
  input: Command,
  work: (deed: StreamCommit) => Promise<string>,
): Promise<StreamCommitDone> {
  const { db, viewer: person } = caller;
  const repeatable = repeatableBy(person.userId, operation, input);
  const done = db
    .writeTo(streamId, async (tx) => {
      const now = await openCommit(tx, caller, operation, streamId, input.reason);
      const viewer = await activePerson(tx, person.userId);
      const earlier = repeatable && (await earlierAnswer(tx, repeatable));
      if (earlier) throw new Replay({ id: earlier.versionId, changeSetId: earlier.changeSetId });
      const id = await work({ tx, now, viewer });
      return { id, ...(await sealAnswer(tx, streamId, repeatable, { versionId: id }, now)) };
    })
    .then(({ id, changeSetId, sequence }) => {
      caller.noteCommit?.(streamId, sequence);
      return { id, changeSetId };
    });
  return answerOf(db, repeatable, done);
}
