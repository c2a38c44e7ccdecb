/**
 * The REST facade: readers and writers of the system before this one ask here until they speak GraphQL. It decides nothing.
 * A path, its query and its body become the variables of a document of its own, which is executed as any other; data and
 * refusals become JSON and problem details.
 */
import type { ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Context } from '../../graphql/context';
import { slugOf } from '../../phases/names';
import { DomainError, notFound } from '../../versioning/errors';
import type { PhaseDeclaration } from '../../versioning/phase';
import { challengeTo } from '../authenticate';
import { errorCodes, retryAfter, type errorFormatter } from '../error-codes';
import { parseJson, readBody, send, type ApiRequest, type BodyLimits } from '../http';
import { RequestRefusal } from '../refusals';
import { deprecationHeaders } from './deprecation';
import { openApi } from './openapi';
import { problemOf } from './problems';
import { decoded, pathOf, phaseIn, routeOf } from './paths';
import { placeAsked, VERSION_PATH, type Asking, type Place, type Route } from './routes';
import { inputOf, queryOf } from './variables';

interface FacadeOptions {
  readonly apollo: ApolloServer<Context>;
  readonly contextOf: (request: ApiRequest) => Promise<Context>;
  readonly formatError: ReturnType<typeof errorFormatter>;
  readonly bodyLimits: BodyLimits;
  readonly schema: GraphQLSchema;
  readonly sunset: Date;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
}

/** What GraphQL refused, as it would have said it. */
class Refused extends Error {
  constructor(readonly said: GraphQLFormattedError) {
    super(said.message);
  }
}

const at = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], data);

/** Why there is no answer: what was asked for is not there, or the caller may not know that it is. */
function missing({ asks, versions }: Route, data: unknown, phase: PhaseDeclaration, given: Record<string, unknown>) {
  if (versions.length > 0) return notFound(`Version ${String(given[versions.at(-1)!])}`);
  if (at(data, asks!.answer.slice(0, 1)) == null)
    return notFound(`The workflow of report ${String(given.reportId)} in cycle ${String(given.cycleId)}`);
  return new DomainError(
    'NOT_FOUND',
    phase.versioning === 'FULL'
      ? `${phase.title} has no approved version yet.`
      : `${phase.title} keeps records, each with a version in force of its own. GET /v1/phases/${slugOf(phase.key)}/versions lists them.`,
  );
}

/** Where a list goes on. */
function nextPage(path: string, query: Readonly<Record<string, string | number>>, after: string): string {
  const parameters = Object.entries({ ...query, after }).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return `<${path}?${new URLSearchParams(parameters).toString()}>; rel="next"`;
}

export function restFacade({ apollo, contextOf, formatError, bodyLimits, schema, sunset }: FacadeOptions) {
  const description = openApi(sunset);
  const aboutItself = deprecationHeaders(sunset);

  /** What was sent; nothing is an empty object, for most commands need no more than their path. */
  async function bodyOf({ request }: ApiRequest): Promise<unknown> {
    const bytes = await readBody(request, bodyLimits.maxBodyBytes);
    return bytes.length === 0 ? {} : parseJson(request, bytes, /^application\/json\b/i, bodyLimits);
  }

  async function ask({ text }: Asking, variables: Record<string, unknown>, context: Context, response: ServerResponse) {
    const { http, body } = await apollo.executeOperation({ query: text, variables }, { contextValue: context });
    for (const [name, value] of http.headers) response.setHeader(name, value);
    const { data, errors } = (body as Extract<typeof body, { kind: 'single' }>).singleResult;
    if (errors?.[0]) throw new Refused(errors[0]);
    return data!;
  }

  async function answerTo(request: ApiRequest, response: ServerResponse): Promise<Answer> {
    const { route, parameters } = routeOf(request);
    const body = route.method === 'POST' ? await bodyOf(request) : undefined;
    const context = await contextOf(request);
    const query = queryOf(route, request.search);
    if (!route.asks) return { status: 200, body: description };

    const named = decoded(parameters);
    const phase = phaseIn(named.phase!);
    const given: Record<string, unknown> = { ...named, ...query };
    const places: Record<string, Place> = {};
    for (const name of route.versions) {
      const place = (await ask(placeAsked, { versionId: given[name] }, context, response)).phaseVersion as Place | null;
      if (place?.phase !== phase.key) throw notFound(`Version ${String(given[name])}`);
      places[name] = place;
    }
    const variables = route.inputType
      ? { input: inputOf(route, schema, phase, given, request.request.headers, body) }
      : { ...given, phase: phase.key, ...route.follows?.(places) };
    const data = await ask(route.asks, variables, context, response);
    const answer = at(data, route.asks.answer) as object | null;
    if (answer == null) throw missing(route, data, phase, given);

    const version = route.version && (at(answer, route.version) as { versionId: string; revision: number });
    const page = route.list && (at(answer, [...route.list, 'pageInfo']) as { hasNextPage: boolean; endCursor: string });
    const here = { phase: slugOf(phase.key), versionId: String(given.versionId) };
    return {
      status: route.creates ? 201 : 200,
      body: answer,
      headers: {
        ...(version && { etag: `"${version.revision}"` }),
        ...(route.creates && version && { location: pathOf(VERSION_PATH, { ...here, versionId: version.versionId }) }),
      },
      links: page?.hasNextPage && page.endCursor ? [nextPage(pathOf(route.path, here), query, page.endCursor)] : [],
    };
  }

  return async (request: ApiRequest, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(aboutItself)) response.setHeader(name, value);
    try {
      const { status, body, headers, links = [] } = await answerTo(request, response);
      response.setHeader('link', [...aboutItself.link, ...links]);
      send(response, status, body, headers);
    } catch (error) {
      const problem = problemOf(
        error instanceof Refused ? error.said : formatError({ message: '' }, error),
        request.pathname,
      );
      send(response, problem.status, problem, {
        'content-type': 'application/problem+json',
        ...(problem.status === errorCodes.UNAUTHENTICATED && {
          'www-authenticate': challengeTo(request.request.headers.authorization),
        }),
        ...retryAfter([problem]),
        ...(error instanceof RequestRefusal && error.headers),
      });
    }
  };
}
