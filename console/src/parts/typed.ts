import * as t from '#text/parts';
import type { FieldFragment } from '../generated/graphql';
import { isTree, type Json } from './value';

/** The text that a field's control shows for a value; `typed` is the inverse. */
export function asTyped(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return isTree(value) ? JSON.stringify(value, null, 2) : String(value);
}

/** Parses input by the field's declared type; returns the value or the error. */
export function typed(
  text: string,
  field: Pick<FieldFragment, 'kind' | 'title' | 'isRequired'> & Partial<Pick<FieldFragment, 'constants'>>,
): { value: Json } | { problem: string } {
  const { kind, title, isRequired, constants = [] } = field;
  if (text.trim() === '') return isRequired ? { problem: t.isNeeded(title) } : { value: null };
  switch (kind) {
    case 'FLAG':
      return ['true', 'false'].includes(text) ? { value: text === 'true' } : { problem: t.isYesOrNo(title) };
    case 'ENUMERATION':
      return constants.length === 0 || constants.some(({ value }) => value === text)
        ? { value: text }
        : { problem: t.isOneOf(title, constants.map((constant) => constant.title).join(', ')) };
    case 'INTEGER':
    case 'NUMBER': {
      const number = Number(text);
      const fits = Number.isFinite(number) && (kind === 'NUMBER' || Number.isInteger(number));
      return fits ? { value: number } : { problem: t.isA(title, kind) };
    }
    case 'USER':
      return /^\d{1,9}$/.test(text) ? { value: Number(text) } : { problem: t.chooseSomebodyFromTheList(title) };
    case 'DATE':
      return isDate(text) ? { value: text } : { problem: t.isADateWrittenAs(title) };
    case 'INSTANT': {
      // Without a zone, as controls for date and time have it, it is in that of the reader.
      const at = new Date(text);
      return Number.isNaN(at.getTime()) ? { problem: t.isNotAnInstant(title) } : { value: at.toISOString() };
    }
    case 'JSON':
    case 'JSON_LIST':
    case 'TEXT_LIST':
      try {
        return { value: JSON.parse(text) as Json };
      } catch {
        return { problem: t.isNotValidJson(title) };
      }
    default:
      return { value: text };
  }
}

const isDate = (text: string): boolean => {
  const at = new Date(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};
