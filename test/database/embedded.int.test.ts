/** The embedded PostgreSQL, and who is asked when there are two. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openEmbedded, withClient } from '../../src/database/embedded';
import { copyDataFolder } from '../support/standby';

const root = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-copies-'));
chmodSync(root, 0o755); // as root, PostgreSQL runs as another user, who has to pass through here
const [original, copy] = ['original', 'copy'].map((name) => path.join(root, name)) as [string, string];
const volatile = { volatile: true };
const servedFolder = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder");
    return rows[0]!.folder;
  });

afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a copy of a data folder never finds the database it was copied from, though it knows its port and passwords', async () => {
  const first = await openEmbedded(original, volatile);
  await first.close();
  copyDataFolder(original, copy);

  const running = await openEmbedded(original, volatile);
  try {
    // What is asked of the address first answers at once; PostgreSQL needs longer to find it taken.
    for (let attempt = 1; attempt <= 5; attempt++) {
      const second = await openEmbedded(copy, volatile);
      expect(await servedFolder(second.superuserUrl)).toBe(second.cluster);
      expect(new URL(second.superuserUrl).port).not.toBe(new URL(running.superuserUrl).port);
      await second.close();
      // It goes on looking where it was copied from.
      writeFileSync(
        path.join(second.cluster, 'postmaster.opts'),
        readFileSync(path.join(first.cluster, 'postmaster.opts')),
      );
    }
  } finally {
    await running.close();
  }
});
