/** Metrics at /metrics, for the holder of a token of its own, which is not valid for the API. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { Refused } from '../../delivery/refusal-recorder';
import type { Context } from '../../graphql/context';
import { refusedSignIn } from '../auth/sign-in';
import { errorCodes } from '../errors/error-codes';
import { requireMethod, send } from '../http/http';
import type { Measures } from './measures';

/** The header by which clients name themselves, as Apollo's clients do. */
export const CLIENT_NAME_HEADER = 'apollographql-client-name';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function metricsEndpoint(measures: Measures, token: string, record: (refused: Refused) => void) {
  const wanted = digest(`Bearer ${token}`);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) {
      record(refusedSignIn('UNAUTHENTICATED'));
      return send(response, errorCodes.UNAUTHENTICATED, 'Send METRICS_TOKEN as a bearer token.\n', {
        'www-authenticate': 'Bearer realm="metrics"',
      });
    }
    requireMethod(request, ['GET']);
    send(response, 200, await measures.text(), { 'content-type': measures.contentType, 'cache-control': 'no-store' });
  };
}

/** The outcome of an operation: `ok`, or the code of the first error. */
const outcomeOf = (errors: readonly GraphQLFormattedError[] | undefined): string =>
  errors?.[0] ? ((errors[0].extensions?.code as string | undefined) ?? 'INTERNAL_SERVER_ERROR') : 'ok';

/** Feeds the request log from Apollo Server. */
export const requestLogPlugin: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation, contextValue }) {
        if (operation) contextValue.note?.noteOperation(operation);
        return Promise.resolve();
      },
      didEncounterErrors({ errors, contextValue }) {
        for (const error of errors) contextValue.note?.noteError(error);
        return Promise.resolve();
      },
      willSendResponse({ response: { body }, contextValue }) {
        contextValue.note?.noteOutcome(outcomeOf(body.kind === 'single' ? body.singleResult.errors : undefined));
        return Promise.resolve();
      },
    }),
};

/** Feeds the metrics from Apollo Server. */
export const metricsPlugin = (measures: Measures): ApolloServerPlugin<Context> => ({
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
