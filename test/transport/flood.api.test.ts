/**
 * One person floods the server, another one reads: that one is answered each time, and whatever the first one is told, it is never
 * that something went wrong on our side. How long it takes is measured by `npm run bench -- flood`.
 */
import { creating, flood, longDrafts } from '../support/flood';
import { foreign, waiting } from '../support/sessions';
import { until } from '../support/until';
import { ada, ben, olga, token, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create({ poolSize: 10 });
});
afterAll(() => world.destroy());

const reading = `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { phases { phase history(first: 5) { nodes { status } } } } }`;

test('a flood of diffs, searches, variables, values, verifications and mutations behind a held stream', async () => {
  const drafts = [];
  for (const { query, variables } of longDrafts(workflow, 3_000))
    drafts.push((await world.get(ada, query, variables)).createVersion.version);
  const requests = flood(workflow, drafts, {
    diffs: 6,
    searches: 6,
    keys: 40_000,
    values: 30_000,
    verifications: 10,
    mutations: 40,
  });
  const codes = new Map<string, Set<string | undefined>>();
  let answered = 0;
  let sent = 0;
  await foreign(world, async (client) => {
    await client.query('begin');
    await client.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
    const all = Object.entries(requests).flatMap(([kind, ofKind]) =>
      ofKind.map(async ({ query, variables }) => {
        sent++;
        const { errors, status } = await world.ask(ada, query, variables);
        answered++;
        expect([status, errors?.[0]?.extensions.code]).not.toEqual([500, expect.anything()]);
        codes.set(kind, (codes.get(kind) ?? new Set()).add(errors?.[0]?.extensions.code));
      }),
    );
    await waiting(world, 1);
    for (let n = 0; n < 20; n++) expect(await world.codeOf(olga, reading)).toBeUndefined();
    expect((await fetch(`${world.server.url}/health/live`)).status).toBe(200);
    expect(answered).toBeLessThan(sent); // those who write still wait
    await client.query('rollback');
    await Promise.all(all);
  });
  expect(
    Object.fromEntries([...codes].map(([kind, found]) => [kind, [...found].filter((code) => code !== 'BUSY')])),
  ).toEqual({
    diffs: [undefined],
    searches: [undefined],
    variables: [undefined],
    'enum values': [undefined],
    verifications: [undefined],
    mutations: [undefined],
  });
  expect(
    await world.codeOf(ada, longDrafts(workflow, 1)[0].query, longDrafts(workflow, 1)[0].variables),
  ).toBeUndefined();
});

test('of all that is answered at once one person has half, and who comes when there is no room is told at once to come again', async () => {
  const second = await world.secondServer(8, { requestsAtOnce: 4 });
  const asked = async (userId: number, { query, variables }: { query: string; variables?: object }) => {
    const response = await fetch(`${second.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(userId)}` },
      body: JSON.stringify({ query, variables }),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return { code: errors?.[0]?.extensions.code, status: response.status, again: response.headers.get('retry-after') };
  };
  const isRefused = async (userId: number) => {
    await until('there is no room', async () => (await asked(userId, { query: reading })).code === 'BUSY');
  };
  /** Sent again as long as there is no room: a reading may have the place when the command arrives. */
  const persistent = async (...request: Parameters<typeof asked>) => {
    let answer = await asked(...request);
    await until(
      'there is room',
      async () => answer.code !== 'BUSY' || (answer = await asked(...request)).code !== 'BUSY',
    );
    return answer;
  };
  const told = { code: 'BUSY', status: 503, again: '2' };
  const served = { code: undefined, status: 200, again: null };
  try {
    await foreign(world, async (client) => {
      await client.query('begin');
      await client.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
      const [first, ...others] = [ada, ada].map((person) => persistent(person, creating(workflow)));
      await waiting(world, 1);
      await isRefused(ada); // when the other waits as well
      expect(await asked(ada, { query: reading })).toEqual(told);
      expect(await asked(olga, { query: reading })).toEqual(served);
      others.push(...[ben, ben].map((person) => persistent(person, creating(workflow))));
      await isRefused(olga);
      expect(await asked(olga, { query: reading })).toEqual(told);
      expect((await fetch(`${second.server.url}/health/live`)).status).toBe(200);
      await client.query('rollback');
      expect(await Promise.all([first, ...others])).toEqual(Array(4).fill(served));
    });
    for (const person of [ada, ben, olga]) expect(await asked(person, { query: reading })).toEqual(served);
  } finally {
    await second.stop();
  }
});
