/** What browsers, pages of elsewhere and slow clients may do, and what they are told. */
import { gzipSync } from 'node:zlib';
import { exchange } from '../support/raw-http';
import { ada, gone, token, workflow, World, type WorldOptions } from '../support/world';

const worlds: World[] = [];
async function worldWith(options: WorldOptions = {}): Promise<World> {
  const world = await World.create(options);
  worlds.push(world);
  return world;
}
let world: World;
let authorization: string;
beforeAll(async () => {
  world = await worldWith();
  authorization = `Bearer ${await world.tokenOf(ada)}`;
});
afterAll(() => Promise.all(worlds.map((each) => each.destroy())));

const json = { 'content-type': 'application/json' };
const viewer = JSON.stringify({ query: '{ viewer { userId } }' });
const codeIn = async (response: Response) =>
  ((await response.json()) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

/** The address of an operation by GET. */
const byGet = (target: World, parameters: Record<string, string>) =>
  `${target.server.url}/graphql?${new URLSearchParams(parameters).toString()}`;

describe('requests that a page could send without being asked about', () => {
  test('by GET have no token, which a browser never sends on its own, and are refused', async () => {
    const url = byGet(world, { query: '{ viewer { userId } }' });
    for (const headers of [new Headers(), new Headers({ cookie: 'session=1' }), new Headers({ 'x-any': 'x' })]) {
      const refused = await fetch(url, { headers });
      expect([refused.status, await codeIn(refused)]).toEqual([401, 'UNAUTHENTICATED']);
    }
    const response = await fetch(url, { headers: { authorization } });
    expect([response.status, await response.json()]).toEqual([200, { data: { viewer: { userId: ada } } }]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'TEXT/PLAIN', ''])(
    'by POST as “%s” are refused, whatever else they carry',
    async (type) => {
      const response = await fetch(`${world.server.url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body: new TextEncoder().encode(viewer),
      });
      expect([response.status, await codeIn(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  test.each(['gzip', 'br', 'x-any'])(
    'compressed (%s) are refused in words: a body is read as it is',
    async (encoding) => {
      const response = await fetch(`${world.server.url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'content-encoding': encoding },
        body: gzipSync(viewer),
      });
      expect([response.status, response.headers.get('accept-encoding'), await codeIn(response)]).toEqual([
        415,
        'identity',
        'UNSUPPORTED_MEDIA_TYPE',
      ]);
    },
  );

  test('a mutation is never done by GET', async () => {
    const mutation = `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING }) { version { id } } }`;
    const response = await fetch(`${world.server.url}/graphql?query=${encodeURIComponent(mutation)}`, {
      headers: { authorization },
    });
    expect([response.status, response.headers.get('allow'), await codeIn(response)]).toEqual([
      405,
      'POST',
      'BAD_REQUEST',
    ]);
    expect(await world.sql('owner', 'select version_id from phase_version')).toEqual([]);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://review.example';
  const preflight = (target: World, from: string) =>
    fetch(`${target.server.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const ask = (target: World, from: string) =>
    fetch(`${target.server.url}/graphql`, {
      method: 'POST',
      headers: { ...json, authorization, origin: from },
      body: viewer,
    });

  test('may do nothing where none is named', async () => {
    const asked = await preflight(world, origin);
    expect(asked.status).toBeGreaterThanOrEqual(400);
    for (const { headers } of [asked, await ask(world, origin)])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('may ask where they are named, exactly, and without credentials', async () => {
    const open = await worldWith({ corsOrigins: [origin, 'http://localhost:5173'] });
    const asked = await preflight(open, origin);
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': expect.stringContaining('authorization') as string,
      vary: expect.stringContaining('Origin') as string,
    });
    const answered = await ask(open, origin);
    expect(await answered.json()).toEqual({ data: { viewer: { userId: ada } } });
    expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answered.headers.get('access-control-expose-headers')).toMatch(/x-operation-cost/);
    for (const { headers } of [asked, answered]) expect(headers.get('access-control-allow-credentials')).toBeNull();
    for (const other of [
      'https://review.example.evil.example',
      'http://review.example',
      'https://REVIEW.example.',
      'null',
      `${origin}:8443`,
    ])
      for (const { headers } of [await preflight(open, other), await ask(open, other)])
        expect(headers.get('access-control-allow-origin')).toBeNull();
    // Refusals, too, can be read by the page.
    const refused = await fetch(`${open.server.url}/graphql`, {
      method: 'POST',
      headers: { ...json, origin },
      body: '{',
    });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, origin]);
    expect(
      (await fetch(`${open.server.url}/health/live`, { headers: { origin } })).headers.has(
        'access-control-allow-origin',
      ),
    ).toBe(false);
  });
});

test('pages of other origins may ask by GET, with what clients of GraphQL send besides the token', async () => {
  const origin = 'https://review.example';
  const open = await worldWith({ corsOrigins: [origin] });
  const sent = ['authorization', 'content-type', 'apollographql-client-name', 'apollographql-client-version'];
  const url = byGet(open, { query: '{ viewer { userId } }' });
  const asked = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': sent.join(','),
    },
  });
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  expect(asked.headers.get('access-control-allow-methods')?.split(',')).toContain('GET');
  const allowed = asked.headers.get('access-control-allow-headers')?.split(',') ?? [];
  expect(sent.filter((header) => !allowed.includes(header))).toEqual([]);
  const answered = await fetch(url, { headers: { origin, authorization } });
  expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
  expect(await answered.json()).toEqual({ data: { viewer: { userId: ada } } });
});

describe('the address of an operation by GET', () => {
  /** A GET of so many bytes, head and address together. */
  const ofLength = (bytes: number) => {
    const [before, after] = [
      `GET /graphql?query=${encodeURIComponent('{viewer{userId}}')}%23`,
      ` HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    ];
    return `${before}${'a'.repeat(bytes - before.length - after.length)}${after}`;
  };
  const answerTo = async (bytes: number) => {
    const { text, closed } = await exchange(world.server.url, [ofLength(bytes)]);
    expect(closed).toBe(true);
    const [head, body] = text.split('\r\n\r\n');
    return { status: Number(head!.split(' ')[1]), head, ...(JSON.parse(body!) as { data?: unknown; errors?: any[] }) };
  };

  test('may be as long as all headers together may be', async () => {
    expect(await answerTo(16_000)).toMatchObject({ status: 200, data: { viewer: { userId: ada } } });
  });

  test.each([17_000, 60_000, 500_000])(
    'of %i bytes is refused in words, with the limit and the way out',
    async (bytes) => {
      expect(await answerTo(bytes)).toMatchObject({
        status: 431,
        head: expect.stringMatching(/content-type: application\/json/i) as string,
        errors: [
          {
            message: expect.stringMatching(/larger than 16384 bytes\. Send the operation by POST\./) as string,
            extensions: { code: 'PAYLOAD_TOO_LARGE', limit: 16_384 },
          },
        ],
      });
    },
  );
});

test.each(['/graphql', '/health/live', '/health/ready', '/', '/nothing-here', '/playground/'])(
  '%s comes with headers that let a browser run, frame and guess nothing',
  async (path) => {
    const response = await fetch(`${world.server.url}${path}`, { redirect: 'manual' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/) as string,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(response.headers.has('x-powered-by')).toBe(false);
    expect(response.headers.has('server')).toBe(false);
  },
);

test.each(['/health/live', '/', '/nothing-here', '/playground/'])('%s is only read', async (path) => {
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  for (const method of methods) {
    const response = await fetch(`${world.server.url}${path}`, { method, redirect: 'manual' });
    expect([method, response.status, response.headers.get('allow'), await codeIn(response)]).toEqual([
      method,
      405,
      'GET, HEAD',
      'METHOD_NOT_ALLOWED',
    ]);
  }
});

test('answers are kept by nobody', async () => {
  expect((await world.ask(ada, '{ viewer { name } }')).headers.get('cache-control')).toBe('no-store');
});

test('where introspection is off, the schema cannot be asked for, nor guessed from what refusals suggest', async () => {
  const closed = await worldWith({ introspection: false });
  for (const query of ['{ __schema { types { name } } }', '{ __type(name: "User") { name } }']) {
    const { errors, status } = await closed.ask(ada, query);
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  }
  expect((await closed.ask(ada, '{ viewr { name } }')).errors?.[0]?.message).not.toMatch(/Did you mean/);
  expect((await closed.ask(ada, '{ viewer { __typename } }')).data).toEqual({ viewer: { __typename: 'User' } });
  expect((await world.ask(ada, '{ viewr { name } }')).errors?.[0]?.message).toMatch(/Did you mean/);
});

const challenged: [what: string, header: () => string | undefined | Promise<string>, challenge: string][] = [
  ['no token', () => undefined, 'Bearer'],
  ['another scheme', () => 'Basic YTpi', 'Bearer'],
  ['a scheme without its token', () => 'Bearer ', 'Bearer'],
  ['something that is no token', () => 'Bearer let-me-in', 'Bearer error="invalid_token"'],
  ['an expired token', async () => `bearer ${await token(ada, { exp: 1 })}`, 'Bearer error="invalid_token"'],
  ['a token of somebody who left', async () => `Bearer ${await token(gone)}`, 'Bearer error="invalid_token"'],
];
test.each(challenged)('a request with %s is told by header what to send', async (_, header, challenge) => {
  const given = await header();
  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      body: viewer,
      headers: { ...json, accept, ...(given !== undefined && { authorization: given }) },
    });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(await codeIn(response)).toBe('UNAUTHENTICATED');
  }
});

