/**
 * What changed between two pieces of content: field by field, as RFC 6901 pointers, and as an RFC 6902 patch that turns one
 * into the other. Objects are compared key by key however deep; lists and plain values are compared whole.
 */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import type { Json, JsonObject } from './model';

export type ChangeKind = 'ADDED' | 'REMOVED' | 'CHANGED';

export interface FieldChange {
  /** RFC 6901 JSON Pointer into the content. */
  readonly path: string;
  readonly kind: ChangeKind;
  readonly before: Json;
  readonly after: Json;
  /** A unified diff, where a long text was changed. */
  readonly textDiff: string | null;
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

/** Texts shorter than this read better as before and after than as a unified diff. */
const LONG_TEXT = 80;

function unifiedDiff(path: string, before: Json, after: Json): string | null {
  if (typeof before !== 'string' || typeof after !== 'string') return null;
  if (Math.max(before.length, after.length) < LONG_TEXT && !/\n/.test(before + after)) return null;
  // A closing line feed on both sides keeps remarks about its absence out of the diff.
  const patch = structuredPatch(`a${path}`, `b${path}`, `${before}\n`, `${after}\n`, undefined, undefined, {
    context: 3,
  });
  return formatPatch(patch, FILE_HEADERS_ONLY);
}

/** Field changes from `before` to `after`, in the order of the pointers' keys. */
export function fieldChanges(before: JsonObject, after: JsonObject, at = ''): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = at + pointer(key);
    const inBefore = Object.hasOwn(before, key);
    const inAfter = Object.hasOwn(after, key);
    const a = inBefore ? before[key]! : null;
    const b = inAfter ? after[key]! : null;
    if (inBefore && inAfter && isObject(a) && isObject(b)) changes.push(...fieldChanges(a, b, path));
    else if (!inBefore) changes.push({ path, kind: 'ADDED', before: null, after: b, textDiff: null });
    else if (!inAfter) changes.push({ path, kind: 'REMOVED', before: a, after: null, textDiff: null });
    else if (!sameJson(a, b))
      changes.push({ path, kind: 'CHANGED', before: a, after: b, textDiff: unifiedDiff(path, a, b) });
  }
  return changes;
}

/** The same changes as patch operations, under a prefix. */
export function patchOf(before: JsonObject, after: JsonObject, prefix: string): PatchOperation[] {
  return fieldChanges(before, after).map(({ path, kind, after: value }): PatchOperation => {
    if (kind === 'REMOVED') return { op: 'remove', path: prefix + path };
    return { op: kind === 'ADDED' ? 'add' : 'replace', path: prefix + path, value };
  });
}
