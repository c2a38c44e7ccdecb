/**
 * What clients may send, and what they may not: nothing that is accepted is lost or altered, and nothing that is refused is
 * refused with anything worse than a message.
 */
import http from 'node:http';
import { VersionWithItemsDocument } from '../generated/graphql';
import { buildVersion, sampleItem } from '../support/builders';
import { ada, token, workflow, World } from '../support/world';

let world: World;
let authorization: string;
/** The statuses of everything this file was ever answered. */
const statuses: number[] = [];

beforeAll(async () => {
  world = await World.create();
  authorization = `Bearer ${await token(ada)}`;
  const ask = world.ask.bind(world);
  world.ask = async (...args: Parameters<typeof ask>) => {
    const answer = await ask(...args);
    statuses.push(answer.status);
    return answer as never;
  };
});
afterAll(() => world.destroy());

/** Sends bytes as they are. */
function send(
  body: string | Buffer | undefined,
  {
    method = 'POST',
    path = '/graphql',
    headers = {},
  }: { method?: string; path?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: any; text: string }> {
  const { hostname, port } = new URL(world.server.url);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        hostname,
        port,
        path,
        method,
        headers: {
          accept: 'application/graphql-response+json',
          'content-type': 'application/json',
          authorization,
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          let parsed: unknown;
          try {
            parsed = JSON.parse(text);
          } catch {
            parsed = undefined;
          }
          statuses.push(response.statusCode!);
          resolve({ status: response.statusCode!, body: parsed, text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const createQuery =
  'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId contentHash } } }';
const inputWith = (planningMetadata: unknown, item: object = {}) => ({
  cycleId: workflow.cycleId,
  reportId: workflow.reportId,
  phase: 'PLANNING',
  carryForward: 'NONE',
  content: { planning: { planningMetadata } },
  items: { attributeDecisions: [{ ...sampleItem('PLANNING', 1), ...item }] },
});
const create = (planningMetadata: unknown, item: object = {}) =>
  world.ask(ada, createQuery, { input: inputWith(planningMetadata, item) });
const versions = async () =>
  (await world.sql('owner', 'select count(*)::int as count from phase_version'))[0].count as number;

/** Refused as bad input with a message, and nothing was written. */
async function expectRefused(
  work: () => Promise<{ status: number; errors?: readonly any[] }>,
  code: string | RegExp = 'BAD_USER_INPUT',
) {
  const before = await versions();
  const { errors, status } = await work();
  expect(errors?.[0]?.extensions?.code).toEqual(typeof code === 'string' ? code : expect.stringMatching(code));
  expect(errors![0].message).not.toMatch(/select |insert |at .*:\d+:\d+|Maximum call stack|internal|node_modules/i);
  expect(status).toBeLessThan(500);
  expect(await versions()).toBe(before);
  return errors![0];
}
const raw = async (body: string | Buffer, options: Parameters<typeof send>[1] = {}) => {
  const answer = await send(body, options);
  return { status: answer.status, errors: answer.body?.errors as any[] };
};
/** The request with its variables' JSON written by hand, because JSON.stringify would not write it like this. */
const rawCreate = (metadata: string) =>
  raw(JSON.stringify({ query: createQuery, variables: { input: inputWith('@@') } }).replace('"@@"', metadata));

describe('values', () => {
  const values: [string, unknown][] = [
    [
      'fractions',
      { a: 0.1, b: 0.1 + 0.2, c: 1.7976931348623157, d: 5e-324, e: 2.2250738585072014e-308, f: 1e-7, g: -1.5e-10 },
    ],
    ['integers up to 2^53 − 1', { a: Number.MAX_SAFE_INTEGER, b: Number.MIN_SAFE_INTEGER, c: 0, d: 4294967296 }],
    ['large fractions', { a: 4503599627370495.5, b: 123456789012.125 }],
    [
      'texts of every plane',
      { a: 'äöü ß € 𝄞 😀 \u{10FFFF}', b: 'e\u0301 é', c: '\u202E\u200B\uFEFF', d: '日本語', e: '\uFFFD\uFFFE\uFFFF' },
    ],
    ['control characters', { a: '\u0001\u0008\t\n\r\u001f\u007f\u0085\u2028\u2029' }],
    ['quotes and escapes', { a: `"'\\\\\\"\`$1 $$ \${x} %s \\u0041 \\n --;/* */`, b: '\\' }],
    [
      'keys of every kind',
      {
        '': 1,
        ' ': 2,
        'a.b': 3,
        'a/b': 4,
        'a~b': 5,
        '0': 6,
        '-1': 7,
        constructor: 8,
        toString: 9,
        __typename: 10,
        prototype: 11,
        ключ: 12,
        snake_case_key: 13,
        '"': 14,
      },
    ],
    ['keys that differ in case or normal form only', { a: 1, A: 2, é: 3, 'e\u0301': 4 }],
    ['null, true, false, empty', { a: null, b: true, c: false, d: '', e: [], f: {}, g: [null], h: [[]], i: [{}] }],
    ['lists in their order', { a: [3, 1, 2, '3', [2, 1], { b: 1, a: 2 }] }],
    ['what looks like something else', { a: '1', b: 'null', c: '2026-10-01', d: '{"a":1}', e: '1e3' }],
  ];

  test.each(values)('%s come back exactly as they were sent', async (_, value) => {
    const { data, errors } = await create(value, {
      attributeData: value,
      decisionMetadata: value,
      decisionReason: JSON.stringify(value),
    });
    expect(errors).toBeUndefined();
    const { phaseVersion } = await world.run(ada, VersionWithItemsDocument, {
      versionId: data.createVersion.version.versionId,
    });
    expect(phaseVersion!.content).toEqual({ planningMetadata: value });
    expect(JSON.stringify(sorted(phaseVersion!.content))).toBe(JSON.stringify(sorted({ planningMetadata: value })));
    expect(phaseVersion!.items.nodes[0]!.content).toMatchObject({
      attributeData: value,
      decisionMetadata: value,
      decisionReason: JSON.stringify(value),
    });
  });

  const sorted = (value: any): any =>
    Array.isArray(value)
      ? value.map(sorted)
      : value && typeof value === 'object'
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sorted(value[key])]),
          )
        : value;

  test('the order of keys is no content: the hash is the same', async () => {
    const one = await create({ a: 1, b: { c: 2, d: [1, { x: 1, y: 2 }] } });
    const other = await create({ b: { d: [1, { y: 2, x: 1 }], c: 2 }, a: 1 });
    expect(other.data.createVersion.version.contentHash).toBe(one.data.createVersion.version.contentHash);
    const third = await create({ a: 1, b: { c: 2, d: [{ x: 1, y: 2 }, 1] } });
    expect(third.data.createVersion.version.contentHash).not.toBe(one.data.createVersion.version.contentHash);
  });

  test('negative zero is zero, as in every JSON that is written', async () => {
    const { status, errors } = await rawCreate('{"a": -0, "b": -0.0}');
    expect([status, errors]).toEqual([200, undefined]);
    const zero = await create({ a: 0, b: 0 });
    const [{ hashes }] = await world.sql(
      'owner',
      `select array_agg(distinct content_hash) as hashes from (select content_hash from phase_version order by created_at desc limit 2) v`,
    );
    expect(hashes).toEqual([zero.data.createVersion.version.contentHash]);
  });

  test('a text of a megabyte comes back whole, in texts, JSON, keys and labels', async () => {
    const long = `${'x'.repeat(500_000)}é😀${'ß'.repeat(500_000)}`;
    const { data, errors } = await create({ long, [long]: 1 }, { attributeData: { name: long }, decisionReason: long });
    expect(errors).toBeUndefined();
    const { phaseVersion } = await world.run(ada, VersionWithItemsDocument, {
      versionId: data.createVersion.version.versionId,
    });
    expect(phaseVersion!.content).toEqual({ planningMetadata: { long, [long]: 1 } });
    expect(phaseVersion!.items.nodes[0]).toMatchObject({
      label: long,
      content: { attributeData: { name: long }, decisionReason: long },
    });
  });

  test('a reason of a megabyte is kept with the commit', async () => {
    const reason = 'because '.repeat(125_000);
    const { data, errors } = await world.ask(
      ada,
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { changeSet { reason } } }',
      {
        input: { ...inputWith({}), reason },
      },
    );
    expect(errors).toBeUndefined();
    expect(data.createVersion.changeSet.reason).toBe(reason);
  });
});

describe('texts that cannot be kept', () => {
  const bad: [string, string][] = [
    ['U+0000', 'a\u0000b'],
    ['the first half of a surrogate pair', 'a\ud83d'],
    ['the second half of a surrogate pair', '\ude00a'],
    ['surrogates in the wrong order', '\ude00\ud83d'],
  ];
  const places: [string, (text: string) => object][] = [
    ['a text field', (text) => inputWith({}, { decisionReason: text })],
    ['JSON', (text) => inputWith({ a: [{ b: text }] })],
    ['a key of JSON', (text) => inputWith({ a: { [text]: 1 } })],
    ['an item’s JSON', (text) => inputWith({}, { attributeData: { name: text } })],
    ['the reason', (text) => ({ ...inputWith({}), reason: text })],
    ['an enumeration', (text) => ({ ...inputWith({}), phase: text })],
    ['a UUID', (text) => ({ ...inputWith({}), cycleId: text })],
  ];
  describe.each(bad)('%s', (_, text) => {
    test.each(places)('is refused in %s', async (_place, input) => {
      await expectRefused(() => world.ask(ada, createQuery, { input: input(text) }));
    });

    test('is refused in a literal of the operation, in arguments and in ids', async () => {
      const literal = JSON.stringify(text).replace(
        /[\ud800-\udfff]/g,
        (half) => `\\u${half.charCodeAt(0).toString(16)}`,
      );
      const operations = [
        `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING, reason: ${literal} }) { version { id } } }`,
        `{ node(id: ${literal}) { id } }`,
        `{ workflows(after: ${literal}) { nodes { id } } }`,
      ];
      for (const operation of operations)
        await expectRefused(() => world.ask(ada, operation), /BAD_USER_INPUT|GRAPHQL_PARSE_FAILED/);
      await expectRefused(() => world.ask(ada, 'query ($id: ID!) { node(id: $id) { id } }', { id: text }));
      await expectRefused(() =>
        world.ask(ada, 'query ($after: String) { workflows(after: $after) { nodes { id } } }', { after: text }),
      );
    });

    test('is refused in a variable that the operation does not even declare', async () => {
      await expectRefused(() => world.ask(ada, '{ viewer { name } }', { unused: text }));
    });
  });

  test('bytes that are no UTF-8 are refused, not replaced', async () => {
    const [before, after] = JSON.stringify({ query: createQuery, variables: { input: inputWith({ a: '@@' }) } }).split(
      '@@',
    );
    for (const bytes of [
      [0xff],
      [0xc3, 0x28],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
    ])
      await expectRefused(
        () => raw(Buffer.concat([Buffer.from(before!), Buffer.from(bytes), Buffer.from(after!)])),
        /BAD_REQUEST|BAD_USER_INPUT/,
      );
  });
});

describe('keys and depth', () => {
  test('a key named __proto__ is refused, in variables and in literals', async () => {
    for (const metadata of ['{"__proto__": {"admin": true}}', '{"a": [{"__proto__": 1}]}'])
      await expectRefused(() => rawCreate(metadata));
    const literal = (json: string) =>
      `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING, content: { planning: { planningMetadata: ${json} } } }) { version { id } } }`;
    await expectRefused(() => world.ask(ada, literal('{ a: { __proto__: { admin: true } } }')));
    await expectRefused(() => raw('{"query":"{ viewer { name } }","variables":{"__proto__":{"a":1}}}'));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + '1' + close.repeat(depth);

  test('JSON of ordinary depth is kept', async () => {
    const deep: unknown = JSON.parse(
      `{"a":${nested(50, '{"a":[', ']}')
        .replace(/\{"a":\[/g, '{"a":')
        .replace(/\]\}/g, '}')}}`,
    );
    const { data, errors } = await create(deep);
    expect(errors).toBeUndefined();
    const { phaseVersion } = await world.run(ada, VersionWithItemsDocument, {
      versionId: data.createVersion.version.versionId,
    });
    expect(phaseVersion!.content).toEqual({ planningMetadata: deep });
  });

  test.each([65, 1_000, 10_000, 100_000, 1_000_000])(
    'JSON nested %i levels deep in variables is refused',
    async (depth) => {
      await expectRefused(() => rawCreate(`{"a":${nested(depth, '[', ']')}}`), 'LIMIT_EXCEEDED');
      if (depth <= 100_000) await expectRefused(() => rawCreate(nested(depth, '{"a":', '}')), 'LIMIT_EXCEEDED');
    },
  );

  test.each([65, 500, 1_000, 3_000, 10_000, 100_000])(
    'JSON nested %i levels deep in a literal is refused',
    async (depth) => {
      const literal = (json: string) =>
        `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING, content: { planning: { planningMetadata: ${json} } } }) { version { id } } }`;
      const anyRefusal = /^(LIMIT_EXCEEDED|GRAPHQL_VALIDATION_FAILED)$/;
      await expectRefused(() => world.ask(ada, literal(`{ a: ${nested(depth, '[', ']')} }`)), anyRefusal);
      await expectRefused(() => world.ask(ada, literal(nested(depth, '{ a: ', '}'))), anyRefusal);
    },
  );

  test.each([65, 500, 1_000, 3_000, 10_000, 100_000])('selections nested %i levels deep are refused', async (depth) => {
    const anyRefusal = /^(LIMIT_EXCEEDED|GRAPHQL_VALIDATION_FAILED)$/;
    const { versionId } = await buildVersion(world, { phase: 'PLANNING' });
    const operation = `{ phaseVersion(versionId: "${versionId}") { ${'parent { '.repeat(depth)} id ${'}'.repeat(depth)} } }`;
    await expectRefused(() => world.ask(ada, operation), anyRefusal);
    await expectRefused(
      () => world.ask(ada, `{ ${'... { '.repeat(depth)} viewer { name } ${'}'.repeat(depth)} }`),
      anyRefusal,
    );
  });

  test('a type nested in lists without end does no harm', async () => {
    for (const depth of [65, 1_000, 10_000]) {
      const { status, errors } = await world.ask(
        ada,
        `query ($a: ${'['.repeat(depth)}Int${']'.repeat(depth)}) { viewer { name } }`,
      );
      expect(status).toBeLessThan(500);
      expect(JSON.stringify(errors ?? [])).not.toMatch(/Maximum call stack|INTERNAL/);
    }
  });

  test('a text of half a million quotes that never ends is refused as fast as any other', async () => {
    const began = performance.now();
    await expectRefused(() => world.ask(ada, `{ node(id: "${'\\"'.repeat(500_000)}`), 'GRAPHQL_PARSE_FAILED');
    expect(performance.now() - began).toBeLessThan(60_000); // where it grew with the square, it took hours
  });

  test('fragments that would unfold without end are refused', async () => {
    const circle = '{ viewer { ...A } } fragment A on User { name ...B } fragment B on User { ...A }';
    await expectRefused(() => world.ask(ada, circle), 'GRAPHQL_VALIDATION_FAILED');
  });

  test('depth hidden in fragments counts as depth', async () => {
    const { versionId } = await buildVersion(world, { phase: 'PLANNING' });
    const chain = Array.from(
      { length: 80 },
      (_, i) => `fragment F${i} on PhaseVersion { parent { ${i < 79 ? `...F${i + 1}` : 'id'} } }`,
    ).join(' ');
    await expectRefused(
      () => world.ask(ada, `{ phaseVersion(versionId: "${versionId}") { ...F0 } } ${chain}`),
      'LIMIT_EXCEEDED',
    );
  });
});

describe('UUIDs and other scalars', () => {
  const ask = (value: unknown) =>
    world.ask(ada, 'query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { cycle { cycleId } } }', {
      c: value,
      r: workflow.reportId,
    });

  test('a UUID may be written in upper case and is answered in lower case', async () => {
    for (const written of [workflow.cycleId.toUpperCase(), workflow.cycleId.replace('d2a0', 'D2a0')])
      expect((await ask(written)).data.workflow.cycle.cycleId).toBe(workflow.cycleId);
    const attributeId = 'ABCDEF01-0000-4000-8000-00000000000A';
    const { data } = await create({}, { attributeId });
    const { phaseVersion } = await world.run(ada, VersionWithItemsDocument, {
      versionId: data.createVersion.version.versionId,
    });
    expect(phaseVersion!.items.nodes[0]!.content).toMatchObject({ attributeId: attributeId.toLowerCase() });
    // Written in another case it is the same identity.
    const twice = [sampleItem('PLANNING', 1), sampleItem('PLANNING', 1)].map((item, i) => ({
      ...item,
      attributeId: i ? attributeId : attributeId.toLowerCase(),
    }));
    await expectRefused(() =>
      world.ask(ada, createQuery, { input: { ...inputWith({}), items: { attributeDecisions: twice } } }),
    );
  });

  test.each([
    `{${workflow.cycleId}}`,
    `urn:uuid:${workflow.cycleId}`,
    workflow.cycleId.replaceAll('-', ''),
    ` ${workflow.cycleId}`,
    `${workflow.cycleId}\n`,
    `${workflow.cycleId.slice(0, -1)}g`,
    workflow.cycleId.slice(1),
    '',
    4711,
    true,
    null,
    [workflow.cycleId, workflow.cycleId],
    { id: workflow.cycleId },
  ])('%j is no UUID', async (value) => {
    await expectRefused(() => ask(value));
    const literal = JSON.stringify(value).replace(/"id":/, 'id:');
    await expectRefused(
      () => world.ask(ada, `{ workflow(cycleId: ${literal}, reportId: "${workflow.reportId}") { id } }`),
      /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/,
    );
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1.5, '1', true, [1, 2], {}, Number.MAX_SAFE_INTEGER])(
    'first: %j is no page size',
    async (first) => {
      await expectRefused(() =>
        world.ask(ada, 'query ($first: Int) { workflows(first: $first) { nodes { id } } }', { first }),
      );
    },
  );

  test.each(['yesterday', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-10-01', 'NaN', '', true, {}])(
    '%j is no instant',
    async (since) => {
      await expectRefused(() =>
        world.ask(
          ada,
          'query ($c: UUID!, $r: UUID!, $since: DateTime) { workflow(cycleId: $c, reportId: $r) { changes(since: $since) { nodes { id } } } }',
          {
            c: workflow.cycleId,
            r: workflow.reportId,
            since,
          },
        ),
      );
    },
  );

  test.each([[], 'text', 1, true, [{}]])('%j is no JSON object', async (value) => {
    await expectRefused(() => create(value));
  });

  test('an enumeration’s value must be one of its own', async () => {
    for (const phase of ['PLANING', 'planning', 'AUDIT', '', 1])
      await expectRefused(() => world.ask(ada, createQuery, { input: { ...inputWith({}), phase } }));
    await expectRefused(() => create({}, { decisionType: 'MAYBE' }));
    await expectRefused(
      () => world.ask(ada, '{ workflow(cycleId: "x", reportId: "y") { workflowPhase(phase: NOTHING) { progress } } }'),
      /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/,
    );
  });

  test('an unknown field of an input is refused', async () => {
    await expectRefused(() => world.ask(ada, createQuery, { input: { ...inputWith({}), contnet: {} } }));
    await expectRefused(() => create({}, { decisionTyp: 'INCLUDE' }));
  });

  test('inputs that take exactly one member refuse none, two, and one that is null', async () => {
    const planning = { planningMetadata: {} };
    const scoping = { scopingCriteria: {} };
    for (const content of [
      {},
      { planning, scoping },
      { planning: null },
      { planning, scoping: null },
      { planning: undefined },
    ]) {
      await expectRefused(() => world.ask(ada, createQuery, { input: { ...inputWith({}), content } }));
    }
    for (const items of [
      {},
      { attributeDecisions: null },
      { attributeDecisions: [sampleItem('PLANNING', 1)], scopingDecisions: [] },
    ])
      await expectRefused(() => world.ask(ada, createQuery, { input: { ...inputWith({}), items } }));
    const literal = (content: string) =>
      `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING, content: ${content} }) { version { id } } }`;
    for (const content of ['{}', '{ planning: {}, scoping: {} }', '{ planning: null }'])
      await expectRefused(() => world.ask(ada, literal(content)), /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
  });
});

describe('requests', () => {
  const query = JSON.stringify({ query: '{ viewer { userId } }' });

  test('a well-formed one is answered, in either media type', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'application/graphql+json',
      'APPLICATION/JSON',
    ])
      expect(await send(query, { headers: { 'content-type': type } })).toMatchObject({
        status: 200,
        body: { data: { viewer: { userId: ada } } },
      });
  });

  test.each([
    ['nothing', ''],
    ['half an object', '{"query": "{ viewer'],
    ['a text that is no JSON', 'query { viewer { name } }'],
    ['JSON with a remark', '{"query": "{ viewer { name } }"} // hello'],
    ['two objects', `${query}${query}`],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{ viewer { name } }"'],
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['a batch of operations', `[${query},${query}]`],
    ['a query that is no text', '{"query": {"a": 1}}'],
    ['variables that are a list', '{"query": "{ viewer { name } }", "variables": [1]}'],
    ['variables that are a text', '{"query": "{ viewer { name } }", "variables": "x"}'],
    ['variables that are JSON in a text', '{"query": "{ viewer { name } }", "variables": "{}x"}'],
    ['an operation name that is no text', '{"query": "{ viewer { name } }", "operationName": 1}'],
    ['extensions that are no object', '{"query": "{ viewer { name } }", "extensions": 1}'],
  ])('a body that is %s is 400', async (_, body) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].extensions.code).toMatch(/^BAD_REQUEST$|^BAD_USER_INPUT$/);
    expect(answer.body.errors[0].message).toMatch(/\w+/);
    expect(answer.text).not.toMatch(/stacktrace|node_modules|at position|SyntaxError/);
  });

  test('an operation name that the document does not have is refused', async () => {
    for (const body of [
      { query: 'query A { viewer { userId } } query B { viewer { name } }', operationName: 'C' },
      { query: 'query A { viewer { userId } } query B { viewer { name } }' },
      { query: 'query A { viewer { userId } }', operationName: 'a' },
      { query: 'fragment F on User { name }' },
    ]) {
      const answer = await send(JSON.stringify(body));
      expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([
        400,
        expect.stringMatching(/OPERATION_RESOLUTION_FAILURE|GRAPHQL_VALIDATION_FAILED/),
      ]);
    }
    const both = { query: 'query A { viewer { userId } } query B { viewer { name } }', operationName: 'A' };
    expect((await send(JSON.stringify(both))).body).toEqual({ data: { viewer: { userId: ada } } });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    '',
  ])('the content type “%s” is 415', async (type) => {
    const answer = await send(query, { headers: { 'content-type': type } });
    expect(answer.status).toBe(415);
    expect(answer.body.errors[0].message).toMatch(/application\/json/);
  });

  test('a body larger than the limit is 413 and says the limit', async () => {
    const answer = await send(
      JSON.stringify({ query: '{ viewer { userId } }', variables: { filler: 'x'.repeat(10_500_000) } }),
    );
    expect(answer.status).toBe(413);
    expect(answer.body.errors[0]).toMatchObject({
      message: expect.stringContaining('10485760'),
      extensions: { code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  test('a body just below the limit is taken', async () => {
    const frame = JSON.stringify({ query: '{ viewer { userId } }', variables: { filler: '' } });
    const answer = await send(frame.replace('""', `"${'x'.repeat(10_485_760 - frame.length)}"`));
    expect(answer).toMatchObject({ status: 200, body: { data: { viewer: { userId: ada } } } });
  });

  test('a body of many times the limit is cut off, and the next request is served', async () => {
    await send(Buffer.alloc(60_000_000, 'x')).then(
      ({ status }) => expect([400, 413]).toContain(status),
      (error: NodeJS.ErrnoException) => expect(['ECONNRESET', 'EPIPE']).toContain(error.code),
    );
    expect((await send(query)).status).toBe(200);
  });

  test('a request that is broken off does no harm', async () => {
    const { hostname, port } = new URL(world.server.url);
    await new Promise<void>((resolve) => {
      const request = http.request({
        hostname,
        port,
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '1000', authorization },
      });
      request.on('error', () => resolve());
      request.write('{"query": "');
      setTimeout(() => request.destroy(), 20);
      request.on('close', () => resolve());
    });
    expect((await send(query)).status).toBe(200);
  });

  test('mutations do not come by GET, and no answer to another method is a server error', async () => {
    const mutation = encodeURIComponent(
      `mutation { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING }) { version { id } } }`,
    );
    const before = await versions();
    for (const path of [
      '/graphql',
      `/graphql?query=${mutation}`,
      '/graphql?query=',
      '/graphql?query=%E0%A4%A',
      `/graphql?query=${encodeURIComponent('{ viewer { name } }')}&variables=nonsense`,
    ]) {
      const answer = await send(undefined, { method: 'GET', path });
      expect([400, 405]).toContain(answer.status);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await send(undefined, { method })).status).toBe(405);
    expect(await versions()).toBe(before);
  });

  test.each([
    '/%00',
    '/graphql%00',
    '/graphql?query=%00',
    '/..%2f..%2fetc%2fpasswd',
    '//',
    '//graphql',
    '/%',
    '/graphql?%',
    '*',
  ])('the odd address %s is no server error', async (path) => {
    expect([200, 302, 308, 400, 404, 405]).toContain((await send(undefined, { method: 'GET', path })).status);
  });

  test('the id of a request is kept with its commit; one that is no id is replaced', async () => {
    const mutation =
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { changeSet { requestId } } }';
    const requestId = async (id: string) =>
      (
        await send(JSON.stringify({ query: mutation, variables: { input: inputWith({}) } }), {
          headers: { 'x-request-id': id },
        })
      ).body.data.createVersion.changeSet.requestId as string;
    expect(await requestId('client-4711:a.b')).toBe('client-4711:a.b');
    for (const odd of ['x'.repeat(101), '<script>', 'a b', 'é'])
      expect(await requestId(odd)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

// The last word of the file.
test('whatever came before, no answer was a server error, and the server still works', async () => {
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  expect(await world.get(ada, '{ viewer { userId } }')).toEqual({ viewer: { userId: ada } });
});

describe('what graphql-js refuses without a code of its own', () => {
  test.each([
    ['more wrong variables than it counts', 'query ($p: [Phase!]) { reviewQueue(phases: $p) { totalCount } }', { p: Array(300).fill('NONE') }], // prettier-ignore
    ['a list too long to be right', 'query ($p: [Phase!]) { reviewQueue(phases: $p) { totalCount } }', { p: Array(90_000).fill(1) }], // prettier-ignore
    ['a variable that does not fit into JSON', `mutation ($at: DateTime) { createVersion(input: { cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}", phase: PLANNING, content: { planning: { planningMetadata: { at: $at } } } }) { version { id } } }`, { at: '2026-01-01T00:00:00Z' }], // prettier-ignore
    ['a condition that is null', 'query ($if: Boolean = true) { viewer { name @include(if: $if) } }', { if: null }],
  ])('%s is the request’s fault', async (_, query, variables) => {
    const { status, errors } = await world.ask(ada, query, variables);
    expect(errors?.length).toBeGreaterThan(0);
    for (const { extensions } of errors!) expect(extensions.code).toBe('BAD_USER_INPUT');
    expect(status).toBeLessThan(500);
  });
});
