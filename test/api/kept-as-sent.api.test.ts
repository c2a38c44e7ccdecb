/**
 * Accepted means equal when read back. A value is sent as a variable, as a literal of the operation, in an address and to the
 * REST facade; it is refused with words that help, or what is read afterwards is what was sent.
 */
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { makeDataOwners, ada, eve, olga, stranger, token, workflow, World } from '../support/world';
import { buildVersion, demandPhase } from '../support/builders';

let world: World;
let headers: Record<string, string>;
beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, olga, stranger);
  for (const phase of ['DATA_OWNER_ID', 'FINALIZE_TEST_REPORT'])
    await demandPhase(world, phase, { of: workflow, preparer: ada });
  headers = { authorization: `Bearer ${await token(ada)}`, 'content-type': 'application/json' };
});
afterAll(() => world.destroy());

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const input = { cycleId: workflow.cycleId, reportId: workflow.reportId, phase: 'PLANNING', carryForward: 'NONE' };
const create = 'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }';

interface Outcome {
  readonly code?: string;
  readonly message?: string;
  /** The text of the version's content, as the API writes it. */
  readonly kept?: string;
}

async function outcomeOf(answer: Response): Promise<Outcome> {
  const { data, errors, title, code, detail, version } = (await answer.json()) as any;
  expect(answer.status).toBeLessThan(500);
  if (errors) return { code: errors[0].extensions.code, message: errors[0].message };
  if (title && code) return { code, message: detail };
  const { versionId } = (data?.createVersion?.version ?? version) as { versionId: string };
  const query = `{ phaseVersion(versionId: "${versionId}") { ... on PlanningVersion { planningMetadata } } }`;
  const text = await (await post(JSON.stringify({ query }))).text();
  return { kept: /"planningMetadata":\{"n":(.*)\}\}\}\}$/s.exec(text.trim())?.[1] ?? text };
}
const post = (body: string) => fetch(`${world.server.url}/graphql`, { method: 'POST', headers, body });

/** Every way a JSON value comes in; `json` is put there as it is written. */
const ways = {
  'a variable': (json: string) =>
    post(
      JSON.stringify({
        query: create,
        variables: { input: { ...input, content: { planning: { planningMetadata: { n: '@@' } } } } },
      }).replace('"@@"', () => json),
    ),
  'a literal': (json: string) =>
    post(
      JSON.stringify({
        query: `mutation { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE, content: { planning: { planningMetadata: { n: ${json} } } } }) { version { versionId } } }`,
      }),
    ),
  'a variable in a literal': (json: string) =>
    post(
      JSON.stringify({
        query: `mutation ($n: JSON) { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE, content: { planning: { planningMetadata: { n: $n } } } }) { version { versionId } } }`,
        variables: { n: '@@' },
      }).replace('"@@"', () => json),
    ),
  'a default of a variable': (json: string) =>
    post(
      JSON.stringify({
        query: `mutation ($m: JSONObject = { n: ${json} }) { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE, content: { planning: { planningMetadata: $m } } }) { version { versionId } } }`,
      }),
    ),
  'a body of the REST facade': (json: string) =>
    fetch(`${world.server.url}/v1/phases/planning/versions`, {
      method: 'POST',
      headers,
      body: `{"cycleId": "${workflow.cycleId}", "reportId": "${workflow.reportId}", "carryForward": "NONE", "content": {"planningMetadata": {"n": ${json}}}}`,
    }),
};
type Way = keyof typeof ways;
const everyWay = Object.keys(ways) as Way[];
const send = async (way: Way, json: string) => outcomeOf(await ways[way](json));

/** PostgreSQL's numeric is exact, and none of ours. */
const isEqual = async (one: string, other: string): Promise<boolean> =>
  (await world.sql('owner', 'select $1::numeric = $2::numeric as equal', [one, other]))[0].equal as boolean;

