import type { GraphQLFormattedError } from 'graphql';

type Headers = Readonly<Record<string, string>>;

/** A GraphQL error with its HTTP headers. */
export class Refused extends Error {
  constructor(
    readonly said: GraphQLFormattedError,
    readonly headers: Headers = {},
  ) {
    super(said.message);
  }
}

/** The facade's own errors: an unknown path, a wrong method or parameter. */
type Code = 'BAD_REQUEST' | 'BAD_USER_INPUT' | 'METHOD_NOT_ALLOWED' | 'NOT_FOUND';

export const refused = (code: Code, message: string, details: object = {}, headers?: Headers): Refused =>
  new Refused({ message, extensions: { code, ...details } }, headers);
