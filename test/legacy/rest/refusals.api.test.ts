import { writeFileSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import { pathOf } from '../../../packages/rest-facade';
import { routes, type Route } from '../../../src/legacy/rest/routes';
import { phases } from '../../../src/phases';
import { slugOf } from '../../../src/phases/names';
import { sampleItems, buildVersion, type BuiltVersion } from '../../support/builders';
import { written } from '../../support/refusals';
import { exchange } from '../../support/raw-http';
import {
  ada,
  gone,
  olga,
  otherWorkflow,
  stranger,
  token,
  workflow,
  World,
  type WorldOptions,
} from '../../support/world';
import { temporaryFolder } from '../../support/temporary';
import { rest, type RestAnswer } from './client';

const worlds: World[] = [];
async function worldWith(options: WorldOptions = {}): Promise<World> {
  const made = await World.create(options);
  worlds.push(made);
  return made;
}
let world: World;
let draft: BuiltVersion;
let other: BuiltVersion;
beforeAll(async () => {
  world = await worldWith();
  draft = await buildVersion(world, { phase: 'SCOPING', items: 2 });
  other = await buildVersion(world, { phase: 'SCOPING', items: 1 });
});
afterAll(() => Promise.all(worlds.map((each) => each.destroy())));

const ask = (...asked: Parameters<typeof rest> extends [any, ...infer Rest] ? Rest : never) => rest(world, ...asked);
const versions = '/v1/phases/scoping/versions';
const where = (place: { cycleId: string; reportId: string } = workflow) =>
  `cycleId=${place.cycleId}&reportId=${place.reportId}`;

interface About {
  readonly phase?: string;
  readonly versionId?: string;
  readonly to?: string;
  readonly place?: { readonly cycleId: string; readonly reportId: string };
}

/** A request to a route that is right in itself. */
function wellFormed(
  { method, path: template, query, inputType, versions: named }: Route,
  { phase = 'scoping', versionId = draft.versionId, to = other.versionId, place = workflow }: About = {},
) {
  const { cycleId, reportId } = place;
  const values: Record<string, string> = { cycleId, reportId, from: versionId, to, first: '5' };
  const search = new URLSearchParams(
    query.flatMap((name): [string, string][] => (values[name] ? [[name, values[name]]] : [])),
  ).toString();
  return {
    method,
    path: pathOf(template, { phase, versionId }) + (search && `?${search}`),
    sent: {
      ...(inputType && { body: named.length > 0 ? { reason: 'Because.' } : { cycleId, reportId } }),
      ...(inputType && named.length > 0 && { headers: { 'if-match': '"1"' } }),
    },
  };
}
const tried = (userId: number | null, route: Route, about: About = {}, of = world): Promise<RestAnswer> => {
  const { method, path: asked, sent } = wellFormed(route, about);
  return rest(of, userId, method, asked, sent);
};
const aboutPhases = routes.filter(({ path: template }) => template.includes('{phase}'));
const onVersions = routes.filter((route) => route.versions.length > 0);
/** What a caller can tell two answers apart by, but for what they sent themselves. */
const told = ({ status, body, headers }: RestAnswer, ...sent: string[]) => ({
  status,
  body: JSON.parse(sent.reduce((text, one) => text.replaceAll(one, '…'), JSON.stringify(body))) as object,
  headers: [...headers.keys()].sort(),
});

describe.each(routes)('$method $path', (route) => {
  test('takes a token', async () => {
    const answer = await tried(null, route);
    expect(answer.refusal).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await tried(gone, route)).refusal).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('takes one method, and says which', async () => {
    const { path: asked } = wellFormed(route);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', route.method === 'GET' ? 'POST' : 'GET']) {
      const here = routes.filter((one) => one.path === route.path);
      if (here.some((one) => one.method === method)) continue;
      const { refusal, headers, body } = await ask(ada, method, asked);
      expect([method, refusal.status, refusal.code]).toEqual([method, 405, 'METHOD_NOT_ALLOWED']);
      expect(headers.get('allow')).toBe(body.allowed.join(', '));
      expect(body.allowed).toContain(route.method);
      expect(body.allowed).not.toContain(method);
    }
  });

  test('takes no parameters but its own, each once', async () => {
    const { method, path: asked, sent } = wellFormed(route);
    const mark = asked.includes('?') ? '&' : '?';
    for (const more of [
      'x=1',
      'first=1&first=1',
      '__proto__=1',
      'first=-1',
      'first=1.5',
      'first=',
      'first=99999999999',
    ])
      expect([more, (await ask(ada, method, `${asked}${mark}${more}`, sent)).refusal.code]).toEqual([
        more,
        'BAD_USER_INPUT',
      ]);
  });
});

