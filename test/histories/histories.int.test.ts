/**
 * Clients of two servers, of which one reads on standbys, write, read and read the past at once; what they did and saw is what one copy of the data would
 * have shown (history.ts). And it would have been noticed: five bugs are put into what was recorded, and each is found.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildVersion } from '../support/builders';
import { effort, seed } from '../support/effort';
import { startReplicated, type Replicated } from '../support/standby';
import { ada, ben, workflow, World } from '../support/world';
import { anomalies, type Operation, type Read, type ReadOfPast, type Write } from './history';

let servers: Replicated;
let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
let drafts: string[];
const history: Operation[] = [];

beforeAll(async () => {
  servers = await startReplicated(2);
  world = await World.create({ poolSize: 8 }, servers);
  second = await world.secondServer(8, {}, []);
  drafts = [];
  for (let n = 0; n < 3; n++) drafts.push((await buildVersion(world, { phase: 'PLANNING', items: 1 })).versionId);
});
afterAll(async () => {
  await second.stop();
  await world.destroy();
});

async function ask<Data>(client: number, n: number, userId: number, query: string): Promise<Data | null> {
  // Each of a client's requests may go to another server.
  const url = (client + n) % 2 === 0 ? world.server.url : second.server.url;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await world.tokenOf(userId)}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: { extensions: { code: string } }[] };
  const code = errors?.[0]?.extensions.code;
  if (code !== undefined && !['CONFLICT', 'BUSY', 'AS_OF_UNSETTLED'].includes(code))
    throw new Error(`${code}: ${query}`);
  return code === undefined ? data : null;
}

const stream = workflow.workflowId;
const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const state = `changes(first: 1) { nodes { sequence } } workflowPhase(phase: PLANNING) { history(first: 100) { nodes { versionId revision status } } }`;
interface State {
  readonly changes: { readonly nodes: readonly { readonly sequence: number }[] };
  readonly workflowPhase: {
    readonly history: { readonly nodes: readonly { versionId: string; revision: number; status: string }[] };
  };
}

/** The next of numbers that follow from the seed. */
function chance(of: number): () => number {
  let last = (seed + of) >>> 0 || 1;
  return () => {
    last = (Math.imul(last, 1664525) + 1013904223) >>> 0;
    return last / 2 ** 32;
  };
}

/** What a client knows to be there: it writes on top of what it has seen. */
async function client(number: number, userId: number, operations: number): Promise<void> {
  const next = chance(number);
  const seen = new Map<string, number>();
  for (let n = 0; n < operations; n++) {
    const begin = performance.now();
    const timed = () => ({ client: number, begin, end: performance.now(), stream });
    const kind = next();
    const versionId = drafts[Math.floor(next() * drafts.length)]!;
    const from = seen.get(versionId);
    if (kind < 0.45 && from !== undefined) {
      type Answer = { updateVersion: { version: { revision: number }; changeSet: { sequence: number } } };
      const answer = await ask<Answer>(number, n, userId,
        `mutation { updateVersion(input: { versionId: "${versionId}", expectedRevision: ${from}, content: { planning: {} } }) { version { revision } changeSet { sequence } } }`); // prettier-ignore
      if (!answer) {
        seen.delete(versionId);
        continue;
      }
      const { version, changeSet } = answer.updateVersion;
      seen.set(versionId, version.revision);
      history.push({ kind: 'write', ...timed(), sequence: changeSet.sequence, versionId, from, to: from + 1 });
    } else if (kind < 0.9) {
      const answer = await ask<{ workflow: State }>(number, n, userId, `{ workflow(${place}) { ${state} } }`);
      if (!answer) continue;
      const { nodes } = answer.workflow.workflowPhase.history;
      const revisions = Object.fromEntries(nodes.map((each) => [each.versionId, each.revision]));
      for (const id of drafts) if (id in revisions) seen.set(id, revisions[id]!);
      const inForce = nodes.filter(({ status }) => status === 'APPROVED').length;
      const head = answer.workflow.changes.nodes[0]!.sequence;
      history.push({ kind: 'read', ...timed(), head, revisions, inForce });
    } else {
      // Some instant of the last second, of which there are few, so that several look at the same.
      const at = new Date(Math.floor(Date.now() / 500) * 500 - 500).toISOString();
      const answer = await ask<{ workflow: State }>(
        number,
        n,
        userId,
        `{ workflow(${place}, asOf: "${at}") { ${state} } }`,
      );
      if (answer) history.push({ kind: 'past', ...timed(), at, answer: JSON.stringify(answer) });
    }
  }
}

test('a history of clients of two servers and two standbys is one of a single copy of the data', async () => {
  const clients = [ada, ben, ada, ben, ada, ada].map((userId, n) => ({ userId, n }));
  const each = Math.ceil(effort.historyOperations / clients.length);
  let isOver = false;
  const lagging = async () => {
    for (let n = 0; !isOver; n++) {
      const { sql } = servers.standbys[n % 2]!;
      await sql('select pg_wal_replay_pause()');
      await sleep(60);
      await sql('select pg_wal_replay_resume()');
    }
  };
  const approving = async () => {
    for (let n = 0; !isOver && n < 4; n++)
      await buildVersion(world, { phase: 'PLANNING', items: 1, status: 'APPROVED' });
  };
  await Promise.all([
    approving(),
    lagging(),
    Promise.all(clients.map(({ userId, n }) => client(n, userId, each))).finally(() => (isOver = true)),
  ]);
  const count = (kind: Operation['kind']) => history.filter((operation) => operation.kind === kind).length;
  expect(count('write')).toBeGreaterThan(effort.historyOperations / 20);
  expect(count('read')).toBeGreaterThan(effort.historyOperations / 5);
  expect(count('past')).toBeGreaterThan(0);
  expect(world.db.standbys!.counts.standby).toBeGreaterThan(count('read') / 10);
  expect(anomalies(history)).toEqual([]);
});

const last = <Kind extends Operation>(kind: Kind['kind']): Kind =>
  history.filter((each): each is Kind => each.kind === kind).at(-1)!;
const instead = (old: Operation, changed: Operation): Operation[] =>
  history.map((each) => (each === old ? changed : each));

test.each<[bug: string, found: RegExp, put: () => Operation[]]>([
  ['a write over what somebody else had written (no check of the revision)', /^lost update/, () => {
    const write = last<Write>('write');
    return instead(write, { ...write, from: write.from - 1, to: write.to - 1 });
  }],
  ['a read from a copy that lags (a server that caches)', /^stale read/, () => {
    const read = last<Read>('read');
    return instead(read, { ...read, head: 1 });
  }],
  ['a commit that is put in front of one that was acknowledged before it began', /^against real time/, () => {
    const write = last<Write>('write');
    return instead(write, { ...write, begin: write.end + 1_000, end: write.end + 2_000, sequence: 1 });
  }],
  ['an instant of the past that reads otherwise later', /^the past has changed/, () => {
    const past = last<ReadOfPast>('past');
    return [...history, { ...past, answer: '{}' }];
  }],
  ['two versions in force', /^two in force/, () => {
    const read = last<Read>('read');
    return instead(read, { ...read, inForce: 2 });
  }],
  ['a client that comes to a server that is behind the one before', /^went back/, () => {
    const read = last<Read>('read');
    return [...history, { ...read, begin: read.end + 1, end: read.end + 2, head: read.head - 1 }];
  }],
])('found: %s', (_, found, put) => {
  expect(anomalies(put())).toEqual(expect.arrayContaining([expect.stringMatching(found)]));
}); // prettier-ignore
