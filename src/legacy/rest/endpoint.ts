/** The REST facade, for clients of the previous system until they use GraphQL. It makes no decisions. */
import { Refused, restFacade, type Ask, type Asked, type Meaning } from '../../../packages/rest-facade';
import type { Context } from '../../graphql/context';
import { phaseOf, phases } from '../../phases';
import { slugOf } from '../../phases/names';
import { challengeTo } from '../../transport/auth/authenticate';
import type { ApiEndpoint } from '../../transport/http/endpoint';
import { errorCodes, retryAfter } from '../../transport/errors/error-codes';
import { parseJson, readBody, type ApiRequest } from '../../transport/http/http';
import { RequestRefusal } from '../../transport/errors/refusals';
import { DomainError, notFound } from '../../versioning/errors';
import type { PhaseDeclaration } from '../../versioning/phase';
import { phaseNamed } from '../phase-names';
import { codes } from './codes';
import { deprecationHeaders, links } from './deprecation';
import { openApi } from './openapi';
import { documents, placeAsked, queryParameters, routes, type VersionAddress, type Route } from './routes';
import { inputOf } from './variables';

/** The phase of a name; for an unknown one, the error lists the known names. */
function phaseIn(name: string): PhaseDeclaration {
  const key = phaseNamed(name);
  if (key !== undefined) return phaseOf(key);
  const known = phases.map((phase) => slugOf(phase.key));
  throw new DomainError('NOT_FOUND', `There is no such phase. The phases are ${known.join(', ')}.`, { phases: known });
}

/** The NOT_FOUND error: the thing does not exist, or the caller may not know that it does. */
function missing({ asks, versions }: Route, data: Variables, phase: PhaseDeclaration, given: Variables) {
  if (versions.length > 0) return notFound(`Version ${String(given[versions.at(-1)!])}`);
  if (data[asks!.answer[0]!] == null)
    return notFound(`The workflow of report ${String(given.reportId)} in cycle ${String(given.cycleId)}`);
  return new DomainError(
    'NOT_FOUND',
    phase.versioning === 'FULL'
      ? `${phase.title} has no approved version yet.`
      : `${phase.title} keeps records, each with a version in force of its own. GET /v1/phases/${slugOf(phase.key)}/versions lists them.`,
  );
}

type Variables = Readonly<Record<string, unknown>>;

export const restEndpoint: ApiEndpoint = {
  path: '/v1',
  documents,
  handler({ apollo, contextOf, formatError, bodyLimits, schema, restSunset }) {
    async function meaningOf({ route, path, query, body, request }: Asked<Route>, ask: Ask): Promise<Meaning> {
      const phase = phaseIn(path.phase!);
      const given = { ...path, ...query };
      const places: Record<string, VersionAddress> = {};
      for (const name of route.versions) {
        const place = (await ask(placeAsked, { versionId: given[name] })).phaseVersion as VersionAddress | null;
        if (place?.phase !== phase.key) throw notFound(`Version ${String(given[name])}`);
        places[name] = place;
      }
      return {
        variables: route.inputType
          ? { input: inputOf(route, schema, phase, given, request.headers, body) }
          : { ...given, phase: phase.key, ...route.follows?.(places) },
        here: { ...path, phase: slugOf(phase.key) },
        missing: (data) => missing(route, data, phase, given),
      };
    }

    return restFacade<Route, ApiRequest, Context>({
      routes,
      queryParameters,
      description: openApi(restSunset),
      headers: deprecationHeaders(restSunset),
      links,
      codes,
      callerOf: contextOf,
      meaningOf,
      // An empty body counts as an empty object, since most commands need only their path.
      async bodyOf({ request }) {
        const bytes = await readBody(request, bodyLimits.maxBodyBytes);
        return bytes.length === 0 ? {} : parseJson(request, bytes, /^application\/json\b/i, bodyLimits);
      },
      async execute(query, variables, contextValue, response) {
        const { http, body } = await apollo.executeOperation({ query, variables }, { contextValue });
        for (const [name, value] of http.headers) response.setHeader(name, value);
        return (body as Extract<typeof body, { kind: 'single' }>).singleResult;
      },
      refusalOf: (error) =>
        new Refused(formatError({ message: '' }, error), error instanceof RequestRefusal ? error.headers : {}),
      headersOf: (problem, { headers }) => ({
        ...(problem.status === errorCodes.UNAUTHENTICATED && {
          'www-authenticate': challengeTo(headers.authorization),
        }),
        ...retryAfter([problem]),
      }),
    });
  },
};
