/** Global ids: opaque to clients; to us a type's name and a key and, for what is read in the past, the instant. */
import { DateTimeScalar } from './scalars';

export interface GlobalId {
  readonly typeName: string;
  readonly key: string;
  /** As of when; null for what is read in the present. */
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

/** The parts of a global id; null for anything that is none. What can be written in two ways is an id in one of them only. */
export function fromGlobalId(id: string): GlobalId | null {
  const match = /^([A-Za-z]+):([0-9a-zA-Z_-]+)(?:@(.+))?$/.exec(Buffer.from(id, 'base64url').toString('utf8'));
  if (!match) return null;
  const parts = { typeName: match[1]!, key: match[2]!, at: match[3] === undefined ? null : instantFrom(match[3]) };
  return globalId(parts.typeName, parts.key, parts.at) === id ? parts : null;
}
