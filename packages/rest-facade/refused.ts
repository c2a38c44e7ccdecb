import type { GraphQLFormattedError } from 'graphql';

type Headers = Readonly<Record<string, string>>;

/** A refusal as GraphQL says it, and the headers that go with it. */
export class Refused extends Error {
  constructor(
    readonly said: GraphQLFormattedError,
    readonly headers: Headers = {},
  ) {
    super(said.message);
  }
}

/** What the facade itself refuses: an address, a method or a parameter. */
type Code = 'BAD_REQUEST' | 'BAD_USER_INPUT' | 'METHOD_NOT_ALLOWED' | 'NOT_FOUND';

export const refused = (code: Code, message: string, details: object = {}, headers?: Headers): Refused =>
  new Refused({ message, extensions: { code, ...details } }, headers);
