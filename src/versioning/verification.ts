/**
 * Verifies a chain of commits in itself: sequences, links, stamps, recomputed hashes, and row images that follow from each other. Pure: the
 * commits may come from a database or a file.
 */
import { createHash } from 'node:crypto';
import { commitHash, type LoggedCommit, type LoggedRow } from './chain';

/** A row with its ordinal in the commit, of which the hash covers only the order. */
export interface ReadRow extends LoggedRow {
  readonly ordinal: number;
  /** The digest that replaces an archived image in the log. The image is set as well if its file is available. */
  readonly beforeDigest?: string | null;
  readonly afterDigest?: string | null;
}

const isAway = (image: string | null, digest: string | null | undefined): boolean => image === null && digest != null;

/** Whether images of a commit are archived and unavailable. */
export const isArchived = ({ rows }: Pick<ReadCommit, 'rows'>): boolean =>
  rows.some((row) => isAway(row.before, row.beforeDigest) || isAway(row.after, row.afterDigest));

/** A commit with its list of touched versions, which the hash does not cover. */
export interface ReadCommit extends LoggedCommit {
  readonly versionIds: readonly string[];
  readonly rows: readonly ReadRow[];
}

/** The first fault of a chain. */
export interface ChainFault {
  /** The faulty or missing commit; null if the fault is in a live row rather than a commit. */
  readonly sequence: number | null;
  readonly problem: string;
}

/** The content of a stream's head. */
export interface ChainHead {
  readonly sequence: number;
  readonly committedAt: string | null;
  readonly hash: string | null;
}

/** The last image of a row in a log. */
export interface LastImage {
  readonly sequence: number;
  /** The digest of the image; null if the row was deleted. */
  readonly digest: string | null;
}

/**
 * A row image without null columns: older images lack columns that were added later, which means null. It works on the text itself, because
 * parsing and printing JSON may change numbers.
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

/** The digest of an image. Undefined if the image is not the one that was archived. */
function digestOf(image: string | null, archived: string | null | undefined): string | null | undefined {
  if (image === null) return archived ?? null;
  const digest = imageDigest(image);
  return archived == null || archived === digest ? digest : undefined;
}

export const rowKey = ({ tableName, rowId }: Pick<LoggedRow, 'tableName' | 'rowId'>): string => `${tableName} ${rowId}`;

/** The end of a chain, and the last images of its rows. */
export interface ChainEnd extends ChainHead {
  readonly images: ReadonlyMap<string, LastImage>;
  /** The last commit whose hash could not be recomputed, because its images are archived and unavailable; 0 if there is none. */
  readonly archived: number;
}

/** Takes the commits of one stream in order, and keeps the last image of each row. */
export class ChainVerifier {
  sequence = 0;
  archived = 0;
  hash: string | null = null;
  committedAt: string | null = null;
  readonly images: Map<string, LastImage>;

  /** @param left the end of a verified chain, to continue from there */
  constructor(left?: ChainEnd) {
    this.images = new Map(left?.images);
    if (left)
      [this.sequence, this.hash, this.committedAt, this.archived] = [
        left.sequence,
        left.hash,
        left.committedAt,
        left.archived,
      ];
  }

  /** The first fault of this commit; null if it follows from the ones before. */
  add(commit: ReadCommit): ChainFault | null {
    const expected = this.sequence + 1;
    const fault = (problem: string): ChainFault => ({ sequence: commit.sequence, problem });
    if (commit.sequence < 1) return fault(`There is a commit ${commit.sequence}; the first is 1.`);
    if (commit.sequence !== expected)
      return { sequence: Math.min(expected, commit.sequence), problem: `Commit ${expected} is missing.` };
    if (commit.previousHash !== this.hash) return fault(`Commit ${expected} does not link to the one before it.`);
    if (isArchived(commit)) this.archived = expected;
    else if (commitHash(commit) !== commit.hash)
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

  /** Why the row cannot be the next of its images; null if it can. */
  #follow(row: ReadRow, sequence: number): string | null {
    const key = rowKey(row);
    const before = digestOf(row.before, row.beforeDigest);
    const after = digestOf(row.after, row.afterDigest);
    if (before === undefined || after === undefined) return `${key} is not what was archived.`;
    if ((before === null) !== (row.operation === 'INSERT') || (after === null) !== (row.operation === 'DELETE'))
      return `${row.operation} of ${key} has the images of another operation.`;
    const last = this.images.get(key)?.digest ?? null;
    if (before !== last) return `${key} was something else before.`;
    this.images.set(key, { sequence, digest: after });
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
