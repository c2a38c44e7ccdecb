/**
 * Whatever breaks between a person and the disk: what was acknowledged is there, once; who sends again gets the first answer; the
 * log is right; and it is served again without anybody doing anything. `npm run test:faults` tries more, and writes the table.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { canStepClock, stepClock } from './clock'; // before what starts PostgreSQL
import { keepRunning } from '../../packages/embedded-postgres';
import { withClient } from '../../packages/pg-client';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/deployment/embedded';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { effort } from '../support/effort';
import { startServerProcess, type ServerProcess } from '../support/server-process';
import { TestProvider, AUDIENCE, ISSUER } from '../support/identity-provider';
import { temporaryFolder } from '../support/temporary';
import { addPeople, workflow } from '../support/world';
import { canMakeCertificates, giveCertificate, makeAuthority } from './certificates';
import { Load } from './load';
import { Proxy } from './proxy';
import { writeTable, type Row } from './table';

const folder = temporaryFolder();
let opened: EmbeddedDatabase;
let proxy: Proxy;
let server: ServerProcess;
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

let provider: TestProvider;
let signedWith = 'key 0';
/** While this file is there, the server finds no machine by its name. */
const namesAreGone = path.join(temporaryFolder(), 'names-are-gone');
/** Found by its name, as everywhere but here. */
const byName = (address: string): string => {
  const url = new URL(address);
  url.hostname = 'localhost';
  return url.href;
};
let databaseUrl = () => byName(proxy.url);

const startServer = (): Promise<ServerProcess> =>
  startServerProcess(
    {
      DATABASE_URL: databaseUrl(),
      AUTH_JWT_SECRET: undefined,
      AUTH_JWKS_URL: byName(provider.rules().jwksUrl),
      AUTH_JWKS_REFRESH_SECONDS: '10',
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      NAMES_ARE_GONE: namesAreGone,
    },
    { node: ['--require', path.join(__dirname, 'names.cjs')] },
  );
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
  provider = await TestProvider.start();
  await provider.addKey(signedWith);
  server = await startServer();
  load = new Load(
    () => server.url,
    (userId) => provider.token(signedWith, { sub: String(userId) }),
  );
});
afterAll(async () => {
  killServer();
  await endKeeping();
  await proxy.remove();
  await provider.stop();
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
  /** Why it cannot be tried on this machine, if it cannot. */
  readonly without?: () => string | false;
  readonly before?: () => Promise<unknown>;
  readonly after?: () => Promise<unknown>;
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
    name: 'everything arrives in halves, up to 150 ms late each, connections before each other',
    breaking: async () => {
      proxy.shuffle(150);
      await load.served(2);
      proxy.shuffle(0);
    },
  },
  {
    name: 'no name of a machine is found (DNS) for a second, and all connections to the database end',
    breaking: async () => {
      writeFileSync(namesAreGone, '');
      await proxy.cut();
      await proxy.mend();
      await sleep(1_000);
      rmSync(namesAreGone);
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

// ── what takes its time, or something that is not on every machine ───────────────────────────────────────────────────

const providerGone: Fault = {
  name: 'the identity provider is not found (DNS) for 12 s, in which its keys are due to be read',
  breaking: async () => {
    writeFileSync(namesAreGone, '');
    await sleep(12_000);
    await load.served(2);
    rmSync(namesAreGone);
  },
};
let keys = 0;
const keysChange: Fault = {
  name: 'the identity provider signs with another key, and the one before is gone',
  breaking: async () => {
    const before = signedWith;
    await provider.addKey(`key ${++keys}`);
    // Providers show a key before they sign with it: until the server has read them again.
    for (const { asked } = provider; provider.asked === asked;) await sleep(50);
    signedWith = `key ${keys}`;
    provider.removeKey(before);
  },
};
/** What was there at an instant, as everybody was told from then on. */
async function past(at: string): Promise<unknown> {
  const { cycleId, reportId } = workflow;
  const query = `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}", asOf: "${at}") { changes(first: 3) { nodes { sequence committedAt } } } }`;
  for (;;) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await provider.token(signedWith)}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: unknown; errors?: { extensions: { code: string } }[] };
    if (!errors) return data;
    expect(['BUSY', 'AS_OF_UNSETTLED']).toContain(errors[0]!.extensions.code);
    await sleep(100);
  }
}
const clockSteps: Fault = {
  name: 'the clock of the database goes back two hours, forth four, and back; what was there at an instant stays so',
  without: () => !canStepClock && 'libfaketime is not installed',
  breaking: async () => {
    const at = new Date(Date.now() - 1_500).toISOString();
    const before = await past(at);
    for (const seconds of [-7_200, 7_200, 0]) {
      stepClock(seconds);
      await sleep(1_200); // until it is looked at
      await load.served(2);
    }
    expect(await past(at)).toEqual(before);
  },
};
const certificateChanges: Fault = {
  name: 'the certificate of the database is a stranger’s for a second, then a new one of its own authority',
  without: () => !canMakeCertificates() && 'openssl is not installed',
  before: async () => {
    makeAuthority('stranger');
    const authority = makeAuthority('own');
    await giveCertificate('own', opened.cluster, opened.superuserUrl);
    databaseUrl = () => `${byName(opened.serviceUrl)}?sslmode=verify-full&sslrootcert=${authority}`;
    killServer();
    await startAgain();
  },
  after: async () => {
    databaseUrl = () => byName(proxy.url);
    killServer();
    await startAgain();
  },
  breaking: async () => {
    for (const authority of ['stranger', 'own']) {
      await giveCertificate(authority, opened.cluster, opened.superuserUrl);
      await sleep(1_000);
    }
  },
};
const diskFull: Fault = {
  name: 'the disk of the database is full for two seconds',
  without: () => !isOnSmallDisk && 'nothing can be mounted here',
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

const those = [...faults, providerGone, keysChange, certificateChanges, diskFull, clockSteps];
if (report)
  test.each(those.map((fault) => [fault.name, fault] as const))('%s', async (name, fault) => {
    const without = fault.without?.();
    if (without) return console.warn(`not tried, since ${without}: ${name}`);
    await fault.before?.();
    await underLoad(name, [fault], effort.faultTimes);
    await fault.after?.();
  });
else
  test(`one after the other, while people write: ${faults.map(({ name }) => name).join('; ')}`, () =>
    underLoad('one after the other', faults, effort.faultTimes));
