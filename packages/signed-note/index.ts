/**
 * Notes signed with Ed25519 in the C2SP signed-note format, and the head of a log as C2SP tlog-checkpoint: the formats that transparency-
 * log tools read, compare and cosign.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

const ED25519 = Buffer.from([1]);
const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The public half of a key; a public key is returned as it is. */
export const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** The 32 raw bytes of an Ed25519 key; its SPKI encoding is a fixed prefix followed by them. */
const rawKey = (key: KeyObject): Buffer => publicHalf(key).export({ type: 'spki', format: 'der' }).subarray(-32);

const keyId = (name: string, key: KeyObject): Buffer => sha256(name, '\n', ED25519, rawKey(key)).subarray(0, 4);

/**
 * The verifier key of a signer: `name+id+key`, as printed by Go's note package.
 * @param key the public key or its private key
 */
export const verifierKey = (name: string, key: KeyObject): string =>
  `${name}+${keyId(name, key).toString('hex')}+${Buffer.concat([ED25519, rawKey(key)]).toString('base64')}`;

/**
 * Signs a text.
 * @param text must end with a newline
 * @param name the signer's name, without spaces and plus signs
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  if (!text.endsWith('\n')) throw new TypeError('The text of a note ends with a newline.');
  if (!/^[^\s+]+$/u.test(name)) throw new TypeError('The name of a signer has neither spaces nor plus signs.');
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
  return `${text}\n— ${name} ${Buffer.concat([keyId(name, privateKey), signature]).toString('base64')}\n`;
}

/**
 * Verifies a note; null if it is malformed or not signed by this signer. Other signatures, such as those of witnesses, are allowed and
 * ignored.
 */
export function openNote(note: string, name: string, key: KeyObject): string | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, end + 1);
  const id = keyId(name, key);
  const isTheirs = note
    .slice(end + 2, -1)
    .split('\n')
    .some((line) => {
      const [, signer, encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
      const bytes = Buffer.from(encoded, 'base64');
      // Base64 can encode the same bytes in several ways; only the canonical one is accepted.
      if (signer !== name || bytes.toString('base64') !== encoded || !bytes.subarray(0, 4).equals(id)) return false;
      return verify(null, Buffer.from(text, 'utf8'), publicHalf(key), bytes.subarray(4));
    });
  return isTheirs ? text : null;
}

/** The head of a log: its number of entries and its Merkle root. */
export interface TreeHead {
  /** The origin, which identifies the log. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** Writes a head as the text of a note. */
export const checkpointText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Parses the head in a note's text; null if there is none. Extension lines are ignored. */
export function parseCheckpoint(text: string): TreeHead | null {
  const [, origin, size, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n/.exec(text) ?? [];
  if (origin === undefined) return null;
  return { origin, size: Number(size), root: Buffer.from(encoded!, 'base64') };
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** The Merkle tree of a log (RFC 6962, section 2.1), built incrementally. */
export class MerkleTree {
  #size = 0;
  /** The roots of the complete subtrees from left to right, each larger than the next, as in a binary counter. */
  readonly #subtrees: { readonly hash: Buffer; readonly size: number }[] = [];

  get size(): number {
    return this.#size;
  }

  add(entries: readonly string[]): this {
    for (const entry of entries) {
      let subtree = { hash: sha256(LEAF, entry), size: 1 };
      while (this.#subtrees.at(-1)?.size === subtree.size)
        subtree = { hash: sha256(NODE, this.#subtrees.pop()!.hash, subtree.hash), size: subtree.size * 2 };
      this.#subtrees.push(subtree);
    }
    this.#size += entries.length;
    return this;
  }

  get root(): Buffer {
    const last = this.#subtrees.at(-1);
    if (!last) return sha256();
    return this.#subtrees.slice(0, -1).reduceRight((right, { hash }) => sha256(NODE, hash, right), last.hash);
  }
}
