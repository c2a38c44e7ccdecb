/**
 * Checkpoints: the heads of all streams, signed and appended to a file outside the database. They expose a chain that was rewritten
 * consistently, or truncated. Each line contains the hash of the line before, so lines cannot be removed from the middle unnoticed; a
 * signed note of the end shows that none was removed there. The note has the form of a transparency log's checkpoint, so outside witnesses
 * can read, keep and countersign it.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import {
  checkpointText,
  MerkleTree,
  openNote,
  parseCheckpoint,
  publicHalf,
  signNote,
  verifierKey,
  type TreeHead,
} from '../../packages/signed-note';
import type { Db } from '../database/connection/database';
import { isoInstant } from '../database/log/log-reader';
import type { Env } from '../env';
import { CheckpointFault, ed25519Key, readIfPresent, replace, UnreadableCheckpoints } from './checkpoint-files';

export interface Checkpoint {
  readonly streamId: string;
  readonly sequence: number;
  /** The hash of the stream's last commit, in hex. */
  readonly hash: string;
  /** When it was recorded, by the database's clock. */
  readonly notedAt: string;
}

/** The recorded heads of a stream, by sequence: the hash of the commit, and when it was recorded. */
export type CheckpointHeads = ReadonlyMap<number, Pick<Checkpoint, 'hash' | 'notedAt'>>;

export type CheckpointHead = Pick<Checkpoint, 'streamId' | 'sequence' | 'hash'>;

interface Line extends Checkpoint {
  /** SHA-256 of the line before, in hex; null for the first. */
  readonly previous: string | null;
  /** Ed25519 over the line without this field, in base64. */
  readonly signature: string;
}

interface Content {
  readonly lines: readonly { readonly text: string; readonly checkpoint: Line }[];
  /** The Merkle tree over the texts of the lines. */
  readonly tree: MerkleTree;
  /** The length of the complete lines in bytes; anything after that is an unfinished line left by a crash. */
  readonly bytes: number;
  readonly publicKey: KeyObject | null;
}

/** A summary of a checkpoint folder. */
export interface CheckpointSummary {
  readonly count: number;
  readonly lastNotedAt: string | null;
  /** SHA-256 of the public key in hex, which auditors write down and compare. */
  readonly fingerprint: string | null;
}

const lineBytes = ({ streamId, sequence, hash, notedAt, previous }: Omit<Line, 'signature'>): Buffer =>
  Buffer.from(JSON.stringify(['phaseledger-checkpoint-1', streamId, sequence, hash, notedAt, previous]), 'utf8');
const textOf = ({ streamId, sequence, hash, notedAt, previous, signature }: Line): string =>
  JSON.stringify({ streamId, sequence, hash, notedAt, previous, signature });
const lineHash = (line: string): string => createHash('sha256').update(line, 'utf8').digest('hex');
const signature = (bytes: Buffer, key: KeyObject): string => sign(null, bytes, key).toString('base64');
/** Also requires the canonical base64 form, since base64 can encode the same bytes in several ways. */
const isSigned = (bytes: Buffer, by: string, key: KeyObject): boolean => {
  const decoded = Buffer.from(String(by), 'base64');
  return decoded.toString('base64') === by && verify(null, bytes, key, decoded);
};

/** SHA-256 of a public key, in hex. */
const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');
/** The origin of these checkpoints, in the sense of transparency logs, and the name of their key: a new key starts a new log. */
const originOf = (key: KeyObject): string => `phaseledger/checkpoints/${fingerprintOf(key).slice(0, 16)}`;

export const checkpointFolder = ({ checkpointDir, dataDir }: Env): string =>
  checkpointDir ?? path.join(dataDir, 'checkpoints');

/** Runs each read of heads in one transaction. */
interface Transactions {
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
}

/** The checkpoint file of a folder, with the key that signs it. A folder belongs to one database. */
export class Checkpoints {
  readonly file: string;
  readonly #endFile: string;
  readonly #keyFile: string;
  readonly #publicKeyFile: string;
  readonly #verifierKeyFile: string;
  /**
   * The recorded heads that this process knows, and the number of lines it has seen, so that an emptied folder is not taken for a new one.
   */
  readonly #noted = new Map<string, CheckpointHead>();
  #seen = 0;

  constructor(readonly folder: string) {
    this.file = path.join(folder, 'checkpoints.jsonl');
    this.#endFile = path.join(folder, 'end.note');
    this.#keyFile = path.join(folder, 'signing-key.pem');
    this.#publicKeyFile = path.join(folder, 'public-key.pem');
    this.#verifierKeyFile = path.join(folder, 'verifier-key.txt');
  }

