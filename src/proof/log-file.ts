/**
 * Exports the log of a stream as a self-verifying file (versioning/log-lines.ts defines the format). It can be verified without the
 * database.
 */
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Db } from '../database/connection/database';
import { commitsOf, readHead } from '../database/log/log-reader';
import { archived } from '../versioning/errors';
import { commitText, FORMAT, headerText, linesOf, LogFileVerifier, type Header } from '../versioning/log-lines';
import { isArchived, type ChainFault, type ChainHead, type ReadCommit } from '../versioning/verification';
import { archiveOf, describeArchive, withImages } from './archives';
import type { CheckpointHeads } from './checkpoints';
import { AgainstCheckpoints, type Verification } from './verify';

/** The number of characters buffered before a write. */
const CHUNK = 65_536;

/** The part of a stream to write. */
interface Extent {
  /** The last commit to write. The file is identical to one that was written when this commit was the head. */
  readonly last?: ChainHead;
  /** A verified file with the archived images of the stream. */
  readonly archive?: string;
  readonly onCommit?: () => void;
}

/** The text of a stream's log in chunks. It fails if archived images are unavailable. */
export async function* logText(
  tx: Db,
  streamId: string,
  { last, archive, onCommit }: Extent = {},
): AsyncGenerator<string> {
  const head = last ?? (await readHead(tx, streamId));
  if (!head) throw new Error(`There is no log of ${streamId}.`);
  let text = `${headerText({ format: FORMAT, streamId, head })}\n`;
  const commits = commitsOf(tx, streamId);
  for await (const commit of archive === undefined ? commits : withImages(commits, archive)) {
    if (last && commit.sequence > last.sequence) break;
    if (isArchived(commit)) {
      const record = await archiveOf(tx, streamId);
      throw archived(
        `what commit ${commit.sequence} changed was archived into ${record ? describeArchive(record) : 'a file'}`,
      );
    }
    text += `${commitText(commit)}\n`;
    if (text.length > CHUNK) {
      yield text;
      text = '';
    }
    onCommit?.();
  }
  yield text;
}

/** Writes the log of a stream and returns its number of commits. An incomplete file is removed. */
export async function exportLog(tx: Db, streamId: string, file: string, extent: Extent = {}): Promise<number> {
  let count = 0;
  const counted = () => {
    count++;
    extent.onCommit?.();
  };
  const out = await open(file, 'wx', 0o600);
  try {
    for await (const text of logText(tx, streamId, { ...extent, onCommit: counted })) await out.appendFile(text);
    await out.sync();
    await out.close();
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
  return count;
}

/** What else to do with a file while it is verified. */
export interface Reading {
  readonly onBytes?: (bytes: Buffer) => unknown;
  readonly onHeader?: (header: Header) => Promise<void>;
  /** Called for each commit after it was verified. */
  readonly onCommit?: (commit: ReadCommit) => Promise<void>;
}

async function* bytesOf(file: string, onBytes: Reading['onBytes']): AsyncGenerator<Buffer> {
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    onBytes?.(bytes);
    yield bytes;
  }
}

/** Verifies such a file: everything that can be checked without the live rows. */
export async function verifyFile(
  file: string,
  checkpointHeads: ReadonlyMap<string, CheckpointHeads> = new Map(),
  { onBytes, onHeader, onCommit }: Reading = {},
): Promise<Verification & { streamId: string | null }> {
  const verifier = new LogFileVerifier();
  let checkpoints: AgainstCheckpoints | undefined;
  const found = (fault: ChainFault | null) => ({
    valid: fault === null,
    changeSetsChecked: verifier.chain.sequence,
    headHash: verifier.chain.hash,
    firstBrokenSequence: fault?.sequence ?? null,
    problem: fault?.problem ?? null,
    streamId: verifier.header?.streamId ?? null,
  });
  for await (const line of linesOf(bytesOf(file, onBytes))) {
    const read: ReadCommit[] = [];
    const fault = verifier.add(line, (commit, { streamId }) => {
      read.push(commit);
      return (checkpoints ??= new AgainstCheckpoints(checkpointHeads.get(streamId))).fault(commit);
    });
    if (fault) return found(fault);
    if (read[0]) await onCommit?.(read[0]);
    else await onHeader?.(verifier.header!);
  }
  const left = checkpoints ?? new AgainstCheckpoints(checkpointHeads.get(verifier.header?.streamId ?? ''));
  return found(verifier.end() ?? left.cut(verifier.chain.sequence));
}
