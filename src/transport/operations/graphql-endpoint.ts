/** GraphQL over HTTP: passes requests to Apollo Server, and its answers back. */
import type { ServerResponse } from 'node:http';
import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { TrustedDocuments } from '../../../packages/trusted-documents';
import type { Context } from '../../graphql/context';
import type { answeringAtOnce } from './fast-path';
import { challengeTo } from '../auth/authenticate';
import { asGraphQLError, errorCodes } from '../errors/error-codes';
import { parseBody, type ApiRequest } from '../http/http';
import { parseJsonBody } from '../http/json';
import { wantsEvents, type LiveEvents } from '../live/live-events';
import { limitText, type Limits } from '../limits/limits';
import type { ReadPlans } from './plans';
import { traced } from '../../tracing';
import { statusOf } from '../errors/status';

interface GraphQLOptions {
  readonly apollo: ApolloServer<Context>;
  readonly contextOf: (request: ApiRequest, isIdentifiedLater: boolean) => Promise<Context>;
  readonly trusted: TrustedDocuments | null;
  readonly plans: ReadPlans | null;
  /** The fast path for operations that plans answered before. */
  readonly atOnce: ReturnType<typeof answeringAtOnce> | null;
  /** Answers subscriptions. */
  readonly live: LiveEvents;
  readonly maxBodyBytes: number;
  readonly limits: Limits;
}

/** The text of the operation, wherever the request carries it. */
const operationText = (body: unknown, search: string): string => {
  const sent = (body as { query?: unknown } | null | undefined)?.query;
  const text = sent ?? (search === '' ? null : new URLSearchParams(search).get('query'));
  return typeof text === 'string' ? text : '';
};

/** Applies the limits of a body to JSON in the query string. */
async function holdParameters(search: string, { maxJsonValues }: Limits): Promise<void> {
  if (search === '') return;
  for (const [name, text] of new URLSearchParams(search))
    if (name === 'variables' || name === 'extensions')
      await parseJsonBody(Buffer.from(text), `The parameter ${name}`, maxJsonValues);
}

/** The content of a request. */
interface Sent {
  readonly body: unknown;
  readonly search: string;
  /** Whether its plan or its commit reads the viewer. */
  readonly isIdentifiedLater: boolean;
}

export function graphqlEndpoint({
  apollo,
  contextOf,
  trusted,
  plans,
  atOnce,
  live,
  maxBodyBytes,
  limits,
}: GraphQLOptions) {
  return async (api: ApiRequest, response: ServerResponse): Promise<void> => {
    const { request } = api;
    const sent = await parseBody(request, { maxBodyBytes, ...limits });
    const body = request.method === 'POST' && trusted ? trusted.inBody(sent) : sent;
    const search = request.method === 'GET' && trusted ? trusted.inSearch(api.search) : api.search;
    const text = operationText(body, search);
    // A cached operation has been measured before.
    const isIdentifiedLater = plans?.identifies(text) ?? false;
    if (!isIdentifiedLater) limitText(text, limits);
    await holdParameters(search, limits);
    if (wantsEvents(api, body)) return live(api, body, response);
    return traced('operation', {}, async (note) => {
      await answer(api, response, { body, search, isIdentifiedLater });
      note(api.note.known.operation);
    });
  };

  /** Answers an operation, by the fast path or by Apollo Server. */
  async function answer(
    api: ApiRequest,
    response: ServerResponse,
    { body, search, isIdentifiedLater }: Sent,
  ): Promise<void> {
    const { request } = api;
    const tried = atOnce && request.method === 'POST' ? await atOnce(api, body, response) : null;
    if (tried === 'answered') return;
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method!.toUpperCase(), headers, search, body },
      context: () =>
        (tried?.context ?? contextOf(api, isIdentifiedLater)).catch((error: unknown) => {
          api.note.noteError(error);
          throw asGraphQLError(error);
        }),
    });
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.statusCode = statusOf(result);
    if (response.statusCode === 200) plans?.noteContentType(request.headers.accept, result.headers.get('content-type'));
    if (response.statusCode === errorCodes.UNAUTHENTICATED)
      response.setHeader('www-authenticate', challengeTo(request.headers.authorization));
    if (result.body.kind === 'complete') return void response.end(result.body.string);
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  }
}
