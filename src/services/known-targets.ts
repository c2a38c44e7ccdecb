/**
 * Caches where people have written before. A mutation must know its stream before it can lock it, and what its input names never moves to
 * another stream, so a person who found it once goes straight to the lock. Rights are read under the lock in any case. The cache is per
 * person: somebody who has never seen a thing is told that it does not exist, without waiting for its writers.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/connection/database';
import type { VersionIdentity } from '../database/versions/facts';

export interface KnownTarget {
  readonly streamId: string;
  /** Set if a version was named. */
  readonly version?: VersionIdentity;
}

const MAX_KNOWN = 10_000;

const byPool = new WeakMap<Database['pool'], LRUCache<string, KnownTarget>>();

/** The places that a person has found in a database, by what named them. */
export function knownTargets({ pool }: Database, userId: number) {
  let places = byPool.get(pool);
  if (!places) byPool.set(pool, (places = new LRUCache<string, KnownTarget>({ max: MAX_KNOWN })));
  const known = places;
  return {
    get: (name: string) => known.get(`${userId} ${name}`),
    keep: (name: string, { streamId, version }: KnownTarget) =>
      void known.set(`${userId} ${name}`, { streamId, ...(version && { version: identityOf(version) }) }),
  };
}

const identityOf = ({ versionId, streamId, phase, masterRecordId }: VersionIdentity): VersionIdentity => ({
  versionId,
  streamId,
  phase,
  masterRecordId,
});
