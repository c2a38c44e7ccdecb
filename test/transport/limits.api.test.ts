/** What is too much is refused before anything is done, with the limit and what was asked for. */
import { examples } from '../../playground/src/examples';
import { getIntrospectionQuery } from 'graphql';
import { until } from '../support/until';
import { ada, aud, ben, workflow, World, type WorldOptions } from '../support/world';

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;

const worlds: World[] = [];
async function worldWith(options: WorldOptions): Promise<World> {
  const world = await World.create(options);
  worlds.push(world);
  return world;
}
afterAll(() => Promise.all(worlds.map((world) => world.destroy())));

describe('limits', () => {
  const limits = {
    maxTokens: 60,
    maxDepth: 4,
    maxAliases: 2,
    maxDirectives: 2,
    maxRootFields: 3,
    maxCost: 50,
    maxBodyBytes: 3_000,
    maxJsonValues: 100,
  };
  let world: World;
  beforeAll(async () => {
    world = await worldWith(limits);
  });

  const cases: [measure: keyof typeof limits, limit: number, allowed: string, refused: string, actual: number][] = [
    ['maxTokens', 60, `{ ${'__typename '.repeat(3)} }`, `{ viewer { ${'name '.repeat(56)} } }`, 61],
    [
      'maxDepth',
      4,
      `{ workflow(${place}) { report { lob { name } } } }`,
      `{ workflow(${place}) { changes(first: 1) { nodes { ... { ...F } } } } } fragment F on ChangeSet { actor { name } }`,
      5,
    ],
    ['maxAliases', 2, '{ a: viewer { b: name } }', '{ a: viewer { b: name c: name } }', 3],
    [
      'maxDirectives',
      2,
      '{ viewer @include(if: true) { name @skip(if: false) } }',
      '{ viewer @include(if: true) { name @skip(if: false) userId @skip(if: true) } }',
      3,
    ],
    [
      'maxRootFields',
      3,
      '{ viewer { name } ... { __typename } ...R } fragment R on Query { a: __typename }',
      '{ viewer { name } ... { __typename } ...R } fragment R on Query { a: __typename phaseConfigs { phase } }',
      4,
    ],
    [
      'maxCost',
      50,
      '{ workflows(first: 40) { nodes { id } } }',
      '{ workflows(first: 40) { nodes { id cycle { cycleId } } } }',
      122,
    ],
  ];

  test.each(cases)('%s of %i', async (name, limit, allowed, refused, actual) => {
    expect((await world.ask(ada, allowed)).errors).toBeUndefined();
    const answer = await world.ask(ada, refused);
    const measure = name.replace('max', '');
    expect(answer.status).toBe(400);
    expect(answer.errors).toEqual([
      {
        message: expect.stringContaining(`is ${limit}; this has ${actual}.`) as string,
        extensions: {
          code: 'LIMIT_EXCEEDED',
          measure: measure[0]!.toLowerCase() + measure.slice(1),
          limit,
          actual,
        },
      },
    ]);
    expect('data' in answer).toBe(false);
  });

  test('only the operation that is meant is weighed', async () => {
    const text =
      'query Dear { workflows(first: 100) { nodes { id } } } query Cheap { workflows(first: 1) { nodes { id } } }';
    const ask = (operationName: string) =>
      fetch(`${world.server.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'application/graphql-response+json',
          'content-type': 'application/json',
          authorization: bearer,
        },
        body: JSON.stringify({ query: text, operationName }),
      });
    const bearer = `Bearer ${await world.tokenOf(ada)}`;
    expect((await ask('Cheap')).status).toBe(200);
    expect((await ask('Dear')).status).toBe(400);
  });

  test('what it costs depends on the variables, also when the document is known already', async () => {
    const query = 'query ($n: Int!) { workflows(first: $n) { nodes { id } } }';
    expect((await world.ask(ada, query, { n: 10 })).headers.get('x-operation-cost')).toBe('12');
    expect((await world.ask(ada, query, { n: 90 })).errors?.[0]?.extensions).toMatchObject({ actual: 92 });
    expect((await world.ask(ada, query, { n: 10 })).headers.get('x-operation-cost')).toBe('12');
  });

  test('JSON of many small values is refused by their number, in a body and in an address', async () => {
    const json = JSON.stringify({ keys: Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`k${i}`, i])) });
    const extensions = { code: 'LIMIT_EXCEEDED', measure: 'values', limit: 100, actual: 101 };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await world.tokenOf(ada)}` };
    const body = `{"query": "{ viewer { name } }", "variables": ${json}}`;
    for (const answer of [
      await fetch(`${world.server.url}/graphql`, { method: 'POST', headers, body }),
      await fetch(
        `${world.server.url}/graphql?${new URLSearchParams({ query: '{ viewer { name } }', variables: json }).toString()}`,
        { headers },
      ),
    ]) {
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions }] });
    }
  });

  test('a refusal before GraphQL is an answer of GraphQL to a client that knows those', async () => {
    const answer = await world.ask(ada, '{ viewer { name } }', { list: Array(150).fill(1) });
    expect(answer.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
    expect(answer.status).toBe(400);
  });

  test('a mutation that is refused has done nothing', async () => {
    const mutation = `mutation { createVersion(input: { ${place}, phase: PLANNING }) { version { id } } }`;
    expect(await world.codeOf(ada, mutation)).toBe('LIMIT_EXCEEDED');
    expect(await world.sql('owner', 'select version_id from phase_version')).toEqual([]);
  });

  test('a body that is too large', async () => {
    const answer = await world.ask(ada, '{ viewer { name } }', { filler: 'x'.repeat(3_000) });
    expect(answer.status).toBe(413);
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'PAYLOAD_TOO_LARGE', measure: 'bytes', limit: 3_000 });
  });

  test('several operations in one body are refused: each has its own status, and its own transaction', async () => {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await world.tokenOf(ada)}` },
      body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'Send one operation per request; it may ask for several fields at once.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    });
  });
});

test('under the default limits the playground can be used: its examples and the whole introspection', async () => {
  const world = await worldWith({});
  for (const { query, variables } of examples) {
    const { errors } = await world.ask(ada, query, JSON.parse(variables || '{}') as object);
    expect(errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain('LIMIT_EXCEEDED');
  }
  const { data } = await world.ask(ada, getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
  expect(data.__schema.types.length).toBeGreaterThan(100);
});

describe('the points of a minute', () => {
  test('are told with each answer, and when they are used up', async () => {
    const world = await worldWith({ costPerMinute: 100 });
    const query = '{ workflows(first: 20) { nodes { id } } }';
    const first = await world.ask(ada, query);
    expect(first.status).toBe(200);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-operation-cost': '22',
      'ratelimit-limit': '100',
      'ratelimit-remaining': '68',
    });
    const answers = [await world.ask(ada, query), await world.ask(ada, query), await world.ask(ada, query)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const refused = answers[2]!;
    expect(refused.errors).toEqual([
      {
        message: expect.stringMatching(/^You have asked for more than 100 points within a minute/) as string,
        extensions: { code: 'RATE_LIMITED', limit: 100, cost: 10, retryAfterSeconds: expect.any(Number) as number },
      },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    // Somebody else has points of their own.
    expect((await world.ask(ben, query)).status).toBe(200);
  });

  test('are taken for each commit that a verification finds, when it is known how many there are', async () => {
    const world = await worldWith({ costPerMinute: 10_000 });
    const left = async () => {
      const { data, headers } = await world.ask(aud, '{ verifyReferenceLog { changeSetsChecked } }');
      return { commits: data.verifyReferenceLog.changeSetsChecked, points: Number(headers.get('ratelimit-remaining')) };
    };
    const [first, second] = [await left(), await left()];
    expect(first.commits).toBeGreaterThan(0);
    expect(first.points - second.points).toBe(10 + 101 + 10 * first.commits);
  });

  test('are also taken by what is refused, and by what cannot be parsed', async () => {
    const world = await worldWith({ costPerMinute: 100 });
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 11; i++) codes.push(await world.codeOf(ada, i % 2 ? '{ nonsense }' : '{'));
    expect(codes.slice(0, 2)).toEqual(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
  });
});

describe('a statement that takes too long', () => {
  test('is given up and answered as BUSY, in reading and in writing', async () => {
    const world = await worldWith({ statementTimeoutMs: 300 });
    await world.session('owner', async (client) => {
      await client.query('begin; lock table phase_version in access exclusive mode');
      const busy = {
        message: 'The database took too long to answer. Ask for less, or try again later.',
        extensions: { code: 'BUSY', retryable: true, retryAfterSeconds: 5 },
      };
      const read = await world.ask(ada, `{ workflow(${place}) { phases { history { nodes { id } } } } }`);
      expect(read.errors?.[0]).toMatchObject(busy);
      const write = await world.ask(
        ada,
        `mutation { createVersion(input: { ${place}, phase: PLANNING }) { version { id } } }`,
      );
      expect(write.errors?.[0]).toMatchObject(busy);
      expect([read.status, write.status]).toEqual([200, 200]);
      await client.query('rollback');
    });
    const reading = `{ workflow(${place}) { phases { history { nodes { id } } } } }`;
    await until('it is answered again', async () => (await world.codeOf(ada, reading)) === undefined);
  });
});
