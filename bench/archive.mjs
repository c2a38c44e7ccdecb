// Measures an archive: what it costs to write a file, verify it and remove the images, to restore them, and how many bytes a row takes.
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { serving, table, timed, withDatabase } from './fixture.mjs';
import { bank, Filler, streamOf } from './support/log-filler.mjs';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { size: { type: 'string', default: '1000000' } },
});

await withDatabase(async (fixture) => {
  const { dist, database, folder } = fixture;
  const { withClient } = dist('../packages/pg-client/index.js');
  const { archiveLog, restoreArchive } = dist('proof/archive.js');
  const { headOf } = dist('database/log/log-reader.js');
  await serving(
    fixture,
    async ({ ask, db }) => {
      await withClient(database.superuserUrl, async (client) => {
        const filler = new Filler(client, Infinity);
        await filler.begin(ask);
        await filler.fill(Number(asked.size));
      });
      const archives = path.join(folder, 'archives');
      await withClient(database.ownerUrl, async (client) => {
        const streamId = streamOf(1);
        const one = async (sql) => Number(Object.values((await client.query(sql, [streamId])).rows[0])[0]);
        const bytesOfRow = () => one('select avg(pg_column_size(r.*)) from log.row_change r where stream_id = $1');
        const before = await bytesOfRow();
        const last = await db.snapshot((tx) => headOf(tx, streamId));
        const archiving = { client, db, folder: archives, reason: 'To measure it.', noted: new Map() };
        const taken = await timed(() => archiveLog(streamId, last, archiving));
        const { archive, rows } = taken.result;
        const after = await bytesOfRow();
        const file = path.join(archives, archive.file);
        const { size } = statSync(file);
        const restored = await timed(() => restoreArchive(file, archiving));
        if (restored.result.rows !== rows) throw new Error('another number of rows was restored than was archived');
        rmSync(archives, { recursive: true });
        table(
          ['', `${rows} rows of ${archive.sequence} commits`],
          [
            ['ms a row: write, verify, remove', (taken.ms / rows).toFixed(2)],
            ['ms a row: restore', (restored.ms / rows).toFixed(2)],
            ['bytes a row in the table, before', before.toFixed(0)],
            ['bytes a row in the table, archived', after.toFixed(0)],
            ['bytes a row in the file', (size / rows).toFixed(0)],
          ],
        );
      });
    },
    {
      prepare: async (db) => {
        await dist('demo/load.js').loadDemo(db, database.ownerUrl);
        await withClient(database.ownerUrl, (client) => client.query(bank));
      },
    },
  );
});
