/** npm run archive-log: moves the row images of old commits from the log into files, one per workflow. */
import { Command } from 'commander';
import { allStreams } from '../database/log/log-reader';
import { withArchiveLock, archivable, archiveLog } from '../proof/archive';
import { archiveFolder, describeArchive } from '../proof/archives';
import { checkpointFolder, Checkpoints } from '../proof/checkpoints';
import { instant } from './arguments';
import { progress } from './progress';
import { withOwner } from './opened';
import { runTool } from './run';
import { counted, streamOf, streamOption, titleOf } from './streams';

interface ArchiveOptions {
  readonly before: Date;
  readonly workflow?: string;
  readonly reason: string;
}

const archive = ({ before, workflow, reason }: ArchiveOptions): Promise<void> =>
  withOwner(async (client, db, env) => {
    const folder = archiveFolder(env);
    await withArchiveLock(client, async () => {
      const checkpointHeads = new Checkpoints(checkpointFolder(env)).read();
      const streams = workflow === undefined ? await db.snapshot(allStreams) : [await streamOf(db, workflow)];
      let archived = 0;
      for (const streamId of streams) {
        const found = await db.snapshot((tx) => archivable(tx, streamId, before));
        if (!found) continue;
        archived++;
        const title = await titleOf(db, streamId);
        const bar = progress(title, found.last.sequence);
        const archiving = { client, db, folder, reason, checkpointHeads, onCommit: bar.step };
        const done = await archiveLog(streamId, found.last, archiving).finally(bar.stop);
        console.log(
          `${title}: the images of ${counted(done.rows, 'row change')} up to commit ${done.archive.sequence} are in ${describeArchive(done.archive)}.`,
        );
      }
      if (archived === 0) return console.log(`There is nothing from before ${before.toISOString()} to archive.`);
      await client.query('vacuum (analyze) log.row_change');
      console.error(`Keep ${folder} as you keep the database: what was archived is nowhere else.`);
    });
  });

runTool(() =>
  new Command('npm run archive-log --')
    .description(
      'Takes what old commits changed out of the log, into files in ARCHIVE_DIR that verify; who, when, why and which rows stays.',
    )
    .requiredOption('--before <day>', 'only commits before this day or instant, UTC', instant)
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option(...streamOption)
    .action(archive)
    .parseAsync(),
);
