/** Global ids: opaque to clients, a type's name and a key to us. */

export const globalId = (typeName: string, key: string | number): string =>
  Buffer.from(`${typeName}:${key}`).toString('base64url');

/** The parts of a global id; null for anything that is none. */
export function fromGlobalId(id: string): { typeName: string; key: string } | null {
  const match = /^([A-Za-z]+):([0-9a-zA-Z_-]+)$/.exec(Buffer.from(id, 'base64url').toString('utf8'));
  return match ? { typeName: match[1]!, key: match[2]! } : null;
}
