/**
 * Whatever breaks between a person and the disk: what was acknowledged is there, once; who sends again gets the first answer; the
 * log is right; and it is served again without anybody doing anything. `npm run test:faults` tries more, and writes the table.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { keepRunning } from '../../packages/embedded-postgres';
import { withClient } from '../../packages/pg-client';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/embedded';
import { deployMigrations } from '../../src/database/migrations';
import { projectRoot } from '../../src/env';
import { effort } from '../support/effort';
import { JWT_SECRET } from '../support/server';
import { temporaryFolder } from '../support/temporary';
import { addPeople } from '../support/world';
import { Load } from './load';
import { Proxy } from './proxy';
import { writeTable, type Row } from './table';

const folder = temporaryFolder();
let opened: EmbeddedDatabase;
let proxy: Proxy;
let server: { child: ChildProcess; url: string };
let endKeeping: () => Promise<void>;
let load: Load;
const rows: Row[] = [];
/** The document that gets the table; with it, each fault is tried by itself. */
const report = process.env.FAULTS_REPORT;
let isOnSmallDisk = false;

/** A disk that can be filled, where one may be mounted. */
function mountSmallDisk(): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=755', 'tmpfs', folder]).status === 0;
}

/** The server as it is started everywhere, in a process of its own. */
async function startServer(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    ['--require', path.join(projectRoot, 'test/support/from-source.cjs'), 'src/main.ts'],
    {
      cwd: projectRoot,
      env: {
        ...process.env,
        NODE_ENV: 'test',
        DATABASE_URL: proxy.url,
        AUTH_JWT_SECRET: JWT_SECRET,
        DATA_DIR: temporaryFolder(),
        CHECKPOINT_SECONDS: '0',
        PORT: '0',
        CONSOLE: 'off',
        PLAYGROUND: 'off',
        COST_PER_MINUTE: '0',
        DATABASE_POOL_SIZE: '6',
        LOG_LEVEL: 'silent',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stderr.on('data', (text: string) => {
      said += text;
      const [, found] = /GraphQL +(http:\S+)\/graphql/.exec(said) ?? [];
      if (found) resolve(found);
    });
  });
  return { child, url };
}
/** As a supervisor does: whenever the server has ended, it is started again. */
async function startAgain(): Promise<void> {
  if (server.child.exitCode === null && server.child.signalCode === null) await once(server.child, 'exit');
  server = await startServer();
}
const killServer = () => void server.child.kill('SIGKILL');

beforeAll(async () => {
  jest.spyOn(console, 'error').mockReturnValue();
  if (report) isOnSmallDisk = mountSmallDisk();
  opened = await openEmbedded(folder); // with all care for durability
  endKeeping = keepRunning(opened, pino({ level: 'silent' }), () => undefined, { lookEvery: 100, pause: 200, steadyAfter: 1_000 }); // prettier-ignore
  await deployMigrations(opened.ownerUrl);
  await addPeople(opened);
  proxy = await Proxy.to(opened.serviceUrl);
  server = await startServer();
  load = new Load(() => server.url);
});
afterAll(async () => {
  killServer();
  await endKeeping();
  await proxy.remove();
  await opened.close();
  rmSync(opened.cluster, { recursive: true, force: true });
  if (isOnSmallDisk) spawnSync('umount', [folder]);
  if (report) writeTable(report, rows);
});

/** Notes what came of a fault, and demands that nothing is lost and nothing is doubled. */
async function judge(fault: string, times: number, seconds: number): Promise<void> {
  const { lost, doubled, changed, faults } = await load.held(opened.superuserUrl);
  rows.push({ fault, times, acknowledged: load.acknowledged.length, lost, doubled, seconds });
  expect({ lost, doubled, changed, faults, refused: load.refused }).toEqual({ lost: 0, doubled: 0, changed: 0, faults: [], refused: [] }); // prettier-ignore
}

