/** From an address to a route and its phase, and back. */
import { extensions } from '../../extensions';
import { phaseOf, phases } from '../../phases';
import { phasesByName, slugOf } from '../../phases/names';
import { DomainError } from '../../versioning/errors';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { ApiRequest } from '../http';
import { badRequest, RequestRefusal } from '../refusals';
import { routes, type Route } from './routes';

interface Match {
  readonly route: Route;
  /** What the path says in the place of parameters, encoded as it was sent. */
  readonly parameters: Readonly<Record<string, string>>;
}

const segments = (path: string): string[] => path.split('/').slice(1);

/** The routes whose path fits. */
function routesAt(pathname: string): Match[] {
  const given = segments(pathname);
  const fitting = routes.flatMap((route) => {
    const wanted = segments(route.path);
    if (wanted.length !== given.length) return [];
    const parameters: Record<string, string> = {};
    for (const [i, segment] of wanted.entries()) {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name && given[i]) parameters[name] = given[i];
      else if (segment !== given[i]) return [];
    }
    return [{ route, parameters }];
  });
  // A path that is written out is meant, not a version of that name.
  const fewest = Math.min(...fitting.map(({ parameters }) => Object.keys(parameters).length));
  return fitting.filter(({ parameters }) => Object.keys(parameters).length === fewest);
}

/** The path of a route with its parameters. */
export const pathOf = (template: string, parameters: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name]!));

/** The route that a request means; who only looks (HEAD) is told what readers are told. */
export function routeOf({ request: { method }, pathname }: ApiRequest): Match {
  const here = routesAt(pathname);
  if (here.length === 0)
    throw new DomainError('NOT_FOUND', 'There is nothing at this path. GET /v1/openapi.json says what there is.');
  const found = here.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (found) return found;
  const allowed = here.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  throw new RequestRefusal(
    'METHOD_NOT_ALLOWED',
    `This path takes ${allowed.join(', ')}.`,
    { allowed },
    { allow: allowed.join(', ') },
  );
}

/** The parameters of a path as they are meant. */
export function decoded(parameters: Match['parameters']): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw badRequest('The path is not UTF-8 in percent-encoding.');
  }
}

const phaseNamed = phasesByName(extensions.flatMap(({ phaseNames }) => phaseNames));

/** The phase of that name; whoever asks for another is told which there are. */
export function phaseIn(name: string): PhaseDeclaration {
  const key = phaseNamed(name);
  if (key !== undefined) return phaseOf(key);
  const known = phases.map((phase) => slugOf(phase.key));
  throw new DomainError('NOT_FOUND', `There is no such phase. The phases are ${known.join(', ')}.`, { phases: known });
}
