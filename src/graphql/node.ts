/** Global identification: one opaque id for every object that can be asked for again (Relay's Node). */
import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', { description: 'An object that can be fetched again by its id.' })
export abstract class Node {
  @Field(() => ID, { description: 'An opaque id, unique among all objects of the API; `node(id:)` takes it.' })
  id!: string;
}

export const globalId = (typeName: string, key: string | number): string =>
  Buffer.from(`${typeName}:${key}`).toString('base64url');

/** The parts of a global id; null for anything that is none. */
export function fromGlobalId(id: string): { typeName: string; key: string } | null {
  const match = /^([A-Za-z]+):([0-9a-zA-Z-]+)$/.exec(Buffer.from(id, 'base64url').toString('utf8'));
  return match ? { typeName: match[1]!, key: match[2]! } : null;
}
