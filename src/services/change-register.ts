/**
 * Changes the register (people, lines of business, cycles, reports, workflows and their assignments) on behalf of an administrator. Each
 * change is one commit to the reference data.
 */
import type { Database, Db } from '../database/connection/database';
import { REFERENCE_STREAM } from '../database/register/people';
import { isOutcomeUnknown, outcomeUnknown } from '../database/connection/postgres-errors';
import { isWritten, openReferenceData, reasonGiven, type ReferenceData } from '../database/register/reference-data';
import type { ReferenceWrites } from '../database/register/reference-writes';
import { registerRevisions, type Registered } from '../database/register/register';
import { DomainError, notFound, staleRevision } from '../versioning/errors';
import type { Viewer } from '../versioning/model';
import { keepsRegister } from '../versioning/roles';
import { activePerson } from './active-person';
import { confirmed, earlierAnswer, openCommit, repeatableBy, sealAnswer, type Caller, type Command } from './commit';

/** The input of every change to an existing entry. */
export interface RegisterChange extends Command {
  /** The revision the caller saw. */
  readonly expectedRevision: number;
}

export interface RegisterCommitted<Made> {
  /** The result of the write; null for a replayed request, whose answer is read again. */
  readonly made: Made | null;
  /** The id of the added or changed entry. */
  readonly id: string;
  /** Null if nothing changed. */
  readonly changeSetId: string | null;
}

/** Access to the reference data over a database's pool, opened on the first write. */
const opened = new WeakMap<object, ReferenceData>();
function referenceDataOn({ pool, commitPatienceMs }: Database): ReferenceData {
  const reference = opened.get(pool) ?? openReferenceData(pool, commitPatienceMs);
  opened.set(pool, reference);
  return reference;
}

function requireAdministrator(viewer: Viewer): void {
  if (!keepsRegister(viewer))
    throw new DomainError('FORBIDDEN', 'The register is maintained by Administrators. Ask one of them.', {
      requiredRoles: ['ADMIN'],
    });
}

async function requireRevision(tx: Db, about: Registered, expected: number): Promise<void> {
  const [found] = await registerRevisions(tx, about.kind, [about.id]);
  const actual = found?.revision ?? 0;
  if (actual === 0) throw notFound(`The ${about.kind.toLowerCase()} ${about.id}`);
  if (actual !== expected) throw staleRevision(expected, actual, 'It');
}

/** An id that can be stored with an idempotency key: numeric user ids are written as UUIDs. */
const asUuid = (id: string): string => (/^\d+$/.test(id) ? `00000000-0000-0000-0000-${id.padStart(12, '0')}` : id);
const fromUuid = (id: string): string =>
  /^00000000-0000-0000-0000-(\d{12})$/.exec(id)?.[1]!.replace(/^0+(?=\d)/, '') ?? id;

class Done<T> extends Error {
  constructor(readonly answer: T) {
    super('there is nothing to commit');
  }
}

/**
 * Changes the register.
 * @param about what is changed, at the revision the input expects; null if something is added
 * @param write writes, and returns the id
 */
export async function changeRegister<Made>(
  caller: Caller,
  operation: string,
  { reason: given, idempotencyKey: key, ...input }: Command & Partial<RegisterChange>,
  about: Registered | null,
  write: (data: ReferenceWrites) => Promise<{ readonly id: string; readonly made: Made }>,
): Promise<RegisterCommitted<Made>> {
  requireAdministrator(caller.viewer);
  const reason = reasonGiven(given);
  const {
    db,
    viewer: { userId: actorId },
  } = caller;
  const repeatable = repeatableBy(actorId, operation, { ...input, reason, idempotencyKey: key });
  const reference = referenceDataOn(db);
  return db
    .writeOn(REFERENCE_STREAM, () =>
      reference.transaction(reason, async ({ tx, data }) => {
        const now = await openCommit(tx, caller, operation, REFERENCE_STREAM, reason);
        requireAdministrator(await activePerson(tx, actorId));
        const earlier = repeatable && (await earlierAnswer(tx, repeatable));
        if (earlier) throw new Done({ made: null, id: fromUuid(earlier.versionId), changeSetId: earlier.changeSetId });
        if (about) await requireRevision(tx, about, input.expectedRevision!);
        const { id, made } = await write(data);
        // A change without effect is no commit: the opened one is rolled back.
        if (!(await isWritten(tx))) throw new Done({ made, id, changeSetId: null });
        const sealed = await sealAnswer(tx, REFERENCE_STREAM, repeatable, { versionId: asUuid(id) }, now);
        return { made, id, ...sealed };
      }),
    )
    .then(({ made, id, changeSetId, sequence }) => {
      caller.noteCommit?.(REFERENCE_STREAM, sequence);
      return { made, id, changeSetId };
    })
    .catch((error: unknown) => {
      if (error instanceof Done) return confirmed(db, error.answer as RegisterCommitted<Made>);
      throw isOutcomeUnknown(error) && repeatable ? outcomeUnknown(true) : error;
    });
}
