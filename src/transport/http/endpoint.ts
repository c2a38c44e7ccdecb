import type { ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../../graphql/context';
import type { errorFormatter } from '../errors/error-codes';
import type { ApiRequest, BodyLimits } from './http';

/** What endpoints beside /graphql use to query the API. */
export interface ApiAccess {
  readonly apollo: ApolloServer<Context>;
  readonly contextOf: (request: ApiRequest) => Promise<Context>;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly bodyLimits: BodyLimits;
  readonly schema: GraphQLSchema;
  /** The day from which the REST facade may be removed. */
  readonly restSunset: Date;
}

/** Another endpoint that answers by querying the GraphQL API. */
export interface ApiEndpoint {
  /** It serves this path and everything below it. */
  readonly path: string;
  /** The texts of its queries, which are trusted because no client sends them. */
  readonly documents: ReadonlySet<string>;
  readonly handler: (access: ApiAccess) => (request: ApiRequest, response: ServerResponse) => Promise<void>;
}
