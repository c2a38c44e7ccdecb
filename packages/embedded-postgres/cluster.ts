import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { withClient } from '../pg-client';
import { give, locateInstallation, makePrivateFolder, type Installation } from './installation';
import { join, leave, processBegan, processesUsing, withLock, type ProcessEntry } from './processes';
import { SetupError, type Product } from './product';
import { SECRETS_FILE } from './secrets';

export interface ClusterOptions {
  readonly product: Product;
  readonly superuserPassword: string;
  /** Of those who open it as a server there is one at a time. */
  readonly as?: ProcessEntry['as'];
  /** Trades safety for speed, for what is thrown away. */
  readonly volatile?: boolean;
  /** Makes what the product needs in it, where it is missing: at the first start, or after one that was cut short. */
  readonly prepare?: (cluster: Pick<Cluster, 'urlOf' | 'superuserUrl'>) => Promise<void>;
}

/** A PostgreSQL that is open; whoever opened it closes it. */
export interface Cluster {
  /** The folder of the cluster itself, which need not be below the data folder. */
  readonly folder: string;
  /** How somebody gets into one of its databases. */
  urlOf(user: string, password: string, database: string): string;
  superuserUrl(database: string): string;
  /** Whether there still is a PostgreSQL on it. */
  isRunning(): boolean;
  /** Starts one that has died, at the same address. */
  startAgain(): Promise<void>;
  /** Stops it, unless another process still uses it; does nothing the second time. */
  close(): Promise<void>;
}

function refuseSecondServer(dataDir: string, { title, chooseFolder }: Product): void {
  const other = processesUsing(dataDir).find(({ as }) => as === 'server');
  if (!other) return;
  throw new SetupError(
    `${title} is already running on ${dataDir} (process ${other.pid}, since ${other.startedAt}): stop it first, or ${chooseFolder}.`,
  );
}

/**
 * Opens the PostgreSQL of a data folder. It belongs to no process: the first one starts it, the last one stops it, and if
 * that one is killed, the next one finds it running and carries on.
 */
export async function openCluster(folder: string, options: ClusterOptions): Promise<Cluster> {
  const { product, superuserPassword, as = 'tool', volatile = false, prepare } = options;
  mkdirSync(folder, { recursive: true });
  const dataDir = realpathSync(folder);
  return withLock(dataDir, async () => {
    if (as === 'server') refuseSecondServer(dataDir, product);
    const installation = locateInstallation(dataDir, product);
    const place: ClusterPlace = { ...installation, dataDir, product, superuserPassword, volatile };
    const port = (await findRunning(place)) ?? (await start(place));
    const ways = {
      urlOf: (user: string, password: string, database: string) => urlOf(port, user, password, database),
      superuserUrl: (database: string) => urlOf(port, 'postgres', superuserPassword, database),
    };
    await prepare?.(ways);
    const self = join(dataDir, as);
    let closing: Promise<void> | undefined;
    return {
      ...ways,
      folder: installation.cluster,
      isRunning: () => {
        const postmaster = readPidFile(place);
        return postmaster !== undefined && isPostmaster(postmaster.pid, installation.cluster);
      },
      startAgain: () =>
        withLock(dataDir, async () => {
          const running = await findRunning(place);
          if (running === undefined) await start(place, port);
          else if (running !== port)
            throw new Error(`Another process has started it on port ${running}; its place is ${port}.`);
        }),
      close: () =>
        (closing ??= withLock(dataDir, async () => {
          if (leave(dataDir, self).length === 0) await stop(place);
        })),
    };
  });
}

interface ClusterPlace extends Installation {
  readonly dataDir: string;
  readonly product: Product;
  readonly superuserPassword: string;
  readonly volatile: boolean;
}

const urlOf = (port: number, user: string, password: string, database: string) =>
  // sslmode is named so that a PGSSLMODE meant for another server does not apply here.
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;

// ── finding it ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections: it writes its port down before it listens there, where another one may be. */
  readonly isReady: boolean;
}

