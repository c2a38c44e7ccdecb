/**
 * Security events: refused attempts, refused sign-ins and reads of the log. The database numbers them without gaps, so they are delivered
 * and exported like the commits of a stream of the log, although they belong to none.
 */
import type { Db } from '../connection/statements';
import { insertion } from '../connection/row-writes';

/** Takes the place of a stream in the cursors of webhooks. */
export const SECURITY_STREAM = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export const refusalKinds = ['REFUSAL', 'SIGN_IN_REFUSAL'] as const;
export type RefusalKind = (typeof refusalKinds)[number];

/** What was refused, to whom and why. */
export interface Refusal {
  /** Made by the server, so that recording it again has no effect. */
  readonly eventId: string;
  readonly happenedAt: Date;
  readonly kind: RefusalKind;
  /** The person, if the server knows who it was. */
  readonly userId: number | null;
  /** The error code. */
  readonly code: string;
  /** The field of the API, or the path; null for sign-ins. */
  readonly operation: string | null;
  readonly isMutation: boolean;
  readonly requestId: string | null;
  /** Above one, it stands for many alike that came too fast to be told one by one. */
  readonly count: number;
  /** When the last of them happened; null for a single one. */
  readonly endedAt: Date | null;
}

/** Records refusals in one statement. */
export const noteRefusals = (db: Db, refusals: readonly Refusal[]): Promise<object[]> =>
  db.query(...insertion('log.security_event', refusals, { rest: 'on conflict (event_id) do nothing' }));

/** The maximum number of reads that are numbered, or of events that are deleted, by one statement. */
const AT_ONCE = 1_000;

/** Numbers reads of the log that are no security events yet. */
export const numberReads = (db: Db): Promise<object[]> => db.query('select log.number_reads($1::int)', [AT_ONCE]);

/** Deletes the oldest of the events that have been kept long enough. The last one stays, so that the numbers go on from it. */
export const forgetSecurityEvents = (db: Db, keptDays: number): Promise<object[]> =>
  db.query(
    `delete from log.security_event where event_id in (
       select event_id from log.security_event
       where recorded_at < clock_timestamp() - $1::int * interval '1 day'
         and sequence < (select max(sequence) from log.security_event)
       order by sequence limit $2::int)`,
    [keptDays, AT_ONCE],
  );

/** Resolves when every event that was numbered before is visible. */
export const settleSecurityEvents = (db: Db): Promise<object[]> =>
  db.query('select pg_advisory_xact_lock_shared(log.security_lock())');
