/** Global ids: opaque to clients; internally a type name, a key and, for objects of the past, the instant. */
import { DateTimeScalar } from './scalars';

export interface GlobalId {
  readonly typeName: string;
  readonly key: string;
  /** The instant; null for the present. */
  readonly at: Date | null;
}

export const globalId = (typeName: string, key: string | number, at: Date | null = null): string =>
  Buffer.from(`${typeName}:${key}${at ? `@${at.toISOString()}` : ''}`).toString('base64url');

function instantFrom(text: string): Date | null {
  try {
    return DateTimeScalar.parseValue(text);
  } catch {
    return null;
  }
}

/** The parts of a global id; null for anything else. Only the canonical encoding of an id is accepted. */
export function fromGlobalId(id: string): GlobalId | null {
  const match = /^([A-Za-z]+):([0-9a-zA-Z_-]+)(?:@(.+))?$/.exec(Buffer.from(id, 'base64url').toString('utf8'));
  if (!match) return null;
  const parts = { typeName: match[1]!, key: match[2]!, at: match[3] === undefined ? null : instantFrom(match[3]) };
  return globalId(parts.typeName, parts.key, parts.at) === id ? parts : null;
}
