/**
 * The rows of a JSON file, each as the text it is there: a file of any size is read in constant memory, and numbers keep every
 * digit. Three forms are read: a list of rows, the old system's own export (one object that has the list as its `data`), and
 * one row after the other, as in NDJSON.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Tokenizer, TokenType } from '@streamparser/json';

/** No row is that large; a file that is damaged must not be held as one. */
const LARGEST_ROW = 32 * 2 ** 20;

/** Something cannot be read any further; the message says why, as the end of a sentence that begins with its name. */
export class Unreadable extends Error {}

/** What an export says of itself, as far as it has been read. */
export interface Envelope {
  table?: string;
  rowCount?: number;
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const startsWith = (bytes: Buffer, ...mark: readonly number[]) => mark.every((byte, i) => bytes[i] === byte);

/** Which encoding a file is in: its byte order mark says so, or where the zeros of its first letters are. */
function encodingOf(bytes: Buffer): string {
  if (startsWith(bytes, 0xff, 0xfe) || (bytes.length > 1 && bytes[0] !== 0 && bytes[1] === 0)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff) || (bytes.length > 1 && bytes[0] === 0 && bytes[1] !== 0)) return 'utf-16be';
  return 'utf-8';
}

/** The text of a file, without its byte order mark. No text in PostgreSQL holds U+0000; in JSON it is an error anyway. */
export async function* textOf(file: string): AsyncGenerator<string> {
  try {
    const handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
    const decoder = new TextDecoder(encodingOf(buffer.subarray(0, bytesRead)));
    for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>)
      yield decoder.decode(bytes, { stream: true }).replaceAll('\0', '\uFFFD');
    yield decoder.decode().replaceAll('\0', '\uFFFD');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new Unreadable(`cannot be read (${code})`);
  }
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Token = Parameters<Tokenizer['onToken']>[0];

const opening: ReadonlySet<TokenType> = new Set([TokenType.LEFT_BRACE, TokenType.LEFT_BRACKET]);
const openerOf: ReadonlyMap<TokenType, TokenType> = new Map([
  [TokenType.RIGHT_BRACE, TokenType.LEFT_BRACE],
  [TokenType.RIGHT_BRACKET, TokenType.LEFT_BRACKET],
]);

/** Follows the brackets of a text and cuts it where rows begin and end. Whether a row is well formed is for its reader to say. */
class Cutter {
  /** Rows that are complete and were not taken yet. */
  readonly rows: string[] = [];
  /** Where the row that is being read begins, in bytes; null between rows. */
  start: number | null = null;
  readonly #open: TokenType[] = [];
  /**
   * How deep the rows stand: 0 one after the other, 1 in a list, 2 in the list of an export; infinitely deep when that list has
   * ended, and null as long as nobody can know.
   */
  #level: number | null = null;
  #isOver = false;
  /** The member of the outermost object that is being read; null where its name is expected. */
  #member: string | null = null;

  constructor(
    private readonly envelope: Envelope,
    private readonly textBetween: (start: number, end: number) => string,
  ) {}

