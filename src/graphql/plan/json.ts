/** Converts database texts to JSON without parsing them. */
import { getNullableType, isEnumType, isListType, isScalarType, type GraphQLOutputType } from 'graphql';
import { PlanAborted, NotPlanned } from './plan-errors';

/** Kinds of values by their conversion. A word is a text that never needs escaping. */
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

/** The kind of a leaf field; lists are JSON in the database too. */
export function kindOf(given: GraphQLOutputType): Kind {
  const type = getNullableType(given);
  if (isListType(type)) return 'json';
  const kind = isEnumType(type) ? 'word' : isScalarType(type) ? ofScalar[type.name] : undefined;
  if (!kind) throw new NotPlanned(`values of ${String(type)}`);
  return kind;
}

/** The database's format for instants in UTC, with at most three fraction digits. */
const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/;

export function isoOf(text: string): string {
  const [, date, time, fraction = ''] = INSTANT.exec(text) ?? [];
  if (!date) throw new PlanAborted(`an instant such as ${text}`);
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
