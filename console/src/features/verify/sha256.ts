/**
 * Replaces the parts of node:crypto and node:buffer that the server's verification uses (src/versioning); the build swaps them. Web Crypto
 * is asynchronous and cannot hash incrementally, which is too slow for hundreds of thousands of commits.
 */
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Compatible with Node's, for texts. */
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
