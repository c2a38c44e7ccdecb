/**
 * One commit of something that is no version and not kept by administrators alone: what a person asks for, or says of themself. It
 * is decided under the lock of the stream, as whatever is done to versions, and a retry with the same key does nothing again.
 */
import type { Tx } from '../database/database';
import { isOutcomeUnknown, outcomeUnknown } from '../database/postgres-errors';
import type { Viewer } from '../versioning/model';
import { activePerson } from './active-person';
import { confirmed, earlierAnswer, openCommit, repeatableBy, sealAnswer, type Caller, type Command } from './commit';

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

class Replay extends Error {
  constructor(readonly answer: DeedDone) {
    super('replayed');
  }
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
  return db
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
    })
    .catch((error: unknown) => {
      if (error instanceof Replay) return confirmed(db, error.answer);
      throw isOutcomeUnknown(error) && repeatable ? outcomeUnknown(true) : error;
    });
}
