import { Command } from 'commander';
import { recordReads } from '../database/log/change-log-reads';
import { archiveFile, archiveFolder } from '../proof/archives';
import { exportLog } from '../proof/log-file';
import { progress } from './progress';
import { withDatabase } from './opened';
import { runTool } from './run';
import { commitCount, counted, streamOf, streamOption, titleOf } from './streams';

const write = ({ workflow, out }: { workflow: string; out: string }): Promise<void> =>
  withDatabase(async (db, env) => {
    const streamId = await streamOf(db, workflow);
    const title = await titleOf(db, streamId);
    await recordReads(db, [{ streamId, field: 'export:log' }], { readerId: null, requestId: null });
    const bar = progress(title, await commitCount(db, streamId));
    const count = await db
      .snapshot(async (tx) => {
        const archive = await archiveFile(tx, streamId, archiveFolder(env));
        return exportLog(tx, streamId, out, { onCommit: bar.step, ...(archive !== undefined && { archive }) });
      })
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw new Error(`${out} exists already; name another file.`);
        throw error.syscall === 'open' ? new Error(`${out} cannot be written (${error.code}).`) : error;
      })
      .finally(bar.stop);
    console.error(
      `${title}: ${counted(count, 'commit')} written to ${out}. Verify it with: npm run verify -- --file ${out}`,
    );
  });

runTool(() =>
  new Command('npm run export:log --')
    .description('Writes the commit log of a workflow to a file that can be verified without the database.')
    .requiredOption(...streamOption)
    .requiredOption('--out <file>', 'the file to write; it must not exist yet')
    .action(write)
    .parseAsync(),
);
