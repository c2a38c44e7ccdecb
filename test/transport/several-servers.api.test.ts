/** What several servers on a database know of each other: how much somebody has asked for, and what was done already. */
import { randomUUID } from 'node:crypto';
import { SharedPoints, type PointsTaken } from '../../src/database/connection/shared-points';
import { ada, ben, token, workflow, World } from '../support/world';

let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
const LIMIT = 20_000;
const counting = { costPerMinute: LIMIT, rateLimitStore: 'postgres' } as const;
beforeAll(async () => {
  world = await World.create({ ...counting, poolSize: 6 });
  second = await world.secondServer(6, counting);
});
afterAll(async () => {
  await second.stop();
  await world.destroy();
});

async function askAt(url: string, userId: number, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(userId)}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as {
    data: any;
    errors?: { extensions: { code: string } }[];
  };
  return { data, code: errors?.[0]?.extensions.code, headers: response.headers };
}
const urls = () => [world.server.url, second.server.url] as const;

describe('points that are counted together', () => {
  /** A window that no test sees the end of, unless it says so. */
  const sharedBy = (n: number, each: number, seconds = 3_600) =>
    Array.from({ length: n }, (_, i) => new SharedPoints(i % 2 ? second.db : world.db, each, seconds));
  const given = (taken: readonly PointsTaken[]) => taken.filter(({ isGiven }) => isGiven).length;
  let nobody = 1_000;

  test('are never more than there are, however many servers are asked at once, and nearly all of them', async () => {
    const userId = nobody++;
    const servers = sharedBy(4, 10_000);
    const asked = Array.from({ length: 1_500 }, (_, n) => servers[n % 4]!.take(userId, 10));
    const taken = given(await Promise.all(asked));
    expect(taken).toBeLessThanOrEqual(1_000);
    expect(taken).toBeGreaterThan(900);
    const [row] = await world.sql<{ points: number }>(
      'owner',
      'select points::int from log.points_taken where user_id = $1',
      [userId],
    );
    expect(row!.points).toBeLessThanOrEqual(10_000);
    expect(row!.points).toBeGreaterThanOrEqual(taken * 10);
  });

  test('are all there for whoever speaks to one server only', async () => {
    const [server] = sharedBy(1, 1_000) as [SharedPoints];
    const userId = nobody++;
    const taken: PointsTaken[] = [];
    for (let n = 0; n < 11; n++) taken.push(await server.take(userId, 100));
    expect(given(taken)).toBe(10);
    expect(taken.slice(8).map(({ remaining }) => remaining)).toEqual([100, 0, 0]);
  });

  test('take hardly a statement, and none where there are none left', async () => {
    const [server] = sharedBy(1, 1_000_000) as [SharedPoints];
    const userId = nobody++;
    const { statements } = await world.counted(async () => {
      for (let n = 0; n < 400; n++) await server.take(userId, 100);
    });
    expect(statements).toHaveLength(1);
    const refused = await world.counted(async () => {
      await server.take(userId, 900_000);
      for (let n = 0; n < 1_000; n++) await server.take(userId, 100_000);
    });
    expect(refused.statements.length).toBeLessThanOrEqual(2);
    expect((await server.take(userId, 1_000)).isGiven).toBe(true);
  });

  test('of somebody else are others', async () => {
    const [one, other] = sharedBy(2, 100) as [SharedPoints, SharedPoints];
    const [first, next] = [nobody++, nobody++];
    expect((await one.take(first, 100)).isGiven).toBe(true);
    expect((await other.take(first, 1)).isGiven).toBe(false);
    expect((await other.take(next, 100)).isGiven).toBe(true);
    expect((await one.take(nobody++, 101)).isGiven).toBe(false);
  });

  test('are new when the window is over, on all servers', async () => {
    const userId = nobody++;
    const servers = sharedBy(2, 100, 1);
    let refused: PointsTaken | undefined;
    // On a busy machine a window may be over before the other server is asked.
    while (!refused || refused.isGiven) {
      for (const rest of [100, 50]) while ((await servers[0]!.take(userId, rest)).isGiven);
      refused = await servers[1]!.take(userId, 50);
    }
    const { msBeforeNext } = refused;
    expect(msBeforeNext > 0 && msBeforeNext <= 1_000).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, msBeforeNext + 20));
    expect(given(await Promise.all(servers.map((server) => server.take(userId, 50))))).toBe(2);
  });
});

test('whoever has used up what they may ask for is refused by all servers', async () => {
  const query = '{ workflows(first: 100) { nodes { id } } }'; // 102, and 10 for the request
  const told: (string | undefined)[] = [];
  for (let n = 0; n < (LIMIT / 112) * 1.2; n++) told.push((await askAt(urls()[n % 2]!, ada, query)).code);
  expect(told.at(0)).toBeUndefined();
  for (const url of urls()) {
    const { code, headers } = await askAt(url, ada, query);
    expect([code, Number(headers.get('retry-after')) > 0]).toEqual(['RATE_LIMITED', true]);
  }
  const answered = told.filter((code) => code === undefined).length;
  expect(answered * 112).toBeLessThanOrEqual(LIMIT);
  expect(answered * 112).toBeGreaterThan(LIMIT * 0.8);
});

test('a mutation that is sent to both servers at once is done once', async () => {
  const { cycleId, reportId } = workflow;
  const keys = Array.from({ length: 6 }, () => randomUUID());
  const answers = await Promise.all(
    keys.flatMap((key) =>
      urls().map(async (url) => {
        const { data, code } = await askAt(
          url,
          ben,
          `mutation { createVersion(input: { cycleId: "${cycleId}", reportId: "${reportId}", phase: PLANNING, carryForward: NONE, idempotencyKey: "${key}" }) { version { versionId } changeSet { id } } }`,
        );
        return { key, code, answer: JSON.stringify(data.createVersion) };
      }),
    ),
  );
  expect(answers.filter(({ code }) => code !== undefined)).toEqual([]);
  for (const key of keys)
    expect(new Set(answers.filter((answer) => answer.key === key).map(({ answer }) => answer)).size).toBe(1);
  expect(await world.sql('owner', `select count(*)::int as versions from phase_version`)).toEqual([
    { versions: keys.length },
  ]);
});
