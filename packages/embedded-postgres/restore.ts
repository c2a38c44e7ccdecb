/** Restores a cluster from a backup, to its end or to a later instant, into a data folder without a cluster. */
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { appendFile, copyFile, cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { noRoom, readManifest, segments, unpackBackup, type Manifest } from './backup';
import { locateInstallation, type RunAs } from './installation';
import { processesUsing, withLock } from './processes';
import { SetupError, type Product } from './product';

export interface RestoreOptions {
  readonly product: Product;
  /** WAL archived since the backup. */
  readonly wal?: string;
  /** The target instant; by default all available WAL is replayed. */
  readonly to?: Date;
  /**
   * The target of an additional file or folder, by its name in the backup; by default below the data folder. Null leaves it out. Files that
   * are there already are kept.
   */
  readonly placeOf?: (name: string) => string | null;
}

/** Settings for the recovery only; whoever opens the cluster resets them afterwards. */
export const RECOVERY_SETTINGS = ['restore_command', 'recovery_target_time', 'recovery_target_action'] as const;

/** Copies a backup into a data folder without starting PostgreSQL. A failure leaves nothing behind. */
export async function restoreBackup(folder: string, dataDir: string, options: RestoreOptions): Promise<Manifest> {
  const { product, to, wal, placeOf = (name: string) => path.join(dataDir, name) } = options;
  const manifest = await readManifest(folder);
  if (to && to < new Date(manifest.endedAt))
    throw new SetupError(
      `This backup was finished at ${manifest.endedAt}, and cannot be restored to ${to.toISOString()}: name a later instant, or take an earlier backup.`,
    );
  await mkdir(dataDir, { recursive: true });
  return withLock(dataDir, async () => {
    const { cluster, runAs } = locateInstallation(dataDir, product);
    if (processesUsing(dataDir).length > 0 || existsSync(path.join(cluster, 'PG_VERSION')))
      throw new SetupError(
        `There is a database in ${dataDir} already: ${product.chooseFolder}, or move that one away.`,
      );
    const unfinished = { cluster: `${cluster}.restoring`, beside: path.join(dataDir, 'restoring') };
    const clear = () =>
      Promise.all(Object.values(unfinished).map((each) => rm(each, { recursive: true, force: true })));
    try {
      await clear();
      await unpackBackup(folder, unfinished);
      if (wal !== undefined) await addWal(wal, unfinished.cluster);
      if (wal !== undefined || to) await askRecovery(unfinished.cluster, to);
      giveAll(unfinished.cluster, runAs);
      for (const name of await readdir(unfinished.beside)) {
        const place = placeOf(name);
        // Copied, because it may be on another disk.
        if (place !== null) await cp(path.join(unfinished.beside, name), place, { recursive: true, force: false });
      }
      await rename(unfinished.cluster, cluster);
    } catch (error) {
      throw noRoom(error, dataDir);
    } finally {
      await clear();
    }
    return manifest;
  });
}

async function addWal(from: string, cluster: string): Promise<void> {
  const names = await readdir(from).catch((error: NodeJS.ErrnoException) => {
    throw new SetupError(`The WAL in ${from} cannot be read (${error.code}).`);
  });
  for (const name of names.filter((each) => segments.test(each)))
    await copyFile(path.join(from, name), path.join(cluster, 'pg_wal', name));
}

/** All WAL is already in the cluster's folder, so there is nothing to fetch; a failing restore_command says so. */
async function askRecovery(cluster: string, to: Date | undefined): Promise<void> {
  const settings = [
    `restore_command = 'exit 1'`,
    ...(to
      ? [
          `recovery_target_time = '${to.toISOString().replace('T', ' ').replace('Z', '+00')}'`,
          `recovery_target_action = 'promote'`,
        ]
      : []),
  ];
  await appendFile(path.join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  await writeFile(path.join(cluster, 'recovery.signal'), '');
}

function giveAll(folder: string, runAs: RunAs): void {
  if (!('uid' in runAs)) return;
  for (const name of ['', ...(readdirSync(folder, { recursive: true }) as string[])])
    chownSync(path.join(folder, name), runAs.uid, runAs.gid);
}
