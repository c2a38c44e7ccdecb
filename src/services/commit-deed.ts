/**
 * One commit of something that is no version and not kept by administrators alone: what a person asks for, or says of themself. It
 * is decided under the lock of the stream, as whatever is done to versions, and a retry with the same key does nothing again.
 */
import type { Tx } from '../database/database';
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

export interface Deed {
  readonly tx: Tx;
  /** The commit's stamp. */
  readonly now: Date;
  /** Who acts, as they are known now that the stream is locked. */
  readonly viewer: Viewer;
}

/** What was written, and by which commit. */
export interface DeedDone {
  readonly id: string;
  readonly changeSetId: string;
}

/** @param work decides and writes, and answers with the id of what it wrote */
export async function commitDeed(
  caller: Caller,
  operation: string,
  streamId: string,
  input: Command,
  work: (deed: Deed) => Promise<string>,
): Promise<DeedDone> {
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