describe('numbers', () => {
  const kept = ['0', '0.1', '-1.5e-10', '100', '1e21', '1E+2', '9007199254740992', '-9007199254740991', '1e308', '5e-324', '0.30000000000000004', '12345678901234567000', '0e999', '1.10']; // prettier-ignore
  const altered = ['99999999999999.99', '12345678901234.567891', '1e-400', '1e400', '-1e400', '9007199254740993', '123456789012345678901234567890', '0.1000000000000000055', '4.9e-324', '1.0000000000000001']; // prettier-ignore

  test.each(everyWay)('as %s: what a double holds comes back as the same number', async (way) => {
    for (const number of kept) {
      const { kept: read, message } = await send(way, number);
      expect([number, message]).toEqual([number, undefined]);
      expect([number, read, await isEqual(number, read!)]).toEqual([number, read, true]);
    }
  });

  test.each(everyWay)('as %s: what it does not hold is refused, and told to be sent as a text', async (way) => {
    for (const number of altered) {
      const { code, message, kept: read } = await send(way, number);
      expect([number, read, code]).toEqual([number, undefined, 'BAD_USER_INPUT']);
      expect(message).toMatch(/as a text/);
    }
  });

  test('whatever number is sent, it is refused or it comes back as the same', async () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const numbers = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,19}$/)),
        fc.option(digits(20)),
        fc.option(fc.integer({ min: -330, max: 310 })),
      )
      .map(
        ([sign, whole, fraction, power]) =>
          `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : `e${power}`}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(numbers, { minLength: 40, maxLength: 40 }), async (many) => {
        for (const number of many) {
          const { code, kept: read } = await send('a variable', number);
          // A double that is written in its own shortest form is one that must be accepted.
          if (String(Number(number)) === number) expect([number, code]).toEqual([number, undefined]);
          if (read === undefined) expect([number, code]).toEqual([number, 'BAD_USER_INPUT']);
          else expect([number, read, await isEqual(number, read)]).toEqual([number, read, true]);
        }
      }),
      { numRuns: 5 },
    );
  });

  test('in the variables of an address as well', async () => {
    const ask = (variables: string) =>
      fetch(
        `${world.server.url}/graphql?${new URLSearchParams({ query: '{ viewer { name } }', variables }).toString()}`,
        { headers: { ...headers, 'apollo-require-preflight': 'true' } },
      );
    expect((await ask('{"a": 0.1}')).status).toBe(200);
    expect(await (await ask('{"a": 99999999999999.99}')).json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await (await ask('{"a": 1, "a": 2}')).json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

describe('keys', () => {
  const twice = [
    '{"a": 1, "a": 2}',
    '{"a": 1, "a": 1}',
    '{"a": 1, "\\u0061": 2}',
    '[{"b": {"c": 1, "d": 2, "c": 3}}]',
    '{"": 1, "": 2}',
  ];
  test.each(['a variable', 'a body of the REST facade'] as const)(
    'a key that is there twice in %s is refused, and named',
    async (way) => {
      for (const json of twice) {
        const { code, message } = await send(way, json);
        expect([json, code]).toEqual([json, 'BAD_USER_INPUT']);
        expect(message).toMatch(/twice/);
      }
    },
  );

  test('a key that is there twice in a literal is refused', async () => {
    const { code, kept } = await send('a literal', '{ a: 1, a: 2 }');
    expect([kept, code]).toEqual([undefined, 'GRAPHQL_VALIDATION_FAILED']);
  });

  test('a key that is there twice around the input is refused, for one of the two would be ignored', async () => {
    const { code } = await outcomeOf(await post('{"query": "{ viewer { name } }", "variables": {}, "variables": {}}'));
    expect(code).toBe('BAD_USER_INPUT');
  });

  test('the same key in different objects, as a value, or in another case is none twice', async () => {
    for (const json of ['[{"a": 1}, {"a": 2}]', '{"a": {"a": "a"}, "b": "a", "A": 1}', '{"a": ["b", "b"], "b": 1}']) {
      const { kept, message } = await send('a variable', json);
      expect([json, message]).toEqual([json, undefined]);
      expect(JSON.parse(kept!)).toEqual(JSON.parse(json));
    }
  });
});

describe('words', () => {
  test.each(['a literal', 'a default of a variable'] as const)(
    'a word without quotes in %s is refused, and shown in quotes',
    async (way) => {
      for (const json of ['HIGH', '[HIGH, "x"]', '{ rating: { of: [HIGH] } }']) {
        const { code, message } = await send(way, json);
        expect([json, code]).toEqual([json, 'BAD_USER_INPUT']);
        expect(message).toMatch(/"HIGH"/);
      }
    },
  );

  test('true, false and null are JSON’s own', async () => {
    const { kept } = await send('a literal', '[true, false, null, "HIGH", 1, 1.5, {}]');
    expect(JSON.parse(kept!)).toEqual([true, false, null, 'HIGH', 1, 1.5, {}]);
  });

  test('an instant in a variable would be written otherwise than it was sent, and is refused within JSON', async () => {
    const outcome = await outcomeOf(
      await post(
        JSON.stringify({
          query: `mutation ($at: DateTime) { createVersion(input: { ${place}, phase: PLANNING, carryForward: NONE, content: { planning: { planningMetadata: { n: $at } } } }) { version { versionId } } }`,
          variables: { at: '2026-01-01T00:00:00Z' },
        }),
      ),
    );
    expect(outcome).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('dates and instants', () => {
  const assign = (validFrom: string) =>
    world.ask(
      eve,
      'mutation ($input: AssignDataOwnerInput!) { assignDataOwner(input: $input) { version { ... on DataOwnerAssignment { validFrom } } } }',
      {
        input: {
          cycleId: workflow.cycleId,
          reportId: workflow.reportId,
          assignmentType: 'BACKUP',
          dataOwnerId: olga,
          validFrom,
        },
      },
    );
  const period = (day: string) =>
    world.ask(
      ada,
      'mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { ... on TestReportVersion { reportPeriodStart } } } }',
      {
        input: { ...input, phase: 'FINALIZE_TEST_REPORT', content: { finalizeTestReport: { reportPeriodStart: day } } },
      },
    );

  test.each([
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2026-02-28T12:00:00.5+05:30',
    '1969-12-31t23:59:59.001z',
    '2024-02-29T00:00:00.120000Z',
  ])('the instant %s comes back as the same instant', async (instant) => {
    const { data, errors } = await assign(instant);
    expect(errors).toBeUndefined();
    expect(Date.parse(data.assignDataOwner.version.validFrom)).toBe(Date.parse(instant));
  });

  test.each([
    ['0001-01-01T00:00:00+14:00', /0001 to 9999/],
    ['9999-12-31T23:59:59-01:00', /0001 to 9999/],
    ['0000-06-01T00:00:00Z', /0001 to 9999/],
    ['+010000-01-01T00:00:00Z', /0001 to 9999/],
    ['-000001-01-01T00:00:00Z', /0001 to 9999/],
    ['2026-01-01T00:00:00.1234Z', /millisecond/],
    ['2026-02-30T00:00:00Z', /RFC 3339/],
    ['2026-06-30T23:59:60Z', /RFC 3339/],
    ['2026-01-01T24:00:00Z', /RFC 3339/],
    ['2026-01-01T00:00:00', /RFC 3339/],
    ['2026-01-01', /RFC 3339/],
    ['now', /RFC 3339/],
  ])('the instant %s is refused in words', async (instant, words) => {
    const { errors } = await assign(instant);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toMatch(words);
    const literal = await world.ask(ada, `query @asOf(at: "${instant}") { viewer { name } }`);
    expect(literal.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(literal.errors?.[0]?.message).toMatch(words);
  });

  test.each(['0001-01-01', '9999-12-31', '2024-02-29'])('the date %s comes back as it is', async (day) => {
    const { data, errors } = await period(day);
    expect(errors).toBeUndefined();
    expect(data.createVersion.version.reportPeriodStart).toBe(day);
  });

  test.each(['0000-01-01', '10000-01-01', '2026-02-29', '2026-1-1', '2026-01-01T00:00:00Z'])(
    'the date %s is refused in words',
    async (day) => {
      const { errors } = await period(day);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringMatching(/0001 to 9999/),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
  );
});

test('null clears a field of the content, and leaving it out leaves it', async () => {
  const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING' });
  const update = (planning: object, expectedRevision: number) =>
    world.ask(
      ada,
      'mutation ($input: UpdateVersionInput!) { updateVersion(input: $input) { version { revision ... on PlanningVersion { planningMetadata } } } }',
      {
        input: { versionId, expectedRevision, content: { planning }, idempotencyKey: randomUUID() },
      },
    );
  const set = await update({ planningMetadata: { a: null } }, revision);
  expect(set.data.updateVersion.version.planningMetadata).toEqual({ a: null });
  const left = await update({}, revision + 1);
  expect(left.data.updateVersion.version.planningMetadata).toEqual({ a: null });
  const cleared = await update({ planningMetadata: null }, revision + 2);
  expect(cleared.data.updateVersion.version.planningMetadata).toBeNull();
});
