/**
 * Moves the row images of old commits from the log into a file, and restores them. The file is an ordinary log file (log-file.ts), so
 * the same tools verify it. No image is removed before the file was read back from disk and verified, and recorded in the log of the
 * reference data. The database itself rejects any image that is not the one that was removed. Every step of a removal leaves a log that
 * verifies, so an interrupted run continues where it stopped when it is called again.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import type { Database, Db } from '../database/connection/database';
import { headAt } from '../database/log/log-reader';
import { operator } from '../database/deployment/operator';
import { REFERENCE_STREAM } from '../database/register/people';
import { dbOn } from '../database/connection/statements';
import type { Header } from '../versioning/log-lines';
import type { ChainHead, ReadCommit } from '../versioning/verification';
import { archiveOf, describeArchive, sha256Of, type ArchiveRecord } from './archives';
import type { CheckpointHeads } from './checkpoints';
import { exportLog, verifyFile } from './log-file';

/** The number of commits whose images are removed per transaction. */
const COMMITS_AT_ONCE = 50;
/** The approximate number of characters of images that one statement restores. */
const CHARACTERS_AT_ONCE = 4_000_000;

export interface Archiving {
  /** Connected as the owner of the database. */
  readonly client: pg.Client;
  readonly db: Database;
  /** The folder of archives. */
  readonly folder: string;
  readonly reason: string;
  readonly checkpointHeads: ReadonlyMap<string, CheckpointHeads>;
  readonly onCommit?: () => void;
}

async function inTransaction<T>(client: pg.Client, work: (tx: Db) => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work(dbOn(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs one archiving at a time: two would not damage the log, but each other's files. */
export async function withArchiveLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ isFree: boolean }>('select pg_try_advisory_lock(1887007848) as "isFree"');
  if (!rows[0]!.isFree)
    throw new Error('Another archive is being made or restored. Wait until that is done, then repeat.');
  return work().finally(() => client.query('select pg_advisory_unlock(1887007848)').catch(() => undefined));
}

const headsUpTo = (heads: CheckpointHeads | undefined, last: number): CheckpointHeads =>
  new Map([...(heads ?? [])].filter(([sequence]) => sequence <= last));

/** What is wrong with an archive file, which must hold the stream up to the given commit. Null if it is correct. */
export async function archiveFault(
  file: string,
  { workflowId, sequence, hash }: Pick<ArchiveRecord, 'workflowId' | 'sequence' | 'hash'>,
  checkpointHeads: ReadonlyMap<string, CheckpointHeads> = new Map(),
): Promise<string | null> {
  const found = await verifyFile(file, new Map([[workflowId, headsUpTo(checkpointHeads.get(workflowId), sequence)]]));
  if (!found.valid) return found.problem;
  const isIt = found.streamId === workflowId && found.changeSetsChecked === sequence && found.headHash === hash;
  return isIt ? null : `It is a log, but not that of ${workflowId} up to commit ${sequence}.`;
}

/** The file of an archive, after it was verified. */
async function rightFile(
  folder: string,
  archive: ArchiveRecord,
  checkpointHeads: Archiving['checkpointHeads'],
): Promise<string> {
  const file = path.join(folder, archive.file);
  const problem = await archiveFault(file, archive, checkpointHeads).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return 'It is not there.';
  });
  if (problem === null) return file;
  throw new Error(
    `${archive.file} has what was archived of ${archive.workflowId} before, and should be in ${folder}. ${problem}`,
  );
}

/** The last commit of a workflow before an instant, with the number of commits that can be archived up to it. Null if there are none. */
export async function archivable(
  tx: Db,
  streamId: string,
  before: Date,
): Promise<{ readonly last: ChainHead; readonly commits: number } | null> {
  if (streamId === REFERENCE_STREAM) return null; // the reference data is read as of every instant
  const last = await headAt(tx, streamId, new Date(before.getTime() - 1));
  if (!last) return null;
  const [found] = await tx.query<{ commits: number }>(
    `select count(distinct r.sequence)::int as commits from log.row_change r join log.change_set c using (stream_id, sequence)
     where r.stream_id = $1 and r.sequence <= $2 and c.origin <> 'import' and r.table_name <> 'phase_version'
       and r.before_digest is null and r.after_digest is null`,
    [streamId, last.sequence],
  );
  return found!.commits > 0 ? { last, commits: found!.commits } : null;
}

async function writeFileOf(streamId: string, last: ChainHead, archiving: Archiving): Promise<ArchiveRecord> {
  const { db, folder, checkpointHeads, onCommit } = archiving;
  const former = await archiveOf(db, streamId);
  const archive = former && (await rightFile(folder, former, checkpointHeads));
  if (former && former.sequence >= last.sequence) return former;
  const name = `log-${streamId}-${last.sequence}.jsonl`;
  const file = path.join(folder, name);
  const part = `${file}.part`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(part, { force: true });
  await db.snapshot((tx) => exportLog(tx, streamId, part, { last, onCommit, ...(archive && { archive }) }));
  const noting = { workflowId: streamId, sequence: last.sequence, hash: last.hash! };
  const problem = await archiveFault(part, noting, checkpointHeads);
  if (problem !== null) {
    await rm(part, { force: true });
    throw new Error(`The log of ${streamId} does not verify, so nothing of it is archived. ${problem}`);
  }
  await rename(part, file);
  const folderHandle = await open(folder);
  await folderHandle.sync().finally(() => folderHandle.close());
  return { ...noting, file: name, sha256: await sha256Of(file), bytes: (await stat(file)).size };
}

