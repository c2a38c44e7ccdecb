/**
 * What was taken out of the log into files, as far as one only reads: which file has the images of which commits, and a log as it is with
 * those images in their places. archive.ts makes such files, and brings them back.
 */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Db } from '../database/database';
import type { Env } from '../env';
import { linesOf } from '../versioning/log-lines';
import { isArchived, type ReadCommit, type ReadRow } from '../versioning/verification';

/** The file that has the images of a workflow's commits up to one of them, as the log of the reference data has it. */
export interface NotedArchive {
  readonly workflowId: string;
  readonly sequence: number;
  /** Of the last commit in it, hex. */
  readonly hash: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const archiveFolder = ({ archiveDir, dataDir }: Env): string => archiveDir ?? path.join(dataDir, 'archives');

/** Of all workflows that have one, in the order of their ids. */
export const notedArchives = (db: Db): Promise<NotedArchive[]> =>
  db.query(
    `select workflow_id, sequence, hash, file, sha256, bytes::float8 as bytes from public.log_archives order by workflow_id`,
  );

export const archiveOf = async (db: Db, streamId: string): Promise<NotedArchive | undefined> =>
  (await notedArchives(db)).find(({ workflowId }) => workflowId === streamId);

export const sayArchive = ({ file, sha256 }: NotedArchive): string => `the file ${file} (SHA-256 ${sha256})`;

function withImagesOf(row: ReadRow, kept: readonly ReadRow[]): ReadRow {
  const there = kept[row.ordinal - 1];
  if (!there || (row.beforeDigest ?? row.afterDigest) == null) return row;
  return { ...row, before: there.before, after: there.after };
}

/**
 * Commits in their order, with the images that were archived in their places.
 * @param file a log file of the same stream, that was verified
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
