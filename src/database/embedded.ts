import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { ConfigurationError, type Env } from '../env';
import { give, locateInstallation, makePrivateFolder, type Installation } from './native';
import { join, leave, processBegan, processesUsing, withLock, type ProcessEntry } from './processes';
import { createDatabaseSql, createRolesSql, databaseName, ownerRole, prepareDatabaseSql, serviceRole } from './roles';
import { readSecrets, type Secrets } from './secrets';

/** A way into the database; whoever opened it closes it. */
export interface Database {
  /** For requests: may read, and write through the rules, but owns nothing. */
  readonly serviceUrl: string;
  /** For migrations, admin and import; missing if only DATABASE_URL is set. */
  readonly ownerUrl: string | undefined;
  /** Only the embedded database has one we know. */
  readonly superuserUrl?: string;
  readonly embedded: boolean;
  /** Stops the embedded PostgreSQL, unless another process still uses it; does nothing the second time. */
  close(): Promise<void>;
}

/** Opens the configured database; without one, starts the embedded PostgreSQL or attaches to it if it runs. */
export async function openDatabase(env: Env, as: ProcessEntry['as'] = 'tool'): Promise<Database | EmbeddedDatabase> {
  if (env.databaseUrl) {
    const { databaseUrl: serviceUrl, databaseOwnerUrl: ownerUrl } = env;
    return { serviceUrl, ownerUrl, embedded: false, close: async () => {} };
  }
  return openEmbedded(env.dataDir, { as });
}

/** The owner's address, or the advice to set it. */
export function requireOwnerUrl({ ownerUrl }: Pick<Database, 'ownerUrl'>): string {
  if (ownerUrl) return ownerUrl;
  throw new ConfigurationError(
    'DATABASE_OWNER_URL must be set: the database of DATABASE_URL, as the role that owns it.',
  );
}

function refuseSecondServer(dataDir: string): void {
  const other = processesUsing(dataDir).find(({ as }) => as === 'server');
  if (!other) return;
  throw new ConfigurationError(
    `PhaseLedger is already running on ${dataDir} (process ${other.pid}, since ${other.startedAt}): stop it first, or set DATA_DIR to another folder.`,
  );
}

export interface EmbeddedDatabase extends Database {
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  /** The folder of the cluster itself, which need not be below the data folder. */
  readonly cluster: string;
  /** Whether there still is a PostgreSQL on it. */
  isRunning(): boolean;
  /** Starts one that has died, at the same address. */
  startAgain(): Promise<void>;
}

/**
 * Opens the embedded PostgreSQL of a data folder. It belongs to no process: the first one starts it, the last one stops
 * it, and if that one is killed, the next one finds it running and carries on. `volatile` trades safety for speed.
 */
export async function openEmbedded(
  folder: string,
  { as = 'tool', volatile = false }: { as?: ProcessEntry['as']; volatile?: boolean } = {},
): Promise<EmbeddedDatabase> {
  mkdirSync(folder, { recursive: true });
  const dataDir = realpathSync(folder);
  const secrets = readSecrets(dataDir);
  return withLock(dataDir, async () => {
    if (as === 'server') refuseSecondServer(dataDir);
    const installation = locateInstallation(dataDir);
    const port =
      (await findRunning(installation.cluster, secrets)) ??
      (await start({ ...installation, dataDir, secrets, volatile }));
    await prepare(installation.cluster, port, secrets);
    const self = join(dataDir, as);
    let closing: Promise<void> | undefined;
    return {
      serviceUrl: urlOf(port, serviceRole, secrets.servicePassword),
      ownerUrl: urlOf(port, ownerRole, secrets.ownerPassword),
      superuserUrl: superuserUrl(port, secrets),
      embedded: true,
      cluster: installation.cluster,
      isRunning: () => {
        const postmaster = readPidFile(installation.cluster);
        return postmaster !== undefined && isPostmaster(postmaster.pid, installation.cluster);
      },
      startAgain: () =>
        withLock(dataDir, async () => {
          const running = await findRunning(installation.cluster, secrets);
          if (running === undefined) await start({ ...installation, dataDir, secrets, volatile, port });
          else if (running !== port)
            throw new Error(`Another process has started it on port ${running}; its place is ${port}.`);
        }),
      close: () =>
        (closing ??= withLock(dataDir, async () => {
          if (leave(dataDir, self).length === 0) await stop(installation);
        })),
    };
  });
}

const urlOf = (port: number, user: string, password: string, database = databaseName) =>
  // sslmode is named so that a PGSSLMODE meant for another server does not apply here.
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;

const superuserUrl = (port: number, secrets: Secrets, database?: string) =>
  urlOf(port, 'postgres', secrets.superuserPassword, database);

// ── finding it ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections: it writes its port down before it listens there, where another one may be. */
  readonly isReady: boolean;
}

