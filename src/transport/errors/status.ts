/**
 * The HTTP status of operations that GraphQL refuses. GraphQL over HTTP has two media types: application/graphql-response+json uses 400,
 * while application/json uses 200, because there any other status means that an intermediary answered. Requests that are not GraphQL at all
 * get 400 in both.
 */
import type { ApolloServerPlugin, HTTPGraphQLResponse } from '@apollo/server';
import { retryAfter } from './error-codes';

const readButRefused = new WeakSet<HTTPGraphQLResponse['headers']>();

export const noteRefusals: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response: { http, body }, errors }) {
        const answered = (body.kind === 'single' && body.singleResult.errors) || [];
        const headers = retryAfter(answered.map(({ extensions }) => extensions));
        for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
        const isRequest = errors?.some(({ extensions }) => extensions.code === 'BAD_REQUEST');
        if (http.status === 400 && !isRequest) readButRefused.add(http.headers);
        return Promise.resolve();
      },
    }),
};

export function statusOf({ status = 200, headers }: HTTPGraphQLResponse): number {
  const isPlainJson = /^application\/json\b/.test(headers.get('content-type') ?? '');
  return isPlainJson && readButRefused.has(headers) ? 200 : status;
}
