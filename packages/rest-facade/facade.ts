import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import { problemOf, type Codes, type Problem } from './problems';
import { Refused } from './refused';
import { at, type Asking, type QueryParameter, type Route } from './route';
import { decoded, pathOf, queryOf, routeOf } from './routing';

export interface Requested {
  readonly request: IncomingMessage;
  readonly pathname: string;
  /** The query string with its question mark. */
  readonly search: string;
}

export type Variables = Readonly<Record<string, unknown>>;

/** The request for a route. */
export interface Asked<R extends Route> {
  readonly route: R;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number>>;
  /** The body of a POST. */
  readonly body: unknown;
  readonly request: IncomingMessage;
}

/** Runs another query first, on behalf of the same caller. */
export type Ask = (asking: Asking, variables: Variables) => Promise<Record<string, unknown>>;

/** The GraphQL operation for a request. */
export interface Meaning {
  readonly variables: Variables;
  /** The path parameters in the facade's own notation. */
  readonly here: Readonly<Record<string, string>>;
  /** Why the data has no answer. */
  readonly missing: (data: Record<string, unknown>) => Error;
}

export interface Facade<R extends Route, Request extends Requested, Caller> {
  readonly routes: readonly R[];
  readonly queryParameters: Readonly<Record<string, QueryParameter>>;
  /** The response of a route without a query. */
  readonly description: object;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  readonly links: readonly string[];
  readonly codes: Codes;
  readonly bodyOf: (request: Request) => Promise<unknown>;
  /** The caller; everything is executed on their behalf. */
  readonly callerOf: (request: Request) => Promise<Caller>;
  readonly meaningOf: (asked: Asked<R>, ask: Ask) => Meaning | Promise<Meaning>;
  readonly execute: (
    text: string,
    variables: Variables,
    caller: Caller,
    response: ServerResponse,
  ) => Promise<{ data?: Record<string, unknown> | null; errors?: readonly GraphQLFormattedError[] | undefined }>;
  /** The error that callers see for anything thrown. */
  readonly refusalOf: (error: unknown) => Refused;
  /** The headers of an error response, whatever its source. */
  readonly headersOf: (problem: Problem, request: IncomingMessage) => Readonly<Record<string, string>>;
}

/** The link to the next page. */
function nextPage(path: string, query: Asked<Route>['query'], after: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after })) parameters.append(name, String(value));
  return `<${path}?${parameters.toString()}>; rel="next"`;
}

function send(response: ServerResponse, status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Makes the request handler of a facade. */
export function restFacade<R extends Route, Request extends Requested, Caller>(
  facade: Facade<R, Request, Caller>,
): (request: Request, response: ServerResponse) => Promise<void> {
  async function answerTo(requested: Request, response: ServerResponse): Promise<{ status: number; body: object }> {
    const { request, pathname, search } = requested;
    const { route, parameters } = routeOf(facade.routes, request.method, pathname);
    const body = route.method === 'POST' ? await facade.bodyOf(requested) : undefined;
    const caller = await facade.callerOf(requested);
    const query = queryOf(route, facade.queryParameters, search);
    if (!route.asks) return { status: 200, body: facade.description };

    const ask: Ask = async ({ text }, variables) => {
      const { data, errors } = await facade.execute(text, variables, caller, response);
      if (errors?.[0]) throw new Refused(errors[0]);
      return data!;
    };
    const asked = { route, path: decoded(parameters), query, body, request };
    const { variables, here, missing } = await facade.meaningOf(asked, ask);
    const data = await ask(route.asks, variables);
    const answer = at(data, route.asks.answer) as object | null;
    if (answer == null) throw missing(data);

    const { creates } = route;
    const version = route.version && (at(answer, route.version) as Record<string, unknown>);
    const page = route.list && (at(answer, [...route.list, 'pageInfo']) as { hasNextPage: boolean; endCursor: string });
    if (version) response.setHeader('etag', `"${String(version.revision)}"`);
    if (creates && version)
      response.setHeader('location', pathOf(creates.path, { ...here, [creates.by]: version[creates.by] }));
    if (page?.hasNextPage && page.endCursor)
      response.appendHeader('link', nextPage(pathOf(route.path, here), query, page.endCursor));
    return { status: creates ? 201 : 200, body: answer };
  }

  return async (requested, response) => {
    for (const [name, value] of Object.entries(facade.headers)) response.setHeader(name, value);
    response.setHeader('link', [...facade.links]); // Copied, because more links may be appended.
    try {
      const { status, body } = await answerTo(requested, response);
      send(response, status, body);
    } catch (error) {
      const { said, headers } = error instanceof Refused ? error : facade.refusalOf(error);
      const problem = problemOf(said, requested.pathname, facade.codes);
      send(response, problem.status, problem, {
        'content-type': 'application/problem+json',
        ...facade.headersOf(problem, requested.request),
        ...headers,
      });
    }
  };
}
