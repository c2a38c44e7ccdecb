/**
 * Where people have written before. A mutation has to know which stream it writes to before it can lock that, and what its input names
 * never is in another one; so whoever has found it once goes to the lock at once. What they may do and see is read there in any case.
 * It is kept by person: whoever has never seen a thing is told that it is not there without waiting for whoever writes to it.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/database';
import type { VersionIdentity } from '../database/facts';

export interface KnownPlace {
  readonly streamId: string;
  /** Where a version was named. */
  readonly version?: VersionIdentity;
}

const MAX_KNOWN = 10_000;

const byPool = new WeakMap<Database['pool'], LRUCache<string, KnownPlace>>();

/** The places that a person has found in a database, by what named them. */
export function knownPlaces({ pool }: Database, userId: number) {
  let places = byPool.get(pool);
  if (!places) byPool.set(pool, (places = new LRUCache<string, KnownPlace>({ max: MAX_KNOWN })));
  const known = places;
  return {
    get: (name: string) => known.get(`${userId} ${name}`),
    keep: (name: string, { streamId, version }: KnownPlace) =>
      void known.set(`${userId} ${name}`, { streamId, ...(version && { version: identityOf(version) }) }),
  };
}

const identityOf = ({ versionId, streamId, phase, masterRecordId }: VersionIdentity): VersionIdentity => ({
  versionId,
  streamId,
  phase,
  masterRecordId,
});
