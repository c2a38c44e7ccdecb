/**
 * Packs that were asked for, and how far they are made. Whoever makes one holds a lease of it, which ends by itself: so one server
 * does, and another goes on where it died. Whatever is written of a pack demands that the lease is held.
 */
import { notFound } from '../versioning/errors';
import type { Db, Tx } from './database';
import { insertRows } from './row-writes';

export const packStatuses = ['WAITING', 'MAKING', 'READY', 'FAILED', 'EXPIRED'] as const;
export type PackStatus = (typeof packStatuses)[number];

export interface PackRequestRow {
  readonly packId: string;
  /** The workflow's. */
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

/** So many may wait to be made, over all workflows. */
export const MAX_UNFINISHED = 20;
/** So many of a workflow are listed, the latest first. */
export const MAX_PACKS = 100;

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

/** In the commit that is open. */
export function insertPackRequest(tx: Tx, row: PackRequestRow): void {
  insertRows(tx, 'pack_requests', [row]);
  insertRows(tx, 'log.pack_job', [{ packId: row.packId }]);
}

// ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A pack that is made, by whoever has it. */
export interface PackLease extends PackRequestRow {
  readonly lease: string;
  readonly stepsDone: number;
  /** How often it was tried since its last step was done, this time among them. */
  readonly attempts: number;
  readonly cycleId: string;
  readonly reportId: string;
}

/** Takes what was asked for first and nobody else has; and how many there are to be made by anybody. */
export async function takePack(
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

/** Another server has it: what this one does for it is in vain. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
const held = (rows: readonly object[]): void => {
  if (rows.length === 0) throw new LeaseLost('another server makes this pack');
};

type Held = Pick<PackLease, 'packId' | 'lease'>;
const HELD = 'j.pack_id = $1::uuid and j.lease = $2::uuid';

/** Says that it is still made. */
export const keepPack = async (db: Db, { packId, lease }: Held, leaseMs: number): Promise<void> =>
  held(
    await db.query(
      `update log.pack_job j set leased_until = clock_timestamp() + $3::int * interval '1 ms' where ${HELD} returning j.pack_id`,
      [packId, lease, leaseMs],
    ),
  );

/** Takes away what somebody made of a step who did not come to its end. */
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

/** Keeps a piece. The lease cannot be taken by others before it is kept. */
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

/** The pack is there: its pieces are those of the last step, and the others are taken away. */
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

/** It is tried again later; or never, where it is said why. */
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

/** Takes away the packs whose time has come. That they were made, and who took them, stays known. */
export const forgetPacks = (db: Db): Promise<object[]> =>
  db.query(
    `delete from log.pack_part p using log.pack_job j where p.pack_id = j.pack_id and j.kept_until < clock_timestamp()`,
  );

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The pieces of some steps, one after the other: nothing is held between two of them. */
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
