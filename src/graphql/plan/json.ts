/** How what the database writes becomes JSON, without being parsed in between. */
import { getNullableType, isEnumType, isListType, isScalarType, type GraphQLOutputType } from 'graphql';
import { GiveUp, NotPlanned } from './given-up';

/** What needs the same done to it. A word is a text in which nothing has to be escaped. */
export type Kind = 'word' | 'text' | 'number' | 'flag' | 'instant' | 'json';

const ofScalar: Readonly<Record<string, Kind>> = {
  ID: 'word',
  UUID: 'word',
  Date: 'word',
  String: 'text',
  Int: 'number',
  Float: 'number',
  Boolean: 'flag',
  DateTime: 'instant',
  JSON: 'json',
  JSONObject: 'json',
};

/** The kind of a field of this type, if it is a leaf; lists are JSON in the database as well. */
export function kindOf(given: GraphQLOutputType): Kind {
  const type = getNullableType(given);
  if (isListType(type)) return 'json';
  const kind = isEnumType(type) ? 'word' : isScalarType(type) ? ofScalar[type.name] : undefined;
  if (!kind) throw new NotPlanned(`values of ${String(type)}`);
  return kind;
}

/** As the database writes an instant in UTC: with no fraction of a second, or one of up to three digits. */
const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/;

export function isoOf(text: string): string {
  const [, date, time, fraction = ''] = INSTANT.exec(text) ?? [];
  if (!date) throw new GiveUp(`an instant such as ${text}`);
  return `${date}T${time}.${fraction.padEnd(3, '0')}Z`;
}

export const jsonOf: Readonly<Record<Kind, (text: string) => string>> = {
  word: (text) => `"${text}"`,
  text: JSON.stringify,
  number: (text) => text,
  flag: (text) => (text === 't' ? 'true' : 'false'),
  instant: (text) => `"${isoOf(text)}"`,
  json: (text) => text,
};
