/** Figures for operators at /metrics: for whoever has the token that is theirs alone, which is nobody's of the API. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { Context } from '../graphql/context';
import { errorCodes } from './error-codes';
import { demandMethod, send } from './http';
import type { Measures } from './measures';

/** The header by which clients say who they are, as Apollo's clients have it. */
export const CLIENT_NAME_HEADER = 'apollographql-client-name';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function metricsEndpoint(measures: Measures, token: string) {
  const wanted = digest(`Bearer ${token}`);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted))
      return send(response, errorCodes.UNAUTHENTICATED, 'Send METRICS_TOKEN as a bearer token.\n', {
        'www-authenticate': 'Bearer realm="metrics"',
      });
    demandMethod(request, ['GET']);
    send(response, 200, await measures.text(), { 'content-type': measures.contentType, 'cache-control': 'no-store' });
  };
}

/** What came of an operation: `ok`, or the code of the first error. */
const outcomeOf = (errors: readonly GraphQLFormattedError[] | undefined): string =>
  errors?.[0] ? ((errors[0].extensions?.code as string | undefined) ?? 'INTERNAL_SERVER_ERROR') : 'ok';

/** Tells the log of requests what Apollo Server answers. */
export const noting: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation, contextValue }) {
        if (operation) contextValue.note?.noteOperation(operation);
        return Promise.resolve();
      },
      willSendResponse({ response: { body }, contextValue }) {
        contextValue.note?.noteOutcome(outcomeOf(body.kind === 'single' ? body.singleResult.errors : undefined));
        return Promise.resolve();
      },
    }),
};

/** Counts what Apollo Server answers. */
export const measuring = (measures: Measures): ApolloServerPlugin<Context> => ({
  contextCreationDidFail({ error }) {
    const { extensions } = error as { extensions?: { code?: string } };
    measures.noteAnswer(null, extensions?.code ?? 'INTERNAL_SERVER_ERROR', performance.now());
    return Promise.resolve();
  },
  requestDidStart() {
    const began = performance.now();
    return Promise.resolve({
      willSendResponse({ schema, document, operation, request, response: { body } }) {
        const known = document && operation ? { schema, document, operation } : null;
        if (known) measures.noteUses(known, request.variables ?? {}, request.http?.headers.get(CLIENT_NAME_HEADER));
        measures.noteAnswer(known, outcomeOf(body.kind === 'single' ? body.singleResult.errors : undefined), began);
        return Promise.resolve();
      },
    });
  },
});
