import * as t from '#text/parts';
import { day, instant } from '#text/time';
import { titleOf } from '../../../src/versioning/titles';
import type { FieldFragment } from '../generated/graphql';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const isNumber = (kind: FieldFragment['kind']): boolean => kind === 'INTEGER' || kind === 'NUMBER';

/** Whether values of this type fit a table cell and mean something to people. */
export const isShort = (kind: FieldFragment['kind']): boolean =>
  !['LONG_TEXT', 'JSON', 'JSON_LIST', 'UUID', 'OBJECTS', 'VERSION'].includes(kind);

export const isTree = (value: Json | undefined): value is Json[] | { [key: string]: Json } =>
  typeof value === 'object' && value !== null;

/**
 * An object's value of a field: `content` has it under its input name; references may be resolved on the object itself.
 * @param named the object, with people and lines of business under their field names
 */
export function valueOf(
  content: Readonly<Record<string, unknown>>,
  { name, inputName }: Pick<FieldFragment, 'name' | 'inputName'>,
  named: Readonly<Record<string, unknown>> = {},
): Json | undefined {
  const one = named[name];
  if (typeof one === 'object' && one !== null && 'name' in one) return one.name as string;
  return content[inputName ?? name] as Json | undefined;
}

type Declared = Pick<FieldFragment, 'kind' | 'constants' | 'suggestions'>;

/** The values of a field that have a title: its constants, or the usual values of a text that may be another one too. */
export const titledValues = ({ constants, suggestions }: Omit<Declared, 'kind'>): FieldFragment['constants'] =>
  constants.length > 0 ? constants : suggestions.map((value) => ({ value, title: titleOf(value) }));

/**
 * Renders a value by its declared type, never by its look: a table name such as PAYMENT_TXN must not be rendered as prose. A missing value
 * is a dash.
 */
export function shown(value: Json | undefined, field?: Declared): string {
  if (value === null || value === undefined || value === '') return '—';
  if (value === true) return t.yes;
  if (value === false) return t.no;
  if (Array.isArray(value)) return value.map((one) => shown(one, field)).join(', ') || '—';
  if (isTree(value))
    return Object.entries(value)
      .map(([key, one]) => `${key} ${shown(one)}`)
      .join(' · ');
  const text = String(value);
  const titled = field && titledValues(field).find((one) => one.value === text);
  if (titled) return titled.title;
  if (field?.kind === 'DATE') return day(text);
  if (field?.kind === 'INSTANT') return instant(text);
  return text;
}
