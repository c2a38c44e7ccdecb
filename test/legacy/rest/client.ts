/**
 * Asks the facade as its clients do. Whatever it answers is held against what it says of itself: its headers, and the
 * status and the shape that its OpenAPI description has for the path that was asked.
 */
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readEnv } from '../../../src/env';
import { openApi } from '../../../src/legacy/rest/openapi';
import { World, type WorldOptions } from '../../support/world';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
  /** Without the path and whatever else is different in each request. */
  readonly refusal: { readonly status: number; readonly code: string; readonly detail: string };
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export const description = openApi(readEnv({}).restSunset) as {
  paths: Record<string, Record<string, { responses: Record<string, { headers: object }> }>>;
};
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(description, 'api');

/** The template of a path in the description; one that is written out before one with more parameters. */
function templateOf(pathname: string): string | undefined {
  const fits = (template: string) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]*')}$`).test(pathname);
  const parameters = (template: string) => template.split('{').length;
  return Object.keys(description.paths)
    .filter(fits)
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

const escaped = (segment: string) => encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));

function holdAgainstDescription(method: string, path: string, { status, headers, body }: RestAnswer): void {
  const template = templateOf(path.split('?')[0]!);
  const operation = template === undefined ? undefined : description.paths[template]![method.toLowerCase()];
  const ok = status < 400;
  const type = ok ? 'application/json' : 'application/problem+json';
  expect(headers.get('content-type')).toMatch(
    ok ? /^application\/json; charset=utf-8$/ : /^application\/problem\+json$/,
  );
  const pointer = operation
    ? ['paths', template!, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
    : ['components', 'schemas', 'Problem'];
  const validate = ajv.getSchema(`api#/${pointer.map(escaped).join('/')}`);
  if (!validate) throw new Error(`${method} ${path} answered ${status}, which the description does not have`);
  void validate(body);
  expect(validate.errors ?? []).toEqual([]);
  if (!operation) return;
  for (const name of Object.keys(operation.responses[String(status)]!.headers))
    expect({ name, value: headers.get(name) }).toEqual({ name, value: expect.stringMatching(/./) });
}

export async function rest(
  world: World,
  userId: number | null,
  method: string,
  path: string,
  { body, headers: more }: Sent = {},
): Promise<RestAnswer> {
  const response = await fetch(`${world.server.url}${path}`, {
    method,
    headers: {
      ...(userId !== null && { authorization: `Bearer ${await world.tokenOf(userId)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...more,
    },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    }),
  });
  const { status, headers } = response;
  expect(Object.fromEntries(headers)).toMatchObject({
    deprecation: '@1795392000',
    sunset: 'Fri, 31 Dec 2027 00:00:00 GMT',
    link: expect.stringContaining('</graphql>; rel="successor-version"') as string,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    'x-request-id': expect.stringMatching(/^[\w.:-]{1,100}$/) as string,
  });
  expect(headers.get('link')).toContain('rel="deprecation"');
  const text = await response.text();
  const parsed = text === '' ? undefined : JSON.parse(text);
  const answer: RestAnswer = {
    status,
    headers,
    body: parsed,
    refusal: { status, code: parsed?.code, detail: parsed?.detail },
  };
  if (method === 'HEAD') return answer;
  holdAgainstDescription(method, path, answer);
  if (status >= 400) expect(parsed.status).toBe(status);
  return answer;
}

/** A world with a client for it. */
export async function restWorld(options: WorldOptions = {}) {
  const world = await World.create(options);
  return {
    world,
    ask: (...asked: Parameters<typeof rest> extends [any, ...infer Rest] ? Rest : never) => rest(world, ...asked),
  };
}