/** The port of the PostgreSQL that runs on this cluster, once it answers. */
async function findRunning(place: ClusterPlace): Promise<number | undefined> {
  const { cluster } = place;
  const deadline = Date.now() + 60_000;
  for (let postmaster = readPidFile(place); postmaster; postmaster = readPidFile(place)) {
    if (!isPostmaster(postmaster.pid, cluster)) {
      await orphansAreGone(cluster);
      // Left by a crash. PostgreSQL would refuse to start if its old process number now belongs to somebody else.
      rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (postmaster.isReady && (await answers(postmaster.port, place))) return postmaster.port;
    if (Date.now() > deadline) {
      throw new Error(
        `PostgreSQL (process ${postmaster.pid}) runs on ${cluster} but does not answer; see postgres.log.`,
      );
    }
    await sleep(100); // it is starting or stopping
  }
  return undefined;
}

function readPidFile({ cluster, product }: Pick<ClusterPlace, 'cluster' | 'product'>): Postmaster | undefined {
  try {
    // Its lines: process, cluster, start time, port, socket folder, address, shared memory, status; the last are written later.
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EACCES') throw error;
    throw new SetupError(
      `The database in ${cluster} belongs to another user: start as that user, or ${product.chooseFolder}.`,
    );
  }
}

function isPostmaster(pid: number, cluster: string): boolean {
  if (!processBegan(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster; // PostgreSQL works from within its cluster
  } catch {
    return false; // another user's process, so it is not the one we started
  }
}

/**
 * Waits for what a PostgreSQL that was killed has left running: its processes end when they see that it is gone. A second
 * one that wrote to their cluster would destroy it, and without the file that we remove it could not know.
 */
async function orphansAreGone(cluster: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (
    process.platform === 'linux' &&
    readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isPostmaster(Number(pid), cluster))
  ) {
    if (Date.now() > deadline) {
      throw new Error(`Processes of a PostgreSQL that was killed still run on ${cluster}: end them, then start again.`);
    }
    await sleep(50);
  }
}

/** Whether it takes connections yet. Whoever answers says which cluster it serves: a copy of ours knows our passwords, too. */
async function answers(port: number, { cluster, superuserPassword, product }: ClusterPlace): Promise<boolean> {
  const url = urlOf(port, 'postgres', superuserPassword, 'postgres');
  const asked = withClient(url, (client) =>
    client.query<{ folder: string }>("SELECT current_setting('data_directory') AS folder"),
  );
  const answer = await asked.catch((error: pg.DatabaseError) => {
    if (error.code !== '28P01') return undefined;
    throw new SetupError(
      `The passwords in ${SECRETS_FILE} do not fit the database beside it: restore that file from a backup, or ${product.chooseFolder}.`,
    );
  });
  if (answer === undefined) return false;
  const { folder } = answer.rows[0]!;
  if (path.resolve(folder) !== cluster) throw new Error(`The PostgreSQL of ${cluster} turned out to serve ${folder}.`);
  return true;
}

// ── starting and stopping it ────────────────────────────────────────────────────────────────────────────────────────

/** Where the PostgreSQL of a cluster was when it was started last, as it notes itself: who knew it there finds it again. */
function lastPort(cluster: string): number | undefined {
  try {
    const [, port] = /"port=(\d+)"/.exec(readFileSync(path.join(cluster, 'postmaster.opts'), 'utf8')) ?? [];
    return port === undefined ? undefined : Number(port);
  } catch {
    return undefined;
  }
}

const environment = { ...process.env, LC_ALL: 'C' };

/** After a crash PostgreSQL first replays its log, and before it ends it writes everything down, however long that takes. */
const PATIENTLY = ['--silent', '--wait', '--timeout=86400'];

/** @param fixedPort where it has to be; left out, it is where it was, or anywhere */
async function start(place: ClusterPlace, fixedPort?: number): Promise<number> {
  const { cluster, dataDir, volatile } = place;
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await initialise(place);
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? ((attempt === 1 && lastPort(cluster)) || (await freePort()));
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '', // their paths may be at most 107 characters long, and this folder may be anywhere
      timezone: 'UTC',
      log_timezone: 'UTC',
      jit: 'off', // compiling costs more than it saves on short statements
      ...(volatile && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', scram_iterations: 1 }),
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    const log = openLog(dataDir);
    const isUp = await control(place, ['start', ...PATIENTLY, '-o', flags.join(' ')], log.handle);
    closeSync(log.handle);
    // It answers with the passwords that we have, or this says what is wrong with them.
    if (isUp && (await answers(port, place))) return port;
    const said = readFileSync(log.file, 'utf8').slice(log.size).trim();
    // Between our look for a free port and PostgreSQL's use of it, somebody else may have taken it.
    if (attempt < 3 && said.includes('could not bind') && !fixedPort) continue;
    throw new Error(`PostgreSQL did not start. Its log (${log.file}) says:\n${said.split('\n').slice(-20).join('\n')}`);
  }
}

async function stop(place: ClusterPlace): Promise<void> {
  const postmaster = readPidFile(place);
  if (!postmaster || !isPostmaster(postmaster.pid, place.cluster)) return;
  const log = openLog(place.dataDir);
  // "Fast": ends the sessions, writes everything down, leaves.
  const isStopped = await control(place, ['stop', ...PATIENTLY, '--mode=fast'], log.handle);
  closeSync(log.handle);
  if (!isStopped) throw new Error(`PostgreSQL (process ${postmaster.pid}) did not stop; see ${log.file}.`);
}

/**
 * Runs PostgreSQL's own pg_ctl, which believes a start only when the process that it started has said itself that it is ready,
 * gives PostgreSQL a session of its own, so that no Ctrl-C in our terminal reaches it, and knows how to do all this on Windows.
 * @returns whether it succeeded; why not, it writes to the log
 */
async function control({ bin, cluster, runAs }: Installation, command: string[], log: number): Promise<boolean> {
  const [name, ...options] = command;
  const child = spawn(path.join(bin, 'pg_ctl'), [name!, '-D', cluster, ...options], {
    ...runAs,
    cwd: cluster,
    env: environment,
    detached: true, // our death may not cut a start short either
    windowsHide: true,
    stdio: ['ignore', log, log],
  });
  // Whether it ended, not whether its output did: PostgreSQL goes on writing there.
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

function openLog(dataDir: string) {
  const file = path.join(dataDir, 'postgres.log');
  const handle = openSync(file, 'a', 0o600); // statements in it may hold data
  return { file, handle, size: fstatSync(handle).size };
}

async function initialise({ bin, cluster, runAs, dataDir, superuserPassword, volatile }: ClusterPlace): Promise<void> {
  const where = cluster.startsWith(dataDir)
    ? cluster
    : `${cluster}, as the user who runs PostgreSQL cannot reach ${dataDir}`;
  if (!volatile) console.error(`Creating the database in ${where} …`);
  const password = `${cluster}.password`;
  const unfinished = `${cluster}.new`; // only a complete cluster gets the real name
  rmSync(unfinished, { recursive: true, force: true });
  try {
    makePrivateFolder(unfinished, runAs);
    writeFileSync(password, superuserPassword, { mode: 0o600 });
    give(password, runAs);
    await promisify(execFile)(
      path.join(bin, 'initdb'),
      [
        '-D',
        unfinished,
        '--username=postgres',
        `--pwfile=${password}`,
        '--encoding=UTF8',
        '--locale=C',
        '--auth=scram-sha-256',
        ...(volatile ? ['--no-sync'] : []),
      ],
      { ...runAs, cwd: unfinished, env: environment, windowsHide: true },
    );
    renameSync(unfinished, cluster);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`The database in ${cluster} could not be created:\n${stderr?.trim() || message}`, { cause: error });
  } finally {
    rmSync(password, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
