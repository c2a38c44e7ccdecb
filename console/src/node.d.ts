// What the verification takes of Node; the build gives it src/features/verify/sha256.ts instead.
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
