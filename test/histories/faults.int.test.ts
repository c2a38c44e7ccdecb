/**
 * Histories during faults: the servers are processes of their own, each with a network of its own to the database, and everything between
 * a client and the data is killed, paused, cut or slowed down, one after the other, while clients write and read. A single copy of the
 * data must still be able to explain all that they saw (history.ts). `npm run test:histories` asks for more of it.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { Proxy } from '../faults/proxy';
import { chance } from '../support/chance';
import { effort, seed } from '../support/effort';
import { startServerProcess, type ServerProcess } from '../support/server-process';
import { startReplicated, type Replicated } from '../support/standby';
import { until } from '../support/until';
import { ada, addPeople, ben, both, stranger, workflow } from '../support/world';
import { anomalies } from './history';
import { Recorder, type Draft, type Place } from './record';

const WORKFLOWS = 4;
const DRAFTS = 3;
/** The number of versions that are put in force in each workflow; with the drafts, a read sees them all. */
const APPROVALS = 40;
const people = [ada, ben, both, stranger];
const clients = Array.from({ length: 16 }, (_, n) => people[n % people.length]!);
const { historyOperations: operations } = effort;
/** The number of operations between two faults. */
const BETWEEN = Math.min(2_000, Math.max(100, operations / 60));
/** Whether somebody waits for a report: `npm run test:histories`. */
const isReported = process.env.HISTORIES_REPORTED !== undefined;

let databases: Replicated;
let proxies: Proxy[];
let servers: ServerProcess[];

const places: readonly Place[] = Array.from({ length: WORKFLOWS }, () => {
  const id = randomUUID();
  return { cycleId: workflow.cycleId, reportId: id, workflowId: id };
});
const morePlaces = `
with place as (select id, n from unnest($1::uuid[]) with ordinality p(id, n)),
report as (insert into reports (report_id, name, number) select id, 'Report ' || n, 'H-' || n from place returning report_id)
insert into workflows (workflow_id, cycle_id, report_id) select report_id, $2, report_id from report`;
const testers = `insert into workflow_testers (workflow_id, user_id) select w, u from unnest($1::uuid[]) w, unnest($2::int[]) u`;

/** The first server reads from the standbys, the other one from the primary. */
const startServer = (n: number): Promise<ServerProcess> =>
  startServerProcess({
    DATABASE_URL: proxies[n]!.url,
    ...(n === 0 && { DATABASE_REPLICA_URLS: databases.replicaUrls.join() }),
    DATABASE_POOL_SIZE: '8',
  });

beforeAll(async () => {
  databases = await startReplicated(2);
  await addPeople(databases);
  await withClient(databases.ownerUrl, async (owner) => {
    const ids = places.map(({ workflowId }) => workflowId);
    await owner.query(morePlaces, [ids, workflow.cycleId]);
    await owner.query(testers, [ids, people]);
  });
  proxies = [await Proxy.to(databases.serviceUrl), await Proxy.to(databases.serviceUrl)];
  servers = [await startServer(0), await startServer(1)];
});
afterAll(async () => {
  for (const { child } of servers) child.kill('SIGKILL');
  for (const proxy of proxies) await proxy.remove();
  await databases.drop();
});

const kill = async (n: number): Promise<void> => {
  const { child } = servers[n]!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  servers[n] = await startServer(n);
};
/** Between a fifth of a second and three, rather short. */
const aWhile = (next: () => number): Promise<void> => sleep(200 + 2_800 * next() ** 3);
const pause = async (pids: readonly number[], next: () => number): Promise<void> => {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids)
      try {
        process.kill(pid, name);
      } catch {
        // a session that has ended meanwhile
      }
  };
  signal('SIGSTOP');
  await aWhile(next).finally(() => signal('SIGCONT'));
};
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);
const report = (line: string): void => void (isReported && process.stderr.write(`${line}\n`));

/** A PostgreSQL's first process, and those that it has started. */
const processesOf = (postmaster: number): number[] => [
  postmaster,
  ...readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
];

