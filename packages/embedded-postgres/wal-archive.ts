/** WAL archived outside the cluster, so that a backup can be restored to any later instant. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { withClient } from '../pg-client';
import { copy, noRoom, segments } from './backup';

/** A replication slot that keeps WAL until it is copied. */
const WAL_SLOT = 'embedded_wal_archive';

/**
 * Copies all WAL segments completed since the last call; the first call starts the archive. Segments appear atomically.
 * @returns the number of copied segments
 */
export async function archiveWal(superuserUrl: string, cluster: string, archive: string): Promise<number> {
  await mkdir(archive, { recursive: true, mode: 0o700 });
  return withClient(superuserUrl, async (client) => {
    await client.query(
      `select pg_create_physical_replication_slot($1, true) where not exists (select from pg_replication_slots where slot_name = $1)`,
      [WAL_SLOT],
    );
    await client.query('select pg_switch_wal()');
    const { rows } = await client.query<{ open: string; lsn: string }>(
      `select pg_walfile_name(l.lsn + 1) as open, l.lsn::text as lsn from (select pg_current_wal_flush_lsn() as lsn) l`,
    );
    const { open, lsn } = rows[0]!;
    const folder = path.join(cluster, 'pg_wal');
    let count = 0;
    try {
      for (const name of (await readdir(folder)).filter((each) => segments.test(each) && each < open).sort()) {
        const to = path.join(archive, name);
        if (await stat(to).catch(() => null)) continue;
        await rm(`${to}.unfinished`, { force: true });
        if (!(await copy(path.join(folder, name), `${to}.unfinished`))) continue;
        await rename(`${to}.unfinished`, to);
        count++;
      }
    } catch (error) {
      throw noRoom(error, archive);
    }
    await client.query('select pg_replication_slot_advance($1, $2)', [WAL_SLOT, lsn]);
    return count;
  });
}

/** Ends the archive and releases the WAL that PostgreSQL kept for it. */
export const endArchive = (superuserUrl: string): Promise<unknown> =>
  withClient(superuserUrl, (client) =>
    client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [
      WAL_SLOT,
    ]),
  );
