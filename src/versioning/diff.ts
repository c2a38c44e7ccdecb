/**
 * What changed between two pieces of content: field by field, as RFC 6901 pointers, and as an RFC 6902 patch that turns one
 * into the other. Objects are compared key by key however deep; lists and plain values are compared whole.
 */
import type { Json, JsonObject } from './model';

export const changeKinds = ['ADDED', 'REMOVED', 'CHANGED'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface FieldChange {
  /** RFC 6901 JSON Pointer into the content. */
  readonly path: string;
  readonly kind: ChangeKind;
  readonly before: Json;
  readonly after: Json;
}

export type PatchOperation = { op: 'add' | 'replace'; path: string; value: Json } | { op: 'remove'; path: string };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal as JSON: the order of keys does not matter, the order of lists does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, i) => sameJson(value, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

export const pointer = (...keys: string[]): string =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Field changes from `before` to `after`, in the order of the pointers' keys. */
export function fieldChanges(before: JsonObject, after: JsonObject): FieldChange[] {
  const changes: FieldChange[] = [];
  const compare = (old: JsonObject, now: JsonObject, at: string) => {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const path = at + pointer(key);
      const inBefore = Object.hasOwn(old, key);
      const inAfter = Object.hasOwn(now, key);
      const a = inBefore ? old[key]! : null;
      const b = inAfter ? now[key]! : null;
      if (inBefore && inAfter && isObject(a) && isObject(b)) compare(a, b, path);
      else if (!inBefore) changes.push({ path, kind: 'ADDED', before: null, after: b });
      else if (!inAfter) changes.push({ path, kind: 'REMOVED', before: a, after: null });
      else if (!sameJson(a, b)) changes.push({ path, kind: 'CHANGED', before: a, after: b });
    }
  };
  compare(before, after, '');
  return changes;
}

/** The same changes as patch operations, under a prefix. */
export function patchOf(before: JsonObject, after: JsonObject, prefix: string): PatchOperation[] {
  return fieldChanges(before, after).map(({ path, kind, after: value }): PatchOperation => {
    if (kind === 'REMOVED') return { op: 'remove', path: prefix + path };
    return { op: kind === 'ADDED' ? 'add' : 'replace', path: prefix + path, value };
  });
}
