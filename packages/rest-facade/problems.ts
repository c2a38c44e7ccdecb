/** Errors as problem details (RFC 9457). */
import type { GraphQLFormattedError } from 'graphql';

/** The facade's knowledge of error codes. */
export interface Codes {
  /** The title of each code, independent of the case; specifics are in `detail`. */
  readonly titles: Readonly<Record<string, string>>;
  readonly statusOf: (code: string, details: Readonly<Record<string, unknown>>) => number;
  /** The code for internal errors, also used for codes without a title. */
  readonly internal: string;
  /** Error extensions whose names problem details reserve. */
  readonly renamed: Readonly<Record<string, string>>;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly [detail: string]: unknown;
}

export const typeOf = (code: string): string => `/problems/${code.toLowerCase().replaceAll('_', '-')}`;

/** A path as a valid URI reference, whatever was sent. */
const asReference = (pathname: string): string =>
  pathname.replace(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/gi, encodeURIComponent);

export function problemOf(
  { message, extensions }: GraphQLFormattedError,
  pathname: string,
  { titles, statusOf, internal, renamed }: Codes,
): Problem {
  const { code: given, ...details } = extensions ?? {};
  const code = typeof given === 'string' && given in titles ? given : internal;
  const problem = {
    type: typeOf(code),
    title: titles[code]!,
    status: statusOf(code, details),
    detail: message,
    instance: asReference(pathname),
    code,
  };
  const more = Object.fromEntries(Object.entries(details).map(([name, value]) => [renamed[name] ?? name, value]));
  return { ...problem, ...more, ...problem };
}
