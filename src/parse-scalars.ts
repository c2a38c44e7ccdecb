/** Parses a client's UUIDs, instants and dates into their stored form; invalid ones are refused with the form to use. */
import type { GraphQLScalarType } from 'graphql';
import { GraphQLDate, GraphQLDateTime } from 'graphql-scalars';
import { isUuid } from './uuid';
import { badInput } from './versioning/errors';

export const UUID_FORMAT =
  'A UUID is written as 8-4-4-4-12 hexadecimal digits, without braces, e.g. 0194d2a0-5c00-7000-8000-000000000001.';

export function parseUuid(value: unknown): string {
  if (typeof value !== 'string' || !isUuid(value)) throw badInput(UUID_FORMAT);
  return value.toLowerCase();
}

/** Accepts an instant only if its year has four digits, as RFC 3339 and the database require. */
function inYears(moment: Date): Date {
  const year = moment.getUTCFullYear();
  if (!(year >= 1 && year <= 9999))
    throw badInput('Years from 0001 to 9999 are supported, in UTC. Use a date in that range.');
  return moment;
}

/** Digits beyond milliseconds that are not zero. */
const FINER = /\.\d{3}\d*[1-9]/;

export function parseInstant(value: unknown): Date {
  if (typeof value !== 'string' || /^[+-]?\d{5,}-/.test(value) || !isRight(GraphQLDateTime, value))
    throw badInput(
      'An instant is written as in RFC 3339, with a year from 0001 to 9999 and a zone, e.g. 2026-11-29T09:30:00.000Z.',
    );
  if (FINER.test(value))
    throw badInput(
      'Instants have millisecond precision: write at most three digits after the second, e.g. 09:30:00.123Z.',
    );
  return inYears(new Date(value));
}

export function parseDate(value: unknown): Date {
  if (typeof value !== 'string' || !isRight(GraphQLDate, value))
    throw badInput('A date is written as YYYY-MM-DD (RFC 3339), with a year from 0001 to 9999, e.g. 2026-11-29.');
  return inYears(new Date(value));
}

function isRight(scalar: GraphQLScalarType, value: string): boolean {
  try {
    return scalar.parseValue(value) != null;
  } catch {
    return false;
  }
}
