/** Persisted queries as Apollo has them: a client sends the hash of a text it sent before, instead of the text. */
import { createHash } from 'node:crypto';
import { ada, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hashOf = (text: string, version = 1) => ({ persistedQuery: { version, sha256Hash: sha256(text) } });

interface Answer {
  status: number;
  data?: unknown;
  errors?: { message: string; extensions: { code: string } }[];
}
type Parameters = { query?: string; extensions: object; variables?: object };
const ways = {
  POST: (parameters: Parameters) => send('', { method: 'POST', body: JSON.stringify(parameters) }),
  GET: ({ query, extensions, variables = {} }: Parameters) => {
    const search = new URLSearchParams({
      ...(query !== undefined && { query }),
      extensions: JSON.stringify(extensions),
      variables: JSON.stringify(variables),
    });
    return send(`?${search.toString()}`, { method: 'GET' });
  },
};
async function send(search: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${world.server.url}/graphql${search}`, {
    ...init,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      authorization: `Bearer ${await world.tokenOf(ada)}`,
    },
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}
// Clients look for the message or the code, and some take any status but 200 for a failure of the network.
const notFound = {
  status: 200,
  errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
};
const isAda = { status: 200, data: { viewer: { userId: ada } } };

describe.each(['GET', 'POST'] as const)('by %s', (method) => {
  const ask = ways[method];

  test('a hash that is not known is asked for with its text, and is known from then on, in both ways', async () => {
    const query = `query By${method} { viewer { userId } }`;
    expect(await ask({ extensions: hashOf(query) })).toEqual(notFound);
    expect(await ask({ query, extensions: hashOf(query) })).toEqual(isAda);
    for (const again of Object.values(ways)) expect(await again({ extensions: hashOf(query) })).toEqual(isAda);
  });

  test('variables go with a hash as with a text', async () => {
    const query = `query Of${method}($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { report { reportId } } }`;
    const variables = { c: workflow.cycleId, r: workflow.reportId };
    const isWorkflow = { status: 200, data: { workflow: { report: { reportId: workflow.reportId } } } };
    expect(await ask({ query, extensions: hashOf(query), variables })).toEqual(isWorkflow);
    expect(await ask({ extensions: hashOf(query), variables })).toEqual(isWorkflow);
  });

  test('a text under another’s hash, another version and something else than a hash are the client’s mistakes', async () => {
    const query = `query Wrong${method} { viewer { userId } }`;
    for (const wrong of [
      { query, extensions: hashOf('{ viewer { name } }') },
      { query, extensions: { persistedQuery: { version: 1 } } },
      { query, extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } },
      { query, extensions: { persistedQuery: 'yes' } },
      { query, extensions: hashOf(query, 2) },
    ])
      expect(await ask(wrong)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await ask({ extensions: hashOf(query) })).toEqual(notFound);
    expect(await ask({ extensions: hashOf('{ viewer { name } }') })).toEqual(notFound);
  });

  test('what is refused is not kept', async () => {
    const query = `query Refused${method} { nothingLikeThis }`;
    for (let time = 0; time < 2; time++)
      expect(await ask({ query, extensions: hashOf(query) })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      });
    expect(await ask({ extensions: hashOf(query) })).toEqual(notFound);
  });
});

test('a mutation is known by its hash, and is still not done by GET', async () => {
  const query =
    'mutation Start($input: CreateVersionInput!) { createVersion(input: $input) { version { versionNumber } } }';
  const { cycleId, reportId } = workflow;
  const variables = { input: { cycleId, reportId, phase: 'PLANNING' } };
  const notByGet = { status: 405, errors: [{ extensions: { code: 'BAD_REQUEST' } }] };
  expect(await ways.GET({ query, extensions: hashOf(query), variables })).toMatchObject(notByGet);
  expect(await ways.POST({ extensions: hashOf(query), variables })).toEqual(notFound);
  expect(await ways.POST({ query, extensions: hashOf(query), variables })).toMatchObject({ status: 200 });
  expect(await ways.GET({ extensions: hashOf(query), variables })).toMatchObject(notByGet);
  expect(await world.sql('owner', 'select version_number from phase_version')).toEqual([{ version_number: 1 }]);
});

test('nobody without a token learns which hashes are known, or makes one known', async () => {
  const query = 'query Unasked { viewer { userId } }';
  for (const body of [{ extensions: hashOf(query) }, { query, extensions: hashOf(query) }]) {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(401);
  }
  expect(await ways.POST({ extensions: hashOf(query) })).toEqual(notFound);
});

test('as many are kept as have a million characters; the oldest go first, and a client sends them again', async () => {
  const long = (n: number) => `query Long${n} { viewer { userId } } #${String(n).repeat(400_000)}`;
  for (const n of [1, 2, 3]) expect(await ways.POST({ query: long(n), extensions: hashOf(long(n)) })).toEqual(isAda);
  expect(await ways.POST({ extensions: hashOf(long(1)) })).toEqual(notFound);
  for (const n of [2, 3]) expect(await ways.POST({ extensions: hashOf(long(n)) })).toEqual(isAda);
  expect(await ways.POST({ query: long(1), extensions: hashOf(long(1)) })).toEqual(isAda);
});
