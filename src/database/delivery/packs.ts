/**
 * Requested packs and the progress of their making. The server that makes a pack holds a lease on it, which expires by itself, so one
 * server makes it and another takes over if that server dies. Every write to a pack requires the lease.
 */
import { notFound } from '../../versioning/errors';
import type { Db, Tx } from '../connection/database';
import { insertRows } from '../connection/row-writes';

export const packStatuses = ['WAITING', 'MAKING', 'READY', 'FAILED', 'EXPIRED'] as const;
export type PackStatus = (typeof packStatuses)[number];

export interface PackRequestRow {
  readonly packId: string;
  /** The workflow's stream. */
  readonly streamId: string;
  readonly asOf: Date;
  readonly requestedBy: number;
  readonly requestedAt: Date;
}

export interface PackRow extends PackRequestRow {
  readonly status: PackStatus;
  readonly stepsDone: number;
  readonly failure: string | null;
  readonly finishedAt: Date | null;
  readonly keptUntil: Date | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** The maximum number of unfinished packs over all workflows. */
export const MAX_UNFINISHED = 20;
/** The maximum number of packs listed for a workflow, latest first. */
const MAX_PACKS = 100;

const columns = `r.pack_id, r.stream_id, r.as_of, r.requested_by, r.requested_at, j.steps_done, j.failure, j.finished_at, j.kept_until,
  j.bytes::float8 as bytes, j.sha256,
  case when j.failure is not null then 'FAILED' when j.finished_at is null and j.leased_until >= clock_timestamp() then 'MAKING'
    when j.finished_at is null then 'WAITING' when j.kept_until < clock_timestamp() then 'EXPIRED' else 'READY' end as status`;
const from = 'from pack_requests r join log.pack_job j using (pack_id)';

export const packsOf = (db: Db, streamId: string): Promise<PackRow[]> =>
  db.query(
    `select ${columns} ${from} where r.stream_id = $1 order by r.requested_at desc, r.pack_id desc limit ${MAX_PACKS}`,
    [streamId],
  );

export async function packById(db: Db, packId: string): Promise<PackRow> {
  const [pack] = await db.query<PackRow>(`select ${columns} ${from} where r.pack_id = $1`, [packId]);
  if (!pack) throw notFound(`The pack ${packId}`);
  return pack;
}

export const unfinishedPacks = async (db: Db): Promise<number> =>
  (await db.query<{ count: number }>('select count(*)::int as count from log.pack_job where finished_at is null'))[0]!
    .count;

/** Inserts in the open commit. */
export function insertPackRequest(tx: Tx, row: PackRequestRow): void {
  insertRows(tx, 'pack_requests', [row]);
  insertRows(tx, 'log.pack_job', [{ packId: row.packId }]);
}

// ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A pack, leased to the server that makes it. */
export interface PackLease extends PackRequestRow {
  readonly lease: string;
  readonly stepsDone: number;
  /** The attempts since its last completed step, including this one. */
  readonly attempts: number;
  readonly cycleId: string;
  readonly reportId: string;
}

/** Leases the oldest free request, and counts all unfinished packs. */
export async function claimPack(
  db: Db,
  lease: string,
  leaseMs: number,
): Promise<{ readonly unfinished: number; readonly taken: PackLease | null }> {
  const [row] = await db.query<PackLease & { unfinished: number }>(
    `with due as (
       select j.pack_id from log.pack_job j join pack_requests r using (pack_id)
       where j.finished_at is null and j.next_attempt_at <= clock_timestamp() and j.leased_until < clock_timestamp()
       order by r.requested_at, r.pack_id limit 1 for update of j skip locked),
     taken as (
       update log.pack_job j set lease = $1::uuid, leased_until = clock_timestamp() + $2::int * interval '1 ms', attempts = j.attempts + 1
       from due where j.pack_id = due.pack_id returning j.pack_id, j.lease, j.steps_done, j.attempts)
     select n.unfinished, t.lease, t.steps_done, t.attempts, r.*, w.cycle_id, w.report_id
     from (select count(*)::int as unfinished from log.pack_job where finished_at is null) n
     left join (taken t join pack_requests r using (pack_id) join workflows w on w.workflow_id = r.stream_id) on true`,
    [lease, leaseMs],
  );
  return { unfinished: row!.unfinished, taken: row!.packId ? row! : null };
}

/** Another server holds the lease, so further work on this pack is wasted. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
const held = (rows: readonly object[]): void => {
  if (rows.length === 0) throw new LeaseLost('another server is making this pack');
};

type Held = Pick<PackLease, 'packId' | 'lease'>;
const HELD = 'j.pack_id = $1::uuid and j.lease = $2::uuid';

/** Renews the lease. */
export const renewPackLease = async (db: Db, { packId, lease }: Held, leaseMs: number): Promise<void> =>
  held(
    await db.query(
      `update log.pack_job j set leased_until = clock_timestamp() + $3::int * interval '1 ms' where ${HELD} returning j.pack_id`,
      [packId, lease, leaseMs],
    ),
  );

/** Deletes what an interrupted attempt left of this step. */
export const beginStep = (db: Db, { packId, lease }: Held, step: number): Promise<object[]> =>
  db.query(
    `delete from log.pack_part p using log.pack_job j where ${HELD} and p.pack_id = j.pack_id and p.step >= $3::int`,
    [packId, lease, step],
  );

export interface PackPart {
  readonly step: number;
  readonly file: number;
  readonly ordinal: number;
  readonly name: string;
  readonly data: Uint8Array;
}

/** Stores a part. The statement locks the job, so the lease cannot change hands before the part is stored. */
export const addPart = async (
  db: Db,
  { packId, lease }: Held,
  { step, file, ordinal, name, data }: PackPart,
): Promise<void> =>
  held(
    await db.query(
      `with j as materialized (select j.pack_id from log.pack_job j where ${HELD} for share)
       insert into log.pack_part (pack_id, step, file, ordinal, name, data)
       select j.pack_id, $3::int, $4::int, $5::int, $6, $7::bytea from j returning pack_id`,
      [packId, lease, step, file, ordinal, name, data],
    ),
  );

export const endStep = async (db: Db, { packId, lease }: Held, step: number): Promise<void> =>
  held(
    await db.query(`update log.pack_job j set steps_done = $3::int, attempts = 0 where ${HELD} returning j.pack_id`, [
      packId,
      lease,
      step + 1,
    ]),
  );

/** Completes a pack: the parts of the last step stay, and all others are deleted. */
export const finishPack = async (
  db: Db,
  { packId, lease }: Held,
  { steps, bytes, sha256, keptDays }: { steps: number; bytes: number; sha256: string; keptDays: number },
): Promise<void> =>
  held(
    await db.query(
      `with j as (
         update log.pack_job j set steps_done = $3::int, bytes = $4::bigint, sha256 = $5, finished_at = clock_timestamp(),
           kept_until = clock_timestamp() + $6::int * interval '1 day', lease = null, leased_until = '-infinity'
         where ${HELD} returning j.pack_id),
       gone as (delete from log.pack_part p using j where p.pack_id = j.pack_id and p.step < $3::int - 1)
       select pack_id from j`,
      [packId, lease, steps, bytes, sha256, keptDays],
    ),
  );

/** Schedules another attempt; with a failure, gives up and records why. */
export const failPack = async (
  db: Db,
  { packId, lease }: Held,
  { waitMs, failure }: { waitMs: number; failure: string | null },
): Promise<void> => {
  await db.query(
    `with j as (
       update log.pack_job j set lease = null, leased_until = '-infinity', next_attempt_at = clock_timestamp() + $3::int * interval '1 ms',
         failure = $4, finished_at = case when $4::text is null then null else clock_timestamp() end
       where ${HELD} returning j.pack_id, j.failure)
     delete from log.pack_part p using j where p.pack_id = j.pack_id and j.failure is not null`,
    [packId, lease, waitMs, failure],
  );
};

/** Deletes the contents of expired packs. The record that they were made, and of who downloaded them, remains. */
export const forgetPacks = (db: Db): Promise<object[]> =>
  db.query(
    `delete from log.pack_part p using log.pack_job j where p.pack_id = j.pack_id and j.kept_until < clock_timestamp()`,
  );

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Streams the parts of some steps in order, one part in memory at a time. */
export async function* partsOf(
  db: Db,
  packId: string,
  steps: { readonly from: number; readonly until: number },
): AsyncGenerator<PackPart> {
  let [step, file, ordinal] = [steps.from, -1, -1];
  for (;;) {
    const [piece] = await db.query<PackPart>(
      `select step, file, ordinal, name, data from log.pack_part where pack_id = $1::uuid and step < $2::int
         and (step, file, ordinal) > ($3::int, $4::int, $5::int) order by step, file, ordinal limit 1`,
      [packId, steps.until, step, file, ordinal],
    );
    if (!piece) return;
    yield piece;
    ({ step, file, ordinal } = piece);
  }
}
