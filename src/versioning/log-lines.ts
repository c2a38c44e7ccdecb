/**
 * The lines of a log file: one for the stream and its head, then one for each commit, every value as the text that is hashed. There is one
 * canonical form: any byte that differs from it is reported, even where JSON would allow it. Pure and free of Node APIs, because the
 * console verifies files with it in the browser.
 */
import { ChainVerifier, type ChainFault, type ChainHead, type ReadCommit, type ReadRow } from './verification';

export const FORMAT = 'phaseledger-log-file-1';

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

/** The members of each line, in order. */
const HEAD: Checks<ChainHead> = { sequence: isNumber, committedAt: isTextOrNull, hash: isTextOrNull };
const HEADER: Checks<Header> = {
  format: (value) => value === FORMAT,
  streamId: isText,
  head: (value) => has(HEAD, value),
};
const ROW: Checks<Omit<ReadRow, 'beforeDigest' | 'afterDigest'>> = {
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
  // Present only if there is one, so files from before operators were recorded stay canonical.
  operator: (value) => value === undefined || isText(value),
  previousHash: isTextOrNull,
  hash: isText,
  versionIds: listOf(isText),
  rows: listOf((value) => has(ROW, value)),
};

export interface Header {
  readonly format: string;
  readonly streamId: string;
  readonly head: ChainHead;
}

const written = <T extends object>(checks: Checks<T>, value: T): T =>
  Object.fromEntries((Object.keys(checks) as (keyof T)[]).map((key) => [key, value[key]])) as T;

export const headerText = (header: Header): string =>
  JSON.stringify({ ...written(HEADER, header), head: written(HEAD, header.head) });

export const commitText = (commit: ReadCommit): string =>
  JSON.stringify({
    ...written(COMMIT, commit),
    operator: commit.operator ?? undefined,
    rows: commit.rows.map((row) => written<Omit<ReadRow, 'beforeDigest' | 'afterDigest'>>(ROW, row)),
  });

function headerOf(line: string): Header | undefined {
  const header = parsed<Header>(line, HEADER);
  return header && line === headerText(header) ? header : undefined;
}

function commitOf(line: string, streamId: string): ReadCommit | undefined {
  const commit = parsed<ReadCommit>(line, COMMIT);
  return commit?.streamId === streamId && line === commitText(commit)
    ? { ...commit, operator: commit.operator ?? null }
    : undefined;
}

function parsed<T>(line: string, checks: Checks<T>): T | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return has(checks, value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

const LINE_FEED = 10;

/**
 * Lines end with a line feed only; other line separators, such as U+2028, may occur within a reason. Yields null for a line that is not
 * valid UTF-8 or incomplete.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  const newDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let decoder = newDecoder();
  let text: string | null = '';
  let isBegun = false;
  const take = (bytes: Uint8Array, isLast: boolean) => {
    try {
      text = text === null ? null : text + decoder.decode(bytes, { stream: !isLast });
    } catch {
      text = null;
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end), true);
      yield text;
      // A decoder that has failed keeps state, so it is replaced.
      if (text === null) decoder = newDecoder();
      [text, isBegun, start] = ['', false, end + 1];
    }
    if (start < chunk.length) {
      take(chunk.subarray(start), false);
      isBegun = true;
    }
  }
  // A last line without a line feed was not written completely.
  if (isBegun) yield null;
}

/** Takes the lines of a log file in order, up to the first fault. */
export class LogFileVerifier {
  readonly chain = new ChainVerifier();
  header: Header | undefined;
  #lines = 0;

  /**
   * The first fault in this line; null if it continues the lines before.
   * @param also a further check of each commit
   */
  add(line: string | null, also: (commit: ReadCommit, header: Header) => ChainFault | null = () => null) {
    this.#lines++;
    if (!this.header) {
      this.header = line === null ? undefined : headerOf(line);
      return this.header ? null : { sequence: null, problem: 'This is not a log file of PhaseLedger.' };
    }
    const commit = line === null ? undefined : commitOf(line, this.header.streamId);
    if (!commit)
      return { sequence: this.chain.sequence + 1, problem: `Line ${this.#lines} is not a commit of this stream.` };
    return this.chain.add(commit) ?? also(commit, this.header);
  }

  /** Whether the file contains everything that its head says. */
  end(): ChainFault | null {
    return this.header ? this.chain.end(this.header.head) : { sequence: null, problem: 'The file is empty.' };
  }
}
