/** npm run restore-archive: restores archived row images from a file into the log. */
import { Command } from 'commander';
import { withArchiveLock, restoreArchive } from '../proof/archive';
import { checkpointFolder, Checkpoints } from '../proof/checkpoints';
import { withOwner } from './opened';
import { runTool } from './run';
import { counted, titleOf } from './streams';

const restore = (file: string, { reason }: { reason: string }): Promise<void> =>
  withOwner((client, db, env) =>
    withArchiveLock(client, async () => {
      const checkpointHeads = new Checkpoints(checkpointFolder(env)).read();
      const { archive, rows } = await restoreArchive(file, { client, db, reason, checkpointHeads }).catch(
        (error: NodeJS.ErrnoException) => {
          throw error.syscall === undefined ? error : new Error(`${file} cannot be read (${error.code}).`);
        },
      );
      await client.query('vacuum (analyze) log.row_change');
      console.log(
        `${await titleOf(db, archive.workflowId)}: ${counted(rows, 'row change')} up to commit ${archive.sequence} are as they were. The log does not need ${archive.file} any more.`,
      );
    }),
  );

runTool(() =>
  new Command('npm run restore-archive --')
    .description('Puts what archive-log took out of the log back, from its file, which must be as it was written.')
    .argument('<file>')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .action(restore)
    .parseAsync(),
);