test('no other answer asks for a token', async () => {
  const ask = (body: string) =>
    fetch(`${world.server.url}/graphql`, { method: 'POST', headers: { ...json, authorization }, body });
  for (const body of [viewer, '{', JSON.stringify({ query: '{ nothing }' })])
    expect((await ask(body)).headers.get('www-authenticate')).toBeNull();
});

describe('clients that are slow, or gone', () => {
  let impatient: World;
  beforeAll(async () => {
    impatient = await worldWith({ requestTimeoutMs: 500 });
  });
  const head = (length: number) =>
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: ${authorization}\r\nContent-Length: ${length}\r\n\r\n`;

  test.each([
    ['half a request line', () => ['POST /gra']],
    ['headers that never end', () => ['POST /graphql HTTP/1.1\r\nHost: x\r\nX-A: b']],
    ['half a body', () => [head(1000), '{"query": "']],
    ['half a chunk', () => [head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'), 'ff\r\n{"que']],
  ])('%s is given up', async (_, pieces) => {
    const { text, closed } = await exchange(impatient.server.url, pieces());
    expect(closed).toBe(true);
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(text).toMatch(/did not arrive in time/);
  });

  test('what is no HTTP is told so', async () => {
    const { text } = await exchange(world.server.url, ['\u0016\u0003\u0001 hello\r\n\r\n']);
    expect(text).toMatch(/^HTTP\/1.1 400 .*This is not an HTTP request/s);
  });

  test('headers without end are refused', async () => {
    const { text } = await exchange(world.server.url, [
      `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
    ]);
    expect(text).toMatch(/^HTTP\/1.1 431 /);
  });

  test('hundreds that go away in the middle leave nothing behind: others are answered, and the server stops at once', async () => {
    const busy = await World.create({ requestTimeoutMs: 3_600_000 });
    try {
      await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          exchange(busy.server.url, [head(i % 2 ? 1000 : viewer.length), i % 2 ? '{"que' : viewer], {
            destroyAfterMs: i % 20,
          }),
        ),
      );
      expect((await busy.ask(ada, '{ viewer { userId } }')).status).toBe(200);
    } finally {
      const began = performance.now();
      await busy.destroy();
      expect(performance.now() - began).toBeLessThan(600_000); // sooner than the requests would be given up
    }
  });
});