const noteArchive = (
  { client, reason }: Archiving,
  { workflowId, sequence, hash, file, sha256, bytes }: ArchiveRecord,
) =>
  inTransaction(client, async (tx) => {
    await tx.query('select log.state($1, $2, $3)', ['archive-log', reason, operator()]);
    await tx.query(
      `insert into public.log_archives (workflow_id, sequence, hash, file, sha256, bytes, archived_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp())
       on conflict (workflow_id) do update set sequence = excluded.sequence, hash = excluded.hash, file = excluded.file,
         sha256 = excluded.sha256, bytes = excluded.bytes where log_archives.sequence < excluded.sequence`,
      [workflowId, sequence, hash, file, sha256, bytes],
    );
  });

/**
 * Moves the images of a workflow's commits, up to the given one, into a file that holds the whole log up to there.
 * @returns the archive, and the number of rows whose images were removed by this call
 */
export async function archiveLog(
  streamId: string,
  last: ChainHead,
  archiving: Archiving,
): Promise<{ readonly archive: ArchiveRecord; readonly rows: number }> {
  const { client, db } = archiving;
  const archive = await writeFileOf(streamId, last, archiving);
  if ((await archiveOf(db, streamId))?.sequence !== archive.sequence) await noteArchive(archiving, archive);
  let rows = 0;
  for (let from = 1; from <= archive.sequence; from += COMMITS_AT_ONCE) {
    const to = Math.min(archive.sequence, from + COMMITS_AT_ONCE - 1);
    const taken = await client.query<{ n: string }>('select log.take_images($1, $2, $3) as n', [streamId, from, to]);
    rows += Number(taken.rows[0]!.n);
  }
  return { archive, rows };
}

/** What is restored from a file while it is read: which archive it is, and its row images, in batches. */
class Restoring {
  rows = 0;
  readonly heads = new Map<string, CheckpointHeads>();
  readonly #hash = createHash('sha256');
  #archive: ArchiveRecord | undefined;
  #images: object[] = [];
  #characters = 0;

  constructor(
    private readonly file: string,
    private readonly archiving: Omit<Archiving, 'folder'>,
  ) {}

  get archive(): ArchiveRecord {
    if (!this.#archive) throw new Error(`${this.file} is empty.`);
    return this.#archive;
  }

  onBytes = (bytes: Buffer): unknown => this.#hash.update(bytes);

  onHeader = async ({ streamId, head }: Header): Promise<void> => {
    const { db, checkpointHeads } = this.archiving;
    this.#archive = await archiveOf(db, streamId);
    if (!this.#archive) throw new Error(`${this.file} is a log of ${streamId}, of which nothing is archived.`);
    this.heads.set(streamId, headsUpTo(checkpointHeads.get(streamId), this.#archive.sequence));
    if (head.sequence !== this.#archive.sequence || head.hash !== this.#archive.hash) throw this.#another();
  };

  onCommit = async ({ sequence, rows }: ReadCommit): Promise<void> => {
    for (const { ordinal, before, after } of rows) {
      this.#images.push({ sequence, ordinal, before, after });
      this.#characters += (before?.length ?? 0) + (after?.length ?? 0);
    }
    if (this.#characters > CHARACTERS_AT_ONCE) await this.#flush();
    this.archiving.onCommit?.();
  };

  /** Restores the rest, after the whole file was verified. */
  async end(): Promise<void> {
    if (this.#hash.digest('hex') !== this.archive.sha256) throw this.#another();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const images = JSON.stringify(this.#images);
    [this.#images, this.#characters] = [[], 0];
    const restored = await this.archiving.client.query(
      `update log.row_change r set before = x.before::jsonb, after = x.after::jsonb, before_digest = null, after_digest = null
       from jsonb_to_recordset($2::jsonb) x(sequence int, ordinal int, before text, after text)
       where r.stream_id = $1 and r.sequence = x.sequence and r.ordinal = x.ordinal
         and coalesce(r.before_digest, r.after_digest) is not null`,
      [this.archive.workflowId, images],
    );
    this.rows += restored.rowCount ?? 0;
  }

  #another = (): Error =>
    new Error(
      `${this.file} is another file. What was archived of ${this.archive.workflowId} is in ${describeArchive(this.archive)}.`,
    );
}

/**
 * Restores the images from an archive file, which is read once: everything is restored in one transaction, and undone if the file turns out
 * not to be the one that was written.
 */
export const restoreArchive = (
  file: string,
  archiving: Omit<Archiving, 'folder'>,
): Promise<{ readonly archive: ArchiveRecord; readonly rows: number }> =>
  inTransaction(archiving.client, async (tx) => {
    const restoring = new Restoring(file, archiving);
    const { valid, problem } = await verifyFile(file, restoring.heads, restoring);
    if (!valid) throw new Error(`${file} is not as it was written: ${problem}`);
    await restoring.end();
    const { archive, rows } = restoring;
    await tx.query('select log.state($1, $2, $3)', ['restore-archive', archiving.reason, operator()]);
    const [other] = await tx.query<{ sequence: number }>(
      `select sequence from log.change_set c where stream_id = $1 and sequence <= $2 and log.digest(c) <> c.hash
       order by sequence limit 1`,
      [archive.workflowId, archive.sequence],
    );
    if (other)
      throw new Error(
        `Commit ${other.sequence} of ${archive.workflowId} is not what it was sealed as: run npm run verify.`,
      );
    await tx.query('delete from public.log_archives where workflow_id = $1', [archive.workflowId]);
    return { archive, rows };
  });
