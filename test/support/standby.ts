/** A PostgreSQL with a hot standby behind it, whose replay can be held up. */
import { appendFileSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyDataFolder } from '../../packages/embedded-postgres/test/copy';
import { withClient } from '../../packages/pg-client';
import { openEmbedded } from '../../src/database/embedded';
import { deployMigrations } from '../../src/database/migrations';
import type { TestDatabase } from './database';
import { temporaryFolder } from './temporary';

export interface Replicated extends TestDatabase {
  readonly replicaUrl: string;
  /** What is committed from now on does not arrive. */
  hold(): Promise<void>;
  /** What is committed arrives again. */
  release(): Promise<void>;
  /** Waits until everything that is committed has arrived. */
  catchUp(): Promise<void>;
}

/** Starts both; `drop` ends them and removes them. */
export async function startReplicated(): Promise<Replicated> {
  const root = temporaryFolder();
  chmodSync(root, 0o755); // as root, PostgreSQL runs as another user, who has to pass through here
  const [first, second] = ['primary', 'standby'].map((name) => path.join(root, name)) as [string, string];
  const started = await openEmbedded(first, { volatile: true });
  await deployMigrations(started.ownerUrl);
  await started.close();

  // A standby begins as a copy of its primary, here of one that is not running.
  copyDataFolder(first, second);
  const copy = path.join(second, path.basename(started.cluster));
  const primary = await openEmbedded(first, { volatile: true });
  const { hostname, port, username, password } = new URL(primary.superuserUrl);
  appendFileSync(
    path.join(copy, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'\n`,
  );
  writeFileSync(path.join(copy, 'standby.signal'), '');
  const standby = await openEmbedded(second, { volatile: true });

  const onPrimary = <Row extends object>(sql: string) =>
    withClient(primary.superuserUrl, (client) => client.query<Row>(sql));
  const onStandby = <Row extends object>(sql: string, parameters: unknown[] = []) =>
    withClient(standby.superuserUrl, (client) => client.query<Row>(sql, parameters));
  return {
    serviceUrl: primary.serviceUrl,
    ownerUrl: primary.ownerUrl,
    superuserUrl: primary.superuserUrl,
    replicaUrl: standby.serviceUrl,
    hold: async () => void (await onStandby('select pg_wal_replay_pause()')),
    release: async () => void (await onStandby('select pg_wal_replay_resume()')),
    catchUp: async () => {
      const { rows } = await onPrimary<{ lsn: string }>('select pg_current_wal_insert_lsn() as lsn');
      const arrived = () =>
        onStandby<{ yes: boolean }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as yes', [rows[0]!.lsn]);
      while (!(await arrived()).rows[0]!.yes) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    drop: async () => {
      await standby.close();
      await primary.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
