// The parts of Node's types that the verification uses; the build substitutes src/features/verify/sha256.ts.
declare module 'node:crypto' {
  interface Hash {
    update(text: string, encoding?: 'utf8'): Hash;
    digest(encoding: 'hex' | 'base64url'): string;
  }
  export function createHash(algorithm: 'sha256'): Hash;
}
declare module 'node:buffer' {
  export const Buffer: { byteLength(text: string, encoding?: 'utf8'): number };
}
