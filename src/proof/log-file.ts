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
import { AgainstCheckpoints, type Verification } from './verify';

const FORMAT = 'phaseledger-log-file-1';
/** How many characters are gathered before they are written. */
const CHUNK = 65_536;

type Check = (value: unknown) => boolean;
type Checks<T> = Readonly<Record<keyof T, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);
const isNumber: Check = Number.isInteger;
const has = (checks: Readonly<Record<string, Check>>, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(checks).every(([key, isRight]) => isRight((value as Record<string, unknown>)[key]));
const listOf =
  (isRight: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isRight);

/** What a line holds, in the order in which it is written. */
const HEAD: Checks<ChainHead> = { sequence: isNumber, committedAt: isTextOrNull, hash: isTextOrNull };
const HEADER: Checks<Header> = {
  format: (value) => value === FORMAT,
  streamId: isText,
  head: (value) => has(HEAD, value),
};
const ROW: Checks<ReadRow> = {
  ordinal: isNumber,
  tableName: isText,
  rowId: isText,
  versionId: isTextOrNull,
  operation: isText,
  before: isTextOrNull,
  after: isTextOrNull,
};
const COMMIT: Checks<ReadCommit> = {
  streamId: isText,
  sequence: isNumber,
  committedAt: isText,
  changeSetId: isText,
  actorId: (value) => value === null || isNumber(value),
  origin: isText,
  operation: isText,
  reason: isTextOrNull,
  requestId: isTextOrNull,
  occurredAt: isTextOrNull,
  // Only where there is one: files of before it was noted are written the same way.
  operator: (value) => value === undefined || isText(value),
  previousHash: isTextOrNull,
  hash: isText,
  versionIds: listOf(isText),
  rows: listOf((value) => has(ROW, value)),
};

interface Header {
  readonly format: string;
  readonly streamId: string;
  readonly head: ChainHead;
}

const written = <T extends object>(checks: Checks<T>, value: T): T =>
  Object.fromEntries((Object.keys(checks) as (keyof T)[]).map((key) => [key, value[key]])) as T;

const headerText = (header: Header): string =>
  JSON.stringify({ ...written(HEADER, header), head: written(HEAD, header.head) });

const commitText = (commit: ReadCommit): string =>
  JSON.stringify({
    ...written(COMMIT, commit),
    operator: commit.operator ?? undefined,
    rows: commit.rows.map((row) => written(ROW, row)),
  });

/** What is written of a stream, in pieces: up to a commit, where one is given, as it was when that was the last. */
export async function* logText(
  tx: Db,
  streamId: string,
  last?: ChainHead,
  onCommit?: () => void,
): AsyncGenerator<string> {
  const head = last ?? (await headOf(tx, streamId));
  if (!head) throw new Error(`There is no log of ${streamId}.`);
  let text = `${headerText({ format: FORMAT, streamId, head })}\n`;
  for await (const commit of commitsOf(tx, streamId)) {
    if (last && commit.sequence > last.sequence) break;
    text += `${commitText(commit)}\n`;
    if (text.length > CHUNK) {
      yield text;
      text = '';
    }
    onCommit?.();
  }
  yield text;
}

/** Writes the log of a stream; returns how many commits it has. What was begun and cannot be finished is taken away. */
export async function exportLog(tx: Db, streamId: string, file: string, onCommit?: () => void): Promise<number> {
  let count = 0;
  const counted = () => {
    count++;
    onCommit?.();
  };
  const out = await open(file, 'wx', 0o600);
  try {
    for await (const text of logText(tx, streamId, undefined, counted)) await out.appendFile(text);
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
  let checkpoints = new AgainstCheckpoints();
  let header: Header | undefined;
  let number = 0;
  for await (const text of linesOf(file)) {
    number++;
    const streamId = header?.streamId ?? null;
    if (!header) {
      header = headerOf(text);
      if (!header) return { ...broken(verifier, null, 'This is not a log file of PhaseLedger.'), streamId };
      checkpoints = new AgainstCheckpoints(noted.get(header.streamId));
      continue;
    }
    const commit = commitOf(text, header.streamId);
    if (!commit)
      return { ...broken(verifier, verifier.sequence + 1, `Line ${number} is no commit of this stream.`), streamId };
    const fault = verifier.add(commit) ?? checkpoints.fault(commit);
    if (fault) return { ...broken(verifier, fault.sequence, fault.problem), streamId };
  }
  if (!header) return { ...broken(verifier, null, 'The file is empty.'), streamId: null };
  const fault = verifier.end(header.head) ?? checkpoints.cut(verifier.sequence);
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

function headerOf(line: Buffer): Header | undefined {
  const header = parsed<Header>(line, HEADER);
  return header && line.equals(Buffer.from(headerText(header))) ? header : undefined;
}

function commitOf(line: Buffer, streamId: string): ReadCommit | undefined {
  const commit = parsed<ReadCommit>(line, COMMIT);
  return commit?.streamId === streamId && line.equals(Buffer.from(commitText(commit)))
    ? { ...commit, operator: commit.operator ?? null }
    : undefined;
}

function parsed<T>(line: Buffer, checks: Checks<T>): T | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return has(checks, value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
