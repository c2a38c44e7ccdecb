/**
 * Streams the rows of a JSON file, each as its original text: files of any size are read in constant memory, and numbers keep every digit.
 * Three forms are accepted: a list of rows, the old system's export (an object whose `data` is the list), and consecutive rows, as in
 * NDJSON.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Tokenizer, TokenType } from '@streamparser/json';

/** No real row is this large; a damaged file must not be buffered as one row. */
const LARGEST_ROW = 32 * 2 ** 20;

/** Reading cannot continue; the message is the end of a sentence that begins with the file's name. */
export class Unreadable extends Error {}

/** What an export says about itself, as far as it has been read. */
export interface Envelope {
  table?: string;
  rowCount?: number;
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const startsWith = (bytes: Buffer, ...mark: readonly number[]) => mark.every((byte, i) => bytes[i] === byte);

/** The encoding of a file, by its byte order mark or by the zero bytes among its first characters. */
function encodingOf(bytes: Buffer): string {
  if (startsWith(bytes, 0xff, 0xfe) || (bytes.length > 1 && bytes[0] !== 0 && bytes[1] === 0)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff) || (bytes.length > 1 && bytes[0] === 0 && bytes[1] !== 0)) return 'utf-16be';
  return 'utf-8';
}

/** The text of a file without its byte order mark. U+0000 is refused: PostgreSQL cannot store it, and in JSON it is an error anyway. */
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

/** Follows the brackets of a text and cuts it into rows. It does not check that rows are well-formed. */
class Cutter {
  /** Complete rows that have not been taken yet. */
  readonly rows: string[] = [];
  /** The byte offset at which the current row begins; null between rows. */
  start: number | null = null;
  readonly #open: TokenType[] = [];
  /**
   * The depth of the rows: 0 for consecutive rows, 1 in a list, 2 in an export's list; infinite after that list, and null until it is
   * known.
   */
  #level: number | null = null;
  #isOver = false;
  /** The member of the outermost object being read; null when its name is expected. */
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

  /** A row in a list ends at its comma, or at the list's closing bracket. */
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

  /** Inside the outermost object, where an export describes itself. */
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
 * Splits a text into rows. Throws {@link Unreadable} after the last readable row.
 * @param envelope receives what an export says about itself
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
