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
  /** Only one process at a time may open it as a server. */
  readonly as?: ProcessEntry['as'];
  /** Trades durability for speed, for clusters that are thrown away. */
  readonly volatile?: boolean;
  /** Creates what the product needs in it if that is missing: on the first start, or after an interrupted one. */
  readonly prepare?: (cluster: Pick<Cluster, 'urlOf' | 'superuserUrl'>) => Promise<void>;
}

/** An open PostgreSQL; whoever opened it must close it. */
export interface Cluster {
  /** The cluster's own folder, which may lie outside the data folder. */
  readonly folder: string;
  /** The connection URL of one of its databases. */
  urlOf(user: string, password: string, database: string): string;
  superuserUrl(database: string): string;
  /** Whether PostgreSQL is still running. */
  isRunning(): boolean;
  /** Restarts it after a crash, on the same port. */
  startAgain(): Promise<void>;
  /** Stops it unless another process still uses it. Idempotent. */
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
 * Opens the PostgreSQL of a data folder. It is shared by processes: the first one starts it and the last one stops it. If that process is
 * killed, the next one finds the server running and uses it.
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
  // An explicit sslmode overrides a PGSSLMODE that is meant for another server.
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;

// ── finding it ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it accepts connections: it writes its port to the file before it listens, so another process may still hold that port. */
  readonly isReady: boolean;
}

/** The port of the PostgreSQL running on this cluster, once it answers. */
async function findRunning(place: ClusterPlace): Promise<number | undefined> {
  const { cluster } = place;
  const deadline = Date.now() + 60_000;
  for (let postmaster = readPidFile(place); postmaster; postmaster = readPidFile(place)) {
    if (!isPostmaster(postmaster.pid, cluster)) {
      await orphansAreGone(cluster);
      // A stale file from a crash. PostgreSQL would refuse to start if another process now has the old pid.
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
    // The lines of postmaster.pid: pid, cluster, start time, port, socket folder, address, shared memory, status. The last ones are
    // written later.
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
    return readlinkSync(`/proc/${pid}/cwd`) === cluster; // PostgreSQL's working directory is its cluster
  } catch {
    return false; // another user's process, so not the one we started
  }
}

/**
 * Waits for the child processes of a killed postmaster, which exit when they notice its death. A second server writing to the same cluster
 * would destroy it, and could not detect them without the pid file that we remove.
 */
async function orphansAreGone(cluster: string): Promise<void> {
  const deadline = Date.now() + 60_000;
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

/** Whether it accepts connections. The answer must name this cluster, because a copy of it has the same passwords. */
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

/** The port of the last start, as PostgreSQL noted it, so that clients find it again. */
function lastPort(cluster: string): number | undefined {
  try {
    const [, port] = /"port=(\d+)"/.exec(readFileSync(path.join(cluster, 'postmaster.opts'), 'utf8')) ?? [];
    return port === undefined ? undefined : Number(port);
  } catch {
    return undefined;
  }
}

const environment = { ...process.env, LC_ALL: 'C' };

/** The time limit of starts and stops: PostgreSQL replays its WAL after a crash, and writes a checkpoint before it stops. */
const PATIENTLY = ['--silent', '--wait', '--timeout=86400'];

/** @param fixedPort the required port; without one, the previous port or any free one */
async function start(place: ClusterPlace, fixedPort?: number): Promise<number> {
  const { cluster, dataDir, volatile } = place;
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await initialise(place);
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? ((attempt === 1 && lastPort(cluster)) || (await freePort()));
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '', // socket paths may have at most 107 characters, and this folder may be anywhere
      timezone: 'UTC',
      log_timezone: 'UTC',
      jit: 'off', // JIT costs more than it saves for short statements
      ...(volatile && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', scram_iterations: 1 }),
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    const log = openLog(dataDir);
    const isUp = await control(place, ['start', ...PATIENTLY, '-o', flags.join(' ')], log.handle);
    closeSync(log.handle);
    // Verifies the passwords, or reports what is wrong with them.
    if (isUp && (await answers(port, place))) return port;
    const said = readFileSync(log.file, 'utf8').slice(log.size).trim();
    // Another process can take the port between our check and PostgreSQL's use of it.
    if (attempt < 3 && said.includes('could not bind') && !fixedPort) continue;
    throw new Error(`PostgreSQL did not start. Its log (${log.file}) says:\n${said.split('\n').slice(-20).join('\n')}`);
  }
}

async function stop(place: ClusterPlace): Promise<void> {
  const postmaster = readPidFile(place);
  if (!postmaster || !isPostmaster(postmaster.pid, place.cluster)) return;
  const log = openLog(place.dataDir);
  // A "fast" shutdown: ends the sessions, writes a checkpoint and exits.
  const isStopped = await control(place, ['stop', ...PATIENTLY, '--mode=fast'], log.handle);
  closeSync(log.handle);
  if (!isStopped) throw new Error(`PostgreSQL (process ${postmaster.pid}) did not stop; see ${log.file}.`);
}

/**
 * Runs PostgreSQL's own pg_ctl. It reports success only when the process it started says that it is ready, puts PostgreSQL into its own
 * session, so that Ctrl-C in our terminal does not reach it, and supports Windows.
 * @returns whether it succeeded; the reason for a failure is in the log
 */
async function control({ bin, cluster, runAs }: Installation, command: string[], log: number): Promise<boolean> {
  const [name, ...options] = command;
  const child = spawn(path.join(bin, 'pg_ctl'), [name!, '-D', cluster, ...options], {
    ...runAs,
    cwd: cluster,
    env: environment,
    detached: true, // our death must not interrupt a start
    windowsHide: true,
    stdio: ['ignore', log, log],
  });
  // Waits for the exit, not for the end of the output: PostgreSQL keeps writing to it.
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

function openLog(dataDir: string) {
  const file = path.join(dataDir, 'postgres.log');
  const handle = openSync(file, 'a', 0o600); // its statements may contain data
  return { file, handle, size: fstatSync(handle).size };
}

async function initialise({ bin, cluster, runAs, dataDir, superuserPassword, volatile }: ClusterPlace): Promise<void> {
  const where = cluster.startsWith(dataDir)
    ? cluster
    : `${cluster}, as the user who runs PostgreSQL cannot reach ${dataDir}`;
  if (!volatile) console.error(`Creating the database in ${where} …`);
  const password = `${cluster}.password`;
  const unfinished = `${cluster}.new`; // only a complete cluster gets the final name
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
