/** Formats values for paper. */
import { contentFields, isReference, type FieldTable, type StoredField } from '../../versioning/fields';
import type { JsonObject } from '../../versioning/model';
import { titleAmong, titleOf } from '../../versioning/titles';
import type { Numbered, Person, Referred } from './paper';

/** An instant, always in UTC and marked so. */
export const instant = (at: string): string => at.replace('T', ' ').replace('Z', ' UTC');
export const instantOrNull = (at: string | null): string | null => (at === null ? null : instant(at));

export const person = ({ name, userId }: Person): string => `${name} (user ${userId})`;
export const personOrNull = (someone: Person | null): string | null => (someone ? person(someone) : null);
export const people = (them: readonly Person[]): string => them.map(person).join('\n');

/** Who did something, and when. */
export const whenAndByWhom = (at: string | null, by: Person | null): string | null =>
  at === null ? null : [instant(at), ...(by ? [`by ${person(by)}`] : [])].join(' ');

export const numbered = (version: Numbered | null): string | null =>
  version && `version ${version.versionNumber} (${version.versionId})`;

/** A constant as words: PENDING_APPROVAL is “Pending approval”, averageApprovalHours is “Average approval hours”. */
export function words(constant: string): string {
  return titleOf(/^[A-Z\d_]+$/.test(constant) ? constant : constant.replace(/([A-Z])/g, '_$1'));
}

const NOTHING = '–';

type Scalar = string | number | boolean | null;

const isScalar = (value: unknown): value is Scalar => typeof value !== 'object' || value === null;
const scalar = (value: Scalar): string => (value === null ? NOTHING : String(value));

const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0;

/** JSON as lines: a name and a value each, nested values indented. The attached data contains the exact JSON. */
export function lines(value: unknown, indent = ''): string[] {
  if (isScalar(value)) return [indent + scalar(value)];
  if (isEmpty(value)) return [indent + NOTHING];
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((one: unknown) => ['•', one])
    : Object.entries(value as JsonObject).map(([name, one]) => [`${name}:`, one]);
  return entries.flatMap(([name, one]) =>
    isScalar(one) || isEmpty(one)
      ? [`${indent}${name} ${isScalar(one) ? scalar(one) : NOTHING}`]
      : [`${indent}${name}`, ...lines(one, `${indent}    `)],
  );
}

function referred(thing: Referred): string {
  if ('userId' in thing) return person(thing);
  return 'lobId' in thing ? thing.name : numbered(thing)!;
}

type Declared = Pick<StoredField, 'kind' | 'enumeration' | 'suggestions'>;

/** A text of a field, as the console shows it. */
const titled = ({ enumeration, suggestions }: Declared, text: string): string =>
  titleAmong(enumeration?.values ?? suggestions ?? [], text);

/** The value of a content field; `thing` is what a reference points at. */
export function valueOf(field: Declared, value: unknown, thing?: Referred | null): string {
  const { kind } = field;
  if (value === null || value === undefined) return NOTHING;
  if (isReference(kind) && thing) return referred(thing);
  if (kind === 'flag') return value === true ? 'Yes' : 'No';
  if (kind === 'instant') return instant(value as string);
  if (kind === 'textList') return (value as string[]).map((one) => titled(field, one)).join('\n') || NOTHING;
  return typeof value === 'string' ? titled(field, value) : lines(value).join('\n');
}

/** The values of a table's fields, under their labels. */
export const contentRows = (
  table: FieldTable,
  { content, ...things }: { readonly content: JsonObject; readonly [name: string]: unknown },
): (readonly [string, string])[] =>
  contentFields(table).map(([name, field]) => [
    field.label,
    valueOf(field, content[name], things[name] as Referred | null | undefined),
  ]);

export const hasValue = ([, value]: readonly [string, string]): boolean => value !== NOTHING;

/** A figure with its unit; null if there was nothing to compute it from. */
export function figure(name: string, value: number | null): string {
  if (value === null) return NOTHING;
  const number = Number.isInteger(value) ? String(value) : value.toFixed(2);
  if (name.endsWith('Hours')) return `${number} h`;
  return name.endsWith('Rate') ? `${(value * 100).toFixed(1)} %` : number;
}
