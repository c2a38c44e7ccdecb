/** What can be asked about item fields: which fields there are, and how the values of each are parsed. */
import { badInput } from '../../versioning/errors';
import type { StoredKind } from '../../versioning/fields';
import { idOfCode, isCode } from '../../versioning/identity';
import type { Json } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import { parseDate, parseInstant, parseUuid } from '../../parse-scalars';
import type { ItemField } from './item-fields';

type DocumentKind = 'json' | 'jsonList' | 'textList';
export type ScalarKind = Exclude<StoredKind, DocumentKind>;

export const sqlTypes: Readonly<Record<ScalarKind, string>> = {
  text: 'text',
  enumeration: 'text',
  uuid: 'uuid',
  lob: 'uuid',
  version: 'uuid',
  flag: 'boolean',
  integer: 'int',
  user: 'int',
  date: 'date',
  instant: 'timestamptz',
};
export const ordered: readonly StoredKind[] = ['integer', 'date', 'instant'];

export const isScalar = (kind: StoredKind): kind is ScalarKind => Object.hasOwn(sqlTypes, kind);

function intFrom(value: Json): number {
  if (typeof value !== 'number' || value !== Math.trunc(value) || Math.abs(value) >= 2 ** 31)
    throw badInput('A whole number of 32 bits is needed here, without quotes.');
  return value;
}
function textFrom(value: Json): string {
  if (typeof value !== 'string') throw badInput('A text is needed here.');
  return value;
}
function flagFrom(value: Json): boolean {
  if (typeof value !== 'boolean') throw badInput('true or false is needed here, without quotes.');
  return value;
}

/** Parses a value for the database according to its field's kind. */
export const parsers: Readonly<Record<ScalarKind, (value: Json, field: ItemField) => unknown>> = {
  text: textFrom,
  enumeration: (value, { constants }) => {
    if (!constants!.includes(value as string)) throw badInput(`One of ${constants!.join(', ')} is needed here.`);
    return value;
  },
  uuid: (value, { isCoded }) =>
    isCoded && typeof value === 'string' && isCode(value) ? idOfCode(value) : parseUuid(value),
  lob: parseUuid,
  version: parseUuid,
  flag: flagFrom,
  integer: intFrom,
  user: intFrom,
  date: (value) => parseDate(value).toISOString().slice(0, 10),
  instant: (value) => parseInstant(value).toISOString(),
};

/** The field of that name; for an unknown name, the error lists those that exist. */
export function knownField(fields: ReadonlyMap<string, ItemField>, phase: FullPhase, name: string): ItemField {
  const field = fields.get(name);
  if (!field)
    throw badInput(
      `Items of ${phase.title} cannot be chosen by ${JSON.stringify(name.slice(0, 100))}. Use one of ${[...fields.keys()].join(', ')}.`,
      { field: name.slice(0, 100), allowed: [...fields.keys()] },
    );
  return field;
}
