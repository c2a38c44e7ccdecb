/**
 * What the verification of the server (src/versioning) takes of Node, for the browser: the build puts this in the place of node:crypto
 * and node:buffer. Web Crypto hashes asynchronously and only what it has whole; commits are hashed by the hundred thousand, piece by piece.
 */
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** The same as Node's, of texts. */
export function createHash(_algorithm: 'sha256') {
  const state = sha256.create();
  const hash = {
    update: (text: string) => {
      state.update(utf8ToBytes(text));
      return hash;
    },
    digest: (encoding: 'hex' | 'base64url') =>
      encoding === 'hex' ? bytesToHex(state.digest()) : base64url(state.digest()),
  };
  return hash;
}

export const Buffer = { byteLength: (text: string): number => utf8ToBytes(text).length };
