/**
 * Three machines on one: network namespaces with PostgreSQL under Patroni and a member of etcd in each, on small disks of their own, and
 * HAProxy in front. Whoever runs it is root, since namespaces and disks are made and removed.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { deployMigrations } from '../../src/database/deployment/migrations';
import { createDatabaseSql, createRolesSql, databaseName, ownerRole, prepareDatabaseSql, serviceRole } from '../../src/database/deployment/roles'; // prettier-ignore
import { temporaryFolder } from '../support/temporary';
import { demandPrograms, postgresBinaries } from './programs';

const NETWORK = '10.203.71';
const PASSWORD = 'only-for-this-run';
const DISK_MB = 400;
const NODES = [1, 2, 3] as const;
const HAPROXY_PORT = 4470;

const nameOf = (n: number) => `n${n}`;
const addressOf = (n: number) => `${NETWORK}.${n}`;
const urlOf = (user: string, host: string, database: string) => `postgresql://${user}:${PASSWORD}@${host}/${database}`;

/** Runs something that has to succeed. */
function must(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr || String(error)}`);
  return stdout.trim();
}

interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly timeline?: number;
}

/** One of the machines. */
export class Machine {
  readonly name: string;
  readonly address: string;
  readonly #namespace: string;
  readonly #link: string;
  readonly #disk: string;
  readonly #children = new Map<'etcd' | 'patroni', ChildProcess>();

  constructor(
    readonly n: number,
    private readonly folder: string,
    private readonly bin: string,
  ) {
    this.name = nameOf(n);
    this.address = addressOf(n);
    this.#namespace = `pl${process.pid}${this.name}`;
    this.#link = `pl${process.pid}v${n}`;
    this.#disk = path.join(folder, this.name);
  }

  get url(): string {
    return urlOf('postgres', `${this.address}:5432`, databaseName);
  }

  prepare(bridge: string): void {
    must('ip', 'netns', 'add', this.#namespace);
    must('ip', 'link', 'add', this.#link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#namespace);
    must('ip', 'link', 'set', this.#link, 'master', bridge, 'up');
    for (const command of [
      ['link', 'set', 'lo', 'up'],
      ['addr', 'add', `${this.address}/24`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
    ])
      must('ip', '-n', this.#namespace, ...command);
    mkdirSync(this.#disk);
    must('mount', '-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', this.#disk);
    chownSync(this.#disk, Number(must('id', '-u', 'postgres')), Number(must('id', '-g', 'postgres')));
    writeFileSync(path.join(this.folder, `${this.name}.json`), JSON.stringify(this.#settings(), null, 2));
  }

  #settings(): object {
    const user = (username: string) => ({ username, password: PASSWORD });
    return {
      scope: 'phaseledger',
      name: this.name,
      restapi: { listen: `${this.address}:8008`, connect_address: `${this.address}:8008` },
      // Not etcd3: Debian 12's Patroni would write the leader's key through it without comparing (docs/reliability.md).
      etcd: { hosts: NODES.map((n) => `${addressOf(n)}:2379`) },
      bootstrap: {
        dcs: {
          ttl: 20,
          loop_wait: 2,
          retry_timeout: 3,
          maximum_lag_on_failover: 1_048_576,
          master_start_timeout: 0,
          primary_start_timeout: 0,
          postgresql: {
            use_pg_rewind: true,
            use_slots: true,
            parameters: {
              wal_level: 'replica',
              hot_standby: 'on',
              hot_standby_feedback: 'on',
              wal_log_hints: 'on',
              max_connections: 80,
              max_wal_size: '96MB',
              wal_keep_size: '64MB',
              shared_buffers: '32MB',
              synchronous_commit: 'on',
              wal_receiver_timeout: '5s',
              wal_sender_timeout: '5s',
            },
          },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
      },
      postgresql: {
        listen: `${this.address}:5432`,
        connect_address: `${this.address}:5432`,
        data_dir: path.join(this.#disk, 'data'),
        bin_dir: this.bin,
        pgpass: path.join(this.#disk, 'pgpass'),
        authentication: { superuser: user('postgres'), replication: user('replicator'), rewind: user('rewinder') },
        parameters: { unix_socket_directories: this.#disk },
        pg_hba: [`host replication replicator ${NETWORK}.0/24 scram-sha-256`, `host all all ${NETWORK}.0/24 scram-sha-256`, 'local all all trust'], // prettier-ignore
      },
    };
  }

  #start(what: 'etcd' | 'patroni', ...command: string[]): void {
    const log = openSync(path.join(this.folder, `${this.name}-${what}.log`), 'a');
    const child = spawn('ip', ['netns', 'exec', this.#namespace, ...command], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#children.set(what, child);
  }

  startEtcd(): void {
    this.#start(
      'etcd',
      'etcd',
      '--enable-v2',
      '--name',
      this.name,
      '--data-dir',
      path.join(this.folder, `etcd-${this.name}`),
      '--listen-client-urls',
      `http://${this.address}:2379`,
      '--advertise-client-urls',
      `http://${this.address}:2379`, // prettier-ignore
      '--listen-peer-urls',
      `http://${this.address}:2380`,
      '--initial-advertise-peer-urls',
      `http://${this.address}:2380`, // prettier-ignore
      '--initial-cluster',
      NODES.map((n) => `${nameOf(n)}=http://${addressOf(n)}:2380`).join(','),
    );
  }

  startPatroni(): void {
    const as = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
    this.#start('patroni', ...as, 'patroni', path.join(this.folder, `${this.name}.json`));
  }

  /** The processes of this machine. */
  #pids(): number[] {
    const pids = spawnSync('ip', ['netns', 'pids', this.#namespace], { encoding: 'utf8' }).stdout;
    return pids.split(/\s+/).filter(Boolean).map(Number);
  }

  #signal(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids)
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
  }

  /** PostgreSQL ends as if it had crashed; Patroni goes on. */
  killPostgres(): void {
    const [pid] = readFileSync(path.join(this.#disk, 'data', 'postmaster.pid'), 'utf8').split('\n');
    this.#signal([Number(pid)], 'SIGKILL');
  }

  /** Everything on it stands still. */
  freeze = (): void => this.#signal(this.#pids(), 'SIGSTOP');
  wake = (): void => this.#signal(this.#pids(), 'SIGCONT');

  async killEtcd(): Promise<void> {
    const child = this.#children.get('etcd')!;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** The other machines are not reached any more; whoever is in front of them still is. */
  cutOff(): void {
    for (const n of NODES) if (n !== this.n) must('ip', '-n', this.#namespace, 'route', 'add', 'blackhole', `${addressOf(n)}/32`); // prettier-ignore
  }
  mend(): void {
    for (const n of NODES) if (n !== this.n) must('ip', '-n', this.#namespace, 'route', 'del', 'blackhole', `${addressOf(n)}/32`); // prettier-ignore
  }

  fillDisk(): void {
    const file = openSync(path.join(this.#disk, 'filler'), 'w');
    try {
      for (const piece = Buffer.alloc(2 ** 20); ;) writeSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }
  /** Uses up what it has laid by of its log, which is all that it needs of the disk to go on. */
  useUpLog = (): Promise<unknown> =>
    withClient(this.url, (client) => client.query(`select pg_logical_emit_message(false, 'filler', 'x'), pg_switch_wal()`)).catch(() => undefined); // prettier-ignore
  emptyDisk = (): void => rmSync(path.join(this.#disk, 'filler'), { force: true });

  /** How often it has been set back to where its log and the primary’s part. */
  get rewinds(): number {
    const log = path.join(this.folder, `${this.name}-patroni.log`);
    return existsSync(log) ? readFileSync(log, 'utf8').split('running pg_rewind from').length - 1 : 0;
  }

  async remove(): Promise<void> {
    this.wake();
    for (let tries = 0; this.#pids().length > 0 && tries < 50; tries++) {
      this.#signal(this.#pids(), 'SIGKILL');
      await sleep(100);
    }
    spawnSync('umount', [this.#disk]);
    spawnSync('ip', ['netns', 'del', this.#namespace]);
  }
}

export class Cluster {
  readonly machines: readonly Machine[];
  readonly #bridge = `pl${process.pid}b`;
  #proxy: ChildProcess | undefined;
  /** Whichever is the primary, by HAProxy. */
  readonly serviceUrl = urlOf(serviceRole, `127.0.0.1:${HAPROXY_PORT}`, databaseName);
  readonly superuserUrl = urlOf('postgres', `127.0.0.1:${HAPROXY_PORT}`, databaseName);
  readonly replicaUrls: readonly string[];

  private constructor(private readonly folder: string) {
    const bin = postgresBinaries();
    this.machines = NODES.map((n) => new Machine(n, folder, bin));
    this.replicaUrls = this.machines.map(({ address }) => urlOf(serviceRole, `${address}:5432`, databaseName));
  }

  static async start(): Promise<Cluster> {
    demandPrograms({
      patroni: 'patroni',
      etcd: 'etcd-server',
      haproxy: 'haproxy',
      ip: 'iproute2',
      setpriv: 'util-linux',
    });
    if (process.getuid?.() !== 0)
      throw new Error('Namespaces of the network are made and disks mounted: run it as root.');
    const cluster = new Cluster(temporaryFolder());
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster.remove();
      throw error;
    }
  }

  async #start(): Promise<void> {
    must('ip', 'link', 'add', this.#bridge, 'type', 'bridge');
    must('ip', 'addr', 'add', `${NETWORK}.254/24`, 'dev', this.#bridge);
    must('ip', 'link', 'set', this.#bridge, 'up');
    for (const machine of this.machines) machine.prepare(this.#bridge);
    for (const machine of this.machines) machine.startEtcd();
    for (const machine of this.machines) machine.startPatroni();
    await this.whole(2);
    const primary = await this.primary();
    const sql = (url: string, ...statements: string[]) =>
      withClient(url, async (client) => {
        for (const statement of statements) await client.query(statement);
      });
    await sql(urlOf('postgres', `${primary.address}:5432`, 'postgres'), createRolesSql(PASSWORD, PASSWORD), createDatabaseSql()); // prettier-ignore
    await sql(primary.url, prepareDatabaseSql());
    await deployMigrations(this.ownerUrlOf(primary));
    // From now on what is acknowledged is on two of the three, of which the other one is the only one that may take over. A quorum of any
    // (ANY 1) is not enough: a former primary that wakes up finds a standby that has not heard of the new one yet, and goes on with it.
    const answer = await fetch(`http://${primary.address}:8008/config`, {
      method: 'PATCH',
      body: JSON.stringify({ synchronous_mode: true, synchronous_mode_strict: true }),
    });
    if (!answer.ok) throw new Error(`Patroni: ${answer.status}`);
    for (let isSet = false; !isSet; await sleep(200))
      isSet = await withClient(
        primary.url,
        async (client) =>
          (
            await client.query<{ yes: boolean }>(
              `select current_setting('synchronous_standby_names') ~ 'n[123]' as yes`,
            )
          ).rows[0]!.yes,
      );
    this.#startProxy();
  }

  ownerUrlOf = ({ address }: Machine): string => urlOf(ownerRole, `${address}:5432`, databaseName);

  #startProxy(): void {
    const file = path.join(this.folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 1s
listen primary
  bind 127.0.0.1:${HAPROXY_PORT}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${this.machines.map(({ name, address }) => `  server ${name} ${address}:5432 check port 8008`).join('\n')}
`,
    );
    const log = openSync(path.join(this.folder, 'haproxy.log'), 'a');
    this.#proxy = spawn('haproxy', ['-f', file], { stdio: ['ignore', log, log] });
    closeSync(log);
  }

  /** The members, as the first says it that answers. */
  /** As Patroni tells it. A machine that is cut off tells what it knew before, so the latest timeline is believed. */
  async #members(): Promise<readonly Member[]> {
    const views = await Promise.all(
      this.machines
        .map(async ({ address }) => {
          const response = await fetch(`http://${address}:8008/cluster`, { signal: AbortSignal.timeout(1_000) });
          return ((await response.json()) as { members: Member[] }).members;
        })
        .map((view) => view.catch(() => [])),
    );
    const timelineOf = (members: readonly Member[]) => Math.max(0, ...members.map(({ timeline }) => timeline ?? 0));
    return views.reduce((latest, view) => (timelineOf(view) > timelineOf(latest) ? view : latest));
  }

  async primary(): Promise<Machine> {
    for (;;) {
      const leader = (await this.#members()).find(({ role, state }) => role === 'leader' && state === 'running');
      const machine = this.machines.find(({ name }) => name === leader?.name);
      if (machine) return machine;
      await sleep(200);
    }
  }

  /** Waits until there are a primary and so many standbys that follow it on its timeline. */
  async whole(standbys = 2): Promise<void> {
    const deadline = Date.now() + 240_000;
    for (;;) {
      const members = await this.#members();
      const leader = members.find(({ role }) => role === 'leader');
      const following = members.filter(({ role, state, timeline }) => /^(replica|sync_standby)$/.test(role) && /^(running|streaming)$/.test(state) && timeline === leader?.timeline); // prettier-ignore
      const machine = this.machines.find(({ name }) => name === leader?.name);
      if (machine && following.length === standbys) {
        const streaming = await withClient(
          urlOf('postgres', `${machine.address}:5432`, 'postgres'),
          async (client) =>
          (await client.query<{ n: number }>(`select count(*)::int as n from pg_stat_replication where state = 'streaming'`)).rows[0]!.n, // prettier-ignore
        ).catch(() => 0);
        if (streaming === standbys) return;
      }
      await sleep(500);
      if (Date.now() > deadline)
        throw new Error(`The cluster is not whole again: ${JSON.stringify(members)} (${this.folder})`);
    }
  }

  /** Waits until a standby is named that may take over. Until then nothing is lost, but nobody replaces a primary that fails. */
  async successor(): Promise<void> {
    while (!(await this.#members()).some(({ role }) => role === 'sync_standby')) await sleep(200);
  }

  /** Waits until every standby has what the primary has. */
  async caughtUp(): Promise<void> {
    const { url } = await this.primary();
    const one = async <T extends object>(at: string, sql: string, values: unknown[] = []) =>
      withClient(at, async (client) => (await client.query<T>(sql, values)).rows[0]!);
    const { lsn } = await one<{ lsn: string }>(url, 'select pg_current_wal_flush_lsn()::text as lsn');
    for (const machine of this.machines)
      while (machine.url !== url && !(await one<{ yes: boolean }>(machine.url, 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as yes', [lsn])).yes) await sleep(50); // prettier-ignore
  }

  /** Which of them leads etcd. */
  async leaderOfEtcd(): Promise<Machine> {
    for (const machine of this.machines) {
      const response = await fetch(`http://${machine.address}:2379/v2/stats/self`).catch(() => null);
      const { state } = ((await response?.json().catch(() => null)) ?? {}) as { state?: string };
      if (state === 'StateLeader') return machine;
      const status = await fetch(`http://${machine.address}:2379/v3/maintenance/status`, { method: 'POST', body: '{}' }).catch(() => null); // prettier-ignore
      const said = ((await status?.json().catch(() => null)) ?? {}) as {
        leader?: string;
        header?: { member_id: string };
      };
      if (said.leader !== undefined && said.leader === said.header?.member_id) return machine;
    }
    throw new Error('Nobody leads etcd.');
  }

  /** What the programs have said, for whoever looks into a failure. */
  keepLogs(where: string): void {
    for (const name of readdirSync(this.folder).filter((file) => file.endsWith('.log')))
      appendFileSync(where, `\n== ${name}\n${readFileSync(path.join(this.folder, name), 'utf8').slice(-20_000)}`);
  }

  async remove(): Promise<void> {
    if (this.#proxy && this.#proxy.exitCode === null) {
      this.#proxy.kill('SIGKILL');
      await once(this.#proxy, 'exit');
    }
    for (const machine of this.machines) await machine.remove();
    spawnSync('ip', ['link', 'del', this.#bridge]);
  }
}
