/** Matches URLs to routes with parameters, and builds URLs. */
import { refused } from './refused';
import type { QueryParameter, Route } from './route';

interface Match<R extends Route> {
  readonly route: R;
  /** The raw values of the path parameters, still encoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

const segments = (path: string): string[] => path.split('/').slice(1);

/** The routes that match a path. */
function routesAt<R extends Route>(routes: readonly R[], pathname: string): Match<R>[] {
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
  // A literal segment wins over a parameter.
  const fewest = Math.min(...fitting.map(({ parameters }) => Object.keys(parameters).length));
  return fitting.filter(({ parameters }) => Object.keys(parameters).length === fewest);
}

/** The URL path of a route with its parameters. */
export const pathOf = (template: string, parameters: Readonly<Record<string, unknown>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name])));

/** The route for a request; HEAD is answered like GET. */
export function routeOf<R extends Route>(routes: readonly R[], method: string | undefined, pathname: string): Match<R> {
  const here = routesAt(routes, pathname);
  if (here.length === 0) {
    const description = routes.find(({ asks }) => !asks);
    const hint = description ? ` GET ${description.path} says what there is.` : '';
    throw refused('NOT_FOUND', `There is nothing at this path.${hint}`);
  }
  const found = here.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (found) return found;
  const allowed = here.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  const allow = allowed.join(', ');
  throw refused('METHOD_NOT_ALLOWED', `This path takes ${allow}.`, { allowed }, { allow });
}

/** Decodes the path parameters. */
export function decoded(parameters: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw refused('BAD_REQUEST', 'The path is not UTF-8 in percent-encoding.');
  }
}

/** Parses the query string: known parameters only, each at most once. */
export function queryOf(
  { query }: Route,
  known: Readonly<Record<string, QueryParameter>>,
  search: string,
): Record<string, string | number> {
  const wrong = (problem: string, details = {}) => refused('BAD_USER_INPUT', problem, details);
  const given: Record<string, string | number> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!query.includes(name)) {
      const names = query.length > 0 ? query.join(', ') : 'none';
      throw wrong(`This path takes no such parameter. Its parameters are: ${names}.`, { parameters: query });
    }
    if (name in given) throw wrong(`The parameter ${name} is there twice. Send it once.`);
    const isNumber = known[name]!.type === 'Int';
    if (isNumber && !/^\d{1,9}$/.test(value)) throw wrong(`The parameter ${name} must be a whole number, such as 20.`);
    given[name] = isNumber ? Number(value) : value;
  }
  const left = query.find((name) => known[name]!.required && !(name in given));
  if (left) throw wrong(`The parameter ${left} is missing.`, { parameter: left });
  return given;
}
