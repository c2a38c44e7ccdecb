/** Parses command-line arguments, in the same way for all commands. */
import { InvalidArgumentError } from 'commander';
import { isUuid } from '../uuid';
import { userRoles, type UserRole } from '../versioning/model';

/** A parser that refuses texts it cannot parse. */
const reader =
  <T>(read: (text: string) => T | undefined, expected: string) =>
  (text: string): T => {
    const value = read(text);
    if (value === undefined) throw new InvalidArgumentError(expected);
    return value;
  };

/** A parser of comma-separated values. */
export const several =
  <T>(read: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map((part) => read(part.trim()));

const numberFrom = (least: number) => (text: string) =>
  /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined;

export const positive = reader(numberFrom(1), 'It must be a positive whole number.');
export const seconds = reader(numberFrom(0), 'It must be a whole number of seconds.');
export const userId = reader(
  (text) => (text.startsWith('0') ? undefined : numberFrom(1)(text)),
  'A userId is a positive whole number.',
);
export const role = reader(
  (text): UserRole | undefined => userRoles.find((known) => known === text.toUpperCase()),
  `Roles are ${userRoles.join(', ')}; several are separated by commas.`,
);
export const yesNo = reader((text) => (text === 'yes' ? true : text === 'no' ? false : undefined), 'Write yes or no.');
export const uuid = (hint: string) => reader((text) => (isUuid(text) ? text.toLowerCase() : undefined), hint);

/** An instant, or a day, which means its beginning in UTC. Days that the calendar does not have are refused. */
const instantOf = (text: string): Date | undefined => {
  const date = new Date(text);
  const isWritten = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/.test(text) && !Number.isNaN(date.getTime());
  return isWritten && date.toISOString().startsWith(text.slice(0, 10)) ? date : undefined;
};
export const instant = reader(instantOf, 'Write a day, 2026-11-22, or an instant, 2026-11-22T10:30:00.000Z.');
/** An instant in any time zone. */
export const zonedInstant = reader((text) => {
  const date = new Date(text);
  const isWritten = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text);
  return isWritten && !Number.isNaN(date.getTime()) ? date : undefined;
}, 'Write an instant such as 2026-11-30T08:00:00Z.');
export const day = reader(
  (text) => (text.length === 10 && instantOf(text) ? text : undefined),
  'A date is written YYYY-MM-DD.',
);
