/**
 * Content and its hash. The hash is over canonical JSON (RFC 8785), so that anybody can recompute it from what the API
 * returns, without our database or our code:
 *
 *   item hash    = SHA-256 of {…the item's content fields…}
 *   content hash = SHA-256 of { "content": {…the version's content fields…}, "items": { itemKey: item hash, … } }
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sameJson } from './diff';
import { contentFields, type FieldTable } from './fields';
import type { Json, JsonObject } from './model';

const sha256 = (text: string): string => hash('sha256', text, 'hex');

export const hashOf = (value: Json): string => sha256(canonicalize(value) ?? 'null');

/** The content fields of a row (or of an input already in the row's form), every field present, null where unset. */
export function contentOf(table: FieldTable, row: Readonly<Record<string, unknown>>): JsonObject {
  const content: JsonObject = {};
  for (const [name] of contentFields(table)) {
    const value = row[name] as Json | Date | undefined;
    content[name] = value instanceof Date ? value.toISOString() : (value ?? null);
  }
  return content;
}

/** The fields whose values differ, in order. */
export const changedFields = (before: JsonObject, after: JsonObject): string[] =>
  Object.keys(after).filter((name) => !sameJson(before[name], after[name]));

export const itemHash = (table: FieldTable, row: Readonly<Record<string, unknown>>): string =>
  hashOf(contentOf(table, row));

export function versionHash(content: JsonObject, items: Iterable<readonly [itemKey: string, hash: string]>): string {
  // Equal to `hashOf` of the whole object, which would be expensive to build and canonicalize with thousands of keys.
  const hashes = [...new Map(items)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([itemKey, itsHash]) => `${JSON.stringify(itemKey)}:${JSON.stringify(itsHash)}`);
  return sha256(`{"content":${canonicalize(content)},"items":{${hashes.join()}}}`);
}
