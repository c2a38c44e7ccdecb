/**
 * Three PostgreSQL under Patroni, quorum commit, two servers of the product in front: whatever breaks, what was acknowledged is there, once, on
 * every node; the log is right everywhere; and it is served again without anybody doing anything. An extra: npm run test:cluster.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { Load } from '../faults/load';
import { writeTable, type Row } from '../faults/table';
import { logFaults } from '../support/log';
import { startServerProcess, type ServerProcess } from '../support/server-process';
import { ada, addPeople, token, workflow } from '../support/world';
import { Cluster, type Machine } from './nodes';

let cluster: Cluster;
const servers: ServerProcess[] = [];
let load: Load;
const rows: Row[] = [];
const report = process.env.CLUSTER_REPORT;

/** When readers were answered. */
const answers: number[] = [];
let isReading = true;
let reading: Promise<void>;
async function read(): Promise<void> {
  const query = `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { changes(first: 1) { nodes { sequence } } } }`;
  for (let n = 0; isReading; n++) {
    const response = await fetch(`${servers[n % 2]!.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(5_000),
    }).catch(() => null);
    const { data } = ((await response?.json().catch(() => null)) ?? {}) as { data?: object };
    if (data) answers.push(performance.now());
    await sleep(50);
  }
}
/** The longest that no reader was answered since an instant, in seconds. */
function silence(since: number): number {
  const at = [since, ...answers.filter((answer) => answer > since)];
  return Math.max(...at.slice(1).map((answer, n) => answer - at[n]!)) / 1000;
}

beforeAll(async () => {
  jest.spyOn(console, 'error').mockReturnValue();
  cluster = await Cluster.start();
  const primary = await cluster.primary();
  await addPeople({ ownerUrl: cluster.ownerUrlOf(primary), serviceUrl: cluster.serviceUrl, superuserUrl: primary.url });
  // One reads on whatever standbys there are, the other on the primary only.
  for (const DATABASE_REPLICA_URLS of [cluster.replicaUrls.join(','), ''])
    servers.push(
      await startServerProcess({ DATABASE_URL: cluster.serviceUrl, DATABASE_REPLICA_URLS, LOG_LEVEL: 'warn' }),
    );
  let turn = 0;
  load = new Load(() => servers[turn++ % 2]!.url);
  reading = read();
});
afterAll(async () => {
  isReading = false;
  await reading;
  for (const { child } of servers) child.kill('SIGKILL');
  if (process.env.CLUSTER_LOGS) cluster.keepLogs(process.env.CLUSTER_LOGS);
  await cluster.remove();
  if (report) writeTable(report, rows, 'cluster');
});

interface Fault {
  readonly name: string;
  /** Breaks something of the primary, or of whatever it names. */
  readonly breaking: (primary: Machine) => Promise<unknown>;
  /** What ends by itself in the world, such as a cut: the cluster is whole again without anything else. */
  readonly ending?: (former: Machine) => unknown;
}

const anotherThan = async (former: Machine): Promise<void> => {
  while ((await cluster.primary()).name === former.name) await sleep(200);
};

const faults: readonly Fault[] = [
  { name: 'PostgreSQL of the primary is killed (SIGKILL)', breaking: async (primary) => primary.killPostgres() },
  {
    name: 'the machine of the primary stands still (SIGSTOP), and wakes when there is another primary',
    breaking: async (primary) => {
      primary.freeze();
      await anotherThan(primary);
    },
    ending: (former) => former.wake(),
  },
  {
    name: 'the primary does not reach the other machines, but the servers reach it',
    breaking: async (primary) => {
      primary.cutOff();
      await anotherThan(primary);
    },
    ending: (former) => former.mend(),
  },
  {
    name: 'the disk of the primary is full until there is another primary',
    breaking: async (primary) => {
      primary.fillDisk();
      while ((await cluster.primary()).name === primary.name) {
        await primary.useUpLog();
        await sleep(200);
      }
    },
    ending: (former) => former.emptyDisk(),
  },
  {
    name: 'the leader of etcd is killed (SIGKILL), and comes back after ten seconds',
    breaking: async () => {
      const leader = await cluster.leaderOfEtcd();
      await leader.killEtcd();
      await sleep(10_000);
      leader.startEtcd();
    },
  },
  {
    name: 'the primary is killed, and the next one as soon as it serves',
    breaking: async (primary) => {
      primary.killPostgres();
      await anotherThan(primary);
      await load.served(1);
      (await cluster.primary()).killPostgres();
    },
  },
];

test.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (name, { breaking, ending }) => {
  const from = load.acknowledged.length;
  load.start(3);
  await load.served(3);
  await cluster.successor();
  const former = await cluster.primary();
  const since = performance.now();
  await breaking(former);
  await load.served(3);
  ending?.(former);
  await sleep(2_000); // whoever wakes up may write, if anybody still asks them to
  await load.served(3);
  const seconds = load.longestSilence(since);
  const secondsReading = silence(since);
  await load.stop();
  await cluster.whole();
  const { lost, doubled, changed, faults: found } = await load.held(cluster.superuserUrl, from);
  await cluster.caughtUp();
  // What holds on the primary holds on every node.
  const versions: number[] = [];
  for (const { url } of cluster.machines)
    await withClient(url, async (client) => {
      found.push(...(await logFaults(client)));
      versions.push((await client.query<{ n: number }>('select count(*)::int as n from phase_version')).rows[0]!.n);
    });
  rows.push({ fault: name, times: 1, acknowledged: load.acknowledged.length, lost, doubled, seconds, secondsReading });
  expect({ lost, doubled, changed, found, refused: load.refused }).toEqual({ lost: 0, doubled: 0, changed: 0, found: [], refused: [] }); // prettier-ignore
  expect(new Set(versions).size).toBe(1);
});

test('those that had gone on by themselves were set back by pg_rewind', () => {
  expect(cluster.machines.reduce((sum, { rewinds }) => sum + rewinds, 0)).toBeGreaterThan(0);
});