describe.each(aboutPhases)('$method $path', (route) => {
  test('of a phase that is not there names those that are', async () => {
    for (const phase of ['scope', 'scoping;', 'ä', '%00', '__proto__']) {
      const { body } = await tried(ada, route, { phase });
      expect(body).toMatchObject({ type: '/problems/not-found', status: 404, code: 'NOT_FOUND' });
      expect(body.phases).toEqual(phases.map(({ key }) => slugOf(key)));
    }
  });

  test('does not exist for a stranger, who learns nothing', async () => {
    const before = await written(world);
    const nowhere = { cycleId: randomUUID(), reportId: randomUUID() };
    const [versionId, to] = [randomUUID(), randomUUID()];
    const hidden = await tried(stranger, route);
    const unknown = await tried(stranger, route, { versionId, to, place: nowhere });
    expect(hidden.refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(told(hidden, draft.versionId, other.versionId, workflow.cycleId, workflow.reportId)).toEqual(
      told(unknown, versionId, to, nowhere.cycleId, nowhere.reportId),
    );
    expect(await written(world)).toEqual(before);
  });
});

describe.each(onVersions)('$method $path', (route) => {
  test('of a version of another phase is that of a version that is not there', async () => {
    const before = await written(world);
    const [versionId, to] = [randomUUID(), randomUUID()];
    const unknown = await tried(ada, route, { versionId, to, phase: 'planning' });
    const elsewhere = await tried(ada, route, { phase: 'planning' });
    expect(elsewhere.refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(told(elsewhere, draft.versionId, other.versionId)).toEqual(told(unknown, versionId, to));
    expect(await written(world)).toEqual(before);
  });

  test.each(['1', 'x', '{0194d2a0-5c00-7000-8000-000000000001}', '%22', 'current'])('is not of “%s”', async (id) => {
    const { method, path: asked, sent } = wellFormed(route);
    const answer = await ask(ada, method, asked.replace(draft.versionId, id), sent);
    expect(answer.status === 404 || answer.refusal.code === 'BAD_USER_INPUT' || answer.status === 405).toBe(true);
  });
});

test('a version that was deleted is there for those who see deleted ones, and for nobody else', async () => {
  const deleted = await buildVersion(world, { phase: 'SCOPING' });
  await world.get(
    ada,
    'mutation ($input: VersionTransitionInput!) { deleteVersion(input: $input) { version { versionId } } }',
    { input: { versionId: deleted.versionId, expectedRevision: deleted.revision, reason: 'Begun twice.' } },
  );
  expect((await ask(ada, 'GET', `${versions}/${deleted.versionId}`)).body).toMatchObject({ isDeleted: true });
  const versionId = randomUUID();
  for (const route of onVersions)
    expect(told(await tried(olga, route, deleted), deleted.versionId)).toEqual(
      told(await tried(olga, route, { versionId }), versionId),
    );
});

test('versions of two records are not compared', async () => {
  const elsewhere = await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: 2, items: 1 });
  const here = await buildVersion(world, { phase: 'PLANNING', items: 1 });
  const between = (from: string, to: string) => `/v1/phases/planning/versions/compare?from=${from}&to=${to}`;
  expect((await ask(2, 'GET', between(here.versionId, elsewhere.versionId))).refusal).toMatchObject({
    status: 400,
    code: 'BAD_USER_INPUT',
    detail: expect.stringContaining('different records') as string,
  });
  for (const asked of [between(here.versionId, elsewhere.versionId), between(elsewhere.versionId, here.versionId)])
    expect((await ask(ada, 'GET', asked)).refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test.each([
  '/v1',
  '/v1/',
  '/v1/x',
  '/v1/phases',
  '/v1/phases/scoping',
  `${versions}/`,
  '/v1//openapi.json',
  '/v1/phases//versions',
])('there is nothing at %s', async (asked) => {
  for (const method of ['GET', 'POST', 'PUT'])
    expect((await ask(ada, method, asked)).refusal).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

describe('a body', () => {
  const post = (body: string | Uint8Array, headers = {}) => ask(ada, 'POST', versions, { body, headers });

  test.each(['{', '{"a":1}x', '[1', "{'a': 1}", '\u0000', '{"a":"\u0007"}'])('is JSON, not %j', async (body) => {
    expect((await post(body)).refusal).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test('is UTF-8', async () => {
    const bytes = Buffer.from(JSON.stringify({ ...workflow, reason: 'é' }), 'latin1');
    expect((await post(bytes)).refusal).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test.each(['[]', 'null', '1', '"x"', 'true'])('is an object, not %s', async (body) => {
    expect((await post(body)).refusal).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
  test.each([
    ['{"__proto__": {"phase": "PLANNING"}}'],
    [JSON.stringify({ ...place, phase: 'PLANNING' })],
    [JSON.stringify({ ...place, content: { nonsense: 1 } })],
    [JSON.stringify({ ...place, content: { scoping: {} } })],
    [JSON.stringify({ ...place, content: 7 })],
    [JSON.stringify({ ...place, items: [{ isInScope: true }] })],
    [JSON.stringify({ ...place, items: sampleItems('PLANNING', 1).attributeDecisions })],
    [JSON.stringify({ ...place, items: [] })],
    [JSON.stringify({ ...place, reason: 'a\u0000b' })],
    [`{"cycleId": "${workflow.cycleId}", "reportId": "${workflow.reportId}", "reason": "\\ud800"}`],
    [
      `{"cycleId": "${workflow.cycleId}", "reportId": "${workflow.reportId}", "content": {"scopingCriteria": {"n": 1e999}}}`,
    ],
    [JSON.stringify({ cycleId: workflow.cycleId })],
    [JSON.stringify({ ...place, idempotencyKey: 'mine' })],
  ])('is refused if it is %s', async (body) => {
    const before = await written(world);
    expect((await post(body)).refusal).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(await written(world)).toEqual(before);
  });

  test('is not nested without end', async () => {
    const deep = `{"cycleId": "${workflow.cycleId}", "reportId": "${workflow.reportId}", "content": {"scopingCriteria": ${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}}`;
    expect((await post(deep)).refusal).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/graphql+json'])(
    'is application/json, not %s',
    async (type) => {
      const { refusal } = await post('{}', { 'content-type': type });
      expect(refusal).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  test('is no larger than it may be', async () => {
    const small = await worldWith({ maxBodyBytes: 1024 });
    const { refusal, body } = await rest(small, ada, 'POST', versions, { body: { reason: 'x'.repeat(1024) } });
    expect(refusal).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    expect(body).toMatchObject({ measure: 'bytes', limit: 1024 });
  });
});

test.each([
  [undefined, 428, 'PRECONDITION_REQUIRED'],
  ['*', 400, 'BAD_USER_INPUT'],
  ['1', 400, 'BAD_USER_INPUT'],
  ['W/"1"', 400, 'BAD_USER_INPUT'],
  ['"1", "2"', 400, 'BAD_USER_INPUT'],
  ['"9999999999"', 400, 'BAD_USER_INPUT'],
  ['"2"', 412, 'CONFLICT'],
])('If-Match: %s on a version in revision 1 is answered with %i', async (given, status, code) => {
  const headers: Record<string, string> = given === undefined ? {} : { 'if-match': given };
  const { refusal } = await ask(ada, 'POST', `${versions}/${draft.versionId}/submit`, { headers });
  expect(refusal).toMatchObject({ status, code });
});

test('a token that is wrong is refused as it is over GraphQL', async () => {
  for (const bearer of [await token(ada, {}, 'x'.repeat(40)), await token(ada, { exp: 1 }), 'x', '']) {
    const headers = { authorization: `Bearer ${bearer}` };
    const { refusal } = await ask(null, 'GET', `${versions}?${where()}`, { headers });
    const { errors } = await world.ask(null, '{ viewer { userId } }', {}, headers);
    expect([refusal.status, refusal.code, refusal.detail]).toEqual([401, 'UNAUTHENTICATED', errors![0]!.message]);
  }
});

test('what is asked is paid from the same budget as over GraphQL', async () => {
  const poor = await worldWith({ costPerMinute: 60_000 });
  const paths = `${versions}?${where()}`;
  const first = await rest(poor, ada, 'GET', paths);
  const left = (headers: Headers) => Number(headers.get('ratelimit-remaining'));
  expect(Number(first.headers.get('x-operation-cost'))).toBeGreaterThan(100);
  expect(left((await poor.ask(ada, '{ viewer { userId } }')).headers)).toBeLessThan(left(first.headers));
  let last = first;
  while (last.status === 200) last = await rest(poor, ada, 'GET', paths);
  expect(last.body).toMatchObject({
    type: '/problems/rate-limited',
    status: 429,
    limit: 60_000,
    retryAfterSeconds: expect.any(Number) as number,
  });
  expect(Number(last.headers.get('retry-after'))).toBe(last.body.retryAfterSeconds);
  expect((await poor.ask(ada, '{ viewer { userId } }')).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
});

test('where GraphQL is closed to unknown documents, to introspection and to all but the smallest, the facade is as it was', async () => {
  const folder = temporaryFolder();
  const text = 'query WhoAmI { viewer { userId } }';
  const file = path.join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify({ [createHash('sha256').update(text).digest('hex')]: text }));
  const closed = await worldWith({
    trustedDocuments: file,
    introspection: false,
    maxTokens: 100,
    maxDepth: 1,
    maxAliases: 0,
    maxDirectives: 0,
    maxRootFields: 1,
    maxCost: 1,
  });
  const planning = '/v1/phases/planning/versions';
  const { cycleId, reportId } = workflow;
  const created = await rest(closed, ada, 'POST', planning, {
    body: { cycleId, reportId, items: sampleItems('PLANNING', 1).attributeDecisions },
  });
  expect(created.status).toBe(201);
  const { versionId } = created.body.version;
  for (const asked of [
    `${planning}?${where()}`,
    `${planning}/${versionId}`,
    '/v1/openapi.json',
    `${planning}/compare?from=${versionId}&to=${versionId}`,
  ])
    expect([asked, (await rest(closed, ada, 'GET', asked)).status]).toEqual([asked, 200]);
  const headers = { 'if-match': '"1"' };
  expect((await rest(closed, ada, 'POST', `${planning}/${versionId}/submit`, { headers })).status).toBe(200);
  expect(await closed.codeOf(ada, '{ viewer { name } }')).toBe('DOCUMENT_NOT_TRUSTED');
});

test('what breaks on our side is told by an id, and by nothing else', async () => {
  const broken = await worldWith();
  await broken.sql('superuser', 'alter table phase_version rename to elsewhere');
  const { status, body } = await rest(broken, ada, 'GET', `${versions}?${where()}`);
  expect([status, body]).toEqual([
    500,
    {
      type: '/problems/internal-server-error',
      title: 'Something went wrong on our side',
      status: 500,
      detail: `Something went wrong on our side. Quote ${body.errorId} when you report it.`,
      instance: versions,
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    },
  ]);
});

describe('pages of other origins', () => {
  const origin = 'https://review.example';

  test('may ask where they are named, and read what they are told', async () => {
    const open = await worldWith({ corsOrigins: [origin] });
    const asked = await fetch(`${open.server.url}${versions}/x/submit`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'if-match' },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/if-match,idempotency-key/);
    for (const path of ['/v1/openapi.json', '/v1/nothing']) {
      const { headers } = await rest(open, ada, 'GET', path, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toMatch(/etag,link,location,deprecation,sunset/);
    }
  });

  test('may not where they are not', async () => {
    const { headers } = await ask(ada, 'GET', '/v1/openapi.json', { headers: { origin } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test('a request is found by its id, in the log of commits, too', async () => {
  const { headers, body } = await ask(ada, 'POST', versions, {
    body: { cycleId: workflow.cycleId, reportId: workflow.reportId },
    headers: { 'x-request-id': 'old-system:42' },
  });
  expect(headers.get('x-request-id')).toBe('old-system:42');
  const commits = await world.sql('owner', 'select request_id from log.change_set where hash = decode($1, $2)', [
    body.changeSet.hash,
    'hex',
  ]);
  expect(commits).toEqual([{ request_id: 'old-system:42' }]);
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  const head = `POST ${versions} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"cycle`;
  await Promise.all(Array.from({ length: 20 }, (_, i) => exchange(world.server.url, [head], { destroyAfterMs: i })));
  expect((await ask(ada, 'GET', '/v1/openapi.json')).status).toBe(200);
});

test('no path, no query and no body is answered as our fault', async () => {
  const values = fc.oneof(
    fc.constantFrom(draft.versionId, other.versionId, workflow.cycleId, workflow.reportId, 'scoping', 'Testing', '5'),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  const encoded = values.map((value) => encodeURIComponent(value.toWellFormed()));
  const segment = fc.oneof(
    fc.constantFrom('v1', 'phases', 'versions', 'current', 'compare', 'submit', 'approve', 'reject', 'revert'),
    encoded,
    fc.constantFrom('%', '%ff', '%e0%a4', '..', '%00', '%2F'),
  );
  const template = fc.constantFrom(...routes);
  const asked = fc.oneof(
    { weight: 1, arbitrary: fc.array(segment, { maxLength: 6 }).map((parts) => ['v1', ...parts].join('/')) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(template, segment, segment)
        .map(([route, phase, id]) => route.path.slice(1).replace('{phase}', phase).replace('{versionId}', id)),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(template, segment)
        .map(([route, id]) => route.path.slice(1).replace('{phase}', 'scoping').replace('{versionId}', id)),
    },
  );
  const parameter = fc.tuple(
    fc.oneof(fc.constantFrom('cycleId', 'reportId', 'from', 'to', 'first', 'after'), encoded),
    encoded,
  );
  const search = fc.oneof(
    fc.constant(`?${where()}`),
    fc.array(parameter, { maxLength: 4 }).map((given) => `?${given.map((pair) => pair.join('=')).join('&')}`),
    fc.constantFrom('?', '?%', '?a=%ff&=&&', '??'),
  );
  const body = fc.oneof(
    fc.json(),
    fc.string({ maxLength: 20 }),
    fc
      .record(
        {
          cycleId: fc.constant(workflow.cycleId),
          reportId: fc.constant(workflow.reportId),
          content: fc.jsonValue(),
          items: fc.jsonValue(),
          reason: fc.jsonValue(),
          parentVersionId: values,
          carryForward: values,
          idempotencyKey: values,
        },
        { requiredKeys: ['cycleId', 'reportId'] },
      )
      .map((given) => JSON.stringify(given)),
  );
  const headers = fc.record(
    {
      'if-match': fc.constantFrom('"1"', '"2"', '*', 'x'),
      'idempotency-key': fc.constantFrom('x', '""', randomUUID()),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      ...([fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'HEAD'), asked, search, body, headers] as const),
      async (method, pathname, query, sent, given) => {
        // What is no path any more, because `..` leads out of it, is another server's page.
        if (!new URL(`http://x/${pathname}`).pathname.startsWith('/v1')) return;
        const answer = await ask(ada, method, `${new URL(`http://x/${pathname}`).pathname}${query}`, {
          ...(method === 'POST' && { body: sent }),
          headers: given,
        });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: 600 },
  );
});