/** The port of the PostgreSQL that runs on this cluster, once it answers. */
async function findRunning(cluster: string, secrets: Secrets): Promise<number | undefined> {
  const deadline = Date.now() + 60_000;
  for (let postmaster = readPidFile(cluster); postmaster; postmaster = readPidFile(cluster)) {
    if (!isPostmaster(postmaster.pid, cluster)) {
      await orphansAreGone(cluster);
      // Left by a crash. PostgreSQL would refuse to start if its old process number now belongs to somebody else.
      rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (postmaster.isReady && (await answers(postmaster.port, secrets))) return postmaster.port;
    if (Date.now() > deadline) {
      throw new Error(
        `PostgreSQL (process ${postmaster.pid}) runs on ${cluster} but does not answer; see postgres.log.`,
      );
    }
    await sleep(100); // it is starting or stopping
  }
  return undefined;
}

function readPidFile(cluster: string): Postmaster | undefined {
  try {
    // Its lines: process, cluster, start time, port, socket folder, address, shared memory, status; the last are written later.
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EACCES') throw error;
    throw new ConfigurationError(
      `The database in ${cluster} belongs to another user: start as that user, or set DATA_DIR to another folder.`,
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
    // prettier-ignore
    if (Date.now() > deadline)
      throw new Error(`Processes of a PostgreSQL that was killed still run on ${cluster}: end them, then start again.`);
    await sleep(50);
  }
}

/** Whether it takes connections yet. */
async function answers(port: number, secrets: Secrets): Promise<boolean> {
  try {
    await withClient(superuserUrl(port, secrets, 'postgres'), async () => {});
    return true;
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '28P01') return false;
    throw new ConfigurationError(
      'The passwords in secrets.json do not fit the database beside it: restore that file from a backup, or set DATA_DIR to another folder.',
    );
  }
}

// ── starting and stopping it ────────────────────────────────────────────────────────────────────────────────────────

interface Start extends Installation {
  readonly dataDir: string;
  readonly secrets: Secrets;
  readonly volatile: boolean;
  /** Where it has to be; left out, it is where it was, or anywhere. */
  readonly port?: number;
}

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

async function start(options: Start): Promise<number> {
  const { bin, cluster, runAs, dataDir, secrets, volatile } = options;
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await initialise(options);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? ((attempt === 1 && lastPort(cluster)) || (await freePort()));
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '', // their paths may be at most 107 characters long, and this folder may be anywhere
      timezone: 'UTC',
      log_timezone: 'UTC',
      jit: 'off', // compiling costs more than it saves on the short statements of an API
      ...(volatile && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // A file and a process group of its own: neither our death nor a Ctrl-C in our terminal may take it down.
    const log = openLog(dataDir);
    const child = spawn(path.join(bin, 'postgres'), ['-D', cluster, ...flags], {
      ...runAs,
      cwd: cluster,
      env: environment,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.handle, log.handle],
    });
    closeSync(log.handle);
    child.unref();
    if (await becomesReady(child, cluster, secrets)) return port;
    const said = readFileSync(log.file, 'utf8').slice(log.size).trim();
    // Between our look for a free port and PostgreSQL's use of it, somebody else may have taken it.
    if (attempt < 3 && said.includes('could not bind') && !options.port) continue;
    throw new Error(`PostgreSQL did not start. Its log (${log.file}) says:\n${said.split('\n').slice(-20).join('\n')}`);
  }
}

function openLog(dataDir: string) {
  const file = path.join(dataDir, 'postgres.log');
  const handle = openSync(file, 'a', 0o600); // statements in it may hold data
  return { file, handle, size: fstatSync(handle).size };
}

async function becomesReady(child: ChildProcess, cluster: string, secrets: Secrets): Promise<boolean> {
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  while (!ended) {
    const postmaster = readPidFile(cluster);
    // Whoever answers on that port may be somebody else, for as long as ours has not found it taken.
    const isOurs = postmaster !== undefined && postmaster.pid === child.pid;
    if (isOurs && postmaster.isReady && (await answers(postmaster.port, secrets))) return true;
    await sleep(25); // after a crash it first replays its log, however long that takes
  }
  return false;
}

async function initialise({ bin, cluster, runAs, dataDir, secrets, volatile }: Start): Promise<void> {
  const place = cluster.startsWith(dataDir)
    ? cluster
    : `${cluster}, as the user who runs PostgreSQL cannot reach ${dataDir}`;
  if (!volatile) console.error(`Creating the database in ${place} …`);
  const password = `${cluster}.password`;
  const unfinished = `${cluster}.new`; // only a complete cluster gets the real name
  rmSync(unfinished, { recursive: true, force: true });
  try {
    makePrivateFolder(unfinished, runAs);
    writeFileSync(password, secrets.superuserPassword, { mode: 0o600 });
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

async function stop({ bin, cluster, runAs }: Installation): Promise<void> {
  const postmaster = readPidFile(cluster);
  if (!postmaster || !isPostmaster(postmaster.pid, cluster)) return;
  if (process.platform === 'win32') {
    await promisify(execFile)(path.join(bin, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast', '-w'], runAs);
    return;
  }
  process.kill(postmaster.pid, 'SIGINT'); // "fast": ends the sessions, writes everything down, leaves
  const began = processBegan(postmaster.pid);
  while (began && processBegan(postmaster.pid) === began) await sleep(20);
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

// ── making it ours ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Makes roles and database where they are missing: at the first start, or after one that was cut short. */
async function prepare(cluster: string, port: number, secrets: Secrets): Promise<void> {
  const isPrepared = await withClient(superuserUrl(port, secrets, 'postgres'), async (client) => {
    const { rows } = await client.query<{ folder: string; exists: boolean; prepared: boolean }>(
      `SELECT current_setting('data_directory') AS folder, count(*) > 0 AS exists,
              count(*) FILTER (WHERE NOT has_database_privilege('public', oid, 'CONNECT')) > 0 AS prepared
         FROM pg_database WHERE datname = $1`,
      [databaseName],
    );
    const { folder, exists, prepared } = rows[0]!;
    if (path.resolve(folder) !== cluster)
      throw new Error(`The PostgreSQL of ${cluster} turned out to serve ${folder}.`);
    if (prepared) return true;
    await client.query(createRolesSql(secrets.ownerPassword, secrets.servicePassword));
    if (!exists) await client.query(createDatabaseSql());
    return false;
  });
  if (!isPrepared) await withClient(superuserUrl(port, secrets), (client) => client.query(prepareDatabaseSql()));
}

/** Runs something on a connection of its own. */
export async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // a lost connection also fails the statement that runs on it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