type Fault = readonly [name: string, breaking: (next: () => number) => Promise<unknown>];
const any = (next: () => number): 0 | 1 => (next() < 0.5 ? 0 : 1);
const faults: readonly Fault[] = [
  ['a server is killed (SIGKILL)', (next) => kill(any(next))],
  ['a server is paused (SIGSTOP)', (next) => pause([servers[any(next)]!.child.pid!], next)],
  [
    'the primary is killed (SIGKILL)',
    async () => {
      process.kill(databases.postmaster(), 'SIGKILL');
      await databases.startAgain();
    },
  ],
  ['the primary is paused (SIGSTOP)', (next) => pause(processesOf(databases.postmaster()), next)],
  [
    'a standby is killed (SIGKILL)',
    async (next) => {
      const standby = databases.standbys[any(next)]!;
      standby.kill();
      await standby.startAgain();
    },
  ],
  ['a standby is paused (SIGSTOP)', (next) => pause(processesOf(databases.standbys[any(next)]!.postmaster()), next)],
  [
    'a standby does not replay',
    async (next) => {
      const { sql } = databases.standbys[any(next)]!;
      await sql('select pg_wal_replay_pause()');
      await aWhile(next);
      await sql('select pg_wal_replay_resume()');
    },
  ],
  [
    'all sessions of the database are ended',
    () =>
      withClient(databases.superuserUrl, (client) =>
        client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'phaseledger_service'`),
      ),
  ],
  [
    'the network from a server to the primary is cut',
    async (next) => {
      const proxy = proxies[any(next)]!;
      await proxy.cut();
      await aWhile(next);
      await proxy.mend();
    },
  ],
  [
    'a packet from a server is half delivered, then its connection ends',
    async (next) => proxies[any(next)]!.halveNext(),
  ],
  [
    'everything between a server and the primary arrives in halves, late, connections before each other',
    async (next) => {
      const proxy = proxies[any(next)]!;
      proxy.shuffle(20);
      await aWhile(next);
      proxy.shuffle(0);
    },
  ],
];

/** Breaks one thing after the other, the first of them and then all in random order, until there are enough operations and faults. */
async function breakThings({ history }: Recorder, counts: Map<string, number>): Promise<void> {
  const next = chance(seed - 1);
  // Whatever the order, clients have to send something again.
  let order: Fault[] = [faults[0]!];
  for (let n = 0; history.length < operations || n < effort.historyFaults; n++) {
    if (order.length === 0) order = faults.map((fault) => ({ fault, at: next() })).sort((one, other) => one.at - other.at).map(({ fault }) => fault); // prettier-ignore
    const [name, breaking] = order.pop()!;
    await breaking(next);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const enough = history.length + BETWEEN;
    await until('clients are served again', () => history.length >= enough, 600_000);
  }
}

const newDrafts = (recorder: Recorder): Promise<Draft[]> =>
  Promise.all(
    places.flatMap((of) =>
      Array.from({ length: DRAFTS }, async () => ({ of, versionId: await recorder.create(ada, of) })),
    ),
  );

test(
  'a history of clients of two servers is one of a single copy of the data, whatever breaks meanwhile',
  async () => {
    const urls = () => servers.map(({ url }) => url);
    const wanted = { backMs: 100, past: 0.1, repeated: 0.1, places: true };
    const drafts = await newDrafts(new Recorder(urls, { ...wanted, drafts: [] }));
    const recorder = new Recorder(urls, { ...wanted, drafts });
    const { history } = recorder;
    const counts = new Map<string, number>();
    const began = performance.now();
    let isBroken = true;
    const breaking = breakThings(recorder, counts).finally(() => (isBroken = false));
    const approving = async () => {
      for (let n = 1; n <= APPROVALS && !recorder.isOver; n++) {
        while (history.length < (n * operations) / APPROVALS && !recorder.isOver) await sleep(20);
        for (const of of places) await recorder.approve(ada, of);
      }
    };
    // A long history is looked at whenever it has doubled, so that what is wrong early is told early.
    const looking = async () => {
      for (let next = 5_000; isBroken; await sleep(100))
        if (history.length >= next) {
          expect(anomalies(history)).toEqual([]);
          report(`${history.length.toLocaleString('en')} operations in ${seconds(began)} s, no anomaly`);
          next *= 2;
        }
    };
    try {
      await Promise.all([
        // Clients go on as long as something breaks.
        recorder.run(clients, Infinity),
        breaking.finally(() => recorder.stop()),
        approving(),
        looking(),
      ]);
    } finally {
      recorder.stop();
    }
    const ended = performance.now();
    report(`${history.length.toLocaleString('en')} operations (${(['write', 'read', 'past', 'repeat'] as const).map((kind) => `${kind} ${recorder.count(kind)}`).join(', ')}) in ${seconds(began)} s; ${recorder.sentAgain} had to be sent again`);
    for (const [name, count] of counts) report(`${String(count).padStart(6)} × ${name}`);
    expect(anomalies(history)).toEqual([]);
    report(`checked in ${seconds(ended)} s, with a heap of ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MB`);
    expect(recorder.count('write')).toBeGreaterThan(operations / 20);
    expect(recorder.count('past')).toBeGreaterThan(0);
    expect(recorder.sentAgain).toBeGreaterThan(0);
  },
  86_400_000, // it ends by what was done, not by time
); // prettier-ignore
