import type { FieldFragment } from '../generated/graphql';
import { isTree, type Json } from './value';

/** What a field's control shows for a value; the other way round is `typed`. */
export function asTyped(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return isTree(value) ? JSON.stringify(value, null, 2) : String(value);
}

/** A value as its field is declared to hold it, or what is wrong with what was typed. */
export function typed(
  text: string,
  field: Pick<FieldFragment, 'kind' | 'title' | 'isRequired'>,
): { value: Json } | { problem: string } {
  const { kind, title, isRequired } = field;
  if (text.trim() === '') return isRequired ? { problem: `${title} is needed.` } : { value: null };
  switch (kind) {
    case 'FLAG':
      return { value: text === 'true' };
    case 'INTEGER':
    case 'NUMBER': {
      const number = Number(text);
      const fits = Number.isFinite(number) && (kind === 'NUMBER' || Number.isInteger(number));
      return fits ? { value: number } : { problem: `${title} is a ${kind === 'NUMBER' ? 'number' : 'whole number'}.` };
    }
    case 'USER':
      return { value: Number(text) };
    case 'INSTANT': {
      // What a control for instants gives has no zone; everything here is in UTC.
      const at = new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
      return Number.isNaN(at.getTime()) ? { problem: `${title} is not an instant.` } : { value: at.toISOString() };
    }
    case 'JSON':
    case 'JSON_LIST':
    case 'TEXT_LIST':
      try {
        return { value: JSON.parse(text) as Json };
      } catch {
        return { problem: `${title} is not readable as JSON.` };
      }
    default:
      return { value: text };
  }
}
