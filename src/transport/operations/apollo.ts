/** The Apollo Server instance behind both the GraphQL endpoint and the REST facade. */
import type { Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../../graphql/context';
import { asOf } from './as-of';
import type { errorFormatter } from '../errors/error-codes';
import { parsedDocuments } from './parsed-documents';
import { answerByPlan, refuseUnidentified, stringifyResult, type ReadPlans } from './plans';
import { noteRefusals } from '../errors/status';

/** The cache of automatic persisted queries, up to a million characters; a client sends an evicted text again. */
const persistedQueries = () => ({
  cache: new InMemoryLRUCache<string>({ maxSize: 2 ** 20, sizeCalculation: (text) => text.length }),
});

interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly http: Server;
  readonly introspection: boolean;
  readonly guard: ApolloServerPlugin<Context>;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly plans: ReadPlans | null;
  /** Plugins for the request log and metrics. */
  readonly noting: readonly ApolloServerPlugin<Context>[];
  readonly logger: Logger;
}

export const makeApollo = ({ schema, http, introspection, guard, formatError, plans, noting, logger }: ApolloOptions) =>
  new ApolloServer<Context>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection, // otherwise suggestions would reveal the schema name by name
    persistedQueries: persistedQueries(),
    // Unnecessary, since no request is answered without an Authorization header, which a cross-site page cannot send unasked.
    csrfPrevention: false,
    documentStore: parsedDocuments(),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    stringifyResult, // Apollo's default indents
    formatError,
    // Cache control would instrument every field, and nothing here may be cached by others.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http }),
      refuseUnidentified(formatError),
      ...noting,
      guard,
      noteRefusals,
      ...(plans ? [answerByPlan(plans, formatError, logger)] : []),
      asOf(formatError),
    ],
  });
