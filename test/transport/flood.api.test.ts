/**
 * One person floods the server, another one reads: that one is answered each time, and whatever the first one is told, it is never
 * that something went wrong on our side. How long it takes is measured by `npm run bench -- flood`.
 */
import { flood, longDrafts } from '../support/flood';
import { foreign, waiting } from '../support/sessions';
import { ada, olga, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create({ poolSize: 10, patienceMs: 3_000 });
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
    await Promise.all(all);
    await client.query('rollback');
  });
  expect(
    Object.fromEntries([...codes].map(([kind, found]) => [kind, [...found].filter((code) => code !== 'BUSY')])),
  ).toEqual({
    diffs: [undefined],
    searches: [undefined],
    variables: [undefined],
    'enum values': [undefined],
    verifications: [undefined],
    mutations: [],
  });
  expect(
    await world.codeOf(ada, longDrafts(workflow, 1)[0].query, longDrafts(workflow, 1)[0].variables),
  ).toBeUndefined();
});