/** Each n-th of so many numbers from 1 on, at most as many as are wanted. */
const spread = (upTo: number, wanted: number): number[] =>
  Array.from({ length: Math.min(upTo, wanted) }, (_, n) => Math.round(1 + (n * (upTo - 1)) / Math.max(1, Math.min(upTo, wanted) - 1))); // prettier-ignore

test('the server is killed at a message to the database, before or after it was passed on', async () => {
  await load.once();
  proxy.count();
  await load.once();
  const messages = proxy.count();
  expect(messages).toBeGreaterThan(10);
  let longest = 0;
  let times = 0;
  for (const n of spread(messages, effort.faultPoints))
    for (const when of ['before', 'after'] as const) {
      let since = 0;
      proxy.at(n, when, () => {
        since = performance.now();
        killServer();
      });
      const writing = load.once();
      while (since === 0) await sleep(5);
      await startAgain();
      await writing;
      times++;
      longest = Math.max(longest, load.longestSilence(since));
    }
  expect(proxy.disarm()).toBe(false);
  await judge('the server is killed (SIGKILL) at a message of a mutation', times, longest);
});

const postmaster = () => Number(readFileSync(path.join(opened.cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);

interface Fault {
  readonly name: string;
  readonly breaking: () => Promise<unknown>;
}
const { pauseSeconds } = effort;
const faults: readonly Fault[] = [
  {
    name: 'PostgreSQL is killed (SIGKILL)',
    breaking: async () => {
      process.kill(postmaster(), 'SIGKILL');
      await sleep(100);
    },
  },
  {
    name: 'the network to the database is cut for half a second',
    breaking: async () => {
      await proxy.cut();
      await sleep(500);
      await proxy.mend();
    },
  },
  {
    name: 'a packet to the database is half delivered, then its connection ends',
    breaking: async () => {
      proxy.halveNext();
      await sleep(50);
    },
  },
  {
    name: 'packets take 100 ms each way',
    breaking: async () => {
      proxy.delay(100);
      await load.served(1);
      proxy.delay(0);
    },
  },
  {
    name: `the server is paused (SIGSTOP) for ${pauseSeconds} s`,
    breaking: async () => {
      server.child.kill('SIGSTOP');
      await sleep(pauseSeconds * 1000);
      server.child.kill('SIGCONT');
    },
  },
  {
    name: `the tables of versions are locked for ${pauseSeconds} s, with 20 more people waiting for a connection`,
    breaking: () =>
      withClient(opened.superuserUrl, async (client) => {
        await client.query('begin; lock table phase_version in access exclusive mode');
        const crowd = Array.from({ length: 20 }, () => load.once());
        await sleep(pauseSeconds * 1000);
        await client.query('rollback');
        await Promise.all(crowd);
      }),
  },
];
const diskFull: Fault = {
  name: 'the disk of the database is full for two seconds',
  breaking: async () => {
    const filler = path.join(folder, 'filler');
    const file = openSync(filler, 'w');
    const piece = Buffer.alloc(2 ** 20);
    try {
      for (;;) writeSync(file, piece);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    } finally {
      closeSync(file);
    }
    await sleep(2_000);
    rmSync(filler);
  },
};

/** Things break one after the other while people write; after each they are served again. */
async function underLoad(name: string, breaking: readonly Fault[], times: number): Promise<void> {
  let longest = 0;
  load.start(4);
  for (let n = 0; n < times; n++)
    for (const fault of breaking) {
      await load.served(2);
      const since = performance.now();
      await fault.breaking();
      await load.served(2);
      longest = Math.max(longest, load.longestSilence(since));
    }
  await load.stop();
  await judge(name, times, longest);
}

if (report)
  test.each([...faults, diskFull].map((fault) => [fault.name, fault] as const))('%s', async (name, fault) => {
    if (fault !== diskFull || isOnSmallDisk) await underLoad(name, [fault], effort.faultTimes);
    else console.warn(`not tried, for nothing can be mounted here: ${name}`);
  });
else
  test(`one after the other, while people write: ${faults.map(({ name }) => name).join('; ')}`, () =>
    underLoad('one after the other', faults, effort.faultTimes));
