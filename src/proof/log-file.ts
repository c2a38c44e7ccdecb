/**
 * The log of a stream as a file that proves itself: a line for the stream and its head, then a line for each commit, every
 * value as the text that is hashed. Whoever has it can verify it without the database. There is one way to write a file: a
 * byte that is not as it would be written is reported, also where JSON would not mind.
 */
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Db } from '../database/database';
import { commitsOf, headOf } from '../database/log-reader';
import { ChainVerifier, type ChainHead, type ReadCommit, type ReadRow } from '../versioning/verification';
import type { NotedHeads } from './checkpoints';
import { checkpointFault, CheckpointOrder, cutFault, type Verification } from './verify';

const FORMAT = 'phaseledger-log-file-1';
/** How many characters are gathered before they are written. */
const CHUNK = 65_536;

interface Header {
  readonly streamId: string;
  readonly head: ChainHead;
}

const headerText = ({ streamId, head: { sequence, committedAt, hash } }: Header): string =>
  JSON.stringify({ format: FORMAT, streamId, head: { sequence, committedAt, hash } });

const commitText = (c: ReadCommit): string =>
  JSON.stringify({
    streamId: c.streamId,
    sequence: c.sequence,
    committedAt: c.committedAt,
    changeSetId: c.changeSetId,
    actorId: c.actorId,
    origin: c.origin,
    operation: c.operation,
    reason: c.reason,
    requestId: c.requestId,
    occurredAt: c.occurredAt,
    // Only where there is one: files of before it was noted are written the same way.
    ...(c.operator != null && { operator: c.operator }),
    previousHash: c.previousHash,
    hash: c.hash,
    versionIds: c.versionIds,
    rows: c.rows.map(({ ordinal, tableName, rowId, versionId, operation, before, after }) => ({
      ordinal,
      tableName,
      rowId,
      versionId,
      operation,
      before,
      after,
    })),
  });

/** Writes the log of a stream; returns how many commits it has. What was begun and cannot be finished is taken away. */
export async function exportLog(tx: Db, streamId: string, file: string, onCommit?: () => void): Promise<number> {
  const head = await headOf(tx, streamId);
  if (!head) throw new Error(`There is no log of ${streamId}.`);
  let count = 0;
  const out = await open(file, 'wx', 0o600);
  try {
    let text = `${headerText({ streamId, head })}\n`;
    for await (const commit of commitsOf(tx, streamId)) {
      text += `${commitText(commit)}\n`;
      if (text.length > CHUNK) {
        await out.appendFile(text);
        text = '';
      }
      count++;
      onCommit?.();
    }
    await out.appendFile(text);
    await out.sync();
    await out.close();
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
  return count;
}

const broken = (verifier: ChainVerifier, sequence: number | null, problem: string): Verification => ({
  valid: false,
  changeSetsChecked: verifier.sequence,
  headHash: verifier.hash,
  firstBrokenSequence: sequence,
  problem,
});

/** Verifies such a file: all that can be known without the live rows. */
export async function verifyFile(
  file: string,
  noted: ReadonlyMap<string, NotedHeads> = new Map(),
): Promise<Verification & { streamId: string | null }> {
  const verifier = new ChainVerifier();
  let order: CheckpointOrder | undefined;
  let header: Header | undefined;
  let number = 0;
  for await (const text of linesOf(file)) {
    number++;
    const streamId = header?.streamId ?? null;
    if (!header) {
      header = headerOf(text);
      if (!header) return { ...broken(verifier, null, 'This is not a log file of PhaseLedger.'), streamId };
      order = new CheckpointOrder(noted.get(header.streamId));
      continue;
    }
    const commit = commitOf(text, header.streamId);
    if (!commit)
      return { ...broken(verifier, verifier.sequence + 1, `Line ${number} is no commit of this stream.`), streamId };
    const fault = verifier.add(commit) ?? checkpointFault(commit, noted.get(header.streamId)) ?? order?.fault(commit);
    if (fault) return { ...broken(verifier, fault.sequence, fault.problem), streamId };
  }
  if (!header) return { ...broken(verifier, null, 'The file is empty.'), streamId: null };
  const fault = verifier.end(header.head) ?? cutFault(verifier.sequence, noted.get(header.streamId));
  return fault
    ? { ...broken(verifier, fault.sequence, fault.problem), streamId: header.streamId }
    : { ...broken(verifier, null, ''), valid: true, problem: null, streamId: header.streamId };
}

/** Lines end with a line feed and nothing else; U+2028, for one, may stand in somebody's reason. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
  }
  const rest = Buffer.concat(parts);
  // A last line that was not ended was not written to its end.
  if (rest.length > 0) yield Buffer.concat([rest, Buffer.from('…')]);
}

type Parsed<T> = { readonly [Key in keyof T]?: unknown };
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isNumber = (value: unknown): value is number => Number.isInteger(value);

function headerOf(line: Buffer): Header | undefined {
  const header = parse<Header>(line);
  const head = header?.head as Parsed<ChainHead> | null | undefined;
  return head &&
    isText(header?.streamId) &&
    isNumber(head.sequence) &&
    isTextOrNull(head.committedAt) &&
    isTextOrNull(head.hash) &&
    line.equals(Buffer.from(headerText(header as Header)))
    ? (header as Header)
    : undefined;
}

function commitOf(line: Buffer, streamId: string): ReadCommit | undefined {
  const commit = parse<ReadCommit>(line);
  return commit?.streamId === streamId &&
    isNumber(commit.sequence) &&
    [commit.committedAt, commit.changeSetId, commit.origin, commit.operation, commit.hash].every(isText) &&
    (commit.actorId === null || isNumber(commit.actorId)) &&
    [commit.reason, commit.requestId, commit.occurredAt, commit.previousHash].every(isTextOrNull) &&
    (commit.operator === undefined || isText(commit.operator)) &&
    Array.isArray(commit.versionIds) &&
    commit.versionIds.every(isText) &&
    Array.isArray(commit.rows) &&
    commit.rows.every(isRow) &&
    line.equals(Buffer.from(commitText(commit as ReadCommit)))
    ? { ...(commit as ReadCommit), operator: commit.operator ?? null }
    : undefined;
}

function isRow(value: unknown): value is ReadRow {
  const row = value as Parsed<ReadRow> | null;
  return (
    typeof row === 'object' &&
    row !== null &&
    isNumber(row.ordinal) &&
    [row.tableName, row.rowId, row.operation].every(isText) &&
    [row.versionId, row.before, row.after].every(isTextOrNull)
  );
}

function parse<T>(line: Buffer): Parsed<T> | null {
  try {
    return JSON.parse(line.toString('utf8')) as Parsed<T> | null;
  } catch {
    return null;
  }
}
