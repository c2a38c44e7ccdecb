import type { ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../graphql/context';
import type { errorFormatter } from './error-codes';
import type { ApiRequest, BodyLimits } from './http';

/** What an endpoint beside /graphql asks with. */
export interface ApiAccess {
  readonly apollo: ApolloServer<Context>;
  readonly contextOf: (request: ApiRequest) => Promise<Context>;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly bodyLimits: BodyLimits;
  readonly schema: GraphQLSchema;
  /** From which day on the REST facade may be gone. */
  readonly restSunset: Date;
}

/** Something else that answers by asking the GraphQL API. */
export interface ApiEndpoint {
  /** It answers at this path, and at whatever is below it. */
  readonly path: string;
  /** The texts of everything that it asks: trusted, because nobody sends them. */
  readonly documents: ReadonlySet<string>;
  readonly handler: (access: ApiAccess) => (request: ApiRequest, response: ServerResponse) => Promise<void>;
}
