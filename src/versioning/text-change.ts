import type { TextChange } from '../../packages/bounded-diff';
import type { FieldChange } from './diff';

/** Shorter texts read better as before and after than as a unified diff. */
const LONG_TEXT = 80;

const isLong = (text: string): boolean => text.length >= LONG_TEXT || text.includes('\n');

/** The change of a long text; null for any other change. */
export function textChange({ path, kind, before, after }: FieldChange): TextChange | null {
  if (kind !== 'CHANGED' || typeof before !== 'string' || typeof after !== 'string') return null;
  return isLong(before) || isLong(after) ? { path, before, after } : null;
}
