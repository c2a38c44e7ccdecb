/**
 * Converts values of items to cells, and edited cells to values. A cell that still shows the original value stands for exactly that value,
 * so nothing is lost that a cell cannot hold, or that a program saves in another form.
 */
import type { StoredField, StoredKind } from '../versioning/fields';
import { isBlank, isCode, nameKey, tidied } from '../versioning/identity';
import type { Json, JsonObject } from '../versioning/model';
import { isUuid } from '../uuid';

/** The content of a cell; null if it is empty. */
export type Cell = string | number | boolean | Date | null;

/** The maximum length of a cell's text. Longer texts are truncated, and stay unchanged unless the cell is edited. */
export const LONGEST_CELL = 32_767;

/** Characters that XML cannot represent. */
// eslint-disable-next-line no-control-regex
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const asText = (value: string): string => value.replace(UNSPEAKABLE, '\ufffd').slice(0, LONGEST_CELL);

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

/** A value as a cell. */
export function toCell(value: Json | undefined, kind: StoredKind): Cell {
  if (value === null || value === undefined) return null;
  if (kind === 'date') return day(value as string);
  if (kind === 'textList') return asText((value as string[]).join('\n'));
  if (typeof value === 'object') return asText(JSON.stringify(value, null, 1));
  return typeof value === 'string' ? asText(value) : value;
}

/** Ignores line endings and white space at both ends, which programs change. */
const compared = (cell: Cell): string | number | boolean | null => {
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return cell;
  return cell.replace(/\r\n?/g, '\n').trim() || null;
};

/** Whether a cell still shows its original value. */
export const isSame = (one: Cell, other: Cell): boolean => compared(one) === compared(other);

/** What is wrong with a cell, as the end of the sentence "This cell …". */
export class Unreadable extends Error {}

const wrong = (problem: string) => new Unreadable(problem);

const textOf = (cell: Exclude<Cell, null>): string => {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell).replace(/\r\n?/g, '\n');
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayOf(cell: Exclude<Cell, null>): string {
  const text = textOf(cell).trim();
  const isDay = DAY.test(text) && !Number.isNaN(day(text).getTime()) && day(text).toISOString().startsWith(text);
  if (!isDay) throw wrong('takes a day: 2026-01-31.');
  return text;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

function instantOf(cell: Exclude<Cell, null>): string {
  const text = cell instanceof Date ? cell.toISOString() : textOf(cell).trim();
  if (!INSTANT.test(text) || Number.isNaN(Date.parse(text)))
    throw wrong('takes an instant with its zone: 2026-01-31T09:30:00Z.');
  return new Date(text).toISOString();
}

function wholeNumber(cell: Exclude<Cell, null>): number {
  const number = typeof cell === 'number' ? cell : Number(textOf(cell).trim() || NaN);
  if (!Number.isInteger(number) || Math.abs(number) > 2 ** 31 - 1) throw wrong('takes a whole number.');
  return number;
}

const yes = new Set(['true', 'yes', 'y', '1']);
const no = new Set(['false', 'no', 'n', '0']);

function flagOf(cell: Exclude<Cell, null>): boolean {
  const text = textOf(cell).trim().toLowerCase();
  if (!yes.has(text) && !no.has(text)) throw wrong('takes TRUE or FALSE.');
  return yes.has(text);
}

function uuidOf(cell: Exclude<Cell, null>, { codedIn }: Pick<StoredField, 'codedIn'>): string {
  const text = tidied(textOf(cell));
  if (isUuid(text)) return text.toLowerCase();
  if (codedIn === undefined) throw wrong('takes a UUID.');
  if (!isCode(text)) throw wrong('takes a UUID, or a code of up to 100 characters on one line.');
  return text;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonOf(cell: Exclude<Cell, null>, fits: (value: unknown) => boolean, what: string): Json {
  try {
    const value = JSON.parse(textOf(cell)) as Json;
    if (fits(value)) return value;
  } catch {
    // Reported below: a parser's own message helps nobody who looks at a sheet.
  }
  throw wrong(`takes ${what} as JSON.`);
}

function oneOf(cell: Exclude<Cell, null>, values: readonly string[]): string {
  const key = nameKey(textOf(cell));
  const found = values.find((value) => nameKey(value) === key);
  if (found === undefined) throw wrong(`takes one of ${values.join(', ')}.`);
  return found;
}

const readers: Record<StoredKind, (cell: Exclude<Cell, null>, field: StoredField) => Json> = {
  text: (cell, { onlySuggested, suggestions = [] }) => (onlySuggested ? oneOf(cell, suggestions) : textOf(cell)),
  uuid: uuidOf,
  lob: uuidOf,
  version: uuidOf,
  flag: flagOf,
  integer: wholeNumber,
  user: wholeNumber,
  date: dayOf,
  instant: instantOf,
  json: (cell) => jsonOf(cell, isObject, 'an object'),
  jsonList: (cell) => jsonOf(cell, (value) => Array.isArray(value) && value.every(isObject), 'a list of objects'),
  textList: (cell) =>
    textOf(cell)
      .split('\n')
      .filter((line) => !isBlank(line)),
  enumeration: (cell, { enumeration }) => oneOf(cell, enumeration!.values),
};

/** The value of a cell; throws Unreadable. */
export function fromCell(cell: Cell, field: StoredField): Json {
  const isEmpty = cell === null || (typeof cell === 'string' && isBlank(cell));
  if (!isEmpty) return readers[field.kind](cell, field);
  if (field.fallback !== undefined) return field.fallback;
  if (field.required) throw wrong('must not be empty.');
  return null;
}
