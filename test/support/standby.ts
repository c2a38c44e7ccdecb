/** A PostgreSQL with hot standbys whose replay can be paused. */
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyDataFolder } from '../../packages/embedded-postgres/test/copy';
import { withClient } from '../../packages/pg-client';
import { openEmbedded, type EmbeddedDatabase } from '../../src/database/deployment/embedded';
import { deployMigrations } from '../../src/database/deployment/migrations';
import type { TestDatabase } from './database';
import { temporaryFolder } from './temporary';
import { until } from './until';
import type { World } from './world';

export interface Replicated extends TestDatabase {
  readonly replicaUrls: readonly string[];
  readonly standbys: readonly Standby[];
  /** The process of the primary. */
  postmaster(): number;
  /** Starts the primary again after it was killed. */
  startAgain(): Promise<void>;
  /** Pauses replay: later commits do not become visible. */
  hold(): Promise<void>;
  /** Resumes replay. */
  release(): Promise<void>;
  /** Waits until every commit has been replayed. */
  catchUp(): Promise<void>;
}

/** One of the servers that follow. */
export interface Standby {
  sql<Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  postmaster(): number;
  /** Kills it, as in a crash. */
  kill(): void;
  /** Starts it again. */
  startAgain(): Promise<void>;
  readonly close: () => Promise<void>;
}

/** Which standbys have to confirm a commit before the primary shows it. */
export async function demandConfirmation(world: Pick<World, 'sql'>, standbys: string): Promise<void> {
  for (const statement of [`alter system set synchronous_standby_names = '${standbys}'`, 'select pg_reload_conf()'])
    await world.sql('superuser', statement);
  await until('that is so', async () => {
    const [row] = await world.sql<{ now: string }>(
      'superuser',
      `select current_setting('synchronous_standby_names') as now`,
    );
    return row!.now === standbys;
  });
}

/** Starts a primary and the given number of standbys; `drop` stops and removes them. */
export async function startReplicated(count = 1): Promise<Replicated> {
  const root = temporaryFolder();
  chmodSync(root, 0o755); // As root, PostgreSQL runs as another user, who must be able to pass through here.
  const first = path.join(root, 'primary');
  const started = await openEmbedded(first, { volatile: true });
  await deployMigrations(started.ownerUrl);
  await started.close();

  // A standby starts as a copy of its primary, which is not running here.
  const copies = Array.from({ length: count }, (_, n) => path.join(root, `standby-${n}`));
  for (const copy of copies) copyDataFolder(first, copy);
  const primary = await openEmbedded(first, { volatile: true });
  // As everywhere but in tests, an acknowledged commit is flushed, and so on its way to the standbys.
  await withClient(primary.superuserUrl, (client) =>
    client.query('alter database phaseledger set synchronous_commit = on'),
  );
  const standbys: (Standby & { readonly url: string })[] = [];
  for (const copy of copies) standbys.push(await startStandby(copy, primary));

  const onPrimary = <Row extends object>(sql: string) =>
    withClient(primary.superuserUrl, (client) => client.query<Row>(sql));
  const each = async (work: (standby: Standby) => Promise<unknown>) => void (await Promise.all(standbys.map(work)));
  return {
    serviceUrl: primary.serviceUrl,
    ownerUrl: primary.ownerUrl,
    superuserUrl: primary.superuserUrl,
    replicaUrls: standbys.map(({ url }) => url),
    standbys,
    postmaster: () => postmasterOf(primary),
    startAgain: () => primary.startAgain(),
    hold: () => each((standby) => standby.sql('select pg_wal_replay_pause()')),
    release: () => each((standby) => standby.sql('select pg_wal_replay_resume()')),
    catchUp: async () => {
      const { rows } = await onPrimary<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn');
      await each(async (standby) => {
        await until('the standby has caught up', async () => {
          const [arrived] = await standby.sql<{ yes: boolean }>(
            'select pg_last_wal_replay_lsn() >= $1::pg_lsn as yes',
            [rows[0]!.lsn],
          );
          return arrived!.yes;
        });
      });
    },
    drop: async () => {
      for (const { close } of standbys) await close();
      await primary.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const postmasterOf = ({ cluster }: EmbeddedDatabase): number =>
  Number(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Makes a copy of a server follow it. */
async function startStandby(folder: string, primary: EmbeddedDatabase): Promise<Standby & { readonly url: string }> {
  const cluster = path.join(folder, path.basename(primary.cluster));
  const { hostname, port, username, password } = new URL(primary.superuserUrl);
  appendFileSync(
    path.join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`,
  );
  writeFileSync(path.join(cluster, 'standby.signal'), '');
  const standby = await openEmbedded(folder, { volatile: true });
  return {
    url: standby.serviceUrl,
    sql: async <Row extends object>(sql: string, parameters: unknown[] = []) =>
      (await withClient(standby.superuserUrl, (client) => client.query<Row>(sql, parameters))).rows,
    postmaster: () => postmasterOf(standby),
    kill: () => void process.kill(postmasterOf(standby), 'SIGKILL'),
    startAgain: () => standby.startAgain(),
    close: () => standby.close(),
  };
}
