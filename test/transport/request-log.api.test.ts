/** What the server's log tells of each request, and whether the server says truly that it is ready. */
import pino from 'pino';
import { Checkpoints } from '../../src/proof/checkpoints';
import { withoutRoom } from '../../src/proof/readiness';
import { temporaryFolder } from '../support/temporary';
import { until } from '../support/until';
import { ada, aud, root, workflow, World } from '../support/world';

interface Line {
  readonly module: string;
  readonly requestId: string;
  readonly [name: string]: unknown;
}

let world: World;
let checkpoints: Checkpoints;
const lines: Line[] = [];
beforeAll(async () => {
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  checkpoints = new Checkpoints(temporaryFolder());
  world = await World.create({ logger, checkpoints });
});
afterAll(() => world.destroy());

let count = 0;
/** Asks, and answers the line that the log has of it. */
async function lineOf(userId: number | null, query: string, headers: Record<string, string> = {}): Promise<Line> {
  const requestId = `request-${++count}`;
  const response = await fetch(`${world.server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(userId !== null && { authorization: `Bearer ${await world.tokenOf(userId)}` }),
      ...headers,
    },
    body: JSON.stringify({ query }),
  });
  await response.text();
  const found = () => lines.filter((line) => line.module === 'requests' && line.requestId === requestId);
  await until('there is a line of it', () => found().length > 0);
  expect(found()).toHaveLength(1);
  return found()[0]!;
}

const creating = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const sequenceNow = async (): Promise<number> =>
  Number(
    (await world.sql('owner', 'select sequence from log.stream where stream_id = $1', [workflow.workflowId]))[0]
      .sequence,
  );

test('a read has one line: who, what, what came of it and how long it took; asked again, it has one as well', async () => {
  for (let n = 0; n < 3; n++)
    expect(await lineOf(aud, 'query Mine { viewer { name } again: viewer { userId } }')).toMatchObject({
      level: 30,
      msg: 'request',
      method: 'POST',
      path: '/graphql',
      person: aud,
      operation: 'Mine',
      type: 'query',
      fields: ['viewer', 'viewer'],
      status: 200,
      outcome: 'ok',
      ms: expect.any(Number),
    });
});

test('a mutation has the commit that it made, by its stream and its sequence there', async () => {
  const mutation = `mutation { createVersion(input: { ${creating}, phase: PLANNING, carryForward: NONE, idempotencyKey: "7f0f7a3e-0000-4000-8000-000000000001" }) { version { versionId } } }`;
  const line = await lineOf(ada, mutation);
  expect(line).toMatchObject({ type: 'mutation', fields: ['createVersion'], outcome: 'ok', person: ada });
  expect(line.commits).toEqual([{ stream: workflow.workflowId, sequence: await sequenceNow() }]);
  const repeated = await lineOf(ada, mutation);
  expect(repeated).toMatchObject({ outcome: 'ok' });
  expect(repeated).not.toHaveProperty('commits');
});

test('a change of the register has its commit as well', async () => {
  const line = await lineOf(
    root,
    `mutation { createCycle(input: { name: "A cycle", startDate: "2027-01-01", reason: "planned" }) { cycle { cycleId } } }`,
  );
  expect(line).toMatchObject({ outcome: 'ok', fields: ['createCycle'] });
  expect(line.commits).toEqual([{ stream: '00000000-0000-0000-0000-000000000000', sequence: expect.any(Number) }]);
});

test.each<[what: string, userId: number | null, query: string, outcome: string, status: number]>([
  ['without a token', null, '{ viewer { name } }', 'UNAUTHENTICATED', 401],
  ['by whom it is not for', aud, `mutation { createVersion(input: { ${creating}, phase: SCOPING, carryForward: NONE }) { version { versionId } } }`, 'FORBIDDEN', 200], // prettier-ignore
  ['of what is no operation', ada, '{', 'GRAPHQL_PARSE_FAILED', 200],
])('a request %s has the code of its refusal', async (_, userId, query, outcome, status) => {
  expect(await lineOf(userId, query)).toMatchObject({ outcome, status });
});

test('nothing of what was sent is in the log', async () => {
  await lineOf(ada, '{ search(text: "a secret of the bank") { totalCount } }', { 'x-secret': 'a secret of the bank' });
  expect(JSON.stringify(lines)).not.toMatch(/secret of the bank|Bearer|eyJ/);
});

test('a server is not ready while the log lacks what was noted outside, and says so without detail', async () => {
  await lineOf(ada, `mutation { createVersion(input: { ${creating}, phase: PLANNING, carryForward: NONE, idempotencyKey: "7f0f7a3e-0000-4000-8000-000000000002" }) { version { versionId } } }`); // prettier-ignore
  await checkpoints.note(world.db);
  const [noted] = checkpoints.heads().filter(({ streamId }) => streamId === workflow.workflowId);
  expect(noted).toMatchObject({ sequence: await sequenceNow() });
  const ready = async () => {
    const response = await fetch(`${world.server.url}/health/ready`);
    return { status: response.status, ...((await response.json()) as object) };
  };
  expect(await ready()).toEqual({ status: 'ready' });
  // As after a database was put back to before its last commit: what was noted is not there.
  const heads = jest.spyOn(checkpoints, 'heads');
  heads.mockReturnValue([{ ...noted!, sequence: noted!.sequence + 1 }]);
  const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
  expect(await ready()).toEqual({
    status: 'not ready',
    problems: ['The log lacks commits that checkpoints recorded, in 1 of its streams.'],
  });
  heads.mockReturnValue([{ ...noted!, hash: '00'.repeat(32) }]);
  later.mockReturnValue(Date.now() + 12_000);
  expect(await ready()).toMatchObject({ problems: ['The log has other commits than checkpoints recorded, in 1 of its streams.'] }); // prettier-ignore
  heads.mockRestore();
  later.mockRestore();
});

test('a disk with too little room makes a server not ready', async () => {
  expect(await withoutRoom(['/tmp'], 0)).toEqual([]);
  expect(await withoutRoom(['/tmp'], Number.MAX_SAFE_INTEGER)).toEqual([
    expect.stringMatching(/^A disk that the server writes to has less than \d+ MB left\.$/),
  ]);
  expect(await withoutRoom(['/there/is/no/such/folder'], Number.MAX_SAFE_INTEGER)).toEqual([]);
});