  /**
   * Records every stream whose head has moved since it was last recorded; returns how many. Servers that share a database may share the
   * folder: an advisory lock lets one of them write at a time.
   * @throws CheckpointFault if the checkpoints are faulty already; nothing is added then
   */
  note(db: Transactions): Promise<number> {
    return db.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('phaseledger: checkpoints'))`);
      const heads = await tx.query<Checkpoint>(
        `select stream_id, sequence, encode(hash, 'hex') as hash,
           ${isoInstant('clock_timestamp()')} as noted_at
         from log.stream where sequence > 0 order by stream_id`,
      );
      const moved = heads.filter(({ streamId, sequence }) => (this.#noted.get(streamId)?.sequence ?? 0) < sequence);
      return moved.length === 0 ? 0 : this.#append(moved);
    });
  }

  /** From here on everything is synchronous: the folder is read and written in one go while the lock is held. */
  #append(heads: readonly Checkpoint[]): number {
    const { lines, tree, bytes } = this.#content();
    const key = this.#signingKey();
    this.#remember(lines.map(({ checkpoint }) => checkpoint));
    let previous = lines.length > 0 ? lineHash(lines.at(-1)!.text) : null;
    const moved = heads.filter(({ streamId, sequence }) => (this.#noted.get(streamId)?.sequence ?? 0) < sequence);
    const added = moved.map(({ streamId, sequence, hash, notedAt }) => {
      const unsigned = { streamId, sequence, hash, notedAt, previous };
      const text = textOf({ ...unsigned, signature: signature(lineBytes(unsigned), key) });
      previous = lineHash(text);
      return text;
    });
    if (existsSync(this.file)) truncateSync(this.file, bytes);
    if (added.length > 0)
      appendFileSync(this.file, added.map((text) => `${text}\n`).join(''), { mode: 0o600, flush: true });
    this.#writeEnd(tree.add(added), key);
    this.#remember(moved);
    this.#seen = tree.size;
    return moved.length;
  }

  #remember(noted: readonly Checkpoint[]): void {
    for (const { streamId, sequence, hash } of noted) this.#noted.set(streamId, { streamId, sequence, hash });
  }

  /**
   * The last recorded head of each stream, as far as this process has seen the file, which it reads at most once.
   * @throws CheckpointFault as `read` does
   */
  heads(): readonly CheckpointHead[] {
    if (this.#noted.size === 0) this.#remember(this.#content().lines.map(({ checkpoint }) => checkpoint));
    return [...this.#noted.values()];
  }

  /**
   * Records now, at intervals, and at the end.
   * @returns a function that stops it
   */
  async writeRegularly(db: Transactions, seconds: number, logger: Logger): Promise<() => Promise<void>> {
    const failed = (error: unknown) => logger.error({ err: error }, 'no checkpoint could be written');
    // A folder that cannot be written fails the start with an error; later on, each failure is logged. Checkpoints that were tampered with
    // are evidence: they stay as they are, every verification reports them, and the service goes on.
    await this.note(db).catch((error: unknown) => {
      if (!(error instanceof CheckpointFault) || error instanceof UnreadableCheckpoints) throw error;
      failed(error);
    });
    const note = () => this.note(db).then(() => undefined, failed);
    const timer = setInterval(() => void note(), seconds * 1000);
    return () => {
      clearInterval(timer);
      return note();
    };
  }

  /**
   * The recorded heads by stream; checks every signature and link.
   * @throws CheckpointFault if a line was changed, added or removed
   */
  read(): Map<string, CheckpointHeads> {
    const byStream = new Map<string, Map<number, Pick<Checkpoint, 'hash' | 'notedAt'>>>();
    for (const { checkpoint } of this.#content().lines) {
      const { streamId, sequence, hash, notedAt } = checkpoint;
      const heads = byStream.get(streamId) ?? new Map<number, Pick<Checkpoint, 'hash' | 'notedAt'>>();
      // The first record of a sequence counts: a later line cannot excuse a rewritten chain.
      byStream.set(streamId, heads.has(sequence) ? heads : heads.set(sequence, { hash, notedAt }));
    }
    return byStream;
  }

  /** @throws CheckpointFault as `read` does */
  summary(): CheckpointSummary {
    const { lines, publicKey } = this.#content();
    return {
      count: lines.length,
      lastNotedAt: lines.at(-1)?.checkpoint.notedAt ?? null,
      fingerprint: publicKey && fingerprintOf(publicKey),
    };
  }

  #content(): Content {
    // The end is read first: lines added meanwhile exceed it, which is allowed.
    const endText = readIfPresent(this.#endFile, 'The end of the checkpoints');
    const keyText = readIfPresent(this.#publicKeyFile, 'The public key of the checkpoints');
    const file = readIfPresent(this.file, 'The file of the checkpoints');
    // The first start may have been interrupted at any step; without lines there is nothing to prove.
    if (!file && endText === null && this.#seen === 0)
      return { lines: [], tree: new MerkleTree(), bytes: 0, publicKey: null };
    const publicKey = ed25519Key(
      () => createPublicKey(keyText ?? ''),
      'The public key of the checkpoints is not valid.',
    );
    const end = headIn(endText, publicKey);

    const texts = (file ?? '').split('\n');
    const unfinished = texts.pop()!;
    // Through the hash links, a signature covers all lines before it. Each line's own signature is checked only to find a faulty one.
    const lines = readLines(texts, publicKey, false) ?? readLines(texts, publicKey, true)!;
    const expected = Math.max(end.size, this.#seen);
    if (lines.length < expected)
      throw new CheckpointFault(
        `The last of the checkpoints are gone: there are ${lines.length} lines, there were ${expected}.`,
      );
    const tree = new MerkleTree().add(texts.slice(0, end.size));
    if (!tree.root.equals(end.root))
      throw new CheckpointFault('The end of the checkpoints is not the one of these lines.');
    tree.add(texts.slice(end.size));
    this.#seen = lines.length;
    const bytes = Buffer.byteLength(file ?? '', 'utf8') - Buffer.byteLength(unfinished, 'utf8');
    return { lines, tree, bytes, publicKey };
  }

  #signingKey(): KeyObject {
    if (existsSync(this.#keyFile)) {
      const keyText = readFileSync(this.#keyFile);
      const key = ed25519Key(() => createPrivateKey(keyText), 'The key that signs the checkpoints is not valid.');
      const publicKey = readIfPresent(this.#publicKeyFile, 'The public key of the checkpoints');
      if (publicKey === null && !existsSync(this.file)) this.#writePublicKey(key);
      else if (publicKey !== publicText(key))
        throw new CheckpointFault('The public key of the checkpoints is not that of the key that signs them.');
      if (!existsSync(this.#endFile) && !existsSync(this.file)) this.#writeEnd(new MerkleTree(), key);
      return key;
    }
    if ([this.file, this.#endFile, this.#publicKeyFile].some(existsSync))
      throw new CheckpointFault(
        'The key that signs the checkpoints is gone; a new one would make the old ones worthless.',
      );
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    replace(this.#keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    this.#writePublicKey(privateKey);
    this.#writeEnd(new MerkleTree(), privateKey);
    return privateKey;
  }

  #writePublicKey(key: KeyObject): void {
    replace(this.#verifierKeyFile, `${verifierKey(originOf(key), key)}\n`, 0o644);
    replace(this.#publicKeyFile, publicText(key), 0o644);
  }

  /** Writes how far the file goes. It is written after the lines, so there may be more lines than it says, but never fewer. */
  #writeEnd({ size, root }: MerkleTree, key: KeyObject): void {
    const origin = originOf(key);
    const text = checkpointText({ origin, size, root });
    replace(this.#endFile, signNote(text, origin, key), 0o600);
  }
}

const publicText = (key: KeyObject): string => publicHalf(key).export({ type: 'spki', format: 'pem' }) as string;

/** The signed end. Signatures that witnesses added to the note are theirs to check. */
function headIn(note: string | null, key: KeyObject): TreeHead {
  const origin = originOf(key);
  const text = openNote(note ?? '', origin, key);
  const head = parseCheckpoint(text ?? '');
  if (!head || head.origin !== origin)
    throw new CheckpointFault('The end of the checkpoints is not one that was signed there.');
  return head;
}

/**
 * Parses the lines if each links to the one before and the last is signed. Otherwise null, or, if each line is to be checked, an error for
 * the faulty one.
 */
function readLines(texts: readonly string[], key: KeyObject, each: boolean): Content['lines'] | null {
  let previous: string | null = null;
  const lines: Content['lines'][number][] = [];
  for (const [index, text] of texts.entries()) {
    let checkpoint: Line | null = null;
    try {
      checkpoint = JSON.parse(text) as Line | null;
    } catch {
      // reported below, like any other invalid line
    }
    const isLast = index === texts.length - 1;
    if (
      !checkpoint ||
      text !== textOf(checkpoint) ||
      checkpoint.previous !== previous ||
      ((each || isLast) && !isSigned(lineBytes(checkpoint), checkpoint.signature, key))
    ) {
      if (!each) return null;
      throw new CheckpointFault(`Line ${index + 1} of the checkpoints is not one that was signed there.`);
    }
    previous = lineHash(text);
    lines.push({ text, checkpoint });
  }
  return lines;
}
