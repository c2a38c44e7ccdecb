/**
 * Holding a chain of commits against itself: numbers, links, stamps, recomputed hashes, and row images that follow from each
 * other. Pure: the commits may come from a database or from a file.
 */
import { createHash } from 'node:crypto';
import { commitHash, type LoggedCommit, type LoggedRow } from './chain';

/** A row with its place in the commit, which the hash covers only as an order. */
export interface ReadRow extends LoggedRow {
  readonly ordinal: number;
}

/** A commit with the versions it says it touched, which its hash does not cover. */
export interface ReadCommit extends LoggedCommit {
  readonly versionIds: readonly string[];
  readonly rows: readonly ReadRow[];
}

/** The first thing that is wrong. */
export interface ChainFault {
  /** The commit that is bad or missing; null where no commit is, but a live row. */
  readonly sequence: number | null;
  readonly problem: string;
}

/** What the stream's head says. */
export interface ChainHead {
  readonly sequence: number;
  readonly committedAt: string | null;
  readonly hash: string | null;
}

/** The last that a log says of a row. */
export interface LastImage {
  readonly sequence: number;
  /** The digest of the image, null where the row was deleted. */
  readonly digest: string | null;
}

/**
 * A row image without its null columns: a column that was added later is absent in older images, which means null. Works on
 * the text itself, because a program that parses JSON and prints it again may change numbers.
 */
export function withoutNulls(image: string): string {
  if (!image.includes(': null')) return image;
  const kept: string[] = [];
  let depth = 0;
  let inString = false;
  let start = 1;
  let value = 0;
  const member = (end: number) => {
    const text = image.slice(start, end).trim();
    if (text && image.slice(value, end) !== ' null') kept.push(text);
    start = end + 1;
  };
  for (let i = 0; i < image.length; i++) {
    const character = image[i]!;
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) member(i);
    } else if (character === ':' && depth === 1) value = i + 1;
    else if (character === ',' && depth === 1) member(i);
  }
  return `{${kept.join(', ')}}`;
}

export const imageDigest = (image: string): string =>
  createHash('sha256').update(withoutNulls(image), 'utf8').digest('base64url');

export const rowKey = ({ tableName, rowId }: Pick<LoggedRow, 'tableName' | 'rowId'>): string => `${tableName} ${rowId}`;

/** The end of a chain, and what it left behind. */
export interface ChainEnd extends ChainHead {
  readonly images: ReadonlyMap<string, LastImage>;
}

/** Takes the commits of one stream in order, and remembers what they leave behind. */
export class ChainVerifier {
  sequence = 0;
  hash: string | null = null;
  committedAt: string | null = null;
  readonly images: Map<string, LastImage>;

  /** @param left what a chain that was found right left behind, to go on from there */
  constructor(left?: ChainEnd) {
    this.images = new Map(left?.images);
    if (left) [this.sequence, this.hash, this.committedAt] = [left.sequence, left.hash, left.committedAt];
  }

  /** The first fault that this commit shows; null if it follows from the ones before. */
  add(commit: ReadCommit): ChainFault | null {
    const expected = this.sequence + 1;
    const fault = (problem: string): ChainFault => ({ sequence: commit.sequence, problem });
    if (commit.sequence < 1) return fault(`There is a commit ${commit.sequence}; the first is 1.`);
    if (commit.sequence !== expected)
      return { sequence: Math.min(expected, commit.sequence), problem: `Commit ${expected} is missing.` };
    if (commit.previousHash !== this.hash) return fault(`Commit ${expected} does not link to the one before it.`);
    if (commitHash(commit) !== commit.hash)
      return fault(`Commit ${expected} does not have the content it was sealed with.`);
    if (this.committedAt !== null && commit.committedAt <= this.committedAt)
      return fault(`Commit ${expected} is not later than the one before it.`);
    if (commit.rows.length === 0) return fault(`Commit ${expected} is empty.`);
    const versions = new Set(commit.rows.flatMap(({ versionId }) => versionId ?? []));
    if (JSON.stringify([...versions].sort()) !== JSON.stringify(commit.versionIds))
      return fault(`Commit ${expected} names other versions than its rows do.`);
    if (commit.rows.some(({ ordinal }, index) => ordinal !== index + 1))
      return fault(`Commit ${expected}: its rows are not numbered from 1 on.`);
    for (const row of commit.rows) {
      const wrong = this.#follow(row, commit.sequence);
      if (wrong) return fault(`Commit ${expected}: ${wrong}`);
    }
    this.sequence = expected;
    this.hash = commit.hash;
    this.committedAt = commit.committedAt;
    return null;
  }

  /** What is wrong with the row as the next of its images. */
  #follow(row: LoggedRow, sequence: number): string | null {
    const key = rowKey(row);
    if ((row.before === null) !== (row.operation === 'INSERT') || (row.after === null) !== (row.operation === 'DELETE'))
      return `${row.operation} of ${key} has the images of another operation.`;
    const last = this.images.get(key)?.digest ?? null;
    const before = row.before === null ? null : imageDigest(row.before);
    if (before !== last) return `${key} was something else before.`;
    this.images.set(key, { sequence, digest: row.after === null ? null : imageDigest(row.after) });
    return null;
  }

  /** Whether the chain ends where its head says. */
  end(head: ChainHead): ChainFault | null {
    if (head.sequence > this.sequence)
      return {
        sequence: this.sequence + 1,
        problem: `The chain ends at commit ${this.sequence}; its head says ${head.sequence}.`,
      };
    if (head.sequence < this.sequence || head.hash !== this.hash || head.committedAt !== this.committedAt)
      return {
        sequence: Math.max(1, Math.min(head.sequence + 1, this.sequence)),
        problem: `The head of the chain does not know commit ${this.sequence} as its last.`,
      };
    return null;
  }
}
