/**
 * Notes signed with Ed25519 in the form of C2SP signed-note, and the head of a log as C2SP tlog-checkpoint: what tools for
 * transparency logs read, compare and countersign.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

const ED25519 = Buffer.from([1]);
const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The public half of a key; a public key is its own. */
export const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** The 32 bytes of an Ed25519 key; its SPKI form is a fixed prefix and these. */
const rawKey = (key: KeyObject): Buffer => publicHalf(key).export({ type: 'spki', format: 'der' }).subarray(-32);

const keyId = (name: string, key: KeyObject): Buffer => sha256(name, '\n', ED25519, rawKey(key)).subarray(0, 4);

/**
 * What others check a signer's notes with: `name+id+key`, as Go's note package prints it.
 * @param key the public key, or the private one it belongs to
 */
export const verifierKey = (name: string, key: KeyObject): string =>
  `${name}+${keyId(name, key).toString('hex')}+${Buffer.concat([ED25519, rawKey(key)]).toString('base64')}`;

/**
 * Signs a text.
 * @param text ends with a newline
 * @param name of the signer: no spaces and no plus sign
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  if (!text.endsWith('\n')) throw new TypeError('The text of a note ends with a newline.');
  if (!/^[^\s+]+$/u.test(name)) throw new TypeError('The name of a signer has neither spaces nor plus signs.');
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
  return `${text}\n— ${name} ${Buffer.concat([keyId(name, privateKey), signature]).toString('base64')}\n`;
}

/**
 * The text of a note that this signer signed; null if it is none, or theirs is not among its signatures. Signatures of
 * others, such as witnesses, are allowed and not looked at.
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
      // Base64 can write the same bytes in several ways; one is right.
      if (signer !== name || bytes.toString('base64') !== encoded || !bytes.subarray(0, 4).equals(id)) return false;
      return verify(null, Buffer.from(text, 'utf8'), publicHalf(key), bytes.subarray(4));
    });
  return isTheirs ? text : null;
}

/** The head of a log: how many entries it has, and the root of the tree over them. */
export interface TreeHead {
  /** Names the log, and no other. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A head as the text of a note. */
export const checkpointText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** The head that a note's text states; null if it states none. Lines that follow are extensions, and not looked at. */
export function parseCheckpoint(text: string): TreeHead | null {
  const [, origin, size, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n/.exec(text) ?? [];
  if (origin === undefined) return null;
  return { origin, size: Number(size), root: Buffer.from(encoded!, 'base64') };
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** The Merkle tree over a log's entries (RFC 6962, section 2.1), which grows as the log does. */
export class MerkleTree {
  #size = 0;
  /** Complete subtrees from left to right, each larger than the next, as in a binary counter. */
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