  take(token: Token): void {
    if (this.#isOver) throw new Unreadable('goes on after its end');
    const opener = openerOf.get(token.token);
    if (opener !== undefined && this.#open.pop() !== opener) throw new Unreadable('closes what it did not open');
    const depth = this.#open.length;
    if (opening.has(token.token)) this.#open.push(token.token);
    if (this.#level === null) this.#takeFirst(token, depth);
    else if (this.#level === 0) this.#takeLine(token, depth, opener !== undefined);
    else this.#takeInList(token, depth, this.#level);
  }

  end(): void {
    if (this.#level === null && this.start === null) throw new Unreadable('is empty');
    if (this.#open.length > 0) throw new Unreadable('breaks off');
  }

  /** The first value is a list, an export, or the first of several rows. */
  #takeFirst(token: Token, depth: number): void {
    const { token: type, offset } = token;
    if (depth === 1) this.#takeMember(token);
    if (depth > 0) return;
    if (type === TokenType.LEFT_BRACKET) this.#level = 1;
    else if (type === TokenType.LEFT_BRACE) this.start = offset;
    else if (type !== TokenType.RIGHT_BRACE) throw new Unreadable('is no list of rows');
    else if (this.envelope.rowCount !== undefined) throw new Unreadable('counts rows and has no list of them');
    else {
      this.#level = 0;
      this.#cut(offset + 1);
    }
  }

  #takeLine({ token: type, offset }: Token, depth: number, isEnd: boolean): void {
    if (depth > 0) return;
    if (isEnd) this.#cut(offset + 1);
    else if (type === TokenType.LEFT_BRACE) this.start = offset;
    else throw new Unreadable('has something between its rows');
  }

  /** A row in a list ends where its comma stands, or the bracket of the list. */
  #takeInList(token: Token, depth: number, level: number): void {
    const { token: type, offset } = token;
    if (depth > level) return;
    if (depth === level) {
      if (type !== TokenType.COMMA) this.start ??= offset;
      else if (this.start !== null) this.#cut(offset);
      else throw new Unreadable('has a comma where a row is expected');
      return;
    }
    if (this.start !== null) this.#cut(offset);
    if (level === 2) this.#level = Infinity;
    else if (depth === 1) this.#takeMember(token);
    if (depth === 0) this.#isOver = true;
  }

  /** Inside the outermost object: an export says there what it is. */
  #takeMember({ token: type, value }: Token): void {
    if (type === TokenType.COMMA) this.#member = null;
    else if (this.#member === null) this.#member = typeof value === 'string' ? value : '';
    else if (this.#member === 'data' && type === TokenType.LEFT_BRACKET && this.#level === null) {
      this.#level = 2;
      this.start = null;
    } else if (this.#member === 'row_count' && /^\d+$/.test(String(value))) this.envelope.rowCount = Number(value);
    else if (/^table(_name)?$/.test(this.#member) && type === TokenType.STRING) this.envelope.table = value as string;
  }

  #cut(end: number): void {
    this.rows.push(this.textBetween(this.start!, end).trim());
    this.start = null;
  }
}

/**
 * Splits a text into its rows. Throws {@link Unreadable} where it cannot be read any further, after the rows before.
 * @param envelope is filled with what an export says of itself
 */
export async function* rowsOfJson(chunks: AsyncIterable<string>, envelope: Envelope = {}): AsyncGenerator<string> {
  let kept: Buffer = Buffer.alloc(0);
  let keptFrom = 0;
  const cutter = new Cutter(envelope, (start, end) => kept.toString('utf8', start - keptFrom, end - keptFrom));
  const tokenizer = new Tokenizer();
  let problem: Unreadable | undefined;
  let count = 0;
  tokenizer.onToken = (token) => cutter.take(token);
  tokenizer.onEnd = () => cutter.end();
  tokenizer.onError = (error) => void (problem ??= error instanceof Unreadable ? error : new Unreadable('is no JSON'));
  const taken = () => {
    const rows = cutter.rows.splice(0);
    count += rows.length;
    return rows;
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    kept = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
    tokenizer.write(bytes);
    yield* taken();
    const from = cutter.start ?? keptFrom + kept.length;
    kept = kept.subarray(from - keptFrom);
    keptFrom = from;
    if (kept.length > LARGEST_ROW) problem ??= new Unreadable('has a row of more than 32 MiB');
    if (problem) break;
  }
  if (!problem) {
    tokenizer.onError = () => void (problem = new Unreadable('breaks off'));
    try {
      tokenizer.end();
    } catch (error) {
      problem = error as Unreadable;
    }
    yield* taken();
  }
  if (problem)
    throw new Unreadable(`${problem.message}${count === 0 ? '' : ` after ${count === 1 ? '1 row' : `${count} rows`}`}`);
}
