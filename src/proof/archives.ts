/**
 * Reads archived row images: which file holds the images of which commits, and a log with those images put back in place. archive.ts
 * creates and restores such files.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Db } from '../database/connection/database';
import type { Env } from '../env';
import { linesOf } from '../versioning/log-lines';
import { isArchived, type ReadCommit, type ReadRow } from '../versioning/verification';

/** The file with the images of a workflow's commits up to `sequence`, as recorded in the log of the reference data. */
export interface ArchiveRecord {
  readonly workflowId: string;
  readonly sequence: number;
  /** The hash of its last commit, in hex. */
  readonly hash: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const archiveFolder = ({ archiveDir, dataDir }: Env): string => archiveDir ?? path.join(dataDir, 'archives');

const RECORDS = 'select workflow_id, sequence, hash, file, sha256, bytes::float8 as bytes from public.log_archives';

/** The archives of all workflows, ordered by workflow id. */
export const archiveRecords = (db: Db): Promise<ArchiveRecord[]> => db.query(`${RECORDS} order by workflow_id`);

export const archiveOf = async (db: Db, streamId: string): Promise<ArchiveRecord | undefined> =>
  (await db.query<ArchiveRecord>(`${RECORDS} where workflow_id = $1::uuid`, [streamId]))[0];

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The file with the archived images of a stream. Undefined if there is none in the folder, or another one than was written. */
export async function archiveFile(db: Db, streamId: string, folder: string): Promise<string | undefined> {
  const archive = await archiveOf(db, streamId);
  if (!archive) return undefined;
  const file = path.join(folder, archive.file);
  const found = await sha256Of(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  return found === archive.sha256 ? file : undefined;
}

export const describeArchive = ({ file, sha256 }: ArchiveRecord): string => `the file ${file} (SHA-256 ${sha256})`;

function withImagesOf(row: ReadRow, kept: readonly ReadRow[]): ReadRow {
  const there = kept[row.ordinal - 1];
  if (!there || (row.beforeDigest ?? row.afterDigest) == null) return row;
  return { ...row, before: there.before, after: there.after };
}

/**
 * Puts archived images back into commits, which must be in order.
 * @param file a verified log file of the same stream
 */
export async function* withImages(commits: AsyncIterable<ReadCommit>, file: string): AsyncGenerator<ReadCommit> {
  const lines = linesOf(createReadStream(file) as AsyncIterable<Buffer>);
  const next = async (): Promise<ReadCommit | null> => {
    const { value } = (await lines.next()) as { value?: string | null };
    return value == null ? null : (JSON.parse(value) as ReadCommit);
  };
  try {
    await next(); // the stream and its head
    let kept = await next();
    for await (const commit of commits) {
      while (kept && kept.sequence < commit.sequence) kept = await next();
      const isHere = kept?.sequence === commit.sequence && isArchived(commit);
      yield isHere ? { ...commit, rows: commit.rows.map((row) => withImagesOf(row, kept!.rows)) } : commit;
    }
  } finally {
    await lines.return(undefined);
  }
}
