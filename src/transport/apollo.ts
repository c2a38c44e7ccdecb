/** Apollo Server, as both the GraphQL endpoint and the REST facade ask it. */
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
import type { Context } from '../graphql/context';
import { asOf } from './as-of';
import type { errorFormatter } from './error-codes';
import { parsedDocuments } from './parsed-documents';
import { answerByPlan, stringifyResult, type ReadPlans } from './plans';
import { noteRefusals } from './status';

/** Texts that clients know by their hash, up to a million characters; one that is forgotten is sent again, once. */
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
  /** What notes and counts the answers. */
  readonly noting: readonly ApolloServerPlugin<Context>[];
  readonly logger: Logger;
}

export const makeApollo = ({ schema, http, introspection, guard, formatError, plans, noting, logger }: ApolloOptions) =>
  new ApolloServer<Context>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection, // or its suggestions would tell name by name
    persistedQueries: persistedQueries(),
    // It asks for a header that no page can send unasked. Nothing is answered without one: the token's.
    csrfPrevention: false,
    documentStore: parsedDocuments(),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
    stringifyResult, // Apollo's own indents
    formatError,
    // Cache control instruments every field and nothing here may be cached by others.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http }),
      ...noting,
      guard,
      noteRefusals,
      ...(plans ? [answerByPlan(plans, formatError, logger)] : []),
      asOf(formatError),
    ],
  });
